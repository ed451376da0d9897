/**
 * The fault matrix: a peer, the server or the network dies while a file is on its way (row 35), by each route. Numbered messages go beside it; afterwards both
 * have been told, what came is gone on with when the file is sent again, and `checkInvariant` looks into both databases.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { freePorts } from '../../src/demo/free-ports.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { type Server, startServer } from '../support/server.ts';
import { dice, seed } from './seed.ts';
import { type Role, type Stage, setStage } from './stage.ts';

let server: Server;
let stage: Stage | undefined;
let folder: string;
beforeAll(async () => {
  // A lost connection can be resumed for 2 s.
  const settings = 'muc_room_default_persistent = true\nsmacks_hibernation_time = 2';
  server = await startServer(undefined, { settings });
});
afterAll(() => server?.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-faults-'));
});
afterEach(async () => {
  await stage?.strike();
  stage = undefined;
  await rm(folder, { recursive: true, force: true });
});

const SIZE = 3_000_000;
/** bytes of what came before that are sent again */
const COMPARED = 64 * 1024;
const received = () => readdir(join(folder, 'received')).catch(() => []);

/** Both are there, and so much of a file of Alice's has come to Bob; messages go on. */
async function underWay(name: string): Promise<Stage> {
  const { between } = dice(name);
  const filesDir = join(folder, 'received');
  stage = await setStage(server, { name, bob: { filesDir } });
  const { alice, bob, bobsWire, startsSending } = stage;
  await bob.actor.saw({ event: 'presence', show: 'available' });
  const path = join(folder, 'picture.png');
  await writeFile(path, randomBytes(SIZE));
  const some = between(20_000, SIZE / 2);
  bobsWire.slow(between(4_000, 16_000), 4, 'down');
  await alice.actor.does({ do: 'send-file', path, to: bob.jid, route: 'jingle-ibb' });
  startsSending(30, { every: 10 });
  await bob.actor.sawWhere(
    'some of the file',
    ({ event, direction, sent }) => event === 'file' && direction === 'in' && Number(sent) >= some,
  );
  return stage;
}

/** What came is on the disk a moment later: who dies before that has received nothing. */
async function isKept(least: number): Promise<void> {
  const size = async () => {
    const [part] = await received();
    return part === undefined ? 0 : (await stat(join(folder, 'received', part))).size;
  };
  await expect.poll(size, { timeout: 10_000 }).toBeGreaterThanOrEqual(least);
}

/** It goes on from the byte reached (but for what is compared), and is the same in the end; nothing else is left. */
async function sentAgain({ alice, bob, bobsWire }: Stage): Promise<void> {
  // Slowly enough for progress to be told.
  bobsWire.slow(8_000, 4, 'down');
  const path = join(folder, 'picture.png');
  const { size: kept } = await stat(join(folder, 'received', 'picture.png.part'));
  const told = alice.actor.lines.length;
  await alice.actor.does({ do: 'send-file', path, to: bob.jid, route: 'jingle-ibb' });
  await bob.actor.sawWhere(
    'the whole file',
    ({ event, direction, state }) => event === 'file' && direction === 'in' && state === 'done',
  );
  expect(await received()).toEqual(['picture.png']);
  const steps = alice.actor.lines
    .slice(told)
    .filter(({ event, sent }) => event === 'file' && Number(sent) > 0);
  expect(steps.length).toBeGreaterThan(0);
  for (const { sent } of steps) expect(Number(sent)).toBeGreaterThan(kept - COMPARED);
  const [sent, come] = await Promise.all(
    [path, join(folder, 'received', 'picture.png')].map((at) => readFile(at)),
  );
  expect(come?.equals(sent ?? Buffer.alloc(0))).toBe(true);
}

const ENDED = ['failed', 'cancelled'];
const ended = ({ event, state }: { event: string; state?: unknown }) =>
  event === 'file' && ENDED.includes(String(state));

describe(`files, seed ${seed}`, () => {
  it('row 35: the receiver dies: the sender is told, and the next run goes on with what is left (quick)', async () => {
    const place = await underWay('row35');
    const { alice, bob, checkInvariant } = place;
    await isKept(1);
    await bob.actor.kill();
    expect(await received()).toEqual(['picture.png.part']);
    await bob.start({ filesDir: join(folder, 'received') });
    await bob.actor.does({ do: 'online' });
    await alice.actor.sawWhere('the end of the file', ended);
    expect(await received()).toEqual(['picture.png.part']);
    await sentAgain(place);
    await checkInvariant();
  });

  it('row 35: the sender dies: the receiver is told, and goes on when it is sent again (quick)', async () => {
    const place = await underWay('row35b');
    const { bob, alice, checkInvariant } = place;
    await alice.actor.kill();
    await bob.actor.sawWhere('the end of the file', ended);
    expect(await received()).toEqual(['picture.png.part']);
    await alice.start({});
    await alice.actor.does({ do: 'online' });
    await sentAgain(place);
    // She died while she wrote: what was not committed by then nobody was promised.
    await checkInvariant({ gaps: true });
  });

  it('row 35: the server dies: both are told, and the file goes on when it is sent again', async () => {
    const place = await underWay('row35d');
    const { alice, bob, bobsWire, checkInvariant } = place;
    await server.kill();
    await server.start();
    bobsWire.pass();
    for (const { actor } of [alice, bob]) await actor.sawWhere('the end of the file', ended);
    expect(await received()).toEqual(['picture.png.part']);
    for (const { actor } of [alice, bob]) await actor.does({ do: 'online' });
    await sentAgain(place);
    await checkInvariant({ crashes: 1 });
  });

  it('row 35: the connection of the receiver is lost and resumed: the file arrives whole', async () => {
    const { alice, bob, bobsWire, checkInvariant } = await underWay('row35c');
    bobsWire.cut();
    await bob.actor.saw({ event: 'connection', state: 'resumed' });
    bobsWire.pass();
    for (const { actor } of [alice, bob]) await actor.saw({ event: 'file', state: 'done' });
    const [sent, come] = await Promise.all(
      [join(folder, 'picture.png'), join(folder, 'received', 'picture.png')].map((path) => readFile(path)),
    );
    expect(come?.equals(sent ?? Buffer.alloc(0))).toBe(true);
    await checkInvariant();
  });
});

describe(`files by HTTP, half way, seed ${seed}`, () => {
  /** what HTTP goes through, in front of the server */
  let web: FaultProxy;
  let uploads: Server;
  const half = SIZE / 2;

  beforeAll(async () => {
    const [port = 0] = await freePorts(1);
    web = await startFaultProxy({ host: '127.0.0.1', port });
    const settings = `muc_room_default_persistent = true
http_ports = { ${port} }
Component "upload.localhost" "http_file_share"
  http_host = "127.0.0.1"
  http_external_url = "http://127.0.0.1:${web.port}/"
  http_file_share_size_limit = 314572800`;
    uploads = await startServer('prosody', { settings });
  });
  afterAll(async () => {
    await web?.close();
    await uploads?.stop();
  });
  afterEach(() => web.pass());

  const path = () => join(folder, 'picture.png');
  const sum = async (of: string) =>
    createHash('sha256')
      .update(await readFile(of))
      .digest('hex');
  /** Done, with the bytes that were sent. */
  const arrived = async ({ actor }: Role) => {
    const { sha256 } = await actor.saw({ event: 'file', direction: 'in', state: 'done' });
    expect(await received()).toEqual(['picture.png']);
    expect(await sum(join(folder, 'received', 'picture.png'))).toBe(await sum(path()));
    expect(sha256).toBe(await sum(path()));
  };
  /** Half of it went over the wire: what was handed to the system says nothing. */
  const halfOver = () =>
    new Promise<void>((resolve) => {
      const look = (direction: string, total: number) => {
        if (direction !== 'up' || total < half) return;
        web.off('bytes', look);
        resolve();
      };
      web.on('bytes', look);
    });

  async function set(name: string): Promise<Stage> {
    stage = await setStage(uploads, { name, bob: { filesDir: join(folder, 'received') } });
    await writeFile(path(), randomBytes(SIZE));
    return stage;
  }
  const uploadsFile = ({ alice, bob }: Stage) =>
    alice.actor.does({ do: 'send-file', path: path(), to: bob.jid, route: 'upload' });

  /** Alice has uploaded half of the file. */
  async function halfUploaded(name: string): Promise<Stage> {
    const set_ = await set(name);
    web.slow(32_768, 8, 'up');
    const over = halfOver();
    await uploadsFile(set_);
    set_.startsSending(30, { every: 10 });
    await over;
    return set_;
  }

  /** Bob has fetched half of the file. */
  async function halfFetched(name: string): Promise<Stage> {
    const set_ = await set(name);
    await uploadsFile(set_);
    await set_.bob.actor.sawWhere(
      'the link',
      ({ event, body }) => event === 'message' && String(body).endsWith('/picture.png'),
    );
    web.slow(32_768, 24, 'down');
    // However late anybody looks, the rest has not come.
    const hold = (direction: string, total: number) => {
      if (direction === 'down' && total > half) web.slow(1_000, 50, 'down');
    };
    web.on('bytes', hold);
    onTestFinished(() => void web.off('bytes', hold));
    await set_.bob.actor.does({ do: 'get' });
    set_.startsSending(30, { every: 10 });
    // What went over the wire says nothing of what was read from it.
    await set_.bob.actor.sawWhere(
      'half of the file',
      ({ event, direction, sent }) => event === 'file' && direction === 'in' && Number(sent) >= half,
    );
    web.off('bytes', hold);
    return set_;
  }

  /** Another attempt: it begins where the last one ended (RFC 9110 §14.2), so less than the rest goes over the wire. */
  async function goesOn({ bob }: Stage): Promise<void> {
    const [part = ''] = await received();
    // What went over the wire and was not read yet is gone.
    const { size } = await stat(join(folder, 'received', part));
    expect(size).toBeGreaterThanOrEqual(half);
    web.pass();
    const again = web.nextConnection();
    await bob.actor.does({ do: 'get' });
    await again;
    let passed = 0;
    const count = (direction: string, total: number) => {
      if (direction === 'down') passed = Math.max(passed, total);
    };
    web.on('bytes', count);
    await arrived(bob);
    web.off('bytes', count);
    expect(passed).toBeGreaterThan(0);
    expect(passed).toBeLessThan(SIZE - size + 100_000);
  }

  const said = ({ actor }: Role) => actor.lines.some(({ body }) => String(body).includes('/picture.png'));

  it('an upload whose sender is killed: nobody hears of the file, and nothing waits', async () => {
    const { alice, bob, checkInvariant } = await halfUploaded('up-sender');
    await alice.actor.kill();
    await checkInvariant();
    expect(said(bob)).toBe(false);
    expect(await received()).toEqual([]);
  });

  it('an upload whose network is cut: it goes again with a slot of its own, and arrives', async () => {
    const set_ = await halfUploaded('up-network');
    web.cut();
    web.slow(1_000_000, 1, 'up');
    await set_.alice.actor.saw({ event: 'file', direction: 'out', state: 'done' });
    await set_.bob.actor.sawWhere('the link', ({ body }) => String(body).endsWith('/picture.png'));
    await set_.bob.actor.does({ do: 'get' });
    await arrived(set_.bob);
    await set_.checkInvariant();
  });

  it('an upload whose server is killed: the sender is told, nobody else hears of it', async () => {
    const { alice, bob, checkInvariant } = await halfUploaded('up-server');
    await uploads.kill();
    await alice.actor.sawWhere('the end of the file', ended);
    await uploads.start();
    await checkInvariant({ crashes: 1 });
    expect(said(bob)).toBe(false);
  });

  it('an upload whose link cannot be said in time waits in the outbox, and is said once (exit code 5 of scripts)', async () => {
    const { alice, bob, wire, checkInvariant } = await halfUploaded('up-queued');
    wire.cut();
    wire.refuse();
    await alice.actor.saw({ event: 'file', direction: 'out', state: 'queued' });
    wire.pass();
    await bob.actor.sawWhere('the link', ({ body }) => String(body).endsWith('/picture.png'));
    await checkInvariant();
    const links = bob.actor.lines.filter(
      ({ event, body }) => event === 'message' && String(body).endsWith('/picture.png'),
    );
    expect(links).toHaveLength(1);
  });

  it('a download whose receiver is killed is gone on with by the next run', async () => {
    const set_ = await halfFetched('down-receiver');
    await isKept(half);
    await set_.bob.actor.kill();
    expect(await received()).toMatchObject([/^picture\.png.*part$/]);
    await set_.bob.start();
    await set_.bob.actor.does({ do: 'online' });
    await goesOn(set_);
    await set_.checkInvariant();
  });

  it.each([
    ['network', () => web.cut()],
    [
      'server',
      async () => {
        await uploads.kill();
        // What it had written and nobody read goes with it.
        web.cut();
        await uploads.start();
      },
    ],
  ])('a download whose %s fails is told, and gone on with', async (what, fails) => {
    const set_ = await halfFetched(`down-${what}`);
    await fails();
    await set_.bob.actor.sawWhere('the end of the file', ended);
    expect(await received()).toMatchObject([/^picture\.png.*part$/]);
    await set_.bob.actor.does({ do: 'online' });
    await goesOn(set_);
    await set_.checkInvariant({ crashes: what === 'server' ? 1 : 0 });
  });
});
