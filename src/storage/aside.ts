/** A database that cannot be read any more is put out of the way, and kept. */
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { lockFile } from './database.ts';
import { StorageError, storageError } from './errors.ts';
import { INSTANCES_FOLDER } from './locks.ts';

/**
 * Takes the path of a damaged database and the time in milliseconds since 1970; renames it, with the log that belongs
 * to it, and gives its new path. Throws StorageError: `locked` while another process uses it.
 */
export function moveAside(path: string, now: number): string {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const target = `${path}.damaged-${stamp}`;
  try {
    const held = holdAll(join(dirname(path), INSTANCES_FOLDER), path);
    try {
      for (const suffix of ['-wal', '-shm', ''])
        if (existsSync(path + suffix)) renameSync(path + suffix, target + suffix);
    } finally {
      for (const lock of held) lock.release();
    }
  } catch (error) {
    throw storageError(error, path, () => undefined);
  }
  return target;
}

/** The places of all instances: while they are held, nobody begins to use what is moved. */
function holdAll(folder: string, path: string) {
  const held: { release(): void }[] = [];
  const names = existsSync(folder) ? readdirSync(folder) : [];
  for (const name of names) {
    const lock = lockFile(join(folder, basename(name)));
    if (lock === undefined) {
      for (const each of held) each.release();
      throw new StorageError('locked', path, `another process uses ${path}`);
    }
    held.push(lock);
  }
  return held;
}
