/** Rooms. A bare room name means name@the-server's-room-service. */
import { type ActionContext, action } from './action.ts';
import { type Notice, notice } from './notices.ts';
import { jid, optional, room, text, word } from './params.ts';

/** What is said where none is listed. */
export async function noRooms(client: ActionContext['client'], query: string | undefined): Promise<Notice> {
  if (query !== undefined) return notice('no-rooms-found', { query });
  return notice('no-rooms', { service: (await client.rooms.service()) ?? '' });
}

export const rooms = action({
  name: 'rooms',
  needs: 'stream',
  params: { query: optional(text()) },
  value: 'query',
  async run({ client }, { query }) {
    const list = await client.rooms.browse(query);
    return {
      kind: 'rows',
      rows: list.map((entry) => ({ type: 'room', room: entry })),
      empty: await noRooms(client, query),
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
    const target = await client.rooms.address(input.room);
    const joined = await client.rooms.join(target, {
      nick: input.nick,
      password: input.password,
      keep: true,
    });
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
    const target = await client.rooms.address(input.room);
    await client.rooms.leave(target);
    return { kind: 'done', notice: notice('left', { room: target }) };
  },
});

/** The room's JID; a run of one action enters it for that. */
async function entered(client: ActionContext['client'], typed: string): Promise<string> {
  const address = await client.rooms.address(typed);
  if (client.rooms.get(address)?.joined !== true) await client.rooms.join(address);
  return address;
}

export const subject = action({
  name: 'subject',
  needs: 'background',
  params: { room: room(), subject: text() },
  value: 'room',
  rest: 'subject',
  async run({ client }, input) {
    const target = await entered(client, input.room);
    await client.rooms.setSubject(target, input.subject);
    return { kind: 'done', notice: notice('subject-set', { room: target }) };
  },
});

export const nick = action({
  name: 'nick',
  needs: 'presence',
  flag: false,
  params: { room: room(), nick: word() },
  value: 'nick',
  async run({ client }, input) {
    await client.rooms.setNick(await client.rooms.address(input.room), input.nick);
    return { kind: 'done', notice: notice('nick-set', { nick: input.nick }) };
  },
});

export const invite = action({
  name: 'invite',
  needs: 'background',
  params: { room: room(), jid: jid(), reason: optional(text()) },
  value: 'jid',
  rest: 'reason',
  async run({ client }, input) {
    const target = await entered(client, input.room);
    await client.rooms.invite(target, input.jid, input.reason);
    return { kind: 'done', notice: notice('invited', { jid: input.jid, room: target }) };
  },
});
