/** SQLite: opened, guarded, its statements prepared once. The only file that knows the driver. */
import { getSystemErrorMap } from 'node:util';
import { DatabaseSync, type StatementSyncInstance } from '@photostructure/sqlite';
import { StorageError, storageError } from './errors.ts';
import { prepareLocation } from './location.ts';
import type { Lock } from './locks.ts';
import { migrate } from './migrate.ts';
import type { Database, Row, Statement } from './sql.ts';

export interface OpenOptions {
  /** milliseconds that a call waits for another process before it throws `locked`; default 25,000 */
  readonly busyTimeout?: number | undefined;
  /** bytes that the database may have before it throws `full`; default: the disk */
  readonly quota?: number | undefined;
}

const PAGE = 4096;
const BUSY_TIMEOUT = 25_000;

/** The driver's numbers are this system's, so its names are too. */
function systemName(errno: number): string | undefined {
  return getSystemErrorMap().get(-errno)?.[0];
}

/**
 * Takes the path of the file, or `:memory:`. Opens it, makes it if it is missing, brings it to the newest version.
 * Throws StorageError; then nothing is open, and a file that was made is empty.
 */
export function openDatabase(path: string, options: OpenOptions = {}): Database {
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw storageError(error, path, systemName);
    }
  };
  return guard(() => {
    if (path !== ':memory:') prepareLocation(path);
    const driver = new DatabaseSync(path, {
      timeout: options.busyTimeout ?? BUSY_TIMEOUT,
      enableForeignKeyConstraints: true,
      defensive: true,
    });
    try {
      configure(driver, options);
      const database = guarded(path, driver, guard, options.busyTimeout ?? BUSY_TIMEOUT);
      migrate(database);
      return database;
    } catch (error) {
      driver.close();
      throw error;
    }
  });
}

/**
 * Locks a file, made where it is missing, until it is released or the process ends in whatever way; undefined where
 * another has it. SQLite's own locks do it: they work wherever the database does. Throws StorageError.
 */
export function lockFile(path: string): Lock | undefined {
  let driver: Driver | undefined;
  try {
    prepareLocation(path);
    driver = new DatabaseSync(path, { timeout: 0 });
    driver.exec('BEGIN EXCLUSIVE');
    let held: Driver | undefined = driver;
    return {
      release() {
        held?.close();
        held = undefined;
      },
    };
  } catch (error) {
    driver?.close();
    const failure = storageError(error, path, systemName);
    if (failure.condition === 'locked') return undefined;
    throw failure;
  }
}

function configure(driver: Driver, options: OpenOptions): void {
  // The journal is switched once in the life of a file. Switching needs it alone, and does not wait by itself.
  const deadline = performance.now() + (options.busyTimeout ?? BUSY_TIMEOUT);
  for (;;) {
    try {
      // auto_vacuum only counts before the first table, so that wiped bytes can be given back without a full VACUUM.
      driver.exec('PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL');
      break;
    } catch (error) {
      const busy = ((error as { errcode?: number }).errcode ?? 0) & 0xff;
      if (busy !== 5 || performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
  // FULL: the log reaches the disk before a commit returns. secure_delete: what is deleted is overwritten.
  driver.exec('PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 4194304');
  if (options.quota !== undefined)
    driver.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(options.quota / PAGE))}`);
}

type Driver = InstanceType<typeof DatabaseSync>;
type Guard = <T>(work: () => T) => T;

function guarded(path: string, driver: Driver, guardOpen: Guard, busyTimeout: number): Database {
  let closed = false;
  let depth = 0;
  /** what the open transaction ends with */
  const last = new Set<() => void>();
  const statements = new Map<string, Statement>();
  const guard: Guard = (work) => {
    if (closed) throw new StorageError('closed', path, 'the database is closed');
    // SQLite undoes a transaction by itself after some failures (full disk, failing disk). Whoever caught that and
    // goes on would write outside of it.
    if (depth > 0 && !driver.isTransaction)
      throw new StorageError('failed', path, 'the transaction has been undone');
    return guardOpen(work);
  };

  /** Immediate: the lock is waited for at the start, where waiting works; never in the middle, where it does not. */
  function begin(): void {
    guard(() => prepared('BEGIN IMMEDIATE'));
    depth = 1;
  }

  function commit(): void {
    for (const work of last) work();
    guard(() => prepared('COMMIT'));
  }

  function ended(): void {
    depth = 0;
    last.clear();
  }

  function outermost<T>(work: () => T): T {
    begin();
    try {
      const result = synchronous(work());
      commit();
      return result;
    } catch (error) {
      if (!closed && driver.isTransaction) guard(() => driver.exec('ROLLBACK'));
      throw error;
    } finally {
      ended();
    }
  }

  function hold() {
    if (depth > 0) throw new StorageError('failed', path, 'a transaction is open');
    begin();
    return {
      keep() {
        if (depth === 0) return;
        commit();
        ended();
      },
      drop() {
        const open = depth > 0 && !closed && driver.isTransaction;
        if (open) guard(() => driver.exec('ROLLBACK'));
        ended();
      },
    };
  }

  /** What is said at every message is read by SQLite once. */
  const often = new Map<string, StatementSyncInstance>();
  function prepared(sql: string): void {
    const statement = often.get(sql) ?? driver.prepare(sql);
    often.set(sql, statement);
    statement.run();
  }

  function nested<T>(work: () => T): T {
    const name = `s${depth}`;
    guard(() => prepared(`SAVEPOINT ${name}`));
    depth += 1;
    try {
      const result = synchronous(work());
      guard(() => prepared(`RELEASE ${name}`));
      return result;
    } catch (error) {
      if (!closed && driver.isTransaction) guard(() => driver.exec(`ROLLBACK TO ${name}; RELEASE ${name}`));
      throw error;
    } finally {
      depth -= 1;
    }
  }

  return {
    path,
    statement(sql) {
      const known = statements.get(sql);
      if (known !== undefined) return known;
      const made = guardedStatement(
        guard(() => driver.prepare(sql)),
        guard,
      );
      statements.set(sql, made);
      return made;
    },
    hold,
    execute: (sql) => guard(() => driver.exec(sql)),
    pragma(name) {
      const value = guard(() => driver.prepare(`PRAGMA ${name}`).get()?.[name]);
      return typeof value === 'number' ? value : 0;
    },
    whole: (work) => (depth === 0 ? outermost(work) : work()),
    transaction: (work) => (depth === 0 ? outermost(work) : nested(work)),
    atLast(work) {
      if (depth === 0) work();
      else last.add(work);
    },
    compact() {
      // Others may be reading: then the log is emptied by whoever is last. That is not worth a long wait.
      guard(() => {
        driver.exec('PRAGMA busy_timeout = 500');
        try {
          driver.exec('PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE)');
        } finally {
          driver.exec(`PRAGMA busy_timeout = ${busyTimeout}`);
        }
      });
    },
    close() {
      if (closed) return;
      closed = true;
      statements.clear();
      often.clear();
      // The driver cannot end a statement: the files are let go when these are collected, at the latest at exit.
      // What is committed is on the disk already, in the log.
      guardOpen(() => driver.close());
    },
  };
}

function synchronous<T>(result: T): T {
  if (result instanceof Promise) throw new TypeError('a transaction cannot wait for a promise');
  return result;
}

function guardedStatement(statement: StatementSyncInstance, guard: Guard): Statement {
  return {
    run: (...values) =>
      guard(() => {
        const { changes, lastInsertRowid } = statement.run(...values);
        return { row: Number(lastInsertRowid), changes };
      }),
    get: (...values) => guard(() => statement.get(...values) as Row | undefined),
    all: (...values) => guard(() => statement.all(...values) as Row[]),
  };
}
