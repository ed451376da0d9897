/** Runs one action of the table and prints what it gave. Errors are one line; nothing is thrown but the end of input. */
import type { Action } from '../actions/action.ts';
import type { FileTransfer } from '../chat/events.ts';
import type { Face, Seat } from './face.ts';
import { EndOfInputError, InterruptedError } from './terminal.ts';

export type Input = Readonly<Record<string, unknown>>;

/** Resolves to true where the action did what was asked. `signal` cancels it beside the seat's own end. */
export async function runAction(
  face: Face,
  seat: Seat,
  action: Action,
  input: Input,
  { signal, progress }: { signal?: AbortSignal; progress?: (file: FileTransfer) => void } = {},
): Promise<boolean> {
  const ended = signal === undefined ? seat.signal : AbortSignal.any([seat.signal, signal]);
  return attempt(face, async () => {
    try {
      const context = seat.context(ended, progress);
      await context.online(action.needs);
      const text = face.render.outcome(await action.run(context, input));
      if (text !== '') face.terminal.log(text);
      return true;
    } catch (error) {
      // Who cancelled knows it already.
      if (ended.aborted) return false;
      throw error;
    }
  });
}

/**
 * Does something that may fail; a failure is printed as one line. Resolves to false then, or where `work` does.
 * Ctrl-C and the end of input go on upwards.
 */
export async function attempt(face: Face, work: () => Promise<unknown>): Promise<boolean> {
  try {
    return (await work()) !== false;
  } catch (error) {
    if (error instanceof InterruptedError || error instanceof EndOfInputError) throw error;
    face.terminal.log(face.theme.error(face.render.problem(error)));
    return false;
  }
}

/** The action of that name; the table has every name that a screen uses, or the program is wrong. */
export function actionNamed(face: Pick<Face, 'actions'>, name: string): Action {
  const action = face.actions.find((entry) => entry.name === name);
  if (action === undefined) throw new Error(`no action ${name}`);
  return action;
}
