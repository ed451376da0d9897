/** Files received in part, by what they are fetched by. */
import type { PartialFile, PartialFiles } from '../chat/stores.ts';
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

/** What this process claimed, of each database: its number alone may be that of one that died, as in containers. */
const ours = new WeakMap<Database, Set<string>>();

export function partialFiles(database: Database, account: string): PartialFiles {
  const claimed = ours.get(database) ?? new Set();
  ours.set(database, claimed);
  const claimOf = (key: string) => JSON.stringify([account, key]);
  const isBusy = (key: string, writer: unknown) =>
    writer !== null && (Number(writer) === process.pid ? claimed.has(claimOf(key)) : isAlive(Number(writer)));

  function put(key: string, { path, validator }: PartialFile, writer: number | null): void {
    database
      .statement(
        'INSERT OR REPLACE INTO partial_file (account, key, path, validator, writer) VALUES (?, ?, ?, ?, ?)',
      )
      .run(account, key, path, validator, writer);
  }

  return {
    take: (key) =>
      database.transaction(() => {
        const row = database
          .statement('SELECT path, validator, writer FROM partial_file WHERE account = ? AND key = ?')
          .get(account, key);
        if (row !== undefined && isBusy(key, row.writer)) return 'busy';
        put(key, { path: '', validator: '' }, process.pid);
        claimed.add(claimOf(key));
        // Another one that claimed it died before it had a file.
        if (row === undefined || row.path === '') return undefined;
        return { path: String(row.path), validator: String(row.validator) };
      }),

    put: (key, file, { busy }) =>
      database.transaction(() => {
        // Whoever was told to have left something there: it is gone, and the name is another's now.
        database.statement('DELETE FROM partial_file WHERE path = ?').run(file.path);
        put(key, file, busy ? process.pid : null);
        if (busy) claimed.add(claimOf(key));
        else claimed.delete(claimOf(key));
      }),

    remove(key) {
      database.statement('DELETE FROM partial_file WHERE account = ? AND key = ?').run(account, key);
      claimed.delete(claimOf(key));
    },

    list: () =>
      database
        .statement('SELECT key, path, writer FROM partial_file WHERE account = ?')
        .all(account)
        .filter(({ key, writer }) => !isBusy(String(key), writer))
        .map(({ key, path }) => ({ key: String(key), path: String(path) })),
  };
}
