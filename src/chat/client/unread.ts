/** How much of each chat has not been read. */
import type { ChatEvents } from '../events.ts';
import type { ChatKind } from '../message.ts';
import type { MessageStore } from '../stores.ts';

export interface Unread {
  readonly count: number;
  readonly mentions: number;
}

export interface ReadingOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly kindOf: (chat: string) => ChatKind;
  readonly changed: (event: ChatEvents['unread'][0]) => void;
  /** the store could not count */
  readonly failed: (error: unknown) => void;
}

/** unread messages of a chat beyond which they are counted a few times a second only: each time looks at all of them */
const MANY = 1000;
/** milliseconds between two counts of such a chat */
const COUNTING = 250;

/** chats with unread messages beyond which the list is kept in memory for a time: looking at all of them costs more each */
const MANY_CHATS = 100;
/** milliseconds, in which what another process reads here is not noticed */
const KEPT = 1000;

export interface UnreadChat extends Unread {
  readonly chat: string;
  readonly kind: ChatKind;
}

export function reading({ account, store, kindOf, changed, failed }: ReadingOptions) {
  const told = new Map<string, Unread>();
  /** by chat, the newest last */
  let list = new Map<string, UnreadChat>();
  let listed = Number.NEGATIVE_INFINITY;

  function enlist(chat: string, { count, mentions }: Unread): void {
    const before = list.get(chat);
    if (count === 0 || count > (before?.count ?? 0)) list.delete(chat);
    if (count > 0) list.set(chat, { chat, kind: before?.kind ?? kindOf(chat), count, mentions });
  }

  /** Tells the count of a chat where it is another than before; `before` where that is known for sure. */
  function count(chat: string, before?: Unread): void {
    // What an earlier run left unread was not told by this one.
    const known = before ?? told.get(chat) ?? { count: 0, mentions: 0 };
    const { count: now, mentions } = store.unread(account, chat);
    told.set(chat, { count: now, mentions });
    enlist(chat, { count: now, mentions });
    if (known.count !== now || known.mentions !== mentions) changed({ chat, count: now, mentions });
  }

  const noted = new Set<string>();
  const many = new Set<string>();
  let counting: NodeJS.Timeout | undefined;

  function countMany(): void {
    clearTimeout(counting);
    counting = undefined;
    const chats = [...many];
    many.clear();
    for (const chat of chats) count(chat);
  }

  /** Later, for whatever comes until then: each message of a flood would cost more than the one before it. */
  function countSoon(chat: string): void {
    many.add(chat);
    counting ??= setTimeout(() => {
      try {
        countMany();
      } catch (error) {
        failed(error);
      }
    }, COUNTING);
  }

  return {
    count,
    /** Something came to the chat: it is counted with the others that came together. */
    note: (chat: string): void => void noted.add(chat),
    countNoted(): void {
      const chats = [...noted];
      noted.clear();
      for (const chat of chats) {
        if ((told.get(chat)?.count ?? 0) < MANY) count(chat);
        else countSoon(chat);
      }
    },
    /** Nobody is told any more. */
    close(): void {
      clearTimeout(counting);
      counting = undefined;
      many.clear();
    },
    /** Newest first. */
    unread(): UnreadChat[] {
      const now = performance.now();
      if (list.size <= MANY_CHATS || now - listed > KEPT) {
        const chats = store.unreadChats(account);
        list = new Map(chats.toReversed().map((entry) => [entry.chat, entry]));
        listed = now;
        return chats;
      }
      return [...list.values()].reverse();
    },
  };
}

export type Reading = ReturnType<typeof reading>;
