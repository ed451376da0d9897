/** Invitations that came live, and those that only the archive has. XEP-0045 §7.8.2, XEP-0313. */
import { describe, expect, it, vi } from 'vitest';
import { MOST_REQUESTS } from '../../../src/chat/requests.ts';
import { StorageError } from '../../../src/storage/errors.ts';
import { FakeArchive, NS_MAM } from '../fake-archive.ts';
import { ACCOUNT, error, memoryStores, NS_MUC_USER, ROMEO, ROOM, turn, World } from '../support.ts';

const SID = 'urn:xmpp:sid:0';
const invite = `<x xmlns='${NS_MUC_USER}'><invite from='${ROMEO}/orchard'><reason>come</reason></invite></x>`;
const decline = `<x xmlns='${NS_MUC_USER}'><decline from='${ROMEO}'/></x>`;
const head = `from='${ROOM}' to='${ACCOUNT}' id='i1'`;

async function settle(world: World): Promise<void> {
  await world.client.contacts.settled();
  await world.client.history.caughtUp();
  for (let i = 0; i < 5; i++) await turn();
}

/** Somebody whose archive is known as far as it goes. */
async function withArchive(stores = memoryStores(), kept: readonly [string, string, string][] = []) {
  const world = new World({ announces: [SID, NS_MAM], stores });
  world.session.whenAsked('get', 'pubsub', 'http://jabber.org/protocol/pubsub', error('item-not-found'));
  const archive = new FakeArchive(world.session);
  archive.add('a0', 'before');
  for (const [id, attributes, more] of kept) archive.add(id, 'for old programs', { attributes, more });
  await world.client.online('presence');
  await settle(world);
  return { world, archive };
}

async function comeBack(world: World): Promise<void> {
  world.session.drop();
  world.session.renew();
  for (let i = 0; i < 10; i++) await turn();
  await settle(world);
}

const asked = (world: World) =>
  world.client.requests.list().map(({ room, from, text }) => ({ room, from, text }));
const said = (world: World) => world.client.history.read({ chat: ROOM, limit: 9 }).map(({ body }) => body);

describe('300 invitations that come at once', () => {
  it('are noted in one write, and none of the latest is asked about again', async () => {
    const stores = memoryStores();
    const { world } = await withArchive(stores);
    const written = vi.spyOn(stores.settings, 'set');
    for (let n = 0; n < 300; n++) {
      const given = `<stanza-id xmlns='${SID}' by='${ACCOUNT}' id='a${n}'/>`;
      const from = `from='trap${n}@conference.example.net' to='${ACCOUNT}'`;
      world.receive(`<message ${from}>${invite}${given}</message>`);
    }
    expect(world.client.requests.list()).toHaveLength(MOST_REQUESTS);
    await expect.poll(() => written.mock.calls.length).toBe(1);
    await world.client.close();
    expect(written).toHaveBeenCalledTimes(1);
    const later = await withArchive(stores, [['a299', head, invite]]);
    expect(asked(later.world)).toEqual([]);
  });

  it('that cannot be noted are told of as a fault of the store', async () => {
    const { world } = await withArchive();
    const given = `<stanza-id xmlns='${SID}' by='${ACCOUNT}' id='a1'/>`;
    vi.spyOn(world.stores.settings, 'set').mockImplementation(() => {
      throw new StorageError('full', 'messages.db', 'no space');
    });
    world.receive(`<message ${head}>${invite}${given}</message>`);
    await expect.poll(() => world.events('problem').length).toBe(1);
    expect(asked(world)).toHaveLength(1);
  });
});

describe('an invitation that the archive kept', () => {
  it('is asked about once, and is nothing that was said', async () => {
    const { world, archive } = await withArchive();
    archive.add('a1', 'romeo invites you', { attributes: head, more: invite });
    await comeBack(world);
    expect(asked(world)).toEqual([{ room: ROOM, from: ROMEO, text: 'come' }]);
    expect(world.events('request')).toHaveLength(1);
    expect(said(world)).toEqual([]);
    await world.client.requests.refuse(world.client.requests.list()[0]?.id ?? '');
    await comeBack(world);
    expect(asked(world)).toEqual([]);
  });

  it('and came live is not asked about again, by a later run neither', async () => {
    const stores = memoryStores();
    const { world } = await withArchive(stores);
    const given = `<stanza-id xmlns='${SID}' by='${ACCOUNT}' id='a1'/>`;
    world.receive(`<message ${head}>${invite}${given}</message>`);
    expect(asked(world)).toHaveLength(1);
    await world.client.close();
    const later = await withArchive(stores, [['a1', head, invite]]);
    expect([asked(later.world), said(later.world)]).toEqual([[], []]);
  });

  it('is none where we are in the room by now', async () => {
    const { world, archive } = await withArchive();
    await world.enter(ROOM);
    archive.add('a1', 'romeo invites you', { attributes: head, more: invite });
    const caughtUp = comeBack(world);
    world.occupant(ROOM, 'juliet', [110]);
    await caughtUp;
    expect(asked(world)).toEqual([]);
  });

  it('is the past where the archive is looked into for the first time', async () => {
    const { world } = await withArchive(memoryStores(), [['a1', head, invite]]);
    expect([asked(world), said(world)]).toEqual([[], []]);
  });

  it('is none that we sent, nor the answer to one', async () => {
    const { world, archive } = await withArchive();
    const direct = `<x xmlns='jabber:x:conference' jid='${ROOM}'/>`;
    archive.add('a1', 'come', { attributes: `from='${ACCOUNT}' to='${ROMEO}' id='o1'`, more: direct });
    archive.add('a2', 'no', { attributes: head, more: decline });
    await comeBack(world);
    expect([asked(world), said(world), world.client.history.read({ chat: ROMEO, limit: 9 }).length]).toEqual([
      [],
      [],
      1,
    ]);
  });
});
