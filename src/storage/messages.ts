/** Chats and messages. The order of a timeline is that of `position`; a message's row is its identity. */

import type { Message, NewMessage } from '../chat/message.ts';
import type { MessageStore, Written } from '../chat/stores.ts';
import { historyQuery, IN_CHAT, type Lookup, ORDER, searchQuery } from './lookups.ts';
import { archiveOf, INSERT_MESSAGE, messageOf, SELECT_MESSAGE, valuesOf, wholeTime } from './message-row.ts';
import { prune } from './prune.ts';
import type { Database, Value } from './sql.ts';
import { texts } from './texts.ts';
import { words } from './words.ts';

/**
 * The order of a few messages that something else finds. Without the sign (and before IN_CHAT, where rows are named)
 * SQLite would rather walk through the whole chat in this order, to save the sorting.
 */
const FEW = `+${ORDER}`;

const CHATS = `SELECT c.jid, c.kind, l.row AS last, l.time,
    (SELECT count(*) FROM message m WHERE m.chat = c.id AND m.unread = 1) AS unread,
    (SELECT count(*) FROM message m WHERE m.chat = c.id AND m.unread = 1 AND m.mention = 1) AS mentions
  FROM chat c
    JOIN message l ON l.row = (SELECT m.row FROM message m WHERE m.chat = c.id ORDER BY ${ORDER} DESC LIMIT 1)
  WHERE c.account = ? ORDER BY l.time DESC, l.row DESC`;

/** Only what is unread is looked at, however long the history is. */
const UNREAD_CHATS = `SELECT c.jid, c.kind, u.count, u.mentions
  FROM (SELECT chat, count(*) AS count, sum(mention) AS mentions FROM message WHERE unread = 1 GROUP BY chat) u
    JOIN chat c ON c.id = u.chat
    JOIN message l ON l.row = (SELECT m.row FROM message m WHERE m.chat = c.id ORDER BY ${ORDER} DESC LIMIT 1)
  WHERE c.account = ? ORDER BY l.time DESC, l.row DESC`;

const COUNT_UNREAD = `SELECT count(*) AS count, coalesce(sum(m.mention), 0) AS mentions
  FROM message m WHERE m.unread = 1 AND ${IN_CHAT}`;
const FIRST_UNREAD = `SELECT m.row FROM message m WHERE m.unread = 1 AND ${IN_CHAT} ORDER BY ${ORDER} LIMIT 1`;

const MARK_READ = `UPDATE message SET unread = 0 WHERE unread = 1
  AND chat = (SELECT id FROM chat WHERE account = ? AND jid = ?)
  AND position <= coalesce((SELECT position FROM message WHERE row = ?), position)`;

/** own messages up to a row that the other side may have read */
const READABLE = `m.direction = 'out' AND m.state IN ('acked', 'delivered') AND ${IN_CHAT}
  AND m.position <= (SELECT position FROM message WHERE row = ?)`;

/** a chat, and the position of its newest message */
const CHAT = `SELECT c.id, (SELECT max(position) FROM message WHERE chat = c.id) AS last
  FROM chat c WHERE c.account = ? AND c.jid = ?`;
const LAST_PLACED = 'SELECT max(position) AS at FROM message WHERE chat = ? AND placed IS NOT NULL';
/** of what was there when an archive was asked, and what it named since; what has not arrived is behind all of it */
const LAST_SETTLED = `SELECT position AS at FROM message
  WHERE chat = ? AND (row <= ? AND coalesce(state, '') NOT IN ('queued', 'sent') OR placed IS NOT NULL)
  ORDER BY position DESC LIMIT 1`;
/** of one writer, behind one of its messages and up to a place */
const WRITTEN_BEHIND = `SELECT row FROM message
  WHERE chat = ? AND position > ? AND position <= ? AND writer = ? AND placed IS NULL AND row > ? AND direction = 'out'
  ORDER BY position`;
const FIRST_POSITION = 'SELECT min(position) AS at FROM message WHERE chat = ?';

// What is asked for each message that comes is put together once.
const GET = `${SELECT_MESSAGE} WHERE m.row = ?`;
const BY_ID = `${SELECT_MESSAGE} WHERE ${IN_CHAT} AND m.id = ? ORDER BY ${FEW} DESC`;
const BY_STANZA_ID = `${SELECT_MESSAGE} WHERE m.row IN (SELECT message FROM archive_id WHERE id = ?) AND +${IN_CHAT}
  ORDER BY ${FEW} DESC LIMIT 1`;
const IS_AWAITED = `SELECT EXISTS (SELECT 1 FROM waiting WHERE account = ? AND chat = ? AND target IN (?, ?))
  OR EXISTS (SELECT 1 FROM message m WHERE ${IN_CHAT} AND m.replaces = ?) AS yes`;

/** changes kept for messages that never came; a flood of them pushes out the oldest */
const MOST_WAITING = 2000;

export function messageStore(database: Database): MessageStore {
  const index = words(database);
  const one = (sql: string, ...values: Value[]): Message | undefined => {
    const row = database.statement(sql).get(...values);
    return row === undefined ? undefined : messageOf(row);
  };
  const all = (sql: string, ...values: Value[]): Message[] =>
    database
      .statement(sql)
      .all(...values)
      .map(messageOf);
  const many = (rest: string, ...values: Value[]): Message[] =>
    all(`${SELECT_MESSAGE} WHERE ${rest}`, ...values);

  const lookup = (found: Lookup | undefined, turned = false): Message[] => {
    const messages = found === undefined ? [] : many(found.rest, ...found.values);
    return turned ? messages.reverse() : messages;
  };

  const get = (row: number) => one(GET, row);

  /** A chat with the position of its newest message; made where it is new. */
  function chatOf({ account, chat, kind }: NewMessage): { id: number; last: number | undefined } {
    const known = database.statement(CHAT).get(account, chat);
    if (known !== undefined)
      return { id: Number(known.id), last: known.last === null ? undefined : Number(known.last) };
    const { row } = database
      .statement('INSERT INTO chat (account, jid, kind) VALUES (?, ?, ?)')
      .run(account, chat, kind);
    return { id: row, last: undefined };
  }

  /** The newest id is the one shown, so that one known before is put to the end. */
  function addArchiveId(row: number, by: string, id: string): void {
    database
      .statement('INSERT OR REPLACE INTO archive_id (message, by, id) VALUES (?, ?, ?)')
      .run(row, by, id);
  }

  const positionBy = (sql: string, ...values: Value[]): number | undefined => {
    const at = database.statement(sql).get(...values)?.at;
    return typeof at === 'number' ? at : undefined;
  };

  /** Before everything in the chat. */
  const first = (chat: number): number => (positionBy(FIRST_POSITION, chat) ?? 0) - 1;

  /** A free place behind what is settled; what came live while an archive was read moves on by one. */
  function placeBehind(chat: number, last: number | undefined, since: number | undefined): number {
    if (since === undefined) return (last ?? 0) + 1;
    const settled = positionBy(LAST_SETTLED, chat, since);
    if (settled === undefined) return first(chat);
    return settled === last ? settled + 1 : rightBehind(chat, settled);
  }

  /** The first of so many free places; what stood there moves on. */
  function rightBehind(chat: number, position: number, places = 1): number {
    database
      .statement('UPDATE message SET position = position + ? WHERE chat = ? AND position > ?')
      .run(places, chat, position);
    return position + 1;
  }

  interface Place {
    readonly end: 'newest' | 'oldest';
    readonly unread: boolean;
    readonly placed: boolean;
    readonly written?: Written | undefined;
    readonly since?: number | undefined;
  }

  function insert(message: NewMessage, { end, unread, placed, written, since }: Place): Message {
    return database.whole(() => {
      const { id: chat, last } = chatOf(message);
      const stanzaId = message.stanzaId ?? null;
      const { row } = database
        .statement(INSERT_MESSAGE)
        .run(
          chat,
          end === 'newest' ? placeBehind(chat, last, since) : first(chat),
          Number(unread),
          placed ? stanzaId : null,
          written?.by ?? null,
          written?.sequence ?? null,
          ...valuesOf(message),
        );
      index.kept();
      if (stanzaId !== null) addArchiveId(row, archiveOf(message), stanzaId);
      return { ...message, time: wholeTime(message.time), row };
    });
  }

  /** What came in and was not said to be read. */
  const isNews = (message: NewMessage, more?: { read?: boolean }) =>
    message.direction === 'in' && more?.read !== true;

  const positionOf = (row: number | undefined): number | undefined =>
    row === undefined ? undefined : positionBy('SELECT position AS at FROM message WHERE row = ?', row);

  return {
    transaction: (work) => database.transaction(work),
    hold: () => database.hold(),

    append: (message, more) =>
      insert(message, {
        end: 'newest',
        unread: isNews(message, more),
        placed: false,
        written: more?.written,
      }),

    appendArchived: (message, more) =>
      insert(message, {
        end: 'newest',
        unread: isNews(message, more),
        placed: true,
        since: more?.since,
      }),

    lastRow: () => Number(database.statement('SELECT max(row) AS last FROM message').get()?.last ?? 0),

    // What one pages back to is the past: it is no news.
    prepend: (message) => insert(message, { end: 'oldest', unread: false, placed: true }),

    follow: (row, { id, time }, previous) =>
      database.whole(() => {
        const kept = database
          .statement('SELECT chat, position, placed, time, writer FROM message WHERE row = ?')
          .get(row);
        if (kept === undefined) return false;
        const { placed } = kept;
        const chat = Number(kept.chat);
        if (placed !== null && placed !== id) return false;
        const behind = Math.max(
          (placed === null ? positionBy(LAST_PLACED, chat) : undefined) ?? Number.NEGATIVE_INFINITY,
          positionOf(previous) ?? Number.NEGATIVE_INFINITY,
        );
        // No further than it has to: what stood behind it stays there.
        const before = Number(kept.position);
        // What the same stream wrote behind it arrived behind it, and goes along where the archive did not name it yet.
        const along =
          before > behind
            ? []
            : database.statement(WRITTEN_BEHIND).all(chat, before, behind, kept.writer ?? null, row);
        const position = before > behind ? before : rightBehind(chat, behind, 1 + along.length);
        for (const [at, each] of along.entries())
          database
            .statement('UPDATE message SET position = ? WHERE row = ?')
            .run(position + 1 + at, Number(each.row));
        const stamp = time === undefined ? Number(kept.time) : wholeTime(time);
        if (placed === null || position !== kept.position || stamp !== kept.time)
          database
            .statement('UPDATE message SET position = ?, placed = ?, time = ? WHERE row = ?')
            .run(position, id, stamp, row);
        return true;
      }),

    get,

    byId: (account, chat, id) => all(BY_ID, account, chat, id),

    byStanzaId: (account, chat, stanzaId) => one(BY_STANZA_ID, stanzaId, account, chat),

    isArchived: (account, by, id) =>
      database
        .statement(
          `SELECT 1 FROM archive_id a JOIN message m ON m.row = a.message JOIN chat c ON c.id = m.chat
            WHERE a.id = ? AND a.by = ? AND c.account = ?`,
        )
        .get(id, by, account) !== undefined,

    history: (query) => lookup(historyQuery(query), query.end !== 'oldest'),

    search(query) {
      index.complete();
      return lookup(searchQuery(query));
    },

    setState(row, state, failure) {
      database
        .statement('UPDATE message SET state = ?, failure = ?, failure_text = ? WHERE row = ?')
        .run(state, failure?.condition ?? null, failure?.text ?? null, row);
      return get(row);
    },

    acknowledge(row) {
      const { changes } = database
        .statement(
          `UPDATE message SET state = 'acked', failure = NULL, failure_text = NULL
            WHERE row = ? AND state IN ('queued', 'sent')`,
        )
        .run(row);
      return changes === 0 ? undefined : get(row);
    },

    write(row, before, { by, sequence }, said) {
      const { changes } = database
        .statement(
          `UPDATE message SET state = 'sent', failure = NULL, failure_text = NULL, writer = ?, sequence = ?,
              sender = COALESCE(?, sender), nick = COALESCE(?, nick) WHERE row = ? AND state = ?`,
        )
        .run(by ?? null, sequence ?? null, said?.from ?? null, said?.nick ?? null, row, before);
      return changes === 0 ? undefined : get(row);
    },

    written(row) {
      const found = database.statement('SELECT writer, sequence FROM message WHERE row = ?').get(row);
      const { writer = null, sequence = null } = found ?? {};
      return {
        by: writer === null ? undefined : String(writer),
        sequence: sequence === null ? undefined : Number(sequence),
      };
    },

    arrivedBehind(row, by) {
      const found = database
        .statement(
          `SELECT row FROM message WHERE row > ? AND writer IS ? AND state IN ('acked', 'delivered', 'read')
            ORDER BY row DESC LIMIT 1`,
        )
        .get(row, by ?? null)?.row;
      return typeof found === 'number' ? found : undefined;
    },

    inherit: (row, from, by) =>
      database
        .statement(
          "UPDATE message SET writer = ?, sequence = NULL WHERE row = ? AND writer = ? AND state = 'sent'",
        )
        .run(by, row, from).changes > 0,

    remove(row) {
      database.statement('DELETE FROM message WHERE row = ?').run(row);
    },

    rewrite(row, body) {
      const { changes } = database
        .statement("UPDATE message SET body = ? WHERE row = ? AND state = 'queued' AND direction = 'out'")
        .run(body, row);
      return changes === 0 ? undefined : get(row);
    },

    setStanzaId: (row, stanzaId, time) =>
      database.transaction(() => {
        const message = get(row);
        if (message === undefined) return undefined;
        addArchiveId(row, archiveOf(message), stanzaId);
        if (time !== undefined)
          database
            .statement('UPDATE message SET time = ? WHERE row = ? AND placed IS NULL')
            .run(wholeTime(time), row);
        return get(row);
      }),

    setOccupant(row, occupantId) {
      database
        .statement('UPDATE message SET occupant = ? WHERE row = ? AND occupant IS NULL')
        .run(occupantId, row);
    },

    setMention(row, mention) {
      database.statement('UPDATE message SET mention = ? WHERE row = ?').run(Number(mention), row);
    },

    setDelayed(row) {
      database.statement('UPDATE message SET delayed = 1 WHERE row = ?').run(row);
    },

    pending: (account) =>
      many(`c.account = ? AND m.direction = 'out' AND m.state IN ('queued', 'sent') ORDER BY m.row`, account),

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

    unreadChats: (account) =>
      database
        .statement(UNREAD_CHATS)
        .all(account)
        .map((row) => ({
          chat: String(row.jid),
          kind: String(row.kind) as Message['kind'],
          count: Number(row.count),
          mentions: Number(row.mentions),
        })),

    unread(account, chat) {
      const found = database.statement(COUNT_UNREAD).get(account, chat);
      const first = database.statement(FIRST_UNREAD).get(account, chat)?.row;
      return {
        count: Number(found?.count ?? 0),
        mentions: Number(found?.mentions ?? 0),
        firstRow: typeof first === 'number' ? first : undefined,
      };
    },

    markRead(account, chat, row) {
      database.statement(MARK_READ).run(account, chat, Math.min(row, Number.MAX_SAFE_INTEGER));
    },

    readUpTo: (account, chat, row) =>
      database.transaction(() => {
        const unread = many(`${READABLE} ORDER BY ${ORDER}`, account, chat, row);
        for (const message of unread)
          database.statement("UPDATE message SET state = 'read' WHERE row = ?").run(message.row);
        return unread.map((message) => ({ ...message, state: 'read' as const }));
      }),

    ...texts(database, get),

    correcting: (account, chat, id) =>
      many(`${IN_CHAT} AND m.replaces = ? ORDER BY ${FEW}`, account, chat, id),

    isAwaited: (account, chat, id, stanzaId = '') =>
      database.statement(IS_AWAITED).get(account, chat, id, stanzaId, account, chat, id)?.yes === 1,

    wait(account, chat, target, change, time) {
      database
        .statement('INSERT INTO waiting (account, chat, target, change, time) VALUES (?, ?, ?, ?, ?)')
        .run(account, chat, target, change, wholeTime(time));
      database
        .statement('DELETE FROM waiting WHERE account = ? AND id <= (SELECT max(id) FROM waiting) - ?')
        .run(account, MOST_WAITING);
    },

    takeWaiting: (account, chat, target) =>
      database.whole(() => {
        const values = [account, chat, target] as const;
        const where = 'account = ? AND chat = ? AND target = ?';
        const found = database
          .statement(`SELECT change FROM waiting WHERE ${where} ORDER BY id`)
          .all(...values);
        if (found.length > 0) database.statement(`DELETE FROM waiting WHERE ${where}`).run(...values);
        return found.map(({ change }) => String(change));
      }),

    archiveEnd(account, by) {
      const found = database
        .statement('SELECT newest, newest_time, oldest_time FROM archive_range WHERE account = ? AND by = ?')
        .get(account, by);
      if (found === undefined) return undefined;
      const oldest = typeof found.oldest_time === 'number' ? found.oldest_time : undefined;
      return { id: String(found.newest), time: Number(found.newest_time), oldest };
    },

    setArchiveEnd(account, by, { id, time, oldest }) {
      database
        .statement(
          `INSERT OR REPLACE INTO archive_range (account, by, newest, newest_time, oldest_time)
            VALUES (?, ?, ?, ?, ?)`,
        )
        .run(account, by, id, wholeTime(time), oldest === undefined ? null : wholeTime(oldest));
    },

    oldestArchived(account, chat) {
      const found = database
        .statement(
          `SELECT a.id FROM message m JOIN archive_id a ON a.message = m.row
            WHERE ${IN_CHAT} ORDER BY ${ORDER}, a.rowid LIMIT 1`,
        )
        .get(account, chat);
      return found === undefined ? undefined : String(found.id);
    },

    oldestTime(account, chat) {
      const found = database
        .statement(`SELECT m.time FROM message m WHERE ${IN_CHAT} ORDER BY ${ORDER} LIMIT 1`)
        .get(account, chat);
      return found === undefined ? undefined : Number(found.time);
    },

    pagedBack(account, chat) {
      const found = database
        .statement('SELECT oldest, complete FROM paged_back WHERE account = ? AND chat = ?')
        .get(account, chat);
      if (found === undefined) return undefined;
      return {
        oldest: found.oldest === null ? undefined : String(found.oldest),
        complete: found.complete === 1,
      };
    },

    setPagedBack(account, chat, { oldest, complete }) {
      database
        .statement('INSERT OR REPLACE INTO paged_back (account, chat, oldest, complete) VALUES (?, ?, ?, ?)')
        .run(account, chat, oldest ?? null, Number(complete));
    },

    setTwice(row) {
      database.statement('UPDATE message SET twice = 1 WHERE row = ?').run(row);
    },

    prune: (account, before, most) => database.transaction(() => prune(database, account, before, most)),
  };
}
