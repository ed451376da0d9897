/** Everything that is kept between two runs, behind the interfaces of src/chat/stores.ts. */
import type { Stores } from '../chat/stores.ts';
import { accountStore, roomStore, settingsStore } from './accounts.ts';
import { amendmentStore } from './amendments.ts';
import { capsCache } from './capabilities.ts';
import { lockFile, type OpenOptions, openDatabase } from './database.ts';
import { instances } from './instances.ts';
import { fileLocks, memoryLocks } from './locks.ts';
import { markStore } from './marks.ts';
import { messageStore } from './messages.ts';
import { partialFiles } from './partials.ts';
import { rosterCache } from './roster.ts';
import { waitingFiles } from './waiting-files.ts';

/** Name of the database inside the data folder. */
export const DATABASE_FILE = 'xmpp-chat.db';

/**
 * Takes the path of the database file (or `:memory:`) and opens it, made and brought up to date where needed.
 * Throws StorageError. Importing this file loads the driver: import it when it is needed.
 */
export function openStores(path: string, options: OpenOptions = {}): Stores {
  const database = openDatabase(path, options);
  return {
    messages: messageStore(database),
    amendments: amendmentStore(database),
    marks: markStore(database),
    rooms: roomStore(database),
    settings: settingsStore(database),
    roster: rosterCache(database),
    accounts: accountStore(database),
    instances: instances(database, path === ':memory:' ? memoryLocks() : fileLocks(path, lockFile)),
    caps: capsCache(database),
    waitingFiles: (account) => waitingFiles(database, account),
    partials: (account) => partialFiles(database, account),
    close: () => database.close(),
  };
}
