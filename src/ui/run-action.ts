/** Runs one action of the table and prints what it gave. Errors are one line; nothing is thrown but the end of input. */
import type { Action, Ended, Streaming } from '../actions/action.ts';
import type { FileTransfer } from '../chat/events.ts';
import type { Face, Seat } from './face.ts';
import type { About } from './sentences.ts';
import { EndOfInputError, InterruptedError } from './terminal.ts';

export type Input = Readonly<Record<string, unknown>>;

/**
 * Resolves to true where the action did what was asked. `signal` cancels it beside the seat's own end; `silent`: what
 * it did is seen elsewhere.
 */
export async function runAction(
  face: Face,
  seat: Seat,
  action: Action,
  input: Input,
  {
    signal,
    progress,
    silent = false,
  }: { signal?: AbortSignal; progress?: (file: FileTransfer) => void; silent?: boolean } = {},
): Promise<boolean> {
  const ended = signal === undefined ? seat.signal : AbortSignal.any([seat.signal, signal]);
  const work = async () => {
    try {
      const context = seat.context(ended, progress);
      await context.online(action.needs);
      const outcome = await action.run(context, input);
      const text = face.render.outcome(
        outcome.kind === 'stream' ? await written(face, outcome, ended) : outcome,
      );
      if (text !== '' && !silent) face.terminal.log(text);
      return true;
    } catch (error) {
      // Who cancelled knows it already.
      if (ended.aborted) return false;
      throw error;
    }
  };
  return attempt(face, work, { action: action.name, values: input });
}

async function written(face: Face, stream: Streaming, signal: AbortSignal): Promise<Ended> {
  const { writeStream } = await import('./stream.ts');
  return writeStream(stream, {
    words: face.words,
    format: 'text',
    signal,
    write: async (lines) => face.terminal.log(lines),
  });
}

/** Does something that may fail. Resolves to false where it did, or where `work` does. */
export async function attempt(face: Face, work: () => Promise<unknown>, about?: About): Promise<boolean> {
  try {
    return (await work()) !== false;
  } catch (error) {
    complain(face, error, about);
    return false;
  }
}

/** Prints a failure as one line. Ctrl-C and the end of input are none: they are thrown on. */
export function complain({ terminal, theme, render }: Face, error: unknown, about?: About): void {
  if (error instanceof InterruptedError || error instanceof EndOfInputError) throw error;
  terminal.log(theme.error(render.problem(error, about)));
}

/** The action of that name; the table has every name that a screen uses, or the program is wrong. */
export function actionNamed(face: Pick<Face, 'actions'>, name: string): Action {
  const action = face.actions.find((entry) => entry.name === name);
  if (action === undefined) throw new Error(`no action ${name}`);
  return action;
}
