/** A menu that nothing stands above: the first Ctrl-C warns, the second ends the program. */
import type { Face } from '../face.ts';
import { InterruptedError, type MenuPrompt } from '../terminal.ts';

/** Thrown by the second Ctrl-C in a row at a top menu. */
export class ExitByInterrupt extends Error {
  override name = 'ExitByInterrupt';
}

/** Resolves to the value of the chosen item. */
export async function topMenu({ terminal, words, theme }: Face, prompt: () => MenuPrompt): Promise<string> {
  let warned = false;
  for (;;) {
    try {
      return await terminal.menu({ ...prompt(), echo: 'item' });
    } catch (error) {
      if (!(error instanceof InterruptedError)) throw error;
      if (warned) throw new ExitByInterrupt();
      warned = true;
      terminal.log(theme.warning(words.menus.exitHint));
    }
  }
}
