/** A program of bench/peers that is told what to do by lines and says by lines how long it took. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { processorTime, residentMemory } from './machine.ts';
import { installed, PASSWORD } from './place.ts';

type Line = Readonly<Record<string, unknown>>;

const PATIENCE = 60_000;
const at = (name: string) => fileURLToPath(new URL(name, import.meta.url));
export const TSX = fileURLToPath(import.meta.resolve('tsx'));
/** Debian's: slixmpp belongs to it, whatever other Python stands before it in the PATH. */
export const PYTHON = '/usr/bin/python3';

/** What there is to measure, by the name of its row. */
export const PEERS: Readonly<Record<string, () => readonly string[]>> = {
  'xmpp-chat, stored': () => [process.execPath, '--import', TSX, at('peers/own-peer.ts')],
  slixmpp: () => [PYTHON, at('peers/slixmpp-peer.py')],
  '@xmpp/client': () => [process.execPath, at('peers/xmpp-client-peer.js')],
};
/** Sockets alone: what the server gives and takes. */
export const RAW = 'Node, sockets only';
/** The same where the server counts and keeps what it sends (XEP-0198), as it does for us. */
export const RAW_MANAGED = 'sockets, XEP-0198';
export const OWN = 'xmpp-chat, stored';
export const SLIXMPP = 'slixmpp';
/** With its plugin for it, as this program's stream is. */
export const SLIXMPP_MANAGED = 'slixmpp, XEP-0198';

export const available = (name: string): boolean => !name.startsWith(SLIXMPP) || installed('python3');

/** Rows that are a program of another row on a stream with XEP-0198. */
const MANAGED: Readonly<Record<string, string>> = { [RAW_MANAGED]: RAW, [SLIXMPP_MANAGED]: SLIXMPP };

/** A program whose lines are waited for one by one; killed when `end` is called. */
export class Lines {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: Line[] = [];
  readonly #ended: Promise<void>;
  #look = () => {};
  #said = '';
  #gone = false;

  constructor(command: readonly string[], env: Readonly<Record<string, string>>) {
    const [file = '', ...args] = command;
    this.#child = spawn(file, args, { env });
    this.#child.stdin.on('error', () => undefined);
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text;
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#lines.push(JSON.parse(line) as Line);
      this.#look();
    });
    this.#ended = new Promise((resolve) => this.#child.once('close', () => resolve()));
    void this.#ended.then(() => {
      this.#gone = true;
      this.#look();
    });
  }

  tell(): void {
    this.#child.stdin.write('go\n');
  }

  /** The value that the first line with that name has; rejects after a minute, or when the program ended without. */
  next(name: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const fail = (why: string) =>
        reject(new Error(`${why} without ${name}: ${this.#said.trim().slice(-300)}`));
      const timer = setTimeout(() => fail(`${PATIENCE / 1000} s`), PATIENCE);
      this.#look = () => {
        const found = this.#lines.find((line) => line[name] !== undefined);
        if (found === undefined && !this.#gone) return;
        clearTimeout(timer);
        if (found === undefined) fail('ended');
        else resolve(found[name]);
      };
      this.#look();
    });
  }

  /** See processorTime. */
  processor(): Promise<number | undefined> {
    return processorTime(this.#child.pid ?? 0);
  }

  /** resident memory in MB; undefined where the system does not tell */
  memory(): Promise<number | undefined> {
    return residentMemory(this.#child.pid ?? 0);
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    const forced = setTimeout(() => this.#child.kill('SIGKILL'), 500);
    await this.#ended;
    clearTimeout(forced);
  }
}

export interface PeerRun {
  /** `sink`: only sockets alone have it */
  readonly mode: 'archive' | 'receive' | 'room' | 'roster' | 'send' | 'sink';
  readonly port: number;
  readonly caFile: string;
  readonly count: number;
  /** a new one is made in it for each run, unless `data` says which */
  readonly folder: string;
  readonly data?: string | undefined;
  readonly env: Record<string, string>;
}

/** What a turn took. */
export interface Pace {
  /** messages a second */
  readonly rate: number;
  /** milliseconds of the peer's processor time */
  readonly processor: number;
}

/** From `go` until `watched` says how long it took. */
export async function paceOf(peer: Lines, watched: Lines, count: number): Promise<Pace> {
  await peer.next('ready');
  const before = (await peer.processor()) ?? Number.NaN;
  peer.tell();
  const milliseconds = Number(await watched.next('milliseconds'));
  const after = (await peer.processor()) ?? Number.NaN;
  return { rate: (count / milliseconds) * 1000, processor: after - before };
}

/** Starts a peer with a data folder of its own. */
export async function startPeer(
  name: string,
  { mode, port, caFile, count, folder, env, data: given }: PeerRun,
): Promise<Lines> {
  const data = given ?? (await mkdtemp(join(folder, 'peer-')));
  const base = MANAGED[name] ?? name;
  const program = base === RAW ? [process.execPath, at('peers/raw-peer.js')] : (PEERS[base]?.() ?? []);
  const more = name === base ? [] : ['managed'];
  const command = [...program, mode, String(port), caFile, String(count), data, ...more];
  return new Lines(command, { ...env, BENCH_PASSWORD: PASSWORD, NODE_EXTRA_CA_CERTS: caFile });
}
