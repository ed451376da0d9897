/** Sending and reading messages. */
import { bareOf } from '../chat/address.ts';
import type { Message } from '../chat/message.ts';
import { ChatError } from '../chat/problem.ts';
import { type ActionContext, action, type Outcome } from './action.ts';
import { notice } from './notices.ts';
import { count, date, fullJid, optional, room, text, toggle, word } from './params.ts';

/** Logs in; a chat in a room needs us in there too. */
async function reach(context: ActionContext, chat: string): Promise<void> {
  const { client } = context;
  await context.online('stream');
  const room = bareOf(chat);
  if (client.kindOf(chat) !== 'contact' && client.joinedRoom(room)?.joined !== true) await client.join(room);
}

/**
 * The row is committed before anything is written, so a failing network leaves it queued (exit code 5).
 * Where the server refuses us, or cannot be trusted, nothing is kept (3, 4).
 */
async function deliver(context: ActionContext, chat: string, body: string): Promise<Outcome> {
  const { client, timeout, signal } = context;
  if (context.oneShot)
    return outcomeOf(
      await client.sendAndSettle(chat, body, { timeout, signal, online: () => reach(context, chat) }),
      client,
    );
  const message = client.send(chat, body);
  // Nobody waits for a connection that may come back in an hour.
  return outcomeOf(
    message.state === 'sent' ? await client.settled(message.row, { timeout, signal }) : message,
    client,
  );
}

function outcomeOf(message: Message, client: ActionContext['client']): Outcome {
  const { chat, kind, state, failure } = message;
  const row = { type: 'message', message } as const;
  if (state === 'failed')
    throw new ChatError(failure?.condition ?? 'undefined-condition', {
      jid: chat,
      text: failure?.text ?? '',
    });
  if (state === 'queued' || state === 'sent') {
    const reason = client.offlineReason ?? 'remote-server-timeout';
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
    const target = await client.roomAddress(input.room);
    if (client.joinedRoom(target) === undefined)
      await client.join(target, { nick: input.nick, password: input.password, keep: false });
    return deliver(context, target, input.text);
  },
});

const HISTORY_LINES = 100;

export const history = action({
  name: 'history',
  needs: 'store',
  params: { jid: optional(fullJid()), limit: optional(count()), since: optional(date()), offline: toggle() },
  value: 'jid',
  async run(context, input) {
    const { client } = context;
    if (context.oneShot && input.offline !== true) await context.online('stream');
    const messages = client.history({
      chat: input.jid === undefined ? undefined : client.chatOf(input.jid),
      limit: input.limit ?? HISTORY_LINES,
      since: input.since,
    });
    return {
      kind: 'rows',
      rows: messages.map((message) => ({ type: 'message', message })),
      empty: notice('no-history', {}),
    };
  },
});
