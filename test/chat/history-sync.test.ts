import { afterEach, describe, expect, it, vi } from 'vitest';
import { historySync } from '../../src/chat/client/history-sync.ts';
import type { Inbound } from '../../src/chat/inbound.ts';
import type { MessageStore, StorageCondition } from '../../src/chat/stores.ts';
import type { Features } from '../../src/xmpp/features.ts';
import { child } from '../../src/xmpp/stanza.ts';
import { FakeArchive, NS_MAM } from './fake-archive.ts';
import { ACCOUNT, error, ROMEO, ROOM, turn, World, type WorldOptions } from './support.ts';

const SID = 'urn:xmpp:sid:0';
const NS_RECEIPTS = 'urn:xmpp:receipts';
const asks = `<request xmlns='${NS_RECEIPTS}'/>`;
const given = (id: string) => `<stanza-id xmlns='${SID}' by='${ACCOUNT}' id='${id}'/>`;

/** Somebody whose server keeps an archive; `fill` puts into it what is there already. */
async function withArchive(fill: (archive: FakeArchive) => void = () => undefined, more: WorldOptions = {}) {
  const world = new World({ announces: [SID, NS_MAM], ...more });
  world.session.whenAsked('get', 'pubsub', 'http://jabber.org/protocol/pubsub', error('item-not-found'));
  const archive = new FakeArchive(world.session);
  fill(archive);
  await world.client.online('presence');
  await settle(world);
  return { world, archive };
}

async function settle(world: World): Promise<void> {
  await world.client.contacts.settled();
  await world.client.history.caughtUp();
  for (let i = 0; i < 5; i++) await turn();
}

async function comeBack(world: World): Promise<void> {
  world.session.drop();
  world.session.renew();
  for (let i = 0; i < 10; i++) await turn();
  await settle(world);
}

const bodies = (world: World, chat: string = ROMEO) =>
  world.client.history.read({ chat, limit: 500 }).map(({ body }) => body);
const news = (world: World) => world.events('message').map(({ body }) => body);
const unread = (world: World, chat: string = ROMEO) =>
  world.client.chats.unread().find((entry) => entry.chat === chat)?.count ?? 0;
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `n${from + index}`);
const fill = (archive: FakeArchive, from: number, to: number) => {
  for (const body of numbered(from, to)) archive.add(`a-${body}`, body);
};

describe('the first look into an archive', () => {
  it('brings its newest page, which is no news', async () => {
    const { world } = await withArchive((archive) => fill(archive, 1, 150));
    expect(bodies(world)).toEqual(numbered(51, 150));
    expect([news(world), unread(world)]).toEqual([[], 0]);
  });

  it('answers nobody: history is looked at (XEP-0184 §5.5)', async () => {
    const roster = `<item jid='${ROMEO}' subscription='both'/>`;
    const { world } = await withArchive((archive) => archive.add('a1', 'old', { more: asks }), { roster });
    expect(world.sent('message')).toEqual([]);
  });

  it('into an empty one makes everything news that comes later', async () => {
    const { world, archive } = await withArchive();
    world.session.drop();
    fill(archive, 1, 3);
    world.session.renew();
    await settle(world);
    expect([news(world), unread(world)]).toEqual([numbered(1, 3), 3]);
  });
});

describe('two runs on the same data that come back', () => {
  it('each tell of what was said meanwhile, whichever of them asked the archive first', async () => {
    const one = await withArchive((archive) => fill(archive, 1, 3));
    const other = await withArchive((archive) => fill(archive, 1, 3), { stores: one.world.stores });
    for (const { world } of [one, other]) world.session.drop();
    for (const { archive } of [one, other]) fill(archive, 4, 6);
    for (const { world } of [one, other]) await comeBack(world);
    for (const { world } of [one, other]) {
      expect(news(world)).toEqual(numbered(4, 6));
      expect(unread(world)).toBe(3);
    }
    await comeBack(other.world);
    expect(news(other.world)).toEqual(numbered(4, 6));
    expect(bodies(one.world)).toEqual(numbered(1, 6));
  });

  it('tell of what one read while the other had only begun', async () => {
    const one = await withArchive((archive) => fill(archive, 1, 3));
    const late = new World({ stores: one.world.stores, announces: [SID, NS_MAM] });
    const archive = new FakeArchive(late.session);
    fill(archive, 1, 3);
    one.world.session.drop();
    for (const each of [one.archive, archive]) fill(each, 4, 4);
    await comeBack(one.world);
    await late.client.online('presence');
    await settle(late);
    for (const world of [one.world, late]) expect(news(world)).toEqual(['n4']);
  });
});

describe('messages that are not kept for ever', () => {
  it('are fetched back to that time alone, and further back when somebody asks for it', async () => {
    const { world, archive } = await withArchive((it) => fill(it, 1, 150));
    const since = archive.kept[40]?.time;
    expect(await world.client.history.older(ROMEO, { since })).toBe(false);
    expect(bodies(world)).toEqual(numbered(41, 150));
    const asked = archive.queries.length;
    expect(await world.client.history.older(ROMEO, { since })).toBe(false);
    expect([bodies(world).length, archive.queries.length - asked]).toEqual([110, 1]);
    expect(await world.client.history.older(ROMEO)).toBe(false);
    expect(bodies(world)).toEqual(numbered(1, 150));
  });

  it('are there for who asks, where an archive that counts in seconds gave them unasked', async () => {
    const { world, archive } = await withArchive((it) => fill(it, 1, 3));
    const last = archive.kept[2]?.time ?? 0;
    world.client.settings.set('keep-messages', 'nothing');
    await world.client.close();
    const again = new World({ stores: world.stores, announces: [SID, NS_MAM] });
    const same = new FakeArchive(again.session);
    same.kept.push(...archive.kept);
    await again.client.online('presence');
    await settle(again);
    expect(await again.client.history.older(ROMEO, { since: last + 500 })).toBe(false);
    expect(bodies(again)).toEqual([]);
    expect(await again.client.history.older(ROMEO)).toBe(false);
    expect(bodies(again)).toEqual(numbered(1, 3));
  });

  it('are not fetched again by the next catch-up, and stay as long as they are unread', async () => {
    const { world, archive } = await withArchive((it) => fill(it, 1, 5));
    fill(archive, 6, 7);
    await world.client.history.caughtUp();
    expect(unread(world)).toBe(2);
    world.client.settings.set('keep-messages', 'nothing');
    await world.client.close();
    expect(bodies(world)).toEqual(numbered(6, 7));
    const again = new World({ stores: world.stores, announces: [SID, NS_MAM] });
    const same = new FakeArchive(again.session);
    same.kept.push(...archive.kept);
    await again.client.online('presence');
    await settle(again);
    expect(bodies(again)).toEqual(numbered(6, 7));
    await again.client.close();
  });
});

describe('going on', () => {
  it('brings page after page what is missing, in order, as news', async () => {
    const { world, archive } = await withArchive((empty) => fill(empty, 1, 3));
    fill(archive, 4, 700);
    await comeBack(world);
    expect(bodies(world).slice(-5)).toEqual(numbered(696, 700));
    expect(news(world)).toEqual(numbered(4, 700));
    expect(unread(world)).toBe(697);
  });

  it('puts what came live meanwhile where the archive has it', async () => {
    const { world, archive } = await withArchive((empty) => fill(empty, 1, 1));
    world.says(`${ROMEO}/orchard`, 'n3', given('a-n3'), "type='chat' id='m-a-n3'");
    fill(archive, 2, 4);
    await comeBack(world);
    expect(bodies(world)).toEqual(numbered(1, 4));
    expect(news(world)).toEqual(['n3', 'n2', 'n4']);
  });

  it.each(['says so', 'begins anew'] as const)(
    'by time where the archive does not know the last id and %s (§4.3.2): nothing twice, nothing old is news',
    async (forgets) => {
      const { world, archive } = await withArchive((full) => fill(full, 1, 400));
      archive.forgets = forgets;
      fill(archive, 401, 405);
      await comeBack(world);
      expect(archive.queries.some(({ fields }) => fields.start !== undefined)).toBe(true);
      // 100 were looked at first; what was before these comes when it is asked for.
      expect(bodies(world)).toEqual(numbered(301, 405));
      expect(news(world)).toEqual(numbered(401, 405));
    },
  );

  it('takes all rather than leave a gap, where the clock of the archive went back', async () => {
    const { world, archive } = await withArchive((full) => fill(full, 400, 405));
    archive.kept.splice(0);
    archive.forgets = 'begins anew';
    for (const body of ['m1', 'm2']) archive.add(body, body, { seconds: -100_000 });
    await comeBack(world);
    expect(bodies(world)).toEqual([...numbered(400, 405), 'm1', 'm2']);
  });

  it('answers what asks for a receipt, once, and not what another device answered (XEP-0184 §5.5)', async () => {
    const roster = `<item jid='${ROMEO}' subscription='both'/>`;
    const { world, archive } = await withArchive((empty) => fill(empty, 1, 1), { roster });
    archive.add('a2', 'one', { more: asks });
    archive.add('a3', 'two', { more: asks });
    archive.add('a4', '', {
      attributes: `from='${ACCOUNT}/phone' to='${ROMEO}' type='chat' id='r1'`,
      more: `<received xmlns='${NS_RECEIPTS}' id='m-a2'/>`,
    });
    world.session.take();
    await comeBack(world);
    await comeBack(world);
    const answered = world.sent('message').map((stanza) => child(stanza, 'received', NS_RECEIPTS)?.attrs.id);
    expect(answered).toEqual(['m-a3']);
  });
});

describe('what another device displayed (XEP-0490)', () => {
  const displayed = (chat: string, id: string) =>
    `<message from='${ACCOUNT}' to='${ACCOUNT}/balcony' type='headline'>` +
    "<event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:mds:displayed:0'>" +
    `<item id='${chat}'><displayed xmlns='urn:xmpp:mds:displayed:0'>${given(id)}</displayed></item></items></event></message>`;

  it('is read here, and all before it, but not what came after', async () => {
    const { world } = await withArchive();
    for (const body of numbered(1, 3)) world.says(ROMEO, body, given(body), `type='chat' id='${body}'`);
    world.receive(displayed(ROMEO, 'n2'));
    expect(world.events('unread').at(-1)).toMatchObject({ chat: ROMEO, count: 1 });
    world.receive(displayed(ROMEO, 'n1'));
    expect(unread(world)).toBe(1);
  });

  it('is read as soon as it comes, where it is told before', async () => {
    const { world, archive } = await withArchive();
    world.receive(displayed(ROMEO, 'a-n2'));
    fill(archive, 1, 3);
    await comeBack(world);
    expect(unread(world)).toBe(1);
  });
});

describe('paging back', () => {
  it('goes to the beginning, page by page, and stops there', async () => {
    const { world, archive } = await withArchive((full) => fill(full, 1, 250));
    expect(bodies(world)).toEqual(numbered(151, 250));
    expect(await world.client.history.older(ROMEO)).toBe(true);
    expect(bodies(world)).toEqual(numbered(51, 250));
    expect(await world.client.history.older(ROMEO)).toBe(false);
    expect(bodies(world)).toEqual(numbered(1, 250));
    const asked = archive.queries.length;
    expect(await world.client.history.older(ROMEO)).toBe(false);
    expect(archive.queries).toHaveLength(asked);
  });

  it('is no news and answers nobody (XEP-0184 §5.5)', async () => {
    const roster = `<item jid='${ROMEO}' subscription='both'/>`;
    const { world } = await withArchive(
      (full) => {
        for (const body of numbered(1, 120)) full.add(`a-${body}`, body, { more: asks });
      },
      { roster },
    );
    world.told.length = 0;
    await world.client.history.older(ROMEO);
    expect(bodies(world)).toHaveLength(120);
    expect([news(world), unread(world), world.sent('message')]).toEqual([[], 0, []]);
  });

  it('goes by time where the archive does not know the oldest id any more', async () => {
    const { world, archive } = await withArchive((full) => fill(full, 1, 150));
    archive.forgets = 'says so';
    expect(await world.client.history.older(ROMEO)).toBe(false);
    expect(bodies(world)).toEqual(numbered(1, 150));
  });

  it('stays where it is when all of it is replayed', async () => {
    const { world, archive } = await withArchive((full) => fill(full, 1, 150));
    await world.client.history.older(ROMEO);
    archive.forgets = 'begins anew';
    await comeBack(world);
    expect(bodies(world)).toEqual(numbered(1, 150));
    expect(news(world)).toEqual([]);
  });

  it('takes nothing for the past that is still to come as news', async () => {
    const { world, archive } = await withArchive();
    world.says(`${ROMEO}/orchard`, 'n2', given('a-n2'), "type='chat' id='m-a-n2'");
    fill(archive, 1, 2);
    await Promise.all([world.client.history.caughtUp(), world.client.history.older(ROMEO)]);
    expect(bodies(world)).toEqual(['n1', 'n2']);
    expect([news(world), unread(world)]).toEqual([['n2', 'n1'], 2]);
  });

  it('without a connection gives nothing', async () => {
    const { world } = await withArchive((full) => fill(full, 1, 150));
    world.session.drop();
    expect(await world.client.history.older(ROMEO)).toBe(false);
  });
});

describe('a page that cannot be kept', () => {
  const failing = (condition: StorageCondition) =>
    Object.assign(new Error('no space'), { name: 'StorageError', condition, path: 'x' });

  it('is not counted, is told once, and is asked for again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const { world, archive } = await withArchive((full) => fill(full, 1, 3));
      const { messages } = world.stores;
      const append = messages.appendArchived;
      let room = 2;
      messages.appendArchived = (message, more) => {
        if (room-- <= 0) throw failing('full');
        return append(message, more);
      };
      fill(archive, 4, 8);
      await comeBack(world);
      await vi.advanceTimersByTimeAsync(31_000);
      await vi.advanceTimersByTimeAsync(31_000);
      expect(bodies(world)).toEqual(numbered(1, 3));
      expect(news(world)).toEqual([]);
      expect(messages.archiveEnd(ACCOUNT, ACCOUNT)?.id).toBe('a-n3');
      expect(world.events('problem')).toEqual([{ condition: 'full', text: 'no space' }]);
      room = Number.POSITIVE_INFINITY;
      await vi.advanceTimersByTimeAsync(31_000);
      expect(bodies(world)).toEqual(numbered(1, 8));
      expect(news(world)).toEqual(numbered(4, 8));
      await world.client.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it('because a listener throws is kept all the same, and the others hear of all of it', async () => {
    const { world, archive } = await withArchive((full) => fill(full, 1, 1));
    world.client.prependListener('message', ({ body }) => {
      if (body === 'n2') throw new Error('screen');
    });
    fill(archive, 2, 4);
    await comeBack(world);
    expect(bodies(world)).toEqual(numbered(1, 4));
    expect(news(world)).toEqual(['n3', 'n4']);
  });
});

describe('an archive that refuses', () => {
  it('is told once, and again only when it worked between', async () => {
    const { world, archive } = await withArchive((full) => fill(full, 1, 1));
    const refuse = () => {
      archive.fails = error('internal-server-error');
    };
    refuse();
    await comeBack(world);
    await comeBack(world);
    expect(world.events('problem')).toHaveLength(1);
    archive.fails = undefined;
    await comeBack(world);
    refuse();
    await comeBack(world);
    expect(world.events('problem')).toHaveLength(2);
  });

  it('a connection that is lost meanwhile is no trouble of its own', async () => {
    const world = new World({ announces: [SID, NS_MAM] });
    await world.client.online('presence');
    await world.client.contacts.settled();
    await turn();
    world.session.drop();
    await turn();
    expect(world.events('problem')).toEqual([]);
  });
});

describe('asking again by itself', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  async function watched() {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { world, archive } = await withArchive((full) => fill(full, 1, 1));
    archive.queries.splice(0);
    return { world, archive };
  }

  it('every few minutes brings what came without a copy: private messages of other devices (XEP-0280 §9)', async () => {
    const { world, archive } = await watched();
    fill(archive, 2, 2);
    await vi.advanceTimersByTimeAsync(4 * 60_000);
    expect(archive.queries).toEqual([]);
    await vi.advanceTimersByTimeAsync(2 * 60_000);
    expect(news(world)).toEqual(['n2']);
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    expect(archive.queries).toHaveLength(2);
  });

  it('soon after a burst, once, however many messages come', async () => {
    const { world, archive } = await watched();
    for (const body of numbered(2, 5)) {
      world.says(`${ROMEO}/orchard`, body, given(`a-${body}`), `type='chat' id='m-a-${body}'`);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    fill(archive, 2, 5);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(archive.queries).toHaveLength(1);
    expect(bodies(world)).toEqual(numbered(1, 5));
  });

  it('ends with the connection, goes on with the same stream, and leaves no timer behind', async () => {
    const { world, archive } = await watched();
    world.session.drop({ resumable: true });
    await vi.advanceTimersByTimeAsync(20 * 60_000);
    expect(archive.queries).toEqual([]);
    world.session.resume();
    await vi.advanceTimersByTimeAsync(6 * 60_000);
    expect(archive.queries).toHaveLength(1);
    await world.client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  describe('the rooms that we are in', () => {
    const said = { attributes: `from='${ROOM}/romeo' type='groupchat' id='x1'` };

    async function inRoom() {
      const { world } = await watched();
      const room = new FakeArchive(world.session, ROOM);
      await world.enter();
      await settle(world);
      room.queries.splice(0);
      return { world, room };
    }

    it('brings what came by no other way, while the chat is open (XEP-0313 §5)', async () => {
      const { world, room } = await inRoom();
      room.add('r1', 'missed', said);
      await vi.advanceTimersByTimeAsync(6 * 60_000);
      expect(world.events('message').map(({ body, chat }) => `${chat} ${body}`)).toEqual([`${ROOM} missed`]);
      await world.client.close();
    });

    it('asks soon after something was heard there, and no room where nothing was', async () => {
      const { world, room } = await inRoom();
      world.says(ROMEO, 'hello');
      await vi.advanceTimersByTimeAsync(60_000);
      expect(room.queries).toEqual([]);
      world.roomSays('romeo', 'hello');
      await vi.advanceTimersByTimeAsync(60_000);
      expect(room.queries).toHaveLength(1);
      await world.client.close();
    });

    it('tries a page that failed again in half a minute', async () => {
      const { world } = await watched();
      const room = new FakeArchive(world.session, ROOM);
      room.fails = error('internal-server-error');
      await world.enter();
      await settle(world);
      room.fails = undefined;
      room.add('r1', 'missed', said);
      await vi.advanceTimersByTimeAsync(31_000);
      expect(world.client.history.read({ chat: ROOM, limit: 9 }).map(({ body }) => body)).toEqual(['missed']);
      await world.client.close();
    });

    it('are asked anew when we enter again: what was asked of a room that is gone is never answered', async () => {
      const { world } = await watched();
      // It takes the question, and dies over it.
      world.session.whenAsked('set', 'query', NS_MAM, () => undefined, ROOM);
      await world.enter();
      for (let i = 0; i < 5; i++) await turn();
      const room = new FakeArchive(world.session, ROOM);
      room.add('r1', 'missed', said);
      world.occupant(ROOM, 'juliet', [110, 332], "type='unavailable'");
      await turn();
      world.occupant(ROOM, 'juliet', [110]);
      for (let i = 0; i < 5; i++) await turn();
      expect(world.client.history.read({ chat: ROOM, limit: 9 }).map(({ body }) => body)).toEqual(['missed']);
      await world.client.close();
    });

    it('are asked anew where what a room that is gone can was asked, and never answered', async () => {
      const told = [new Promise<never>(() => undefined), Promise.resolve({ archive: false })];
      const abilities = vi.fn(() => told.shift());
      const sync = historySync({
        account: ACCOUNT,
        store: { archiveEnd: () => undefined } as unknown as MessageStore,
        inbound: {} as Inbound,
        features: () => ({ archive: { abilities } }) as unknown as Features,
        kindOf: () => 'room',
        isOurs: () => true,
        failed: () => undefined,
      });
      const first = sync.catchUp(ROOM);
      expect(await sync.catchUp(ROOM, { anew: true })).toBe(false);
      expect([await first, abilities.mock.calls.length]).toEqual([false, 2]);
    });

    it('does not ask where we were', async () => {
      const { world, room } = await inRoom();
      const left = world.client.rooms.leave(ROOM);
      world.occupant(ROOM, 'juliet', [110], "type='unavailable'");
      await left;
      await vi.advanceTimersByTimeAsync(11 * 60_000);
      expect(room.queries).toEqual([]);
      await world.client.close();
    });
  });
});

describe('copies (XEP-0280)', () => {
  it.each([
    ['stream', false],
    ['background', false],
    ['presence', true],
  ] as const)('at the level %s are asked for: %s', async (level, wanted) => {
    const world = new World();
    await world.client.online(level);
    await turn();
    const enabled = world.sent('iq').some((iq) => iq.getChild('enable', 'urn:xmpp:carbons:2') !== undefined);
    expect(enabled).toBe(wanted);
  });

  it('what came to another device is answered there (XEP-0184)', async () => {
    const world = await new World({ roster: `<item jid='${ROMEO}' subscription='both'/>` }).login();
    const inner = `<message xmlns='jabber:client' from='${ROMEO}/x' to='${ACCOUNT}/phone' type='chat' id='m1'><body>hi</body>${asks}</message>`;
    world.receive(
      `<message from='${ACCOUNT}' to='${ACCOUNT}/balcony' type='chat'><received xmlns='urn:xmpp:carbons:2'>` +
        `<forwarded xmlns='urn:xmpp:forward:0'>${inner}</forwarded></received></message>`,
    );
    expect(news(world)).toEqual(['hi']);
    expect(world.sent('message')).toEqual([]);
    world.says(`${ROMEO}/x`, 'to me', asks, "type='chat' id='m2'");
    expect(world.sent('message')).toHaveLength(1);
  });
});

describe('what an earlier stream left in a room', () => {
  const NICKED = `${ROOM}/juliet`;

  async function left() {
    const { world } = await withArchive();
    const archive = new FakeArchive(world.session, ROOM);
    await world.enter();
    await settle(world);
    const message = world.client.messages.send(ROOM, 'did it arrive?');
    world.session.drop();
    world.sent('message');
    return { world, archive, message };
  }

  async function back(world: World): Promise<string[]> {
    world.session.renew();
    for (let i = 0; i < 5; i++) await turn();
    world.occupant(ROOM, 'juliet', [110]);
    for (let i = 0; i < 20; i++) await turn();
    return world.sent('message').map((stanza) => stanza.attrs.id ?? '');
  }

  it('is not written again where the archive of the room has it', async () => {
    const { world, archive, message } = await left();
    const attributes = `from='${NICKED}' type='groupchat' id='${message.id}'`;
    archive.add('r1', 'did it arrive?', { attributes });
    expect(await back(world)).toEqual([]);
    expect(world.state(message.row)).toBe('acked');
  });

  it('is written again where it has not, before what was typed since', async () => {
    const { world, message } = await left();
    const then = world.client.messages.send(ROOM, 'and then');
    expect(await back(world)).toEqual([message.id, then.id]);
    expect(world.stores.messages.get(message.row)?.mayArriveTwice).toBeUndefined();
  });

  it('may arrive twice where there is no archive, and says so', async () => {
    const world = await new World().login();
    await world.enter();
    const message = world.client.messages.send(ROOM, 'did it arrive?');
    world.session.drop();
    world.sent('message');
    expect(await back(world)).toEqual([message.id]);
    expect(world.stores.messages.get(message.row)?.mayArriveTwice).toBe(true);
  });
});

describe('what an earlier stream left for a contact', () => {
  /** So many messages were written to a stream that is gone. */
  async function left(count: number) {
    const { world, archive } = await withArchive();
    world.session.acknowledges = true;
    const messages = numbered(1, count).map((body) => world.client.messages.send(ROMEO, body));
    const written = world.sent('message');
    const acknowledge = async (body: string) => {
      const stanza = written.findLast((each) => each.getChildText('body') === body);
      if (stanza === undefined) throw new Error(`${body} was not written`);
      world.session.emit('acknowledged', stanza);
      await turn();
    };
    const keepsSince = (ago: number, ...bodies: readonly string[]) => {
      const seconds = (Date.now() - Date.UTC(2026, 0, 1)) / 1000 - ago;
      for (const { id, body } of messages.filter((message) => bodies.includes(message.body)))
        archive.add(`a${archive.kept.length}-${body}`, body, {
          seconds,
          attributes: `from='${ACCOUNT}/balcony' to='${ROMEO}' type='chat' id='${id}'`,
        });
    };
    const keeps = (...bodies: readonly string[]) => keepsSince(1, ...bodies);
    const back = async (forgotten: boolean) => {
      world.session.drop();
      world.session.renew({ forgotten });
      for (let i = 0; i < 20; i++) await turn();
      const now = world.sent('message');
      written.push(...now);
      return now.map((stanza) => ({
        says: stanza.getChildText('body'),
        again: child(stanza, 'delay', 'urn:xmpp:delay') !== undefined,
        id: messages.find(({ id }) => id === stanza.attrs.id)?.body,
      }));
    };
    const marked = () =>
      messages
        .filter(({ row }) => world.stores.messages.get(row)?.mayArriveTwice === true)
        .map(({ body }) => body);
    const states = () => messages.map(({ row }) => world.state(row));
    return { world, messages, acknowledge, keeps, keepsSince, back, marked, states };
  }

  const again = (body: string) => ({ says: body, again: true, id: body });

  it('is not written again where the archive has it, and the rest is', async () => {
    const { keeps, back, marked, states } = await left(3);
    keeps('n1', 'n2');
    expect(await back(false)).toEqual([again('n3')]);
    expect([marked(), states()]).toEqual([[], ['acked', 'acked', 'sent']]);
  });

  it('of a stream that the server forgot, the newest in the archive may be half done: it goes first, and says that it may arrive twice (XEP-0198 §5)', async () => {
    const { acknowledge, keeps, back, marked, states } = await left(3);
    keeps('n1', 'n2');
    expect(await back(true)).toEqual([again('n2'), again('n3')]);
    expect([marked(), states()]).toEqual([['n2'], ['acked', 'sent', 'sent']]);
    await acknowledge('n2');
    expect(states()).toEqual(['acked', 'acked', 'sent']);
  });

  it('is written again once, however often the server forgets the stream', async () => {
    const { keeps, back, marked } = await left(1);
    keeps('n1');
    expect(await back(true)).toEqual([again('n1')]);
    // It died over that one again.
    keeps('n1');
    expect(await back(true)).toEqual([]);
    expect(marked()).toEqual(['n1']);
  });

  it('is done where it has been in the archive for more than an hour', async () => {
    const { keepsSince, back, marked } = await left(1);
    keepsSince(3_601, 'n1');
    expect(await back(true)).toEqual([]);
    expect(marked()).toEqual([]);
  });

  it.each(['corrected', 'retracted'] as const)('is done where it was %s since', async (how) => {
    const { world, messages, keeps, back, marked } = await left(1);
    const [message] = messages;
    if (message === undefined) throw new Error('no message');
    if (how === 'corrected') world.client.messages.correct(message.row, 'n1, better');
    else world.client.messages.retract(message.row);
    keeps('n1');
    const bodies = (await back(true)).map(({ says, id }) => [says, id]);
    expect(bodies.filter(([, id]) => id === 'n1')).toEqual([]);
    expect(marked()).toEqual([]);
  });

  it('is done where what was written behind it is known to have arrived', async () => {
    const { acknowledge, keeps, back, marked } = await left(3);
    keeps('n1', 'n2');
    await acknowledge('n3');
    expect(await back(true)).toEqual([]);
    expect(marked()).toEqual([]);
  });

  it('is done where the other side says that it has it (XEP-0184)', async () => {
    const { world, messages, keeps, back, marked, states } = await left(2);
    keeps('n1', 'n2');
    const { id = '' } = messages[1] ?? {};
    world.receive(
      `<message from='${ROMEO}/x' to='${ACCOUNT}/balcony' type='chat'><received xmlns='${NS_RECEIPTS}' id='${id}'/></message>`,
    );
    expect(await back(true)).toEqual([]);
    expect([marked(), states()]).toEqual([[], ['acked', 'delivered']]);
  });
});
