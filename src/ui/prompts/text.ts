/** A line (or several) of text: default, prefill, check, completion. */
import { createPrompt, isEnterKey, useEffect, useKeypress, useRef, useState } from '@inquirer/core';
import { END_OF_TRANSMISSION } from '../keys/decoder.ts';
import { BREAK } from '../screen/frame.ts';
import { clip } from '../screen/layout.ts';
import type { TextPrompt } from '../terminal.ts';
import { atEnd, EMPTY, lineOf, setLine, wholeCharacters } from './line.ts';
import { type Tabbing, tab } from './tab.ts';
import type { Dress } from './words.ts';

export interface TextConfig {
  readonly question: TextPrompt;
  readonly dress: Dress;
  /** Ctrl-D where nothing is typed */
  back(): void;
}

/** Ctrl-D, which the keyboard tells as a delete. */
export function isEnd(key: object): boolean {
  return (key as { sequence?: string }).sequence === END_OF_TRANSMISSION;
}

export const textPrompt = createPrompt<string, TextConfig>(({ question, dress, back }, done) => {
  const { theme, words } = dress;
  const { initial = '', prefill = '' } = question;
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [answer, setAnswer] = useState<string | undefined>(undefined);
  const [offered, setOffered] = useState('');
  const line = useRef(EMPTY);
  const tabbing = useRef<Tabbing | undefined>(undefined);

  useEffect((readline) => {
    if (prefill === '') return;
    line.current = atEnd(prefill.replaceAll('\n', BREAK));
    setLine(readline, line.current);
    setText(line.current.text);
  }, []);

  useKeypress((key, readline) => {
    if (isEnterKey(key)) {
      const typed = text.replaceAll(BREAK, '\n');
      const given = typed === '' ? initial : typed;
      const complaint = question.validate?.(given);
      if (complaint === undefined) {
        setAnswer(given);
        done(given);
      } else {
        setProblem(complaint);
        setLine(readline, line.current);
      }
      return;
    }
    if (isEnd(key) && text === '') return back();
    setProblem('');
    if (key.name === 'tab' && question.complete) {
      const complete = question.complete.bind(question);
      tabbing.current = tab(line.current, tabbing.current, complete, key.shift ? -1 : 1);
      if (tabbing.current) line.current = tabbing.current.line;
      setOffered((tabbing.current?.options.length ?? 0) > 1 ? offer(tabbing.current?.options ?? []) : '');
    } else {
      tabbing.current = undefined;
      setOffered('');
      // Up and Down would bring back lines of readline's own
      const moved = !['up', 'down'].includes(key.name);
      if (moved) line.current = wholeCharacters(line.current, lineOf(readline), key.name);
    }
    setLine(readline, line.current);
    setText(line.current.text);
  });

  if (answer !== undefined) {
    const shown = clip(answer.replaceAll('\n', ' ⏎ '), Math.max(10, dress.columns() * 2));
    return `${theme.success('✔')} ${theme.bold(question.message)} ${theme.accent(shown)}`;
  }
  const fallback = text === '' && initial !== '' ? `${theme.dim(`(${initial})`)} ` : '';
  const below = problem !== '' ? theme.error(problem) : theme.dim(offered || words.textHint);
  return [`${theme.accent('?')} ${theme.bold(question.message)} ${fallback}${text}`, below];
});

const offer = (options: readonly string[]): string => options.slice(0, 40).join('  ');
