/** The runs of the program: who lives, told by a lock that the system takes back, and what the others left. */
import { randomBytes } from 'node:crypto';
import type { Instance, Instances, KeptStream } from '../chat/stores.ts';
import type { Lock, Locks } from './locks.ts';
import type { Database, Row } from './sql.ts';

/** Those of that kind, for that resource or for none in particular; one with a stream to resume first. */
const OF_KIND = `SELECT * FROM instance WHERE account = ? AND resumes = ? AND given = ? AND (given = 0 OR resource = ?)
  ORDER BY stream IS NULL, key`;

export function instances(database: Database, locks: Locks): Instances {
  function held(row: Row, lock: Lock): Instance {
    const key = String(row.key);
    const change = (sql: string, ...values: (string | number | null)[]) =>
      void database.statement(`UPDATE instance SET ${sql} WHERE key = ?`).run(...values, key);
    return {
      key,
      resource: String(row.resource),
      stream: streamOf(row),
      begun: ({ id, jid, location }) =>
        database.transaction(() => {
          change('stream = ?, jid = ?, location = ?, inbound = 0', id, jid, location ?? null);
          database
            .statement("UPDATE message SET sequence = NULL WHERE writer = ? AND state = 'sent'")
            .run(key);
        }),
      handled: (inbound) => change('inbound = ?', inbound),
      over: () => change('stream = NULL, jid = NULL, location = NULL'),
      release: () => lock.release(),
    };
  }

  return {
    claim(account, { resource, resumes }) {
      const given = Number(resource !== undefined);
      for (const row of database.statement(OF_KIND).all(account, Number(resumes), given, resource ?? '')) {
        const lock = locks.take(String(row.key));
        if (lock === undefined) continue;
        // Whoever let go may have written since it was read.
        const now = database.statement('SELECT * FROM instance WHERE key = ?').get(String(row.key));
        if (now !== undefined) return held(now, lock);
        lock.release();
      }
      const key = randomBytes(12).toString('hex');
      const lock = locks.take(key);
      if (lock === undefined) throw new Error('a random key is locked');
      const name = resource ?? `xmpp-chat.${randomBytes(6).toString('base64url')}`;
      database
        .statement('INSERT INTO instance (account, key, resource, given, resumes) VALUES (?, ?, ?, ?, ?)')
        .run(account, key, name, given, Number(resumes));
      return held({ key, resource: name, stream: null, inbound: 0 }, lock);
    },

    isAlive: (key) => locks.isTaken(key),

    isGone: (key) =>
      database.statement('SELECT 1 FROM instance WHERE key = ?').get(key) !== undefined &&
      !locks.isTaken(key),
  };
}

function streamOf({ stream, jid, location, inbound }: Row): KeptStream | undefined {
  if (typeof stream !== 'string' || typeof jid !== 'string') return undefined;
  return {
    id: stream,
    jid,
    location: typeof location === 'string' ? location : undefined,
    inbound: Number(inbound),
  };
}
