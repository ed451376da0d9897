/** What happens at once: entering, leaving, being put out, by us and by the room. */
import { describe, expect, it } from 'vitest';
import type { Element } from '../../../src/xmpp/stanza.ts';
import { FakeRoom, ROOM, STANZAS } from './fake-room.ts';

const PING = 'urn:xmpp:ping';
const INVITATION = `<x xmlns='jabber:x:conference' jid='${ROOM}'/>`;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

const presences = (room: FakeRoom): string[] =>
  room.session
    .take()
    .filter((stanza) => stanza.getName() === 'presence')
    .map(({ attrs }) => `${attrs.type ?? 'available'} ${attrs.to}`);
const events = (room: FakeRoom): unknown[] =>
  room.take().flatMap(([name, event]) => (name === 'room' ? [(event as { event: string }).event] : []));
const invited = (room: FakeRoom): boolean => {
  room.session.receive(
    `<message from='crone@example.org' to='hag66@example.org/pda'>${INVITATION}</message>`,
  );
  return room.take().some(([name]) => name === 'invitation');
};
const pingIn = (room: FakeRoom): Element | undefined =>
  room.session.take().find((stanza) => stanza.getChild('ping', PING) !== undefined);
const error = (condition: string) => `<error type='cancel'><${condition} xmlns='${STANZAS}'/></error>`;

describe('leaving while entering', () => {
  it('ends with the answer to what was written last: an earlier one lets nobody in (XEP-0045 §7.14)', async () => {
    const room = new FakeRoom();
    const entering = room.rooms.enter(ROOM, { nick: 'thirdwitch' });
    const leaving = room.rooms.leave(ROOM);
    const again = room.rooms.enter(ROOM, { nick: 'crone' });
    await expect(entering).rejects.toMatchObject({ condition: 'cancelled' });
    // The room had let us in before it read that we leave.
    room.here('firstwitch');
    room.here('thirdwitch', { codes: [110] });
    await turn();
    expect(presences(room)).toEqual([`available ${ROOM}/thirdwitch`, `unavailable ${ROOM}/thirdwitch`]);
    room.gone('thirdwitch', { codes: [110] });
    await leaving;
    await turn();
    expect(presences(room)).toEqual([`available ${ROOM}/crone`]);
    room.here('crone', { codes: [110] });
    expect(await again).toMatchObject({ nick: 'crone', occupants: 1 });
    expect(events(room)).toEqual(['joined']);
  });

  it('is done too where the room had refused us', async () => {
    const room = new FakeRoom();
    const entering = room.rooms.enter(ROOM, { nick: 'thirdwitch' }).catch(() => undefined);
    const leaving = room.rooms.leave(ROOM);
    room.refuse('forbidden');
    await Promise.all([leaving, entering]);
    expect(room.rooms.knows(ROOM)).toBe(false);
    expect(events(room)).toEqual([]);
  });

  it('is of the nickname that we enter by', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.session.drop();
    room.session.renew();
    const entering = room.rooms.reenter(ROOM, { nick: 'crone' }).catch(() => undefined);
    const leaving = room.rooms.leave(ROOM);
    room.gone('crone', { codes: [110] });
    await Promise.all([leaving, entering]);
    expect(presences(room)).toEqual([`available ${ROOM}/crone`, `unavailable ${ROOM}/crone`]);
    expect(events(room)).toEqual(['left']);
  });
});

describe('leaving', () => {
  it('comes before entering anew, which waits for it', async () => {
    const room = new FakeRoom();
    await room.enter();
    const leaving = room.rooms.leave(ROOM);
    const entering = room.rooms.enter(ROOM, { nick: 'thirdwitch' });
    room.gone('thirdwitch', { codes: [110] });
    await leaving;
    await turn();
    expect(presences(room)).toEqual([`unavailable ${ROOM}/thirdwitch`, `available ${ROOM}/thirdwitch`]);
    room.here('thirdwitch', { codes: [110] });
    await entering;
    expect(events(room)).toEqual(['left', 'joined']);
  });

  it('twice is once', async () => {
    const room = new FakeRoom();
    await room.enter();
    const both = [room.rooms.leave(ROOM), room.rooms.leave(ROOM)];
    room.gone('thirdwitch', { codes: [110] });
    await Promise.all(both);
    expect(presences(room)).toEqual([`unavailable ${ROOM}/thirdwitch`]);
    expect(events(room)).toEqual(['left']);
  });

  it('a room whose service shuts down meanwhile is left, and not entered again', async () => {
    const room = new FakeRoom();
    await room.enter();
    const leaving = room.rooms.leave(ROOM);
    room.gone('thirdwitch', { codes: [110, 332] });
    await leaving;
    expect(room.take()).toMatchObject([['room', { event: 'left' }]]);
    expect(room.rooms.lost()).toEqual([]);
  });

  it('a room that kicks us meanwhile: that is told, as it was first', async () => {
    const room = new FakeRoom();
    await room.enter();
    const leaving = room.rooms.leave(ROOM);
    room.gone('thirdwitch', { codes: [110, 307] });
    await leaving;
    expect(events(room)).toEqual(['kicked']);
  });
});

describe('two wishes to enter', () => {
  it('by two nicknames: the second is a change of the first (XEP-0045 §7.6)', async () => {
    const room = new FakeRoom();
    const first = room.rooms.enter(ROOM, { nick: 'thirdwitch' });
    const second = room.rooms.enter(ROOM, { nick: 'crone' });
    room.here('thirdwitch', { codes: [110] });
    expect(await first).toMatchObject({ nick: 'thirdwitch' });
    await turn();
    expect(presences(room)).toEqual([`available ${ROOM}/thirdwitch`, `available ${ROOM}/crone`]);
    room.gone('thirdwitch', { codes: [110, 303], nick: 'crone' });
    room.here('crone', { codes: [110] });
    expect(await second).toMatchObject({ nick: 'crone' });
  });

  it('the second with a password: it is tried where the first was refused (XEP-0045 §7.2.5)', async () => {
    const room = new FakeRoom();
    const first = room.rooms.enter(ROOM, { nick: 'thirdwitch' });
    const second = room.rooms.enter(ROOM, { nick: 'thirdwitch', password: 'cauldronburn' });
    room.refuse('not-authorized');
    await expect(first).rejects.toMatchObject({ condition: 'not-authorized' });
    await turn();
    const [, again] = room.session.take();
    expect(again?.getChild('x')?.getChildText('password')).toBe('cauldronburn');
    room.here('thirdwitch', { codes: [110] });
    await second;
  });

  it('two changes of nickname come one after the other', async () => {
    const room = new FakeRoom();
    await room.enter();
    const first = room.rooms.setNick(ROOM, 'crone');
    const second = room.rooms.setNick(ROOM, 'hag');
    expect(presences(room)).toEqual([`available ${ROOM}/crone`]);
    room.refuse('conflict', 'crone');
    await expect(first).rejects.toMatchObject({ condition: 'conflict' });
    await turn();
    expect(presences(room)).toEqual([`available ${ROOM}/hag`]);
    room.gone('thirdwitch', { codes: [110, 303], nick: 'hag' });
    room.here('hag', { codes: [110] });
    await second;
    expect(room.rooms.get(ROOM)?.nick).toBe('hag');
  });
});

describe('put out', () => {
  it('while a new nickname waits for its answer: there will be none', async () => {
    const room = new FakeRoom();
    await room.enter();
    const renamed = room.rooms.setNick(ROOM, 'crone');
    room.gone('thirdwitch', { codes: [110, 307] });
    await expect(renamed).rejects.toMatchObject({ condition: 'gone' });
    expect(events(room)).toEqual(['kicked']);
  });

  it('while entering again after an outage: told, and not tried again (XEP-0045 §8.2)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.session.drop();
    room.session.renew();
    const entering = room.rooms.reenter(ROOM);
    room.here('firstwitch');
    room.gone('thirdwitch', { codes: [110, 301] });
    await expect(entering).rejects.toMatchObject({ condition: 'gone' });
    expect(events(room)).toEqual(['banned']);
    expect(room.rooms.knows(ROOM)).toBe(false);
  });

  it('of a room that is destroyed while we enter: told with the place to go to (XEP-0045 §10.9)', async () => {
    const room = new FakeRoom();
    const entering = room.rooms.enter(ROOM, { nick: 'thirdwitch' });
    const other = 'heath@chat.example.org';
    room.gone('thirdwitch', { x: `<destroy jid='${other}'><reason>Macbeth doth come.</reason></destroy>` });
    await expect(entering).rejects.toMatchObject({ condition: 'gone' });
    expect(room.take()).toMatchObject([
      ['room', { event: 'destroyed', reason: 'Macbeth doth come.', destroyed: { alternate: other } }],
    ]);
    expect(room.rooms.knows(ROOM)).toBe(false);
  });

  it('and invited again: the invitation is told (XEP-0249 §5)', async () => {
    const room = new FakeRoom();
    await room.enter();
    expect(invited(room)).toBe(false);
    room.gone('thirdwitch', { codes: [110, 307] });
    room.take();
    expect(invited(room)).toBe(true);
  });

  it('an invitation to a room that lost us is told too: it may be the only way in (XEP-0045 §7.8.2)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.gone('thirdwitch', { codes: [110, 332] });
    room.take();
    expect(invited(room)).toBe(true);
  });
});

describe('a good-bye that nobody asked for', () => {
  it('was to an earlier stay, where the room knows us: we stay (XEP-0410 §3.2)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.gone('thirdwitch', { codes: [110] });
    room.session.answer(pingIn(room) as Element);
    await turn();
    expect(events(room)).toEqual([]);
    expect(room.rooms.get(ROOM)).toMatchObject({ joined: true, nick: 'thirdwitch' });
  });

  it('was meant where the room knows us no more', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.gone('thirdwitch', { codes: [110] });
    room.session.answer(pingIn(room) as Element, error('not-acceptable'));
    await turn();
    expect(events(room)).toEqual(['left']);
    expect(room.rooms.knows(ROOM)).toBe(false);
  });
});

describe('a stream that is lost while we enter', () => {
  it('and goes on: whoever was told that it failed is not there (XEP-0198 §5)', async () => {
    const room = new FakeRoom();
    const entering = room.rooms.enter(ROOM, { nick: 'thirdwitch' });
    room.session.drop({ resumable: true });
    await expect(entering).rejects.toMatchObject({ condition: 'disconnected' });
    room.session.take();
    room.session.resume();
    room.here('thirdwitch', { codes: [110] });
    expect(presences(room)).toEqual([`unavailable ${ROOM}/thirdwitch`]);
    expect(room.rooms.knows(ROOM)).toBe(false);
  });

  it('a room that refused us before is not ours because the stream goes on', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.session.drop();
    room.session.renew();
    const refused = room.rooms.reenter(ROOM).catch(() => undefined);
    room.refuse('service-unavailable');
    await refused;
    room.session.drop({ resumable: true });
    room.session.resume();
    expect(room.rooms.lost()).toEqual([ROOM]);
  });
});

describe('a room that has forgotten us', () => {
  it.each(['item-not-found', 'not-acceptable', 'service-unavailable'])(
    'says so by %s to a change of our presence: it is asked, and we are lost (XEP-0045 §7.7, XEP-0410)',
    async (condition) => {
      const room = new FakeRoom();
      await room.enter();
      room.rooms.setPresence('away', '');
      room.session.take();
      room.refuse(condition);
      room.session.answer(pingIn(room) as Element, error('not-acceptable'));
      await turn();
      expect(room.take()).toMatchObject([['dropped', { why: 'forgotten' }]]);
    },
  );

  it('an error for another reason says nothing of it', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.rooms.setPresence('away', 'x'.repeat(1000));
    room.session.take();
    room.refuse('policy-violation');
    expect(pingIn(room)).toBeUndefined();
  });
});
