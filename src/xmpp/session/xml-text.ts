/** Characters, line ends and references of XML 1.0, as far as streams may have them. RFC 6120 §11. */
import { Refused } from './xml-fault.ts';

/** A character that XML has no place for (XML 1.0 §2.2), half a surrogate pair among them. */
export const UNKNOWN_CHARACTER = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** The five that need no declaration (§4.6); there can be no other, since there are no declarations. */
const ENTITIES = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** characters of a reference; only leading zeros would make a longer one */
const LONGEST = 32;
const LINE_END = /\r\n?/g;

/** What stands between two tags, as it is meant. Throws Refused. */
export function characterData(written: string): string {
  // §2.4
  if (written.includes(']]>')) throw new Refused('not-well-formed', '"]]>" in text');
  return referred(lines(detached(written)));
}

/** What stands between the quotes of an attribute, as it is meant. §3.3.3. Throws Refused. */
export function attributeValue(written: string): string {
  return referred(lines(written).replace(/[\t\n]/g, ' '));
}

/** characters; what is longer may be all that it was cut from, or most of it */
const PIECE = 16 * 1024;

/**
 * The same text, which keeps nothing alive but itself. A piece of a text that was read is a window on all of it: a nickname
 * that is remembered would keep the 128 KiB that came with it, and a thousand of them would fill the memory.
 */
export function detached(text: string): string {
  // The engine copies pieces of up to 12 characters by itself. Of a text that was put together it writes all of it anew
  // when a piece is wanted: the copy of no more than this one, in a third of the time that bytes and back would take.
  return text.length <= 12 || text.length > PIECE ? text : ` ${text}`.slice(1);
}

/** §2.11: a line ends by one character, however it was written. */
export function lines(text: string): string {
  return text.includes('\r') ? text.replace(LINE_END, '\n') : text;
}

/** What begins a reference at the end of a text that goes on, '' where nothing does. Throws Refused where one is wrong. */
export function unfinishedReference(text: string): string {
  const at = text.lastIndexOf('&');
  const whole = at < 0 || text.includes(';', at);
  referred(whole ? text : text.slice(0, at));
  if (!whole && text.length - at >= LONGEST) throw noReference();
  return whole ? '' : text.slice(at);
}

const noReference = () => new Refused('not-well-formed', '"&" begins no reference');

function referred(text: string): string {
  let at = text.indexOf('&');
  if (at < 0) return text;
  let meant = '';
  let done = 0;
  for (; at >= 0; at = text.indexOf('&', done)) {
    const end = text.slice(at, at + LONGEST).indexOf(';');
    if (end < 0) throw noReference();
    meant += text.slice(done, at) + reference(text.slice(at + 1, at + end));
    done = at + end + 1;
  }
  return meant + text.slice(done);
}

function reference(name: string): string {
  const known = ENTITIES.get(name);
  if (known !== undefined) return known;
  const [, hexadecimal, decimal] = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(name) ?? [];
  const code =
    hexadecimal === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hexadecimal, 16);
  const character = code <= 0x10ffff ? String.fromCodePoint(code) : '\0';
  // §4.1: it must be a character that could have been written.
  if (UNKNOWN_CHARACTER.test(character))
    throw new Refused('not-well-formed', `undefined reference &${name};`);
  return character;
}
