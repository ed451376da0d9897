/** This program's client on a server of a measurement, with its database on the disk; and what it tells of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client, type ClientOptions } from '../../src/chat/client.ts';
import { DATABASE_FILE, openStores } from '../../src/storage/stores.ts';

interface Place extends Pick<ClientOptions, 'overrides'> {
  /** bare JID */
  readonly account: string;
  readonly port: string;
  readonly caFile: string;
  /** of the database, and of received files */
  readonly folder: string;
}

export function ownClient({ account, port, caFile, folder, overrides }: Place) {
  const stores = openStores(join(folder, DATABASE_FILE));
  const client = new Client({
    account,
    stores,
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
    ...(overrides === undefined ? {} : { overrides }),
  });
  client.on('problem', ({ condition, text }) => process.stderr.write(`${condition} ${text}\n`));
  return { client, stores };
}

/** One fact for whoever measures. */
export const tell = (fact: object) => process.stdout.write(`${JSON.stringify(fact)}\n`);

/** Resolves when whoever measures says so. */
export const told = () =>
  new Promise((resolve) => createInterface({ input: process.stdin }).once('line', resolve));
