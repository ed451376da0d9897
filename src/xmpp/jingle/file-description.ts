/**
 * XEP-0234: Jingle File Transfer, version 0.19.1. https://xmpp.org/extensions/xep-0234.html: what a file is said to be.
 */
import { type Hash, parseHashes, parseHashUsed, xHash, xHashUsed } from '../hashes.ts';
import { child, childText, type Element, x } from '../stanza.ts';
import type { Content, Reason } from './elements.ts';

export const NS_FILE_TRANSFER = 'urn:xmpp:jingle:apps:file-transfer:5';
export const NS_FILE_ERRORS = 'urn:xmpp:jingle:apps:file-transfer:errors:0';

export interface Range {
  /** first byte */
  readonly offset: number;
  /** bytes; all to the end where nothing is said */
  readonly length?: number | undefined;
}

/** Everything is the sender's word. §5 */
export interface JingleFile {
  readonly name?: string | undefined;
  /** bytes */
  readonly size?: number | undefined;
  /** last change, XEP-0082 date and time */
  readonly date?: string | undefined;
  /** media type */
  readonly mime?: string | undefined;
  readonly description?: string | undefined;
  readonly hashes: readonly Hash[];
  /** algorithm of a sum that is told later (§8.2) */
  readonly hashUsed?: string | undefined;
  /** in an offer: the sender can begin at a later byte; in an answer: at which */
  readonly range?: Range | undefined;
}

/** Which content an informational message is about. §8 */
export interface About {
  readonly creator?: string | undefined;
  readonly name?: string | undefined;
}

export interface Checksum extends About {
  readonly hashes: readonly Hash[];
}

/** A whole number in plain digits; `undefined` where it is none, or too large to count with. */
function count(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,16}$/.test(text)) return undefined;
  return Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}

/** `undefined` where there is none, `'malformed'` where it cannot be read. */
function parseRange(element: Element | undefined): Range | undefined | 'malformed' {
  if (element === undefined) return undefined;
  const { offset: begin = '0', length: bytes } = element.attrs;
  const offset = count(begin);
  const length = count(bytes);
  if (offset === undefined || (bytes !== undefined && length === undefined)) return 'malformed';
  return { offset, length };
}

/** Reads `<description/>`; `undefined` without a `<file/>`, or with a size or range that is none. §5 */
export function parseFile(description: Element | undefined): JingleFile | undefined {
  const file = child(description, 'file', NS_FILE_TRANSFER);
  if (file === undefined || !description?.is('description', NS_FILE_TRANSFER)) return undefined;
  const text = (name: string) => childText(file, name, NS_FILE_TRANSFER);
  const written = text('size')?.trim();
  const size = count(written);
  const range = parseRange(child(file, 'range', NS_FILE_TRANSFER));
  if ((written !== undefined && size === undefined) || range === 'malformed') return undefined;
  return {
    name: text('name'),
    size,
    date: text('date'),
    mime: text('media-type'),
    description: text('desc'),
    hashes: parseHashes(file),
    hashUsed: parseHashUsed(file),
    range,
  };
}

export function xFile({ name, size, date, mime, description, hashes, hashUsed, range }: JingleFile): Element {
  const text = (element: string, value: string | number | undefined) =>
    value !== undefined && x(element, {}, String(value));
  const { offset = 0, length } = range ?? {};
  const numbers = { offset: offset > 0 ? String(offset) : undefined, length: length?.toString() };
  return x(
    'description',
    { xmlns: NS_FILE_TRANSFER },
    x(
      'file',
      {},
      text('date', date),
      text('desc', description),
      text('media-type', mime),
      text('name', name),
      range && x('range', numbers),
      text('size', size),
      ...hashes.map(xHash),
      hashUsed !== undefined && hashes.length === 0 && xHashUsed(hashUsed),
    ),
  );
}

/** Reads `<checksum/>`: of the whole file, not of a range. §8.2 */
export function parseChecksum(info: Element): Checksum | undefined {
  const file = info.is('checksum', NS_FILE_TRANSFER) ? child(info, 'file', NS_FILE_TRANSFER) : undefined;
  return file && { creator: info.attrs.creator, name: info.attrs.name, hashes: parseHashes(file) };
}

export const xChecksum = ({ creator, name, hashes }: Checksum): Element =>
  x('checksum', { xmlns: NS_FILE_TRANSFER, creator, name }, x('file', {}, ...hashes.map(xHash)));

/** Reads `<received/>`: the other side has all of it. §8.1 */
export function parseReceived(info: Element): About | undefined {
  return info.is('received', NS_FILE_TRANSFER)
    ? { creator: info.attrs.creator, name: info.attrs.name }
    : undefined;
}

/** Whether it is about that content; what names none can only mean the one there is. */
export const isAbout = (about: About, { creator, name }: Pick<Content, 'creator' | 'name'>): boolean =>
  (about.creator ?? creator) === creator && (about.name ?? name) === name;

/** §9.2: more than there is room for, or than is wanted. */
export const tooLarge = (text?: string): Reason => ({
  condition: 'media-error',
  text,
  detail: x('file-too-large', { xmlns: NS_FILE_ERRORS }),
});

/** §9.1: what was asked for is not given out. */
export const notAvailable = (): Reason => ({
  condition: 'failed-application',
  detail: x('file-not-available', { xmlns: NS_FILE_ERRORS }),
});

/** §9.2 */
export const isTooLarge = ({ detail }: Reason): boolean =>
  detail?.is('file-too-large', NS_FILE_ERRORS) === true;
