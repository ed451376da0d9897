/** Run as a process of its own: says whether the database opens, or the condition of the failure. */
import { isStorageFailure } from '../../src/chat/stores.ts';
import { openStores } from '../../src/storage/stores.ts';

const [path = ''] = process.argv.slice(2);
try {
  openStores(path).close();
  process.stdout.write('opened');
} catch (error) {
  if (!isStorageFailure(error)) throw error;
  process.stdout.write(error.condition);
}
