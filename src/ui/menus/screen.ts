/** A numbered screen: items with what they do, `0` to go back. */
import type { Face } from '../face.ts';
import type { MenuItem, Subscribe } from '../terminal.ts';

export interface Choice<T> {
  /** what it is the same by when the list is made again */
  readonly id?: string | undefined;
  /** a letter; without one the next number is given */
  readonly key?: string | undefined;
  /** sanitised */
  readonly name: string;
  readonly badge?: string | undefined;
  readonly value: T;
}

export interface ChooseOptions<T> {
  /** where whole lines are read: what a text means that is no number and no letter */
  readonly typed?: ((text: string) => T | undefined) | undefined;
  /** called at each change that may alter a badge */
  readonly subscribe?: Subscribe | undefined;
  /** position of the choice that Enter takes */
  readonly initial?: number | undefined;
  /** see MenuPrompt */
  readonly echo?: 'item' | undefined;
}

/** no position of a choice */
const TYPED = 'typed';

/** Resolves to the value chosen, or undefined where the user goes back. Rejects as the terminal's prompts do. */
export async function choose<T>(
  { terminal, words }: Face,
  message: string,
  choices: readonly Choice<T>[] | (() => readonly Choice<T>[]),
  options: ChooseOptions<T> = {},
): Promise<T | undefined> {
  /** all that were ever shown: what is chosen may be gone since */
  const known = new Map<string, Choice<T>>();
  const back = { key: '0', name: words.menus.back, value: 'back' };
  const items = (): MenuItem[] => {
    let number = 0;
    const listed = typeof choices === 'function' ? choices() : choices;
    const now = listed.map((choice, index) => {
      const value = choice.id ?? String(index);
      known.set(value, choice);
      return { key: choice.key ?? String(++number), name: choice.name, value, badge: choice.badge };
    });
    const gone = [...known].filter(([value]) => now.every((item) => item.value !== value));
    const over = gone.map(([value, choice]) => ({
      key: choice.key ?? String(++number),
      name: choice.name,
      value,
      badge: words.menus.badges.over,
    }));
    return [...now, ...over, back];
  };
  let other: T | undefined;
  const { typed } = options;
  const chosen = await terminal.menu({
    typed(text) {
      other = typed?.(text);
      return other === undefined ? undefined : TYPED;
    },
    message,
    items,
    back: back.value,
    initial: String(options.initial ?? 0),
    subscribe: options.subscribe,
    echo: options.echo,
  });
  if (chosen === TYPED) return other;
  return chosen === back.value ? undefined : known.get(chosen)?.value;
}
