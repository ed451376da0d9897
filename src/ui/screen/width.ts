/** How many columns text takes: on the screen, and in the arithmetic of Node's readline. They differ. */
import { createInterface, type Interface } from 'node:readline';
import { PassThrough, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { clusterWidth } from './cluster-width.ts';

/** What a prompt is told the terminal's width is: so wide that it never wraps by itself. */
export const ENDLESS = 1_000_000;

/**
 * Characters that take one column each and join with none of their kind: what the program itself says, Latin, Greek
 * and Cyrillic letters, punctuation, arrows, lines and blocks. Everything else needs Unicode's tables.
 */
const SIMPLE =
  /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u0391-\u03a1\u03a3-\u03ff\u0400-\u0482\u048a-\u052f\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u259f\u276f]*$/;

let segmenter: Intl.Segmenter | undefined;

/** Splits into what a person sees as characters. */
export function characters(text: string): string[] {
  if (SIMPLE.test(text)) return text.split('');
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

/** Columns on the screen; escape sequences count nothing. */
export const width = (text: string): number => columnsOf(text, widthOf);

/** Columns on a screen that draws joined emoji each by itself: tmux 3.3 and others do. */
export const widest = (text: string): number =>
  columnsOf(text, (character) => Math.max(widthOf(character), readlineWidth(character)));

function columnsOf(text: string, of: (character: string) => number): number {
  if (SIMPLE.test(text)) return text.length;
  const bare = /[\u001b\u009b]/.test(text) ? withoutSequences(text) : text;
  if (SIMPLE.test(bare)) return bare.length;
  return characters(bare).reduce((columns, character) => columns + of(character), 0);
}

/** Node takes a bell behind a colour for the end of a link, with all that stands between. */
function withoutSequences(text: string): string {
  const links = text.includes('\u001b]') || text.includes('\u009d');
  return stripVTControlCharacters(links ? text : text.replaceAll('\u0007', '\u0001'));
}

/** of clusters, so that a screen full of them is measured once */
const widths = new Map<string, number>();

function widthOf(cluster: string): number {
  const before = widths.get(cluster);
  if (before !== undefined) return before;
  const columns = clusterWidth(cluster);
  if (widths.size > 10_000) widths.clear();
  widths.set(cluster, columns);
  return columns;
}

const known = new Map<string, number>();
let ruler: Interface | undefined;

/**
 * Columns of one character as readline adds them up: code point by code point, so a family emoji takes six
 * there and two on the screen. Inquirer places its cursor by this measure.
 */
export function readlineWidth(character: string): number {
  if (character.length === 1 && character >= ' ' && character <= '~') return 1;
  const before = known.get(character);
  if (before !== undefined) return before;
  ruler ??= newRuler();
  ruler.setPrompt(character);
  const columns = ruler.getCursorPos().cols;
  if (known.size > 10_000) known.clear();
  known.set(character, columns);
  return columns;
}

function newRuler(): Interface {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const output = Object.assign(nowhere, { columns: ENDLESS });
  const made = createInterface({ input: new PassThrough(), output, terminal: true, historySize: 0 });
  made.pause();
  return made;
}
