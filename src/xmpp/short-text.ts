/**
 * Status messages, reasons and the like: a line that somebody says of something. It is kept as long as they are there, or
 * as the question is open, so that its length is bounded, whoever speaks and however often. RFC 6121 §4.7.2.2 sets none.
 */

/** UTF-16 units; servers and clients show some hundreds */
export const LONGEST_SHORT_TEXT = 1024;

/** The beginning of a text; no character of it is halved. */
export function shortText(text: string, most = LONGEST_SHORT_TEXT): string {
  if (text.length <= most) return text;
  // A copy: a piece would keep the whole.
  return `${Buffer.from(text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')).toString()}…`;
}
