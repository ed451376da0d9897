/** A terminal's screen as an SVG picture: every cell at its place, whatever font the reader has. */
import type { IBufferCell, Terminal } from '@xterm/headless';

/** px */
const CELL_WIDTH = 8.4;
const ROW_HEIGHT = 18;
const MARGIN = 14;
const FONT_SIZE = 14;

const FOREGROUND = '#d8dee9';
const BACKGROUND = '#1e222a';
/** the sixteen named colours, dark ones first */
const NAMED = [
  ...['#3b4252', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d8dee9'],
  ...['#5c6370', '#ff7b86', '#b5e890', '#ffd68a', '#7cc4ff', '#e0a3f0', '#7fd6e0', '#ffffff'],
];

/** The looks of a run of cells, as attributes of a `<tspan>` and the colour behind it. */
interface Looks {
  readonly attributes: string;
  readonly behind: string | undefined;
}

interface Run extends Looks {
  readonly column: number;
  cells: number;
  text: string;
}

export interface PictureOptions {
  /** what the picture shows, for those who cannot see it */
  readonly title: string;
  /** draws a block where the cursor is; default true */
  readonly cursor?: boolean;
}

/** Draws what is visible of the terminal; blank rows at the end are left out. */
export function drawTerminal(terminal: Terminal, { title, cursor = true }: PictureOptions): string {
  const { active } = terminal.buffer;
  const rows = Array.from({ length: terminal.rows }, (_, y) => runsOf(terminal, active.baseY + y));
  while (rows.at(-1)?.every(({ text }) => text.trim() === '')) rows.pop();
  const width = Math.ceil(terminal.cols * CELL_WIDTH + 2 * MARGIN);
  const height = rows.length * ROW_HEIGHT + 2 * MARGIN;
  const caret = cursor ? [box(active.cursorX, active.cursorY, 1, FOREGROUND, ' opacity="0.6"')] : [];
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT_SIZE}" fill="${FOREGROUND}" xml:space="preserve" style="white-space:pre">`,
    ...rows.flatMap((runs, row) => drawRow(runs, row)),
    ...caret,
    '</g>',
    '</svg>',
  ].join('\n')}\n`;
}

function drawRow(runs: readonly Run[], row: number): string[] {
  const boxes = runs.flatMap(({ column, cells, behind }) =>
    behind === undefined ? [] : [box(column, row, cells, behind)],
  );
  const texts = runs
    .filter(({ text }) => text.trim() !== '')
    .map(({ column, cells, text, attributes }) => {
      const y = number(MARGIN + (row + 0.75) * ROW_HEIGHT);
      const length = number(cells * CELL_WIDTH);
      return `<text x="${left(column)}" y="${y}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${attributes}>${escaped(text)}</text>`;
    });
  return [...boxes, ...texts];
}

function box(column: number, row: number, cells: number, colour: string, more = ''): string {
  const top = number(MARGIN + row * ROW_HEIGHT);
  return `<rect x="${left(column)}" y="${top}" width="${number(cells * CELL_WIDTH)}" height="${ROW_HEIGHT}" fill="${colour}"${more}/>`;
}

const left = (column: number) => number(MARGIN + column * CELL_WIDTH);
const number = (value: number) => String(Math.round(value * 100) / 100);

/** The cells of one line, those of one look together; blanks around a run are left out where nothing is behind them. */
function runsOf(terminal: Terminal, y: number): Run[] {
  const line = terminal.buffer.active.getLine(y);
  const runs: Run[] = [];
  for (let column = 0; column < terminal.cols; column++) {
    const cell = line?.getCell(column);
    // The right half of a wide character has no width of its own.
    if (cell === undefined || cell.getWidth() === 0) continue;
    const looks = looksOf(cell);
    const last = runs.at(-1);
    const text = cell.getChars() || ' ';
    if (last && last.attributes === looks.attributes && last.behind === looks.behind) {
      last.text += text;
      last.cells += cell.getWidth();
    } else runs.push({ ...looks, column, text, cells: cell.getWidth() });
  }
  return runs.map(trimmed);
}

function trimmed(run: Run): Run {
  if (run.behind !== undefined) return run;
  const start = run.text.length - run.text.trimStart().length;
  const text = run.text.trim();
  return { ...run, column: run.column + start, text, cells: run.cells - (run.text.length - text.length) };
}

function looksOf(cell: IBufferCell): Looks {
  const front = cell.isFgDefault() ? undefined : colourOf(cell.isFgRGB() !== false, cell.getFgColor());
  const back = cell.isBgDefault() ? undefined : colourOf(cell.isBgRGB() !== false, cell.getBgColor());
  const inverse = cell.isInverse() !== 0;
  const fill = inverse ? (back ?? BACKGROUND) : front;
  const behind = inverse ? (front ?? FOREGROUND) : back;
  const attributes = [
    fill === undefined ? '' : ` fill="${fill}"`,
    cell.isBold() ? ' font-weight="bold"' : '',
    cell.isItalic() ? ' font-style="italic"' : '',
    cell.isDim() ? ' opacity="0.65"' : '',
    cell.isUnderline() ? ' text-decoration="underline"' : '',
    cell.isStrikethrough() ? ' text-decoration="line-through"' : '',
  ];
  return { attributes: attributes.join(''), behind };
}

/** `value`: 0xRRGGBB, or a number of xterm's palette of 256. */
function colourOf(rgb: boolean, value: number): string {
  if (rgb) return `#${value.toString(16).padStart(6, '0')}`;
  const named = NAMED[value];
  if (named !== undefined) return named;
  if (value >= 232) return hex(Array(3).fill((value - 232) * 10 + 8));
  const steps = [0, 95, 135, 175, 215, 255];
  const cube = value - 16;
  return hex([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((step) => steps[step] ?? 0));
}

const hex = (parts: readonly number[]) =>
  `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
