/** Up and Down inside a text of several lines. */
import type { Line } from '../prompts/line.ts';
import { BREAK } from '../screen/frame.ts';

/** The cursor one line up or down at the same column; undefined where there is no such line. */
export function moveLine({ text, cursor }: Line, way: 'up' | 'down'): Line | undefined {
  const starts = [0];
  for (let i = text.indexOf(BREAK); i >= 0; i = text.indexOf(BREAK, i + 1)) starts.push(i + BREAK.length);
  const here = starts.findLastIndex((start) => start <= cursor);
  const target = starts[way === 'up' ? here - 1 : here + 1];
  if (target === undefined) return undefined;
  const column = cursor - (starts[here] ?? 0);
  const next = starts[starts.indexOf(target) + 1];
  const end = next === undefined ? text.length : next - BREAK.length;
  return { text, cursor: Math.min(target + column, end) };
}
