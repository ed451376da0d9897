/** Ctrl-Z and what wakes the program again, in the order in which the loop tells of them. */
import { stat } from 'node:fs/promises';
import { PassThrough, Writable } from 'node:stream';
import { afterEach, expect, it, vi } from 'vitest';
import { openTerminal } from '../../src/ui/terminal/open.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { words } from './words.ts';

afterEach(() => vi.restoreAllMocks());

function open() {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  let written = '';
  const output = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        written += String(chunk);
        done();
      },
    }),
    { isTTY: true, columns: 80, rows: 24 },
  );
  const terminal = openTerminal({
    input: input as unknown as NodeJS.ReadStream,
    output,
    words,
    theme: createTheme({ level: 0, background: 'dark' }),
    env: { TERM: 'xterm' },
  });
  terminal.setFooter('FOOTER');
  return { terminal, input, painted: () => written.split('FOOTER').length - 1 };
}

it('is drawn once after a stop that was longer than the wait for the shell', async () => {
  const { terminal, input, painted } = open();
  await vi.waitFor(() => expect(painted()).toBe(1));
  const kill = process.kill.bind(process);
  const stopped = vi.spyOn(process, 'kill').mockImplementation(() => {
    // `fg`, when the timer is due already: timers come before signals
    kill(process.pid, 'SIGCONT');
    for (const end = Date.now() + 300; Date.now() < end; );
    return true;
  });
  const continued = new Promise<void>((resolve) => void process.once('SIGCONT', () => resolve()));
  // keys come where the loop polls; timers are next there
  await stat('.');
  input.write('\x1a');
  await continued;
  await new Promise((resolve) => setTimeout(resolve));
  expect(stopped).toHaveBeenCalledWith(0, 'SIGTSTP');
  expect(painted()).toBe(2);
  await terminal.close();
});

it('is drawn again where no shell stops it', async () => {
  const { terminal, input, painted } = open();
  await vi.waitFor(() => expect(painted()).toBe(1));
  vi.spyOn(process, 'kill').mockImplementation(() => true);
  input.write('\x1a');
  await vi.waitFor(() => expect(painted()).toBe(2));
  await terminal.close();
});
