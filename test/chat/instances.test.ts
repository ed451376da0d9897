/** Runs side by side on one account and one data folder, and what one leaves that died. */
import { describe, expect, it, vi } from 'vitest';
import { heard } from '../../src/chat/heard.ts';
import type { Stores } from '../../src/chat/stores.ts';
import { archivedBy, arrivals, inRoom } from './arrivals.ts';
import { ACCOUNT, memoryStores, NS_PING, ROMEO, ROOM, turn, World, type WorldOptions } from './support.ts';

/** A run that stays online; `die` lets go of its place, as the system does. */
function run(stores: Stores, options: WorldOptions = {}) {
  const instance = stores.instances.claim(ACCOUNT, { resource: undefined, resumes: true });
  const world = new World({
    stores,
    session: async () => ({ jid: ACCOUNT, password: 'secret', instance }),
    ...options,
  });
  world.session.acknowledges = true;
  return Object.assign(world, { instance, die: () => instance.release() });
}

const bodies = (world: World) => world.sent('message').map((stanza) => stanza.getChildText('body'));

/** A run that wrote three messages as the stanzas 5, 6, 7, and died. */
async function threeWritten(options: WorldOptions = {}) {
  const stores = memoryStores();
  const first = run(stores);
  await first.login('stream');
  const rows = [5, 6, 7].map((sequence) => {
    first.session.nextSequence = sequence;
    return first.client.messages.send(ROMEO, String(sequence)).row;
  });
  first.die();
  const second = run(stores, options);
  const states = () => rows.map((row) => second.state(row));
  return { stores, second, rows, states };
}

describe('the stream of an earlier process (XEP-0198 §5)', () => {
  it('that goes on: up to `h` is acknowledged, what lies behind goes out again as what never arrived', async () => {
    const { second, states } = await threeWritten();
    second.session.connect = async () => {
      second.session.online = true;
      second.session.emit('inherited', { h: 6, resumed: true });
      second.session.emit('resumed', { inherited: true });
    };
    await second.client.online('presence');
    expect(states()).toEqual(['acked', 'acked', 'sent']);
    const written = second.session.sentStanzas.filter((stanza) => stanza.getName() === 'message');
    expect(written.map((stanza) => stanza.getChildText('body'))).toEqual(['7']);
    expect(written[0]?.getChild('delay')).toBeUndefined();
  });

  it('that goes on: ping, roster, unavailable and available presence, in that order', async () => {
    const { second } = await threeWritten();
    second.session.connect = async () => {
      second.session.online = true;
      second.session.emit('resumed', { inherited: true });
    };
    await second.client.online('presence');
    const asked = second.session.sentStanzas.flatMap((stanza) => {
      if (stanza.getChild('ping', NS_PING)) return ['ping'];
      if (stanza.getChild('query', 'jabber:iq:roster')) return ['roster'];
      return stanza.getName() === 'presence' ? [stanza.attrs.type ?? 'available'] : [];
    });
    expect(asked.slice(0, 4)).toEqual(['ping', 'roster', 'unavailable', 'available']);
    expect(second.events('connection').map(({ state }) => state)).toEqual(['resumed']);
  });

  it('that breaks at once, by half a stanza of the earlier process: the next stream is as good', async () => {
    const { second } = await threeWritten();
    let attempts = 0;
    second.session.connect = async () => {
      attempts += 1;
      if (attempts > 1) return second.session.renew();
      second.session.online = true;
      second.session.emit('resumed', { inherited: true });
      queueMicrotask(() => second.session.drop());
    };
    await second.client.online('presence');
    expect(attempts).toBe(2);
    expect(second.events('connection').map(({ state }) => state)).toEqual(['resumed', 'offline', 'online']);
  });

  it('on which nobody hears us is given up soon, and another begins', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const { second } = await threeWritten({ pong: false });
      let attempts = 0;
      second.session.connect = async () => {
        attempts += 1;
        if (attempts > 1) {
          second.session.whenAsked('get', 'ping', NS_PING, '');
          return second.session.renew();
        }
        second.session.online = true;
        second.session.emit('resumed', { inherited: true });
      };
      const online = second.client.online('presence');
      await turn();
      vi.advanceTimersByTime(4000);
      second.says(ROMEO, 'what waited');
      vi.advanceTimersByTime(4000);
      expect(second.session.online).toBe(true);
      vi.advanceTimersByTime(4000);
      expect(second.session.online).toBe(false);
      await online;
      expect(attempts).toBe(2);
    } finally {
      vi.useRealTimers();
    }
  });

  it('that is gone: up to `h` is acknowledged, the rest is unknown and goes out again marked', async () => {
    const { second, rows, states } = await threeWritten();
    second.session.connect = async () => {
      second.session.emit('inherited', { h: 5, resumed: false });
      second.session.renew();
    };
    await second.client.online('stream');
    await turn();
    expect(states()).toEqual(['acked', 'sent', 'sent']);
    expect(bodies(second)).toEqual(['6', '7']);
    expect(second.client.messages.get(rows[1] ?? 0)?.mayArriveTwice).toBe(true);
  });

  it('numbers of an older stream mean nothing in a newer one', async () => {
    const { stores, second, states } = await threeWritten();
    second.die();
    const [third] = [stores.instances.claim(ACCOUNT, { resource: undefined, resumes: true })];
    third.begun({ id: 'newer', jid: `${ACCOUNT}/x`, location: undefined });
    third.release();
    const last = run(stores);
    last.session.connect = async () => {
      last.session.online = true;
      last.session.emit('inherited', { h: 7, resumed: true });
    };
    await last.client.online('stream').catch(() => undefined);
    expect(states()).toEqual(['sent', 'sent', 'sent']);
  });
});

describe('several runs at once', () => {
  /** What `first` has on its way is `hello`: nobody else writes that as long as it lives, then one alone. */
  async function expectOneWriter(stores: Stores, first: ReturnType<typeof run>): Promise<void> {
    const second = run(stores);
    await second.login('stream');
    expect(bodies(second)).toEqual([]);
    second.session.drop();
    await second.client.online('stream');
    await turn();
    expect(bodies(second)).toEqual([]);

    first.die();
    const others = [run(stores), run(stores)];
    for (const other of others) await other.client.online('stream');
    await turn();
    expect(others.flatMap(bodies)).toEqual(['hello']);
  }

  /** A run whose message the server has. */
  async function hasSaid(stores: Stores, body: string) {
    const first = run(stores);
    await first.login('stream');
    const { row, id } = first.client.messages.send(ROMEO, body);
    first.acknowledge(id);
    await turn();
    return { first, row };
  }

  it('what one has on its way is written by nobody else, until it is gone', async () => {
    const stores = memoryStores();
    const first = run(stores);
    await first.login('stream');
    const { row } = first.client.messages.send(ROMEO, 'hello');
    await expectOneWriter(stores, first);
    expect(stores.messages.get(row)?.mayArriveTwice).toBe(true);
  });

  it('who waits for a message that another run took hears what became of it', async () => {
    const stores = memoryStores();
    const [waits, writes] = [run(stores), run(stores)];
    const { row } = waits.client.messages.send(ROMEO, 'hello');
    const settled = waits.client.messages.settled(row, { timeout: 10_000 });
    await writes.client.online('stream');
    await turn();
    const [written] = writes.session.sentStanzas.filter((stanza) => stanza.getName() === 'message');
    writes.acknowledge(written?.attrs.id ?? '');
    expect(await settled).toMatchObject({ body: 'hello', state: 'acked' });
  });

  it('a correction that one has on its way is written by nobody else, until it is gone (XEP-0308)', async () => {
    const stores = memoryStores();
    const { first, row } = await hasSaid(stores, 'helo');
    first.client.messages.correct(row, 'hello');
    expect(bodies(first)).toEqual(['helo', 'hello']);
    await expectOneWriter(stores, first);
  });

  it('a correction made offline goes out once', async () => {
    const stores = memoryStores();
    const { first, row } = await hasSaid(stores, 'helo');
    await first.client.close();
    first.die();
    const both = [run(stores), run(stores)];
    both[0]?.client.messages.correct(row, 'hello');
    await Promise.all(both.map((world) => world.client.online('stream')));
    await turn();
    expect(both.flatMap(bodies)).toEqual(['hello']);
  });

  it('what was typed offline goes out once', async () => {
    const stores = memoryStores();
    const both = [run(stores), run(stores)];
    both[0]?.client.messages.send(ROMEO, 'hello');
    await Promise.all(both.map((world) => world.client.online('stream')));
    await turn();
    expect(both.flatMap(bodies)).toEqual(['hello']);
  });
});

/** What the other run is told of "from here" (XEP-0280). */
const carbonOf = (id: string) =>
  `<message from='${ACCOUNT}' to='${ACCOUNT}/x'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>` +
  `<message xmlns='jabber:client' from='${ACCOUNT}/y' to='${ROMEO}' type='chat' id='${id}'><body>from here</body></message>` +
  '</forwarded></sent></message>';

describe('what two runs hear at once', () => {
  const SID = 'urn:xmpp:sid:0';
  const copy = (id: string, more = '') =>
    `<message from='${ROMEO}/orchard' to='${ACCOUNT}' type='chat' id='${id}'><body>${id}</body>` +
    `<request xmlns='urn:xmpp:receipts'/><stanza-id xmlns='${SID}' by='${ACCOUNT}' id='a-${id}'/>${more}</message>`;
  const told = (world: World) => world.events('message').map(({ body }) => body);

  async function two() {
    const stores = memoryStores();
    const roster = `<item jid='${ROMEO}' subscription='both'/>`;
    const both = [
      run(stores, { announces: [SID], roster }),
      run(stores, { announces: [SID], roster }),
    ] as const;
    for (const world of both) await world.login();
    return { stores, both };
  }

  it('each tells of once, whoever of them kept it; it is unread once, and answered once (XEP-0184)', async () => {
    const {
      stores,
      both: [one, other],
    } = await two();
    one.receive(copy('m1'));
    for (const world of [other, one, other]) world.receive(copy('m1'));
    other.receive(copy('m2'));
    one.receive(copy('m2'));
    for (const world of [one, other]) {
      expect(told(world)).toEqual(['m1', 'm2']);
      expect(world.events('unread').at(-1)).toEqual({ chat: ROMEO, count: 2, mentions: 0 });
    }
    expect(stores.messages.unread(ACCOUNT, ROMEO)).toMatchObject({ count: 2 });
    const receipts = [one, other].flatMap((world) =>
      world.sent('message').filter((sent) => sent.getChild('received', 'urn:xmpp:receipts')),
    );
    expect(receipts).toHaveLength(2);
  });

  it('what one sends, the other tells of by its carbon (XEP-0280)', async () => {
    const {
      both: [one, other],
    } = await two();
    const { id } = one.client.messages.send(ROMEO, 'from here');
    other.receive(carbonOf(id));
    for (const world of [one, other]) expect(told(world)).toEqual(['from here']);
    expect(other.events('message')[0]).toMatchObject({ direction: 'out', state: 'acked' });
  });

  it('what one left, and the other sends, is told there before its states', async () => {
    const stores = memoryStores();
    const other = await run(stores).login('stream');
    const one = run(stores);
    const { id } = one.client.messages.send(ROMEO, 'left');
    await one.client.close();
    other.session.drop();
    await other.client.online('stream');
    other.acknowledge(id);
    await turn();
    const told = other.told.filter(([name]) => name === 'message' || name === 'messageChanged');
    expect(told).toMatchObject([
      ['message', { body: 'left', state: 'sent' }],
      ['messageChanged', { state: 'acked' }, 'state'],
    ]);
  });

  it('what became of a message the run that sent it tells, too, where the other heard it first (XEP-0184)', async () => {
    const {
      both: [one, other],
    } = await two();
    const { id } = one.client.messages.send(ROMEO, 'hello');
    const receipt = `<message from='${ROMEO}/orchard' to='${ACCOUNT}' id='r1'><received xmlns='urn:xmpp:receipts' id='${id}'/></message>`;
    for (const world of [other, one, one]) world.receive(receipt);
    expect(one.events('messageChanged').map(({ state }) => state)).toEqual(['delivered']);
  });

  it('that its message was acknowledged one tells, too, where the other heard its carbon first (XEP-0198 §4)', async () => {
    const {
      both: [one, other],
    } = await two();
    const { id } = one.client.messages.send(ROMEO, 'from here');
    other.receive(carbonOf(id));
    one.acknowledge(id);
    await turn();
    expect(one.events('messageChanged').map(({ state }) => state)).toEqual(['acked']);
  });

  it('all that was displayed before is told by the run that sent it, where the other heard that first (XEP-0333 §rules)', async () => {
    const {
      both: [one, other],
    } = await two();
    one.acknowledge(one.client.messages.send(ROMEO, 'first').id);
    await turn();
    const { id } = one.client.messages.send(ROMEO, 'second');
    for (const world of [other, one])
      world.receive(
        `<message from='${ROMEO}/orchard' to='${ACCOUNT}' type='chat' id='r1'><displayed xmlns='urn:xmpp:chat-markers:0' id='${id}'/></message>`,
      );
    expect(one.events('messageChanged').map(({ body, state }) => [body, state])).toEqual([
      ['first', 'acked'],
      ['first', 'read'],
      ['second', 'read'],
    ]);
  });

  it('corrections, reactions and retractions each tells of once, whoever of them kept it; an old one none', async () => {
    const {
      stores,
      both: [one, other],
    } = await two();
    for (const world of [one, other]) world.receive(copy('m1'));
    const changes = [
      `<message from='${ROMEO}/orchard' to='${ACCOUNT}' type='chat' id='c1'><body>better</body><replace xmlns='urn:xmpp:message-correct:0' id='m1'/></message>`,
      `<message from='${ROMEO}/orchard' to='${ACCOUNT}' type='chat' id='c2'><reactions xmlns='urn:xmpp:reactions:0' id='m1'><reaction>👍</reaction></reactions></message>`,
      `<message from='${ROMEO}/orchard' to='${ACCOUNT}' type='chat' id='c3'><retract xmlns='urn:xmpp:message-retract:1' id='m1'/></message>`,
    ];
    for (const change of changes) for (const world of [one, other, one, other]) world.receive(change);
    for (const { told } of [one, other])
      expect(
        told.flatMap(([name, , change, news]) => (name === 'messageChanged' ? [[change, news]] : [])),
      ).toMatchObject([
        ['corrected', { from: `${ROMEO}/orchard` }],
        ['reacted', { emojis: ['👍'] }],
        ['retracted', { from: `${ROMEO}/orchard` }],
      ]);
    // What an earlier run may have told comes late.
    const late = await run(stores, { announces: [SID] }).login();
    late.receive(
      (changes[2] ?? '').replace(
        '<retract',
        "<delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:04:05Z'/>$&",
      ),
    );
    expect(late.events('messageChanged')).toEqual([]);
  });

  it('an own correction is told once by the run that makes it, though the room gives it back, and once by the other', async () => {
    const { both } = await two();
    const [one] = both;
    for (const world of both) await world.enter();
    const { id, row } = one.client.messages.send(ROOM, 'helo');
    const stanzaId = (own: string) => `<stanza-id xmlns='${SID}' by='${ROOM}' id='${own}'/>`;
    for (const world of both) world.roomSays('juliet', 'helo', stanzaId('r1'), id);
    one.client.messages.correct(row, 'hello');
    const sent = one.sent('message').at(-1);
    const replace = `<replace xmlns='urn:xmpp:message-correct:0' id='${id}'/>${stanzaId('r2')}`;
    for (const world of both) world.roomSays('juliet', 'hello', replace, sent?.attrs.id);
    for (const world of both)
      expect(world.told.filter(([, , change]) => change === 'corrected').map(([name]) => name)).toEqual([
        'messageChanged',
      ]);
  });

  it('what was kept before a run began is no news to it, though it comes again', async () => {
    const {
      stores,
      both: [one],
    } = await two();
    one.receive(copy('m1'));
    const late = await run(stores, { announces: [SID] }).login();
    late.receive(copy('m1', "<delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:04:05Z'/>"));
    expect(told(late)).toEqual([]);
  });

  it('that the room has an own correction the run that made it tells, where the other heard it first', async () => {
    const { both } = await two();
    const [one, other] = both;
    for (const world of both) await world.enter();
    const { id, row } = one.client.messages.send(ROOM, 'helo');
    one.roomSays('juliet', 'helo', `<stanza-id xmlns='${SID}' by='${ROOM}' id='r1'/>`, id);
    one.client.messages.correct(row, 'hello');
    const sent = one.sent('message').at(-1);
    const states = () => one.events('messageChanged').map(({ amendment }) => amendment?.state);
    expect(states().at(-1)).toBe('sent');
    const replace = `<replace xmlns='urn:xmpp:message-correct:0' id='${id}'/><stanza-id xmlns='${SID}' by='${ROOM}' id='r2'/>`;
    for (const world of [other, one]) world.roomSays('juliet', 'hello', replace, sent?.attrs.id);
    expect(states().at(-1)).not.toBe('sent');
  });

  it('what the other kept of the past is noted as told, and no news when it comes once more', () => {
    const store = memoryStores().messages;
    const beside: string[] = [];
    const kept = arrivals({ store });
    const isFirst = heard(store.lastRow());
    const here = arrivals({ store, heard: isFirst, heardBeside: ({ body }) => void beside.push(body) });
    const said = (id: string) => inRoom('romeo', { id, body: id, ...archivedBy(ROOM, id) });
    for (const world of [kept, here]) world.page({ m1: said('m1') }, { archive: ROOM, page: 'first' });
    for (const world of [kept, here]) world.page({ m2: said('m2') }, { archive: ROOM, page: 'newer' });
    for (const id of ['m1', 'm2']) here.take(said(id), 'live');
    expect(beside).toEqual(['m2']);
  });

  it('of what is remembered as told nothing grows without end', () => {
    const isNews = heard(10);
    for (let row = 11; row < 20_000; row++) expect(isNews(row)).toBe(true);
    for (const row of [5, 10, 11, 15_000, 19_999]) expect(isNews(row)).toBe(false);
    expect(isNews(20_000)).toBe(true);
  });
});

describe('what is counted of a stream', () => {
  it('is kept in the transaction of the message, and undone with it (XEP-0198 §4)', async () => {
    const stores = memoryStores();
    const kept: number[] = [];
    const claimed = stores.instances.claim(ACCOUNT, { resource: undefined, resumes: true });
    claimed.begun({ id: 's', jid: `${ACCOUNT}/x`, location: undefined });
    claimed.release();
    const again = stores.instances.claim(ACCOUNT, { resource: undefined, resumes: true });
    const instance = { ...again, handled: (inbound: number) => void kept.push(inbound) };
    const world = new World({ stores, session: async () => ({ jid: ACCOUNT, password: 'x', instance }) });
    await world.login('stream');
    world.says(ROMEO, 'one');
    world.receive(
      `<message from='${ROMEO}/x' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
    );
    expect(kept).toEqual([1]);
  });
});
