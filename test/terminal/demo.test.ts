/** `--demo` as a person sees it, and through a pipe (issue "main job", Must show 1; product §1). */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHome, runProgram } from '../support/program.ts';
import { Visitor } from '../support/visitor.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = 'Logged in as demo@localhost';

/** A folder of one's own for whatever the program puts aside. */
async function scratch(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-scratch-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The process that serves the demo, by the file it wrote. */
async function serverOf(temporary: string): Promise<number> {
  const [folder = ''] = (await readdir(temporary)).filter((name) => name.startsWith('xmpp-chat-prosody-'));
  const text = await readFile(join(temporary, folder, 'prosody.pid'), 'utf8');
  return Number(text.trim());
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('the demo in a terminal', () => {
  it('has friends who type, answer, send a file and chat in the lobby; nothing of it is left', async () => {
    const temporary = await scratch();
    const user = await Visitor.start(['--demo'], { env: { TMPDIR: temporary } });
    onTestFinished(() => user.pty.kill());

    await user.menu(MAIN);
    await user.notified('online now: alice@localhost, bob@localhost');
    const server = await serverOf(temporary);
    expect(alive(server)).toBe(true);

    await user.choose(MAIN, '3');
    await user.sees(/^alice +alice@localhost +online.*having tea/);
    await user.sees(/^bob +bob@localhost +do not disturb.*in the lobby/);

    await user.choose(MAIN, '1\r');
    await user.pick('With whom', 'alice');
    await user.sees('alice (alice@localhost) · online (having tea)');
    await user.says('alice', 'hello alice');
    // Only there for a moment: looked for first.
    await user.sees('alice is typing …');
    await user.sees(/^\d\d:\d\d me {2}hello alice ✓+$/);
    await user.sees(/^\d\d:\d\d alice {2}You said: hello alice$/);

    await user.sees(/^NOTIFICATION \d\d:\d\d file welcome\.txt from bob@localhost is saved as /);
    expect(await readFile(user.received('welcome.txt'), 'utf8')).toContain('You find it in files_received.');
    user.pty.type('\x1b');

    await user.choose(MAIN, '6');
    await user.choose('Create or join a room', 'N');
    await user.answer('Room (name or JID)', 'lobby');
    await user.answer('Your nickname in the room', '');
    await user.notified('you joined the room lobby@conference.localhost as demo, 3 people here');
    await user.notified('bob names you in the room lobby@conference.localhost: Welcome, demo!');

    await user.choose(MAIN, '7');
    await user.pick('Which room?', 'lobby@conference.localhost');
    await user.sees('room lobby@conference.localhost, 3 people');
    await user.sees('Subject: Welcome to the lobby');
    await user.says('lobby', 'hello lobby');
    await user.sees(/^\d\d:\d\d bob {2}demo: so it is\.$/);
    user.pty.type('\x1b');

    await user.choose(MAIN, '13');
    await user.pick('Which room?', 'lobby@conference.localhost');
    await user.notified('you left the room lobby@conference.localhost');
    await user.choose(MAIN, '0');
    expect(await user.pty.exit).toBe(0);
    expect(alive(server)).toBe(false);
    expect(await readdir(temporary)).toEqual([]);
    expect(existsSync(user.received('welcome.txt'))).toBe(true);
  });
});

describe('the demo through a pipe', () => {
  const friends = [
    /^> 3$/m,
    /^alice +alice@localhost +online.*having tea/m,
    /^bob +bob@localhost +do not disturb.*in the lobby/m,
  ];

  it('lists both friends with their status and ends by itself', async () => {
    const home = await createHome();
    const temporary = await scratch();
    const ended = await runProgram(['--demo'], { home, stdin: '3\n0\n', env: { TMPDIR: temporary } });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    for (const line of friends) expect(ended.stdout).toMatch(line);
    expect(ended.stdout).not.toContain('\x1b');
    expect(await readdir(temporary)).toEqual([]);
  });

  it('starts from the menu as well, and ends where the input ends', async () => {
    const ended = await runProgram([], { stdin: '3\n3\n', env: { TMPDIR: await scratch() } });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    for (const line of friends) expect(ended.stdout).toMatch(line);
  });

  it('does the same by npm, whose steps eat nothing of the input', async () => {
    const home = await createHome();
    const child = spawn('npm', ['run', '-s', 'demo'], {
      cwd: ROOT,
      // npm's own settings stay: what installs would else begin from nothing
      env: { ...process.env, XDG_DATA_HOME: home.env.XDG_DATA_HOME, XMPP_FILES_DIR: home.work },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.stdin.end('3\n0\n');
    expect(await ended).toBe(0);
    for (const line of friends) expect(stdout).toMatch(line);
  });
});
