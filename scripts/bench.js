// `npm run bench -- NAME...`: installs the peers to measure against where it can, then runs bench/run.ts.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { main, root, setup } from './setup.js';

await main(() => {
  setup(['npm', 'prosody', 'build'], { optional: ['go-sendxmpp', 'profanity', 'mcabber', 'slixmpp'] });
  const tsx = join(root, 'node_modules/tsx/dist/cli.mjs');
  const args = [tsx, join(root, 'bench/run.ts'), ...process.argv.slice(2)];
  const { status, signal } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (signal) process.kill(process.pid, signal);
  process.exitCode = status ?? 1;
});
