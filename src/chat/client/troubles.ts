/** What goes wrong in the background: told once, and not thrown at anybody. */

import type { ChatEvents } from '../events.ts';
import { isStorageFailure } from '../stores.ts';

export interface TroublesOptions {
  readonly tell: (problem: ChatEvents['problem'][0]) => void;
  /** the store failed: what was under way has to be done again */
  readonly storeFailed: () => void;
}

export function troubles({ tell, storeFailed }: TroublesOptions) {
  /** condition of the store's failure that was told last */
  let told: string | undefined;
  return {
    /** One line for the user, and of a store that fails only one until it works again. */
    failed(error: unknown): void {
      const { condition, message } = error as { condition?: string; message?: string };
      if (isStorageFailure(error)) {
        storeFailed();
        if (told === error.condition) return;
        told = error.condition;
      }
      tell({ condition: condition ?? 'undefined-condition', text: message ?? '' });
    },

    /** The store works. */
    over(): void {
      told = undefined;
    },
  };
}

export type Troubles = ReturnType<typeof troubles>;
