/** Sending and reading messages. */
import { ChatError } from '../chat/problem.ts';
import { type ActionContext, action, type Outcome } from './action.ts';
import { notice } from './notices.ts';
import { count, date, fullJid, optional, room, text, toggle, word } from './params.ts';

/**
 * The row is committed before anything is written, so a failing network leaves it queued (exit code 5).
 * Where the server refuses us, or cannot be trusted, nothing is kept (3, 4).
 */
async function deliver(context: ActionContext, chat: string, body: string): Promise<Outcome> {
  const { client } = context;
  if (!context.oneShot) {
    const message = client.send(chat, body);
    return {
      kind: 'done',
      notice: notice('message-acknowledged', { chat }),
      row: { type: 'message', message },
    };
  }
  const message = await client.sendAndSettle(chat, body, {
    timeout: context.timeout,
    signal: context.signal,
    online: () => context.online('stream'),
  });
  const row = { type: 'message', message } as const;
  if (message.state === 'failed')
    throw new ChatError(message.failure?.condition ?? 'undefined-condition', {
      jid: chat,
      text: message.failure?.text ?? '',
    });
  if (message.state === 'queued' || message.state === 'sent') {
    return {
      kind: 'done',
      notice: notice('message-queued', { chat, reason: client.offlineReason ?? 'remote-server-timeout' }),
      exitCode: 5,
      row,
    };
  }
  return { kind: 'done', notice: notice('message-acknowledged', { chat }), row };
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
