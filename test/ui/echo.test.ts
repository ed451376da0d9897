/** A key is shown before what came from the network in the same turn of the event loop is looked at. */
import { PassThrough, Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { openTerminal } from '../../src/ui/terminal/open.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { words } from './words.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

it('a key does not wait for work that was put off to the end of the same turn', async () => {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  let shown = '';
  const output = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        shown += String(chunk);
        done();
      },
    }),
    { isTTY: true, columns: 80, rows: 24 },
  );
  const theme = createTheme({ level: 0, background: 'dark' });
  const terminal = openTerminal({ input, output, words, theme, env: {}, interactive: true });
  const answer = terminal.text({ message: 'Say' });
  while (!shown.includes('Say')) await turn();
  let before = '';
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      before = shown;
      resolve();
    });
    // As the read of a terminal does it: in the turn that has put the work off.
    input.emit('data', 'ξ');
  });
  expect(before).toContain('ξ');
  input.emit('data', '\r');
  expect(await answer).toBe('ξ');
  await terminal.close();
});
