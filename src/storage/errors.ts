/** Why the database could not do it. */
import type { StorageCondition, StorageFailure } from '../chat/stores.ts';

export class StorageError extends Error implements StorageFailure {
  override readonly name = 'StorageError';
  readonly condition: StorageCondition;
  readonly path: string;
  constructor(condition: StorageCondition, path: string, text: string, options?: ErrorOptions) {
    super(text, options);
    this.condition = condition;
    this.path = path;
  }
}

/** Primary result codes of SQLite that mean something to the user (https://sqlite.org/rescode.html). */
const BY_RESULT: ReadonlyMap<number, StorageCondition> = new Map([
  [3, 'read-only'], // SQLITE_PERM
  [5, 'locked'], // SQLITE_BUSY
  [6, 'locked'], // SQLITE_LOCKED
  [8, 'read-only'], // SQLITE_READONLY
  [11, 'corrupt'], // SQLITE_CORRUPT
  [13, 'full'], // SQLITE_FULL
  [14, 'unavailable'], // SQLITE_CANTOPEN
  [23, 'read-only'], // SQLITE_AUTH
  [26, 'corrupt'], // SQLITE_NOTADB
]);

/** all() of driver 1.2.1 gives no number; SQLite's own words for it are fixed (sqlite3_errstr). */
const RESULT_BY_TEXT: ReadonlyMap<string, number> = new Map([
  ['database is locked', 5],
  ['database table is locked', 6],
  ['attempt to write a readonly database', 8],
  ['disk I/O error', 10],
  ['database disk image is malformed', 11],
  ['database or disk is full', 13],
  ['unable to open database file', 14],
  ['file is not a database', 26],
]);

/** Errors of the operating system, by name; the driver gives numbers, which differ between systems. */
const BY_SYSTEM: ReadonlyMap<string, StorageCondition> = new Map([
  ['EACCES', 'read-only'],
  ['EPERM', 'read-only'],
  ['EROFS', 'read-only'],
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EMFILE', 'too-many-files'],
  ['ENFILE', 'too-many-files'],
  ['ENOENT', 'unavailable'],
  ['ENOTDIR', 'unavailable'],
  ['EISDIR', 'unavailable'],
  ['EEXIST', 'unavailable'], // a file where a folder should be made
  ['ELOOP', 'unsafe'],
]);

/** SQLITE_IOERR_SHMSIZE: no room for the shared-memory file, which is a full disk. */
const IOERR_SHMSIZE = 4874;

function field(error: Error, name: string): unknown {
  return (error as unknown as Record<string, unknown>)[name];
}

function conditionOf(error: Error, systemName: (errno: number) => string | undefined): StorageCondition {
  const code = field(error, 'code');
  const bySystem = typeof code === 'string' ? BY_SYSTEM.get(code) : undefined;
  if (bySystem !== undefined) return bySystem;
  const result = field(error, 'errcode') ?? RESULT_BY_TEXT.get(error.message);
  if (typeof result !== 'number') return 'failed';
  if (result === IOERR_SHMSIZE) return 'full';
  const errno = field(error, 'systemErrno');
  const system = typeof errno === 'number' ? BY_SYSTEM.get(systemName(errno) ?? '') : undefined;
  // Only where SQLite itself does not know better: it keeps the number of an older call too.
  const primary = result & 0xff;
  const vague = primary === 10 || primary === 14;
  return (vague ? system : undefined) ?? BY_RESULT.get(primary) ?? 'failed';
}

/** Turns what the driver or the file system threw into a StorageError; one of ours passes unchanged. */
export function storageError(
  error: unknown,
  path: string,
  systemName: (errno: number) => string | undefined,
): StorageError {
  if (error instanceof StorageError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  return new StorageError(conditionOf(cause, systemName), path, cause.message, { cause });
}
