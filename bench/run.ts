/** `npm run bench -- NAME…`: measures, beside other programs, in turns, and prints small tables. */
import { archiveBench } from './archive.ts';
import { filesBench } from './files.ts';
import { historyBench } from './history.ts';
import { floodBench, receiveBench } from './receive.ts';
import { roomsBench } from './rooms.ts';
import { rosterBench } from './roster.ts';
import { sendBench } from './send.ts';
import { startBench } from './start.ts';

const ROUNDS = 15;

/** Each prints its own tables; `rounds`: how many times everybody has a turn. */
const benches: Readonly<Record<string, (rounds: number) => Promise<void>>> = {
  async send(rounds) {
    await sendBench(rounds);
    await startBench(rounds);
  },
  start: startBench,
  history: historyBench,
  receive: receiveBench,
  flood: floodBench,
  archive: archiveBench,
  rooms: roomsBench,
  roster: rosterBench,
  files: filesBench,
};

/** Resolves to the exit code. */
async function run(names: readonly string[]): Promise<number> {
  const rounds = Number(process.env.BENCH_ROUNDS ?? ROUNDS);
  const wrong = names.find((name) => !Object.hasOwn(benches, name));
  if (names.length === 0 || wrong !== undefined || !Number.isInteger(rounds) || rounds < 1) {
    console.error(
      `Usage: npm run bench -- ${Object.keys(benches).join(' | ')} (BENCH_ROUNDS=n, default ${ROUNDS})`,
    );
    return 2;
  }
  for (const name of names) await benches[name]?.(rounds);
  return 0;
}

process.exitCode = await run(process.argv.slice(2));
