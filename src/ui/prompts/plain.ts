/** The prompts where standard input is no terminal: they print plainly and read one answer a line. */
import type { Readable } from 'node:stream';
import { isHeading, meaning } from '../menu-prompt/items.ts';
import type { MenuItem } from '../terminal.ts';
import type { Asking } from './asking.ts';
import { answersYes } from './confirm.ts';
import { hiddenLine } from './hidden-line.ts';
import { lineReader } from './line-reader.ts';
import type { PromptWords } from './words.ts';

export interface PlainOptions {
  readonly input: Readable & { readonly isTTY?: boolean | undefined; setRawMode?(raw: boolean): unknown };
  readonly words: PromptWords;
  log(text: string): void;
}

export function plainPrompts({ input, words, log }: PlainOptions): Asking & { close(): void } {
  const reader = lineReader(input);

  /** Shows the question with its answer behind, as it would stand on a terminal (which echoes by itself). */
  const ask = async (question: string, signal?: AbortSignal): Promise<string> => {
    if (input.isTTY) log(question);
    const line = await reader.next(signal);
    if (!input.isTTY) log(`${question} ${line}`.trimEnd());
    return line;
  };

  const text: Asking['text'] = async (question, options = {}) => {
    const { message, initial = question.prefill ?? '' } = question;
    for (;;) {
      let typed = await ask(message, options.signal);
      while (question.multiline && typed.endsWith('\\')) {
        typed = `${typed.slice(0, -1)}\n${await ask('…', options.signal)}`;
      }
      const given = typed === '' ? initial : typed;
      const complaint = question.validate?.(given);
      if (complaint === undefined) return given;
      log(complaint);
    }
  };

  return {
    text,
    async menu(menu, options = {}) {
      const items = menu.items();
      log([menu.message, ...(menu.folded ? [] : items.map(menuLine))].join('\n'));
      for (;;) {
        const typed = (await ask('>', options.signal)).trim();
        const index = chosen(typed, items, menu.initial);
        const item = index === undefined ? undefined : items[index];
        if (item) return item.value;
        const meant = typed === '' ? undefined : menu.typed?.(typed);
        if (meant !== undefined) return meant;
        if (typed !== '') log(words.noSuchChoice(typed));
      }
    },
    async password({ message }, options = {}) {
      log(message);
      if (!input.isTTY) return reader.next(options.signal);
      reader.release();
      return hiddenLine(input, options.signal);
    },
    async confirm({ message, initial }, options = {}) {
      const question = `${message} (${words.yesKeys[0] ?? words.yes}/${words.noKeys[0] ?? words.no})`;
      for (;;) {
        const given = await ask(question, options.signal);
        const answer = given.trim() === '' ? initial : answersYes(given, words);
        if (answer !== undefined) return answer;
        log(words.noSuchChoice(given));
      }
    },
    async checkbox({ message, items }, options = {}) {
      const lines = items.map(({ name, checked }, i) => `  ${i + 1}) ${checked ? '[x]' : '[ ]'} ${name}`);
      log([message, ...lines].join('\n'));
      for (;;) {
        const given = (await ask('>', options.signal)).trim();
        if (given === '') return items.filter(({ checked }) => checked).map(({ value }) => value);
        const numbers = given.split(/[\s,;]+/).map(Number);
        const wrong = numbers.find((n) => !Number.isInteger(n) || n < 1 || n > items.length);
        if (wrong === undefined) {
          return items.filter((_, i) => numbers.includes(i + 1)).map(({ value }) => value);
        }
        log(words.noSuchChoice(given));
      }
    },
    async conversation(conversation, options = {}) {
      for (;;) {
        const line = await reader.next(options.signal);
        if (line.trim() === '') continue;
        if ((await conversation.entered(line, false)) === 'leave') return { by: 'left', draft: '' };
      }
    },
    end: () => reader.close(),
    close: () => reader.close(),
  };
}

function menuLine(item: MenuItem): string {
  if (isHeading(item)) return `  ${item.name}`;
  return `  ${item.key}) ${item.name}${item.badge ? ` · ${item.badge}` : ''}`;
}

function chosen(typed: string, items: readonly MenuItem[], initial: string | undefined): number | undefined {
  if (typed === '') {
    const index = items.findIndex((item) => !isHeading(item) && item.value === initial);
    return index < 0 ? undefined : index;
  }
  const found = meaning(typed, items);
  return found.kind === 'none' ? undefined : found.index;
}
