/** Takes away what is too old to be kept; see MessageStore.prune. */
import { wholeTime } from './message-row.ts';
import type { Database } from './sql.ts';

/** Of one chat, oldest first, so that it has no gap meanwhile. */
const OLD = `SELECT row FROM message
  WHERE chat = ? AND time < ? AND unread = 0 AND (state IS NULL OR state NOT IN ('queued', 'sent'))
    AND row NOT IN (SELECT message FROM amendment WHERE state IN ('queued', 'sent'))
  ORDER BY position LIMIT ?`;

const FORGET_PAGES = `DELETE FROM paged_back WHERE account = ? AND chat = (SELECT jid FROM chat WHERE id = ?)`;

export function prune(database: Database, account: string, before: number, most: number): number {
  const time = wholeTime(before);
  let gone = 0;
  for (const { id } of database.statement('SELECT id FROM chat WHERE account = ?').all(account)) {
    const old = database.statement(OLD).all(Number(id), time, most - gone);
    if (old.length === 0) continue;
    for (const { row } of old) database.statement('DELETE FROM message WHERE row = ?').run(Number(row));
    database.statement(FORGET_PAGES).run(account, Number(id));
    database
      .statement('DELETE FROM chat WHERE id = ? AND NOT EXISTS (SELECT 1 FROM message WHERE chat = chat.id)')
      .run(Number(id));
    gone += old.length;
    if (gone === most) break;
  }
  database.statement('DELETE FROM waiting WHERE account = ? AND time < ?').run(account, time);
  return gone;
}
