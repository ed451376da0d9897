/** What the prompts themselves say; `i18n` has it in every language. */
import type { Theme } from '../theme.ts';

export interface PromptWords {
  readonly yes: string;
  readonly no: string;
  /** answers that mean yes, lower case; the first is shown */
  readonly yesKeys: readonly string[];
  readonly noKeys: readonly string[];
  /** how a menu is used; and one that can be gone back from */
  readonly menuHint: string;
  readonly menuHintBack: string;
  /** a number was typed that may be the beginning of another one; `name` is what Enter takes */
  menuPartial(name: string): string;
  readonly textHint: string;
  readonly passwordHint: string;
  /** nothing was typed where something must be */
  readonly empty: string;
  noSuchChoice(text: string): string;
  /** `$PAGER` names a program that is not there; one that did not show the text */
  pagerMissing(name: string): string;
  pagerFailed(name: string, code: number): string;
  /** between two pages of a text */
  readonly pageMore: string;
  readonly moreAbove: string;
  readonly moreBelow: string;
}

/** What every prompt is given to draw itself with. */
export interface Dress {
  readonly words: PromptWords;
  readonly theme: Theme;
  /** cells of the terminal, as they are now */
  columns(): number;
  /** rows that a prompt may take, as they are now */
  rows(): number;
  onResize(listener: () => void): () => void;
}
