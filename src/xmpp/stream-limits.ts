/** XEP-0478: Stream Limits Advertisement, version 0.2.0. https://xmpp.org/extensions/xep-0478.html */
import type { Element } from './stanza.ts';

export const NS = 'urn:xmpp:stream-limits:0';

/** bytes of a stanza that every server takes (RFC 6120 §13.12) */
export const LEAST_STANZA = 10_000;

/** Bytes of a stanza that a server says in its features to take at most (§3.1); undefined where it says none. */
export function parseMaxBytes(features: Element): number | undefined {
  const text = features.getChild('limits', NS)?.getChild('max-bytes', NS)?.getText().trim() ?? '';
  // xs:unsignedInt
  const bytes = /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  return bytes !== undefined && bytes > 0 && bytes < 2 ** 32 ? bytes : undefined;
}
