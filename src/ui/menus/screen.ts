/** A numbered screen: items with what they do, `0` to go back. */
import type { Face } from '../face.ts';
import type { MenuItem, Subscribe } from '../terminal.ts';

export interface Choice<T> {
  /** a letter; without one the next number is given */
  readonly key?: string | undefined;
  /** sanitised */
  readonly name: string;
  readonly badge?: string | undefined;
  readonly value: T;
}

export interface ChooseOptions {
  /** called at each change that may alter a badge */
  readonly subscribe?: Subscribe | undefined;
  /** position of the choice that Enter takes */
  readonly initial?: number | undefined;
  /** see MenuPrompt */
  readonly echo?: 'item' | undefined;
}

/** Resolves to the value chosen, or undefined where the user goes back. Rejects as the terminal's prompts do. */
export async function choose<T>(
  { terminal, words }: Face,
  message: string,
  choices: readonly Choice<T>[],
  options: ChooseOptions = {},
): Promise<T | undefined> {
  let number = 0;
  const items: MenuItem[] = choices.map((choice, index) => ({
    key: choice.key ?? String(++number),
    name: choice.name,
    value: String(index),
    badge: choice.badge,
  }));
  const back = { key: '0', name: words.menus.back, value: 'back' };
  const chosen = await terminal.menu({
    message,
    items: () => [...items, back],
    back: back.value,
    initial: String(options.initial ?? 0),
    subscribe: options.subscribe,
    echo: options.echo,
  });
  return chosen === back.value ? undefined : choices[Number(chosen)]?.value;
}
