/** `client.history`: what is kept here of all chats, and how what the server's archive has beside it comes here. */
import { type ArchivePreferences, type ArchiveWish, archivePreferences } from '../archiving.ts';
import type { Message } from '../message.ts';
import type { HistoryQuery, MessageStore, SearchQuery } from '../stores.ts';
import type { TrustedArchives } from './archives.ts';
import type { CatchingUp } from './catching-up.ts';
import type { Linked } from './link.ts';
import type { Retention } from './retention.ts';

export interface HistoryAreaOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly linked: Linked;
  readonly catchingUp: Pick<CatchingUp, 'older' | 'catchUp'>;
  readonly retention: Pick<Retention, 'since' | 'start'>;
  readonly archives: Pick<TrustedArchives, 'learn'>;
}

export function historyArea(options: HistoryAreaOptions) {
  const { account, store, linked, catchingUp, retention, archives } = options;
  return {
    /** What is kept here, oldest first; see HistoryQuery. */
    read: (query: Omit<HistoryQuery, 'account'>): Message[] => store.history({ account, ...query }),

    /** Full text over everything that is kept here, accents folded; newest first. */
    search: (query: Omit<SearchQuery, 'account'>): Message[] => store.search({ account, ...query }),

    /**
     * Brings older messages of a chat from the server's archive, back to `since` (milliseconds since 1970); resolves to
     * whether there may be more.
     */
    older: (chat: string, back: { since?: number | undefined } = {}): Promise<boolean> =>
      catchingUp.older(chat, back),

    /**
     * Brings what is missing here from the archive, and, if `marks`, what other devices read; resolves when it is kept, or
     * could not be had.
     */
    async caughtUp({ marks: loads }: { marks: boolean } = { marks: false }): Promise<void> {
      retention.start();
      await archives.learn(account);
      await catchingUp.catchUp({ loads });
    },

    /** Before when messages are not kept here, in milliseconds since 1970; undefined: all are. */
    keptSince: (): number | undefined => retention.since(),

    /** What the server's archive keeps of whom (XEP-0441), changed first where something is wished. */
    async archivePreferences(wish?: ArchiveWish): Promise<ArchivePreferences> {
      return archivePreferences(linked().features, wish);
    },
  };
}

export type HistoryArea = ReturnType<typeof historyArea>;
