/** Chats and messages. The order of a timeline is the order of its rows; an order by archive goes into `ORDER`. */

import type { Message, NewMessage } from '../chat/message.ts';
import type { HistoryQuery, MessageStore } from '../chat/stores.ts';
import { archiveOf, INSERT_MESSAGE, messageOf, SELECT_MESSAGE, valuesOf, wholeTime } from './message-row.ts';
import type { Database, Value } from './sql.ts';

/** The one place that says which of two messages of a timeline is the newer one. */
const ORDER = 'm.row';

const IN_CHAT = 'm.chat = (SELECT id FROM chat WHERE account = ? AND jid = ?)';
const UNREAD = "m.chat = c.id AND m.row > c.read_row AND m.direction = 'in'";

const CHATS = `SELECT c.jid, c.kind, l.row AS last, l.time, c.unread, c.mentions
  FROM (SELECT c.id, c.jid, c.kind, count(m.row) AS unread, coalesce(sum(m.mention), 0) AS mentions
      FROM chat c LEFT JOIN message m ON ${UNREAD} WHERE c.account = ? GROUP BY c.id) c
    JOIN message l ON l.row = (SELECT m.row FROM message m WHERE m.chat = c.id ORDER BY ${ORDER} DESC LIMIT 1)
  ORDER BY l.row DESC`;

const COUNT_UNREAD = `SELECT count(*) AS count, coalesce(sum(m.mention), 0) AS mentions, min(m.row) AS first
  FROM chat c JOIN message m ON ${UNREAD} WHERE c.account = ? AND c.jid = ?`;

// Never beyond the newest message there is: what comes later is not read by that.
const MARK_READ = `UPDATE chat SET read_row = max(read_row, coalesce(
    (SELECT max(m.row) FROM message m WHERE m.chat = chat.id AND m.row <= ?), 0))
  WHERE account = ? AND jid = ?`;

export function messageStore(database: Database): MessageStore {
  const one = (where: string, ...values: Value[]): Message | undefined => {
    const row = database.statement(`${SELECT_MESSAGE} WHERE ${where}`).get(...values);
    return row === undefined ? undefined : messageOf(row);
  };
  const many = (rest: string, ...values: Value[]): Message[] =>
    database
      .statement(`${SELECT_MESSAGE} WHERE ${rest}`)
      .all(...values)
      .map(messageOf);

  const get = (row: number) => one('m.row = ?', row);

  function chatId(message: NewMessage): number {
    const known = database
      .statement('SELECT id FROM chat WHERE account = ? AND jid = ?')
      .get(message.account, message.chat);
    if (known !== undefined) return Number(known.id);
    return database
      .statement('INSERT INTO chat (account, jid, kind) VALUES (?, ?, ?)')
      .run(message.account, message.chat, message.kind).row;
  }

  /** The newest id is the one shown, so that one known before is put to the end. */
  function addArchiveId(row: number, by: string, id: string): void {
    database
      .statement('INSERT OR REPLACE INTO archive_id (message, by, id) VALUES (?, ?, ?)')
      .run(row, by, id);
  }

  return {
    transaction: (work) => database.transaction(work),

    append: (message) =>
      database.transaction(() => {
        const { row } = database.statement(INSERT_MESSAGE).run(chatId(message), ...valuesOf(message));
        if (message.stanzaId !== undefined) addArchiveId(row, archiveOf(message), message.stanzaId);
        return { ...message, time: wholeTime(message.time), row };
      }),

    get,

    byId: (account, chat, id) => many(`${IN_CHAT} AND m.id = ? ORDER BY ${ORDER} DESC`, account, chat, id),

    byStanzaId: (account, chat, stanzaId) =>
      one(
        `m.row IN (SELECT message FROM archive_id WHERE id = ?) AND ${IN_CHAT} ORDER BY ${ORDER} DESC LIMIT 1`,
        stanzaId,
        account,
        chat,
      ),

    history: (query) => many(...page(query)).reverse(),

    setState(row, state, failure) {
      database
        .statement('UPDATE message SET state = ?, failure = ?, failure_text = ? WHERE row = ?')
        .run(state, failure?.condition ?? null, failure?.text ?? null, row);
      return get(row);
    },

    remove(row) {
      database.statement('DELETE FROM message WHERE row = ?').run(row);
    },

    setStanzaId: (row, stanzaId, time) =>
      database.transaction(() => {
        const message = get(row);
        if (message === undefined) return undefined;
        addArchiveId(row, archiveOf(message), stanzaId);
        if (time !== undefined)
          database.statement('UPDATE message SET time = ? WHERE row = ?').run(wholeTime(time), row);
        return get(row);
      }),

    pending: (account) =>
      many(
        `c.account = ? AND m.direction = 'out' AND m.state IN ('queued', 'sent') ORDER BY ${ORDER}`,
        account,
      ),

    chats: (account) =>
      database
        .statement(CHATS)
        .all(account)
        .map((row) => ({
          chat: String(row.jid),
          kind: String(row.kind) as Message['kind'],
          last: Number(row.last),
          time: Number(row.time),
          unread: Number(row.unread),
          mentions: Number(row.mentions),
        })),

    unread(account, chat) {
      const found = database.statement(COUNT_UNREAD).get(account, chat);
      return {
        count: Number(found?.count ?? 0),
        mentions: Number(found?.mentions ?? 0),
        firstRow: typeof found?.first === 'number' ? found.first : undefined,
      };
    },

    markRead(account, chat, row) {
      const upTo = Math.max(0, Math.min(Math.floor(row), Number.MAX_SAFE_INTEGER));
      database.statement(MARK_READ).run(upTo, account, chat);
    },
  };
}

/** The newest rows that match, newest first: condition and its values. */
function page(query: HistoryQuery): [string, ...Value[]] {
  const conditions: [string, Value][] = [];
  if (query.before !== undefined) conditions.push(['m.row < ?', query.before]);
  if (query.since !== undefined) conditions.push(['m.time >= ?', wholeTime(query.since)]);
  const where = conditions.map(([condition]) => ` AND ${condition}`).join('');
  const values = conditions.map(([, value]) => value);
  const limit = Math.max(0, Math.min(Math.floor(query.limit), Number.MAX_SAFE_INTEGER));
  const tail = `${where} ORDER BY ${ORDER} DESC LIMIT ?`;
  return query.chat === undefined
    ? [`c.account = ?${tail}`, query.account, ...values, limit]
    : [`${IN_CHAT}${tail}`, query.account, query.chat, ...values, limit];
}
