/** Everything that is kept of a chat, or of all: for a file, or for another program. */
import type { Client } from '../chat/client.ts';
import { type ActionContext, action } from './action.ts';
import { caughtUp, past } from './messages.ts';
import { notice } from './notices.ts';
import { choice, fullJid, optional, path } from './params.ts';
import type { Row } from './rows.ts';

/** messages that are in memory at once */
const PAGE = 200;

const { since, until, offline } = past;

type Span = { readonly since: number | undefined; readonly until: number | undefined };

export const exportChat = action({
  name: 'export',
  needs: 'store',
  params: {
    jid: optional(fullJid()),
    output: optional(path()),
    format: optional(choice('text', 'jsonl')),
    since,
    until,
    offline,
  },
  value: 'jid',
  async run(context, { jid, output, format, since, until, offline }) {
    const { client } = context;
    await caughtUp(context, offline);
    const chats =
      jid === undefined
        ? client.chats
            .list()
            .map(({ chat }) => chat)
            .sort()
        : [client.chats.chatOf(jid)];
    if (offline !== true) for (const chat of chats) await fetchAll(context, chat, since);
    return {
      kind: 'stream',
      // From its beginning again for each who asks.
      pages: { [Symbol.iterator]: () => pagesOf(client, chats, { since, until })[Symbol.iterator]() },
      format,
      output,
      empty: notice('no-history', {}),
      done: (count) => notice('exported', { count, path: output ?? '' }),
    };
  },
});

/** What the archive has and this device does not, back to the time that is wanted. */
async function fetchAll(
  { client, signal }: ActionContext,
  chat: string,
  wanted: number | undefined,
): Promise<void> {
  const since = wanted ?? client.history.keptSince();
  while (!signal.aborted) {
    const [oldest] = client.history.read({ chat, end: 'oldest', limit: 1 });
    if (since !== undefined && oldest !== undefined && oldest.time < since) return;
    if (!(await client.history.older(chat, { since }))) return;
  }
}

/** Chat after chat, each from its beginning; a message that was changed with the texts it had. */
function* pagesOf(client: Client, chats: readonly string[], span: Span): Iterable<readonly Row[]> {
  for (const chat of chats) {
    let after: number | undefined;
    for (;;) {
      const messages = client.history.read({ chat, ...span, after, end: 'oldest', limit: PAGE });
      if (messages.length === 0) break;
      yield messages.map((message): Row => {
        const changed = message.corrected === true || message.retracted;
        const versions = changed ? client.messages.versions(message.row) : [];
        return { type: 'message', message, ...(versions.length > 0 ? { versions } : {}) };
      });
      after = messages.at(-1)?.row;
    }
  }
}
