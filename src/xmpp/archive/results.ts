/** What an archive answers. XEP-0313 §4.2, §4.3.2, §5 */
import { parseDateTime } from '../datetime.ts';
import { clampTime } from '../delay.ts';
import { type Forwarded, parseForwarded } from '../forwarding.ts';
import { type Page, parsePage } from '../paging.ts';
import { child, type Element } from '../stanza.ts';
import { NS_MAM } from './query.ts';

const LONGEST_ID = 1024;

/** `<result/>` in that message, if any: whether it is wanted is to be looked at before it is read. */
export function resultIn(stanza: Element): Element | undefined {
  return child(stanza, 'result', NS_MAM);
}

/** One archived message as it was kept; the id is the archive's. */
export interface Result extends Forwarded {
  readonly id: string;
}

/** Reads a `<result/>` (§4.2). */
export function parseResult(result: Element): Result | undefined {
  const { id } = result.attrs;
  const forwarded = parseForwarded(result);
  if (id === undefined || id === '' || id.length > LONGEST_ID || forwarded === undefined) return undefined;
  return { id, ...forwarded };
}

/** How a page ended. */
export interface Fin extends Page {
  /** nothing follows in the direction asked */
  readonly complete: boolean;
  /** false: the server is not sure of what it said, and may say otherwise later */
  readonly stable: boolean;
}

const TRUE: readonly (string | undefined)[] = ['true', '1'];
const FALSE: readonly (string | undefined)[] = ['false', '0'];

/** Reads the answer to a query (§4.3.2). */
export function parseFin(answer: Element): Fin | undefined {
  const fin = child(answer, 'fin', NS_MAM);
  if (fin === undefined) return undefined;
  const { first, last, index, count } = parsePage(fin) ?? {};
  return {
    first: first || undefined,
    last: last || undefined,
    index,
    count,
    complete: TRUE.includes(fin.attrs.complete),
    stable: !FALSE.includes(fin.attrs.stable),
  };
}

export interface Bound {
  /** archive id */
  readonly id: string;
  /** milliseconds since 1970 */
  readonly time: number;
}

/** The oldest and the newest of an archive; both `undefined` where it is empty. */
export interface Metadata {
  readonly start: Bound | undefined;
  readonly end: Bound | undefined;
}

/** Reads the answer to the question for metadata (§5). */
export function parseMetadata(answer: Element): Metadata | undefined {
  const metadata = child(answer, 'metadata', NS_MAM);
  if (metadata === undefined) return undefined;
  const bound = (name: string): Bound | undefined => {
    const { id, timestamp } = child(metadata, name, NS_MAM)?.attrs ?? {};
    const time = parseDateTime(timestamp);
    return id && time !== undefined ? { id, time: clampTime(time) } : undefined;
  };
  return { start: bound('start'), end: bound('end') };
}
