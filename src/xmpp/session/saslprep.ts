/** SASLprep, the stringprep profile for user names and passwords. RFC 4013, tables of RFC 3454. */

/** C.1.2: spaces other than the ASCII one become it. */
const SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;
/** B.1: commonly mapped to nothing. U+200B stands in both tables; RFC 4013 §2.1 maps spaces first. */
const NOTHING = /[\u00ad\u1806\u200c\u2060\ufeff]|\u200d|[\u180b-\u180d]|[\ufe00-\ufe0f]|\u034f/gu;
/** C.2.1, C.2.2, C.3, C.4, C.5, C.6, C.7, C.8, C.9. */
const PROHIBITED =
  /[\p{Cc}\u06dd\u070f\u180e\u200e\u200f\u2028-\u202e\u2061-\u2063\u206a-\u206f\ufff9-\uffff\u2ff0-\u2ffb\ufdd0-\ufdef\p{Co}\p{Cs}\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]|\u0340|\u0341/u;
/** D.1: characters written from right to left. */
const RIGHT_TO_LEFT =
  /[\u05be\u05c0\u05c3\u05d0-\u05ea\u05f0-\u05f4\u061b\u061f\u0621-\u063a\u0640-\u064a\u066d-\u066f\u0671-\u06d5\u06dd\u06e5\u06e6\u06fa-\u06fe\u0700-\u070d\u0710\u0712-\u072c\u0780-\u07a5\u07b1\u200f\ufb1d\ufb1f-\ufb28\ufb2a-\ufb36\ufb38-\ufb3c\ufb3e\ufb40\ufb41\ufb43\ufb44\ufb46-\ufbb1\ufbd3-\ufd3d\ufd50-\ufd8f\ufd92-\ufdc7\ufdf0-\ufdfc\ufe70-\ufe74\ufe76-\ufefc]/u;
const LETTER = /\p{L}/u;

function mixesDirections(text: string): boolean {
  if (!RIGHT_TO_LEFT.test(text)) return false;
  const all = [...text];
  // D.2 in short: the letters that are not in D.1.
  if (all.some((c) => LETTER.test(c) && !RIGHT_TO_LEFT.test(c))) return true;
  return !RIGHT_TO_LEFT.test(all.at(0) ?? '') || !RIGHT_TO_LEFT.test(all.at(-1) ?? '');
}

/**
 * Prepares a user name or password as a query string (unassigned code points are let through, RFC 3454 §7).
 * Gives `undefined` for text that SASLprep prohibits.
 */
export function saslprep(text: string): string | undefined {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const mapped = text.replace(SPACES, ' ').replace(NOTHING, '').normalize('NFKC');
  return PROHIBITED.test(mapped) || mixesDirections(mapped) ? undefined : mapped;
}
