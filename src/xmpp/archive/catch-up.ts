/** Page after page forwards, to the end of an archive. XEP-0313 §4.3.2, XEP-0059 §2.2 */
import type { RequestOptions } from '../session/session.ts';
import type { ArchivePage } from './pages.ts';
import type { ArchiveFilter, PageQuery } from './query.ts';

export interface CatchUpQuery extends ArchiveFilter {
  /** the archive id that everything up to is known of; without it from `start`, or from the beginning */
  readonly after?: string | undefined;
  /** messages of a page at most; default 100 */
  readonly max?: number | undefined;
  /** pages at most; default 10,000 */
  readonly pages?: number | undefined;
}

export interface CaughtUp {
  readonly pages: number;
  /** where to go on the next time: the last archive id told, `undefined` where the archive told none */
  readonly last: string | undefined;
  /**
   * `complete`: the archive said so, or had nothing more. `stalled`: it came back to where it had been. `limit`: there
   * may be more.
   */
  readonly ended: 'complete' | 'limit' | 'stalled';
}

export type AskPage = (query: PageQuery, options: RequestOptions) => Promise<ArchivePage>;

const MOST_PAGES = 10_000;

/** What one page says of the next: the archive id to go on after, or why there is none. */
function follow(page: ArchivePage, seen: ReadonlySet<string>, pages: number, most: number) {
  if (page.complete || page.last === undefined) return { ended: 'complete' as const };
  // An archive that does not know the end, or does not understand `after`, would go round for ever.
  if (seen.has(page.last)) return { ended: 'stalled' as const };
  return pages >= most ? { ended: 'limit' as const } : { after: page.last };
}

/** What one turn of the program writes leaves together at its end: that has to come before a page is looked at. */
const written = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/**
 * Hands every page to `onPage`, in order; the next one is asked for before that is called, so that the server works
 * meanwhile. Ends by itself, whatever the archive does. Rejects as `page` does (with the signal's reason when
 * aborted) or with what `onPage` throws; nothing is handed on after that.
 */
export async function catchUp(
  ask: AskPage,
  query: CatchUpQuery,
  onPage: (page: ArchivePage) => void,
  options: RequestOptions = {},
): Promise<CaughtUp> {
  const { pages: most = MOST_PAGES, ...first } = query;
  const ender = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, ender.signal]) : ender.signal;
  const request = (next: PageQuery) => {
    const answer = ask(next, { ...options, signal });
    // It may fail while the page before it is still being looked at, or not be wanted any more.
    answer.catch(() => undefined);
    return answer;
  };
  const seen = new Set(first.after === undefined ? [] : [first.after]);
  let last = first.after;
  try {
    let answer = request(first);
    for (let pages = 1; ; pages++) {
      const page = await answer;
      signal.throwIfAborted();
      const next = follow(page, seen, pages, most);
      if (next.after !== undefined) {
        answer = request({ ...first, after: next.after });
        await written();
        signal.throwIfAborted();
      }
      if (page.last !== undefined) seen.add(page.last);
      last = page.last ?? last;
      onPage(page);
      if (next.after === undefined) return { pages, last, ended: next.ended };
    }
  } finally {
    ender.abort();
  }
}
