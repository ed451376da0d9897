/** Who leaves may be the first whom an outage takes: what is told of them, and when. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeRoom, ROOM, USER } from './fake-room.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

async function entered(): Promise<FakeRoom> {
  const room = new FakeRoom({ leaves: 2000 });
  await room.enter();
  return room;
}
/** What was told of others and of ourselves since the last time. */
const told = (room: FakeRoom) =>
  room.take().map(([name, event]) => {
    const { nick, event: what, again } = event as { nick?: string; event?: string; again?: boolean };
    return `${name} ${nick} ${what}${again === true ? ' again' : ''}`;
  });
/** Back with these. */
async function back(room: FakeRoom, ...nicks: string[]): Promise<void> {
  const entering = room.rooms.reenter(ROOM);
  for (const nick of nicks) room.here(nick);
  room.here('thirdwitch', { codes: [110, 170] });
  await entering;
}

describe('somebody who leaves', () => {
  it('is gone at once, and told after a moment', async () => {
    const room = await entered();
    const departed: string[] = [];
    room.rooms.on('departed', ({ nick }) => departed.push(nick));
    room.gone('firstwitch');
    expect(departed).toEqual(['firstwitch']);
    expect(room.rooms.get(ROOM)?.occupants.map(({ nick }) => nick)).toEqual(['thirdwitch']);
    await vi.advanceTimersByTimeAsync(1999);
    expect(told(room)).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(told(room)).toEqual(['occupant firstwitch left']);
  });

  it('is told before whoever has the nickname then, and each in time', async () => {
    const room = await entered();
    room.here('secondwitch');
    told(room);
    room.gone('firstwitch');
    await vi.advanceTimersByTimeAsync(1500);
    room.gone('secondwitch');
    room.here('secondwitch');
    expect(told(room)).toEqual(['occupant secondwitch left', 'occupant secondwitch joined']);
    await vi.advanceTimersByTimeAsync(500);
    expect(told(room)).toEqual(['occupant firstwitch left']);
  });

  it('was kicked or banned: that is no outage, and told at once', async () => {
    const room = await entered();
    room.gone('firstwitch', { codes: [307] });
    expect(told(room)).toEqual(['occupant firstwitch kicked']);
  });

  it('is not told of where we leave too', async () => {
    const room = await entered();
    room.gone('firstwitch');
    const leaving = room.rooms.leave(ROOM);
    room.gone('thirdwitch', { codes: [110] });
    await leaving;
    await vi.advanceTimersByTimeAsync(5000);
    expect(told(room)).toEqual(['room thirdwitch left']);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('an outage that begins with others (XEP-0045 §11.2, code 332)', () => {
  it.each<[string, (room: FakeRoom) => void]>([
    [
      'the stream ends',
      (room) => {
        room.session.drop();
        room.session.renew();
      },
    ],
    ['the room shuts down', (room) => room.gone('thirdwitch', { codes: [110, 332] })],
  ])('is told of by nobody who comes back: %s', async (_, ends) => {
    const room = await entered();
    room.here('secondwitch');
    told(room);
    room.gone('firstwitch');
    room.gone('secondwitch', { codes: [332] });
    await vi.advanceTimersByTimeAsync(1000);
    ends(room);
    told(room);
    await back(room, 'firstwitch');
    expect(told(room)).toEqual(['room thirdwitch joined again', 'roomNotice undefined undefined']);
    room.here('secondwitch');
    expect(told(room)).toEqual(['occupant secondwitch joined again']);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(told(room)).toEqual([]);
  });

  it('tells in the end who did not come back', async () => {
    const room = await entered();
    room.gone('firstwitch');
    room.session.drop();
    room.session.renew();
    await back(room);
    told(room);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told(room)).toEqual(['occupant firstwitch left']);
  });

  it('was none where the stream goes on: who left has left (XEP-0198 §5)', async () => {
    const room = await entered();
    room.gone('firstwitch');
    room.session.drop({ resumable: true });
    expect(told(room)).toEqual([]);
    room.session.resume();
    expect(told(room)).toEqual(['occupant firstwitch left']);
  });

  it('brings nothing of what the room told of itself meanwhile, in other words (XEP-0045 §10.2.1)', async () => {
    const room = await entered();
    const renewed = async (codes: number[]) => {
      room.session.drop();
      room.session.renew();
      const entering = room.rooms.reenter(ROOM);
      room.here('thirdwitch', { codes: [110, ...codes] });
      await entering;
      return room.take().flatMap(([name, event]) => (name === 'roomNotice' ? [event] : []));
    };
    room.says('', `<x xmlns='${USER}'><status code='170'/><status code='172'/></x>`);
    room.take();
    expect(await renewed([100, 170])).toEqual([]);
    room.says('', `<x xmlns='${USER}'><status code='171'/><status code='173'/></x>`);
    room.take();
    expect(await renewed([100, 170])).toEqual([{ room: ROOM, codes: [100, 170] }]);
  });

  it('brings what the room says of itself only where that is new', async () => {
    const room = await entered();
    for (const expected of [['roomNotice'], []]) {
      room.session.drop();
      room.session.renew();
      await back(room, 'firstwitch');
      expect(
        room
          .take()
          .map(([name]) => name)
          .filter((name) => name === 'roomNotice'),
      ).toEqual(expected);
    }
  });
});
