/** The roster as the server gave it last (RFC 6121 §2.6), and when contacts were seen. */
import type { Show } from '../chat/events.ts';
import type { RosterCache, RosterItemRow } from '../chat/stores.ts';
import { wholeTime } from './message-row.ts';
import type { Database, Row } from './sql.ts';

const PUT = 'INSERT OR REPLACE INTO roster_item (account, jid, name, groups, subscription, ask, approved)';
const PUT_ITEM = `${PUT} VALUES (?, ?, ?, ?, ?, ?, ?)`;
/** of a JSON array with an array of values for each */
const PUT_ITEMS = `${PUT} SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5
  FROM json_each(?)`;

const valuesOf = ({ jid, name, groups, subscription, ask, approved }: RosterItemRow) =>
  [jid, name, JSON.stringify(groups), subscription, Number(ask), Number(approved)] as const;

export function rosterCache(database: Database): RosterCache {
  function setVersion(account: string, version: string | undefined): void {
    database
      .statement('INSERT OR REPLACE INTO roster (account, version) VALUES (?, ?)')
      .run(account, version ?? null);
  }

  return {
    version(account) {
      const version = database
        .statement('SELECT version FROM roster WHERE account = ?')
        .get(account)?.version;
      return typeof version === 'string' ? version : undefined;
    },

    items: (account) =>
      itemsOf(database.statement('SELECT * FROM roster_item WHERE account = ? ORDER BY jid').all(account)),

    replace: (account, version, items) =>
      database.transaction(() => {
        database.statement('DELETE FROM roster_item WHERE account = ?').run(account);
        // In one call: of thousands, each would cost as much as what SQLite does with it.
        const rows = items.map((item) => valuesOf(item));
        database.statement(PUT_ITEMS).run(account, JSON.stringify(rows));
        setVersion(account, version);
      }),

    put: (account, version, item) =>
      database.transaction(() => {
        database.statement(PUT_ITEM).run(account, ...valuesOf(item));
        setVersion(account, version);
      }),

    remove: (account, version, jid) =>
      database.transaction(() => {
        database.statement('DELETE FROM roster_item WHERE account = ? AND jid = ?').run(account, jid);
        setVersion(account, version);
      }),

    lastSeen(account, jid) {
      const row = database
        .statement('SELECT time, show, status FROM last_seen WHERE account = ? AND jid = ?')
        .get(account, jid);
      if (row === undefined) return undefined;
      return { time: Number(row.time), show: String(row.show) as Show, status: String(row.status) };
    },

    lastSeenTimes(account) {
      const rows = database.statement('SELECT jid, time FROM last_seen WHERE account = ?').all(account);
      return new Map(rows.map(({ jid, time }) => [String(jid), Number(time)]));
    },

    setLastSeen(account, jid, time, show = 'offline', status = '') {
      database
        .statement(
          `INSERT INTO last_seen (account, jid, time, show, status) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET time = excluded.time, show = excluded.show, status = excluded.status
            WHERE excluded.time >= time`,
        )
        .run(account, jid, wholeTime(time), show, status);
    },
  };
}

/** Thousands of contacts are in the same few groups, whose list is read once. */
function itemsOf(rows: readonly Row[]): RosterItemRow[] {
  const lists = new Map<string, readonly string[]>();
  const groupsOf = (kept: string) => {
    const groups = lists.get(kept) ?? (JSON.parse(kept) as string[]);
    lists.set(kept, groups);
    return groups;
  };
  return rows.map((row) => ({
    jid: String(row.jid),
    name: String(row.name),
    groups: groupsOf(String(row.groups)),
    subscription: String(row.subscription) as RosterItemRow['subscription'],
    ask: row.ask === 1,
    approved: row.approved === 1,
  }));
}
