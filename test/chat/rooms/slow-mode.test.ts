/** XEP-0500: nothing goes out before it may, and nothing is lost. Servers have none yet: the room is played. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { error, JID, NS_INFO, NS_MUC_USER, ROOM, World } from '../support.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const says = (world: World, seconds: number) =>
  world.session.whenAsked(
    'get',
    'query',
    NS_INFO,
    `<query xmlns='${NS_INFO}'><feature var='urn:xmpp:sid:0'/><x xmlns='jabber:x:data' type='result'>` +
      "<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roominfo</value></field>" +
      `<field var='muc#roominfo_slow_mode_duration'><value>${seconds}</value></field></x></query>`,
    ROOM,
  );

async function entered(seconds: number): Promise<World> {
  const world = await new World().login();
  says(world, seconds);
  await world.enter();
  world.session.take();
  return world;
}
/** Bodies that went out since the last time. */
const said = (world: World) => world.sent('message').map((stanza) => stanza.getChildText('body'));
const shown = (world: World, { id, body }: { id: string; body: string }) =>
  world.receive(
    `<message from='${ROOM}/juliet' to='${JID}' type='groupchat' id='${id}'><body>${body}</body>` +
      `<origin-id xmlns='urn:xmpp:sid:0' id='${id}'/></message>`,
  );
const refused = (world: World, id: string) =>
  world.receive(
    `<message from='${ROOM}' to='${JID}' type='error' id='${id}'>${error('policy-violation', 'wait')}</message>`,
  );
const changed = (world: World) =>
  world.receive(
    `<message from='${ROOM}' to='${JID}' type='groupchat'><x xmlns='${NS_MUC_USER}'><status code='104'/></x></message>`,
  );

describe('a room in slow mode', () => {
  it('says how slow when one enters, and what is too early waits its turn (XEP-0500 §client-handling)', async () => {
    const world = await entered(20);
    expect(world.events('slowMode')).toEqual([{ room: ROOM, seconds: 20, wait: 0 }]);
    world.client.messages.send(ROOM, 'one');
    const [two, three] = [world.client.messages.send(ROOM, 'two'), world.client.messages.send(ROOM, 'three')];
    expect(said(world)).toEqual(['one']);
    expect([two.state, three.state]).toEqual(['queued', 'queued']);
    expect(world.client.rooms.slowMode(ROOM)).toEqual({ room: ROOM, seconds: 20, wait: 20 });
    await vi.advanceTimersByTimeAsync(19_900);
    expect(said(world)).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(said(world)).toEqual(['two']);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(said(world)).toEqual(['three']);
  });

  it('counts from when the room shows it, of whichever device of ours (§client-handling, §security)', async () => {
    const world = await entered(20);
    const one = world.client.messages.send(ROOM, 'one');
    await vi.advanceTimersByTimeAsync(5000);
    shown(world, one);
    expect(world.client.rooms.slowMode(ROOM)?.wait).toBe(20);
    await vi.advanceTimersByTimeAsync(20_000);
    shown(world, { id: 'from-elsewhere', body: 'by my telephone' });
    expect(world.client.messages.send(ROOM, 'two').state).toBe('queued');
  });

  it('that refuses a message gets it again when it may, and says so (§server-side-rate-limiting)', async () => {
    const world = await entered(20);
    const { id, row } = world.client.messages.send(ROOM, 'one');
    await vi.advanceTimersByTimeAsync(1000);
    said(world);
    world.told.length = 0;
    refused(world, id);
    await vi.advanceTimersByTimeAsync(0);
    expect(world.state(row)).toBe('queued');
    expect(world.events('slowMode')).toEqual([{ room: ROOM, seconds: 20, wait: 20 }]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(world.sent('message').map((stanza) => stanza.attrs.id)).toEqual([id]);
  });

  it('that began without a word is asked by its refusal; without slow mode it is a refusal like others', async () => {
    for (const seconds of [5, 0]) {
      const world = await entered(0);
      const { id, row } = world.client.messages.send(ROOM, 'one');
      says(world, seconds);
      refused(world, id);
      await vi.advanceTimersByTimeAsync(0);
      expect(world.state(row)).toBe(seconds === 0 ? 'failed' : 'queued');
    }
  });

  it('that never lets a message through has refused it at last', async () => {
    const world = await entered(1);
    const { id, row } = world.client.messages.send(ROOM, 'one');
    for (let times = 0; times < 11; times++) {
      refused(world, id);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(world.state(row)).toBe('failed');
  });

  it('holds up neither admins and owners, nor reactions (§server-side-rate-limiting)', async () => {
    const world = await entered(20);
    world.roomSays('romeo', 'hello', `<stanza-id xmlns='urn:xmpp:sid:0' by='${ROOM}' id='r1'/>`);
    const { row } = world.client.history.read({ chat: ROOM, limit: 1 })[0] ?? { row: 0 };
    world.client.messages.send(ROOM, 'one');
    world.sent('message');
    world.client.messages.react(row, ['👍']);
    expect(world.sent('message')).toHaveLength(1);
    world.receive(
      `<presence from='${ROOM}/juliet' to='${JID}'><x xmlns='${NS_MUC_USER}'>` +
        "<item affiliation='admin' role='moderator'/><status code='110'/></x></presence>",
    );
    expect(world.client.messages.send(ROOM, 'two').state).toBe('sent');
    expect(world.client.rooms.slowMode(ROOM)?.wait).toBe(0);
  });

  it('holds up corrections, which have a body too', async () => {
    const world = await entered(20);
    const one = world.client.messages.send(ROOM, 'one');
    shown(world, one);
    said(world);
    world.client.messages.correct(one.row, 'won');
    expect(said(world)).toEqual([]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(said(world)).toEqual(['won']);
  });

  it('that ends it, or makes it shorter, lets out what waits (§client-discovering, code 104)', async () => {
    const world = await entered(60);
    world.client.messages.send(ROOM, 'one');
    world.client.messages.send(ROOM, 'two');
    said(world);
    says(world, 0);
    changed(world);
    await vi.advanceTimersByTimeAsync(0);
    expect(world.events('slowMode').at(-1)).toEqual({ room: ROOM, seconds: 0, wait: 0 });
    expect(said(world)).toEqual(['two']);
  });

  it('that is left is forgotten, and nothing goes out by itself after the end', async () => {
    const world = await entered(20);
    world.client.messages.send(ROOM, 'one');
    world.occupant(ROOM, 'juliet', [110, 307], "type='unavailable'");
    expect(world.client.rooms.slowMode(ROOM)).toBeUndefined();
    await world.client.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});
