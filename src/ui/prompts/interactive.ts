/** The prompts for a person at a terminal. */
import { EndOfInputError, InterruptedError, type Terminal } from '../terminal.ts';
import type { Asking } from './asking.ts';
import { answersYes } from './confirm.ts';
import type { Runner } from './run.ts';
import type { Dress } from './words.ts';

export function interactivePrompts(runner: Runner, dress: Dress): Asking {
  const { words } = dress;

  const text: Terminal['text'] = (question, options = {}) => {
    const { multiline = false } = question;
    const back = () => running.close(new InterruptedError());
    const running = runner.run('text', { question, dress, back }, { ...options, text: true, multiline });
    return running.answer;
  };

  return {
    text,
    menu(menu, options = {}) {
      const back = () => running.close(new InterruptedError());
      const running = runner.run('menu', { menu, dress, back }, { ...options, escape: false });
      return running.answer;
    },
    password({ message }, options = {}) {
      const back = () => running.close(new InterruptedError());
      const running = runner.run('password', { message, dress, back }, { ...options, text: true });
      return running.answer;
    },
    async confirm({ message, initial }, options) {
      const choice = `${message} (${words.yesKeys[0] ?? words.yes}/${words.noKeys[0] ?? words.no})`;
      const answer = await text(
        {
          message: choice,
          initial: initial ? words.yes : words.no,
          validate: (given) =>
            answersYes(given, words) === undefined ? words.noSuchChoice(given) : undefined,
        },
        options,
      );
      return answersYes(answer, words) ?? initial;
    },
    checkbox: (question, options = {}) => runner.run('checkbox', { question, dress }, options).answer,
    conversation(conversation, options = {}) {
      const failed = (error: unknown) => running.close(error);
      const config = { conversation, dress, failed };
      const how = { ...options, escape: false, keep: false, text: true, multiline: true };
      const running = runner.run('conversation', config, how);
      return running.answer;
    },
    end: () => runner.closeAll(new EndOfInputError()),
  };
}
