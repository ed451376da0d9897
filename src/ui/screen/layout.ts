/** Lays a prompt's frame out at the real width: wraps its cells and finds the cursor's place. */
import { type Cell, Frame } from './frame.ts';

export interface Block {
  /** what to print, a string per row of the terminal */
  readonly rows: string[];
  readonly widths: number[];
  readonly cursorRow: number;
  readonly cursorColumn: number;
  readonly hidden: boolean;
}

export const NOTHING: Block = { rows: [], widths: [], cursorRow: 0, cursorColumn: 0, hidden: false };

const CSI = '\x1b[';

/**
 * At most `height` rows of at most `columns` columns. What is taller shows the part round the cursor, so that
 * the live block stays lower than the screen and can always be erased.
 */
export function layout(frame: Frame, columns: number, height: number): Block {
  const { rows, cursorRow, cursorColumn } = wrapFrame(frame, columns);
  const highest = Math.max(0, rows.length - height);
  const top = Math.max(0, Math.min(cursorRow - Math.floor(height / 2), highest));
  const shown = rows.slice(top, top + height);
  return {
    rows: shown.map(paint),
    widths: shown.map(columnsOf),
    cursorRow: cursorRow - top,
    cursorColumn,
    hidden: frame.hidden,
  };
}

function wrapFrame(frame: Frame, columns: number) {
  const rows: Cell[][] = [];
  let cursorRow = 0;
  let cursorColumn = 0;
  frame.rows.slice(0, lastRow(frame) + 1).forEach((cells, y) => {
    const wrapped = wrapCells(cells, columns);
    if (y === frame.row) {
      const place = cursorIn(wrapped, frame.column, columns);
      // behind a row that is full the cursor stands on one of its own
      if (place.row === wrapped.length) wrapped.push([]);
      cursorRow = rows.length + place.row;
      cursorColumn = place.column;
    }
    rows.push(...wrapped);
  });
  return { rows, cursorRow, cursorColumn };
}

/** Breaks between words, where one fits into a row; at wide characters; and behind what ends a row by itself. */
function wrapCells(cells: readonly Cell[], columns: number): Cell[][] {
  const rows: Cell[][] = [];
  let row: Cell[] = [];
  let used = 0;
  /** where the row may be broken: the index of what goes to the next one */
  let candidate = 0;
  const next = (from: number) => {
    const rest = row.splice(from);
    rows.push(row);
    row = rest;
    used = columnsOf(rest);
    candidate = 0;
  };
  for (const cell of cells) {
    // a wide character cannot stand in a terminal of one column
    const shown = cell.width > columns ? { ...cell, text: '?', width: 1 } : cell;
    const blank = cell.text === ' ';
    if (shown.width > 1) candidate = row.length;
    if (used > 0 && used + shown.width > columns && !blank) next(candidate > 0 ? candidate : row.length);
    // a space at the edge shows nothing, wherever it stands
    const fits = used + shown.width <= columns;
    row.push(fits ? shown : { ...shown, text: '', width: 0 });
    if (fits) used += shown.width;
    if (blank) candidate = row.length;
    if (cell.breaks) next(row.length);
  }
  return [...rows, row];
}

/** The place of a column in readline's measure; the row behind the last one where that is full. */
function cursorIn(rows: readonly Cell[][], column: number, columns: number): { row: number; column: number } {
  let counted = 0;
  let used = 0;
  for (const [y, row] of rows.entries()) {
    used = 0;
    for (const cell of row) {
      if (counted >= column) return { row: y, column: Math.min(used, columns - 1) };
      used += cell.width;
      counted += cell.counted;
    }
  }
  used += Math.max(0, column - counted);
  if (used >= columns && columns > 1) return { row: rows.length, column: 0 };
  return { row: rows.length - 1, column: Math.min(used, columns - 1) };
}

/** Empty rows under the cursor are left over from erasing. */
function lastRow(frame: Frame): number {
  let last = frame.rows.length - 1;
  while (last > frame.row && frame.rows[last]?.length === 0) last--;
  return last;
}

const columnsOf = (row: readonly Cell[]): number => row.reduce((sum, cell) => sum + cell.width, 0);

/** One row as text. After a cluster that terminals disagree about, the column is set by number. */
export function paint(row: readonly Cell[]): string {
  return coloured(row, (column) => `${CSI}${column + 1}G`);
}

/** `behind` gives what stands behind a cluster whose width is uncertain, and ends at that column of the row. */
function coloured(row: readonly Cell[], behind: (column: number) => string): string {
  let out = '';
  let style = '';
  let column = 0;
  for (const cell of row) {
    if (cell.style !== style) {
      style = cell.style;
      out += style === '' ? `${CSI}0m` : `${CSI}0;${style}m`;
    }
    out += cell.text;
    column += cell.width;
    const uncertain = cell.text.length > 1 && [...cell.text].length > 1;
    if (uncertain) out += behind(column);
  }
  return style === '' ? out : `${out}${CSI}0m`;
}

/**
 * One line of at most `columns` columns, with … where something was cut. Keeps colours; may stand anywhere in a row, so
 * no column is set in it.
 */
export function clip(text: string, columns: number): string {
  return coloured(clipCells(text, columns), () => '');
}

export function clipCells(text: string, columns: number): Cell[] {
  const frame = new Frame();
  frame.write(text.replaceAll('\n', ' '));
  const cells = frame.rows[0] ?? [];
  if (columnsOf(cells) <= columns) return cells;
  const kept: Cell[] = [];
  let used = 0;
  for (const cell of cells) {
    if (used + cell.width > columns - 1) break;
    kept.push(cell);
    used += cell.width;
  }
  if (columns > 0)
    kept.push({ text: '…', width: 1, counted: 1, style: kept.at(-1)?.style ?? '', breaks: false });
  return kept;
}

/** The row of the footer as it is painted, and its width. */
export function footerRow(text: string, columns: number): { row: string; width: number } {
  const cells = clipCells(text, columns);
  return { row: paint(cells), width: columnsOf(cells) };
}
