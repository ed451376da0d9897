/** A line that nobody sees: not even how long it is. */
import { createPrompt, isEnterKey, useKeypress, useRef, useState } from '@inquirer/core';
import { EMPTY, lineOf, setLine, wholeCharacters } from './line.ts';
import { isEnd } from './text.ts';
import type { Dress } from './words.ts';

export interface PasswordConfig {
  readonly message: string;
  readonly dress: Dress;
  /** Ctrl-D where nothing is typed */
  back(): void;
}

export const passwordPrompt = createPrompt<string, PasswordConfig>(({ message, dress, back }, done) => {
  const { theme, words } = dress;
  const [answered, setAnswered] = useState(false);
  const line = useRef(EMPTY);

  useKeypress((key, readline) => {
    if (isEnterKey(key)) {
      setAnswered(true);
      done(line.current.text);
      return;
    }
    if (isEnd(key) && line.current.text === '') return back();
    // Up and Down would bring back lines of readline's own, Tab is no part of a password.
    if (!['up', 'down', 'tab'].includes(key.name))
      line.current = wholeCharacters(line.current, lineOf(readline), key.name);
    setLine(readline, line.current);
  });

  const mark = answered ? theme.success('✔') : theme.accent('?');
  return `${mark} ${theme.bold(message)} ${answered ? '' : theme.dim(words.passwordHint)}`.trimEnd();
});
