// `npm run demo`: installs and builds what is missing, then becomes the program with --demo. The program
// runs in this very process, so standard input, the terminal, signals and the exit code are its own.
import { main, root, setup } from './setup.js';

await main(async () => {
  setup(['npm', 'prosody', 'build']);
  const program = new URL('../bin/xmpp-chat.js', import.meta.url);
  process.argv = [process.execPath, `${root}bin/xmpp-chat.js`, '--demo', ...process.argv.slice(2)];
  await import(program.href);
});
