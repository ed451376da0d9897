/** XEP-0300: Use of Cryptographic Hash Functions in XMPP, version 1.0. https://xmpp.org/extensions/xep-0300.html */
import { type Element, x } from './stanza.ts';

export const NS_HASHES = 'urn:xmpp:hashes:2';

export interface Hash {
  /** `sha-256`, … (§4) */
  readonly algorithm: string;
  /** lower case */
  readonly hex: string;
}

/** Bytes of a sum, by algorithm: what has another length is none. */
const LENGTHS: ReadonlyMap<string, number> = new Map([
  ['md5', 16],
  ['sha-1', 20],
  ['sha-256', 32],
  ['sha-512', 64],
  ['sha3-256', 32],
  ['sha3-512', 64],
  ['blake2b-256', 32],
  ['blake2b-512', 64],
]);
/** What is announced where hashes are understood (§5): those that a file is compared by, and the one we send. */
export const HASH_FEATURES: readonly string[] = [
  NS_HASHES,
  ...['sha-256', 'sha-512', 'sha3-256', 'sha3-512', 'blake2b-512'].map(
    (name) => `urn:xmpp:hash-function-text-names:${name}`,
  ),
];
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The sums that stand in an element (§3.2); those of unknown algorithms and those that are none are left out. */
export function parseHashes(parent: Element): Hash[] {
  return parent.getChildren('hash', NS_HASHES).flatMap((element): Hash[] => {
    const algorithm = element.attrs.algo ?? '';
    const text = element.getText().trim();
    if (!BASE64.test(text)) return [];
    const bytes = Buffer.from(text, 'base64');
    return bytes.length === LENGTHS.get(algorithm) ? [{ algorithm, hex: bytes.toString('hex') }] : [];
  });
}

/**
 * The algorithm of a sum that is told later: of `<hash-used/>` (§3), or of a `<hash/>` that is empty yet (XEP-0234 §5);
 * `undefined` where none of ours is named.
 */
export function parseHashUsed(parent: Element): string | undefined {
  const empty = parent.getChildren('hash', NS_HASHES).filter((element) => element.getText().trim() === '');
  const named = [...parent.getChildren('hash-used', NS_HASHES), ...empty];
  return named.map(({ attrs: { algo = '' } }) => algo).find((algorithm) => LENGTHS.has(algorithm));
}

export const xHashUsed = (algorithm: string): Element =>
  x('hash-used', { xmlns: NS_HASHES, algo: algorithm });

export function xHash({ algorithm, hex }: Hash): Element {
  return x('hash', { xmlns: NS_HASHES, algo: algorithm }, Buffer.from(hex, 'hex').toString('base64'));
}
