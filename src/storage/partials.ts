/** Files received in part, by what they are fetched by. */
import type { PartialFiles } from '../chat/stores.ts';
import type { Database } from './sql.ts';

export function isAlive(process_: number): boolean {
  try {
    process.kill(process_, 0);
    return true;
  } catch (error) {
    // Of somebody else, and alive.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function partialFiles(database: Database, account: string): PartialFiles {
  const remove = (key: string) => {
    database.statement('DELETE FROM partial_file WHERE account = ? AND key = ?').run(account, key);
  };
  return {
    take: (key) =>
      database.transaction(() => {
        const row = database
          .statement('SELECT path, validator, writer FROM partial_file WHERE account = ? AND key = ?')
          .get(account, key);
        if (row === undefined || (row.writer !== null && isAlive(Number(row.writer)))) return undefined;
        remove(key);
        return { path: String(row.path), validator: String(row.validator) };
      }),

    put(key, { path, validator }, { busy }) {
      database
        .statement(
          'INSERT OR REPLACE INTO partial_file (account, key, path, validator, writer) VALUES (?, ?, ?, ?, ?)',
        )
        .run(account, key, path, validator, busy ? process.pid : null);
    },

    remove,
  };
}
