/** Locks by name, of which the system takes back those of a process that dies. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Lock {
  /** more than once is no more than once */
  release(): void;
}

export interface Locks {
  /** undefined where another process, or another holder in this one, has it */
  take(name: string): Lock | undefined;
  /** whether somebody has it */
  isTaken(name: string): boolean;
}

/** Name of the folder beside the database. */
export const INSTANCES_FOLDER = 'instances';

/** Takes the path of the database, and what locks a file. Each lock is an empty file of its own. */
export function fileLocks(database: string, lockFile: (path: string) => Lock | undefined): Locks {
  const path = (name: string) => join(dirname(database), INSTANCES_FOLDER, `${name}.lock`);
  return {
    take: (name) => lockFile(path(name)),
    isTaken(name) {
      if (!existsSync(path(name))) return false;
      const lock = lockFile(path(name));
      lock?.release();
      return lock === undefined;
    },
  };
}

/** For a database in memory, which no other process sees. */
export function memoryLocks(): Locks {
  const taken = new Set<string>();
  return {
    take(name) {
      if (taken.has(name)) return undefined;
      taken.add(name);
      let held = true;
      return {
        release() {
          if (held) taken.delete(name);
          held = false;
        },
      };
    },
    isTaken: (name) => taken.has(name),
  };
}
