/** What an action gave, as text: results apart from what is said about them. */
import type { Ended } from '../../actions/action.ts';
import { noticeText } from './notice.ts';
import type { RenderOptions } from './options.ts';
import { rowsText } from './rows.ts';

export interface OutcomeText {
  /** for standard output; '' where there is none */
  readonly result: string;
  /** for standard error: that it is done, that there is nothing, where it is from */
  readonly notices: readonly string[];
}

export function outcomeText(outcome: Ended, options: RenderOptions): OutcomeText {
  const { words } = options;
  if (outcome.kind === 'done') return { result: '', notices: [noticeText(outcome.notice, words)] };
  const { rows, empty, note } = outcome;
  const notes = note === undefined ? [] : [noticeText(note, words)];
  if (rows.length > 0) return { result: rowsText(rows, options), notices: notes };
  return { result: '', notices: notes.length > 0 ? notes : [noticeText(empty, words)] };
}
