/**
 * Brings a database to the newest shape.
 *
 * The steps are TypeScript files that hold SQL, not `.sql` files: they are read the same way by tsx, by vitest and by
 * the bundle, and need no file beside it at run time.
 */

import { StorageError } from './errors.ts';
import { messages } from './migrations/001-messages.ts';
import { accounts } from './migrations/002-accounts.ts';
import { capabilities } from './migrations/003-capabilities.ts';
import { archive } from './migrations/004-archive.ts';
import { search } from './migrations/005-search.ts';
import { order } from './migrations/006-order.ts';
import { instances } from './migrations/007-instances.ts';
import { amendments } from './migrations/008-amendments.ts';
import { marks } from './migrations/009-marks.ts';
import { linkedFiles } from './migrations/010-linked-files.ts';
import { partialFiles } from './migrations/011-partial-files.ts';
import { moderated } from './migrations/012-moderated.ts';
import { waitingFiles } from './migrations/013-waiting-files.ts';
import { indexTogether } from './migrations/014-index-together.ts';
import { amendmentWriter } from './migrations/015-amendment-writer.ts';
import type { Database } from './sql.ts';

/** In order; the first makes version 1. What was released is never edited, only added to. */
export const migrations: readonly string[] = [
  messages,
  accounts,
  capabilities,
  archive,
  search,
  order,
  instances,
  amendments,
  marks,
  linkedFiles,
  partialFiles,
  moderated,
  waitingFiles,
  indexTogether,
  amendmentWriter,
];

/** `xmpc`, in the header of the file: tells our database from another program's. */
export const APPLICATION_ID = 0x786d7063;

/**
 * Takes an open database and leaves it at the newest version, with one commit: a new database would wait for the disk
 * once for each step. Throws StorageError `newer` or `foreign`; where a step fails, none is done.
 */
export function migrate(database: Database, steps: readonly string[] = migrations): void {
  if (checkedVersion(database, steps.length) === steps.length) return;
  database.transaction(() => {
    // Another process may have done some while we waited for the lock.
    for (const step of steps.slice(checkedVersion(database, steps.length))) database.execute(step);
    database.execute(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${steps.length}`);
  });
}

function checkedVersion(database: Database, newest: number): number {
  const version = database.pragma('user_version');
  const owner = database.pragma('application_id');
  const ours = owner === APPLICATION_ID || (version === 0 && owner === 0 && isEmpty(database));
  if (!ours) throw new StorageError('foreign', database.path, `${database.path} belongs to another program`);
  if (version > newest)
    throw new StorageError('newer', database.path, `version ${version} is newer than ${newest}`);
  return version;
}

function isEmpty(database: Database): boolean {
  return database.statement('SELECT count(*) AS n FROM sqlite_schema').get()?.n === 0;
}
