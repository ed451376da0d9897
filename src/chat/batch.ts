/**
 * Messages that came in one read share one transaction: each commit by itself would wait for the disk. Nothing is told
 * before it is kept, and then in the order it came. docs/decisions/delivery.md
 */
import type { Batch as SessionBatch } from '../xmpp/session/options.ts';
import { type Held, isStorageFailure, type MessageStore } from './stores.ts';

/** Told once the transaction holds: a listener that throws must not undo it. */
export type Later = (tell: () => void) => void;

export interface Batch extends SessionBatch {
  /**
   * Does `work` in a transaction; what it puts off is told when that holds. Together with what comes next, where a read
   * is going on and `together` allows it; else at once, behind what came before. `counted` is called once, last in the
   * transaction, for all of them: the newest takes the place of those before it.
   */
  run(work: Work, more: { together: boolean }): void;
}

/** May be done again, where it is taken back. */
export type Work = (later: Later) => (() => void) | undefined;

export interface BatchOptions {
  readonly store: Pick<MessageStore, 'hold' | 'transaction'>;
  /** what was told is all told: what is the same for all of it can be done once */
  readonly told: () => void;
  /** what came together could not be kept */
  readonly failed: (error: unknown) => void;
}

export function batch({ store, told, failed }: BatchOptions): Batch {
  let reading = false;
  let held: Held | undefined;
  let failure: { readonly error: unknown } | undefined;
  let works: Work[] = [];
  let tellings: (() => void)[] = [];
  let counted: (() => void) | undefined;
  let settlements = 0;

  function forget(): void {
    held = undefined;
    failure = undefined;
    works = [];
    tellings = [];
    counted = undefined;
  }

  function tellAll(all: readonly (() => void)[]): void {
    const errors: unknown[] = [];
    for (const tell of [...all, told]) {
      try {
        tell();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  function settle(): void {
    if (failure !== undefined) throw failure.error;
    if (held === undefined) return;
    try {
      counted?.();
      held.keep();
    } catch (error) {
      held.drop();
      failure = { error };
      failed(error);
      throw error;
    }
    const all = tellings;
    forget();
    settlements += 1;
    tellAll(all);
  }

  /** In a transaction of its own, and told. */
  function alone(work: Work): void {
    const later: (() => void)[] = [];
    store.transaction(() => work((tell) => later.push(tell))?.());
    tellAll(later);
  }

  /** One of them failed by itself: what came before it is done again, each alone. Cheaper than a way back for each. */
  function separate(done: readonly Work[]): void {
    held?.drop();
    forget();
    try {
      for (const work of done) alone(work);
    } catch (error) {
      failure = { error };
      throw error;
    }
    settlements += 1;
  }

  return {
    get pending() {
      return held !== undefined || failure !== undefined;
    },
    get settlements() {
      return settlements;
    },
    begin() {
      reading = true;
    },
    settle,
    drop() {
      held?.drop();
      forget();
    },
    end() {
      reading = false;
    },
    run(work, { together }) {
      if (!reading || !together) {
        settle();
        alone(work);
        return;
      }
      if (failure !== undefined) throw failure.error;
      held ??= store.hold();
      try {
        counted = work((tell) => tellings.push(tell)) ?? counted;
        works.push(work);
      } catch (error) {
        if (!isStorageFailure(error)) separate(works);
        throw error;
      }
    },
  };
}
