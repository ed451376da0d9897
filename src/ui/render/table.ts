/** Rows under titles, aligned by the width on the screen. No borders: what is piped on stays easy to cut. */
import { characters, width } from '../screen/width.ts';
import type { Theme } from '../theme.ts';

export interface Column {
  readonly title: string;
  /** sanitised, one per row */
  readonly cells: readonly string[];
  /** may be shortened where the terminal is narrow; addresses never are */
  readonly shrinks?: boolean;
  readonly right?: boolean;
  /** colours a cell that has its width already */
  readonly paint?: ((cell: string, row: number) => string) | undefined;
}

const GAP = '  ';
const NARROWEST = 8;

/** Gives the lines of the table. `columns`: cells of the terminal; undefined: as wide as it gets. */
export function tableText(all: readonly Column[], theme: Theme, columns?: number): string {
  const shown = all.filter(({ cells }) => cells.some((cell) => cell !== ''));
  const widths = fitted(shown, columns);
  const line = (cell: (column: Column) => string, paint: (column: Column, text: string) => string) =>
    shown
      .map((column, at) => {
        const last = at === shown.length - 1;
        const text = pad(
          cut(cell(column), widths[at] ?? 0),
          last && column.right !== true ? 0 : (widths[at] ?? 0),
          column,
        );
        return paint(column, text);
      })
      .join(GAP)
      .trimEnd();
  const rows = shown[0]?.cells.length ?? 0;
  const titles = line(
    (column) => column.title,
    (_, text) => theme.dim(text),
  );
  return [
    titles,
    ...Array.from({ length: rows }, (_, row) =>
      line(
        (column) => column.cells[row] ?? '',
        (column, text) => column.paint?.(text, row) ?? text,
      ),
    ),
  ].join('\n');
}

/** Labels and values of one thing, one under the other. */
export function listText(pairs: readonly (readonly [string, string])[], theme: Theme): string {
  const shown = pairs.filter(([, value]) => value !== '');
  const widest = Math.max(0, ...shown.map(([label]) => width(label)));
  return shown
    .map(([label, value]) => {
      const lines = value.split('\n');
      const head = theme.dim(label + ' '.repeat(widest - width(label)));
      return [
        `${head}${GAP}${lines[0] ?? ''}`,
        ...lines.slice(1).map((line) => ' '.repeat(widest) + GAP + line),
      ].join('\n');
    })
    .join('\n');
}

/** Takes from the widest column that may shrink until the line fits, or nothing more can be taken. */
function fitted(shown: readonly Column[], columns: number | undefined): number[] {
  const widths = shown.map(({ title, cells }) => Math.max(width(title), ...cells.map(width)));
  if (columns === undefined) return widths;
  const room = columns - 1 - GAP.length * (shown.length - 1);
  let over = widths.reduce((sum, each) => sum + each, 0) - room;
  while (over > 0) {
    const widest = shown
      .map((column, at) => ({ at, size: column.shrinks === true ? (widths[at] ?? 0) : 0 }))
      .reduce((best, each) => (each.size > best.size ? each : best), { at: -1, size: 0 });
    if (widest.at < 0 || widest.size <= NARROWEST) break;
    const second = Math.max(
      NARROWEST,
      ...shown.map((column, at) => (at !== widest.at && column.shrinks === true ? (widths[at] ?? 0) : 0)),
    );
    const step = Math.max(1, Math.min(over, widest.size - second));
    widths[widest.at] = widest.size - step;
    over -= step;
  }
  return widths;
}

/** Shortens to `columns` cells, whole characters only. */
export function cut(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let line = '';
  let used = 0;
  for (const character of characters(text)) {
    const wide = width(character);
    if (used + wide > columns - 1) break;
    line += character;
    used += wide;
  }
  // What was isolated (UAX #9) must not stay open for the next column.
  const open = line.split('\u2068').length - line.split('\u2069').length;
  return `${line}…${'\u2069'.repeat(Math.max(0, open))}`;
}

function pad(text: string, columns: number, { right }: Column): string {
  const blanks = ' '.repeat(Math.max(0, columns - width(text)));
  return right === true ? blanks + text : text + blanks;
}
