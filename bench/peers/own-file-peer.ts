/** This program's client, with its database on the disk, sending or taking one file. See slixmpp-file-peer.py. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
// The program loads them where they are used; here the compiler would be measured.
import '../../src/chat/http/get.ts';
import '../../src/chat/http/put.ts';
import { Client } from '../../src/chat/client.ts';
import { DATABASE_FILE, openStores } from '../../src/storage/stores.ts';

const [mode = '', way = '', port = '', caFile = '', what = '', folder = ''] = process.argv.slice(2);
const [route = '', direct = 'contacts'] = way.split(' ');
const account = `${mode === 'take' ? 'taker' : 'giver'}@localhost`;
const TAKER = 'taker@localhost';

const tell = (fact: object) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const client = new Client({
  account,
  stores: openStores(join(folder, DATABASE_FILE)),
  session: async () => ({
    jid: account,
    password: process.env.BENCH_PASSWORD ?? '',
    resource: 'bench',
    service: `xmpp://127.0.0.1:${port}`,
    ca: readFileSync(caFile, 'utf8'),
    reconnect: 'never',
  }),
  filesDir: () => folder,
  version: '0.0.0',
  languages: ['en'],
  overrides: {
    ...{ 'file-route': route, 'direct-files': direct, 'accept-files': 'all', 'private-links': 'on' },
  },
});
client.on('problem', ({ condition, text }) => process.stderr.write(`${condition} ${text}\n`));

const told = () => new Promise((resolve) => createInterface({ input: process.stdin }).once('line', resolve));

/** As long as it takes, from the wish until the other side has it. */
async function timed(work: () => Promise<{ readonly sha256?: string | undefined }>): Promise<void> {
  await told();
  const began = performance.now();
  const { sha256 } = await work();
  tell({ milliseconds: performance.now() - began, sha256 });
}

async function take(): Promise<void> {
  client.on('file', ({ state, sha256, failure }) => {
    if (state === 'done') tell({ sha256 });
    if (state === 'failed' || state === 'cancelled') throw new Error(failure);
  });
}

// Whoever measures closes it when it has seen enough.
process.stdin.once('end', () => process.exit());

const settling = new Promise<void>((resolve) => client.once('contactsOnline', () => resolve()));
await client.online('presence');
await settling;
tell({ ready: true });
if (mode === 'take') await take();
else if (mode === 'download') await timed(() => client.fetchLink(what));
else await timed(() => client.sendFile(what, route === 'upload' ? TAKER : `${TAKER}/bench`));
