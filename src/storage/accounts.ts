/** Accounts, their settings and the rooms they keep. */
import type { AccountRow, AccountStore, KeptRoom, RoomStore, SettingsStore } from '../chat/stores.ts';
import type { Database, Row } from './sql.ts';

/** Every table that holds something of one account, by the column that names it. */
export const OF_ACCOUNT: readonly (readonly [table: string, column: string])[] = [
  ['chat', 'account'], // messages and archive ids go with their chat
  ['room', 'account'],
  ['setting', 'account'],
  ['roster', 'account'],
  ['roster_item', 'account'],
  ['last_seen', 'account'],
  ['waiting', 'account'],
  ['archive_range', 'account'],
  ['paged_back', 'account'],
  ['instance', 'account'],
  ['partial_file', 'account'],
  ['waiting_file', 'account'],
  ['account', 'jid'],
];

export function accountStore(database: Database): AccountStore {
  return {
    accounts: () => database.statement('SELECT * FROM account ORDER BY rowid').all().map(accountOf),

    account(jid) {
      const row = database.statement('SELECT * FROM account WHERE jid = ?').get(jid);
      return row === undefined ? undefined : accountOf(row);
    },

    put({ account, resource, mechanism }) {
      // A run that did not log in knows no mechanism; that must not open the door to a weaker one.
      database
        .statement(
          `INSERT INTO account (jid, resource, mechanism) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET resource = excluded.resource,
              mechanism = coalesce(excluded.mechanism, mechanism)`,
        )
        .run(account, resource, mechanism ?? null);
    },

    wipeAll() {
      database.transaction(() => {
        for (const [table] of OF_ACCOUNT) database.statement(`DELETE FROM ${table}`).run();
        database.statement('DELETE FROM capability').run();
      });
      database.compact();
    },

    wipe(account) {
      database.transaction(() => {
        for (const [table, column] of OF_ACCOUNT)
          database.statement(`DELETE FROM ${table} WHERE ${column} = ?`).run(account);
        // Which programs were met belongs to nobody in particular; without accounts it is of no use.
        database.statement('DELETE FROM capability WHERE NOT EXISTS (SELECT 1 FROM account)').run();
      });
      database.compact();
    },
  };
}

function accountOf(row: Row): AccountRow {
  return {
    account: String(row.jid),
    resource: String(row.resource),
    mechanism: row.mechanism === null ? undefined : String(row.mechanism),
  };
}

export function roomStore(database: Database): RoomStore {
  return {
    rooms: (account) =>
      database.statement('SELECT * FROM room WHERE account = ? ORDER BY jid').all(account).map(roomOf),

    keep(account, room) {
      database
        .statement(
          'INSERT OR REPLACE INTO room (account, jid, nick, password, autojoin) VALUES (?, ?, ?, ?, ?)',
        )
        .run(account, room.room, room.nick, room.password ?? null, Number(room.autojoin));
    },

    drop(account, room) {
      database.statement('DELETE FROM room WHERE account = ? AND jid = ?').run(account, room);
    },
  };
}

function roomOf(row: Row): KeptRoom {
  return {
    room: String(row.jid),
    nick: String(row.nick),
    password: row.password === null ? undefined : String(row.password),
    autojoin: row.autojoin === 1,
  };
}

export function settingsStore(database: Database): SettingsStore {
  return {
    get(account, name) {
      const row = database
        .statement('SELECT value FROM setting WHERE account = ? AND name = ?')
        .get(account, name);
      return row === undefined ? undefined : String(row.value);
    },

    set(account, name, value) {
      if (value === undefined)
        database.statement('DELETE FROM setting WHERE account = ? AND name = ?').run(account, name);
      else
        database
          .statement('INSERT OR REPLACE INTO setting (account, name, value) VALUES (?, ?, ?)')
          .run(account, name, value);
    },
  };
}
