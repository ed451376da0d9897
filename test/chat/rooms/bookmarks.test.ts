/** The kept rooms of this device and the bookmarks of the account. */
import { describe, expect, it } from 'vitest';
import { bookmarkSync } from '../../../src/chat/rooms/bookmarks.ts';
import type { Bookmark, BookmarkChange, Bookmarks } from '../../../src/xmpp/bookmarks.ts';
import { ACCOUNT, memoryStores, turn, World } from '../support.ts';

const room = (name: string) => `${name}@conference.example.org`;
const bookmark = (name: string, more: Partial<Bookmark> = {}): Bookmark => ({
  room: room(name),
  name: undefined,
  autojoin: true,
  nick: undefined,
  password: undefined,
  notify: undefined,
  ...more,
});

function stage(...server: Bookmark[]) {
  const stores = memoryStores();
  const there = new Map(server.map((entry) => [entry.room, entry]));
  const did: string[] = [];
  const failures: unknown[] = [];
  let refuses = false;
  const check = () => {
    if (refuses) throw new Error('not now');
  };
  const remote = {
    load: async () => [...there.values()],
    put: async (change: BookmarkChange) => {
      check();
      did.push(`put ${change.room}`);
      there.set(change.room, { ...bookmark(''), ...change } as Bookmark);
    },
    remove: async (gone: string) => {
      check();
      did.push(`remove ${gone}`);
      there.delete(gone);
    },
  };
  const sync = bookmarkSync({
    account: ACCOUNT,
    store: stores.rooms,
    settings: stores.settings,
    bookmarks: () => remote as unknown as Bookmarks,
    defaultNick: () => 'juliet',
    changed: () => {},
    reread: () => {},
    failed: (error) => failures.push(error),
  });
  const keep = (name: string) =>
    stores.rooms.keep(ACCOUNT, { room: room(name), nick: 'jules', password: undefined, autojoin: true });
  const refuse = (now: boolean) => {
    refuses = now;
  };
  const local = () =>
    stores.rooms
      .rooms(ACCOUNT)
      .map((entry) => entry.room)
      .sort();
  return { stores, there, did, failures, sync, keep, local, refuse };
}

describe('the two lists', () => {
  it('are merged without loss the first time', async () => {
    const { sync, keep, local, there, did } = stage(bookmark('heath'));
    keep('orchard');
    await sync.merge();
    expect(local()).toEqual([room('heath'), room('orchard')]);
    expect([...there.keys()].sort()).toEqual([room('heath'), room('orchard')]);
    expect(did).toEqual([`put ${room('orchard')}`]);
    await sync.merge();
    expect(did).toHaveLength(1);
  });

  it('what another device dropped while we were away is dropped here', async () => {
    const { sync, keep, local, there } = stage();
    keep('orchard');
    await sync.merge();
    there.delete(room('orchard'));
    await sync.merge();
    expect(local()).toEqual([]);
  });

  it('what was kept or dropped here while the server could not be told goes up at the next log-in', async () => {
    const { sync, stores, keep, local, there, refuse, failures } = stage(bookmark('heath'));
    await sync.merge();
    refuse(true);
    stores.rooms.drop(ACCOUNT, room('heath'));
    await sync.dropped(room('heath'));
    keep('orchard');
    await sync.kept({ room: room('orchard'), nick: 'jules', autojoin: true });
    expect(failures).toHaveLength(2);
    expect([...there.keys()]).toEqual([room('heath')]);
    refuse(false);
    await sync.merge();
    expect([...there.keys()]).toEqual([room('orchard')]);
    expect(local()).toEqual([room('orchard')]);
  });

  it('what a room may tell comes with its bookmark, and goes up with it (XEP-0492)', async () => {
    const { sync, stores, there } = stage(bookmark('heath', { notify: 'on-mention' }));
    await sync.merge();
    expect(stores.settings.get(ACCOUNT, `mute:${room('heath')}`)).toBe('mentions');
    await sync.muted(room('heath'), 'off');
    expect(there.get(room('heath'))?.notify).toBe('never');
    await sync.muted(room('elsewhere'), 'off');
    expect(there.has(room('elsewhere'))).toBe(false);
  });
});

describe('what the server tells while a change of ours is under way (XEP-0402 §4)', () => {
  const PRIVATE = 'jabber:iq:private';
  const storage = (...rooms: string[]) => {
    const list = rooms.map(
      (jid) => `<conference jid='${jid}' autojoin='true'><nick>juliet</nick></conference>`,
    );
    return `<storage xmlns='storage:bookmarks'>${list.join('')}</storage>`;
  };

  /** In a room that is kept, then left: the server has answered neither change, and tells of the first. */
  async function left() {
    const world = new World();
    let there = storage();
    world.session.whenAsked('get', 'query', PRIVATE, () => `<query xmlns='${PRIVATE}'>${there}</query>`);
    await world.login();
    await world.enter(room('orchard'), 'juliet', { keep: true });
    await turn();
    const take = () => world.sent('iq').filter((iq) => iq.attrs.type === 'set');
    const [put] = take();
    const leaving = world.client.rooms.leave(room('orchard'));
    world.occupant(room('orchard'), 'juliet', [110], "type='unavailable'");
    await leaving;
    const tell = (...rooms: string[]) => {
      there = storage(...rooms);
      world.receive(
        `<message from='${ACCOUNT}'><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='storage:bookmarks'><item id='current'>${there}</item></items></event></message>`,
      );
    };
    tell(room('orchard'));
    await turn();
    /** the server takes both changes, and has these rooms then */
    const settle = async (...rooms: string[]) => {
      if (put !== undefined) world.session.answer(put);
      await turn();
      there = storage(...rooms);
      for (const removal of take()) world.session.answer(removal);
      await turn();
    };
    const entered = () =>
      world
        .sent('presence')
        .filter(({ attrs }) => attrs.type === undefined)
        .map(({ attrs }) => attrs.to);
    return { world, tell, settle, entered };
  }

  it('is the echo of the one before: who left a room at once is not taken back into it', async () => {
    const { world, tell, settle, entered } = await left();
    await settle();
    tell();
    await turn();
    expect(entered()).toEqual([]);
    expect(world.client.rooms.list()).toEqual([]);
    expect(world.stores.rooms.rooms(ACCOUNT)).toEqual([]);
  });

  it('is read again after it: another device may have been the last', async () => {
    const { tell, settle, world } = await left();
    tell(room('orchard'), room('heath'));
    await settle(room('orchard'), room('heath'));
    expect(
      world.stores.rooms
        .rooms(ACCOUNT)
        .map((kept) => kept.room)
        .sort(),
    ).toEqual([room('heath'), room('orchard')]);
  });
});
