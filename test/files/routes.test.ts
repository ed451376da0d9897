/**
 * Every route × every size × every kind of receiver: what arrives has the same SHA-256, and nobody needs more memory
 * for a large file than for a small one. With FILES_LARGE=1 also 200 MiB.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROUTE_NAMES, type RouteName } from '../../src/chat/files/route.ts';
import { parseLines } from '../support/json-lines.ts';
import { record } from '../support/listener.ts';
import { createPerson, type Person } from '../support/person.ts';
import { createHome, type Ended, type Program, startProgram } from '../support/program.ts';
import { type Server, serverKind, startServer } from '../support/server.ts';

const MIB = 1024 * 1024;
const SIZES = [0, 1, 4095, 4096, 4097, 10 * MIB];
const LARGE = process.env.FILES_LARGE === '1' ? [200 * MIB] : [];
/** bytes above idle that any run may need */
const MOST_MEMORY = 40 * MIB;
const inBand = (route: string) => route.endsWith('ibb');
/** routes whose files come as a link, which also a room may get */
const LINKED: readonly string[] = ['upload'];
const TIMEOUT = 300_000;

type Target = 'contact' | 'other device' | 'room';

let server: Server;
let anna: Person;
let ben: Person;
/** ben's, anna's second device */
let listeners: { ben: Program; device: Program };
/** memory of one that has just begun */
let least: number;
/** memory of each before the file that comes */
let idle: Map<Program, number>;

/** The largest memory that a process had, in bytes. */
function peak({ child: { pid } }: Program): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** The largest memory counts from now on (proc(5), clear_refs). Resolves to what it has now, in bytes. */
function forgetPeak(program: Program): number {
  writeFileSync(`/proc/${program.child.pid}/clear_refs`, '5');
  return peak(program);
}

beforeAll(async () => {
  server = await startServer(undefined, {
    upload: true,
    proxy: true,
    users: [
      { name: 'anna', password: 'secret', contacts: [{ jid: 'ben@localhost', name: 'Ben' }] },
      { name: 'ben', password: 'secret', contacts: [{ jid: 'anna@localhost', name: 'Anna' }] },
      { name: 'carl', password: 'secret' },
    ],
  });
  anna = await createPerson(server, 'anna');
  ben = await createPerson(server, 'ben');
  const taking = ['--json', '--accept-files', 'all', '--private-links'];
  listeners = {
    ben: await ben.listen([...taking, '--resource', 'phone', '--join', 'lobby'], { timeoutMs: 1e9 }),
    device: await anna.listen([...taking, '--resource', 'laptop'], {
      home: await createHome(),
      timeoutMs: 1e9,
    }),
  };
  await Promise.all(Object.values(listeners).map((each) => record(each, { type: 'contacts-online' })));
  await record(listeners.ben, { type: 'self', room: `lobby@${server.rooms}` });
  least = Math.min(...Object.values(listeners).map(peak));
});
// Each file on its own: a peak that was too high is not held against the files behind it.
beforeEach(() => {
  idle = new Map(Object.values(listeners).map((each) => [each, forgetPeak(each)]));
});
afterAll(async () => {
  for (const each of Object.values(listeners ?? {})) each.signal('SIGTERM');
  await Promise.all(Object.values(listeners ?? {}).map(({ ended }) => ended));
  await server?.stop();
});

/** Writes a file of that size, of which no two are alike; resolves to its SHA-256. */
async function makeFile(path: string, size: number): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  for (let left = size; left > 0; left -= MIB) {
    const bytes = randomBytes(Math.min(MIB, left));
    hash.update(bytes);
    await file.write(bytes);
  }
  await file.close();
  return hash.digest('hex');
}

const sumOf = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

/** Runs to the end; its peak of memory is looked at all the time, for afterwards the system has forgotten it. */
async function measured(person: Person, args: readonly string[]): Promise<Ended & { memory: number }> {
  const options = { home: person.home, env: { XMPP_PASSWORD: 'secret' }, stdin: '', timeoutMs: TIMEOUT };
  const program = await startProgram([...person.account, ...args], options);
  let memory = 0;
  const look = () => {
    try {
      memory = Math.max(memory, peak(program) || 0);
    } catch {
      // it has ended
    }
  };
  const looking = setInterval(look, 20);
  const ended = await program.ended;
  clearInterval(looking);
  return { ...ended, memory };
}

function addressOf(target: Target, route: string): string {
  if (target === 'room') return `lobby@${server.rooms}`;
  const jid = target === 'contact' ? ben.jid : anna.jid;
  if (LINKED.includes(route)) return jid;
  return `${jid}/${target === 'contact' ? 'phone' : 'laptop'}`;
}

/** What came, by whoever it was for: a link that nobody fetches unasked is fetched. */
async function received(name: string, target: Target, route: string): Promise<Record<string, unknown>> {
  const receiver = target === 'other device' ? listeners.device : listeners.ben;
  if (!LINKED.includes(route) || target === 'contact')
    return record(receiver, { type: 'file', direction: 'in', name, state: /done|failed|cancelled/ });
  const message = await record(receiver, { type: 'message', url: new RegExp(`/${name}$`) });
  const person = target === 'room' ? ben : anna;
  const [file = {}] = await person.json(['--get', String(message.url), '--private-links']);
  return file;
}

/** How a route is taken: what the sender is told to do, and by which streamhost the bytes then go. */
interface Way {
  readonly route: RouteName;
  readonly by?: 'direct' | 'proxy';
  readonly args: readonly string[];
}

const WAYS: readonly Way[] = ROUTE_NAMES.flatMap((route): Way[] =>
  route.endsWith('socks5')
    ? [
        { route, by: 'direct', args: [] },
        { route, by: 'proxy', args: ['--direct-files', 'none'] },
      ]
    : [{ route, args: [] }],
);

/** Whose streamhosts were gone to, by the trace of the sender: of stream initiation, and of Jingle. */
async function streamHostsUsed(trace: string): Promise<(string | undefined)[]> {
  const text = await readFile(trace, 'utf8');
  const attributes = (element: string, name: string) =>
    [...text.matchAll(new RegExp(`<${element} [^>]*`, 'g'))].map(
      ([tag]) => [tag, new RegExp(` ${name}=["']([^"']+)`).exec(tag)?.[1]] as const,
    );
  const candidates = attributes('candidate', 'jid');
  const chosen = attributes('candidate-used', 'cid').map(([, cid]) => {
    const [, jid] = candidates.find(([tag]) => tag.includes(` cid="${cid}"`)) ?? [];
    return jid;
  });
  return [...attributes('streamhost-used', 'jid').map(([, jid]) => jid), ...chosen];
}

// The peaks of those who stay online never fall: what needs most comes last.
const ROUNDS = [
  ...WAYS.map((way) => ({ ...way, all: SIZES })),
  ...WAYS.toSorted((a, b) => Number(inBand(a.route)) - Number(inBand(b.route))).map((way) => ({
    ...way,
    all: LARGE,
  })),
].filter(({ all }) => all.length > 0);

describe.each(ROUNDS)('by $route $by', ({ route, by, args, all }) => {
  const targets: Target[] = LINKED.includes(route)
    ? ['contact', 'other device', 'room']
    : ['contact', 'other device'];
  // ejabberd gives no slot for an empty file; to a person it goes by the next route then.
  const sizes = all.filter((size) => size > 0 || route !== 'upload' || serverKind() !== 'ejabberd');
  it.each(targets.flatMap((target) => sizes.map((size) => [target, size] as const)))(
    'a file to a %s arrives as it was: %i bytes',
    async (target, size) => {
      const name = `${route}-${by}-${target.replace(' ', '-')}-${size}.bin`;
      const path = join(anna.home.work, name);
      const sha256 = await makeFile(path, size);
      const to = addressOf(target, route);
      const trace = join(anna.home.work, `${name}.trace`);
      const sent = await measured(anna, [
        ...['--json', '--send-file', path, '--to', to, '--file-route', route, ...args],
        ...(by === undefined ? [] : ['--debug', trace]),
      ]);
      const [own, result] = parseLines(sent.stdout);
      expect({ result, stderr: sent.stderr }).toMatchObject({ result: { ok: true }, stderr: '' });
      expect(own).toMatchObject({ type: 'file', state: 'done', route, size, sent: size, sha256 });
      if (by !== undefined) {
        const used = await streamHostsUsed(trace);
        expect(used.length).toBeGreaterThan(0);
        for (const jid of used) expect(jid).toMatch(by === 'proxy' ? /^proxy\./ : /^(anna|ben)@localhost\//);
      }
      const came = await received(name, target, route);
      expect(came).toMatchObject({ state: 'done', name, size, sha256 });
      expect(await sumOf(String(came.path))).toBe(sha256);
      await Promise.all([rm(path), rm(String(came.path))]);
      for (const [program, before] of idle) expect(peak(program) - before).toBeLessThan(MOST_MEMORY);
      expect(sent.memory - least).toBeLessThan(MOST_MEMORY);
    },
    TIMEOUT,
  );
});

it.each(ROUTE_NAMES.filter((route) => route.endsWith('socks5')))(
  'by %s who does not see our presence learns no address of ours, nor we theirs',
  async (route) => {
    const carl = await createPerson(server, 'carl');
    const listener = await carl.listen(['--json', '--accept-files', 'all', '--resource', 'desk']);
    await record(listener, { type: 'connection', state: 'online' });
    const name = `${route}-stranger.bin`;
    const [path, trace] = [join(anna.home.work, name), join(anna.home.work, `${name}.trace`)];
    const sha256 = await makeFile(path, 100_000);
    const [own] = await anna.json([
      ...['--send-file', path, '--to', `${carl.jid}/desk`, '--file-route', route, '--debug', trace],
    ]);
    expect(own).toMatchObject({ state: 'done', route, sha256 });
    const told = (await readFile(trace, 'utf8')).match(/<(?:streamhost|candidate) [^>]*>/g) ?? [];
    expect(told.length).toBeGreaterThan(0);
    for (const place of told) expect(place).toMatch(/ jid=["']proxy\./);
    expect(await record(listener, { type: 'file', name, state: /done|failed/ })).toMatchObject({ sha256 });
    listener.signal('SIGTERM');
    await listener.ended;
  },
  TIMEOUT,
);
