/** From a key to its letter on the screen, in a room where much happens and in an empty one. */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import type { Crowd } from './crowd.ts';
import { ROOM } from './crowd.ts';
import { figuresOf, ratio, shown, table, verdict } from './figures.ts';
import { machine, residentMemory } from './machine.ts';
import { LAUNCHER, PASSWORD, type Place } from './place.ts';
import { complaints, inTurns, type Result } from './turns.ts';

const GOAL = 1.5;
const PEOPLE = 1000;
/** a second, of each: people who come, and messages */
const EVENTS = 50;
const KEYS = 100;
/** milliseconds between two keys */
const PACE = 60;
/** milliseconds of traffic before the first key */
const WARM = 1000;
const PATIENCE = 20_000;
/** Letters that nobody in the room uses; none twice in the line. */
const LETTERS = [...'αβγδεζηθικλμνξοπρστυφχψω'];
const CLEAR = '\u0015';

interface Sample {
  /** median of the turn's keys */
  readonly milliseconds: number;
  /** nineteen keys of twenty were no slower */
  readonly most: number;
  readonly memory: number | undefined;
}

const EMPTY = 'nobody else there';
const FULL = `${PEOPLE} people, ${EVENTS} joins and ${EVENTS} messages/s`;

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

/** What comes out of a pseudo-terminal, waited for. */
function screen(place: Place, home: string) {
  const { service, caFile } = place.server;
  const pty = spawn(process.execPath, [LAUNCHER, '--service', service, '--ca', caFile], {
    cols: 120,
    rows: 40,
    cwd: join(home, 'work'),
    env: { ...place.env(home), XMPP_JID: 'user@localhost', XMPP_PASSWORD: PASSWORD },
    name: 'xterm-256color',
  });
  let out = '';
  let look = () => {};
  const ended = new Promise<void>((resolve) => pty.onExit(() => resolve()));
  pty.onData((text) => {
    out += text;
    if (text.includes('\u001b[6n')) pty.write('\u001b[1;1R');
    if (text.includes('\u001b[c')) pty.write('\u001b[?62c');
    look();
  });
  return {
    pid: pty.pid,
    /** Types, and resolves to how many milliseconds passed until the text came out. */
    types(keys: string, text: string): Promise<number> {
      out = '';
      const began = performance.now();
      return new Promise((resolve, reject) => {
        const fail = () => reject(new Error(`${text} did not come: ${JSON.stringify(out.slice(-300))}`));
        const timer = setTimeout(fail, PATIENCE);
        look = () => {
          if (!out.includes(text)) return;
          clearTimeout(timer);
          look = () => {};
          resolve(performance.now() - began);
        };
        pty.write(keys);
      });
    },
    async end() {
      pty.kill('SIGTERM');
      const forced = setTimeout(() => pty.kill('SIGKILL'), 2000);
      await ended;
      clearTimeout(forced);
    },
  };
}

/** Logs in, enters the room by the menus, opens it, and types. */
async function typeIn(place: Place, crowd: Crowd, busy: boolean): Promise<Sample> {
  crowd.occupants = busy ? PEOPLE : 0;
  const home = await mkdtemp(join(place.folder, 'home-'));
  await mkdir(join(home, 'work'));
  const terminal = screen(place, home);
  let traffic: NodeJS.Timeout | undefined;
  try {
    await terminal.types('', 'Exit');
    await terminal.types('6', 'Browse the public rooms');
    await terminal.types('N', 'Room (name or JID)');
    await terminal.types(`${ROOM}\r`, 'Your nickname');
    await terminal.types('\r', 'Exit');
    await terminal.types('7', 'Which room');
    await terminal.types('1', 'room> ');
    if (busy)
      traffic = setInterval(() => {
        crowd.come();
        crowd.say();
      }, 1000 / EVENTS);
    if (busy) await terminal.types('', 'Message number');
    await pause(WARM);
    const times: number[] = [];
    for (let n = 0; n < KEYS; n += 1) {
      const letter = LETTERS[n % LETTERS.length] ?? '';
      // Whatever is drawn then.
      if (n > 0 && letter === LETTERS[0]) await terminal.types(CLEAR, '');
      times.push(await terminal.types(letter, letter));
      await pause(PACE);
    }
    const sorted = times.toSorted((a, b) => a - b);
    return {
      milliseconds: figuresOf(times).median,
      most: sorted[Math.floor(KEYS * 0.95)] ?? Number.NaN,
      memory: await residentMemory(terminal.pid),
    };
  } finally {
    clearInterval(traffic);
    await terminal.end();
  }
}

/** Prints the table. */
export async function typingBench(rounds: number, place: Place, crowd: Crowd): Promise<void> {
  const results = await inTurns(rounds, [
    { name: EMPTY, turn: () => typeIn(place, crowd, false) },
    { name: FULL, turn: () => typeIn(place, crowd, true) },
  ]);
  const of = (name: string, value: (sample: Sample) => number | undefined) =>
    results
      .find((result: Result<Sample>) => result.name === name)
      ?.samples.flatMap((one) => value(one) ?? []) ?? [];
  const times = (name: string) => of(name, ({ milliseconds }) => milliseconds);
  const tenths = (samples: readonly number[]) =>
    samples.length === 0
      ? '–'
      : (({ median, least, most }) => `${median.toFixed(1)} [${least.toFixed(1)}..${most.toFixed(1)}]`)(
          figuresOf(samples),
        );
  const title = `A key to its letter on the screen, ${KEYS} keys a turn: median [least..most] of ${rounds}, in turns`;
  console.log(
    table(
      `${title}\n${machine()}`,
      ['', 'median ms', '÷ empty', '95 % within ms', 'MB'],
      results.map(({ name }) => [
        name,
        tenths(times(name)),
        ratio(times(name), times(EMPTY)),
        tenths(of(name, ({ most }) => most)),
        shown(of(name, ({ memory }) => memory)),
      ]),
    ),
  );
  for (const line of complaints(results, rounds)) console.log(line);
  const value = figuresOf(times(FULL)).median / figuresOf(times(EMPTY)).median;
  console.log(verdict('a key in the busy room ÷ in the empty one', value, GOAL, '×'));
}
