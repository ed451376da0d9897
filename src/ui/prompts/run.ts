/** Runs inquirer's prompts on our screen and keyboard; the only place that loads inquirer, at the first prompt. */

import type { ConversationConfig } from '../conversation-prompt.ts';
import type { KeyInputOptions, Keys } from '../keys.ts';
import type { MenuConfig } from '../menu-prompt.ts';
import type { Screen } from '../screen.ts';
import type { ConversationEnd } from '../terminal.ts';
import { InterruptedError } from '../terminal.ts';
import type { CheckboxConfig } from './checkbox.ts';
import type { PasswordConfig } from './password.ts';
import type { TextConfig } from './text.ts';

/** What each prompt takes, and what it resolves to. */
interface Prompts {
  menu: { takes: MenuConfig; gives: string };
  text: { takes: TextConfig; gives: string };
  checkbox: { takes: CheckboxConfig; gives: readonly string[] };
  conversation: { takes: ConversationConfig; gives: ConversationEnd };
  password: { takes: PasswordConfig; gives: string };
}

export interface RunOptions extends KeyInputOptions {
  readonly signal?: AbortSignal | undefined;
  /** Esc goes back; prompts that have a meaning of their own for it say false */
  readonly escape?: boolean;
  /** what stays on the screen: the answer, or nothing */
  readonly keep?: boolean;
}

export interface Running<Value> {
  readonly answer: Promise<Value>;
  /** closes the prompt, which rejects with `reason` */
  close(reason: unknown): void;
}

export interface Runner {
  run<Type extends keyof Prompts>(
    type: Type,
    config: Prompts[Type]['takes'],
    options: RunOptions,
  ): Running<Prompts[Type]['gives']>;
  /** Ctrl-C: closes the prompt in front; false where none is open */
  interrupt(): boolean;
  /** closes all, for good */
  closeAll(reason: unknown): void;
}

type PromptFunction = (config: never, context: object) => Promise<unknown>;

let loading: ReturnType<typeof load> | undefined;

/** Loads inquirer ahead of the first prompt, which takes some 50 ms. */
export function warmPrompts(): Promise<unknown> {
  loading ??= load();
  return loading;
}

async function load() {
  const [
    inquirer,
    { menuPrompt },
    { textPrompt },
    { passwordPrompt },
    { checkboxPrompt },
    { conversationPrompt },
  ] = await Promise.all([
    import('inquirer'),
    import('../menu-prompt.ts'),
    import('./text.ts'),
    import('./password.ts'),
    import('./checkbox.ts'),
    import('../conversation-prompt.ts'),
  ]);
  const own = {
    password: passwordPrompt,
    menu: menuPrompt,
    text: textPrompt,
    checkbox: checkboxPrompt,
    conversation: conversationPrompt,
  } as unknown as Record<keyof Prompts, PromptFunction>;
  return { createPromptModule: inquirer.createPromptModule, own };
}

export function createRunner(screen: Screen, keys: Keys): Runner {
  const open: AbortController[] = [];
  let closed: { reason: unknown } | undefined;

  const ask = async (
    type: keyof Prompts,
    config: object,
    options: RunOptions,
    leave: AbortController,
  ): Promise<unknown> => {
    loading ??= load();
    const { createPromptModule, own } = await loading;
    leave.signal.throwIfAborted();
    const output = screen.open();
    const keyboard = keys.open(options);
    const abort = () => output.discard();
    leave.signal.addEventListener('abort', abort);
    if (options.escape !== false) {
      keyboard.input.on('keypress', (_text, key: { name?: string }) => {
        if (key.name === 'escape') leave.abort(new InterruptedError());
      });
    }
    const prompt = createPromptModule({
      input: keyboard.input,
      output,
      signal: leave.signal,
      clearPromptOnDone: options.keep === false,
    });
    // keys typed ahead wait until the prompt listens
    prompt.registerPrompt(type, (asked: object, context: object) => {
      const answer = own[type](asked as never, context);
      keyboard.ready();
      return answer;
    });
    try {
      const answers = await prompt([{ ...config, type, name: 'answer' }] as never);
      return (answers as { answer: unknown }).answer;
    } finally {
      leave.signal.removeEventListener('abort', abort);
      keyboard.close();
      if (!output.writableEnded) output.end();
    }
  };

  return {
    run(type, config, options) {
      const leave = new AbortController();
      const close = (reason: unknown) => leave.abort(reason);
      const outer = options.signal;
      const outerAborted = () => close(outer?.reason);
      const run = async () => {
        if (closed) throw closed.reason;
        outer?.throwIfAborted();
        outer?.addEventListener('abort', outerAborted);
        open.push(leave);
        try {
          return await ask(type, config, options, leave);
        } catch (error) {
          throw leave.signal.aborted ? leave.signal.reason : error;
        } finally {
          open.splice(open.indexOf(leave), 1);
          outer?.removeEventListener('abort', outerAborted);
        }
      };
      // the type of a prompt decides what it gives; the table above is the contract
      return { answer: run() as Promise<never>, close };
    },
    interrupt() {
      const front = open.at(-1);
      front?.abort(new InterruptedError());
      return front !== undefined;
    },
    closeAll(reason) {
      closed = { reason };
      for (const leave of [...open].reverse()) leave.abort(reason);
    },
  };
}
