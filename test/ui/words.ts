/** The prompts' words for tests. */
import type { PromptWords } from '../../src/ui/prompts/words.ts';

export const words: PromptWords = {
  yes: 'yes',
  no: 'no',
  yesKeys: ['y', 'yes'],
  noKeys: ['n', 'no'],
  menuHint: 'number or letter',
  menuHintBack: 'number or letter, Esc back',
  menuPartial: (name) => `Enter: ${name}, or another digit`,
  textHint: 'Enter to answer, Esc back',
  passwordHint: 'not shown',
  empty: 'give a value',
  noSuchChoice: (text) => `no choice ${text}`,
  pagerMissing: (name) => `no pager ${name}`,
  pagerFailed: (name, code) => `${name} ended with ${code}`,
  pageMore: 'more?',
  moreAbove: 'more above',
  moreBelow: 'more below',
};
