/** Word wrap for lines that are printed for good. */
import { widest } from './width.ts';

/** A terminal narrower than this breaks where it likes: words would leave most of it empty. */
const NARROWEST = 20;

/** Before an ideograph or a kana a line may break, but behind an opening bracket (UAX #14, ID and OP). */
const IDEOGRAPHS = /(?<=[^\s\p{Ps}\p{Pi}])(?=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])|(?<= )/u;
const WORDS = /(?<= )/;

/** What sets the cursor's column counts from the edge of the terminal: it means nothing in a line that is broken. */
const COLUMN = /\u001b\[\d+G/g;

/** Without the blanks at its end; spaces of other widths are part of what was said. */
function unspaced(text: string): string {
  let end = text.length;
  while (text[end - 1] === ' ') end -= 1;
  return text.slice(0, end);
}

/**
 * Breaks `text` between words so that no line is wider than `columns`; further lines start with `indent`
 * spaces. A word wider than a line stays whole, for the terminal to wrap: a link can still be copied. Emoji count as
 * wide as any terminal draws them, so that none breaks a line where we did not.
 */
export function wrap(text: string, columns: number, indent = 0): string {
  const pad = ' '.repeat(columns > indent * 2 ? indent : 0);
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = lines.length > 0 ? pad : '';
    let used = line.length;
    let empty = true;
    for (const word of words(paragraph)) {
      if (!empty && used + widest(unspaced(word)) > columns) {
        lines.push(unspaced(line));
        line = pad;
        used = pad.length;
      }
      line += word;
      used += widest(word);
      empty = false;
    }
    lines.push(unspaced(line));
  }
  return lines.join('\n');
}

/** The same for lines that were made without a width in mind: each goes on where it began. */
export function wrapLines(text: string, columns: number): string {
  if (columns < NARROWEST) return text;
  return text
    .split('\n')
    .map((line) =>
      widest(line) <= columns ? line : wrap(line.replace(COLUMN, ''), columns, indentOf(line).length),
    )
    .join('\n');
}

const indentOf = (line: string): string => /^(?:\u001b\[[\d;]*m)*( *)/.exec(line)?.[1] ?? '';

/** With the space behind each; what may be a link is one, whatever it is written in. */
const words = (line: string): string[] =>
  line.split(WORDS).flatMap((word) => (word.includes('://') ? word : word.split(IDEOGRAPHS)));
