/** Runs one action of the table and prints what it gave. Errors are one line; nothing is thrown but the end of input. */
import type { Action, Ended, Streaming } from '../actions/action.ts';
import type { FileTransfer } from '../chat/events.ts';
import type { Face, Seat } from './face.ts';
import type { About } from './sentences.ts';
import { EndOfInputError, InterruptedError } from './terminal.ts';

export type Input = Readonly<Record<string, unknown>>;

/**
 * Resolves to true where the action did what was asked. `signal` cancels it beside the seat's own end; `text` says what
 * is printed of it, '' where it is seen elsewhere.
 */
export async function runAction(
  face: Face,
  seat: Seat,
  action: Action,
  input: Input,
  {
    signal,
    progress,
    text = face.render.outcome,
  }: {
    signal?: AbortSignal;
    progress?: (file: FileTransfer) => void;
    text?: (outcome: Ended) => string;
  } = {},
): Promise<boolean> {
  const ended = signal === undefined ? seat.signal : AbortSignal.any([seat.signal, signal]);
  const work = async () => {
    try {
      const context = seat.context(ended, progress);
      await context.online(action.needs);
      const outcome = await action.run(context, input);
      const shown = text(outcome.kind === 'stream' ? await written(face, outcome, ended) : outcome);
      if (shown !== '') face.terminal.log(shown);
      return true;
    } catch (error) {
      // Who cancelled knows it already.
      if (ended.aborted) return false;
      throw error;
    }
  };
  return attempt(face, work, { action: action.name, values: input });
}

/** Leaves a room. That one is out is told by the room, so the action says nothing more where one was in. */
export function leaveRoom(face: Face, seat: Seat, room: string): Promise<boolean> {
  const inside = seat.client.rooms.get(room)?.joined === true;
  return runAction(face, seat, actionNamed(face, 'leave'), { room }, inside ? { text: () => '' } : {});
}

/** To its file; what has none is read in the pager. */
async function written(face: Face, stream: Streaming, signal: AbortSignal): Promise<Ended> {
  const { textOf, writeStream } = await import('./stream.ts');
  const { terminal, words } = face;
  if (stream.output !== undefined)
    return writeStream(stream, { words, format: 'text', signal, write: async () => {} });
  let count = 0;
  await terminal.page({
    *pieces() {
      count = 0;
      for (const page of textOf(stream.pages, stream.format ?? 'text', words)) {
        count += page.count;
        yield page.lines;
      }
    },
  });
  if (count === 0) return { kind: 'rows', rows: [], empty: stream.empty };
  return { kind: 'done', notice: stream.done(count) };
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
