/**
 * Keeps the local history in step with the archives (XEP-0313). Only pages of an archive move its end here; each page
 * is kept in one transaction with it. A full replay is harmless.
 */

import type { ArchivePage } from '../../xmpp/archive/pages.ts';
import { DisconnectedError } from '../../xmpp/errors.ts';
import type { Features } from '../../xmpp/features.ts';
import { unless } from '../../xmpp/waiting.ts';
import { bareOf } from '../address.ts';
import type { ArchivedPage, Inbound } from '../inbound.ts';
import type { ChatKind } from '../message.ts';
import { type ArchiveEnd, isStorageFailure, type MessageStore } from '../stores.ts';

export interface HistorySyncOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly inbound: Inbound;
  readonly features: () => Features | undefined;
  readonly kindOf: (chat: string) => ChatKind;
  /** the account's own archive, or that of a room that we are in, or shall be again */
  readonly isOurs: (archive: string) => boolean;
  /** a store or server failed in the background */
  readonly failed: (error: unknown) => void;
}

/** messages of a page */
const PAGE = 250;
/** messages of the first look into an archive; older ones come when they are asked for */
const FIRST_LOOK = 100;
/** milliseconds before the last known message that is asked for where the archive does not know its id any more */
const OVERLAP = 5 * 60_000;

/** A catch-up under way. */
interface Run {
  readonly work: Promise<boolean>;
  /** it begins again from where it is: what it asked for may have been asked too early, or of somebody who is gone */
  anew(): void;
}

/** The answer goes back to before all that was ever fetched: the archive forgot the id, and does not say so. */
class BeginsAnew extends Error {
  override name = 'BeginsAnew';
}

const isForgotten = (error: unknown): boolean =>
  error instanceof BeginsAnew || (error as { condition?: string }).condition === 'item-not-found';

export function historySync({
  account,
  store,
  inbound,
  features,
  kindOf,
  isOurs,
  failed,
}: HistorySyncOptions) {
  const running = new Map<string, Run>();
  /** how far this run has read each archive: another one with the same data reads, and tells of it, for itself */
  const ends = new Map<string, ArchiveEnd>();
  const endOf = (archive: string): ArchiveEnd | undefined => {
    const end = ends.get(archive) ?? store.archiveEnd(account, archive);
    if (end !== undefined) ends.set(archive, end);
    return end;
  };
  // What another run reads from now on is news to this one.
  endOf(account);
  /** archives that could not be read, and why */
  const troubled = new Map<string, string>();

  /** What a page brings, with how far the archive is known by it. */
  function keep(
    archive: string,
    page: ArchivePage,
    kind: 'first' | 'newer',
    asked: Pick<ArchivedPage, 'before' | 'since'>,
  ): void {
    const known = endOf(archive);
    const time = page.items.at(-1)?.time ?? known?.time ?? 0;
    const oldest = kind === 'first' ? page.items[0]?.time : known?.oldest;
    // An empty archive: all that will be in it is new.
    const id = page.last ?? (kind === 'first' ? '' : undefined);
    const end = id === undefined ? undefined : { id, time, oldest };
    inbound.takePage({ archive, items: page.items, page: kind, ...asked }, () => {
      if (end !== undefined) store.setArchiveEnd(account, archive, end);
    });
    if (end !== undefined) ends.set(archive, end);
  }

  /** The newest page: what an instance that knows nothing begins with. It is the past, and no news. */
  async function firstLook(archive: string, signal: AbortSignal): Promise<void> {
    const since = store.lastRow();
    const page = await features()?.archive.page({ archive, before: '', max: FIRST_LOOK }, { signal });
    if (page !== undefined) keep(archive, page, 'first', { since });
  }

  type From = { readonly after?: string; readonly start?: number };

  async function pages(
    archive: string,
    from: From,
    look: (page: ArchivePage) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const asked = { before: new Map<string, number>(), since: store.lastRow() };
    const query = { archive, ...from, max: PAGE };
    const take = (page: ArchivePage) => {
      look(page);
      keep(archive, page, 'newer', asked);
    };
    await features()?.archive.catchUp(query, take, { signal });
  }

  const isKnown = (archive: string, page: ArchivePage): boolean =>
    page.items.some(({ archiveId }) => store.isArchived(account, archive, archiveId));

  async function goOn(archive: string, end: ArchiveEnd, signal: AbortSignal): Promise<void> {
    let first = true;
    const mustFollow = ({ items }: ArchivePage) => {
      const time = items[0]?.time;
      if (first && time !== undefined && end.oldest !== undefined && time < end.oldest)
        throw new BeginsAnew();
      first = false;
    };
    try {
      await pages(archive, { after: end.id }, mustFollow, signal);
    } catch (error) {
      if (!isForgotten(error)) throw error;
      // §4.3.2: the archive forgot that message; time tells as well, a little overlap does no harm.
      let met = false;
      // What was before the first look is the past, and comes when it is asked for.
      const start = Math.max(end.time - OVERLAP, end.oldest ?? Number.NEGATIVE_INFINITY);
      const meets = (page: ArchivePage) => {
        met ||= isKnown(archive, page);
      };
      await pages(archive, { start }, meets, signal);
      // It meets nothing that is known: the archive's clock went back. Then all of it, rather than a gap.
      if (!met && error instanceof BeginsAnew)
        await pages(archive, { after: end.id }, () => undefined, signal);
    }
  }

  async function sync(archive: string, signal: AbortSignal): Promise<boolean> {
    const asked = features()?.archive.abilities(archive);
    const able = asked && (await unless(signal, asked));
    if (able?.archive !== true) return false;
    const end = endOf(archive);
    if (end === undefined) await firstLook(archive, signal);
    else if (end.id === '') await pages(archive, {}, () => undefined, signal);
    else await goOn(archive, end, signal);
    return true;
  }

  /** Tried again with the next stream or the next time; told once until it works. A store says more, each time. */
  function trouble(archive: string, error: unknown): void {
    const { condition = '' } = error as { condition?: string };
    if (error instanceof DisconnectedError) {
      troubled.set(archive, condition);
      return;
    }
    if (troubled.get(archive) === condition && !isStorageFailure(error)) return;
    troubled.set(archive, condition);
    failed(error);
  }

  function run(archive: string): Run {
    let ender = new AbortController();
    let again = false;
    const toTheEnd = async (): Promise<boolean> => {
      try {
        for (;;) {
          ender = new AbortController();
          again = false;
          const read = await sync(archive, ender.signal).catch((error: unknown) => {
            if (!again) throw error;
            return false;
          });
          if (!again) return read;
        }
      } finally {
        // At once: who asks from now on begins another.
        running.delete(archive);
      }
    };
    const work = toTheEnd()
      .then((read) => {
        troubled.delete(archive);
        return read;
      })
      .catch((error: unknown) => {
        // What a room that we have left says of its archive concerns nobody.
        if (isStorageFailure(error) || isOurs(archive)) trouble(archive, error);
        return false;
      });
    const anew = () => {
      again = true;
      ender.abort();
    };
    return { work, anew };
  }

  function catchUp(archive: string, { anew = false } = {}): Promise<boolean> {
    const known = running.get(archive);
    if (known !== undefined && anew) known.anew();
    const begun = known ?? run(archive);
    running.set(archive, begun);
    return begun.work;
  }

  /** The page before what is known of a chat. */
  async function pageBefore(
    chat: string,
    archive: string,
    { archive: asked }: Features,
    since: number | undefined,
  ): Promise<ArchivePage> {
    const query = { archive, max: FIRST_LOOK, start: since, ...(archive === account ? { with: chat } : {}) };
    const known = store.pagedBack(account, chat)?.oldest ?? store.oldestArchived(account, chat);
    try {
      return await asked.page({ ...query, before: known ?? '' });
    } catch (error) {
      const time = store.oldestTime(account, chat);
      if (!isForgotten(error) || time === undefined) throw error;
      return await asked.page({ ...query, before: '', end: time });
    }
  }

  return {
    /**
     * Brings everything since the last time from an archive: the own one, or a room's. Resolves to whether there is
     * one and it was read to its end; never rejects. `anew`: what is under way does not do, it begins again.
     */
    catchUp: (archive: string = account, options?: { anew?: boolean }): Promise<boolean> =>
      catchUp(archive, options),

    /** Whether an archive could not be read the last time. */
    isTroubled: (archive: string = account): boolean => troubled.has(archive),

    /**
     * Brings a page from before everything known of a chat, nothing older than `since` (milliseconds since 1970);
     * resolves to whether more may be there.
     */
    async older(chat: string, { since }: { since?: number | undefined } = {}): Promise<boolean> {
      const live = features();
      const known = store.pagedBack(account, chat);
      if (known?.complete === true || live === undefined) return false;
      const archive = kindOf(chat) === 'room' ? bareOf(chat) : account;
      if (!(await live.archive.abilities(archive)).archive) return false;
      // What came live may stand before something that is still missing: that is no past.
      if (known === undefined) await catchUp(archive);
      const page = await pageBefore(chat, archive, live, since);
      // Archives that count in seconds give what is a little older, too.
      const items = page.items.filter(
        ({ time }) => since === undefined || time === undefined || time >= since,
      );
      inbound.takePage({ archive, items, page: 'older' }, () => {
        const complete = page.complete && since === undefined;
        // What was left out is still to come, for who asks for that time.
        const first = items.length === page.items.length ? page.first : items[0]?.archiveId;
        store.setPagedBack(account, chat, { oldest: first ?? known?.oldest, complete });
      });
      return !page.complete;
    },
  };
}

export type HistorySync = ReturnType<typeof historySync>;
