/** The `Renderer` of the screens: data becomes text for a terminal, sanitised and coloured. */
import type { Renderer } from './face.ts';
import { size } from './render/formats.ts';
import type { RenderOptions } from './render/options.ts';
import { outcomeText } from './render/outcome.ts';
import { styledText } from './render/styled.ts';
import { problemOf, problemText, whyOf } from './sentences.ts';

/** `columns` is asked at every use: terminals are resized. */
export function renderer(
  options: Omit<RenderOptions, 'columns'> & { columns?(): number | undefined },
): Renderer {
  const { words, theme } = options;
  return {
    styled: (text) => styledText(text, theme),
    outcome(outcome) {
      const { result, notices } = outcomeText(outcome, { ...options, columns: options.columns?.() });
      return [...notices, result].filter((text) => text !== '').join('\n');
    },
    problem: (error, about) => capital(problemText(problemOf(error, words, about))),
    failure: ({ condition, text }) => whyOf(words, condition, text, 'send'),
    size: (bytes) => size(bytes, words),
  };
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
