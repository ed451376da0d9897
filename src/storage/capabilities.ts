/** Disco answers by caps hash. */
import type { CapsCache } from '../chat/stores.ts';
import type { Database } from './sql.ts';

/** Anybody whose presence reaches us can make up hashes, so their number has an end. */
export const MOST_CAPABILITIES = 2000;

export function capsCache(database: Database): CapsCache {
  return {
    get(key) {
      const row = database.statement('SELECT answer FROM capability WHERE hash = ?').get(key);
      return row === undefined ? undefined : String(row.answer);
    },

    put: (key, value) =>
      database.transaction(() => {
        const { row } = database
          .statement('INSERT OR REPLACE INTO capability (hash, answer) VALUES (?, ?)')
          .run(key, value);
        database.statement('DELETE FROM capability WHERE id <= ?').run(row - MOST_CAPABILITIES);
      }),
  };
}
