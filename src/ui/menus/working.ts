/** Waiting for something that may take long: it can be cancelled, and after a moment that is offered. */
import { ChatError } from '../../chat/problem.ts';
import type { Face } from '../face.ts';
import type { Subscribe } from '../terminal.ts';

/** milliseconds until the offer appears, so that what is quick does not flicker */
const PATIENCE = 1500;
/** milliseconds until it is said what is done: what is quick leaves no line behind */
const SILENCE = 300;

export interface Work {
  /** what is being done, one line */
  readonly message: string;
  /** how far it is; asked at each redraw */
  progress?(): string;
  readonly subscribe?: Subscribe;
}

/** Runs `work` with a signal that Ctrl-C ends; resolves and rejects as it does, or with `cancelled` at once. */
export async function cancellable<T>(
  { terminal }: Pick<Face, 'terminal'>,
  work: (signal: AbortSignal) => Promise<T>,
  cancelled = new AbortController(),
): Promise<T> {
  const { signal } = cancelled;
  const stopListening = terminal.onInterrupt(() => cancelled.abort());
  // What listens to no signal goes on unseen, and ends by its own time limit.
  const given = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new ChatError('cancelled')), { once: true });
  });
  try {
    return await Promise.race([work(signal), given]);
  } finally {
    stopListening();
  }
}

/** As `cancellable`, with a line that says what is done, and `0`, Esc or Ctrl-C to cancel when it takes long. */
export async function whileWorking<T>(
  face: Face,
  { message, progress, subscribe }: Work,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const cancelled = new AbortController();
  const finished = new AbortController();
  const offerToCancel = async () => {
    const cancel = { key: '0', name: face.words.menus.cancel, value: 'cancel' };
    const items = () => [{ ...cancel, badge: progress?.() }];
    try {
      await face.terminal.menu(
        { message, items, subscribe, back: cancel.value },
        { signal: finished.signal },
      );
    } catch {
      // Ctrl-C cancels as well; where the work has ended this changes nothing.
    }
    cancelled.abort();
  };
  const say = () => face.terminal.log(face.theme.dim(message));
  const saying = face.terminal.interactive ? setTimeout(say, SILENCE) : undefined;
  if (saying === undefined) say();
  let offered: Promise<void> | undefined;
  const timer = setTimeout(() => {
    if (face.terminal.interactive) offered = offerToCancel();
  }, PATIENCE);
  try {
    return await cancellable(face, work, cancelled);
  } finally {
    clearTimeout(saying);
    clearTimeout(timer);
    finished.abort();
    await offered;
  }
}
