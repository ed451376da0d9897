/** How much of each chat has not been read. */
import type { ChatEvents } from '../events.ts';
import type { ChatKind, Message } from '../message.ts';
import type { MessageStore } from '../stores.ts';

export interface ReadingOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly changed: (event: ChatEvents['unread'][0]) => void;
}

export function reading({ account, store, changed }: ReadingOptions) {
  const told = new Map<string, number>();

  /** Tells the count of a chat where it is another than before. */
  function count(chat: string): void {
    const { count: now, mentions } = store.unread(account, chat);
    if ((told.get(chat) ?? 0) === now) return;
    told.set(chat, now);
    changed({ chat, count: now, mentions });
  }

  return {
    count,
    /** Gives the newest message that came in, where something was unread. */
    markRead(chat: string): Message | undefined {
      const last = store.history({ account, chat, limit: 1 }).at(-1);
      if (last === undefined) return undefined;
      const before = store.unread(account, chat).count;
      if (before === 0) return undefined;
      const newest =
        last.direction === 'in'
          ? last
          : store.history({ account, chat, limit: 50 }).findLast(({ direction }) => direction === 'in');
      // What an earlier run left unread was not told by this one.
      told.set(chat, before);
      store.markRead(account, chat, last.row);
      count(chat);
      return newest;
    },
    unread(): { chat: string; kind: ChatKind; count: number; mentions: number }[] {
      return store.unreadChats(account);
    },
  };
}
