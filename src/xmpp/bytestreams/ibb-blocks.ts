/** What an in-band bytestream looks like on the wire. XEP-0047 §2. */
import { type Element, x } from '../stanza.ts';

export const NS = 'http://jabber.org/protocol/ibb';

/** Largest block §2.1 allows, in bytes. */
export const MAX_BLOCK_SIZE = 65_535;

export interface Open {
  readonly sid: string;
  /** bytes of one block before Base64 */
  readonly blockSize: number;
  readonly stanza: 'iq' | 'message';
}

export interface Data {
  readonly sid: string;
  readonly seq: number;
  /** undefined where the text is no Base64 (RFC 4648 §4) */
  readonly bytes: Uint8Array | undefined;
}

const unsignedShort = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= MAX_BLOCK_SIZE ? Number(text) : undefined;

/** Reads `<open/>`; `undefined` where an attribute is missing or out of range. §2.1. */
export function parseOpen(element: Element): Open | undefined {
  const { sid, stanza = 'iq', 'block-size': size } = element.attrs;
  const blockSize = unsignedShort(size);
  if (!element.is('open', NS) || !sid || !blockSize || (stanza !== 'iq' && stanza !== 'message')) {
    return undefined;
  }
  return { sid, blockSize, stanza };
}

/** Reads `<data/>`; `undefined` without `sid` or with a `seq` that is no 16 bit number. §2.2. */
export function parseData(element: Element): Data | undefined {
  const { sid } = element.attrs;
  const seq = unsignedShort(element.attrs.seq);
  if (!element.is('data', NS) || !sid || seq === undefined) return undefined;
  return { sid, seq, bytes: decodeBase64(element.getText()) };
}

const OUTSIDE = /[^A-Za-z\d+/]/;

/** Strict Base64: nothing outside the alphabet, padding at the end only (§5: rejected, not ignored). */
export function decodeBase64(text: string): Uint8Array | undefined {
  const end = text.length - 4;
  if (text === '') return Buffer.alloc(0);
  // Only the end is written again: as a whole it would be as much memory once more, for each block.
  if (text.length % 4 !== 0 || OUTSIDE.test(text.slice(0, end))) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return bytes.subarray((end / 4) * 3).toString('base64') === text.slice(end) ? bytes : undefined;
}

export const xOpen = ({ sid, blockSize, stanza }: Open): Element =>
  x('open', { xmlns: NS, 'block-size': String(blockSize), sid, stanza });

export const xData = (sid: string, seq: number, bytes: Uint8Array): Element =>
  x(
    'data',
    { xmlns: NS, seq: String(seq), sid },
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
  );

export const xClose = (sid: string): Element => x('close', { xmlns: NS, sid });
