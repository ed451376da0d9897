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
    let row: Cell[] = [];
    let used = 0;
    let counted = 0;
    let looking = y === frame.row;
    const place = () => {
      cursorRow = rows.length;
      cursorColumn = Math.min(used, columns - 1);
      looking = false;
    };
    const next = () => {
      rows.push(row);
      row = [];
      used = 0;
    };
    for (const cell of cells) {
      if (used > 0 && used + cell.width > columns) next();
      if (looking && counted >= frame.column) place();
      // a wide character cannot stand in a terminal of one column
      row.push(cell.width > columns ? { ...cell, text: '?', width: 1 } : cell);
      used += Math.min(cell.width, columns);
      counted += cell.counted;
      if (cell.breaks) next();
    }
    if (looking) {
      used += Math.max(0, frame.column - counted);
      if (used >= columns && columns > 1) {
        rows.push(row);
        row = [];
        used = 0;
      }
      place();
    }
    rows.push(row);
  });
  return { rows, cursorRow, cursorColumn };
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
