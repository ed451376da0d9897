/**
 * One side dies with half of a file on the way, over SOCKS5: the other one is told, no file has its full name, and sent
 * again it goes on from the byte that was reached, and is the same in the end.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseLines } from '../support/json-lines.ts';
import { record, records } from '../support/listener.ts';
import { createPerson, type Person } from '../support/person.ts';
import { type Program, startProgram } from '../support/program.ts';
import { type Server, startServer } from '../support/server.ts';

/** Large enough to be seen half on its way. */
const SIZE = 512 * 1024 * 1024;
const TIMEOUT = 120_000;

let server: Server;
let anna: Person;
let ben: Person;
let path: string;
let sha256: string;
let folder: string;

beforeAll(async () => {
  server = await startServer(undefined, {
    proxy: true,
    users: [
      { name: 'anna', password: 'secret', contacts: [{ jid: 'ben@localhost', name: 'Ben' }] },
      { name: 'ben', password: 'secret', contacts: [{ jid: 'anna@localhost', name: 'Anna' }] },
    ],
  });
  anna = await createPerson(server, 'anna');
  ben = await createPerson(server, 'ben');
  folder = join(ben.home.work, 'files_received');
  path = join(anna.home.work, 'film.bin');
  const file = await open(path, 'w');
  // Holes cost no disk; the marks tell one part from another.
  for (let at = 0; at < SIZE; at += 1_000_000) await file.write(`part ${at}`, at);
  await file.truncate(SIZE);
  await file.close();
  sha256 = await sumOf(path);
}, TIMEOUT);
afterEach(() => rm(folder, { recursive: true, force: true }));
afterAll(() => server?.stop());

async function sumOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}

async function taking(): Promise<Program> {
  const listener = await ben.listen(['--json', '--accept-files', 'all', '--resource', 'phone'], {
    timeoutMs: TIMEOUT,
  });
  await record(listener, { type: 'contacts-online' });
  return listener;
}

function sending(args: readonly string[]): Promise<Program> {
  const to = `${ben.jid}/phone`;
  return startProgram([...anna.account, '--json', '--send-file', path, '--to', to, ...args], {
    home: anna.home,
    env: { XMPP_PASSWORD: 'secret' },
    stdin: '',
    timeoutMs: TIMEOUT,
  });
}

const HALF = SIZE / 2;
/** Resolves when the receiver tells that half of it is there, and not all. */
async function halfCame(listener: Program): Promise<void> {
  const states = () =>
    records(listener).filter(({ type, direction }) => type === 'file' && direction === 'in');
  while (!states().some(({ sent }) => Number(sent) >= HALF))
    await new Promise((go) => listener.child.stdout?.once('data', go));
  expect(states().at(-1)).toMatchObject({ state: 'active' });
}

/** Sends it once more: which byte it began at, by what the receiver asked for. */
async function again(listener: Program, args: readonly string[]): Promise<number> {
  const trace = join(anna.home.work, 'again.trace');
  const sent = await (await sending([...args, '--debug', trace])).ended;
  expect(parseLines(sent.stdout).at(-1)).toMatchObject({ ok: true });
  const came = await record(listener, { type: 'file', direction: 'in', state: 'done' });
  expect(came).toMatchObject({ size: SIZE, sha256 });
  expect(await readdir(folder)).toEqual(['film.bin']);
  expect(await sumOf(join(folder, 'film.bin'))).toBe(sha256);
  const offset = /<range[^>]* offset=["'](\d+)/.exec(await readFile(trace, 'utf8'))?.[1];
  await rm(trace);
  return Number(offset);
}

describe.each([
  ['by stream initiation, directly', ['--file-route', 'si-socks5']],
  ['by stream initiation, by the proxy', ['--file-route', 'si-socks5', '--direct-files', 'none']],
  ['by Jingle, directly', ['--file-route', 'jingle-socks5']],
  ['by Jingle, by the proxy', ['--file-route', 'jingle-socks5', '--direct-files', 'none']],
])('%s', (_, args) => {
  it(
    'the sender dies: the receiver is told, and goes on when it is sent again',
    async () => {
      const listener = await taking();
      const sender = await sending(args);
      await halfCame(listener);
      sender.signal('SIGKILL');
      await sender.ended;
      const told = await record(listener, { type: 'file', direction: 'in', state: /failed|cancelled|done/ });
      expect(told).toMatchObject({ state: 'failed', failure: 'bytestream-broken' });
      expect(await readdir(folder)).toEqual(['film.bin.part']);
      expect(await again(listener, args)).toBeGreaterThanOrEqual(HALF);
      listener.signal('SIGTERM');
      await listener.ended;
    },
    TIMEOUT,
  );

  it(
    'the receiver dies: the sender is told, and the next run goes on when it is sent again',
    async () => {
      const dying = await taking();
      const sender = await sending(args);
      await halfCame(dying);
      dying.signal('SIGKILL');
      const { stdout, code } = await sender.ended;
      expect({ last: parseLines(stdout).at(-1), code }).toMatchObject({
        last: { type: 'error', ok: false, condition: 'bytestream-broken' },
        code: 1,
      });
      expect(await readdir(folder)).toEqual(['film.bin.part']);
      const listener = await taking();
      expect(await again(listener, args)).toBeGreaterThanOrEqual(HALF);
      listener.signal('SIGTERM');
      await listener.ended;
    },
    TIMEOUT,
  );
});
