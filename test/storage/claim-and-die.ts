/** Run as a process of its own: takes a place, begins a stream, prints the key of the place, and kills itself. */
import { writeSync } from 'node:fs';
import { openStores } from '../../src/storage/stores.ts';

const [path = '', account = ''] = process.argv.slice(2);
const instance = openStores(path).instances.claim(account, { resource: undefined, resumes: true });
instance.begun({ id: 'left behind', jid: `${account}/x`, location: undefined });
instance.handled(3);
writeSync(1, instance.key);
process.kill(process.pid, 'SIGKILL');
for (;;);
