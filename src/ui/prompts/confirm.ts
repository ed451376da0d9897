/** What counts as yes and as no. */
import type { PromptWords } from './words.ts';

/** Undefined where it is neither; the words of the language, in any case. */
export function answersYes(answer: string, words: PromptWords): boolean | undefined {
  const given = answer.trim().toLocaleLowerCase();
  if ([words.yes.toLocaleLowerCase(), ...words.yesKeys].includes(given)) return true;
  if ([words.no.toLocaleLowerCase(), ...words.noKeys].includes(given)) return false;
  return undefined;
}
