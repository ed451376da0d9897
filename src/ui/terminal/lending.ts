/** Gives the terminal to another program and takes it back: mode, keys, screen, and whose Ctrl-C it is. */
import type { Keys } from '../keys.ts';
import type { Screen } from '../screen.ts';

export interface Lending {
  /** another program has the terminal */
  readonly away: boolean;
  /** Ctrl-C was pressed there: it is the other program's, and ours to know */
  interrupted(): void;
  lend<T>(work: () => Promise<T>): Promise<{ result: T; interrupted: boolean }>;
}

export function lending(
  screen: Pick<Screen, 'suspend' | 'resume' | 'written'>,
  keys: () => Keys | undefined,
) {
  let away = false;
  let pressed = false;
  const lent: Lending = {
    get away() {
      return away;
    },
    interrupted() {
      pressed = true;
    },
    async lend(work) {
      away = true;
      pressed = false;
      screen.suspend();
      keys()?.rest();
      try {
        await screen.written();
        const result = await work();
        return { result, interrupted: pressed };
      } finally {
        away = false;
        keys()?.wake();
        screen.resume();
      }
    },
  };
  return lent;
}
