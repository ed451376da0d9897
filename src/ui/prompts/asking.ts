/** The prompts of a terminal, beside what it prints. */
import type { CheckboxPrompt, PromptOptions, Terminal } from '../terminal.ts';

export interface Asking extends Pick<Terminal, 'menu' | 'text' | 'password' | 'confirm' | 'conversation'> {
  /** resolves to the values of the chosen items */
  checkbox(prompt: CheckboxPrompt, options?: PromptOptions): Promise<readonly string[]>;
  /** nobody will answer any more: the open prompt and all later ones reject with EndOfInputError */
  end(): void;
}
