/** One page of an archive, asked for and delivered as a whole. XEP-0313 §4.3 */
import { StanzaError, TimeoutError, XmppError } from '../errors.ts';
import type { RequestOptions, Session } from '../session/session.ts';
import { x } from '../stanza.ts';
import type { ArchivedMessage, OpenQuery, openQueries } from './open-queries.ts';
import { idsOf, type PageQuery, xQuery } from './query.ts';
import { type Fin, parseFin } from './results.ts';

export interface ArchivePage {
  /** oldest first (with `flip` newest first); what cannot be read is left out */
  readonly items: readonly ArchivedMessage[];
  /** archive id of the oldest of the page, `undefined` where it is empty; to page back before */
  readonly first: string | undefined;
  /** archive id of the newest of the page; to go on after */
  readonly last: string | undefined;
  /** nothing more in the direction asked */
  readonly complete: boolean;
  /** false: the server may say otherwise later; not to be kept as the last word (§4.3.2) */
  readonly stable: boolean;
  /** how many messages match, may be approximate */
  readonly count: number | undefined;
}

/** The archive does not have the message that the page was to begin at: to be asked by time (§4.1.3, §4.3.2). */
export class UnknownArchiveIdError extends XmppError {
  override name = 'UnknownArchiveIdError';
  readonly ids: readonly string[];
  constructor(ids: readonly string[], options?: ErrorOptions) {
    super('item-not-found', `the archive has no message ${ids.join(', ')}`, options);
    this.ids = ids;
  }
}

/** milliseconds without a result until a page counts as given up */
const PATIENCE = 30_000;
/** The whole page may take as long as it likes while its results come: the patience above is what ends it. */
const FOR_EVER = 0x7fff_ffff;
/**
 * Milliseconds of silence within a page until something is written. The server's kernel may hold the end of the page
 * back until ours has acknowledged what came before, and ours waits 40 ms for something to send with it.
 */
const LULL = 2;

/** Asks for a page: the request is written before this returns. */
export async function askPage(
  session: Session,
  open: ReturnType<typeof openQueries>,
  query: PageQuery,
  { signal: given, timeout = PATIENCE }: RequestOptions = {},
): Promise<ArchivePage> {
  given?.throwIfAborted();
  if (query.after !== undefined && query.before !== undefined)
    throw new XmppError('bad-request', 'a page follows one message or precedes one');
  const ender = new AbortController();
  const signal = given ? AbortSignal.any([given, ender.signal]) : ender.signal;
  const timer = setTimeout(
    () => ender.abort(new TimeoutError(`no answer from the archive ${query.archive}`)),
    timeout,
  );
  let nudge: NodeJS.Timeout | undefined;
  const heard = () => {
    timer.refresh();
    if (nudge) nudge.refresh();
    else nudge = setTimeout(() => session.nudge(), LULL);
  };
  const collected = open.begin(query.archive, heard, (reason) => ender.abort(reason));
  try {
    // §4: the own archive is asked without an address, as is everything of the account.
    const to = query.archive === session.account ? undefined : query.archive;
    const iq = x('iq', { type: 'set', to }, xQuery(query, collected.id));
    const fin = parseFin(await session.request(iq, { signal, timeout: FOR_EVER }));
    if (fin === undefined) throw new StanzaError('undefined-condition');
    return pageOf(fin, collected, query.flip === true);
  } catch (error) {
    const ids = idsOf(query);
    if (ids.length > 0 && error instanceof StanzaError && error.condition === 'item-not-found')
      throw new UnknownArchiveIdError(ids, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
    clearTimeout(nudge);
    collected.close();
  }
}

function pageOf(fin: Fin, { items, ids }: OpenQuery, flipped: boolean): ArchivePage {
  const came = flipped ? [...ids].reverse() : [...ids];
  const { complete, stable, count } = fin;
  return { items, first: fin.first ?? came[0], last: fin.last ?? came.at(-1), complete, stable, count };
}
