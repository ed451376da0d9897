/** This program's client, with its database on the disk, doing what is measured. See slixmpp-peer.py. */
import { ownClient, tell, told } from './own-client.ts';

const [mode = '', port = '', caFile = '', wanted = '', folder = ''] = process.argv.slice(2);
const count = Number(wanted);
const account = 'user@localhost';

const { client, stores } = ownClient({ account, port, caFile, folder });

/** The database is new, and none of it is deleted. Reading them all would be measured too. */
const kept = () => stores.messages.lastRow();

const settling = () => new Promise<void>((resolve) => client.once('contactsOnline', () => resolve()));

async function archive(): Promise<void> {
  // As one who knows the archive from before its first message: all of it is new.
  stores.messages.setArchiveEnd(account, account, { id: '', time: 0, oldest: undefined });
  const settled = settling();
  tell({ ready: true });
  await client.online('presence');
  await settled;
  const began = performance.now();
  await client.history.caughtUp();
  const milliseconds = performance.now() - began;
  if (kept() !== count) throw new Error(`${kept()} of ${count} kept`);
  tell({ milliseconds });
}

async function room(): Promise<void> {
  await client.online('presence');
  // What a log-in asks for has come by then: what is measured is the room alone, as with the others.
  await client.contacts.settled();
  await client.history.caughtUp();
  tell({ ready: true });
  await told();
  const began = performance.now();
  await client.rooms.join('room@crowd.localhost', { nick: 'bench' });
  const milliseconds = performance.now() - began;
  const people = client.rooms.get('room@crowd.localhost')?.occupants.length;
  if (people !== count + 1) throw new Error(`${people} people`);
  tell({ milliseconds });
}

/** From the question for the list until it is checked, kept and in order. */
async function roster(): Promise<void> {
  await client.online('stream');
  tell({ ready: true });
  await told();
  const began = performance.now();
  await client.online('background');
  const contacts = client.contacts.list().length;
  const milliseconds = performance.now() - began;
  if (contacts !== count) throw new Error(`${contacts} contacts`);
  tell({ milliseconds });
}

async function receive(): Promise<void> {
  tell({ ready: true });
  await client.online('presence');
}

async function send(): Promise<void> {
  await client.online('presence');
  await client.contacts.settled();
  tell({ ready: true });
  await told();
  let open = count;
  const began = performance.now();
  const all = new Promise<void>((resolve) => {
    client.on('messageChanged', ({ state }) => {
      if (state === 'acked') open -= 1;
      if (open === 0) resolve();
    });
  });
  // As who has several texts at once: each call is one commit, and writes only what that keeps.
  for (let from = 0; from < count; from += 500) {
    const numbers = Array.from({ length: Math.min(500, count - from) }, (_, at) => from + at);
    client.messages.sendAll(
      'pal@localhost',
      numbers.map((n) => `Message number ${n}: the quick brown fox jumps over the lazy dog`),
    );
  }
  await all;
  tell({ milliseconds: performance.now() - began });
}

// Whoever measures closes it when it has seen enough.
process.stdin.once('end', () => process.exit()).resume();

await ({ archive, receive, room, roster, send }[mode] ?? receive)();
