/** Run as a process of its own: says whether the process of an instance lives. */
import { openStores } from '../../src/storage/stores.ts';

const [path = '', key = ''] = process.argv.slice(2);
process.stdout.write(String(openStores(path).instances.isAlive(key)));
