/**
 * The fault matrix: signals, wherever one is (row 32). The terminal is as it was before, the exit code says which
 * signal it was, and what was written and could not go out is sent by the next run, once.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openStores } from '../../src/storage/stores.ts';
import { Device } from '../support/device.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { createHome, type Home, launcher, runProgram } from '../support/program.ts';
import { Pty } from '../support/pty.ts';
import { type Server, startServer } from '../support/server.ts';
import { seed } from './seed.ts';

let server: Server;
let wire: FaultProxy;
let bob: Device;
beforeAll(async () => {
  server = await startServer(undefined, {
    users: ['alice', 'bob'].map((name) => ({ name, password: 'secret' })),
  });
  wire = await startFaultProxy(server);
  bob = new Device(server, 'bob', 'desk');
  await bob.come();
});
afterAll(async () => {
  await bob?.end();
  await wire?.close();
  await server?.stop();
});

const argsOf = () => ['-j', 'alice@localhost', '--service', wire.service, '--ca', server.caFile];

/** A shell in a terminal, which goes on when the program has ended; `pid` is the program's. */
async function shell(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const home = await createHome();
  // The marks of a paste shall be the program's, not the shell's.
  const inputrc = join(home.folder, 'inputrc');
  await writeFile(inputrc, 'set enable-bracketed-paste off\n');
  const pty = new Pty(['bash', '--norc', '--noprofile', '-i'], {
    columns: 100,
    rows: 40,
    cwd: home.work,
    env: { ...home.env, PS1: 'shell$ ', INPUTRC: inputrc, ...env },
  });
  onTestFinished(() => pty.kill());
  await pty.shows('shell$');
  const before = await settings(pty);
  const command = [process.execPath, launcher, ...args].join(' ');
  pty.type(`sh -c 'echo pid=$$; exec ${command}'\n`);
  await pty.shows(/^pid=\d+$/);
  const pid = Number(
    pty
      .lines()
      .join('\n')
      .match(/^pid=(\d+)$/m)?.[1],
  );
  return { pty, pid, home, before };
}

let asked = 0;
/** What the terminal is set to: echo, lines, signals. */
async function settings(pty: Pty): Promise<string> {
  const mark = `settings-${++asked}`;
  pty.type(`stty -g | sed s/^/${mark}=/\n`);
  await pty.shows(new RegExp(`^${mark}=.+`));
  return (
    pty
      .lines()
      .join('\n')
      .match(new RegExp(`^${mark}=(.+)$`, 'm'))?.[1] ?? ''
  );
}

type Shell = Awaited<ReturnType<typeof shell>>;

const atCursor = ({ pty }: Shell, text: string) => pty.until(() => pty.cursorRow().startsWith(text));
const menu = ({ pty }: Shell) => pty.shows('16) More');

/** Opens the conversation with bob, whom the archive may have brought already: then there is a list to choose from. */
async function besideBob(at: Shell): Promise<void> {
  const { pty } = at;
  await menu(at);
  pty.type('1\r');
  const asks = () => pty.cursorRow().startsWith('? With whom');
  await pty.until(() => asks() || pty.lines().some((line) => line.includes('J) Somebody else')));
  if (!asks()) pty.type('J');
  await atCursor(at, '? With whom');
  pty.type('bob\r');
  await atCursor(at, 'bob@localhost>');
}

/** Where one is when the signal comes; those that begin with the main menu are logged in. */
const places: Readonly<Record<string, (at: Shell) => Promise<unknown>>> = {
  'the main menu': menu,
  async 'a menu under it'(at) {
    await menu(at);
    at.pty.type('16');
    await at.pty.shows('Settings');
  },
  async 'a question, half answered'(at) {
    await menu(at);
    at.pty.type('4');
    await atCursor(at, '? Whom');
    at.pty.type('half');
    await at.pty.until(() => at.pty.cursorRow().endsWith('half'));
  },
  async 'a conversation, half a sentence typed'(at) {
    await besideBob(at);
    at.pty.type('half a sen');
    await at.pty.until(() => at.pty.cursorRow().endsWith('half a sen'));
  },
};

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** The program ended by the signal, and left the terminal as it was. */
async function left({ pty, pid, before }: Shell, signal: keyof typeof codes): Promise<void> {
  const from = pty.raw.length;
  process.kill(pid, signal);
  await pty.until(() => pty.cursorRow().startsWith('shell$'));
  pty.type('echo code=$?\n');
  await pty.shows(`code=${codes[signal]}`);
  expect(await settings(pty)).toBe(before);
  const written = pty.raw;
  // Shown again at last, and nothing that the terminal would go on telling: paste marks, focus.
  expect(written.lastIndexOf('\x1b[?25h')).toBeGreaterThanOrEqual(written.lastIndexOf('\x1b[?25l'));
  for (const mode of ['2004', '1004'])
    expect(written.lastIndexOf(`\x1b[?${mode}l`)).toBeGreaterThanOrEqual(
      written.lastIndexOf(`\x1b[?${mode}h`),
    );
  expect(written.slice(from)).not.toMatch(/ {4}at |node:internal/);
}

function pendingOf(home: Home): string[] {
  const folder = join(String(home.env.XDG_DATA_HOME ?? join(home.folder, '.local/share')), 'xmpp-chat');
  const stores = openStores(join(folder, 'xmpp-chat.db'));
  try {
    return stores.messages.pending('alice@localhost').map(({ body }) => body);
  } finally {
    stores.close();
  }
}

describe(`signals, seed ${seed}`, () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'row 32: %s in every place of the menus',
    async (signal) => {
      const start = await shell(['--service', wire.service]);
      await start.pty.shows('0) Exit');
      await left(start, signal);
      for (const go of Object.values(places)) {
        const at = await shell(argsOf(), { XMPP_PASSWORD: 'secret' });
        await go(at);
        await left(at, signal);
        at.pty.kill();
      }
    },
  );

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'row 32: %s while a message is on its way: the next run has it arrive, once (quick)',
    async (signal) => {
      const text = `sent before ${signal}`;
      const at = await shell(argsOf(), { XMPP_PASSWORD: 'secret' });
      await besideBob(at);
      wire.stall('up');
      onTestFinished(() => wire.pass());
      at.pty.type(`${text}\r`);
      await at.pty.shows(new RegExp(`me {2}${text}`));
      await left(at, signal);
      expect(pendingOf(at.home)).toEqual([text]);
      wire.cut();
      wire.pass();
      const next = await runProgram([...argsOf(), '--send', 'bob@localhost', `after ${signal}`], {
        home: at.home,
        env: { XMPP_PASSWORD: 'secret' },
      });
      expect({ code: next.code, stderr: next.stderr }).toMatchObject({ code: 0 });
      await bob.message('alice@localhost', `after ${signal}`);
      expect(bob.texts('alice@localhost').filter((body) => body.includes(signal))).toEqual([
        text,
        `after ${signal}`,
      ]);
      expect(pendingOf(at.home)).toEqual([]);
    },
  );
});
