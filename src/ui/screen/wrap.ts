/** Word wrap for lines that are printed for good. */
import { width } from './width.ts';

/**
 * Breaks `text` between words so that no line is wider than `columns`; further lines start with `indent`
 * spaces. A word wider than a line stays whole, for the terminal to wrap: a link can still be copied.
 */
export function wrap(text: string, columns: number, indent = 0): string {
  const pad = ' '.repeat(columns > indent * 2 ? indent : 0);
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = lines.length > 0 ? pad : '';
    let used = line.length;
    let empty = true;
    for (const word of paragraph.split(/(?<= )/)) {
      if (!empty && used + width(word.trimEnd()) > columns) {
        lines.push(line.trimEnd());
        line = pad;
        used = pad.length;
      }
      line += word;
      used += width(word);
      empty = false;
    }
    lines.push(line.trimEnd());
  }
  return lines.join('\n');
}
