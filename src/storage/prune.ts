/** Takes away what is too old to be kept; see MessageStore.prune. */
import { wholeTime } from './message-row.ts';
import type { Database } from './sql.ts';

/** Oldest first, so that no chat has a gap meanwhile. */
const OLD = `SELECT m.row, m.chat FROM message m JOIN chat c ON c.id = m.chat
  WHERE c.account = ? AND m.time < ? AND m.unread = 0 AND (m.state IS NULL OR m.state NOT IN ('queued', 'sent'))
    AND m.row NOT IN (SELECT message FROM amendment WHERE state IN ('queued', 'sent'))
  ORDER BY m.chat, m.position LIMIT ?`;

const FORGET_PAGES = `DELETE FROM paged_back WHERE account = ? AND chat = (SELECT jid FROM chat WHERE id = ?)`;

export function prune(database: Database, account: string, before: number, most: number): number {
  const time = wholeTime(before);
  const old = database.statement(OLD).all(account, time, most);
  for (const { row } of old) database.statement('DELETE FROM message WHERE row = ?').run(Number(row));
  for (const chat of new Set(old.map((found) => Number(found.chat)))) {
    database.statement(FORGET_PAGES).run(account, chat);
    database
      .statement('DELETE FROM chat WHERE id = ? AND NOT EXISTS (SELECT 1 FROM message WHERE chat = chat.id)')
      .run(chat);
  }
  database.statement('DELETE FROM waiting WHERE account = ? AND time < ?').run(account, time);
  return old.length;
}
