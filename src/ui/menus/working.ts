/** Waiting for something that may take long: after a moment one is offered to cancel it. */
import type { Face } from '../face.ts';

/** milliseconds until the offer appears, so that what is quick does not flicker */
const PATIENCE = 1500;

export interface Work {
  /** what is being done, one line */
  readonly message: string;
  /** how far it is; asked at each redraw */
  progress?(): string;
  readonly subscribe?: (redraw: () => void) => () => void;
}

/**
 * Runs `work` with a signal that the user ends by `0`, Esc or Ctrl-C. Resolves and rejects as `work` does.
 * Without a person at a terminal nobody is asked.
 */
export async function whileWorking<T>(
  face: Face,
  { message, progress, subscribe }: Work,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const cancelled = new AbortController();
  const finished = new AbortController();
  face.terminal.log(face.theme.dim(message));
  const result = work(cancelled.signal).finally(() => finished.abort());
  if (!face.terminal.interactive) return result;
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
  let offered: Promise<void> | undefined;
  const timer = setTimeout(() => {
    offered = offerToCancel();
  }, PATIENCE);
  try {
    return await result;
  } finally {
    clearTimeout(timer);
    await offered;
  }
}
