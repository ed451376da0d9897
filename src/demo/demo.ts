/** The demonstration: a throw-away server on loopback, two friends, and an account that knows them. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from '../chat/client.ts';
import { openStores } from '../storage/stores.ts';
import { playAlice, playBob } from './friends.ts';
import { type Prosody, startProsody } from './prosody.ts';
import { friendWords } from './words.ts';

export interface Demo {
  readonly jid: string;
  readonly password: string;
  readonly service: string;
  /** PEM text of the server's own certificate */
  readonly ca: string;
  /** for the user's data; gone with the rest at `stop` */
  readonly dataDir: string;
  /** Ends friends and server, removes everything. */
  stop(): Promise<void>;
}

export interface DemoOptions {
  readonly language: 'en' | 'es';
  readonly version: string;
}

const NAMES = ['demo', 'alice', 'bob'] as const;
type Name = (typeof NAMES)[number];
const RESOURCES: Readonly<Record<Name, string>> = { demo: 'introduction', alice: 'phone', bob: 'pc' };

/**
 * Resolves when server and friends are up and both know the demo user.
 * Throws MissingProgramError where Prosody or openssl is not installed, ServerStartError.
 */
export async function startDemo({ language, version }: DemoOptions): Promise<Demo> {
  const passwords = new Map(NAMES.map((name) => [name, randomBytes(18).toString('base64url')]));
  const passwordOf = (name: Name) => passwords.get(name) ?? '';
  const server = await startProsody({ users: NAMES.map((name) => ({ name, password: passwordOf(name) })) });
  const clients: Client[] = [];
  const stop = async () => {
    await Promise.all(clients.map((client) => client.close()));
    await server.stop();
  };
  try {
    const ca = await readFile(server.caFile, 'utf8');
    const open = (name: Name) => {
      const client = clientOf(server, { name, password: passwordOf(name), ca, version });
      clients.push(client);
      return client;
    };
    await introduce(open('demo'), open('alice'), open('bob'), server, language);
    const jid = `demo@${server.domain}`;
    return {
      jid,
      password: passwordOf('demo'),
      service: server.service,
      ca,
      dataDir: join(server.folder, 'user'),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function clientOf(
  server: Prosody,
  { name, password, ca, version }: { name: Name; password: string; ca: string; version: string },
): Client {
  const account = `${name}@${server.domain}`;
  return new Client({
    account,
    stores: openStores(':memory:'),
    session: async () => ({
      jid: account,
      password,
      resource: RESOURCES[name],
      service: server.service,
      ca,
    }),
    filesDir: () => join(server.folder, name),
    version,
    languages: [],
    overrides: { 'auto-approve': 'on', 'accept-files': 'all' },
  });
}

/** Everyone on everyone's roster, the friends in the lobby; then the demo user's place is free for the person. */
async function introduce(
  user: Client,
  alice: Client,
  bob: Client,
  server: Prosody,
  language: 'en' | 'es',
): Promise<void> {
  const words = friendWords[language];
  const room = `lobby@${server.rooms}`;
  const friends = [alice, bob];
  alice.savePresence('available', words.aliceStatus);
  bob.savePresence('dnd', words.bobStatus);
  await Promise.all([user, ...friends].map((client) => client.online('presence')));
  const known = Promise.all(
    friends.flatMap((friend) => [subscribed(user, friend.account), subscribed(friend, user.account)]),
  );
  for (const friend of friends) {
    const name = friend.account.replace(/@.*$/, '');
    await Promise.all([user.contacts.add(friend.account, { name }), friend.contacts.add(user.account)]);
  }
  await bob.rooms.join(room, { nick: 'bob' });
  await Promise.all([
    alice.rooms.join(room, { nick: 'alice' }),
    bob.rooms.setSubject(room, words.subject),
    known,
  ]);
  await user.close();
  playAlice(alice, user.account, words);
  await playBob(bob, user.account, room, server.folder, words);
}

/** Resolves when a contact is subscribed both ways. */
function subscribed(client: Client, jid: string): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (client.contacts.get(jid)?.subscription !== 'both') return;
      client.off('contact', look);
      resolve();
    };
    client.on('contact', look);
    look();
  });
}
