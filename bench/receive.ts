/** Messages as fast as they can be taken, and given: by a server that is never the slow part, and by Prosody. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCertificate } from '../src/demo/certificate.ts';
import { figuresOf, ratio, shown, table, verdictAtLeast } from './figures.ts';
import { machine } from './machine.ts';
import { available, Lines, OWN, type Pace, PEERS, paceOf, RAW, SLIXMPP, startPeer } from './peer.ts';
import { environment, inPlace, type Place } from './place.ts';
import { complaints, inTurns, type Result } from './turns.ts';

const MESSAGES = 10_000;
const RECEIVE_GOAL = 20_000;
const SEND_GOAL = 10_000;
/** of what sockets alone send through the same server */
const THROUGH_GOAL = 0.8;
const MOCK = fileURLToPath(new URL('mock-server.js', import.meta.url));

async function turn(name: string, mode: 'receive' | 'send', folder: string): Promise<Pace> {
  const { certFile, keyFile } = await createCertificate(folder, ['localhost']);
  const env = environment(folder);
  const count = mode === 'receive' ? MESSAGES : 0;
  const server = new Lines([process.execPath, MOCK, certFile, keyFile, String(count)], env);
  try {
    const port = Number(await server.next('port'));
    const peer = await startPeer(name, { mode, port, caFile: certFile, count: MESSAGES, folder, env });
    try {
      return await paceOf(peer, mode === 'receive' ? server : peer, MESSAGES);
    } finally {
      await peer.end();
    }
  } finally {
    await server.end();
  }
}

async function bench(rounds: number, mode: 'receive' | 'send'): Promise<Result<Pace>[]> {
  const folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-bench-'));
  try {
    const names = Object.keys(PEERS).filter(available);
    return await inTurns(
      rounds,
      names.map((name) => ({ name, turn: () => turn(name, mode, folder) })),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Prints a table of messages a second. */
export function printRates(
  title: string,
  results: readonly Result<Pace>[],
  rounds: number,
  reference = SLIXMPP,
): void {
  const ratesOf = (name: string) =>
    results.find((result) => result.name === name)?.samples.map(({ rate }) => rate);
  const rows = results.map(({ name, samples }) => [
    name,
    shown(samples.map(({ rate }) => rate)),
    ratio(ratesOf(name) ?? [], ratesOf(reference)),
    shown(samples.map(({ processor }) => processor)),
  ]);
  const head = `${title}, messages a second: median [least..most] of ${rounds}, in turns`;
  console.log(table(`${head}\n${machine()}`, ['', 'messages/s', `÷ ${reference}`, 'processor ms'], rows));
  for (const line of complaints(results, rounds)) console.log(line);
}

export function median(results: readonly Result<Pace>[], name: string): number {
  const samples = results.find((result) => result.name === name)?.samples ?? [];
  return figuresOf(samples.map(({ rate }) => rate)).median;
}

export async function receiveBench(rounds: number): Promise<void> {
  const results = await bench(rounds, 'receive');
  printRates(`Receive ${MESSAGES} messages that come at once`, results, rounds);
  console.log(verdictAtLeast(`${OWN}, acknowledged`, median(results, OWN), RECEIVE_GOAL, 'messages/s'));
}

/** One turn through Prosody; somebody is there who takes all of it and forgets it. */
async function through(name: string, { server, folder, env }: Place): Promise<Pace> {
  const run = {
    port: server.port,
    caFile: server.caFile,
    count: MESSAGES,
    folder,
    env: env(folder),
  } as const;
  const sink = await startPeer(RAW, { ...run, mode: 'sink' });
  try {
    await sink.next('ready');
    const peer = await startPeer(name, { ...run, mode: 'send' });
    try {
      return await paceOf(peer, peer, MESSAGES);
    } finally {
      await peer.end();
    }
  } finally {
    await sink.end();
  }
}

async function throughProsody(rounds: number): Promise<void> {
  await inPlace(
    [{ name: 'user' }, { name: 'pal' }],
    async (place) => {
      const names = [...Object.keys(PEERS).filter(available), RAW];
      const results = await inTurns(
        rounds,
        names.map((name) => ({ name, turn: () => through(name, place) })),
      );
      printRates(`Send ${MESSAGES} messages at once through Prosody`, results, rounds, RAW);
      const value = median(results, OWN) / median(results, RAW);
      console.log(verdictAtLeast(`${OWN}, acknowledged ÷ ${RAW}`, value, THROUGH_GOAL, '×'));
    },
    { archive: 'none' },
  );
}

export async function floodBench(rounds: number): Promise<void> {
  const results = await bench(rounds, 'send');
  printRates(`Send ${MESSAGES} messages at once`, results, rounds);
  console.log(verdictAtLeast(`${OWN}, acknowledged`, median(results, OWN), SEND_GOAL, 'messages/s'));
  await throughProsody(rounds);
}
