/** The bin: arguments in, exit code out. */
import { run } from './app.ts';

process.exitCode = await run({ argv: process.argv.slice(2), env: process.env, cwd: process.cwd() });
