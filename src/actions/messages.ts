/** Sending and reading messages. */
import { bareOf } from '../chat/address.ts';
import type { Message } from '../chat/message.ts';
import { ChatError } from '../chat/problem.ts';
import { type ActionContext, action, type Outcome } from './action.ts';
import { notice } from './notices.ts';
import { count, date, fullJid, message, optional, room, text, toggle, word } from './params.ts';

/** Logs in; a chat in a room needs us in there too. */
export async function reach(context: ActionContext, chat: string): Promise<void> {
  const { client } = context;
  await context.online('stream');
  const room = bareOf(chat);
  if (client.chats.kindOf(chat) !== 'contact' && client.rooms.get(room)?.joined !== true)
    await client.rooms.join(room);
}

/**
 * The row is committed before anything is written, so a failing network leaves it queued (exit code 5).
 * Where the server refuses us, or cannot be trusted, nothing is kept (3, 4).
 */
async function deliver(context: ActionContext, chat: string, body: string): Promise<Outcome> {
  const { client, timeout, signal } = context;
  if (context.oneShot)
    return outcomeOf(
      await client.messages.sendAndSettle(chat, body, {
        timeout,
        signal,
        online: () => reach(context, chat),
      }),
      context,
    );
  const message = client.messages.send(chat, body);
  // Nobody waits for a connection that may come back in an hour.
  return outcomeOf(
    message.state === 'sent' ? await client.messages.settled(message.row, { timeout, signal }) : message,
    context,
  );
}

/** What the server said of a message that failed. */
export const failureOf = ({ chat, failure }: Message): ChatError =>
  new ChatError(failure?.condition ?? 'undefined-condition', { jid: chat, text: failure?.text ?? '' });

/** Why a message is not sent yet, or not known to be. */
export function whyWaiting(
  { chat }: Message,
  { client, signal }: Pick<ActionContext, 'client' | 'signal'>,
): string {
  if (signal.aborted) return 'interrupted';
  const held = (client.rooms.slowMode(chat)?.wait ?? 0) > 0;
  return held ? 'slow-mode' : (client.offlineReason ?? 'remote-server-timeout');
}

function outcomeOf(message: Message, context: ActionContext): Outcome {
  const { chat, kind, state } = message;
  const row = { type: 'message', message } as const;
  if (state === 'failed') throw failureOf(message);
  if (state === 'queued' || state === 'sent') {
    const reason = whyWaiting(message, context);
    return { kind: 'done', notice: notice('message-queued', { chat, reason }), exitCode: 5, row };
  }
  const done =
    kind === 'room' ? notice('message-sent-room', { room: chat }) : notice('message-acknowledged', { chat });
  return { kind: 'done', notice: done, row };
}

export const send = action({
  name: 'send',
  needs: 'store',
  params: { jid: fullJid(), text: text() },
  value: 'jid',
  rest: 'text',
  stdin: true,
  run: (context, input) => deliver(context, input.jid, input.text),
});

export const sendRoom = action({
  name: 'send-room',
  needs: 'store',
  params: { room: room(), text: text(), nick: optional(word()), password: optional(text()) },
  value: 'room',
  rest: 'text',
  stdin: true,
  options: { password: 'room-password' },
  async run(context, input) {
    const { client } = context;
    await context.online('stream');
    const target = await client.rooms.address(input.room);
    if (client.rooms.get(target) === undefined)
      await client.rooms.join(target, { nick: input.nick, password: input.password, keep: false });
    return deliver(context, target, input.text);
  },
});

/** messages that are shown where no number is given */
const LINES = 100;

/** what narrows the past */
export const past = {
  limit: optional(count()),
  since: optional(date()),
  until: optional(date()),
  offline: toggle(),
} as const;

/** A single run brings what happened since the last one; whoever stays online has it already. */
export async function caughtUp(
  { client, online, oneShot }: ActionContext,
  offline: boolean | undefined,
): Promise<void> {
  if (!oneShot || offline === true) return;
  await online('stream');
  await client.history.caughtUp();
}

export const history = action({
  name: 'history',
  needs: 'store',
  params: { jid: optional(fullJid()), ...past },
  value: 'jid',
  async run(context, { jid, limit = LINES, since, until, offline }) {
    const { client, signal } = context;
    await caughtUp(context, offline);
    const chat = jid === undefined ? undefined : client.chats.chatOf(jid);
    const kept = () => client.history.read({ chat, limit, since, until });
    let messages = kept();
    // Of one chat the archive may have older ones than a run that is new here has seen.
    while (chat !== undefined && offline !== true && messages.length < limit && !signal.aborted) {
      const [oldest] = client.history.read({ chat, limit });
      const from = since ?? client.history.keptSince();
      if (from !== undefined && oldest !== undefined && oldest.time < from) break;
      // What is not kept is not fetched again and again, unless somebody asks for that time.
      const more = await client.history.older(chat, { since: from });
      messages = kept();
      if (!more) break;
    }
    return { kind: 'rows', rows: messages.map(rowOf), empty: notice('no-history', {}) };
  },
});

/** The newest first: what one looks for was seldom said long ago. */
export const search = action({
  name: 'search',
  needs: 'store',
  params: { text: text(), chat: optional(fullJid()), from: optional(word()), ...past },
  value: 'text',
  async run(context, { text, chat, from, limit = LINES, since, until, offline }) {
    const { client } = context;
    await caughtUp(context, offline);
    const person = client.contacts.list().find(({ name }) => name !== '' && name === from)?.jid;
    const found = client.history.search({
      text,
      chat: chat === undefined ? undefined : client.chats.chatOf(chat),
      from: person ?? from,
      since,
      until,
      limit,
    });
    return { kind: 'rows', rows: found.map(rowOf), empty: notice('nothing-found', { text }) };
  },
});

const rowOf = (message: Message) => ({ type: 'message', message }) as const;

export const edit = action({
  name: 'edit',
  needs: 'store',
  flag: false,
  params: { message: message('own'), text: text() },
  value: 'message',
  rest: 'text',
  async run({ client }, input) {
    const row = rowOf(client.messages.correct(input.message, input.text));
    return { kind: 'done', notice: notice('message-edited', {}), row };
  },
});

export const reply = action({
  name: 'reply',
  needs: 'store',
  flag: false,
  params: { message: message('theirs'), text: text() },
  value: 'message',
  rest: 'text',
  async run({ client }, input) {
    const row = rowOf(client.messages.reply(input.message, input.text));
    return { kind: 'done', notice: notice('message-answered', {}), row };
  },
});

export const react = action({
  name: 'react',
  needs: 'store',
  flag: false,
  params: { message: message('theirs'), emojis: optional(text()) },
  value: 'message',
  rest: 'emojis',
  /** Takes the place of what we said of it before; without an emoji that is taken back. */
  async run({ client }, { message, emojis = '' }) {
    const all = emojis.split(/\s+/).filter((emoji) => emoji !== '');
    const row = rowOf(client.messages.react(message, [...new Set(all)]));
    return { kind: 'done', notice: notice('message-reacted', {}), row };
  },
});

export const retract = action({
  name: 'retract',
  needs: 'store',
  flag: false,
  params: { message: message('own') },
  value: 'message',
  async run({ client }, input) {
    const row = rowOf(client.messages.retract(input.message));
    return { kind: 'done', notice: notice('message-retracted', {}), row };
  },
});

export const versions = action({
  name: 'versions',
  needs: 'store',
  flag: false,
  params: { message: message('changed') },
  value: 'message',
  /** Each text with the time when it was written: the message's own, then that of each change. */
  async run({ client }, input) {
    const replaced = client.messages.versions(input.message);
    const shown = client.messages.get(input.message);
    if (shown === undefined) throw new ChatError('message-gone');
    const texts = [...replaced.map(({ body }) => body), ...(shown.retracted ? [] : [shown.body])];
    const times = [shown.time, ...replaced.map(({ time }) => time)];
    const rows = texts.map((body, at) => {
      const version = { body, time: times[at] ?? shown.time };
      return { type: 'version', message: shown, version } as const;
    });
    return { kind: 'rows', rows: replaced.length === 0 ? [] : rows, empty: notice('no-versions', {}) };
  },
});
