/** Where the database lies: makes the folder and the file so that nobody else can read them, refuses odd places. */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  lstatSync,
  mkdirSync,
  openSync,
  statSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StorageError } from './errors.ts';

const posix = process.platform !== 'win32';

/** Where no file of that name is: undefined. */
function lstatOf(path: string) {
  return lstatSync(path, { throwIfNoEntry: false });
}

function checkFolder(folder: string, path: string): void {
  const found = statSync(folder);
  if (!found.isDirectory()) throw new StorageError('unavailable', path, `${folder} is not a folder`);
  // In a folder that everybody may write to, anybody can put another file in place of ours; the sticky bit forbids it.
  if (posix && (found.mode & 0o1002) === 0o002)
    throw new StorageError('unsafe', path, `everybody may write to ${folder}`);
}

function checkFile(path: string): void {
  const found = lstatOf(path);
  if (found === undefined) return;
  if (found.isSymbolicLink()) throw new StorageError('unsafe', path, `${path} is a symbolic link`);
  if (!found.isFile()) throw new StorageError('unavailable', path, `${path} is not a file`);
  const uid = process.getuid?.();
  if (uid === undefined || !posix) return;
  if (uid !== 0 && found.uid !== uid)
    throw new StorageError('unsafe', path, `${path} belongs to another user`);
  if ((found.mode & 0o077) !== 0) chmodSync(path, 0o600);
}

/**
 * Takes the path of the database file. Afterwards the folder is there (0700 where it had to be made; one that exists
 * keeps its mode, for it may be shared), and the file is there, is ours, 0600, and can be written.
 * SQLite gives `-wal` and `-shm` the mode of the file. Throws StorageError or the error of the file system.
 */
export function prepareLocation(given: string): void {
  const path = resolve(given);
  const folder = dirname(path);
  makeFolder(folder);
  checkFolder(folder, path);
  if (lstatOf(path) === undefined) createEmpty(path);
  for (const suffix of ['', '-wal', '-shm']) checkFile(path + suffix);
  // SQLite would open what it may not write read-only without a word, and fail at the first message.
  accessSync(path, constants.R_OK | constants.W_OK);
  accessSync(folder, constants.W_OK);
}

/** With those above it. Node's own `recursive` never comes back where nothing can be made, as in /proc. */
function makeFolder(folder: string): void {
  if (lstatOf(folder) !== undefined) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another instance was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** An empty file is an empty database to SQLite: a start that fails later has left nothing half done. */
function createEmpty(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    // Another instance was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}
