/**
 * The numbered menu. A number acts at once when no longer one starts with it; letters, arrows with Enter,
 * Home, End and paging work too; Esc goes back. Badges live while it is open, numbers stay.
 */

import { cursorHide } from '@inquirer/ansi';
import {
  createPrompt,
  isBackspaceKey,
  isDownKey,
  isEnterKey,
  isUpKey,
  useEffect,
  useKeypress,
  useRef,
  useState,
} from '@inquirer/core';
import { END_OF_TRANSMISSION } from './keys/decoder.ts';
import { isHeading, meaning, stable, visibleRange } from './menu-prompt/items.ts';
import type { Dress } from './prompts/words.ts';
import { clip } from './screen/layout.ts';
import { width } from './screen/width.ts';
import type { MenuItem, MenuPrompt } from './terminal.ts';

export interface MenuConfig {
  readonly menu: MenuPrompt;
  readonly dress: Dress;
  /** Ctrl-D where the menu names no item to go back; Esc does nothing there: it leaves no program */
  back(): void;
}

/** Rows of the menu beside its items: the message and the hint. */
const AROUND = 2;

export const menuPrompt = createPrompt<string, MenuConfig>(({ menu, dress, back }, done) => {
  const [items, setItems] = useState<readonly MenuItem[]>(() => menu.items());
  const [active, setActive] = useState(() => startOf(items, menu.initial));
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState('');
  const [chosen, setChosen] = useState<MenuItem | undefined>(undefined);
  const [folded, setFolded] = useState(menu.folded === true);
  const [, setSize] = useState('');
  const current = useRef({ items, active });
  current.current = { items, active };

  useEffect(() => {
    const ends = [
      menu.subscribe?.(() => {
        const { items: shown, active: at } = current.current;
        const next = stable(shown, menu.items());
        const here = shown[at];
        setItems(next);
        // What came before it must not put another item under the mark.
        setActive(Math.max(0, here === undefined ? 0 : next.findIndex(({ key }) => key === here.key)));
      }),
      dress.onResize(() => setSize(`${dress.columns()}×${dress.rows()}`)),
    ];
    return () => {
      for (const end of ends) end?.();
    };
  }, []);

  const size = Math.max(1, dress.rows() - AROUND);
  const choose = (index: number): void => {
    const item = items[index];
    if (!item || isHeading(item)) return;
    setChosen(item);
    done(item.value);
  };
  const move = (to: number, way: 1 | -1): void => {
    setFolded(false);
    setActive(selectable(items, to, way) ?? active);
    setTyped('');
  };
  const type = (character: string): void => {
    const longer = meaning(typed + character, items);
    // a wrong second digit may be the first of another number
    const [text, found] =
      longer.kind === 'none' ? [character, meaning(character, items)] : [typed + character, longer];
    if (found.kind === 'chosen') choose(found.index);
    else if (found.kind === 'partial') {
      setTyped(text);
      if (found.index !== undefined) setActive(found.index);
    } else {
      setTyped('');
      setProblem(dress.words.noSuchChoice(longer.kind === 'none' ? typed + character : character));
    }
  };
  const backIndex = items.findIndex((item) => !isHeading(item) && item.value === menu.back);
  const leave = (byEnd: boolean): void => {
    if (backIndex >= 0) choose(backIndex);
    else if (byEnd) back();
  };

  useKeypress((key, readline) => {
    const character = readline.line;
    readline.clearLine(0);
    setProblem('');
    const { name } = key;
    const end = name === 'delete' && (key as { sequence?: string }).sequence === END_OF_TRANSMISSION;
    if (isEnterKey(key)) choose(active);
    else if (name === 'escape' || end) leave(end);
    else if (isUpKey(key)) move(active === firstOf(items) ? items.length - 1 : active - 1, -1);
    else if (isDownKey(key)) move(active === lastOf(items) ? 0 : active + 1, 1);
    else if (name === 'home') move(0, 1);
    else if (name === 'end') move(items.length - 1, -1);
    else if (name === 'pageup') move(Math.max(0, active - size + 1), 1);
    else if (name === 'pagedown') move(Math.min(items.length - 1, active + size - 1), -1);
    else if (isBackspaceKey(key)) setTyped(typed.slice(0, -1));
    else if (character.trim() !== '') type(character);
  });

  const { theme, words } = dress;
  if (chosen) return answerLine(menu, chosen, dress);
  const waits = typed === '' ? undefined : items[active];
  const help = waits ? words.menuPartial(waits.name) : backIndex < 0 ? words.menuHint : words.menuHintBack;
  const hint = problem === '' ? theme.dim(help) : theme.error(problem);
  const keys = typed === '' ? '' : `${theme.bar(typed)} `;
  // folded, one still sees what a number means that waits for its second digit
  const shown = folded ? listed(typed === '' ? [] : items.slice(active, active + 1), 0, 1, dress) : undefined;
  const lines = [
    theme.bold(menu.message),
    ...(shown ?? listed(items, active, size, dress)),
    `${keys}${hint}`,
  ];
  return `${lines.map((line) => clip(line, dress.columns())).join('\n')}${cursorHide}`;
});

/** What stays on the screen. Going back leaves nothing: it answers no question. */
function answerLine(menu: MenuPrompt, chosen: MenuItem, { theme }: Dress): string {
  if (chosen.value === menu.back) return '';
  const question = menu.echo === 'item' ? '' : `${theme.bold(menu.message)} `;
  return `${theme.success('✔')} ${question}${theme.accent(chosen.name)}`;
}

function listed(items: readonly MenuItem[], active: number, size: number, dress: Dress): string[] {
  const { theme, words } = dress;
  const { start, end } = visibleRange(items.length, active, size);
  const keyWidth = Math.max(0, ...items.map(({ key }) => key.length));
  const lines = items.slice(start, end).map((item, i) => {
    if (isHeading(item)) return theme.dim(`  ${item.name}`);
    const here = start + i === active;
    const badge = item.badge ? `${theme.dim(' · ')}${theme.badge(item.badge)}` : '';
    const name = `${here ? '❯' : ' '} ${item.key.padStart(keyWidth)}) ${item.name}`;
    // In a narrow terminal the value of a setting says more than the end of its name.
    const room = dress.columns() - width(badge);
    const text = room >= dress.columns() / 2 ? clip(name, room) : name;
    return (here ? theme.accent(text) : text) + badge;
  });
  // the marks take the place of an item that is not the active one
  if (start > 0 && lines.length > 2) lines[0] = theme.dim(`  ${words.moreAbove}`);
  if (end < items.length && lines.length > 2) lines[lines.length - 1] = theme.dim(`  ${words.moreBelow}`);
  return lines;
}

function startOf(items: readonly MenuItem[], initial: string | undefined): number {
  const index = items.findIndex((item) => !isHeading(item) && item.value === initial);
  return index >= 0 ? index : firstOf(items);
}

const firstOf = (items: readonly MenuItem[]): number => Math.max(0, selectable(items, 0, 1) ?? 0);
const lastOf = (items: readonly MenuItem[]): number => selectable(items, items.length - 1, -1) ?? 0;

/** The item at `from` or, where that is a heading, the next one on the way, else one on the way back. */
function selectable(items: readonly MenuItem[], from: number, way: 1 | -1): number | undefined {
  for (const step of [way, -way]) {
    for (let i = from; i >= 0 && i < items.length; i += step) {
      const item = items[i];
      if (item && !isHeading(item)) return i;
    }
  }
  return undefined;
}
