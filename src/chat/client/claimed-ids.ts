/**
 * Ids that a room gave to messages before it said whether it gives any (XEP-0359 §6): whoever speaks right after entering
 * may be quicker than that answer. They count when it says so, and only then.
 */
import type { Changes } from '../changes.ts';
import { isStorageFailure, type MessageStore } from '../stores.ts';

export interface ClaimedIdsOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly changes: () => Pick<Changes, 'settle'>;
  /** what waited for the id of that message can go out, or never will */
  readonly decided: (row: number) => void;
  readonly failed: (error: unknown) => void;
}

/** remembered of one room: its past, as far as it is told on entering, and some more */
const MOST = 1000;

export function claimedIds({ account, store, changes, decided, failed }: ClaimedIdsOptions) {
  /** by who gave them: ids by row */
  const claimed = new Map<string, Map<number, string>>();

  /** Gives what tells of it. */
  function keep(row: number, id: string): (() => void)[] {
    const message = store.get(row);
    if (message === undefined || message.stanzaId !== undefined) return [];
    // Two messages with one id: who says so lies.
    if (store.byStanzaId(account, message.chat, id) !== undefined) return [];
    store.setStanzaId(row, id, undefined);
    return changes().settle({ ...message, stanzaId: id });
  }

  return {
    /** The message of that row came with that id by somebody who is being asked whether it gives ids. */
    note(by: string, row: number, id: string): void {
      const rows = claimed.get(by) ?? new Map<number, string>();
      claimed.set(by, rows);
      if (rows.size < MOST && !rows.has(row)) rows.set(row, id);
    },

    /** Whether the id of that message may be known soon. */
    isOpen: (by: string, row: number): boolean => claimed.get(by)?.has(row) === true,

    /** It answered, or will not. */
    decide(by: string, gives: boolean): void {
      const rows = claimed.get(by);
      claimed.delete(by);
      if (rows === undefined) return;
      try {
        const told = gives ? store.transaction(() => [...rows].flatMap(([row, id]) => keep(row, id))) : [];
        for (const tell of told) tell();
      } catch (error) {
        if (!isStorageFailure(error)) throw error;
        failed(error);
      }
      for (const row of rows.keys()) decided(row);
    },
  };
}

export type ClaimedIds = ReturnType<typeof claimedIds>;
