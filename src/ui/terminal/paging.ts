/** A long text at this terminal: in the user's pager, page by page by ourselves, or all at once where it is none. */
import type { PagerWords } from '../pager.ts';
import type { Asking } from '../prompts/asking.ts';
import type { Screen } from '../screen.ts';
import { InterruptedError, type PagedText } from '../terminal.ts';
import type { Lending } from './lending.ts';

export interface PagingOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly words: PagerWords;
  readonly screen: Screen;
  readonly asking: Pick<Asking, 'text'>;
  readonly lent: Lending;
  /** keys wait for the next question, whatever is open below */
  hold(): () => void;
  /** ends the pager */
  readonly signal: AbortSignal;
}

export async function pageText(text: PagedText, options: PagingOptions): Promise<void> {
  const { env, words, screen, asking, lent, signal } = options;
  if (!screen.live) {
    for (const piece of text.pieces(true)) screen.log(piece);
    return;
  }
  const release = options.hold();
  try {
    const { page } = await import('../pager.ts');
    await page(text, {
      env,
      words,
      signal,
      log: (lines) => screen.log(lines),
      rows: () => screen.promptRows,
      columns: () => screen.columns,
      lend: lent.lend,
      async goOn(question) {
        try {
          return (await asking.text({ message: question })).trim().toLowerCase() !== 'q';
        } catch (error) {
          if (error instanceof InterruptedError) return false;
          throw error;
        }
      },
    });
  } finally {
    release();
  }
}
