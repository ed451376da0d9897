import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/storage/database.ts';
import { APPLICATION_ID, migrate, migrations } from '../../src/storage/migrate.ts';
import type { Database } from '../../src/storage/sql.ts';
import { runScript, temporaryDatabase, temporaryFolder, temporaryStores } from './support.ts';
import { account, incoming, romeo } from './support-message.ts';

/** A database as version `version` of this program left it, with a message in it once there is a table for it. */
function older(version: number): string {
  const path = join(temporaryFolder(), 'xmpp-chat.db');
  const driver = new DatabaseSync(path);
  driver.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL');
  for (const step of migrations.slice(0, version)) driver.exec(step);
  if (version > 0) {
    driver.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`);
    driver.exec(`INSERT INTO chat (account, jid, kind) VALUES ('${account}', '${romeo}', 'contact');
      INSERT INTO message (chat, id, direction, source, time, sender, recipient, body, encryption, retracted, mention)
      VALUES (1, 'old', 'in', 'live', 5, '${romeo}/x', '${account}', 'from before', 'none', 0, 0);
      INSERT INTO archive_id VALUES (1, '${account}', 'archived')`);
  }
  driver.close();
  return path;
}

const shape = (path: string) =>
  temporaryDatabase(path).statement('SELECT type, name, sql FROM sqlite_schema ORDER BY name').all();

describe('migrations', () => {
  const versions = migrations.map((_, version) => version);

  it.each(versions)('brings version %i to the newest and keeps what is in it', (version) => {
    const path = older(version);
    const stores = temporaryStores(path);
    const kept = stores.messages.history({ account, limit: 9 }).map((message) => message.body);
    expect(kept).toEqual(version === 0 ? [] : ['from before']);
    if (version > 0) expect(stores.messages.byStanzaId(account, romeo, 'archived')?.id).toBe('old');
    stores.messages.append(incoming({ body: 'from after' }));
    const found = stores.messages.search({ account, text: 'from', limit: 9 });
    expect(found.map(({ body }) => body)).toEqual(['from after', ...kept]);
    stores.rooms.keep(account, { room: 'lobby@rooms.example.org', nick: 'j', autojoin: true });
    stores.caps.put('hash', '{}');
    expect(temporaryDatabase(path).pragma('user_version')).toBe(migrations.length);
    expect(shape(path)).toEqual(shape(older(0)));
  });

  it.each(versions)(
    'may be done from version %i by two processes at once',
    async (version) => {
      const path = older(version);
      const opened = await Promise.all([
        runScript('open-only.ts', [path]),
        runScript('open-only.ts', [path]),
        runScript('open-only.ts', [path]),
      ]);
      expect(opened).toEqual(['opened', 'opened', 'opened']);
      expect(shape(path)).toEqual(shape(older(0)));
    },
    30_000,
  );

  it('does no step that another process did while this one waited for the lock', () => {
    const waiting = temporaryDatabase(join(temporaryFolder(), 'x.db'));
    const later = [...migrations, 'CREATE TABLE later (a)'];
    const other = temporaryDatabase(waiting.path);
    const late: Database = {
      ...waiting,
      transaction: (work) => {
        migrate(other, later);
        return waiting.transaction(work);
      },
    };
    migrate(late, later);
    expect(waiting.pragma('user_version')).toBe(later.length);
  });

  it('keeps the version before when a step fails', () => {
    const path = join(temporaryFolder(), 'x.db');
    const database = temporaryDatabase(path);
    const broken = [...migrations, 'CREATE TABLE half (a); CREATE TABLE chat (a)'];
    expect(() => migrate(database, broken)).toThrow('chat');
    expect(database.pragma('user_version')).toBe(migrations.length);
    expect(database.statement("SELECT 1 FROM sqlite_schema WHERE name = 'half'").get()).toBeUndefined();
  });

  it('does a later step on top of the ones done', () => {
    const path = join(temporaryFolder(), 'x.db');
    temporaryStores(path).messages.append(incoming());
    const database = openDatabase(path);
    migrate(database, [...migrations, 'ALTER TABLE message ADD COLUMN later INTEGER']);
    expect(database.statement('SELECT later FROM message').all()).toEqual([{ later: null }]);
    database.close();
  });
});
