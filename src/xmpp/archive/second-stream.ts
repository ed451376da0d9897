/**
 * A long archive is read on a stream of its own, so that what is said meanwhile does not wait behind pages, and no server
 * keeps a copy of each message of them until it is acknowledged (XEP-0198 §4). See docs/decisions/archive-stream.md.
 */
import { DisconnectedError } from '../errors.ts';
import type { RequestOptions, SecondSession, Session, SessionEvents } from '../session/session.ts';
import type { AskPage } from './catch-up.ts';
import { type OpenQueriesOptions, openQueries } from './open-queries.ts';
import { type ArchivePage, askPage } from './pages.ts';
import type { PageQuery } from './query.ts';

/** messages that came on the first; a log-in costs about as much as some hundred of them */
const LONG = 250;

export interface PagesOnSecondStream {
  /** As `ask`, which is asked where there is no second stream yet, or none any more. */
  readonly ask: AskPage;
  /** The second stream ends; nobody waits for that. */
  close(): void;
}

/**
 * Takes the session, what reads its messages, and how a page is asked for on it; for one catch-up of the own archive.
 * The second stream is begun when it turns out to be long, and used as soon as it is there. What fails on it is asked
 * on the session, whose answer counts. A new stream of the session ends it: the end of the archive is only then as new as
 * what comes live when it was asked for behind that.
 */
export function pagesOnSecondStream(
  session: Session,
  { parse }: Pick<OpenQueriesOptions['messages'], 'parse'>,
  ask: AskPage,
): PagesOnSecondStream {
  /** on the session, by this catch-up */
  let came = 0;
  let begun = false;
  /** what is asked on the second stream is not waited for any more: its good-bye takes a while */
  const over = new AbortController();
  let second: SecondSession | undefined;
  let open: ReturnType<typeof openQueries> | undefined;

  const close = () => {
    session.off('online', close).off('offline', ended);
    const given = second;
    [second, open] = [undefined, undefined];
    over.abort(new DisconnectedError());
    void given?.close();
  };
  const ended = ({ final }: SessionEvents['offline'][0]) => {
    if (final) close();
  };

  async function begin(): Promise<void> {
    begun = true;
    const made = session.beside();
    if (made === undefined) return;
    second = made;
    session.on('online', close).on('offline', ended);
    made.on('offline', () => {
      if (second === made) close();
    });
    const queries = openQueries(made, { messages: { parse, claim: () => () => undefined } });
    try {
      await made.connect();
      if (second === made) open = queries;
    } catch {
      // The session goes on alone, as it did.
      if (second === made) close();
    }
  }

  async function askFirst(query: PageQuery, options: RequestOptions): Promise<ArchivePage> {
    const page = await ask(query, options);
    came += page.items.length;
    return page;
  }

  async function askSecond(
    on: SecondSession,
    queries: ReturnType<typeof openQueries>,
    query: PageQuery,
    options: RequestOptions,
  ): Promise<ArchivePage> {
    const signal = options.signal ? AbortSignal.any([options.signal, over.signal]) : over.signal;
    try {
      return await askPage(on, queries, query, { ...options, signal });
    } catch (error) {
      if (options.signal?.aborted) throw error;
      close();
      return askFirst(query, options);
    }
  }

  return {
    ask(query, options) {
      if (came >= LONG && !begun) void begin();
      return second && open ? askSecond(second, open, query, options) : askFirst(query, options);
    },
    close,
  };
}
