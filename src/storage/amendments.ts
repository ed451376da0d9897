/** Own corrections, retractions and reactions, each with what became of it. */
import type { Amendment, AmendmentStore } from '../chat/stores.ts';
import { wholeTime } from './message-row.ts';
import type { Database, Row } from './sql.ts';

const SELECT = `SELECT a.*, c.account, c.jid AS chat FROM amendment a
  JOIN message m ON m.row = a.message JOIN chat c ON c.id = m.chat`;

export function amendmentStore(database: Database): AmendmentStore {
  const one = (row: number): Amendment | undefined => {
    const found = database.statement(`${SELECT} WHERE a.row = ?`).get(row);
    return found === undefined ? undefined : amendmentOf(found);
  };

  return {
    add: ({ message, id, kind, content, time, state, by }) =>
      database.transaction(() => {
        const { row } = database
          .statement(
            `INSERT INTO amendment (message, id, kind, content, time, state, writer, after)
              VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT max(row) FROM message))`,
          )
          .run(message, id, kind, content, wholeTime(time), state, by ?? null);
        return one(row);
      }),

    pending: (account) =>
      database
        .statement(`${SELECT} WHERE a.state IN ('queued', 'sent') AND c.account = ? ORDER BY a.row`)
        .all(account)
        .map(amendmentOf),

    byId: (account, chat, id) =>
      database
        .statement(`${SELECT} WHERE a.id = ? AND c.account = ? AND c.jid = ?`)
        .all(id, account, chat)
        .map(amendmentOf)[0],

    setState(row, state, failure) {
      database
        .statement('UPDATE amendment SET state = ?, failure = ?, failure_text = ? WHERE row = ?')
        .run(state, failure?.condition ?? null, failure?.text ?? null, row);
      return one(row);
    },

    write(row, from, by) {
      const { changes } = database
        .statement(
          `UPDATE amendment SET state = 'sent', writer = ?, failure = NULL, failure_text = NULL
            WHERE row = ? AND state = ? AND (state = 'queued' OR writer IS ?)`,
        )
        .run(by ?? null, row, from.state, from.by ?? null);
      return changes > 0;
    },

    remove(row) {
      database.statement('DELETE FROM amendment WHERE row = ?').run(row);
    },
  };
}

function amendmentOf(row: Row): Amendment {
  return {
    row: Number(row.row),
    account: String(row.account),
    chat: String(row.chat),
    message: Number(row.message),
    id: String(row.id),
    kind: String(row.kind) as Amendment['kind'],
    content: String(row.content),
    time: Number(row.time),
    state: String(row.state) as Amendment['state'],
    after: Number(row.after),
    by: row.writer === null ? undefined : String(row.writer),
  };
}
