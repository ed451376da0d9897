/**
 * Keeps the local history in step with the archives (XEP-0313). Only pages of an archive move its end here; each page
 * is kept in one transaction with it. A full replay is harmless.
 */

import type { ArchivePage } from '../../xmpp/archive/pages.ts';
import { XmppError } from '../../xmpp/errors.ts';
import type { Features } from '../../xmpp/features.ts';
import { bareOf } from '../address.ts';
import type { Inbound } from '../inbound.ts';
import type { ChatKind } from '../message.ts';
import type { MessageStore } from '../stores.ts';

export interface HistorySyncOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly inbound: Inbound;
  readonly features: () => Features | undefined;
  readonly kindOf: (chat: string) => ChatKind;
  /** the store failed in the background */
  readonly failed: (error: unknown) => void;
}

/** messages of a page */
const PAGE = 250;
/** messages of the first look into an archive; older ones come when they are asked for */
const FIRST_LOOK = 100;
/** milliseconds before the last known message that is asked for where the archive does not know its id any more */
const OVERLAP = 5 * 60_000;

export function historySync({ account, store, inbound, features, kindOf, failed }: HistorySyncOptions) {
  const running = new Map<string, Promise<boolean>>();

  function keep(archive: string, page: ArchivePage, order: 'first' | 'newer'): void {
    const time = page.items.at(-1)?.time ?? store.archiveEnd(account, archive)?.time ?? Date.now();
    inbound.takePage(page.items, order, () => {
      if (page.last !== undefined) store.setArchiveEnd(account, archive, { id: page.last, time });
    });
  }

  /** The newest page: what an instance that knows nothing begins with. It is the past, and no news. */
  async function firstLook(archive: string): Promise<void> {
    const page = await features()?.archive.page({ archive, before: '', max: FIRST_LOOK });
    if (page !== undefined) keep(archive, page, 'first');
  }

  async function goOn(archive: string, from: { after: string } | { start: number }): Promise<void> {
    await features()?.archive.catchUp({ archive, ...from, max: PAGE }, (page) =>
      keep(archive, page, 'newer'),
    );
  }

  async function sync(archive: string): Promise<boolean> {
    const able = await features()?.archive.abilities(archive);
    if (able?.archive !== true) return false;
    const end = store.archiveEnd(account, archive);
    if (end === undefined) await firstLook(archive);
    else {
      await goOn(archive, { after: end.id }).catch(async (error: { condition?: string }) => {
        // §4.3.2: the archive forgot that message; time tells as well, a little overlap does no harm.
        if (error.condition !== 'item-not-found') throw error;
        await goOn(archive, { start: end.time - OVERLAP });
      });
    }
    return true;
  }

  return {
    /**
     * Brings everything since the last time from an archive: the own one, or a room's. Resolves to whether there is
     * one and it was read to its end; never rejects.
     */
    catchUp(archive: string = account): Promise<boolean> {
      const known = running.get(archive);
      if (known !== undefined) return known;
      const work = sync(archive)
        .catch((error: unknown) => {
          // What the server refuses, or a connection that went, is made up for by the next look; a store is not.
          if (!(error instanceof XmppError)) failed(error);
          return false;
        })
        .finally(() => running.delete(archive));
      running.set(archive, work);
      return work;
    },

    /** Brings a page from before everything known of a chat; resolves to whether something older may still be there. */
    async older(chat: string): Promise<boolean> {
      const known = store.pagedBack(account, chat);
      const live = features();
      if (known?.complete === true || live === undefined) return false;
      const room = kindOf(chat) === 'room';
      const archive = room ? bareOf(chat) : account;
      if (!(await live.archive.abilities(archive)).archive) return false;
      const before = known?.oldest ?? store.oldestArchived(account, chat) ?? '';
      const page = await live.archive.page({
        archive,
        before,
        max: FIRST_LOOK,
        ...(room ? {} : { with: chat }),
      });
      inbound.takePage(page.items, 'older', () => {
        store.setPagedBack(account, chat, { oldest: page.first ?? known?.oldest, complete: page.complete });
      });
      return !page.complete;
    },
  };
}

export type HistorySync = ReturnType<typeof historySync>;
