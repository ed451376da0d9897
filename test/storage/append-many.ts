/** Run as a process of its own: opens the database and appends `count` messages, one transaction each. */
import { openStores } from '../../src/storage/stores.ts';
import { incoming } from './support-message.ts';

const [path = '', name = '', count = '0'] = process.argv.slice(2);
const stores = openStores(path);
for (let n = 0; n < Number(count); n += 1) stores.messages.append(incoming({ id: `${name}-${n}` }));
stores.close();
