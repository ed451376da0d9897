/** An archive of 10,000 messages, page by page from Prosody. */
import { randomUUID } from 'node:crypto';
import { x } from '../src/xmpp/stanza.ts';
import { verdictAtLeast } from './figures.ts';
import {
  available,
  OWN,
  PEERS,
  paceOf,
  RAW,
  RAW_MANAGED,
  SLIXMPP,
  SLIXMPP_MANAGED,
  startPeer,
} from './peer.ts';
import { inPlace, online, type Place } from './place.ts';
import { median, printRates } from './receive.ts';
import { inTurns } from './turns.ts';

const MESSAGES = 10_000;
const GOAL = 1;

/** Both write to each other, so that the archive of each has all; resolves when the server has them. */
async function fill({ server }: Place): Promise<void> {
  const user = await online(server, 'user');
  const pal = await online(server, 'pal');
  try {
    for (let n = 0; n < MESSAGES; n += 1) {
      const from = n % 2 === 0 ? user : pal;
      const body = `Message number ${n}: the quick brown fox jumps over the lazy dog`;
      const to = n % 2 === 0 ? 'pal@localhost' : 'user@localhost';
      from.send(x('message', { to, type: 'chat', id: randomUUID() }, x('body', {}, body)));
      // No faster than the server takes them.
      if (n % 500 === 499) await Promise.all([user, pal].map(ping));
    }
  } finally {
    await user.close();
    await pal.close();
  }
}

async function ping(session: Awaited<ReturnType<typeof online>>): Promise<void> {
  await session.request(x('iq', { type: 'get', to: 'localhost' }, x('ping', { xmlns: 'urn:xmpp:ping' })));
}

export async function archiveBench(rounds: number): Promise<void> {
  const accounts = [{ name: 'user' }, { name: 'pal' }];
  // It may give as many as are asked for.
  await inPlace(
    accounts,
    async (place) => {
      await fill(place);
      const { server, folder } = place;
      const run = { mode: 'archive', port: server.port, caFile: server.caFile, count: MESSAGES } as const;
      const turn = (name: string) => async () => {
        const peer = await startPeer(name, { ...run, folder, env: place.env(folder) });
        try {
          return await paceOf(peer, peer, MESSAGES);
        } finally {
          await peer.end();
        }
      };
      const names = [...Object.keys(PEERS), SLIXMPP_MANAGED, RAW, RAW_MANAGED].filter(available);
      const results = await inTurns(
        rounds,
        names.map((name) => ({ name, turn: turn(name) })),
      );
      printRates(`Fetch an archive of ${MESSAGES} messages, 250 a page, from Prosody`, results, rounds);
      for (const peer of [SLIXMPP, SLIXMPP_MANAGED].filter(available)) {
        const value = median(results, OWN) / median(results, peer);
        console.log(verdictAtLeast(`${OWN} ÷ ${peer}`, value, GOAL, '×'));
      }
    },
    { settings: 'max_archive_query_results = 250\nstorage_archive_item_limit = 20000' },
  );
}
