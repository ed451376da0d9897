import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FileTransfer } from '../../src/chat/events.ts';
import type {
  FileRoute,
  IncomingOffer,
  OutgoingFile,
  Refusal,
  RouteName,
} from '../../src/chat/files/route.ts';
import { type FilesOptions, files } from '../../src/chat/files.ts';
import { ChatError } from '../../src/chat/problem.ts';
import { DisconnectedError, XmppError } from '../../src/xmpp/errors.ts';
import { deferred } from '../../src/xmpp/waiting.ts';
import { ended, everyStep } from './routes/support.ts';
import { memoryStores } from './support.ts';

const PEER = 'romeo@example.net/orchard';
let folder: string;
let received: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
  received = join(folder, 'received');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

class FakeRoute implements FileRoute {
  readonly name: RouteName;
  able = true;
  targets: readonly string[] | undefined;
  listener: (offer: IncomingOffer) => void = () => {};
  sent: Buffer | undefined;
  behaviour: FileRoute['send'] | undefined;
  refused: Refusal | undefined;
  /** true when the receiver ended the iteration before its end */
  stopped = false;
  constructor(name: RouteName = 'si-ibb') {
    this.name = name;
  }
  addresses = async (peer: string) => (this.able ? (this.targets ?? [peer]) : []);
  async send(file: OutgoingFile, peer: string, context: Parameters<FileRoute['send']>[2]): Promise<void> {
    if (this.behaviour) return this.behaviour(file, peer, context);
    context.onProgress(0);
    const parts: Uint8Array[] = [];
    for await (const bytes of file.read()) parts.push(bytes);
    this.sent = Buffer.concat(parts);
    context.onProgress(file.size);
  }
  onOffer(listener: (offer: IncomingOffer) => void): void {
    this.listener = listener;
  }
  offer(content: AsyncIterable<Uint8Array>, more: Partial<IncomingOffer> = {}): void {
    this.listener({
      peer: PEER,
      name: 'a.txt',
      signal: new AbortController().signal,
      accept: (_limit, signal) => this.#watched(content, signal),
      decline: (refusal) => {
        this.refused = refusal;
      },
      ...more,
    });
  }
  async *#watched(content: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    this.stopped = true;
    for await (const bytes of content) {
      signal.throwIfAborted();
      yield bytes;
    }
    this.stopped = false;
  }
}

async function* chunks(...parts: string[]): AsyncGenerator<Uint8Array, void> {
  for (const part of parts) yield Buffer.from(part);
}

/** Bytes now and nothing else, until the signal ends it. */
async function* endless(signal: AbortSignal, begun = () => {}): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from('x');
  begun();
  await new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function setUp(more: Partial<FilesOptions> = {}, route = new FakeRoute()) {
  const api = files({ routes: [route], filesDir: () => received, acceptPolicy: () => 'accept', ...more });
  const told: FileTransfer[] = [];
  api.on('changed', (file) => told.push(file));
  return { api, route, told };
}

it('an upload whose link waits in the outbox ends as queued, with its sum', async () => {
  const { api, route } = setUp();
  route.behaviour = async (file, _peer, { onQueued }) => {
    for await (const _ of file.read());
    onQueued?.();
  };
  await writeFile(join(folder, 'b.txt'), 'hello');
  expect(await api.send(join(folder, 'b.txt'), PEER)).toMatchObject({
    state: 'queued',
    sent: 5,
    sha256: createHash('sha256').update('hello').digest('hex'),
  });
});

describe('receiving a file', () => {
  it('shows what it is by its content, and what it claimed to be where that is something else', async () => {
    const { api, route } = setUp();
    const seen: FileTransfer[] = [];
    for (const mime of ['image/png', 'application/zip']) {
      const done = ended(api);
      route.offer(chunks('P', 'K\x03\x04', 'rest'), { mime });
      seen.push(await done);
    }
    expect(seen).toMatchObject([
      { state: 'done', mime: 'application/zip', claimed: 'image/png' },
      { state: 'done' },
    ]);
    expect(seen[1]?.claimed).toBeUndefined();
  });

  it('saves it under a safe name with its SHA-256', async () => {
    const { api, route, told } = setUp();
    const done = ended(api);
    route.offer(chunks('hello ', 'world'), { name: '../../evil\u202e.txt', size: 11 });
    expect(await done).toMatchObject({
      peer: PEER,
      direction: 'in',
      name: 'evil.txt',
      sent: 11,
      path: join(received, 'evil.txt'),
      state: 'done',
      route: 'si-ibb',
      sha256: createHash('sha256').update('hello world').digest('hex'),
    });
    expect(await readFile(join(received, 'evil.txt'), 'utf8')).toBe('hello world');
    expect(told[0]?.state).toBe('offered');
    expect(told.map(({ state }) => state)).toContain('active');
  });

  it('asks a person, and does as told', async () => {
    const { api, route } = setUp({ acceptPolicy: () => 'ask' });
    const asked: string[] = [];
    api.on('offer', (request) => {
      expect(request).toMatchObject({ kind: 'file', from: PEER, name: 'a.txt', text: 'for you' });
      asked.push(request.id);
    });
    route.offer(chunks('yes'), { text: 'for you' });
    await turn();
    expect(existsSync(received)).toBe(false);
    const done = ended(api);
    api.accept(asked[0] ?? '');
    expect((await done).state).toBe('done');
    route.offer(chunks('no'), { text: 'for you' });
    api.decline(asked[1] ?? '');
    expect(route.refused).toBe('declined');
    expect(api.get(asked[1] ?? '')).toMatchObject({ state: 'cancelled', failure: 'declined' });
    expect(() => api.accept(asked[1] ?? '')).toThrow(ChatError);
    expect(await readdir(received)).toEqual(['a.txt']);
  });

  it('declines unasked where nothing is taken from that person, and tells of it', () => {
    const { api, route, told } = setUp({ acceptPolicy: (from) => (from === PEER ? 'decline' : 'accept') });
    route.offer(chunks('x'));
    expect(route.refused).toBe('declined');
    expect(api.list()).toMatchObject([{ name: 'a.txt', state: 'cancelled', failure: 'none-accepted' }]);
    expect(told).toHaveLength(1);
  });

  it('tells that an offer ended unanswered', () => {
    const over = new AbortController();
    const { api, route, told } = setUp({ acceptPolicy: () => 'ask' });
    route.offer(chunks('x'), { signal: over.signal });
    over.abort();
    expect(told.at(-1)).toMatchObject({ state: 'cancelled', failure: 'peer-closed' });
    expect(() => api.accept(told[0]?.id ?? '')).toThrow(ChatError);
  });

  it.each([
    ['larger than the bound before it is accepted', { size: 11 }, 'file-too-large', 'too-large'],
    ['larger than the bound, unsaid', {}, 'file-too-large', undefined],
    ['longer than declared', { size: 5 }, 'file-too-large', undefined],
    ['shorter than declared', { size: 9 }, 'file-incomplete', undefined],
  ])('refuses a file that is %s, and leaves nothing', async (_what, more, failure, refused) => {
    const { api, route } = setUp({ maxSize: 10 });
    const done = ended(api);
    const content = failure === 'file-incomplete' ? chunks('short') : chunks('123456', '789012', '34');
    route.offer(content, more);
    expect(await done).toMatchObject({ state: 'failed', failure });
    expect(route.refused).toBe(refused);
    expect(existsSync(received) ? await readdir(received) : []).toEqual([]);
    if (refused === undefined && failure === 'file-too-large') expect(route.stopped).toBe(true);
  });

  it('refuses what the disk has no space for, and tells the sender', async () => {
    const { api, route } = setUp({ freeSpace: async () => 1_000_000 });
    const done = ended(api);
    route.offer(chunks('x'), { size: 1_000_000_000 });
    expect(await done).toMatchObject({ state: 'failed', failure: 'folder-full' });
    expect(route.refused).toBe('no-space');
  });

  it('refuses a file that has room alone, but not beside those that come already', async () => {
    await mkdir(received);
    const { api, route } = setUp({ freeSpace: async () => 10_000_000 });
    const [first, second] = [new AbortController(), new AbortController()];
    const begun = new Promise<void>((go) => {
      route.offer(endless(first.signal, go), { size: 6_000_000 });
    });
    await begun;
    const done = ended(api);
    route.offer(endless(second.signal), { size: 6_000_000 });
    expect(await done).toMatchObject({ state: 'failed', failure: 'folder-full' });
    expect(route.refused).toBe('no-space');
    first.abort(new XmppError('peer-closed'));
    await api.close();
    const alone = ended(api);
    route.offer(chunks('x'), { size: 1 });
    expect(await alone).toMatchObject({ state: 'done' });
  });

  it('takes eight files of one account at once, 32 in all, unasked: each costs an open file and memory', async () => {
    const { api, route } = setUp();
    const over = new AbortController();
    const from = (peer: string) => route.offer(endless(over.signal), { peer });
    for (let n = 0; n < 9; n++) from(`romeo@example.net/${n}`);
    expect(route.refused).toBe('busy');
    for (let n = 0; n < 24; n++) from(`friend${n}@example.net/x`);
    expect(api.list().filter(({ failure }) => failure === 'too-many-at-once')).toHaveLength(1);
    from('last@example.net/x');
    const refused = api.list().filter(({ failure }) => failure === 'too-many-at-once');
    expect(refused).toMatchObject([{ state: 'failed', peer: 'romeo@example.net/8' }, { state: 'failed' }]);
    over.abort(new XmppError('peer-closed'));
    await api.close();
    const done = ended(api);
    route.offer(chunks('x'), { size: 1 });
    expect(await done).toMatchObject({ state: 'done' });
  });

  it('keeps little of what a stranger says of a file', () => {
    const { api, route } = setUp({ acceptPolicy: () => 'ask' });
    const texts: (string | undefined)[] = [];
    api.on('offer', ({ text }) => texts.push(text));
    route.offer(chunks('x'), { mime: 'x'.repeat(1_000_000), text: 'y'.repeat(1_000_000) });
    expect(api.list()[0]?.mime).toHaveLength(100);
    expect(texts[0]).toHaveLength(1000);
  });

  it('refuses when the folder cannot be written to, and tells the sender', async () => {
    await writeFile(join(folder, 'taken'), 'a file');
    const { api, route } = setUp({ filesDir: () => join(folder, 'taken') });
    const done = ended(api);
    route.offer(chunks('x'), { size: 1 });
    expect(await done).toMatchObject({ state: 'failed', failure: 'folder-unwritable' });
    expect(route.refused).toBe('no-space');
  });

  it('leaves nothing of a file whose sender goes away', async () => {
    const { api, route } = setUp();
    const done = ended(api);
    async function* broken() {
      yield Buffer.from('half');
      throw new XmppError('peer-closed');
    }
    route.offer(broken(), { size: 8 });
    expect(await done).toMatchObject({ state: 'cancelled', failure: 'peer-closed' });
    expect(await readdir(received)).toEqual([]);
  });

  it('can be cancelled while it arrives', async () => {
    const { api, route } = setUp({ now: everyStep() });
    const done = ended(api);
    async function* endless() {
      for (;;) {
        yield Buffer.from('more');
        await turn();
      }
    }
    route.offer(endless());
    const id = api.list()[0]?.id ?? '';
    while (!api.get(id)?.sent) await turn();
    api.cancel(id);
    expect(await done).toMatchObject({ state: 'cancelled', failure: 'cancelled' });
    expect(await readdir(received)).toEqual([]);
    expect(route.stopped).toBe(true);
    await api.close();
  });

  it('can be cancelled before it is accepted: the sender is told', async () => {
    const { api, route } = setUp();
    const done = ended(api);
    route.offer(chunks('x'), { size: 1 });
    api.cancel(api.list()[0]?.id ?? '');
    expect(await done).toMatchObject({ state: 'cancelled', failure: 'cancelled' });
    expect(route.refused).toBe('declined');
  });

  it('tells progress at most five times a second', async () => {
    let now = 0;
    const { api, route, told } = setUp({ now: () => now });
    const done = ended(api);
    async function* steady() {
      for (let n = 0; n < 100; n++) {
        now += 10;
        yield Buffer.from('x');
      }
    }
    route.offer(steady(), { size: 100 });
    await done;
    const moves = told.filter(({ state, sent }) => state === 'active' && sent > 0);
    expect(moves.length).toBeGreaterThan(2);
    expect(moves.length).toBeLessThanOrEqual(5);
  });
});

describe('a sum that the sender tells later', () => {
  const later = (hex: string | undefined) => ({ laterHash: { algorithm: 'sha-256', hex: async () => hex } });
  it.each([
    ['fits', createHash('sha256').update('hello').digest('hex'), 'done', undefined],
    ['never comes', undefined, 'done', undefined],
    ['is another', 'ab'.repeat(32), 'failed', 'file-corrupt'],
  ])('%s: the sender is told what became of the file', async (_what, hex, state, failure) => {
    const { api, route } = setUp();
    const done = ended(api);
    const told = new Promise((resolve) => {
      route.offer(chunks('hello'), { ...later(hex), finished: resolve });
    });
    // Nothing was compared where none came: that is told of the file.
    expect((await done).unverified).toBe(hex === undefined ? true : undefined);
    expect(await done).toMatchObject({ state });
    expect(await told).toBe(failure);
    expect(await readdir(received)).toEqual(state === 'done' ? ['a.txt'] : []);
  });
});

describe('a sum that takes its time', () => {
  const sha256 = createHash('sha256').update('hello').digest('hex');
  /** Everything is here but the sum. */
  async function awaited() {
    const { api, route } = setUp();
    const [asked, sum] = [deferred<void>(), deferred<string | undefined>()];
    const hex = () => {
      asked.resolve();
      return sum.promise;
    };
    const over = ended(api);
    const told: (string | undefined)[] = [];
    api.on('changed', ({ awaits }) => told.push(awaits));
    const finished = deferred<string | undefined>();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    route.offer(chunks('hello'), {
      laterHash: { algorithm: 'sha-256', hex },
      finished: finished.resolve,
    });
    await asked.promise;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(told.at(-1)).toBe('checksum');
    return { api, over, sum, finished };
  }
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is told to be waited for', async () => {
    const { over, sum } = await awaited();
    sum.resolve(sha256);
    expect(await over).toMatchObject({ state: 'done', awaits: undefined, unverified: undefined, sha256 });
  });

  it('is not waited for by somebody who cancels', async () => {
    const { api, over, finished } = await awaited();
    api.cancel(api.list()[0]?.id ?? '');
    expect(await over).toMatchObject({ state: 'cancelled', awaits: undefined });
    expect(await finished.promise).toBe('cancelled');
    expect(await readdir(received)).toEqual([]);
  });
});

it.each([
  ['a contact goes on from another device', 'romeo@example.net/orchard', 'romeo@example.net/garden', 4],
  ['somebody else in a room does not', 'lobby@rooms.example.org/ann', 'lobby@rooms.example.org/bob', 0],
  ['nor does who has that nickname now', 'lobby@rooms.example.org/ann', 'lobby@rooms.example.org/ann', 0],
])('of a file that broke off %s', async (_, first, second, from) => {
  const { api, route } = setUp({
    partials: memoryStores().partials('juliet@example.org'),
    isOccupant: (jid) => jid.startsWith('lobby@'),
  });
  const hash = { algorithm: 'sha-256', hex: createHash('sha256').update('halfhalf').digest('hex') };
  const same = { size: 8, ranged: true, hash };
  async function* broken(): AsyncGenerator<Uint8Array, void> {
    yield* chunks('half');
    throw new XmppError('disconnected');
  }
  const over = ended(api);
  const noted = new Promise((resolve) => {
    route.offer(broken(), { ...same, peer: first, finished: resolve });
  });
  expect(await over).toMatchObject({ state: 'failed' });
  await noted;
  const whole = ended(api);
  let asked: number | undefined;
  const accept: IncomingOffer['accept'] = (_limit, _signal, at = 0) => {
    asked = at;
    return chunks('halfhalf'.slice(at));
  };
  route.offer(chunks(), { ...same, peer: second, accept });
  expect(await whole).toMatchObject({ state: 'done', sha256: hash.hex });
  expect(asked).toBe(from);
});

it('a sum of a kind that is not known here is no sum: that is told of the file', async () => {
  const { api, route } = setUp();
  const done = ended(api);
  route.offer(chunks('hello'), { hash: { algorithm: 'blake2b-256', hex: 'ab'.repeat(32) } });
  expect(await done).toMatchObject({ state: 'done', unverified: true });
});

describe('sending a file', () => {
  const write = async (content: string) => {
    const path = join(folder, 'out.txt');
    await writeFile(path, content);
    return path;
  };

  it('resolves when the other side has it, with its SHA-256', async () => {
    const { api, route } = setUp();
    const seen: number[] = [];
    const done = await api.send(await write('hello'), PEER, { onProgress: ({ sent }) => seen.push(sent) });
    expect(done).toMatchObject({
      state: 'done',
      direction: 'out',
      name: 'out.txt',
      size: 5,
      sent: 5,
      route: 'si-ibb',
      sha256: createHash('sha256').update('hello').digest('hex'),
    });
    expect(route.sent?.toString()).toBe('hello');
    expect(seen.at(-1)).toBe(5);
    expect(api.listenerCount('changed')).toBe(1);
  });

  it('tries the routes in order, past those that cannot or fail before anything was accepted', async () => {
    const routes = ['one', 'two', 'three', 'four'].map((name) => new FakeRoute(name as RouteName));
    const [one, two, three, four] = routes;
    if (one) one.able = false;
    if (two) two.behaviour = () => Promise.reject(new XmppError('feature-not-implemented'));
    const { api } = setUp({ routes });
    expect(await api.send(await write('x'), PEER)).toMatchObject({ state: 'done', route: 'three' });
    expect([one?.sent, two?.sent, three?.sent?.toString(), four?.sent]).toEqual([
      undefined,
      undefined,
      'x',
      undefined,
    ]);
  });

  it('goes again, the same way, where its stanzas were too large for our server', async () => {
    const routes = [new FakeRoute('jingle-ibb'), new FakeRoute('si-ibb')];
    const [route, other] = routes;
    const order: string[] = [];
    const inBand = {
      small: false,
      async online() {
        await turn();
        order.push('online');
      },
    };
    if (route)
      route.behaviour = async (_file, _peer, { onProgress }) => {
        onProgress(0);
        onProgress(3);
        order.push('sent');
        inBand.small = true;
        route.behaviour = undefined;
        throw new DisconnectedError();
      };
    const { api } = setUp({ routes, inBand });
    const told: FileTransfer['before'][] = [];
    const onProgress = ({ before }: FileTransfer) => void told.push(before);
    expect(await api.send(await write('hello'), PEER, { onProgress })).toMatchObject({
      ...{ state: 'done', route: 'jingle-ibb', sent: 5 },
      sha256: createHash('sha256').update('hello').digest('hex'),
    });
    expect(order).toEqual(['sent', 'online']);
    expect(route?.sent?.toString()).toBe('hello');
    expect(other?.sent).toBeUndefined();
    expect(told).toContainEqual({ route: 'jingle-ibb', condition: 'stanza-too-large' });
  });

  it('goes again once more where the stream that a large block ended took it along', async () => {
    const route = new FakeRoute('jingle-ibb');
    const inBand = { small: false, online: async () => undefined };
    let attempts = 0;
    route.behaviour = async () => {
      attempts += 1;
      inBand.small = true;
      if (attempts === 2) route.behaviour = undefined;
      throw new DisconnectedError();
    };
    const { api } = setUp({ routes: [route], inBand });
    expect(await api.send(await write('hello'), PEER)).toMatchObject({ state: 'done' });
    expect(attempts).toBe(2);
  });

  it.each([
    ['jingle-ibb', new ChatError('declined')],
    ['jingle-socks5', new DisconnectedError()],
  ] as const)('goes not again by %s when another file made the blocks small', async (name, error) => {
    const route = new FakeRoute(name);
    const inBand = { small: false, online: async () => undefined };
    let attempts = 0;
    route.behaviour = async (_file, _peer, { onProgress }) => {
      attempts += 1;
      onProgress(1);
      inBand.small = true;
      throw error;
    };
    const { api } = setUp({ routes: [route], inBand });
    await expect(api.send(await write('x'), PEER)).rejects.toMatchObject({ condition: error.condition });
    expect(attempts).toBe(1);
  });

  it('fails with what it was where we do not get online again', async () => {
    const route = new FakeRoute('jingle-ibb');
    const inBand = { small: false, online: () => Promise.reject(new ChatError('offline')) };
    route.behaviour = () => {
      inBand.small = true;
      return Promise.reject(new DisconnectedError());
    };
    const { api } = setUp({ routes: [route], inBand });
    await expect(api.send(await write('hello'), PEER)).rejects.toMatchObject({ condition: 'disconnected' });
  });

  it.each([
    ['a person declined', new ChatError('declined'), false, 'failed'],
    ['something was accepted', new XmppError('peer-closed'), true, 'cancelled'],
  ])('tries no other route when %s', async (_what, error, accepted, state) => {
    const routes = [new FakeRoute('upload'), new FakeRoute('si-ibb')];
    if (routes[0])
      routes[0].behaviour = async (_file, _peer, { onProgress }) => {
        if (accepted) onProgress(0);
        throw error;
      };
    const { api } = setUp({ routes });
    await expect(api.send(await write('x'), PEER)).rejects.toMatchObject({ condition: error.condition });
    expect(routes[1]?.sent).toBeUndefined();
    expect(api.list()[0]).toMatchObject({ state, failure: error.condition });
  });

  it('tries the other resources of somebody when one does not take it, and says why', async () => {
    const route = new FakeRoute();
    route.targets = [`${PEER}-dead`, PEER];
    route.behaviour = async (_file, peer, { onProgress }) => {
      if (peer !== PEER) throw new XmppError('service-unavailable');
      onProgress(1);
    };
    const { api, told } = setUp({}, route);
    expect(await api.send(await write('x'), 'romeo@example.net')).toMatchObject({
      state: 'done',
      peer: PEER,
      before: { route: 'si-ibb', condition: 'service-unavailable' },
    });
    expect(told.filter(({ before, state }) => before !== undefined && state === 'offered')).toHaveLength(1);
  });

  it('goes on when it was accepted and no way for the bytes was found, unless some went', async () => {
    const [upload, inBand] = [new FakeRoute('upload'), new FakeRoute('si-ibb')];
    let first = 0;
    upload.behaviour = async (_file, _peer, { onProgress }) => {
      onProgress(first);
      throw new ChatError('no-bytestream');
    };
    const { api } = setUp({ routes: [upload, inBand] });
    expect(await api.send(await write('x'), PEER)).toMatchObject({ state: 'done', route: 'si-ibb' });
    first = 1;
    await expect(api.send(await write('x'), PEER)).rejects.toMatchObject({ condition: 'no-bytestream' });
  });

  it('goes over to another way in one talk, where the user wants no other, and says so', async () => {
    const [one, two] = [new FakeRoute('jingle-ibb'), new FakeRoute('si-ibb')];
    const mayFallBack: boolean[] = [];
    one.behaviour = async (_file, _peer, { onProgress, onFallback }) => {
      mayFallBack.push(onFallback !== undefined);
      onProgress(0);
      onFallback?.('si-ibb', 'no-bytestream');
      onProgress(1);
    };
    const { api, told } = setUp({ routes: [one, two] });
    expect(await api.send(await write('x'), PEER)).toMatchObject({
      route: 'si-ibb',
      before: { route: 'jingle-ibb', condition: 'no-bytestream' },
    });
    expect(told.filter(({ before, state }) => before !== undefined && state === 'offered')).toHaveLength(1);
    const only = setUp({ routes: [one, two], only: () => 'jingle-ibb' });
    expect(await only.api.send(await write('x'), PEER)).toMatchObject({ route: 'jingle-ibb' });
    expect(mayFallBack).toEqual([true, false]);
  });

  it('takes only the route that the user wants, and tells what kept it from that', async () => {
    const [upload, inBand] = [new FakeRoute('upload'), new FakeRoute('si-ibb')];
    upload.addresses = () => Promise.reject(new ChatError('file-too-large'));
    const { api } = setUp({ routes: [upload, inBand], only: () => 'upload' });
    await expect(api.send(await write('x'), PEER)).rejects.toMatchObject({ condition: 'file-too-large' });
    expect(inBand.sent).toBeUndefined();
    const both = setUp({ routes: [upload, inBand] });
    expect(await both.api.send(await write('x'), PEER)).toMatchObject({
      state: 'done',
      before: { route: 'upload', condition: 'file-too-large' },
    });
  });

  it('says so where no route reaches the other side', async () => {
    const { api, route } = setUp();
    route.able = false;
    await expect(api.send(await write('x'), PEER)).rejects.toMatchObject({
      condition: 'no-route',
      values: { jid: PEER },
    });
  });

  it('refuses what is no file, before anybody is asked', async () => {
    const { api } = setUp();
    await mkdir(join(folder, 'd'));
    await expect(api.send(join(folder, 'none'), PEER)).rejects.toMatchObject({ condition: 'file-not-found' });
    await expect(api.send(join(folder, 'd'), PEER)).rejects.toMatchObject({ condition: 'not-a-file' });
    await expect(api.send('/dev/null', PEER)).rejects.toMatchObject({ condition: 'not-a-file' });
    expect(api.list()).toEqual([]);
  });

  it('notices a file that shrinks while it is sent', async () => {
    const { api, route } = setUp();
    const path = await write('x'.repeat(1000));
    route.behaviour = async (file, _peer, { onProgress }) => {
      onProgress(0);
      await writeFile(path, 'short');
      for await (const _ of file.read()) await turn();
    };
    await expect(api.send(path, PEER)).rejects.toMatchObject({ condition: 'file-changed' });
  });

  it('sends an empty file', async () => {
    const { api, route } = setUp();
    expect(await api.send(await write(''), PEER)).toMatchObject({ state: 'done', size: 0 });
    expect(route.sent).toHaveLength(0);
  });

  it('is cancelled by its signal or by its id', async () => {
    const { api, route } = setUp();
    route.behaviour = (_file, _peer, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const stop = new AbortController();
    const path = await write('x');
    const one = expect(api.send(path, PEER, { signal: stop.signal })).rejects.toMatchObject({
      condition: 'cancelled',
    });
    while (api.list()[0]?.route !== 'si-ibb') await turn();
    stop.abort();
    await one;
    const two = expect(api.send(path, PEER)).rejects.toMatchObject({ condition: 'cancelled' });
    while (api.list()[1]?.route !== 'si-ibb') await turn();
    api.cancel(api.list()[1]?.id ?? '');
    await two;
    expect(api.list().map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
  });
});
