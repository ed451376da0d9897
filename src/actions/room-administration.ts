/** What moderators, admins and owners do with a room. XEP-0045 §8–§10. */
import { ChatError } from '../chat/problem.ts';
import { type ActionContext, action } from './action.ts';
import { fillByName, settings } from './form-values.ts';
import { notice } from './notices.ts';
import { choice, jid, many, message, optional, room, text, word } from './params.ts';

/** The room's JID; `inside`: entered for it, since a nickname means somebody only there. */
async function target({ client, online }: ActionContext, typed: string, inside: boolean): Promise<string> {
  const address = await client.rooms.address(typed);
  if (!inside || client.rooms.get(address)?.joined === true) return address;
  await online('background');
  await client.rooms.join(address);
  return address;
}

export const kick = action({
  name: 'kick',
  needs: 'stream',
  params: { room: room(), nick: word(), reason: optional(text()) },
  value: 'nick',
  rest: 'reason',
  options: { room: 'room' },
  async run(context, { nick, reason, ...input }) {
    const address = await target(context, input.room, true);
    await context.client.rooms.administration.kick(address, nick, reason);
    return { kind: 'done', notice: notice('kicked', { nick, room: address }) };
  },
});

export const ban = action({
  name: 'ban',
  needs: 'stream',
  params: { room: room(), who: word(), reason: optional(text()) },
  value: 'who',
  rest: 'reason',
  async run(context, { who, reason, ...input }) {
    const address = await target(context, input.room, !who.includes('@'));
    await context.client.rooms.administration.ban(address, who, reason);
    return { kind: 'done', notice: notice('banned', { who, room: address }) };
  },
});

export const unban = action({
  name: 'unban',
  needs: 'stream',
  params: { room: room(), jid: jid() },
  value: 'jid',
  async run(context, input) {
    const address = await target(context, input.room, false);
    await context.client.rooms.administration.unban(address, input.jid);
    return { kind: 'done', notice: notice('unbanned', { who: input.jid, room: address }) };
  },
});

export const role = action({
  name: 'role',
  needs: 'presence',
  flag: false,
  params: {
    room: room(),
    nick: word(),
    role: choice('moderator', 'participant', 'visitor'),
    reason: optional(text()),
  },
  value: 'nick',
  options: { role: 'as' },
  async run(context, { nick, role: wanted, reason, ...input }) {
    const address = await target(context, input.room, true);
    await context.client.rooms.administration.setRole(address, nick, wanted, reason);
    return { kind: 'done', notice: notice('role-set', { nick, role: wanted, room: address }) };
  },
});

export const affiliation = action({
  name: 'affiliation',
  needs: 'stream',
  params: {
    room: room(),
    who: word(),
    affiliation: choice('owner', 'admin', 'member', 'none', 'outcast'),
    reason: optional(text()),
  },
  value: 'who',
  rest: 'reason',
  options: { affiliation: 'as' },
  async run(context, { who, affiliation: wanted, reason, ...input }) {
    const address = await target(context, input.room, !who.includes('@'));
    await context.client.rooms.administration.setAffiliation(address, who, wanted, reason);
    return { kind: 'done', notice: notice('affiliation-set', { who, affiliation: wanted, room: address }) };
  },
});

export const affiliations = action({
  name: 'affiliations',
  needs: 'stream',
  params: { room: room(), list: optional(choice('owner', 'admin', 'member', 'outcast')) },
  value: 'room',
  async run(context, input) {
    const address = await target(context, input.room, false);
    const list = await context.client.rooms.administration.affiliations(address, input.list);
    return {
      kind: 'rows',
      rows: list.map((entry) => ({ type: 'affiliated', entry })),
      empty: notice('no-affiliations', { room: address }),
    };
  },
});

/** Without settings it lists what can be configured. */
export const roomConfig = action({
  name: 'room-config',
  needs: 'stream',
  params: { room: room(), set: many(text()) },
  value: 'room',
  async run(context, input) {
    const { client } = context;
    const wanted = settings(input.set);
    // A room that nobody keeps alive is made by entering it; its form may have it stay.
    const address = await target(context, input.room, true);
    const form = await client.rooms.administration.configuration(address);
    const fields = form?.fields.filter(({ kind }) => kind !== 'note') ?? [];
    if (wanted.size === 0) {
      return {
        kind: 'rows',
        rows: fields.map((field) => ({ type: 'field', room: address, field })),
        empty: notice('no-fields', { room: address }),
      };
    }
    const unknown = (name: string) => new ChatError('no-such-field', { name, room: address });
    await client.rooms.administration.configure(address, fillByName(fields, wanted, unknown));
    return { kind: 'done', notice: notice('room-configured', { room: address }) };
  },
});

export const destroy = action({
  name: 'destroy',
  needs: 'stream',
  confirm: true,
  params: { room: room(), successor: optional(room()), reason: optional(text()) },
  value: 'room',
  rest: 'reason',
  async run(context, { successor, reason, ...input }) {
    const { client } = context;
    const address = await target(context, input.room, false);
    const next = successor === undefined ? undefined : await client.rooms.address(successor);
    await client.rooms.administration.destroy(address, { successor: next, reason });
    return { kind: 'done', notice: notice('destroyed', { room: address }) };
  },
});

export const registerNick = action({
  name: 'register-nick',
  needs: 'stream',
  flag: false,
  params: { room: room(), nick: word() },
  value: 'nick',
  async run(context, { nick, ...input }) {
    const address = await target(context, input.room, false);
    await context.client.rooms.administration.registerNick(address, nick);
    return { kind: 'done', notice: notice('nick-registered', { nick, room: address }) };
  },
});

export const voice = action({
  name: 'voice',
  needs: 'presence',
  flag: false,
  params: { room: room() },
  async run(context, input) {
    const address = await target(context, input.room, true);
    await context.client.rooms.administration.requestVoice(address);
    return { kind: 'done', notice: notice('voice-asked', { room: address }) };
  },
});

export const moderate = action({
  name: 'moderate',
  needs: 'presence',
  flag: false,
  params: { message: message('theirs'), reason: optional(text()) },
  value: 'message',
  rest: 'reason',
  async run({ client }, input) {
    await client.rooms.administration.moderate(input.message, input.reason);
    return { kind: 'done', notice: notice('moderated', {}) };
  },
});
