/** Rooms with many people in them: entering one, and typing in one. */
import { freePorts } from '../src/demo/free-ports.ts';
import { type Crowd, crowdSettings, startCrowd } from './crowd.ts';
import { figuresOf, ratio, shown, table, verdict } from './figures.ts';
import { machine } from './machine.ts';
import { available, OWN, PEERS, RAW, RAW_MANAGED, SLIXMPP, startPeer } from './peer.ts';
import { inPlace, type Place } from './place.ts';
import { complaints, inTurns, type Result } from './turns.ts';
import { typingBench } from './typing.ts';

const SIZES = [500, 1000];
const ENTER_GOAL = 1.2;

interface Sample {
  readonly milliseconds: number;
  readonly memory: number | undefined;
  readonly processor: number;
}

/** From the wish to be in the room until everybody in it is known. */
async function enter(name: string, place: Place, crowd: Crowd, count: number): Promise<Sample> {
  const { server, folder } = place;
  crowd.occupants = count;
  const run = { mode: 'room', port: server.port, caFile: server.caFile, count, folder } as const;
  const peer = await startPeer(name, { ...run, env: place.env(folder) });
  try {
    await peer.next('ready');
    const before = (await peer.processor()) ?? Number.NaN;
    peer.tell();
    const milliseconds = Number(await peer.next('milliseconds'));
    const after = (await peer.processor()) ?? Number.NaN;
    return { milliseconds, processor: after - before, memory: await peer.memory() };
  } finally {
    await peer.end();
  }
}

function printEntering(results: readonly Result<Sample>[], count: number, rounds: number): void {
  const times = (name: string) =>
    results.find((result) => result.name === name)?.samples.map(({ milliseconds }) => milliseconds) ?? [];
  const rows = results.map(({ name, samples }) => [
    name,
    shown(times(name)),
    ratio(times(name), times(RAW)),
    ratio(times(name), times(RAW_MANAGED)),
    ratio(times(name), times(SLIXMPP)),
    shown(samples.map(({ processor }) => processor)),
    shown(samples.flatMap(({ memory }) => memory ?? [])),
  ]);
  const title = `Enter a room of ${count}, milliseconds: median [least..most] of ${rounds}, in turns`;
  const head = ['', 'ms', '÷ sockets only', `÷ ${RAW_MANAGED}`, `÷ ${SLIXMPP}`, 'processor ms', 'MB'];
  console.log(table(`${title}\n${machine()}`, head, rows));
  for (const line of complaints(results, rounds)) console.log(line);
  for (const [floor, name] of [
    ['sockets only', RAW],
    [RAW_MANAGED, RAW_MANAGED],
  ] as const) {
    const value = figuresOf(times(OWN)).median / figuresOf(times(name)).median;
    console.log(verdict(`${OWN} ÷ ${floor}, ${count} people`, value, ENTER_GOAL, '×'));
  }
}

/** Starts a server with a room service of ours. */
async function inCrowd(work: (place: Place, crowd: Crowd) => Promise<void>): Promise<void> {
  const [port = 0] = await freePorts(1);
  await inPlace(
    [{ name: 'user' }],
    async (place) => {
      const crowd = await startCrowd(port);
      try {
        await work(place, crowd);
      } finally {
        crowd.close();
      }
    },
    { settings: crowdSettings(port) },
  );
}

export async function roomsBench(rounds: number): Promise<void> {
  await inCrowd(async (place, crowd) => {
    const names = [RAW, RAW_MANAGED, ...Object.keys(PEERS).filter(available)];
    for (const count of SIZES) {
      const contestants = names.map((name) => ({ name, turn: () => enter(name, place, crowd, count) }));
      printEntering(await inTurns(rounds, contestants), count, rounds);
    }
    await typingBench(rounds, place, crowd);
  });
}
