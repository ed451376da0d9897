/** Outages of rooms: back by itself, nothing lost or twice, at most one line. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Element } from '../../../src/xmpp/stanza.ts';
import { error, JID, NS_INFO, ROOM, turn, World } from '../support.ts';

const MUC = 'http://jabber.org/protocol/muc';
const PING = 'urn:xmpp:ping';
const NS_MAM = 'urn:xmpp:mam:2';

const entrances = (world: World): Element[] =>
  world.session.take().filter((stanza) => stanza.getChild('x', MUC) !== undefined);
const historyIn = (presence: Element | undefined) => presence?.getChild('x', MUC)?.getChild('history')?.attrs;

/** The room's service shuts down. */
const shutDown = (world: World) => world.occupant(ROOM, 'juliet', [110, 332], "type='unavailable'");

const refuse = (world: World, condition: string, nick = 'juliet') =>
  world.receive(
    `<presence from='${ROOM}/${nick}' to='${JID}' type='error'><x xmlns='${MUC}'/>${error(condition)}</presence>`,
  );

async function joined(...features: string[]): Promise<World> {
  const world = await new World().login();
  const known = features.map((name) => `<feature var='${name}'/>`).join('');
  world.session.whenAsked('get', 'query', NS_INFO, `<query xmlns='${NS_INFO}'>${known}</query>`, ROOM);
  await world.enter(ROOM);
  world.session.take();
  world.told.length = 0;
  return world;
}

/** The room's service shuts down; where a refusal is named, that is its answer when it is asked again. */
async function outage(world: World, refusal?: string): Promise<void> {
  shutDown(world);
  await turn();
  if (refusal === undefined) return;
  refuse(world, refusal);
  await turn();
}

afterEach(() => void vi.useRealTimers());

describe('a room whose service restarts', () => {
  it('is entered again at once, asking for what was missed where it has no archive (XEP-0045 §7.2.14)', async () => {
    const world = await joined();
    await outage(world);
    const [entrance] = entrances(world);
    expect(entrance?.attrs.to).toBe(`${ROOM}/juliet`);
    expect(historyIn(entrance)).toMatchObject({ since: expect.any(String), maxstanzas: '500' });
    expect(world.events('room')).toEqual([]);
  });

  it('is entered again without its history where it has an archive', async () => {
    const world = await joined(NS_MAM, 'urn:xmpp:sid:0');
    await outage(world);
    expect(historyIn(entrances(world)[0])).toEqual({ maxstanzas: '0' });
  });

  it('is tried with growing patience, and that we are out is told once', async () => {
    const world = await joined();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    shutDown(world);
    await vi.advanceTimersByTimeAsync(0);
    const times: number[] = [];
    for (let second = 0; second < 16; second++) {
      if (entrances(world).length > 0) {
        times.push(second);
        refuse(world, 'service-unavailable');
      }
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(times).toEqual([0, 1, 3, 7, 15]);
    expect(world.events('room')).toMatchObject([
      { room: ROOM, event: 'failed', again: true, condition: 'service-unavailable' },
    ]);
    await vi.advanceTimersByTimeAsync(16_000);
    world.occupant(ROOM, 'juliet', [110]);
    await vi.advanceTimersByTimeAsync(0);
    expect(world.events('room').at(-1)).toMatchObject({ event: 'joined', again: true, told: true });
  });

  it('that will not have us any more is given up, and told', async () => {
    const world = await joined();
    await outage(world, 'registration-required');
    expect(world.events('room')).toMatchObject([{ event: 'failed', condition: 'registration-required' }]);
    expect(world.client.rooms.list()).toEqual([]);
  });

  it.each(['forbidden', 'not-allowed'])(
    'that says %s is believed the third time: a service that is being stopped says it to everybody',
    async (condition) => {
      const world = await joined();
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      shutDown(world);
      await vi.advanceTimersByTimeAsync(0);
      for (const seconds of [1, 2]) {
        refuse(world, condition);
        await vi.advanceTimersByTimeAsync(seconds * 1000);
        expect(world.events('room')).toEqual([]);
      }
      expect(entrances(world)).toHaveLength(3);
      refuse(world, condition);
      await vi.advanceTimersByTimeAsync(0);
      expect(world.events('room')).toMatchObject([{ event: 'failed', condition }]);
      expect(world.client.rooms.list()).toEqual([]);
    },
  );

  it('is entered under another nickname where ours was taken meanwhile (XEP-0045 §7.2.8)', async () => {
    const world = await joined();
    await outage(world);
    world.session.take();
    refuse(world, 'conflict');
    await turn();
    expect(entrances(world)[0]?.attrs.to).toBe(`${ROOM}/juliet_`);
    world.occupant(ROOM, 'juliet_', [110]);
    await turn();
    expect(world.client.rooms.get(ROOM)).toMatchObject({ nick: 'juliet_', joined: true });
  });

  it('is entered under the next one where that is taken too', async () => {
    const world = await joined();
    await outage(world);
    for (const nick of ['juliet', 'juliet_', 'juliet__']) {
      expect(entrances(world)[0]?.attrs.to).toBe(`${ROOM}/${nick}`);
      refuse(world, 'conflict', nick);
      await turn();
    }
    expect(entrances(world)[0]?.attrs.to).toBe(`${ROOM}/juliet___`);
  });

  it('is tried on where a stream was lost and goes on while we waited (XEP-0198 §5)', async () => {
    const world = await joined();
    await outage(world, 'service-unavailable');
    world.session.take();
    world.session.drop({ resumable: true });
    world.session.resume();
    await turn();
    expect(entrances(world)).toHaveLength(1);
    world.occupant(ROOM, 'juliet', [110]);
    await turn();
    expect(world.client.rooms.get(ROOM)).toMatchObject({ joined: true });
  });

  it('entered by hand meanwhile, its next outage is one of its own: told again', async () => {
    const world = await joined();
    await outage(world, 'service-unavailable');
    await world.enter(ROOM);
    world.told.length = 0;
    await outage(world, 'service-unavailable');
    expect(world.events('room')).toMatchObject([{ event: 'failed', again: true }]);
  });

  it('destroyed while we enter it again: forgotten, so that nobody makes it anew (XEP-0045 §10.9)', async () => {
    const world = await joined();
    await world.client.rooms.join(ROOM, { keep: true });
    await outage(world);
    world.receive(
      `<presence from='${ROOM}/juliet' to='${JID}' type='unavailable'><x xmlns='${MUC}#user'>` +
        "<item affiliation='none' role='none'/><destroy/></x></presence>",
    );
    await turn();
    expect(world.events('room')).toMatchObject([{ event: 'destroyed' }]);
    expect(world.stores.rooms.rooms(world.client.account)).toEqual([]);
  });

  it('that we leave meanwhile is not entered again', async () => {
    const world = await joined();
    await outage(world, 'service-unavailable');
    await world.client.rooms.leave(ROOM);
    world.session.take();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await vi.advanceTimersByTimeAsync(5000);
    expect(entrances(world)).toEqual([]);
  });
});

describe('what is said to a room that lost us', () => {
  it('waits until we are back, and goes out again with its id (XEP-0045 §7.4, XEP-0410 §3.2)', async () => {
    const world = await joined();
    world.session.whenAsked('get', 'ping', PING, error('not-acceptable'), `${ROOM}/juliet`);
    const message = world.client.messages.send(ROOM, 'hello');
    await turn();
    world.bounce(ROOM, message.id, 'not-acceptable');
    await turn();
    expect(world.state(message.row)).toBe('queued');
    world.occupant(ROOM, 'juliet', [110]);
    await turn();
    const again = world.sent('message').filter((stanza) => stanza.attrs.id === message.id);
    expect(again).toHaveLength(2);
    world.roomSays('juliet', 'hello', '', message.id);
    expect(world.state(message.row)).toBe('acked');
    expect(world.client.history.read({ chat: ROOM, limit: 10 })).toHaveLength(1);
  });

  it.each(['item-not-found', 'service-unavailable'])(
    'waits too where there is no such room (%s), as while its service starts (XEP-0410 §3.2)',
    async (condition) => {
      const world = await joined();
      world.session.whenAsked('get', 'ping', PING, error(condition), `${ROOM}/juliet`);
      const message = world.client.messages.send(ROOM, 'hello');
      await turn();
      world.bounce(ROOM, message.id, condition);
      await turn();
      expect(world.state(message.row)).toBe('queued');
      world.occupant(ROOM, 'juliet', [110, 201]);
      await turn();
      expect(world.sent('message').filter((stanza) => stanza.attrs.id === message.id)).toHaveLength(2);
    },
  );

  it('has failed where nobody of that nickname is there (XEP-0045 §7.5)', async () => {
    const world = await joined();
    const message = world.client.messages.send(`${ROOM}/romeo`, 'hello');
    await turn();
    world.bounce(`${ROOM}/romeo`, message.id, 'item-not-found');
    await turn();
    expect(world.state(message.row)).toBe('failed');
  });

  it('waits too where its error comes while we are entering again', async () => {
    const world = await joined();
    world.session.whenAsked('get', 'ping', PING, error('not-acceptable'), `${ROOM}/juliet`);
    const [first, second] = [
      world.client.messages.send(ROOM, 'one'),
      world.client.messages.send(ROOM, 'two'),
    ];
    world.bounce(ROOM, first.id, 'not-acceptable');
    await turn();
    world.bounce(ROOM, second.id, 'not-acceptable');
    await turn();
    expect([world.state(first.row), world.state(second.row)]).toEqual(['queued', 'queued']);
    world.session.take();
    world.occupant(ROOM, 'juliet', [110]);
    await turn();
    expect(world.sent('message').map(({ attrs }) => attrs.id)).toEqual([first.id, second.id]);
  });

  it('waits where it is forbidden while we are out, as a service that is being stopped says it', async () => {
    const world = await joined();
    const message = world.client.messages.send(ROOM, 'hello');
    await turn();
    shutDown(world);
    world.bounce(ROOM, message.id, 'forbidden');
    await turn();
    expect(world.state(message.row)).toBe('queued');
    world.occupant(ROOM, 'juliet', [110, 201]);
    await turn();
    expect(world.sent('message').filter((stanza) => stanza.attrs.id === message.id)).toHaveLength(2);
  });

  it.each(['forbidden', 'not-acceptable', 'service-unavailable'])(
    'waits where %s comes when we are in again, and it was said before: that was about the outage',
    async (condition) => {
      const world = await joined();
      world.session.whenAsked('get', 'ping', PING, '', `${ROOM}/juliet`);
      const message = world.client.messages.send(ROOM, 'hello');
      await outage(world);
      world.occupant(ROOM, 'juliet', [110, 201]);
      world.bounce(ROOM, message.id, condition);
      for (let i = 0; i < 5; i++) await turn();
      expect(world.state(message.row)).toBe('sent');
      expect(world.sent('message').filter((stanza) => stanza.attrs.id === message.id)).toHaveLength(2);
    },
  );

  it('waits where the error is told of while we are out, and we are in again before that is looked at', async () => {
    const world = await joined();
    world.session.whenAsked('get', 'ping', PING, '', `${ROOM}/juliet`);
    const message = world.client.messages.send(ROOM, 'hello');
    await outage(world);
    world.bounce(ROOM, message.id, 'forbidden');
    world.occupant(ROOM, 'juliet', [110, 201]);
    for (let i = 0; i < 5; i++) await turn();
    expect(world.sent('message').filter((stanza) => stanza.attrs.id === message.id)).toHaveLength(2);
  });

  it('has failed where it is forbidden and we are in: there it is about the message', async () => {
    const world = await joined();
    const message = world.client.messages.send(ROOM, 'hello');
    await turn();
    world.bounce(ROOM, message.id, 'forbidden');
    await turn();
    expect(world.state(message.row)).toBe('failed');
  });

  it('has failed where we are in, and it was refused all the same', async () => {
    const world = await joined();
    world.session.whenAsked('get', 'ping', PING, '', `${ROOM}/juliet`);
    const message = world.client.messages.send(ROOM, 'hello');
    world.bounce(ROOM, message.id, 'not-acceptable');
    await turn();
    expect(world.state(message.row)).toBe('failed');
  });

  it('is asked for first after 5 minutes of silence (XEP-0410 §3.2)', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const world = await joined();
    vi.advanceTimersByTime(5 * 60_000);
    const message = world.client.messages.send(ROOM, 'hello');
    const sent = world.session.take();
    expect(sent.map(({ name, attrs }) => [name, attrs.to])).toEqual([['iq', `${ROOM}/juliet`]]);
    expect(world.state(message.row)).toBe('queued');
    await turn();
    expect(world.sent('message').map(({ attrs }) => attrs.id)).toEqual([message.id]);
  });

  it('stands before what is said when somebody else was heard first, and not the answer', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const world = await joined();
    vi.advanceTimersByTime(5 * 60_000);
    world.session.whenAsked('get', 'ping', PING, '', `${ROOM}/juliet`);
    const first = world.client.messages.send(ROOM, 'one');
    world.roomSays('romeo', 'hello');
    const second = world.client.messages.send(ROOM, 'two');
    await turn();
    expect(world.sent('message').map(({ attrs }) => attrs.id)).toEqual([first.id, second.id]);
  });

  it('and never came back is unknown, and goes out again when we are in (may arrive twice without an archive)', async () => {
    const world = await joined();
    const message = world.client.messages.send(ROOM, 'hello');
    await outage(world);
    world.session.take();
    world.occupant(ROOM, 'juliet', [110]);
    await turn();
    expect(world.sent('message').map(({ attrs }) => attrs.id)).toEqual([message.id]);
  });
});
