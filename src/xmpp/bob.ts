/** XEP-0231: Bits of Binary, version 1.1. https://xmpp.org/extensions/xep-0231.html */
import { createHash } from 'node:crypto';
import { StanzaError } from './errors.ts';
import type { RequestOptions, Session } from './session/session.ts';
import { child, type Element, x } from './stanza.ts';

export const NS_BOB = 'urn:xmpp:bob';

/** What its name says that it is: checked. */
export interface BitOfBinary {
  /** content id, without `cid:` */
  readonly cid: string;
  /** MIME type as claimed */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** bytes; eight kilobytes should be enough for anybody (§exchange) */
const LARGEST = 64 * 1024;
/** taken of one stanza */
const MOST = 8;
/** milliseconds */
const DEADLINE = 10_000;

/** Names of §algo and of XEP-0300, as Node calls them. */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['sha1', 'sha1'],
  ['sha-1', 'sha1'],
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
]);
const CID = /^([a-z0-9-]+)\+([0-9a-f]{16,128})@bob\.xmpp\.org$/i;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Whether a content id says by its sum what it names; nothing else is believed (§format). */
export const isCid = (cid: string): boolean => ALGORITHMS.has(CID.exec(cid)?.[1]?.toLowerCase() ?? '');

function isWhatItSays(cid: string, bytes: Uint8Array): boolean {
  const [, name = '', hex = ''] = CID.exec(cid) ?? [];
  const algorithm = ALGORITHMS.get(name.toLowerCase());
  return algorithm !== undefined && createHash(algorithm).update(bytes).digest('hex') === hex.toLowerCase();
}

/** Reads one element; undefined where it is too large, no base64, or not what its name says. */
export function parseData(data: Element): BitOfBinary | undefined {
  const { cid = '', type = '' } = data.attrs;
  const text = data.getText().replace(/\s+/g, '');
  if (text === '' || text.length > Math.ceil(LARGEST / 3) * 4 || !BASE64.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return isWhatItSays(cid, bytes) ? { cid, type, bytes } : undefined;
}

/** What stands beside the rest in an element, each once. */
export function dataIn(parent: Element): BitOfBinary[] {
  const found = parent.getChildren('data', NS_BOB).slice(0, MOST).map(parseData);
  return found.filter((data) => data !== undefined);
}

/** Asks for it. Rejects with StanzaError, `not-acceptable` where the answer is not what the name says. §retrieving */
export async function fetchData(
  session: Pick<Session, 'request'>,
  to: string,
  cid: string,
  options: RequestOptions = { timeout: DEADLINE },
): Promise<BitOfBinary> {
  const iq = x('iq', { type: 'get', to }, x('data', { xmlns: NS_BOB, cid }));
  const answer = child(await session.request(iq, options), 'data', NS_BOB);
  const data = answer && parseData(answer);
  if (data?.cid !== cid) throw new StanzaError('not-acceptable');
  return data;
}
