import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DisconnectedError, StanzaError, TimeoutError } from '../../../src/xmpp/errors.ts';
import { verdictOf } from '../../../src/xmpp/muc/self-ping.ts';
import type { Element } from '../../../src/xmpp/stanza.ts';
import { FakeRoom, ROOM, STANZAS } from './fake-room.ts';

const PING = 'urn:xmpp:ping';
const MINUTE = 60_000;

const pingsIn = (sent: readonly Element[]) =>
  sent.filter((stanza) => stanza.getChild('ping', PING) !== undefined);
const error = (condition: string) => `<error type='cancel'><${condition} xmlns='${STANZAS}'/></error>`;

describe('what an answer to a self-ping means (XEP-0410 §3.2)', () => {
  it.each([
    ['service-unavailable', 'joined'],
    ['feature-not-implemented', 'joined'],
    ['item-not-found', 'joined'],
    ['remote-server-not-found', 'undecided'],
    ['remote-server-timeout', 'undecided'],
    ['not-acceptable', 'left'],
    ['not-allowed', 'left'],
    ['bad-request', 'left'],
  ])('%s: %s', (condition, verdict) => {
    expect(verdictOf(new StanzaError(condition))).toBe(verdict);
  });

  it('no answer, or no stream, decides nothing', () => {
    expect(verdictOf(new TimeoutError('room'))).toBe('undecided');
    expect(verdictOf(new DisconnectedError())).toBe('undecided');
  });
});

describe('a silent room', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  it('is asked for ourselves after 15 minutes, not before (XEP-0410 §3.2)', async () => {
    const room = new FakeRoom();
    await room.enter();
    await vi.advanceTimersByTimeAsync(14 * MINUTE);
    expect(pingsIn(room.session.take())).toEqual([]);
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    const [ping, second] = pingsIn(room.session.take());
    expect(ping?.attrs).toMatchObject({ type: 'get', to: `${ROOM}/thirdwitch` });
    expect(second).toBeUndefined();
    room.session.answer(ping as Element);
    await vi.advanceTimersByTimeAsync(14 * MINUTE);
    expect(room.take()).toEqual([['checked', { room: ROOM, verdict: 'joined' }]]);
    expect(pingsIn(room.session.take())).toEqual([]);
  });

  it('is not asked while anybody says anything there', async () => {
    const room = new FakeRoom();
    await room.enter();
    for (let i = 0; i < 4; i++) {
      await vi.advanceTimersByTimeAsync(10 * MINUTE);
      room.says('firstwitch', '<body>Thrice the brinded cat hath mewed</body>');
    }
    expect(pingsIn(room.session.take())).toEqual([]);
  });

  it('that does not know us any more has lost us, once', async () => {
    const room = new FakeRoom();
    await room.enter();
    const checked = room.rooms.check(ROOM);
    const again = room.rooms.check(ROOM);
    const [ping, second] = pingsIn(room.session.take());
    expect(second).toBeUndefined();
    room.session.answer(ping as Element, error('not-acceptable'));
    expect([await checked, await again]).toEqual(['left', 'left']);
    expect(room.take()).toEqual([['dropped', { room: ROOM, nick: 'thirdwitch', why: 'forgotten' }]]);
    expect(room.rooms.lost()).toEqual([ROOM]);
  });

  it('is doubtful after 5 minutes until it answers', async () => {
    const room = new FakeRoom();
    await room.enter();
    expect(room.rooms.isCertain(ROOM)).toBe(true);
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(room.rooms.isCertain(ROOM)).toBe(false);
    const checked = room.rooms.check(ROOM);
    room.session.answer(pingsIn(room.session.take())[0] as Element, error('service-unavailable'));
    expect(await checked).toBe('joined');
    expect(room.rooms.isCertain(ROOM)).toBe(true);
  });

  it('is asked after a resumed stream (XEP-0410 §4)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.session.drop({ resumable: true });
    room.session.resume();
    expect(pingsIn(room.session.take()).map(({ attrs }) => attrs.to)).toEqual([`${ROOM}/thirdwitch`]);
  });

  it('is not asked while a new nickname waits for its answer (XEP-0410 §4)', async () => {
    const room = new FakeRoom();
    await room.enter();
    const renaming = room.rooms.setNick(ROOM, 'oldhag');
    room.session.drop({ resumable: true });
    await expect(renaming).rejects.toMatchObject({ condition: 'disconnected' });
    room.session.resume();
    room.session.take();
    const second = room.rooms.setNick(ROOM, 'oldhag').catch(() => undefined);
    await vi.advanceTimersByTimeAsync(14_000);
    room.session.emit('resumed', { inherited: false });
    expect(pingsIn(room.session.take())).toEqual([]);
    room.refuse('conflict', 'oldhag');
    await second;
  });

  it('an answer about an earlier stay says nothing of this one', async () => {
    const room = new FakeRoom();
    await room.enter();
    const checked = room.rooms.check(ROOM);
    const [ping] = pingsIn(room.session.take());
    room.gone('thirdwitch', { codes: [110, 332] });
    const back = room.rooms.reenter(ROOM);
    room.here('thirdwitch', { codes: [110] });
    await back;
    room.take();
    room.session.answer(ping as Element, error('not-acceptable'));
    expect(await checked).toBe('undecided');
    expect(room.take()).toEqual([]);
  });
});

it('tells who came while a room had lost us, and a subject only where it is another one', async () => {
  const room = new FakeRoom();
  await room.enter();
  room.says('', '<subject>Fire burn</subject>');
  room.gone('thirdwitch', { codes: [110, 332] });
  const back = room.rooms.reenter(ROOM);
  room.here('secondwitch');
  room.here('thirdwitch', { codes: [110] });
  await back;
  room.take();
  room.says('', '<subject>Fire burn</subject>');
  expect(room.take()).toEqual([]);

  room.gone('thirdwitch', { codes: [110, 332] });
  const again = room.rooms.reenter(ROOM);
  room.here('oldhag');
  room.here('thirdwitch', { codes: [110] });
  await again;
  room.says('', '<subject>Cauldron bubble</subject>');
  expect(room.take()).toMatchObject([
    ['dropped', {}],
    ['room', { event: 'joined', again: true, came: ['oldhag'] }],
    ['subject', { subject: 'Cauldron bubble', initial: false }],
  ]);
});

it('who was lost with us may come back for a minute, then left; nobody is told twice of one outage', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const room = new FakeRoom();
  await room.enter();
  room.here('secondwitch');
  room.gone('thirdwitch', { codes: [110, 332] });
  const back = room.rooms.reenter(ROOM);
  room.here('thirdwitch', { codes: [110] });
  await back;
  room.take();
  room.here('firstwitch');
  expect(room.take()).toMatchObject([['occupant', { nick: 'firstwitch', event: 'joined', again: true }]]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(room.take()).toMatchObject([['occupant', { nick: 'secondwitch', event: 'left', again: undefined }]]);
  vi.useRealTimers();
});
