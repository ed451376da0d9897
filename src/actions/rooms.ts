/** Rooms. A bare room name means name@the-server's-room-service. */
import { action } from './action.ts';
import { notice } from './notices.ts';
import { jid, optional, room, text, word } from './params.ts';

export const rooms = action({
  name: 'rooms',
  needs: 'stream',
  params: {},
  async run({ client }) {
    const service = await client.roomService();
    const list = await client.publicRooms();
    return {
      kind: 'rows',
      rows: list.map((entry) => ({ type: 'room', room: entry })),
      empty: notice('no-rooms', { service: service ?? '' }),
    };
  },
});

/** Enters, and keeps the room for every log-in. */
export const join = action({
  name: 'join',
  needs: 'background',
  params: { room: room(), nick: optional(word()), password: optional(text()) },
  value: 'room',
  options: { password: 'room-password' },
  async run({ client }, input) {
    const target = await client.roomAddress(input.room);
    const joined = await client.join(target, { nick: input.nick, password: input.password, keep: true });
    return {
      kind: 'done',
      notice: notice(joined.created ? 'room-created' : 'joined', { room: target, nick: joined.nick }),
    };
  },
});

/** Leaves, and no longer enters at log-in. */
export const leave = action({
  name: 'leave',
  needs: 'stream',
  params: { room: room() },
  value: 'room',
  async run({ client }, input) {
    const target = await client.roomAddress(input.room);
    await client.leave(target);
    return { kind: 'done', notice: notice('left', { room: target }) };
  },
});

export const subject = action({
  name: 'subject',
  needs: 'presence',
  flag: false,
  params: { room: room(), subject: text() },
  rest: 'subject',
  async run({ client }, input) {
    await client.setSubject(await client.roomAddress(input.room), input.subject);
    return { kind: 'done', notice: notice('subject-set', { room: input.room }) };
  },
});

export const nick = action({
  name: 'nick',
  needs: 'presence',
  flag: false,
  params: { room: room(), nick: word() },
  value: 'nick',
  async run({ client }, input) {
    await client.setNick(await client.roomAddress(input.room), input.nick);
    return { kind: 'done', notice: notice('nick-set', { nick: input.nick }) };
  },
});

export const invite = action({
  name: 'invite',
  needs: 'presence',
  flag: false,
  params: { room: room(), jid: jid(), reason: optional(text()) },
  value: 'jid',
  rest: 'reason',
  async run({ client }, input) {
    await client.invite(await client.roomAddress(input.room), input.jid, input.reason);
    return { kind: 'done', notice: notice('invited', { jid: input.jid, room: input.room }) };
  },
});
