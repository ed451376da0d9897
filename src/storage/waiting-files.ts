/** Files that wait until somebody is online: where they are, not what is in them. */
import type { WaitingFiles } from '../chat/stores.ts';
import { isAlive } from './partials.ts';
import type { Database } from './sql.ts';

export function waitingFiles(database: Database, account: string): WaitingFiles {
  const setWriter = (id: string, writer: number | null) =>
    database
      .statement('UPDATE waiting_file SET writer = ? WHERE account = ? AND id = ?')
      .run(writer, account, id);
  return {
    put({ id, path, peer, name, size, modified }) {
      database
        .statement(
          'INSERT INTO waiting_file (account, id, path, peer, name, size, modified) VALUES (?, ?, ?, ?, ?, ?, ?)',
        )
        .run(account, id, path, peer, name, size, modified);
    },

    list: () =>
      database
        .statement('SELECT * FROM waiting_file WHERE account = ? ORDER BY rowid')
        .all(account)
        .map((row) => ({
          id: String(row.id),
          path: String(row.path),
          peer: String(row.peer),
          name: String(row.name),
          size: Number(row.size),
          modified: Number(row.modified),
        })),

    take: (id) =>
      database.transaction(() => {
        const row = database
          .statement('SELECT writer FROM waiting_file WHERE account = ? AND id = ?')
          .get(account, id);
        if (row === undefined || (row.writer !== null && isAlive(Number(row.writer)))) return false;
        setWriter(id, process.pid);
        return true;
      }),

    release: (id) => void setWriter(id, null),

    remove: (id) =>
      database.statement('DELETE FROM waiting_file WHERE account = ? AND id = ?').run(account, id).changes >
      0,
  };
}
