import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FileTransfer } from '../../../src/chat/events.ts';
import { type FilesOptions, files } from '../../../src/chat/files.ts';
import { siIbb } from '../../../src/chat/routes/si-ibb.ts';
import { inBand, NS as NS_IBB } from '../../../src/xmpp/bytestreams/ibb.ts';
import { NS_FILE_TRANSFER, NS as NS_SI, streamInitiation } from '../../../src/xmpp/bytestreams/si.ts';
import type { FakeSession } from '../../support/fake-session.ts';
import { wiredSessions } from '../../support/wired-sessions.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'si-ibb-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const BOB = 'bob@example.org/b';

/** A clock that is a second later each time: every step is told. */
function everyStep(): () => number {
  let now = 0;
  return () => {
    now += 1000;
    return now;
  };
}

function side(session: FakeSession, more: Partial<FilesOptions> & { supports?: boolean } = {}) {
  const disco = {
    addFeature: () => {},
    supports: async () => more.supports ?? true,
    info: async () => ({
      identities: [],
      features: more.supports === false ? [] : [NS_SI, NS_FILE_TRANSFER, NS_IBB],
      forms: [],
    }),
  };
  const presence = { resources: () => [{ resource: 'b' }] };
  const methods = [NS_IBB];
  const route = siIbb({
    disco,
    presence,
    inBand: inBand(session, { disco }),
    streamInitiation: streamInitiation(session, { disco, methods }),
  });
  return files({
    routes: [route],
    filesDir: () => join(folder, 'in'),
    acceptPolicy: () => 'accept',
    ...more,
  });
}

async function source(size: number): Promise<{ path: string; sha256: string }> {
  const bytes = Buffer.alloc(size, 'some content of a file\n');
  await writeFile(join(folder, 'report.txt'), bytes);
  return { path: join(folder, 'report.txt'), sha256: createHash('sha256').update(bytes).digest('hex') };
}

describe('a file by stream initiation in-band', () => {
  it('arrives whole, found by the bare JID, equal in SHA-256 (XEP-0095, 0096, 0047)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
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
    });
    expect(await done).toMatchObject({ state: 'done', name: 'report.txt', size: 200_000, sha256 });
    expect((await readFile(join(folder, 'in', 'report.txt'))).length).toBe(200_000);
  });

  it('is declined by the other side (XEP-0095 §3.2)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    side(wire.bob, { acceptPolicy: () => 'decline' });
    const { path } = await source(10);
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'declined' });
  });

  it('is not offered to programs that take no files (XEP-0095 §3.1)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, { supports: false });
    const { path } = await source(10);
    await expect(alice.send(path, 'bob@example.org')).rejects.toMatchObject({ condition: 'no-route' });
    expect(wire.alice.sentStanzas).toEqual([]);
  });

  it('is offered to a full JID that tells nothing of itself (XEP-0095 §3.1)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, { supports: false });
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
    const alice = side(wire.alice, { now: everyStep() });
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

  it('is cancelled by the receiver: the sender is told (XEP-0047 §2.3)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice, { now: everyStep() });
    const bob = side(wire.bob, { now: everyStep() });
    const { path } = await source(5_000_000);
    bob.on('changed', (file) => {
      if (file.state === 'active' && file.sent > 0) bob.cancel(file.id);
    });
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'peer-closed' });
    await bob.close();
    expect(await readdir(join(folder, 'in'))).toEqual([]);
  });

  it('is refused when the folder is full: both sides know (RFC 6120 §8.3.3.18)', async () => {
    const wire = wiredSessions();
    const alice = side(wire.alice);
    const bob = side(wire.bob, { freeSpace: async () => 0 });
    const { path } = await source(10);
    await expect(alice.send(path, BOB)).rejects.toMatchObject({ condition: 'declined' });
    expect(bob.list()[0]).toMatchObject({ state: 'failed', failure: 'folder-full' });
  });

  it('is damaged when its sum is another than the one declared (XEP-0096 §3)', async () => {
    const wire = wiredSessions();
    await mkdir(join(folder, 'in'));
    const alice = side(wire.alice);
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
