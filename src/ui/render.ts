/** The `Renderer` of the screens: data becomes text for a terminal, sanitised and coloured. */
import type { Renderer } from './face.ts';
import { size } from './render/formats.ts';
import { inMenus } from './render/in-menus.ts';
import type { RenderOptions } from './render/options.ts';
import { outcomeText } from './render/outcome.ts';
import { rowsText } from './render/rows.ts';
import { styledText } from './render/styled.ts';
import { problemOf, problemText, whyNotDelivered, whyOf } from './sentences.ts';

/** `columns` is asked at every use: terminals are resized. */
export function renderer(
  options: Omit<RenderOptions, 'columns'> & { columns?(): number | undefined },
): Renderer {
  const { words, theme } = options;
  return {
    styled: (text) => styledText(text, theme),
    outcome(outcome) {
      const { result, notices } = outcomeText(outcome, { ...options, columns: options.columns?.() });
      return [...notices.map((notice) => inMenus(notice, words)), result]
        .filter((text) => text !== '')
        .join('\n');
    },
    row: (row) => rowsText([row], { ...options, columns: options.columns?.() }),
    problem: (error, about) => capital(inMenus(problemText(problemOf(error, words, about)), words)),
    failure: (failure, kind) => inMenus(whyNotDelivered(words, failure, kind), words),
    whyNotEntered: ({ condition, text }) => whyOf(words, condition, text, 'join'),
    size: (bytes) => size(bytes, words),
  };
}

/** An address stays as it is. */
function capital(text: string): string {
  if (/^\S*@/.test(text)) return text;
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
