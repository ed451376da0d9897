/** How much of each chat has not been read. */
import type { ChatEvents } from '../events.ts';
import type { ChatKind } from '../message.ts';
import type { MessageStore } from '../stores.ts';

export interface ReadingOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly changed: (event: ChatEvents['unread'][0]) => void;
}

export function reading({ account, store, changed }: ReadingOptions) {
  const told = new Map<string, number>();

  /** Tells the count of a chat where it is another than before; `before` where that is known for sure. */
  function count(chat: string, before?: number): void {
    // What an earlier run left unread was not told by this one.
    if (before !== undefined) told.set(chat, before);
    const { count: now, mentions } = store.unread(account, chat);
    if ((told.get(chat) ?? 0) === now) return;
    told.set(chat, now);
    changed({ chat, count: now, mentions });
  }

  const noted = new Set<string>();

  return {
    count,
    /** Something came to the chat: it is counted with the others that came together. */
    note: (chat: string): void => void noted.add(chat),
    countNoted(): void {
      const chats = [...noted];
      noted.clear();
      for (const chat of chats) count(chat);
    },
    unread(): { chat: string; kind: ChatKind; count: number; mentions: number }[] {
      return store.unreadChats(account);
    },
  };
}
