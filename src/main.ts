/** The bin: arguments in, exit code out. */
import { fileURLToPath } from 'node:url';
import { chunks } from './app/chunks.ts';
import type * as App from './app.ts';

const { run } = chunks()(fileURLToPath(new URL('app.cjs', import.meta.url))) as typeof App;

process.exitCode = await run({ argv: process.argv.slice(2), env: process.env, cwd: process.cwd() });
