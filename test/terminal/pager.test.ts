/** `/history` in the user's pager: the terminal goes to another program and comes back (issue: delivery, conversation). */
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createHome, type Home } from '../support/program.ts';
import { type Server, startServer } from '../support/server.ts';
import { Visitor } from '../support/visitor.ts';

let server: Server;
let home: Home;
const BEN = 'ben@localhost';

beforeAll(async () => {
  const users = ['ann', 'ben'].map((name) => ({ name, password: 'secret' }));
  server = await startServer('prosody', { users });
});
beforeEach(async () => {
  home = await createHome();
});
afterAll(() => server?.stop());

/** Somebody in the chat with ben. */
async function talking(env: Record<string, string>): Promise<Visitor> {
  const args = ['-j', 'ann@localhost', '--service', server.service, '--ca', server.caFile];
  const ann = await Visitor.start(args, {
    home,
    columns: 80,
    rows: 24,
    env: { XMPP_PASSWORD: 'secret', ...env },
  });
  onTestFinished(() => ann.pty.kill());
  await ann.choose('Logged in as ann@localhost', '1\r');
  await ann.answer('With whom', 'ben');
  await ann.input(BEN);
  return ann;
}

/** A pager that keeps what it was given, says that it is there, and waits for a line. */
async function pager(name: string, ending: string): Promise<string> {
  const path = join(home.folder, name);
  const script = `#!/bin/sh\nprintf '%s\\n' "$@" > "${path}.args"\ncat > "${path}.text"\necho PAGER HAS IT\n${ending}\n`;
  await writeFile(path, script);
  await chmod(path, 0o755);
  return path;
}

describe('/history', () => {
  it('gives the terminal to $PAGER with its arguments, without a shell, and takes it back', async () => {
    const path = await pager('my pager', 'read line < /dev/tty\necho "PAGER READ $line"');
    const ann = await talking({ PAGER: `'${path}' -x 'two words'` });
    await ann.says(BEN, 'first \u202e; $(touch gone)');
    await ann.sees(/first .* ✓/);
    await ann.says(BEN, '/history');
    await ann.sees('PAGER HAS IT');
    // The terminal is in its own mode again: what is typed stands there, and Enter ends a line.
    ann.pty.type('to the pager\r');
    await ann.sees('PAGER READ to the pager');
    await ann.input(BEN);
    await ann.says(BEN, 'and back');
    await ann.sees(/and back ✓/);
    expect(await readFile(`${path}.args`, 'utf8')).toBe('-x\ntwo words\n');
    const text = await readFile(`${path}.text`, 'utf8');
    expect(text).toMatch(/^\d\d:\d\d me {2}first /m);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  it('leaves Ctrl-C to the pager, follows a new size, and shows nothing over it', async () => {
    const path = await pager('trapping', "trap 'echo PAGER INTERRUPTED; exit 2' INT\nread line < /dev/tty");
    const ann = await talking({ PAGER: path });
    await ann.says(BEN, 'something to read');
    await ann.sees(/something to read ✓/);
    await ann.says(BEN, '/history');
    await ann.sees('PAGER HAS IT');
    ann.pty.resize(60, 20);
    ann.pty.type('\x03');
    await ann.sees('PAGER INTERRUPTED');
    await ann.input(BEN);
    expect(ann.pty.lines().some((line) => line.includes('ended with'))).toBe(false);
    await ann.says(BEN, 'still here');
    await ann.sees(/still here ✓/);
  });

  it('shows page by page by itself where there is no pager, or it fails', async () => {
    const ann = await talking({ PAGER: '/bin/false' });
    const lines = Array.from({ length: 60 }, (_, at) => `line ${at}`);
    ann.pty.type(`\x1b[200~${lines.join('\n')}\x1b[201~\r`);
    await ann.sees(/line 59 ✓/);
    await ann.says(BEN, '/clear');
    await ann.says(BEN, '/history');
    await ann.sees('The pager /bin/false ended with 1.');
    await ann.asks('Enter: next page');
    expect(ann.pty.screen().join('\n')).not.toContain('line 40');
    ann.pty.type('\r');
    await ann.sees('✔ Enter: next page');
    await ann.asks('Enter: next page');
    ann.pty.type('q\r');
    await ann.input(BEN);
    ann.pty.type('\x1b');
    await ann.choose('Logged in as', '15');
    await ann.pick('Which chat?', BEN);
    await ann.choose(BEN, 'P');
    await ann.asks('Enter: next page');
    ann.pty.type('\x03');
    await ann.menu(BEN);
  });
});
