/** Files by every route: beside slixmpp on the same server, curl on the same web server, and a bare copy over TLS. */
import { execFile } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createCertificate } from '../src/demo/certificate.ts';
import { freePorts } from '../src/demo/free-ports.ts';
import { connectTo } from '../src/xmpp/bytestreams/socks5-connect.ts';
import { destinationOf, NS as NS_SOCKS5, parseStreamHost } from '../src/xmpp/bytestreams/streamhosts.ts';
import type { Session } from '../src/xmpp/session/session.ts';
import { child, type Element, x } from '../src/xmpp/stanza.ts';
import { figuresOf, ratio, shown, table, verdictAtLeast } from './figures.ts';
import { machine, processorTime } from './machine.ts';
import { available, Lines, PYTHON, SLIXMPP, TSX } from './peer.ts';
import { inPlace, online, PASSWORD, type Place } from './place.ts';
import { type Contestant, complaints, inTurns, type Result } from './turns.ts';

const NS_UPLOAD = 'urn:xmpp:http:upload:0';
const MIB = 1024 * 1024;
const CHUNK = 256 * 1024;
/** milliseconds that the servers and those who came online have to be done with it */
const SETTLING = 500;
const IN_BAND_SIZE = 10 * MIB;
const SIZE = 100 * MIB;
const GOALS = { inBand: 3, proxy: 1.5, direct: 300, web: 0.95 };
const COPY = 'TLS, a bare copy';
const BARE = 'sockets only, by the proxy';

const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const OWN_PEER = [process.execPath, '--import', TSX, at('peers/own-file-peer.ts')];
const SLIXMPP_PEER = [PYTHON, at('peers/slixmpp-file-peer.py')];
const COPY_PEER = [process.execPath, at('peers/tls-copy.js')];

/** What a turn came to. */
interface Haul {
  /** millions of bytes a second, from the wish until the file is whole where it is to be */
  readonly rate: number;
  /** milliseconds of processor time of those who give and take */
  readonly processor: number | undefined;
  /** the same, of the server */
  readonly server: number | undefined;
}

interface Load {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

async function loadOf(folder: string, size: number): Promise<Load> {
  const path = join(folder, `${size}.bin`);
  const bytes = randomBytes(size);
  await writeFile(path, bytes);
  return { path, size, sha256: createHash('sha256').update(bytes).digest('hex') };
}

const processorOf = async (all: readonly Lines[]) =>
  (await Promise.all(all.map((one) => one.processor()))).reduce<number>(
    (sum, ms) => sum + (ms ?? Number.NaN),
    0,
  );

/** What `work` took, which moves so many bytes between those who are measured. */
async function measured(
  size: number,
  pid: number,
  all: readonly Lines[],
  work: () => Promise<void>,
): Promise<Haul> {
  const times = async () => [await processorOf(all), (await processorTime(pid)) ?? Number.NaN] as const;
  await setTimeout(SETTLING);
  const before = await times();
  const began = performance.now();
  await work();
  const milliseconds = performance.now() - began;
  const after = await times();
  const [processor, server] = [after[0] - before[0], after[1] - before[1]];
  return { rate: size / milliseconds / 1000, processor: all.length === 0 ? undefined : processor, server };
}

async function* nothings(size: number): AsyncGenerator<Uint8Array, void> {
  const piece = new Uint8Array(CHUNK);
  for (let left = size; left > 0; left -= CHUNK) yield piece.subarray(0, Math.min(CHUNK, left));
}

async function drained(source: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of source);
}

async function ended<T>(all: Lines[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await Promise.all(all.map((one) => one.end()));
  }
}

/** Everybody who can be measured at `place`. */
function contests({ server, folder, env }: Place) {
  const environment = { ...env(folder), BENCH_PASSWORD: PASSWORD };
  const start = (command: readonly string[]) => new Lines(command, environment);

  /** From `go` to one until `end` has come to pass. */
  const haul = (size: number, giver: Lines, all: readonly Lines[], end: () => Promise<void>) =>
    measured(size, server.pid(), all, () => {
      giver.tell();
      return end();
    });

  /** One who gives and one who takes, on the server, each with a folder of their own that is gone afterwards. */
  const pair = (name: string, peer: readonly string[], way: string, load: Load): Contestant<Haul> => ({
    name,
    async turn() {
      const data = [await mkdtemp(join(folder, 'take-')), await mkdtemp(join(folder, 'give-'))];
      const common = [way, String(server.port), server.caFile];
      const taker = start([...peer, 'take', ...common, String(load.size), data[0] ?? '']);
      const all = [taker];
      try {
        return await ended(all, async () => {
          await taker.next('ready');
          const giver = start([...peer, 'send', ...common, load.path, data[1] ?? '']);
          all.push(giver);
          await giver.next('ready');
          return haul(load.size, giver, all, async () => {
            if ((await taker.next('sha256')) !== load.sha256) throw new Error('another file came');
          });
        });
      } finally {
        await Promise.all(data.map((one) => rm(one, { recursive: true })));
      }
    },
  });

  /** This program alone, with a web server. */
  const own = (name: string, mode: string, way: string, what: string, load: Load): Contestant<Haul> => ({
    name,
    async turn() {
      const data = await mkdtemp(join(folder, 'own-'));
      const peer = start([...OWN_PEER, mode, way, String(server.port), server.caFile, what, data]);
      try {
        return await ended([peer], async () => {
          await peer.next('ready');
          return haul(load.size, peer, [peer], async () => {
            if ((await peer.next('sha256')) !== load.sha256) throw new Error('another file came');
          });
        });
      } finally {
        await rm(data, { recursive: true });
      }
    },
  });

  const curl = (
    name: string,
    args: () => Promise<readonly string[]>,
    { size }: Load,
    caFile: string,
  ): Contestant<Haul> => ({
    name,
    async turn() {
      const told = ['-sS', '--fail', '--cacert', caFile, '-w', '%{stderr}%{time_total}'];
      const { stderr } = await promisify(execFile)('curl', [...told, ...(await args())], {
        env: environment,
      });
      return { rate: size / Number(stderr) / 1e6, processor: undefined, server: undefined };
    },
  });

  /** Both ends in this process, nothing read, summed or kept: what the proxy lets through. */
  const bare = ({ size }: Load): Contestant<Haul> => ({
    name: BARE,
    async turn() {
      const [giver, taker] = [await online(server, 'giver'), await online(server, 'taker')];
      try {
        const [sid, to] = [randomUUID(), 'proxy.localhost'];
        const query = (...content: Element[]) => x('query', { xmlns: NS_SOCKS5, sid }, ...content);
        const answer = await giver.request(x('iq', { type: 'get', to }, query()));
        const host = child(child(answer, 'query', NS_SOCKS5), 'streamhost', NS_SOCKS5);
        const proxy = host && parseStreamHost(host);
        if (proxy === undefined) throw new Error('no proxy');
        const destination = destinationOf(sid, giver.jid, taker.jid);
        const permit = async () => [{ address: proxy.host, family: 4 }];
        const incoming = await connectTo(proxy, { destination, permit });
        const outgoing = await connectTo(proxy, { destination, permit });
        await giver.request(x('iq', { type: 'set', to }, query(x('activate', {}, taker.jid))));
        return await measured(size, server.pid(), [], async () => {
          await Promise.all([outgoing.send({ source: nothings(size) }), drained(incoming.receive({ size }))]);
        });
      } finally {
        await Promise.all([giver.close(), taker.close()]);
      }
    },
  });

  const copy = (
    load: Load,
    { certFile, keyFile }: { certFile: string; keyFile: string },
  ): Contestant<Haul> => ({
    name: COPY,
    async turn() {
      const taker = start([...COPY_PEER, 'take', certFile, keyFile, String(load.size)]);
      const all = [taker];
      return ended(all, async () => {
        const giver = start([...COPY_PEER, 'send', certFile, String(await taker.next('port')), load.path]);
        all.push(giver);
        await giver.next('ready');
        return haul(load.size, giver, all, async () => void (await taker.next('taken')));
      });
    },
  });

  return { pair, own, curl, bare, copy, start };
}

function samplesOf(results: readonly Result<Haul>[], name: string): number[] {
  return results.find((result) => result.name === name)?.samples.map(({ rate }) => rate) ?? [];
}

function print(
  title: string,
  results: readonly Result<Haul>[],
  rounds: number,
  otherOf: (name: string) => string,
): void {
  const head = `${title}, MB a second: median [least..most] of ${rounds}, in turns`;
  const rows = results.map(({ name, samples }) => [
    name,
    shown(samples.map(({ rate }) => rate)),
    ratio(samplesOf(results, name), samplesOf(results, otherOf(name))),
    ...[samples.map(({ processor }) => processor), samples.map(({ server }) => server)].map((times) =>
      shown(times.filter((time) => time !== undefined)),
    ),
  ]);
  console.log(table(`${head}\n${machine()}`, ['', 'MB/s', '÷ other', 'processor ms', 'server ms'], rows));
  for (const line of complaints(results, rounds)) console.log(line);
}

/** Whether `name` is `goal` times as quick as `other`, where both were measured. */
function judge(results: readonly Result<Haul>[], name: string, other: string, goal: number): void {
  const [mine, theirs] = [samplesOf(results, name), samplesOf(results, other)];
  if (mine.length === 0 || theirs.length === 0) return;
  const value = figuresOf(mine).median / figuresOf(theirs).median;
  console.log(verdictAtLeast(`${name} ÷ ${other}`, value, goal, '×'));
}

async function inBand(place: Place, rounds: number): Promise<void> {
  const { pair } = contests(place);
  const load = await loadOf(place.folder, IN_BAND_SIZE);
  const names = { 'jingle-ibb': 'xmpp-chat, Jingle', 'si-ibb': 'xmpp-chat, stream initiation' };
  const all = Object.entries(names).map(([route, name]) => pair(name, OWN_PEER, route, load));
  if (available(SLIXMPP)) all.push(pair(SLIXMPP, SLIXMPP_PEER, 'ibb', load));
  const results = await inTurns(rounds, all);
  print('A file of 10 MiB in-band, beside slixmpp', results, rounds, () => SLIXMPP);
  for (const name of Object.values(names)) judge(results, name, SLIXMPP, GOALS.inBand);
}

async function socks5(place: Place, rounds: number): Promise<void> {
  const { pair, bare, copy } = contests(place);
  const load = await loadOf(place.folder, SIZE);
  const ways = [
    ['xmpp-chat, Jingle, direct', 'jingle-socks5 contacts'],
    ['xmpp-chat, stream initiation, direct', 'si-socks5 contacts'],
    ['xmpp-chat, Jingle, by the proxy', 'jingle-socks5 none'],
    ['xmpp-chat, stream initiation, by the proxy', 'si-socks5 none'],
  ] as const;
  const all = ways.map(([name, way]) => pair(name, OWN_PEER, way, load));
  const peer = `${SLIXMPP}, by the proxy`;
  if (available(SLIXMPP)) all.push(pair(peer, SLIXMPP_PEER, 'socks5', load));
  all.push(bare(load), copy(load, await createCertificate(place.folder, ['localhost'])));
  const results = await inTurns(rounds, all);
  print('A file of 100 MiB over SOCKS5, beside slixmpp', results, rounds, () => peer);
  if (available(SLIXMPP)) {
    const most = ratio(samplesOf(results, BARE), samplesOf(results, peer));
    console.log(`${BARE} ÷ ${peer} ${most}: more than that the server does not let through`);
  }
  for (const [name, way] of ways) {
    const mine = samplesOf(results, name);
    if (way.endsWith('none')) judge(results, name, peer, GOALS.proxy);
    else if (mine.length > 0) console.log(verdictAtLeast(name, figuresOf(mine).median, GOALS.direct, 'MB/s'));
  }
}

/** Where a file may be written to, and read from. */
async function slotFor(session: Session, size: number): Promise<{ put: Element; get: Element }> {
  const request = x('request', { xmlns: NS_UPLOAD, filename: 'file.bin', size: String(size) });
  const answer = await session.request(x('iq', { type: 'get', to: 'upload.localhost' }, request));
  const slot = child(answer, 'slot', NS_UPLOAD);
  const [put, get] = [child(slot, 'put', NS_UPLOAD), child(slot, 'get', NS_UPLOAD)];
  if (put === undefined || get === undefined) throw new Error('no slot');
  return { put, get };
}

/** What curl is told to write a file there; it waits for no "100 Continue", as we do not. */
const putting = ({ path }: Load, put: Element): readonly string[] => [
  ...['-T', path, '-H', 'Expect:', '-H', 'Content-Type: application/octet-stream'],
  ...put.getChildren('header').flatMap((header) => ['-H', `${header.attrs.name}: ${header.getText()}`]),
  String(put.attrs.url),
];

/** `up`: what is written each time; `down`: what was written before, and is read. */
async function web(title: string, place: Place, rounds: number, up: Load, down: Load): Promise<void> {
  const { own, curl } = contests(place);
  const { server, folder } = place;
  const session = await online(server, 'taker');
  try {
    const { put, get } = await slotFor(session, down.size);
    await curl('', async () => putting(down, put), down, server.caFile).turn();
    const url = String(get.attrs.url);
    const fresh = async () => putting(up, (await slotFor(session, up.size)).put);
    const saved = async () => ['-o', join(folder, 'saved.bin'), url];
    const results = await inTurns(rounds, [
      own('xmpp-chat, upload', 'send', 'upload', up.path, up),
      curl('curl, upload', fresh, up, server.caFile),
      own('xmpp-chat, download', 'download', 'upload', url, down),
      curl('curl, download', saved, down, server.caFile),
    ]);
    print(title, results, rounds, (name) => name.replace('xmpp-chat', 'curl'));
    judge(results, 'xmpp-chat, upload', 'curl, upload', GOALS.web);
    judge(results, 'xmpp-chat, download', 'curl, download', GOALS.web);
  } finally {
    await session.close();
  }
}

async function webOfProsody(place: Place, rounds: number): Promise<void> {
  const [up, down] = [await loadOf(place.folder, IN_BAND_SIZE), await loadOf(place.folder, SIZE)];
  await web('Files over HTTP beside curl, Prosody: 10 MiB to it, 100 MiB from it', place, rounds, up, down);
}

async function webOfOurs(place: Place, rounds: number, port: number): Promise<void> {
  const load = await loadOf(place.folder, SIZE);
  // Prosody's own, which the clients are told to believe.
  const { caFile } = place.server;
  const keyFile = caFile.replace(/\.crt$/, '.key');
  const command = [process.execPath, at('web-server.js'), caFile, keyFile, load.path, String(port)];
  const server = new Lines(command, place.env(place.folder));
  await ended([server], async () => {
    await server.next('port');
    await web(
      'Files of 100 MiB over HTTPS beside curl, a web server that keeps nothing',
      place,
      rounds,
      load,
      load,
    );
  });
}

const ACCOUNTS = [
  { name: 'giver', contacts: [{ jid: 'taker@localhost' }] },
  { name: 'taker', contacts: [{ jid: 'giver@localhost' }] },
];

export async function filesBench(rounds: number): Promise<void> {
  await inPlace(
    ACCOUNTS,
    async (place) => {
      await inBand(place, rounds);
      await socks5(place, rounds);
      await webOfProsody(place, rounds);
    },
    { proxy: true, upload: true },
  );
  const [port = 0] = await freePorts(1);
  const settings = `Component "upload.localhost" "http_upload_external"
  http_upload_external_base_url = "https://localhost:${port}/"
  http_upload_external_secret = "bench"
  http_upload_external_file_size_limit = ${SIZE}`;
  await inPlace(ACCOUNTS, (place) => webOfOurs(place, rounds, port), { settings });
}
