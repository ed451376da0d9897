import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileTransfer } from '../../../src/chat/events.ts';
import { type Files, type FilesOptions, files } from '../../../src/chat/files.ts';
import { type Socks5Terms, si } from '../../../src/chat/routes/si.ts';
import { inBand, NS as NS_IBB } from '../../../src/xmpp/bytestreams/ibb.ts';
import { parseData } from '../../../src/xmpp/bytestreams/ibb-blocks.ts';
import { NS as NS_SOCKS5, socks5Bytestreams } from '../../../src/xmpp/bytestreams/s5b.ts';
import {
  NS_FILE_TRANSFER,
  NS as NS_SI,
  parseMethods,
  streamInitiation,
} from '../../../src/xmpp/bytestreams/si.ts';
import type { FakeSession } from '../../support/fake-session.ts';
import { wiredSessions } from '../../support/wired-sessions.ts';
import { everyStep, partialFiles, report } from './support.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'si-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const BOB = 'bob@example.org/b';

interface SideOptions extends Partial<FilesOptions> {
  readonly supports?: boolean;
  /** what that side finds out about the other one */
  readonly features?: readonly string[];
  readonly direct?: boolean;
  /** what is connected to; default: everything */
  readonly permit?: Socks5Terms['permit'];
}

const ALL = [NS_SI, NS_FILE_TRANSFER, NS_SOCKS5, NS_IBB];
const anywhere: Socks5Terms['permit'] = async ({ host }) => [{ address: host, family: 4 }];

function side(session: FakeSession, more: SideOptions = {}) {
  const disco = {
    addFeature: () => {},
    supports: async () => more.supports ?? true,
    services: async () => [],
    info: async () => ({
      identities: [],
      features: more.supports === false ? [] : [...(more.features ?? ALL)],
      forms: [],
    }),
  };
  const routes = si({
    disco,
    presence: { resources: () => [{ resource: 'b' }] },
    inBand: inBand(session, { disco }),
    socks5: socks5Bytestreams(session, { disco }),
    streamInitiation: streamInitiation(session, { disco, methods: [NS_SOCKS5, NS_IBB] }),
    socks5Terms: () => ({ direct: more.direct ?? true, permit: more.permit ?? anywhere }),
    domain: 'elsewhere.example',
  });
  return files({ routes, filesDir: () => join(folder, 'in'), acceptPolicy: () => 'accept', ...more });
}

const source = (size: number) => report(folder, size);

/** Alice sends a file, and bob, who has begun to take it, does not want it any more. */
async function cancelledByReceiver(condition: string, size: number, sender: SideOptions = {}): Promise<void> {
  const wire = wiredSessions();
  const alice = side(wire.alice, { ...sender, now: everyStep() });
  const bob = side(wire.bob, { now: everyStep() });
  const { path } = await source(size);
  bob.on('changed', (file) => {
    if (file.state === 'active' && file.sent > 0) bob.cancel(file.id);
  });
  await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition });
  await bob.close();
  expect(await readdir(join(folder, 'in'))).toEqual([]);
}

/** Alice cancels a file that bob has a part of, and keeps. */
async function brokenOff() {
  const wire = wiredSessions();
  const alice = side(wire.alice, { now: everyStep() });
  const bob = side(wire.bob, { now: everyStep(), partials: partialFiles() });
  const { path, sha256 } = await source(20_000_000);
  const { mtime } = await stat(path);
  const broken = ended(bob, /failed|cancelled|done/);
  const stop = new AbortController();
  const first = alice.send(path, BOB, {
    signal: stop.signal,
    onProgress: ({ sent }) => sent > 5_000_000 && stop.abort(),
  });
  await expect(first).rejects.toMatchObject({ condition: 'cancelled' });
  expect(await broken).toMatchObject({ state: 'failed', failure: 'bytestream-broken' });
  return { alice, bob, path, sha256, mtime };
}

/** Puts something else of the same size there. */
async function replace(path: string, time: Date | number): Promise<void> {
  await writeFile(path, Buffer.alloc(20_000_000, 'something else'));
  await utimes(path, time, time);
}

const IN_BAND: SideOptions = { only: () => 'si-ibb' };
const ended = (transfers: Files, state: RegExp) =>
  new Promise<FileTransfer>((resolve) => {
    transfers.on('changed', (file) => state.test(file.state) && resolve(file));
  });

describe('a file by stream initiation in-band', () => {
  it('arrives whole, found by the bare JID, equal in SHA-256 (XEP-0095, 0096, 0047)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, IN_BAND);
    const bob = side(wire.bob);
    const { path, sha256 } = await source(200_000);
    const done = new Promise<FileTransfer>((resolve) => {
      bob.on('changed', (file) => {
        if (file.state !== 'offered' && file.state !== 'active') resolve(file);
      });
    });
    expect(await alice.send(path, 'bob@example.org')).toMatchObject({
      state: 'done',
      peer: BOB,
      route: 'si-ibb',
      sha256,
      // Neither XEP-0096 nor the streams have a word by which the other side says that it kept the file.
      unconfirmed: true,
    });
    expect(await done).toMatchObject({ state: 'done', name: 'report.txt', size: 200_000, sha256 });
    expect((await readFile(join(folder, 'in', 'report.txt'))).length).toBe(200_000);
  });

  it('is declined by the other side (XEP-0095 §3.2)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, IN_BAND);
    side(wire.bob, { acceptPolicy: () => 'decline' });
    const { path } = await source(10);
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'declined' });
  });

  it('is not offered to programs that take no files (XEP-0095 §3.1)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, { ...IN_BAND, supports: false });
    const { path } = await source(10);
    await expect(alice.send(path, 'bob@example.org')).rejects.toMatchObject({ condition: 'no-route' });
    expect(wire.alice.sentStanzas).toEqual([]);
  });

  it('is offered to a full JID that tells nothing of itself (XEP-0095 §3.1)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, { ...IN_BAND, supports: false });
    const bob = side(wire.bob);
    const arrived = new Promise<FileTransfer>((resolve) => {
      bob.on('changed', (file) => file.state === 'done' && resolve(file));
    });
    const { path } = await source(10);
    expect(await alice.send(path, BOB)).toMatchObject({ state: 'done' });
    expect(await arrived).toMatchObject({ size: 10 });
  });

  it('is cancelled by the sender: the receiver keeps nothing (XEP-0047 §2.3)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, { ...IN_BAND, now: everyStep() });
    const bob = side(wire.bob, { now: everyStep() });
    const { path } = await source(5_000_000);
    const ended = new Promise<FileTransfer>((resolve) => {
      bob.on('changed', (file) => file.state === 'cancelled' && resolve(file));
    });
    const stop = new AbortController();
    const sending = alice.send(path, BOB, {
      signal: stop.signal,
      onProgress: ({ sent }) => sent > 0 && stop.abort(),
    });
    await expect(sending).rejects.toMatchObject({ condition: 'cancelled' });
    expect(await ended).toMatchObject({ failure: 'peer-closed' });
    await bob.close();
    expect(await readdir(join(folder, 'in'))).toEqual([]);
  });

  it('is cancelled by the receiver: the sender is told (XEP-0047 §2.3)', () =>
    cancelledByReceiver('peer-closed', 5_000_000, IN_BAND));

  it('is refused when the folder is full: both sides know (RFC 6120 §8.3.3.18)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, IN_BAND);
    const bob = side(wire.bob, { freeSpace: async () => 0 });
    const { path } = await source(10);
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'declined' });
    expect(bob.list()[0]).toMatchObject({ state: 'failed', failure: 'folder-full' });
  });

  it('is damaged when its sum is another than the one declared (XEP-0096 §3)', async () => {
    const wire = wiredSessions();
    await mkdir(join(folder, 'in'));
    const alice = side(wire.alice, IN_BAND);
    const bob = side(wire.bob);
    wire.between = (stanza) => {
      const file = stanza.getChild('si', NS_SI)?.getChildElements()[0];
      if (file) file.attrs.hash = '552da749930852c69ae5d2141d3766b1';
      return stanza;
    };
    const { path } = await source(100);
    const ended = new Promise<FileTransfer>((resolve) => {
      bob.on('changed', (file) => file.state === 'failed' && resolve(file));
    });
    await alice.send(path, BOB).catch(() => undefined);
    expect(await ended).toMatchObject({ failure: 'file-corrupt' });
    expect(await readdir(join(folder, 'in'))).toEqual([]);
  });
});

describe('a file by stream initiation over SOCKS5', () => {
  const methodsOf = (session: FakeSession) =>
    session.sentStanzas.flatMap((stanza) => {
      const element = stanza.getChild('si', NS_SI);
      return element === undefined ? [] : [parseMethods(element)];
    });

  it('is offered by both methods, SOCKS5 first, and arrives over it (XEP-0096 §3.1)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    const bob = side(wire.bob);
    const { path, sha256 } = await source(3_000_000);
    const done = ended(bob, /done|failed/);
    const sent = await alice.send(path, 'bob@example.org');
    expect(sent).toMatchObject({ state: 'done', route: 'si-socks5', sent: 3_000_000, sha256 });
    expect(await done).toMatchObject({ state: 'done', route: 'si-socks5', size: 3_000_000, sha256 });
    expect(methodsOf(wire.alice)).toEqual([[NS_SOCKS5, NS_IBB]]);
    expect(wire.alice.sentStanzas.some((stanza) => stanza.getChild('data', NS_IBB))).toBe(false);
  });

  it.each([0, 1, 262_144, 262_145])('arrives whole with %i bytes', async (size) => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    const bob = side(wire.bob);
    const { path, sha256 } = await source(size);
    const done = ended(bob, /done|failed/);
    expect(await alice.send(path, BOB)).toMatchObject({ state: 'done', sha256 });
    expect(await done).toMatchObject({ state: 'done', size, sha256, route: 'si-socks5' });
  });

  it('goes in-band within the same offer where no connection is made, and says why (XEP-0065 §5.3.2)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    const bob = side(wire.bob, { permit: async () => [] });
    const { path, sha256 } = await source(100_000);
    const told: FileTransfer[] = [];
    alice.on('changed', (file) => told.push(file));
    const done = ended(bob, /done|failed/);
    expect(await alice.send(path, BOB)).toMatchObject({ state: 'done', route: 'si-ibb', sha256 });
    const before = { route: 'si-socks5', condition: 'no-bytestream' };
    expect(told.filter((file) => file.before !== undefined)[0]).toMatchObject({ before, route: 'si-ibb' });
    expect(await done).toMatchObject({ state: 'done', route: 'si-ibb', before, sha256 });
    expect(methodsOf(wire.alice)).toHaveLength(1);
  });

  it('is offered anew in-band where the other side does not know of the second way', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    const bob = side(wire.bob, { permit: async () => [] });
    // Chooses SOCKS5, and takes nothing else for that offer.
    let opens = 0;
    wire.between = (stanza) => {
      const open = stanza.getChild('open', NS_IBB);
      if (open !== undefined && opens++ === 0) open.attrs.sid = 'unknown';
      return stanza;
    };
    const { path, sha256 } = await source(10_000);
    const done = ended(bob, /done/);
    expect(await alice.send(path, BOB)).toMatchObject({ state: 'done', route: 'si-ibb', sha256 });
    expect(await done).toMatchObject({ sha256 });
    expect(methodsOf(wire.alice)).toEqual([[NS_SOCKS5, NS_IBB], [NS_IBB]]);
  });

  it('fails where the user wants this way and no other', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, { only: () => 'si-socks5' });
    const bob = side(wire.bob, { permit: async () => [] });
    const { path } = await source(10);
    const failed = ended(bob, /failed/);
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'no-bytestream' });
    expect(methodsOf(wire.alice)).toEqual([[NS_SOCKS5]]);
    expect(await failed).toMatchObject({ failure: 'no-bytestream' });
    await bob.close();
    expect(await readdir(join(folder, 'in'))).toEqual([]);
  });

  it('goes in-band where the other side chooses that, which is said (XEP-0095 §3.2)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    const bob = side(wire.bob, { direct: false });
    const { path } = await source(10_000);
    const done = ended(bob, /done|failed/);
    expect(await alice.send(path, BOB)).toMatchObject({
      route: 'si-ibb',
      before: { route: 'si-socks5', condition: 'not-chosen' },
    });
    expect(await done).toMatchObject({ state: 'done' });
  });

  it('is not tried where we may not show our address and there is no proxy', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, { direct: false });
    const done = ended(side(wire.bob), /done/);
    const { path } = await source(10);
    expect(await alice.send(path, BOB)).toMatchObject({ route: 'si-ibb' });
    expect(methodsOf(wire.alice)).toEqual([[NS_IBB]]);
    expect(await done).toMatchObject({ size: 10 });
  });

  it('is not tried with programs that do not have it (XEP-0065 §3)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, { features: [NS_SI, NS_FILE_TRANSFER, NS_IBB] });
    const done = ended(side(wire.bob), /done/);
    const { path } = await source(10);
    expect(await alice.send(path, 'bob@example.org')).toMatchObject({ route: 'si-ibb' });
    expect(await done).toMatchObject({ size: 10 });
  });

  it('is declined, and goes no other way then (XEP-0095 §3.2)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    side(wire.bob, { acceptPolicy: () => 'decline' });
    const { path } = await source(10);
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'declined' });
    expect(methodsOf(wire.alice)).toHaveLength(1);
  });

  it('is cancelled by the receiver: the sender is told, nothing is left', () =>
    cancelledByReceiver('bytestream-broken', 20_000_000));

  it('breaks off when the sender cancels; offered again it goes on from the byte reached (XEP-0096 §3)', async () => {
    const { alice, bob, path, sha256 } = await brokenOff();
    const [part = ''] = await readdir(join(folder, 'in'));
    expect(part).toMatch(/\.part$/);
    const reached = (await stat(join(folder, 'in', part))).size;
    expect(reached).toBeGreaterThan(0);

    const done = ended(bob, /done/);
    const least: number[] = [];
    const onProgress = ({ sent }: FileTransfer) => void (sent > 0 && least.push(sent));
    expect(await alice.send(path, BOB, { onProgress })).toMatchObject({ state: 'done', sha256 });
    expect(least[0]).toBeGreaterThan(reached);
    expect(await done).toMatchObject({ state: 'done', sha256, sent: 20_000_000 });
    expect(await readdir(join(folder, 'in'))).toEqual(['report.txt']);
  });

  it('begins anew where the file is another one meanwhile', async () => {
    const { alice, bob, path } = await brokenOff();
    await replace(path, 1);
    const done = ended(bob, /done/);
    const again = await alice.send(path, BOB);
    expect(await done).toMatchObject({ sha256: again.sha256 });
  });

  it('compares the last that it has with what comes, for nothing else says that it is the same file', async () => {
    const { alice, bob, path, mtime } = await brokenOff();
    // Of the same name, size and time.
    await replace(path, mtime);
    const mixed = ended(bob, /failed|done/);
    await alice.send(path, BOB).catch(() => undefined);
    expect(await mixed).toMatchObject({ state: 'failed', failure: 'file-corrupt' });
    expect(await readdir(join(folder, 'in'))).toEqual([]);
    const done = ended(bob, /done/);
    const again = await alice.send(path, BOB);
    expect(await done).toMatchObject({ sha256: again.sha256 });
  });

  it('goes on in-band as well (XEP-0096 §3)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, { ...IN_BAND, now: everyStep() });
    const bob = side(wire.bob, { now: everyStep(), partials: partialFiles() });
    const { path, sha256 } = await source(500_000);
    const broken = ended(bob, /failed|cancelled/);
    let blocks = 0;
    wire.between = (stanza, from) => {
      if (from === wire.alice && stanza.getChild('data', NS_IBB) && ++blocks === 12)
        queueMicrotask(() => wire.bob.receive(`<presence from='${wire.alice.jid}' type='unavailable'/>`));
      return stanza;
    };
    await expect(alice.send(path, BOB)).rejects.toBeDefined();
    expect(await broken).toMatchObject({ failure: 'recipient-unavailable' });
    wire.between = (stanza) => stanza;
    const bytesSent = () =>
      wire.alice
        .take()
        .map((stanza) => stanza.getChild('data', NS_IBB))
        .reduce((sum, data) => sum + ((data && parseData(data)?.bytes?.length) ?? 0), 0);
    const before = bytesSent();
    const done = ended(bob, /done/);
    expect(await alice.send(path, BOB)).toMatchObject({ state: 'done', sha256 });
    expect(await done).toMatchObject({ sha256 });
    expect(before).toBeGreaterThan(0);
    expect(bytesSent()).toBeLessThan(500_000);
  });
});
