/** Whether anybody looks: the window has the focus, as far as the terminal tells, and somebody typed not long ago. */
import type { EventEmitter } from 'node:events';
import type { KeysEvents } from '../keys.ts';

/** milliseconds without a key after which nobody is taken to look */
export const IDLE_AFTER = 5 * 60_000;

export interface Attention {
  /** when nobody looks any more, and at once when somebody does again; returns the undo */
  add(listener: (there: boolean) => void): () => void;
  /** stops listening; no timer is left */
  close(): void;
}

export function attention(keys: Pick<EventEmitter<KeysEvents>, 'on' | 'off'>): Attention {
  const listeners = new Set<(there: boolean) => void>();
  let there = true;
  let timer: NodeJS.Timeout | undefined;

  function turn(now: boolean): void {
    clearTimeout(timer);
    if (now) {
      timer = setTimeout(turn, IDLE_AFTER, false);
      timer.unref();
    }
    if (there === now) return;
    there = now;
    for (const listener of [...listeners]) listener(now);
  }
  const typed = () => turn(true);

  keys.on('focus', turn);
  keys.on('typed', typed);
  turn(true);

  return {
    add(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      clearTimeout(timer);
      keys.off('focus', turn);
      keys.off('typed', typed);
      listeners.clear();
    },
  };
}
