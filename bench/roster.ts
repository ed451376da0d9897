/** A list of 5,000 contacts: read for the first time, and where nothing of it changed since. */
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { figuresOf, ratio, shown, table, verdict } from './figures.ts';
import { machine } from './machine.ts';
import { available, OWN, type Pace, PEERS, paceOf, RAW, startPeer } from './peer.ts';
import { inPlace, type Place } from './place.ts';
import { type Contestant, complaints, inTurns, type Result } from './turns.ts';

const CONTACTS = 5000;
const GOAL = 1.5;
const UNCHANGED_GOAL = 20;
const UNCHANGED = 'xmpp-chat, nothing changed';

/** With names and groups as people have them; nobody of them sees or is seen, so that no presence goes about. */
const contacts = Array.from({ length: CONTACTS }, (_, n) => ({
  jid: `contact${n}@localhost`,
  name: `Contact Number ${n}`,
  groups: [`Group ${n % 20}`],
  subscription: 'none' as const,
}));

function contestant(name: string, place: Place, peer = name, data?: string): Contestant<Pace> {
  const { server, folder } = place;
  const run = { mode: 'roster', port: server.port, caFile: server.caFile, count: CONTACTS, folder } as const;
  return {
    name,
    async turn() {
      const started = await startPeer(peer, { ...run, data, env: place.env(folder) });
      try {
        return await paceOf(started, started, CONTACTS);
      } finally {
        await started.end();
      }
    },
  };
}

/** Prints a table of milliseconds. */
export async function rosterBench(rounds: number): Promise<void> {
  await inPlace([{ name: 'user', contacts }], async (place) => {
    // What the first, uncounted round leaves in it is what the others find.
    const data = await mkdtemp(join(place.folder, 'peer-'));
    const results = await inTurns(rounds, [
      ...Object.keys(PEERS)
        .filter(available)
        .map((name) => contestant(name, place)),
      contestant(RAW, place),
      contestant(UNCHANGED, place, OWN, data),
    ]);
    print(results, rounds);
  });
}

function print(results: readonly Result<Pace>[], rounds: number): void {
  const times = (name: string) =>
    (results.find((result) => result.name === name)?.samples ?? []).map(
      ({ rate }) => (CONTACTS / rate) * 1000,
    );
  const median = (name: string) => figuresOf(times(name)).median;
  const title = `Read a list of ${CONTACTS} contacts, milliseconds: median [least..most] of ${rounds}, in turns`;
  console.log(
    table(
      `${title}\n${machine()}`,
      ['', 'ms', '÷ sockets only', 'processor ms'],
      results.map(({ name, samples }) => [
        name,
        shown(times(name)),
        ratio(times(name), times(RAW)),
        shown(samples.map(({ processor }) => processor)),
      ]),
    ),
  );
  for (const line of complaints(results, rounds)) console.log(line);
  console.log(verdict(`${OWN} ÷ sockets only`, median(OWN) / median(RAW), GOAL, '×'));
  console.log(verdict(UNCHANGED, median(UNCHANGED), UNCHANGED_GOAL, 'ms'));
}
