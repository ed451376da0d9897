/** What to ask an archive for. XEP-0313 §4 */
import { formatDateTime } from '../datetime.ts';
import { type FormValues, xOptions } from '../forms.ts';
import { xPage } from '../paging.ts';
import { type Element, x } from '../stanza.ts';

export const NS_MAM = 'urn:xmpp:mam:2';

/** Which messages. Archive ids are those that the same archive gave. */
export interface ArchiveFilter {
  /** whose archive: the own bare JID, or that of a room */
  readonly archive: string;
  /** only to or from this JID; a bare one stands for its resources too (§4.1.1) */
  readonly with?: string | undefined;
  /** only from this moment on, milliseconds since 1970 (§4.1.2) */
  readonly start?: number | undefined;
  /** only up to this moment, milliseconds since 1970 */
  readonly end?: number | undefined;
  /** archives of accounts: with (true) or without what was said in rooms; ask `abilities` first (§4.1.4) */
  readonly groupchat?: boolean | undefined;
}

/** One page of them. The fields marked ext need `urn:xmpp:mam:2#extended`. */
export interface PageQuery extends ArchiveFilter {
  /** the page that follows this archive id (§4.3.2) */
  readonly after?: string | undefined;
  /** the page that precedes this archive id; '' for the last page (§4.3.3). Not together with `after` */
  readonly before?: string | undefined;
  /** messages at most; the server may give fewer. Default 100 */
  readonly max?: number | undefined;
  /** ext: only what follows this archive id, whatever direction is paged in (§4.1.3) */
  readonly afterId?: string | undefined;
  /** ext: only what precedes this archive id */
  readonly beforeId?: string | undefined;
  /** ext: just these */
  readonly ids?: readonly string[] | undefined;
  /** ext: the newest of the page first (§4.3.4) */
  readonly flip?: boolean | undefined;
}

export const DEFAULT_MAX = 100;

/** Whether only an archive with `#extended` understands it: others refuse the form (§4.1.5). */
export function isExtended({ afterId, beforeId, ids, flip = false }: PageQuery): boolean {
  return flip || [afterId, beforeId, ids].some((field) => field !== undefined);
}

/** The archive ids that an archive must know to answer; else it says item-not-found (§4.1.3, §4.3.2). */
export function idsOf({ after, before, afterId, beforeId, ids = [] }: PageQuery): string[] {
  return [after, before, afterId, beforeId, ...ids].filter((id) => id !== undefined && id !== '') as string[];
}

/** Builds `<query/>`; `queryId` comes back with each of its results. */
export function xQuery(query: PageQuery, queryId: string): Element {
  const { max = DEFAULT_MAX, after, before } = query;
  const fields = fieldsOf(query);
  return x(
    'query',
    { xmlns: NS_MAM, queryid: queryId },
    fields.size > 0 && xOptions(NS_MAM, fields),
    xPage({ max, after, before }),
    query.flip && x('flip-page'),
  );
}

function fieldsOf(query: PageQuery): FormValues & ReadonlyMap<string, unknown> {
  const { start, end, groupchat } = query;
  const fields: [name: string, value: string | readonly string[] | undefined][] = [
    ['with', query.with],
    ['start', start === undefined ? undefined : formatDateTime(start)],
    ['end', end === undefined ? undefined : formatDateTime(end)],
    ['after-id', query.afterId],
    ['before-id', query.beforeId],
    ['ids', query.ids],
    ['include-groupchat', groupchat === undefined ? undefined : String(groupchat)],
  ];
  return new Map(
    fields.flatMap(([name, value]): [string, string | readonly string[]][] =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
