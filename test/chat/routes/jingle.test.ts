import { EventEmitter } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { IncomingOffer } from '../../../src/chat/files/route.ts';
import { type FilesOptions, files } from '../../../src/chat/files.ts';
import { type JingleOptions, jingle } from '../../../src/chat/routes/jingle.ts';
import { inBand } from '../../../src/xmpp/bytestreams/ibb.ts';
import type { Permit } from '../../../src/xmpp/bytestreams/socks5-connect.ts';
import { NS_SOCKS5_TRANSPORT } from '../../../src/xmpp/jingle/candidates.ts';
import { jingleFiles, NS, NS_FILE_TRANSFER } from '../../../src/xmpp/jingle/file-transfer.ts';
import { ibbTransport, NS_IBB_TRANSPORT } from '../../../src/xmpp/jingle/ibb-transport.ts';
import { SessionEndedError } from '../../../src/xmpp/jingle/session.ts';
import { socks5Transport } from '../../../src/xmpp/jingle/socks5-transport.ts';
import type { FakeSession } from '../../support/fake-session.ts';
import { wiredSessions } from '../../support/wired-sessions.ts';
import { ended, everyStep, partialFiles, report } from './support.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jingle-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ALICE = 'alice@example.org/a';
const BOB = 'bob@example.org/b';

interface Network {
  readonly patience?: number;
  readonly listens?: boolean;
  readonly permit?: Permit;
}

function side(session: FakeSession, more: Partial<FilesOptions> & Network = {}) {
  const features = [NS, NS_FILE_TRANSFER, NS_SOCKS5_TRANSPORT, NS_IBB_TRANSPORT];
  const disco = { addFeature: () => {}, info: async () => ({ identities: [], features, forms: [] }) };
  const socks5 = {
    proxies: async () => [],
    ownAddresses: () => (more.listens ? ['127.0.0.1'] : []),
    activate: () => Promise.reject(new Error('there is no proxy')),
  };
  const transports = [socks5Transport(session, { socks5 }), ibbTransport(inBand(session, { disco }))];
  return files({
    routes: jingle({
      disco,
      presence: { resources: () => [{ resource: 'b' }] },
      socks5Terms: () => ({ direct: true, permit: more.permit ?? (async () => []) }),
      jingleFiles: jingleFiles(session, { disco, transports, patience: more.patience }),
    }),
    filesDir: () => join(folder, 'in'),
    acceptPolicy: () => 'accept',
    now: everyStep(),
    ...more,
  });
}

const source = (size: number) => report(folder, size);

const received = () => readdir(join(folder, 'in'));

describe('a file by Jingle over SOCKS5', () => {
  const permit: Permit = async ({ host }) => [{ address: host, family: 4 }];

  it.each([0, 1, 200_000])('arrives whole, equal in SHA-256: %i bytes', async (size) => {
    const wire = wiredSessions();
    const alice = side(wire.alice, { listens: true, permit });
    const bob = side(wire.bob, { permit });
    const { path, sha256 } = await source(size);
    const done = ended(bob);
    const sent = await alice.send(path, 'bob@example.org');
    expect(sent).toMatchObject({ state: 'done', peer: BOB, route: 'jingle-socks5', sha256, sent: size });
    expect(sent.before).toBeUndefined();
    expect(await done).toMatchObject({ state: 'done', route: 'jingle-socks5', size, sha256 });
  });

  it('goes in-band within the session, and says so on both sides, once (XEP-0260 §3)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, { listens: true });
    const bob = side(wire.bob, { listens: true });
    const { path, sha256 } = await source(10_000);
    const done = ended(bob);
    const before = { route: 'jingle-socks5', condition: 'no-bytestream' };
    const told: unknown[] = [];
    alice.on('changed', (file) => file.state === 'offered' && file.before && told.push(file.before));
    expect(await alice.send(path, BOB)).toMatchObject({ state: 'done', route: 'jingle-ibb', before });
    expect(await done).toMatchObject({ state: 'done', route: 'jingle-ibb', before, sha256 });
    expect(told).toEqual([before]);
  });

  it('does not go in-band where the user wants SOCKS5 alone', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, { listens: true, only: () => 'jingle-socks5' });
    const bob = side(wire.bob, { listens: true });
    const { path } = await source(10);
    const over = ended(bob);
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'no-bytestream' });
    expect(await over).toMatchObject({ failure: 'no-bytestream' });
  });
});

describe('a file by Jingle in-band', () => {
  it.each([0, 1, 4096, 200_000])('arrives whole, equal in SHA-256: %i bytes', async (size) => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    const bob = side(wire.bob);
    const { path, sha256 } = await source(size);
    const done = ended(bob);
    const sent = await alice.send(path, 'bob@example.org');
    expect(sent).toMatchObject({ state: 'done', peer: BOB, route: 'jingle-ibb', sha256, sent: size });
    expect(await done).toMatchObject({ state: 'done', peer: ALICE, name: 'report.txt', size, sha256 });
    expect((await readFile(join(folder, 'in', 'report.txt'))).length).toBe(size);
  });

  it('takes several at once', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    const bob = side(wire.bob);
    const { path } = await source(50_000);
    const sent = await Promise.all([1, 2, 3].map(() => alice.send(path, BOB)));
    expect(sent.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    await bob.close();
    expect((await received()).sort()).toEqual(['report (1).txt', 'report (2).txt', 'report.txt']);
  });

  it('is declined by a person (XEP-0166 §6.7)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    side(wire.bob, { acceptPolicy: () => 'decline' });
    const { path } = await source(10);
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'declined' });
  });

  it('is asked about, and accepted later', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    const bob = side(wire.bob, { acceptPolicy: () => 'ask' });
    bob.on('offer', ({ id }) => bob.accept(id));
    const { path } = await source(10);
    expect(await alice.send(path, BOB)).toMatchObject({ state: 'done' });
  });

  it('is taken back before it was answered: nobody is asked any more (XEP-0166 §7.4)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    const bob = side(wire.bob, { acceptPolicy: () => 'ask' });
    const gone = ended(bob);
    const stop = new AbortController();
    bob.on('offer', () => stop.abort());
    const { path } = await source(10);
    await expect(alice.send(path, BOB, { signal: stop.signal })).rejects.toMatchObject({
      condition: 'cancelled',
    });
    expect(await gone).toMatchObject({ state: 'cancelled', failure: 'peer-closed' });
  });

  it('is cancelled by the sender: the receiver keeps nothing (XEP-0234 §6.5)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    const bob = side(wire.bob);
    const { path } = await source(5_000_000);
    const over = ended(bob);
    const stop = new AbortController();
    const sending = alice.send(path, BOB, {
      signal: stop.signal,
      onProgress: ({ sent }) => sent > 0 && stop.abort(),
    });
    await expect(sending).rejects.toMatchObject({ condition: 'cancelled' });
    expect(await over).toMatchObject({ failure: 'peer-closed' });
    await bob.close();
    expect(await received()).toEqual([]);
  });

  it.each(['general-error', 'failed-application', 'expired'] as const)(
    'breaks off where the sender ends it for a reason that says nothing of the file (%s): what came is of use',
    async (condition) => {
      const offers = new EventEmitter();
      const socks5Terms = () => ({});
      const routes = jingle({ jingleFiles: offers, socks5Terms } as unknown as JingleOptions);
      const offered = new Promise<IncomingOffer>((resolve) => {
        for (const route of routes) route.onOffer?.(resolve);
      });
      const { signal } = new AbortController();
      offers.emit('offer', {
        ...{ from: BOB, file: { hashes: [], size: 10 }, transport: 'ibb', signal },
        async *accept() {
          yield Buffer.from('half');
          throw new SessionEndedError({ condition });
        },
      });
      const bytes = (await offered).accept(10, signal, 0)[Symbol.asyncIterator]();
      await bytes.next();
      await expect(bytes.next()).rejects.toMatchObject({ condition: 'bytestream-broken' });
    },
  );

  it.each(['cancel', 'general-error', 'failed-application'])(
    'is ended by the receiver: the sender is told: %s (XEP-0234 §6.5, XEP-0166 §7.4)',
    async (reason) => {
      const wire = wiredSessions();
      const alice = side(wire.alice);
      const bob = side(wire.bob);
      wire.between = (stanza) => {
        const why = stanza.getChild('jingle', NS)?.getChild('reason')?.getChild('cancel');
        if (why) why.name = reason;
        return stanza;
      };
      const { path } = await source(5_000_000);
      bob.on('changed', (file) => {
        if (file.state === 'active' && file.sent > 0) bob.cancel(file.id);
      });
      await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'peer-closed' });
      await bob.close();
      expect(await received()).toEqual([]);
    },
  );

  it.each([
    ['no room for it', { freeSpace: async () => 0 }, 'folder-full'],
    ['it is too large', { maxSize: 9 }, 'file-too-large'],
  ])('is refused, and the sender told why: %s (XEP-0234 §9.2)', async (_why, more, failure) => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    const bob = side(wire.bob, more);
    const { path } = await source(10);
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'file-too-large-for-peer' });
    expect(bob.list()[0]).toMatchObject({ state: 'failed', failure });
  });

  it('is told as not kept where the receiver finds it damaged (XEP-0166 §7.4)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    const bob = side(wire.bob);
    wire.between = (stanza) => {
      const file = stanza.getChild('jingle', NS)?.getChild('checksum', NS_FILE_TRANSFER)?.getChild('file');
      const hash = file?.getChild('hash', 'urn:xmpp:hashes:2');
      if (hash) hash.children = ['47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='];
      return stanza;
    };
    const { path } = await source(100);
    const over = ended(bob);
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'file-not-kept' });
    expect(await over).toMatchObject({ failure: 'file-corrupt' });
    expect(await received()).toEqual([]);
  });

  it('is read once, when it is wanted: the offer names the kind of its sum (XEP-0234 §8.2)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    const bob = side(wire.bob);
    const told: string[] = [];
    wire.between = (stanza, from) => {
      const text = stanza.toString();
      if (from === wire.alice && /<hash|<data/.test(text))
        told.push(/<(hash-used|hash|data)/.exec(text)?.[1] ?? '');
      return stanza;
    };
    const { path, sha256 } = await source(100);
    const over = ended(bob);
    await alice.send(path, BOB);
    expect(await over).toMatchObject({ state: 'done', sha256, unverified: undefined });
    expect(told).toEqual(['hash-used', 'data', 'hash']);
  });

  it('is not waited for without end, nor offered again by another way', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, { patience: 20 });
    const bob = side(wire.bob, { acceptPolicy: () => 'ask' });
    const over = ended(bob);
    const { path } = await source(10);
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'no-answer' });
    expect(await over).toMatchObject({ failure: 'peer-closed' });
  });

  it('goes on where it broke off, when the same is offered again (XEP-0234 §6.4)', async () => {
    const wire = wiredSessions();
    const store = partialFiles();
    const alice = side(wire.alice);
    const bob = side(wire.bob, { partials: store });
    const { path, sha256 } = await source(300_000);
    const broken = ended(bob);
    bob.on('changed', ({ sent }) => {
      // Bob's stream is lost, and with it the session.
      if (sent > 100_000 && wire.bob.online) {
        wire.bob.drop({ final: true });
        wire.alice.drop();
      }
    });
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'disconnected' });
    expect(await broken).toMatchObject({ state: 'failed', failure: 'disconnected' });
    expect([...store.kept.values()]).toMatchObject([{ busy: false }]);
    bob.removeAllListeners('changed');
    wire.alice.renew();
    wire.bob.renew();
    const whole = ended(bob);
    const steps: number[] = [];
    await alice.send(path, BOB, { onProgress: ({ sent }) => steps.push(sent) });
    expect(await whole).toMatchObject({ state: 'done', sha256, size: 300_000 });
    expect(steps.filter((step) => step > 0)[0]).toBeGreaterThan(100_000);
    expect(await received()).toEqual(['report.txt']);
    expect(store.kept.size).toBe(0);
  });

  it('is not joined to another of the same name, size and time (XEP-0234 §6.4)', async () => {
    const wire = wiredSessions();
    const store = partialFiles();
    const alice = side(wire.alice);
    const bob = side(wire.bob, { partials: store });
    const { path } = await source(600_000);
    const { mtime } = await stat(path);
    const broken = ended(bob);
    bob.on('changed', ({ sent }) => {
      if (sent > 200_000 && wire.bob.online) {
        wire.bob.drop({ final: true });
        wire.alice.drop();
      }
    });
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'disconnected' });
    await broken;
    bob.removeAllListeners('changed');
    wire.alice.renew();
    wire.bob.renew();
    // Alike where the halves meet: only the sum tells.
    const bytes = await readFile(path);
    bytes.write('another beginning');
    await writeFile(path, bytes);
    await utimes(path, mtime, mtime);
    const mixed = ended(bob);
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'file-not-kept' });
    expect(await mixed).toMatchObject({ state: 'failed', failure: 'file-corrupt' });
    expect(await received()).toEqual([]);
    expect(store.kept.size).toBe(0);
  });
});
