/** The line that readline edits for a prompt: reading it, setting it, and keeping emoji whole in it. */
import { characters } from '../screen/width.ts';

export interface Line {
  readonly text: string;
  /** in UTF-16 units */
  readonly cursor: number;
}

/** What Node's readline has and inquirer's type of it does not name. */
interface Editor {
  line: string;
  cursor: number;
}

export const EMPTY: Line = { text: '', cursor: 0 };

export function lineOf(readline: object): Line {
  const { line, cursor } = readline as Editor;
  return { text: line, cursor };
}

export function setLine(readline: object, { text, cursor }: Line): void {
  const editor = readline as Editor;
  editor.line = text;
  editor.cursor = cursor;
}

export const atEnd = (text: string): Line => ({ text, cursor: text.length });

/**
 * Readline moves and deletes by code point; a person by what looks like one character. Takes the line before
 * and after a key, gives it as it should be.
 */
export function wholeCharacters(before: Line, after: Line, key: string): Line {
  if (before.text === after.text) {
    if (before.cursor === after.cursor) return after;
    const cursor = snap(after.text, after.cursor, after.cursor < before.cursor ? 'back' : 'forward');
    return { text: after.text, cursor };
  }
  const removed = before.text.length - after.text.length;
  if (key === 'backspace' && removed > 0 && after.cursor === before.cursor - removed) {
    const from = snap(before.text, after.cursor, 'back');
    return { text: before.text.slice(0, from) + before.text.slice(before.cursor), cursor: from };
  }
  if (key === 'delete' && removed > 0 && after.cursor === before.cursor) {
    const to = snap(before.text, before.cursor + removed, 'forward');
    return { text: before.text.slice(0, before.cursor) + before.text.slice(to), cursor: before.cursor };
  }
  return after;
}

/** The edge of the character that `cursor` stands in. */
function snap(text: string, cursor: number, way: 'back' | 'forward'): number {
  let start = 0;
  for (const character of characters(text)) {
    const end = start + character.length;
    if (cursor < end) return cursor === start || way === 'back' ? start : end;
    start = end;
  }
  return text.length;
}
