/** What is still to be told of messages that came: that they arrived, up to where they were displayed. */
import type { MarkStore } from '../chat/stores.ts';
import type { Database } from './sql.ts';

const CHAT = '(SELECT id FROM chat WHERE account = ? AND jid = ?)';
const NEWEST_IN = `SELECT row, chat FROM message WHERE chat = ${CHAT} AND direction = 'in'
  ORDER BY position DESC LIMIT 1`;
const NEWEST_WANTED = `SELECT id FROM message WHERE chat = ? AND unread = 1 AND markable = 1
  ORDER BY position DESC LIMIT 1`;
const KEEP = `INSERT INTO displayed (chat, message, marker) VALUES (?, ?, ?)
  ON CONFLICT DO UPDATE SET message = excluded.message, marker = coalesce(excluded.marker, marker)`;
const TOLD = `DELETE FROM displayed WHERE chat = ${CHAT}
  AND (SELECT position FROM message WHERE row = displayed.message) <=
    coalesce((SELECT position FROM message WHERE row = ?), 9e99)`;

export function markStore(database: Database): MarkStore {
  return {
    owed: (account) =>
      database
        .statement(
          `SELECT m.row FROM message m JOIN chat c ON c.id = m.chat
            WHERE m.owed = 1 AND c.account = ? ORDER BY m.row`,
        )
        .all(account)
        .map(({ row }) => Number(row)),

    settle(rows) {
      database.transaction(() => {
        for (const row of rows)
          database.statement('UPDATE message SET owed = 0 WHERE row = ? AND owed = 1').run(row);
      });
    },

    displayed: (account, chat) =>
      database.transaction(() => {
        const newest = database.statement(NEWEST_IN).get(account, chat);
        if (newest === undefined) return;
        const id = Number(newest.chat);
        const marker = database.statement(NEWEST_WANTED).get(id)?.id;
        const { changes } = database
          .statement('UPDATE message SET unread = 0 WHERE chat = ? AND unread = 1')
          .run(id);
        if (changes > 0)
          database.statement(KEEP).run(id, Number(newest.row), typeof marker === 'string' ? marker : null);
      }),

    untold: (account) =>
      database
        .statement(
          `SELECT d.message, d.marker FROM displayed d JOIN chat c ON c.id = d.chat
            WHERE c.account = ? ORDER BY d.message`,
        )
        .all(account)
        .map(({ message, marker }) => ({
          row: Number(message),
          marker: marker === null ? undefined : String(marker),
        })),

    told(account, chat, row) {
      database.statement(TOLD).run(account, chat, Math.min(row, Number.MAX_SAFE_INTEGER));
    },
  };
}
