/**
 * What happens to somebody who sits in a conversation: messages while one types, resizes, Ctrl-C, Ctrl-Z, a server
 * that dies, a terminal that closes (issue "main job", Must show 4 and 6; product §2, §3).
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { features } from '../../src/xmpp/features.ts';
import { createSession } from '../../src/xmpp/session/create-session.ts';
import { createHome, launcher } from '../support/program.ts';
import { Pty } from '../support/pty.ts';
import { type Server, startServer } from '../support/server.ts';
import { Visitor, type VisitorOptions } from '../support/visitor.ts';

const PASSWORD = 'secret';
const ESC = '\x1b';
const LEFT = '\x1b[D';
const CTRL_C = '\x03';

let server: Server;
beforeAll(async () => {
  const users = ['ann', 'ben', 'cleo', 'dan'].map((name) => ({ name, password: PASSWORD }));
  server = await startServer('prosody', { users });
});
afterAll(() => server?.stop());

const argsOf = (name: string) => [
  ...['--service', server.service, '--ca', server.caFile],
  ...['--domain', server.domain, '--jid', `${name}@localhost`],
];

/** Somebody who is logged in at once, as the configuration has the password. */
async function logIn(name: string, options: VisitorOptions & { args?: readonly string[] } = {}) {
  const { args = [], env = {}, ...more } = options;
  const visitor = await Visitor.start([...argsOf(name), ...args], {
    ...more,
    env: { XMPP_PASSWORD: PASSWORD, ...env },
  });
  onTestFinished(() => visitor.pty.kill());
  return visitor;
}

/** Opens the conversation with somebody who need not be a contact. */
async function talk(visitor: Visitor, name: string, to: string): Promise<void> {
  await visitor.choose(`Logged in as ${name}@localhost`, '1\r');
  await visitor.answer('With whom', to);
  await visitor.input(`${to}@localhost`);
}

/** Another program of ben's, which writes as fast as it is told. */
async function ben() {
  const session = createSession({
    jid: 'ben@localhost',
    password: PASSWORD,
    service: server.service,
    ca: await readFile(server.caFile, 'utf8'),
    reconnect: 'never',
  });
  const { messages } = features(session, { version: '0.0.0', languages: ['en'] });
  await session.connect();
  onTestFinished(() => session.close());
  return {
    write: (body: string) => messages.send({ to: 'ann@localhost', type: 'chat', id: body, body }),
    session,
  };
}

describe('typing while messages arrive', () => {
  it.each([
    [80, 24, undefined],
    [40, 12, undefined],
    [80, 24, [60, 16]],
  ] as const)('leaves text and cursor alone at %i×%i (resized: %s)', async (columns, rows, resized) => {
    const ann = await logIn('ann', { columns, rows });
    const { write } = await ben();
    await talk(ann, 'ann', 'ben');
    const text = 'hello 你好 wörld';
    ann.pty.type(text);
    await ann.input('ben@localhost', text);
    ann.pty.type(LEFT.repeat(6));
    const mark = `${columns}-${rows}-${resized === undefined ? 'fixed' : 'resized'}`;
    let sent = 0;
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        write(`${mark} number ${sent++}`);
        if (sent === 15) ann.pty.type('Z');
        if (sent === 20 && resized) ann.pty.resize(resized[0], resized[1]);
        if (sent < 40) return;
        clearInterval(timer);
        resolve();
      }, 25);
    });
    await ann.sees(`${mark} number 39`);
    const typed = 'ben@localhost> hello 你好Z wörld';
    expect(ann.pty.cursorRow().trimEnd()).toBe(typed);
    // two wide characters before the cursor
    expect(ann.pty.cursor().x).toBe('ben@localhost> hello 你好Z'.length + 2);
    const told = ann.pty
      .lines()
      .join(' ')
      .matchAll(new RegExp(`${mark} number +(\\d+)`, 'g'));
    const numbers = [...told].map((match) => match[1]);
    expect(numbers.map(Number)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(ann.pty.lines().filter((line) => line.includes('hello 你好'))).toEqual([
      expect.stringContaining(typed),
    ]);
  });
});

describe('keys that lead away', () => {
  it('Ctrl-C goes back one level, and twice at the top exits with 130', async () => {
    const ann = await logIn('ann');
    await talk(ann, 'ann', 'ben');
    ann.pty.type(CTRL_C);
    await ann.choose('Logged in as ann@localhost', '4');
    await ann.asks('Whom');
    ann.pty.type(`half${CTRL_C}`);
    await ann.menu('Logged in as ann@localhost');
    ann.pty.type(CTRL_C);
    await ann.sees('Press Ctrl-C again to exit.');
    await ann.menu('Logged in as ann@localhost');
    ann.pty.type(CTRL_C);
    expect(await ann.pty.exit).toBe(130);
    expect(ann.pty.raw).not.toMatch(/at .*:\d+:\d+/);
  });

  it('Ctrl-Z stops it as a job of the shell; what was typed is there after fg', async () => {
    const home = await createHome();
    const shell = new Pty(['bash', '--norc', '--noprofile', '-i'], {
      columns: 100,
      cwd: home.work,
      env: { ...home.env, PS1: 'shell$ ', XMPP_PASSWORD: PASSWORD },
    });
    onTestFinished(() => shell.kill());
    await shell.shows('shell$');
    shell.type(`${[process.execPath, launcher, ...argsOf('ann')].join(' ')}\n`);
    await shell.shows('16) More');
    shell.type('1\r');
    await shell.until(() => shell.cursorRow().startsWith('? With whom'));
    shell.type('ben\r');
    await shell.until(() => shell.cursorRow().startsWith('ben@localhost>'));
    shell.type('half a sen');
    await shell.until(() => shell.cursorRow().endsWith('> half a sen'));
    shell.type('\x1a');
    await shell.shows('Stopped');
    const { write } = await ben();
    write('while it was stopped');
    shell.type('echo $((6*7)) echoed\n');
    await shell.shows(/^42 echoed/);
    shell.type('fg\n');
    await shell.until(() => shell.cursorRow().trimEnd() === 'ben@localhost> half a sen');
    await shell.shows(/ben@localhost {2}while it was stopped$/);
    shell.type('tence\r');
    await shell.shows(/me {2}half a sentence ✓/);
    shell.type(`${ESC}`);
    await shell.shows('16) More');
    shell.type('0');
    await shell.until(() => shell.cursorRow().startsWith('shell$'));
    shell.type('exit\n');
    await shell.exit;
  });
});

describe('a server that dies', () => {
  it('throws nobody out of a conversation; what was sent meanwhile arrives once', async () => {
    const [cleo, dan] = await Promise.all([logIn('cleo'), logIn('dan')]);
    await Promise.all([talk(cleo, 'cleo', 'dan'), talk(dan, 'dan', 'cleo')]);
    await cleo.says('dan@localhost', 'before the crash');
    await dan.sees(/cleo@localhost {2}before the crash$/);

    cleo.pty.type('typed while ');
    await cleo.input('dan@localhost', 'typed while');
    await server.kill();
    await cleo.sees(/^NOTIFICATION \d\d:\d\d connection lost: /);
    await cleo.sees(/^ cleo@localhost offline, next try in \d+ s/);
    cleo.pty.type('it is away');
    await cleo.input('dan@localhost', 'typed while it is away');
    cleo.pty.type('\r');
    await cleo.sees(/^\d\d:\d\d me {2}typed while it is away …$/);
    cleo.pty.type('and more');
    await cleo.input('dan@localhost', 'and more');

    await server.start();
    await cleo.notified('the connection is back');
    await cleo.sees(/^\d\d:\d\d me {2}typed while it is away ✓/);
    await cleo.input('dan@localhost', 'and more');
    await dan.sees(/cleo@localhost {2}typed while it is away$/);
    cleo.pty.type('\r');
    await dan.sees(/cleo@localhost {2}and more$/);

    const texts = dan.pty.lines().flatMap((line) => /cleo@localhost {2}(.*)$/.exec(line)?.[1] ?? []);
    expect(texts).toEqual(['before the crash', 'typed while it is away', 'and more']);
    const told = cleo.notifications().filter((line) => line.includes('connection'));
    expect(told).toHaveLength(2);
  });
});

describe('a terminal that closes', () => {
  it('ends the program with 129 and without a native trace, in a conversation too', async () => {
    const home = await createHome();
    const errors = join(home.folder, 'errors');
    const script = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.dup2(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT), 2)
    os.execvp(sys.argv[2], sys.argv[2:])
def until(text):
    seen = b''
    while text not in seen:
        seen += os.read(fd, 4096)
until(b'16) More')
os.write(fd, b'1\\r')
until(b'With whom')
os.write(fd, b'ben\\r')
until(b'ben@localhost> ')
os.write(fd, b'half')
until(b'half')
os.close(fd)
_, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status))
`;
    const program = [process.execPath, launcher, ...argsOf('ann')];
    const child = spawn('python3', ['-c', script, errors, ...program], {
      cwd: home.work,
      env: { ...home.env, TERM: 'xterm', XMPP_PASSWORD: PASSWORD },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let out = '';
    for await (const chunk of child.stdout) out += chunk;
    expect(out.trim()).toBe('129');
    expect(await readFile(errors, 'utf8')).toBe('');
  });
});

describe('Spanish', () => {
  it('stands in the menus and in the notifications', async () => {
    const stranger = await Visitor.start(['--lang', 'es']);
    onTestFinished(() => stranger.pty.kill());
    await stranger.menu('xmpp-chat');
    for (const line of ['❯ 1) Iniciar sesión', '  2) Registrar una cuenta nueva', '  0) Salir'])
      expect(stranger.pty.screen()).toContain(line);
    stranger.pty.type('0');
    expect(await stranger.pty.exit).toBe(0);

    const ann = await logIn('ann', { env: { LANG: 'es_ES.UTF-8' } });
    await ann.menu('Sesión de ann@localhost');
    const { write } = await ben();
    write('hola, Ana');
    await ann.sees(/^NOTIFICACIÓN \d\d:\d\d mensaje de ben@localhost: hola, Ana$/);
    await ann.sees('1) Chatear con alguien · 1 sin leer');
  });
});
