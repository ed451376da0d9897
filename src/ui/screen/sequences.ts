/** What the screen writes beside text (ECMA-48 and the modes of xterm). */
import type { Block } from './layout.ts';

const CSI = '\x1b[';
const SHOW_CURSOR = `${CSI}?25h`;
/** Rows of the block must not wrap, whatever the terminal thinks of a character's width. */
const NO_WRAP = `${CSI}?7l`;
const WRAP = `${CSI}?7h`;
const SAVE_CURSOR = '\x1b7';
const RESTORE_CURSOR = '\x1b8';

/** bracketed paste and reports of focus */
export const MODES_ON = `${CSI}?2004h${CSI}?1004h`;
export const MODES_OFF = `${CSI}?1004l${CSI}?2004l${SHOW_CURSOR}`;
export const CLEAR_LINE = `\r${CSI}K`;
/** The top row is cleared by itself: tmux copies the screen to its scrollback on `CSI J` at the top left. */
export const CLEAR = `${CSI}H${CSI}K${CSI}B${CSI}J${CSI}A`;

/** One paint inside the marks of a synchronized update: the terminal shows it whole or not at all. */
export function frameOf(text: string, cursor: boolean): string {
  return `${CSI}?2026h${CSI}?25l${text}${cursor ? SHOW_CURSOR : ''}${CSI}?2026l`;
}

/** Removes a painted block and leaves the cursor where its top left corner was. */
export function erased({ rows, cursorRow }: Block): string {
  if (rows.length === 0) return '';
  // saved and restored: on the last row of the screen, where a resize may have put it, down does not move
  const rest = rows.length > 1 ? `${SAVE_CURSOR}${CSI}B${CSI}J${RESTORE_CURSOR}` : '';
  return `\r${cursorRow > 0 ? `${CSI}${cursorRow}A` : ''}${CSI}K${rest}`;
}

/** Paints a block from the cursor on, and puts the cursor into it. */
export function drawn({ rows, cursorRow, cursorColumn }: Block): string {
  if (rows.length === 0) return '';
  const up = rows.length - 1 - cursorRow;
  const place = `${up > 0 ? `${CSI}${up}A` : ''}\r${cursorColumn > 0 ? `${CSI}${cursorColumn}C` : ''}`;
  return `${NO_WRAP}${rows.join('\r\n')}${WRAP}${place}`;
}
