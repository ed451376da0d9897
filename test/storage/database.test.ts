import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it } from 'vitest';
import { isStorageFailure } from '../../src/chat/stores.ts';
import { migrations } from '../../src/storage/migrate.ts';
import { runScript, temporaryDatabase, temporaryFolder, temporaryStores } from './support.ts';
import { account, incoming, romeo } from './support-message.ts';

function failure(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (isStorageFailure(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function scratch() {
  const database = temporaryDatabase();
  database.execute('CREATE TABLE t (a INTEGER)');
  const add = (a: number) => database.statement('INSERT INTO t VALUES (?)').run(a);
  const all = () =>
    database
      .statement('SELECT a FROM t ORDER BY a')
      .all()
      .map((row) => row.a);
  return { database, add, all };
}

describe('transactions', () => {
  it('keeps all of it, or none', () => {
    const { database, add, all } = scratch();
    expect(
      database.transaction(() => {
        add(1);
        return 'done';
      }),
    ).toBe('done');
    expect(() =>
      database.transaction(() => {
        add(2);
        throw new RangeError('stop');
      }),
    ).toThrow(RangeError);
    expect(all()).toEqual([1]);
  });

  it('undoes only the inner one where the outer one goes on', () => {
    const { database, add, all } = scratch();
    database.transaction(() => {
      add(1);
      expect(() =>
        database.transaction(() => {
          add(2);
          database.transaction(() => add(3));
          throw new Error('inner');
        }),
      ).toThrow('inner');
      database.transaction(() => add(4));
    });
    expect(all()).toEqual([1, 4]);
  });

  it('undoes the inner one with the outer one', () => {
    const { database, add, all } = scratch();
    expect(() =>
      database.transaction(() => {
        database.transaction(() => add(1));
        throw new Error('outer');
      }),
    ).toThrow('outer');
    expect(all()).toEqual([]);
    database.transaction(() => add(5));
    expect(all()).toEqual([5]);
  });

  it('writes nothing more once SQLite has undone it by itself', () => {
    const { database, add, all } = scratch();
    const work = () => {
      add(1);
      database.execute('ROLLBACK');
      try {
        add(2);
      } catch {
        add(3);
      }
    };
    expect(failure(() => database.transaction(work)).condition).toBe('failed');
    expect(failure(() => database.transaction(() => database.transaction(work))).condition).toBe('failed');
    expect(all()).toEqual([]);
    database.transaction(() => add(4));
    expect(all()).toEqual([4]);
  });

  it('refuses a promise, and keeps nothing of it', () => {
    const { database, add, all } = scratch();
    expect(() => database.transaction(async () => add(1))).toThrow(TypeError);
    expect(all()).toEqual([]);
  });

  it('writes to the disk before it returns: log with synchronous FULL, overwritten when deleted', () => {
    const database = temporaryDatabase(join(temporaryFolder(), 'x.db'));
    expect(database.statement('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.statement('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    expect(database.statement('PRAGMA secure_delete').get()).toEqual({ secure_delete: 1 });
    expect(database.statement('PRAGMA foreign_keys').get()).toEqual({ foreign_keys: 1 });
  });
});

describe('failures', () => {
  it('says locked when another process keeps the lock for longer than the time-out, then works again', () => {
    const path = join(temporaryFolder(), 'x.db');
    const stores = temporaryStores(path, { busyTimeout: 30 });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    expect(failure(() => stores.messages.append(incoming())).condition).toBe('locked');
    expect(
      failure(() => temporaryStores(path, { busyTimeout: 30 }).messages.append(incoming())),
    ).toMatchObject({ condition: 'locked', path });
    other.exec('ROLLBACK');
    expect(stores.messages.append(incoming()).row).toBe(1);
    other.close();
  });

  it('says full, keeps nothing of that transaction, and goes on when there is room', () => {
    const path = join(temporaryFolder(), 'x.db');
    const small = temporaryStores(path, { quota: 256 * 1024 });
    small.messages.append(incoming({ body: 'before' }));
    const flood = () =>
      small.messages.transaction(() => {
        for (let n = 0; n < 200; n += 1) small.messages.append(incoming({ body: 'x'.repeat(4000) }));
      });
    expect(failure(flood).condition).toBe('full');
    const bodies = () => small.messages.history({ account, limit: 1000 }).map((message) => message.body);
    expect(bodies()).toEqual(['before']);
    small.messages.append(incoming({ body: 'after' }));
    expect(bodies()).toEqual(['before', 'after']);
  });

  it('says full at the start, and leaves an empty file that the next start takes', () => {
    const path = join(temporaryFolder(), 'x.db');
    expect(failure(() => temporaryStores(path, { quota: 4096 })).condition).toBe('full');
    expect(temporaryStores(path).messages.append(incoming()).row).toBe(1);
  });

  it('says closed after close(), which may be called twice', () => {
    const stores = temporaryStores();
    stores.messages.append(incoming());
    stores.close();
    stores.close();
    expect(failure(() => stores.messages.append(incoming())).condition).toBe('closed');
    expect(failure(() => stores.messages.get(1)).condition).toBe('closed');
  });
});

describe('two instances', () => {
  it('see what the other wrote at once', () => {
    const path = join(temporaryFolder(), 'x.db');
    const [one, two] = [temporaryStores(path), temporaryStores(path)];
    const { row } = one.messages.append(incoming({ body: 'from one' }));
    expect(two.messages.get(row)?.body).toBe('from one');
    expect(two.messages.append(incoming({ body: 'from two' })).row).toBe(row + 1);
    expect(one.messages.history({ account, limit: 9 }).map((message) => message.body)).toEqual([
      'from one',
      'from two',
    ]);
  });

  it('do not write between what the other reads and writes in one transaction', () => {
    const path = join(temporaryFolder(), 'x.db');
    const [one, two] = [temporaryStores(path), temporaryStores(path, { busyTimeout: 30 })];
    one.messages.transaction(() => {
      const { count } = one.messages.unread(account, romeo);
      expect(failure(() => two.messages.append(incoming())).condition).toBe('locked');
      one.messages.append(incoming({ body: `after ${count}` }));
    });
    expect(two.messages.append(incoming()).row).toBe(2);
  });

  it('make a new database together and lose nothing of what both write', async () => {
    const path = join(temporaryFolder(), 'new', 'x.db');
    const names = ['a', 'b', 'c'];
    await Promise.all(names.map((name) => runScript('append-many.ts', [path, name, '100'])));
    const messages = temporaryStores(path).messages.history({ account, limit: 1000 });
    for (const name of names) {
      const own = messages.map((message) => message.id).filter((id) => id.startsWith(`${name}-`));
      expect(own).toEqual(Array.from({ length: 100 }, (_, n) => `${name}-${n}`));
    }
    const database = temporaryDatabase(path);
    expect(database.statement('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    expect(database.pragma('user_version')).toBe(migrations.length);
  }, 30_000);
});
