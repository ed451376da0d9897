/** This program's client, with its database on the disk, sending or taking one file. See slixmpp-file-peer.py. */
// The program loads them where they are used; here the compiler would be measured.
import '../../src/chat/http/get.ts';
import '../../src/chat/http/put.ts';
import { ownClient, tell, told } from './own-client.ts';

const [mode = '', way = '', port = '', caFile = '', what = '', folder = ''] = process.argv.slice(2);
const [route = '', direct = 'contacts'] = way.split(' ');
const account = `${mode === 'take' ? 'taker' : 'giver'}@localhost`;
const TAKER = 'taker@localhost';

const { client } = ownClient({
  account,
  port,
  caFile,
  folder,
  overrides: {
    ...{ 'file-route': route, 'direct-files': direct, 'accept-files': 'all', 'private-links': 'on' },
  },
});

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
else if (mode === 'download') await timed(() => client.files.fetch(what));
else await timed(() => client.files.send(what, route === 'upload' ? TAKER : `${TAKER}/bench`));
