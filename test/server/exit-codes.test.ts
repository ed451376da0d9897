/** When something is wrong: one line with the exit code of product §5, no trace of the machine, nothing lost. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { freePorts } from '../../src/demo/free-ports.ts';
import { parseLines } from '../support/json-lines.ts';
import { record, records } from '../support/listener.ts';
import { createPerson, expectOneLine, type Person } from '../support/person.ts';
import { type Program, type ProgramOptions, runProgram, startProgram } from '../support/program.ts';
import { type Server, serverKind, startServer } from '../support/server.ts';

let server: Server;
let anna: Person;
let ben: Person;

beforeAll(async () => {
  const [a, b] = ['anna', 'ben'].map((name) => ({ jid: `${name}@localhost`, subscription: 'both' as const }));
  if (a === undefined || b === undefined) return;
  server = await startServer(undefined, {
    users: [
      { name: 'anna', password: 'secret', contacts: [b] },
      { name: 'ben', password: 'secret', contacts: [a] },
    ],
  });
  // What ejabberd was told in the last seconds would not survive the crash below.
  if (serverKind() === 'ejabberd') await server.restart();
  anna = await createPerson(server, 'anna');
  ben = await createPerson(server, 'ben');
});
afterAll(() => server?.stop());

/** Online as JSON. */
async function listening(person: Person, args: readonly string[] = [], options: ProgramOptions = {}) {
  const program = await person.listen(['--json', ...args], options);
  await record(program, { type: 'contacts-online' });
  return program;
}

/** Through a shell that changes something before it becomes the program: `"$@"`. */
const shell = (script: string): ProgramOptions => ({ through: ['sh', '-c', script, 'sh'] });

/** As `person`, with another way to the server. */
const elsewhere = (person: Person, args: readonly string[], options: ProgramOptions = {}) =>
  runProgram(['-j', person.jid, ...args], {
    home: person.home,
    ...options,
    env: { XMPP_PASSWORD: 'secret', ...options.env },
  });

/** Nothing with that text waits to be sent, nor is it told as if it had been. */
async function expectNotKept(person: Person, text: string): Promise<void> {
  expect(await person.done(['--history', '--offline'])).not.toContain(text);
}

async function end(program: Program): Promise<void> {
  program.signal('SIGTERM');
  expect(await program.ended).toMatchObject({ code: 143, stderr: '' });
}

describe('not authorised (3)', () => {
  const env = { XMPP_PASSWORD: 'wrong' };

  it.each([
    [['--contacts']],
    [['--send', 'ben', 'never']],
    [['--send-room', 'lobby', 'never']],
    [['--listen']],
    [['--history']],
    [['--delete-account', '--yes']],
  ])('%j', async (args) => {
    const ended = await anna.run(args, { env });
    expectOneLine(ended, 3);
    expect(ended.stderr).toContain(`cannot log in as ${anna.jid}`);
    const error = (await anna.json(args, { env })).at(-1);
    expect(error).toMatchObject({ type: 'error', ok: false, condition: 'not-authorized', exitCode: 3 });
    await expectNotKept(anna, 'never');
  });
});

describe('refused (1)', () => {
  it.each(['nobody', 'nobody@nowhere.invalid'])('a message to %s', async (jid) => {
    const ended = await anna.run(['--send', jid, 'anybody there?']);
    expectOneLine(ended, 1);
    expect(ended.stderr).toContain('cannot send to nobody@');
    expect(await anna.json(['--send', jid, 'hello?'])).toMatchObject([{ type: 'error', exitCode: 1 }]);
  });

  it.each([
    ['a room nobody may make', ['--join', 'x@nowhere.invalid']],
    ['a room without a service', ['--join', 'lobby@localhost', '--timeout', '1']],
  ])('%s', async (_what, args) => {
    expectOneLine(await anna.run(args), 1);
  });

  it('a data folder that cannot be used, or takes no byte', async () => {
    const file = join(anna.home.folder, 'file');
    await writeFile(file, '');
    expectOneLine(await anna.run(['--send', 'ben', 'x', '--data-dir', join(file, 'data')]), 1);
    const full = ['--send', 'ben', 'x', '--data-dir', join(anna.home.folder, 'no-byte')];
    expectOneLine(await anna.run(full, shell('ulimit -f 0; exec "$@"')), 1);
  });
});

describe('cannot connect (4), or will be sent by a later run (5)', () => {
  /** A port where nobody listens. */
  async function nobody(): Promise<string> {
    const [port = 0] = await freePorts(1);
    return `xmpp://127.0.0.1:${port}`;
  }

  /** Accepts connections and says nothing. */
  async function silent(): Promise<string> {
    const sockets = new Set<Socket>();
    const mute = createServer((socket) => sockets.add(socket.on('error', () => {})));
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      mute.close();
    });
    return `xmpp://127.0.0.1:${(mute.address() as AddressInfo).port}`;
  }

  it.each([
    ['no network', nobody],
    ['no such host', async () => 'xmpp://no-such-host.invalid:5222'],
    ['a server that says nothing until --timeout', silent],
  ])('%s', async (_what, way) => {
    const reach = ['--service', await way(), '--ca', server.caFile, '--timeout', '1'];
    const begin = performance.now();
    expectOneLine(await elsewhere(ben, ['--contacts', ...reach]), 4);
    expectOneLine(await elsewhere(ben, ['--listen', ...reach]), 4);
    const queued = await elsewhere(ben, ['--send', 'anna', 'to be queued', ...reach]);
    expectOneLine(queued, 5);
    expect(performance.now() - begin).toBeLessThan(20_000);
    const { stdout, stderr } = await elsewhere(ben, ['--json', '--send', 'anna', 'queued too', ...reach]);
    expect(stderr).toBe('');
    expect(parseLines(stdout)).toMatchObject([
      { type: 'message', state: 'queued', body: 'queued too' },
      { type: 'result', condition: 'message-queued', exitCode: 5 },
    ]);
  });

  it('no such domain', async () => {
    const jid = 'anna@no-such-domain.invalid';
    const run = (...args: string[]) =>
      runProgram(['-j', jid, ...args], { home: anna.home, env: { XMPP_PASSWORD: 'x' } });
    expectOneLine(await run('--contacts'), 4);
    expectOneLine(await run('--send', 'ben', 'x'), 5);
  });

  it('a later run sends what was queued, once and in order', async () => {
    const program = await listening(anna);
    // Its own queue was filled above, three times two messages.
    await ben.done(['--contacts']);
    await ben.done(['--contacts']);
    await ben.done(['--send', 'anna', 'the last one']);
    await record(program, { type: 'message', body: 'the last one' });
    const bodies = records(program).filter(({ type, change }) => type === 'message' && change === undefined);
    const pair = ['to be queued', 'queued too'];
    expect(bodies.map(({ body }) => body)).toEqual([...pair, ...pair, ...pair, 'the last one']);
    const rows = await ben.json(['--history', 'anna', '--offline']);
    expect(rows.filter(({ state }) => state === 'queued' || state === 'sent')).toEqual([]);
    await end(program);
  });

  it('a certificate by nobody known: 4, also for --send, and nothing is kept', async () => {
    const reach = ['--service', server.service];
    for (const args of [['--contacts'], ['--send', 'anna', 'not to be kept'], ['--listen']]) {
      const ended = await elsewhere(ben, [...args, ...reach]);
      expectOneLine(ended, 4);
      expect(ended.stderr).toContain('certificate');
    }
    await expectNotKept(ben, 'not to be kept');
    // Nothing but --ca makes it trusted.
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const forced = await elsewhere(ben, ['--contacts', ...reach], { env });
    expect(forced.code).toBe(4);
  });
});

describe('wrong usage (2)', () => {
  const account = ['-j', 'anna@localhost'];
  it.each([
    [['--bogus']],
    [['stray', 'words']],
    [[...account, '--contacts', 'stray']],
    [[...account, '--send']],
    [[...account, '--send', 'ben']],
    [[...account, '--send', '-ben', 'x']],
    [[...account, '--send', 'a b@c', 'x']],
    [[...account, '--contacts', '--users']],
    [[...account, '--history', '--limit', '-1']],
    [[...account, '--history', '--since', 'yesterday or so']],
    [[...account, '--status', 'bored']],
    [[...account, '--contacts', '--timeout', 'soon']],
    [[...account, '--contacts', '--service', 'http://localhost']],
    [[...account, '--contacts', '--ca', '/nowhere.pem']],
    [[...account, '--contacts', '--password-file', '/nowhere']],
    [[...account, '--contacts', '--lang', 'tlh']],
    [[...account, '--send-file', 'x']],
    [[...account, '--delete-account']],
    [['-j', 'no one@', '--contacts']],
    [['--contacts']],
  ])('%j', async (args) => {
    const ended = await runProgram(args, { env: { XMPP_PASSWORD: 'secret' } });
    expectOneLine(ended, 2);
    expect(ended.stdout).toBe('');
    const json = await runProgram(['--json', ...args], { env: { XMPP_PASSWORD: 'secret' } });
    expect(json.stderr).toBe('');
    expect(parseLines(json.stdout)).toMatchObject([{ type: 'error', ok: false, exitCode: 2 }]);
  });

  it('no password: none given, an empty one, an empty line', async () => {
    const none = { env: { XMPP_PASSWORD: '' } };
    expectOneLine(await anna.run(['--contacts'], none), 2);
    expectOneLine(await anna.run(['--contacts', '--password-stdin'], { stdin: '\n' }), 2);
    expectOneLine(await anna.run(['--contacts', '--password-stdin'], { stdin: '' }), 2);
  });

  it('an account to register that is none, or names no server', async () => {
    const spaces = await anna.run(['--register', 'a b']);
    expectOneLine(spaces, 2);
    expect(spaces.stderr).toContain('“a b” is not a JID');
    const bare = await runProgram(['--register', 'nova'], { env: { XMPP_PASSWORD: 'secret' } });
    expectOneLine(bare, 2);
    expect(bare.stderr).toContain('the account nova names no server. Write nova@example.org');
  });

  it('a password file that others can read is taken with a warning', async () => {
    const file = join(server.folder, 'password-of-anna');
    await writeFile(file, 'secret\n', { mode: 0o644 });
    const args = ['--quiet', '--contacts', '--password-file', file];
    expect(await anna.run(args)).toMatchObject({ code: 0, stderr: '' });
    const { code, stderr } = await anna.run(args.slice(1));
    expect(code).toBe(0);
    expect(stderr).toMatch(`xmpp-chat: ${file} holds a password and others can read it.`);
  });

  it('a text that is no UTF-8', async () => {
    const program = await startProgram([...anna.account, '--send', 'ben'], {
      env: { XMPP_PASSWORD: 'secret' },
    });
    program.child.stdin?.end(Buffer.from([0x68, 0xff, 0xfe]));
    expectOneLine(await program.ended, 2);
  });
});

describe('a reader that has gone', () => {
  it.each([
    ['a list', ['--contacts']],
    ['a list as JSON lines', ['--contacts', '--json']],
    ['--listen', ['--listen']],
    ['--listen as JSON lines', ['--listen', '--json']],
    ['--help', ['--help']],
  ])('ends %s: 141 and no word, as with SIGPIPE', async (_what, args) => {
    const program = await startProgram([...ben.account, ...args], {
      home: ben.home,
      env: { XMPP_PASSWORD: 'secret' },
    });
    program.child.stdout?.destroy();
    expect(await program.ended).toMatchObject({ code: 141, stderr: '' });
  });

  it('ends --listen with the next event', async () => {
    const program = await listening(anna);
    program.child.stdout?.destroy();
    expect(await ben.run(['--send', 'anna', 'anybody reading?'])).toMatchObject({ code: 0 });
    expect(await program.ended).toMatchObject({ code: 141, stderr: '' });
  });

  it('does not undo what is done', async () => {
    const program = await startProgram([...ben.account, '--json', '--send', 'anna', 'unread result'], {
      home: ben.home,
      env: { XMPP_PASSWORD: 'secret' },
    });
    program.child.stdout?.destroy();
    expect(await program.ended).toMatchObject({
      code: 0,
      stderr: `Message to ${anna.jid}: received by the server.\n`,
    });
  });

  it('of standard error changes no code', async () => {
    const program = await startProgram([...ben.account, '--contacts'], {
      home: ben.home,
      env: { XMPP_PASSWORD: 'wrong' },
    });
    program.child.stderr?.destroy();
    expect(await program.ended).toMatchObject({ code: 3, stdout: '' });
  });

  it('a full disk behind the output: 1', async () => {
    expectOneLine(await ben.run(['--contacts'], shell('exec "$@" > /dev/full')), 1);
    expectOneLine(await ben.run(['--listen', '--json'], shell('exec "$@" > /dev/full')), 1);
  });

  it('streams that were never open', async () => {
    expect(await ben.run(['--contacts'], shell('exec "$@" >&-'))).toMatchObject({ code: 0, stderr: '' });
    expectOneLine(await ben.run(['--send', 'anna'], shell('exec "$@" <&-')), 2);
    expect((await ben.run(['--bogus'], shell('exec "$@" >&- 2>&-'))).code).toBe(2);
  });
});

describe('--listen', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends by %s: %d, and leaves at once', async (signal, code) => {
    const watching = await listening(ben);
    const program = await listening(anna, ['--resource', signal]);
    await record(watching, { type: 'presence', jid: anna.jid, resource: signal, show: 'available' });
    program.signal(signal);
    expect(await program.ended).toMatchObject({ code, stderr: '' });
    await record(watching, { type: 'presence', jid: anna.jid, resource: signal, show: 'offline' });
    await end(watching);
  });

  it('goes on when its input ends, or never was', async () => {
    const open = await startProgram([...anna.account, '--listen', '--json', '--resource', 'open'], {
      home: anna.home,
      env: { XMPP_PASSWORD: 'secret' },
    });
    await record(open, { type: 'contacts-online' });
    open.closeInput();
    const closed = await listening(ben, [], shell('exec "$@" <&-'));
    await record(closed, { type: 'contacts-online' });
    expect(await ben.run(['--send', `${anna.jid}/open`, 'still there?'])).toMatchObject({ code: 0 });
    await record(open, { type: 'message', body: 'still there?' });
    expect(await anna.run(['--send', 'ben', 'and you?'])).toMatchObject({ code: 0 });
    await record(closed, { type: 'message', body: 'and you?' });
    await end(open);
    await end(closed);
  });

  it('outlives the server: says that it is gone and back, and what was sent meanwhile comes', async () => {
    const text = await anna.listen(['--resource', 'text']);
    await text.waitFor(/online now: |none of your contacts/);
    const json = await listening(ben);
    await server.kill();
    await record(json, { type: 'connection', state: 'offline' });
    await text.waitFor(/NOTIFICATION \d\d:\d\d connection lost/);
    expectOneLine(await anna.run(['--send', 'ben', 'meanwhile']), 5);
    await server.start();
    await text.waitFor(/NOTIFICATION \d\d:\d\d the connection is back/, { timeoutMs: 30_000 });
    await anna.done(['--contacts']);
    await record(json, { type: 'message', body: 'meanwhile' });
    await anna.done(['--send', 'ben', 'afterwards']);
    await record(json, { type: 'message', body: 'afterwards' });
    const bodies = records(json).filter(({ type, change }) => type === 'message' && change === undefined);
    expect(bodies.map(({ body }) => body)).toEqual(['meanwhile', 'afterwards']);
    const told = text.stdout().split('\n');
    expect(told.filter((line) => / connection lost| is back/.test(line))).toEqual([
      expect.stringContaining('connection lost'),
      expect.stringContaining('the connection is back'),
    ]);
    await end(text);
    await end(json);
  });
});

describe('files under way', () => {
  it('Ctrl-C ends what a script sends: 130, and the other side is told and keeps nothing', async () => {
    const path = join(anna.home.work, 'long.bin');
    await writeFile(path, randomBytes(30_000_000));
    const receiver = await listening(ben, ['--resource', 'desk']);
    const sending = ['--send-file', path, '--to', `${ben.jid}/desk`, '--file-route', 'si-ibb'];
    const options = { home: anna.home, env: { XMPP_PASSWORD: 'secret' }, stdin: '' };
    const sender = await startProgram([...anna.account, ...sending], options);
    const long = { type: 'file', direction: 'in', name: 'long.bin' };
    // Before the first byte stream initiation has nothing to say it with: one sees that the sender is gone.
    await record(receiver, { ...long, state: 'active', sent: /^[1-9]/ });
    sender.signal('SIGINT');
    expect(await sender.ended).toMatchObject({ code: 130 });
    await record(receiver, { ...long, state: 'cancelled' });
    expect(await readdir(join(ben.home.work, 'files_received')).catch(() => [])).not.toContainEqual(
      expect.stringContaining('long.bin'),
    );
    await end(receiver);
  });
});

describe('files for who is away (5)', () => {
  it('--send-file --when-online waits for who is away, is listed, cancelled, and sent by a later run', async () => {
    const path = join(anna.home.work, 'later.bin');
    const content = randomBytes(5000);
    await writeFile(path, content);
    const later = ['--send-file', path, '--to', 'ben', '--when-online'];
    const [waits, result] = await anna.json(later);
    expect(waits).toMatchObject({ type: 'file', state: 'waiting', peer: ben.jid });
    expect(result).toMatchObject({ condition: 'file-waiting', exitCode: 5 });
    const [dropped] = await anna.json(later);
    expect(await anna.json(['--waiting-files'])).toMatchObject([{ id: waits?.id }, { id: dropped?.id }, {}]);
    await anna.done(['--cancel-file', String(dropped?.id)]);
    expectOneLine(await anna.run(['--cancel-file', String(dropped?.id)]), 1);
    const sender = await listening(anna);
    const receiver = await listening(ben);
    const come = await record(receiver, { type: 'file', direction: 'in', name: 'later.bin', state: 'done' });
    expect(await readFile(String(come.path))).toEqual(content);
    await record(sender, { type: 'file', id: waits?.id, state: 'done' });
    await end(sender);
    await end(receiver);
    expect(await anna.json(['--waiting-files'])).toMatchObject([{ type: 'result' }]);
  });
});

describe('received files', () => {
  const MOST = 2 * 1024 * 1024;

  async function offer(size: number): Promise<string> {
    const path = join(ben.home.folder, `${size}.bin`);
    await writeFile(path, randomBytes(size));
    return path;
  }

  it('that do not fit fail on both sides in one line, leave nothing, and --listen goes on', async () => {
    const folder = join(anna.home.folder, 'full');
    // In units of 512 bytes: no file grows beyond 2 MiB.
    const limited = shell(`ulimit -f ${MOST / 512}; exec "$@"`);
    const program = await listening(anna, ['--resource', 'small', '--files-dir', folder], limited);
    const to = ['--to', `${anna.jid}/small`];
    expectOneLine(await ben.run(['--send-file', await offer(MOST + 300_000), ...to]), 1);
    await record(program, { type: 'file', direction: 'in', state: 'failed', failure: 'folder-full' });
    expect(await readdir(folder)).toEqual([]);
    const small = await offer(1000);
    await ben.done(['--send-file', small, ...to]);
    const { path } = await record(program, { type: 'file', state: 'done', size: 1000 });
    expect(await readFile(String(path))).toEqual(await readFile(small));
    await end(program);
  });

  it('are refused where their folder is none', async () => {
    const file = join(anna.home.folder, 'no-folder');
    await writeFile(file, '');
    const text = await anna.listen(['--resource', 'none', '--files-dir', file]);
    await text.waitFor(/online now: |none of your contacts/);
    const refused = await ben.run(['--send-file', await offer(10), '--to', `${anna.jid}/none`]);
    expectOneLine(refused, 1);
    await text.waitFor(/NOTIFICATION \d\d:\d\d file 10\.bin from ben@localhost failed: .*cannot be written/);
    await end(text);
  });

  const mounts = ['unshare', '-rm', 'sh', '-c'];
  const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
  it.runIf(canMount)('are refused before they begin where the disk has no room for them', async () => {
    const script = 'mount -t tmpfs -o size=2m tmpfs . && cd . && exec "$@"';
    const through = [...mounts, script, 'sh'];
    const program = await listening(anna, ['--resource', 'tiny'], { through });
    const refused = await ben.run(['--send-file', await offer(MOST - 5), '--to', `${anna.jid}/tiny`]);
    expectOneLine(refused, 1);
    await record(program, {
      type: 'file',
      direction: 'in',
      state: 'failed',
      failure: 'folder-full',
      sent: 0,
    });
    await end(program);
  });
});
