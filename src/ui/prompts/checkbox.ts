/** Several of a numbered list: a number or Space toggles, Enter takes them. */

import { cursorHide } from '@inquirer/ansi';
import {
  createPrompt,
  isDownKey,
  isEnterKey,
  isSpaceKey,
  isUpKey,
  useEffect,
  useKeypress,
  useState,
} from '@inquirer/core';
import { visibleRange } from '../menu-prompt/items.ts';
import { clip } from '../screen/layout.ts';
import type { CheckboxPrompt } from '../terminal.ts';
import type { Dress } from './words.ts';

export interface CheckboxConfig {
  readonly question: CheckboxPrompt;
  readonly dress: Dress;
}

export const checkboxPrompt = createPrompt<readonly string[], CheckboxConfig>(({ question, dress }, done) => {
  const { items } = question;
  const { theme } = dress;
  const [checked, setChecked] = useState<readonly boolean[]>(() =>
    items.map((item) => item.checked === true),
  );
  const [active, setActive] = useState(0);
  const [typed, setTyped] = useState('');
  const [finished, setFinished] = useState(false);
  const [, setSize] = useState('');
  useEffect(() => dress.onResize(() => setSize(`${dress.columns()}×${dress.rows()}`)), []);

  const size = Math.max(1, dress.rows() - 2);
  const toggle = (index: number): void => setChecked(checked.map((on, i) => (i === index ? !on : on)));
  const move = (to: number): void => setActive((to + items.length) % Math.max(1, items.length));

  useKeypress((key, readline) => {
    const character = readline.line;
    readline.clearLine(0);
    setTyped('');
    if (isEnterKey(key)) {
      setFinished(true);
      done(items.filter((_, i) => checked[i]).map(({ value }) => value));
    } else if (isUpKey(key)) move(active - 1);
    else if (isDownKey(key)) move(active + 1);
    else if (key.name === 'home') setActive(0);
    else if (key.name === 'end') move(-1);
    else if (key.name === 'pageup') setActive(Math.max(0, active - size + 1));
    else if (key.name === 'pagedown') setActive(Math.max(0, Math.min(items.length - 1, active + size - 1)));
    else if (isSpaceKey(key) || character === ' ') toggle(active);
    else if (/^\d$/.test(character)) number(typed + character);
  });

  // acts at once when no longer number starts with it
  const number = (text: string): void => {
    const index = Number(text) - 1;
    if (index < 0 || index >= items.length) return;
    setActive(index);
    if ((index + 1) * 10 > items.length) toggle(index);
    else setTyped(text);
  };

  if (finished) {
    const names = items.filter((_, i) => checked[i]).map(({ name }) => name);
    return `${theme.success('✔')} ${theme.bold(question.message)} ${theme.accent(names.join(', '))}`;
  }
  const { start, end } = visibleRange(items.length, active, size);
  const keyWidth = String(items.length).length;
  const lines = items.slice(start, end).map(({ name }, i) => {
    const here = start + i === active;
    const mark = checked[start + i] ? '◉' : '◯';
    const text = `${here ? '❯' : ' '} ${String(start + i + 1).padStart(keyWidth)}) ${mark} ${name}`;
    return here ? theme.accent(text) : text;
  });
  const hint = `${typed === '' ? '' : `${theme.bar(typed)} `}${theme.dim(question.hint)}`;
  const all = [theme.bold(question.message), ...lines, hint];
  return `${all.map((line) => clip(line, dress.columns())).join('\n')}${cursorHide}`;
});
