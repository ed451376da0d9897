/** Every line of standard input is a message, sent when it comes: `tail -f … | xmpp-chat --send-lines …`. */
import { staysQueued } from '../chat/client/delivery.ts';
import type { Message } from '../chat/message.ts';
import { type ActionContext, action, type Outcome } from './action.ts';
import { failureOf, reach, whyWaiting } from './messages.ts';
import { notice } from './notices.ts';
import { fullJid } from './params.ts';

/** lines that share a commit at most */
const TOGETHER = 250;
/** messages on their way at most: what comes faster than the server takes it waits in the pipe */
const MOST = 1000;

const isUp = ({ client }: ActionContext) => client.state === 'online' || client.state === 'resumed';
const isOpen = ({ state }: Message) => state === 'queued' || state === 'sent';

/** Messages on their way, oldest first, and how the others ended. */
function tally(context: ActionContext) {
  const { client, timeout, signal } = context;
  const open: number[] = [];
  const waiting: Message[] = [];
  let done = 0;
  let failed: Message | undefined;
  const count = (message: Message) => {
    if (message.state === 'failed') failed ??= message;
    else if (isOpen(message)) waiting.push(message);
    else done += 1;
  };

  return {
    add: (messages: readonly Message[]) => void open.push(...messages.map(({ row }) => row)),
    /** The first that failed. */
    failed: () => failed,
    /** those that the server has; those that wait for a later run */
    ended: () => ({ done, waiting }),

    /** Resolves when so many are on their way at most, one failed, or the run is to end. Offline all are kept. */
    async room(most: number): Promise<void> {
      while (open.length > most && failed === undefined && !signal.aborted && isUp(context)) {
        const message = await client.messages.settled(open[0] as number, { timeout, signal });
        if (isOpen(message)) continue;
        open.shift();
        count(message);
      }
    },

    /** Resolves when all have ended, or nothing did for `timeout` milliseconds; at once where we are not online. */
    async rest(): Promise<void> {
      let deadline = Date.now() + (isUp(context) ? timeout : 0);
      for (const row of open.splice(0)) {
        const message = await client.messages.settled(row, {
          timeout: Math.max(1, deadline - Date.now()),
          signal,
        });
        if (!isOpen(message)) deadline = Date.now() + timeout;
        count(message);
      }
    },
  };
}

function outcomeOf(
  context: ActionContext,
  chat: string,
  { done, waiting }: { done: number; waiting: readonly Message[] },
): Outcome {
  const [oldest] = waiting;
  if (oldest === undefined)
    return { kind: 'done', notice: notice('lines-sent', { chat, count: String(done) }) };
  const values = { chat, count: String(waiting.length), reason: whyWaiting(oldest, context) };
  return { kind: 'done', notice: notice('lines-queued', values), exitCode: 5 };
}

export const sendLines = action({
  name: 'send-lines',
  needs: 'store',
  params: { jid: fullJid() },
  value: 'jid',
  stdin: 'lines',
  lasts: true,
  async run(context, { jid }) {
    const { client, lines } = context;
    // What comes while nobody can be reached is kept; where the server refuses us, nothing more is read.
    const online = () =>
      reach(context, jid).catch((error: unknown) => {
        if (!staysQueued(error)) throw error;
      });
    await online();
    const chat = client.chats.chatOf(jid);
    const messages = tally(context);
    for await (const read of lines?.() ?? []) {
      const bodies = read.filter((line) => line.trim() !== '');
      for (let at = 0; at < bodies.length && messages.failed() === undefined; at += TOGETHER) {
        messages.add(client.messages.sendAll(chat, bodies.slice(at, at + TOGETHER)));
        if (!isUp(context)) await online();
        await messages.room(MOST);
      }
      if (messages.failed() !== undefined) break;
    }
    await messages.rest();
    const failed = messages.failed();
    if (failed !== undefined) throw failureOf(failed);
    return outcomeOf(context, chat, messages.ended());
  },
});
