/** How many columns text takes: on the screen, and in the arithmetic of Node's readline. They differ. */
import { createInterface, type Interface } from 'node:readline';
import { PassThrough, Writable } from 'node:stream';
import stringWidth from 'string-width';

/** What a prompt is told the terminal's width is: so wide that it never wraps by itself. */
export const ENDLESS = 1_000_000;

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const PLAIN = /^[ -~]*$/;

/** Splits into what a person sees as characters. */
export function characters(text: string): string[] {
  if (PLAIN.test(text)) return text.split('');
  return Array.from(graphemes.segment(text), (part) => part.segment);
}

/** Columns on the screen; escape sequences count nothing. */
export function width(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
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
