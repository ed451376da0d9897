/**
 * A virtual terminal of endless width that holds what one prompt has drawn. It understands the few sequences
 * that inquirer emits; the screen then lays its rows out at the real width.
 */
import { Style } from './sgr.ts';
import { characters, readlineWidth, width } from './width.ts';

/** Stands for a line break inside the one line that readline edits (private use; never printed). */
export const BREAK = '\u{F8D4}';

export interface Cell {
  readonly text: string;
  /** columns on the screen */
  readonly width: number;
  /** columns as readline counts them */
  readonly counted: number;
  /** SGR parameters, from a reset */
  readonly style: string;
  /** the row ends after this cell */
  readonly breaks: boolean;
}

const TOKEN = /\x1b\[([?\d;]*)([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.|[\r\n]|[^\x1b\r\n]+/g;

export class Frame {
  readonly rows: Cell[][] = [[]];
  row = 0;
  /** the cursor's column, in readline's measure */
  column = 0;
  hidden = false;
  private readonly style = new Style();

  write(text: string): void {
    for (const match of text.matchAll(TOKEN)) {
      const [token, parameters = '', final] = match;
      if (token === '\n') this.newline();
      else if (token === '\r') this.column = 0;
      else if (final !== undefined) this.control(parameters, final);
      else if (!token.startsWith('\x1b')) this.put(token);
    }
  }

  private newline(): void {
    this.row++;
    this.column = 0;
    if (this.row === this.rows.length) this.rows.push([]);
  }

  private control(parameters: string, final: string): void {
    const n = Math.max(1, Number.parseInt(parameters, 10) || 1);
    if (final === 'm') this.style.apply(parameters);
    else if (final === 'A') this.row = Math.max(0, this.row - n);
    else if (final === 'B') this.row = Math.min(this.rows.length - 1, this.row + n);
    else if (final === 'C') this.column += n;
    else if (final === 'D') this.column = Math.max(0, this.column - n);
    else if (final === 'G') this.column = n - 1;
    else if (final === 'K') this.cut(parameters === '2' ? 0 : this.column);
    else if (final === 'J') {
      this.cut(this.column);
      this.rows.length = this.row + 1;
    } else if (parameters === '?25') this.hidden = final === 'l';
  }

  /** The cell at a column, in readline's measure. */
  private at(column: number): number {
    const row = this.current();
    let counted = 0;
    let index = 0;
    while (index < row.length && counted < column) counted += row[index++]?.counted ?? 0;
    return index;
  }

  private cut(column: number): void {
    this.current().length = this.at(column);
  }

  private put(text: string): void {
    const style = this.style.toString();
    const cells = characters(text).map((character) => cell(character, style));
    this.current().splice(this.at(this.column), cells.length, ...cells);
    for (const { counted } of cells) this.column += counted;
  }

  private current(): Cell[] {
    return this.rows[this.row] ?? [];
  }
}

function cell(character: string, style: string): Cell {
  const breaks = character === BREAK;
  const text = breaks ? '⏎' : character === '\t' ? ' ' : character;
  return { text, width: width(text), counted: readlineWidth(breaks ? BREAK : text), style, breaks };
}
