/** Tab completion: the common beginning first, then one option after the other. */
import type { Completion } from '../terminal.ts';
import type { Line } from './line.ts';

export interface Tabbing {
  readonly line: Line;
  readonly options: readonly string[];
  readonly from: number;
  /** what stands behind the cursor */
  readonly tail: string;
  /** the option in the line; −1 while it is only what all have in common */
  readonly chosen: number;
}

/** Takes what the previous Tab led to, if no other key came between; `step` is −1 for Shift-Tab. */
export function tab(
  line: Line,
  before: Tabbing | undefined,
  complete: (text: string, cursor: number) => Completion,
  step: 1 | -1,
): Tabbing | undefined {
  if (before && before.options.length > 1) return choose(before, before.chosen + step);
  const { from, options } = complete(line.text, line.cursor);
  if (options.length === 0) return undefined;
  const tail = line.text.slice(line.cursor);
  const start: Tabbing = { line, options, from, tail, chosen: -1 };
  const common = commonStart(options);
  if (options.length === 1 || common.length <= line.cursor - from) return choose(start, step === 1 ? 0 : -1);
  return { ...start, line: inserted(line, from, common, tail) };
}

function choose(tabbing: Tabbing, index: number): Tabbing {
  const { options, from, tail, line } = tabbing;
  const chosen = ((index % options.length) + options.length) % options.length;
  return { ...tabbing, chosen, line: inserted(line, from, options[chosen] ?? '', tail) };
}

function inserted(line: Line, from: number, option: string, tail: string): Line {
  const head = line.text.slice(0, from) + option;
  // a blank that the option brings is not doubled
  const rest = option.endsWith(' ') && tail.startsWith(' ') ? tail.slice(1) : tail;
  return { text: head + rest, cursor: head.length };
}

function commonStart(options: readonly string[]): string {
  const [first = '', ...others] = options;
  let length = first.length;
  for (const other of others) {
    let i = 0;
    while (i < length && other[i] === first[i]) i++;
    length = i;
  }
  return first.slice(0, length);
}
