/**
 * What this run has told of. Runs side by side share the kept messages, and the server gives each of them a copy: who comes
 * second finds it kept, and tells of it all the same. What was kept before this run began is no news.
 */
import { createHash } from 'node:crypto';
import type { Changed } from './changes.ts';
import type { Message } from './message.ts';

/** rows; what is older is as good as told: two runs hear the same within moments */
const MOST = 4096;

/**
 * Takes the last row that was kept before this run. Gives a function that notes a row as told, and says whether nothing was
 * told of it until then.
 */
export function heard(before: number): (row: number) => boolean {
  const rows = new Set<number>();
  let forgotten = before;
  return (row) => {
    if (row <= forgotten || rows.has(row)) return false;
    rows.add(row);
    if (rows.size > MOST) {
      const [oldest = row] = rows;
      rows.delete(oldest);
      forgotten = Math.max(forgotten, oldest);
    }
    return true;
  };
}

/** changes that are remembered as told */
const MOST_CHANGES = 1024;

/** What a message is by such a change, in few characters. */
function outcome({ body, retracted, reactions }: Message, change: Changed): string {
  const is = { corrected: body, retracted, reacted: reactions }[change];
  return createHash('sha256').update(JSON.stringify(is)).digest('base64');
}

/** Which changes of messages this run has told of, its own ones too. */
export function heardChanges() {
  const told = new Map<string, string>();
  const keyOf = ({ row }: Message, change: Changed) => `${change} ${row}`;
  return {
    note(message: Message, change: Changed): void {
      const key = keyOf(message, change);
      told.delete(key);
      told.set(key, outcome(message, change));
      const [oldest] = told.keys();
      if (told.size > MOST_CHANGES && oldest !== undefined) told.delete(oldest);
    },
    /** Whether the message, which was changed so, was told as it is now. */
    has: (message: Message, change: Changed): boolean =>
      told.get(keyOf(message, change)) === outcome(message, change),
  };
}
