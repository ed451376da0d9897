/**
 * Makes the pictures of the README from a real run: `npm run build && node --import tsx scripts/pictures.ts`.
 * The built program runs with --demo in a pseudo-terminal; what a person would see is written to docs/pictures.
 * Needs Prosody. Only the clock times, and the name of the folder for received files, differ from run to run.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import headless from '@xterm/headless';
import { Pty } from '../test/support/pty.ts';
import { drawTerminal } from './pictures/svg.ts';

const COLUMNS = 96;
const ROWS = 26;

const root = fileURLToPath(new URL('..', import.meta.url));
const pictures = join(root, 'docs/pictures');

/** Replays what the program wrote into a terminal emulator, and writes down what that shows. */
async function take(pty: Pty, name: string, title: string): Promise<void> {
  const terminal = new headless.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(pty.raw, resolve));
  const cursor = pty.raw.lastIndexOf('\u001b[?25h') >= pty.raw.lastIndexOf('\u001b[?25l');
  writeFileSync(join(pictures, `${name}.svg`), drawTerminal(terminal, { title, cursor }));
  terminal.dispose();
  process.stdout.write(`docs/pictures/${name}.svg\n`);
}

/** From the start of the demonstration to a chat in which somebody is typing. */
async function perform(pty: Pty): Promise<void> {
  await pty.shows('0) Exit', 30_000);
  await pty.shows('is saved as');
  await pty.quiet();
  await take(pty, 'menu', 'The main menu of xmpp-chat, with two notifications above it');

  // 1 is also the beginning of 10 to 16: Enter says that it is meant.
  pty.type('1\r');
  await pty.shows('1) alice');
  pty.type('1');
  await pty.shows('alice>');
  pty.type('Good morning! ');
  await pty.shows('I am a small script');
  pty.type('Is there *any* tea left?\r');
  await pty.shows('You said');
  pty.type('/join lobby\r');
  await pty.shows('Welcome, demo!');
  pty.type('I am off to the lobby, see you there\r');
  await pty.shows('is typing …');
  pty.type('The others are wai');
  await pty.quiet();
  await take(pty, 'conversation', 'A conversation with alice, who is typing; a room has something new');
}

const folder = mkdtempSync(join(tmpdir(), 'me-'));
mkdirSync(pictures, { recursive: true });
const command = [process.execPath, join(root, 'bin/xmpp-chat.js'), '--demo', '--files-dir', folder];
const pty = new Pty(command, {
  columns: COLUMNS,
  rows: ROWS,
  cwd: folder,
  env: { HOME: folder, LC_ALL: 'C.UTF-8', COLORTERM: 'truecolor', COLORFGBG: '15;0' },
});
try {
  await perform(pty);
} finally {
  // It ends its server and its friends by itself, whatever it is doing.
  pty.process.kill('SIGTERM');
  await pty.exit;
  pty.kill();
  rmSync(folder, { recursive: true, force: true });
}
