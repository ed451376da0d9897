/** Starts programs/actor.ts and talks to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Silences } from '../../src/xmpp/muc/self-ping.ts';
import type { SessionOptions } from '../../src/xmpp/session/create-session.ts';
import { long } from './seed.ts';

/** An answer of the name service that an actor asks: after so many milliseconds that port, or a failure. */
export interface DnsAnswer {
  readonly after?: number;
  readonly port?: number;
}

/** Where an actor dies: at the `count`th time that it comes there. */
export interface Death {
  /** `before` or `after`, then a call of the message store (`append`, `setState acked`) or `send` */
  readonly at: string;
  readonly count: number;
}

export interface ActorSettings
  extends Pick<SessionOptions, 'ca' | 'liveness' | 'password' | 'service' | 'timeout'> {
  /** bare JID */
  readonly account: string;
  /** one that the user wants, as by `--resource`; else each instance has its own */
  readonly resource?: string | undefined;
  /** path of the database file */
  readonly database: string;
  /** bytes that the database may have */
  readonly quota?: number | undefined;
  /** milliseconds */
  readonly busyTimeout?: number | undefined;
  /** without a `service`; the last one counts from then on */
  readonly dns?: readonly DnsAnswer[] | undefined;
  readonly kill?: Death | undefined;
  /** milliseconds of silence after which a room is asked, scaled from minutes */
  readonly roomSilences?: Silences | undefined;
  /** folder for received files */
  readonly filesDir?: string | undefined;
}

export type ActorCommand =
  | { readonly do: 'online' | 'settle' | 'catch-up' | 'close' }
  | { readonly do: 'join'; readonly room: string; readonly nick: string }
  | {
      readonly do: 'send';
      readonly chats: readonly string[];
      readonly prefix: string;
      readonly from: number;
      readonly to: number;
      /** milliseconds between two */
      readonly every?: number | undefined;
    }
  /** does not wait for its end, which the lines `file` tell */
  | { readonly do: 'send-file'; readonly path: string; readonly to: string; readonly route?: string }
  /** fetches the newest link to a file; does not wait for its end either */
  | { readonly do: 'get' }
  | { readonly do: 'holds'; readonly chat: string; readonly texts: readonly string[] }
  /** milliseconds that the clock of this process is ahead of the machine's from now on */
  | { readonly do: 'clock'; readonly ahead: number }
  | ({ readonly do: 'kill' } & Death);

/** One line of what an actor prints. */
export interface ActorLine {
  readonly event: string;
  readonly [name: string]: unknown;
}

type Wanted = Readonly<Record<string, unknown>>;

/** programs/actor.ts, bundled by bundle.ts: it starts in a third of the time */
const program = process.env.FAULT_ACTOR ?? '';
const actors = new Set<Actor>();

export class Actor {
  readonly #child: ChildProcess;
  readonly lines: ActorLine[] = [];
  readonly #watchers = new Set<() => void>();
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  #next = 1;
  #over = false;
  stderr = '';

  private constructor(settings: ActorSettings) {
    this.#child = spawn(process.execPath, ['--enable-source-maps', program, JSON.stringify(settings)], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    actors.add(this);
    let rest = '';
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const parts = `${rest}${text}`.split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) this.lines.push(JSON.parse(line) as ActorLine);
      this.#look();
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#child.stdin?.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        this.#over = true;
        actors.delete(this);
        resolve({ code, signal });
        this.#look();
      });
    });
  }

  /** Resolves when it listens to commands; it is not online yet. */
  static async start(settings: ActorSettings): Promise<Actor> {
    const actor = new Actor(settings);
    await actor.saw({ event: 'started' });
    return actor;
  }

  get running(): boolean {
    return !this.#over;
  }

  /** Resolves when it did that; rejects with the condition when it could not, or died first. */
  async does(command: ActorCommand): Promise<void> {
    const id = this.asks(command);
    const answer = await this.#until(`${command.do} done`, () => this.lines.find((line) => line.id === id));
    if (answer.event === 'failed') throw new Error(`${command.do}: ${String(answer.condition)}`);
  }

  /** The same without waiting for it. */
  asks(command: ActorCommand): number {
    const id = this.#next;
    this.#next += 1;
    this.#child.stdin?.write(`${JSON.stringify({ id, ...command })}\n`);
    return id;
  }

  /** How many lines fit so far. */
  count(wanted: Wanted): number {
    return this.lines.filter((line) => fits(line, wanted)).length;
  }

  /** Resolves to the `times`th line that fits, printed already or yet to come. */
  saw(wanted: Wanted, times = 1): Promise<ActorLine> {
    const find = () => this.lines.filter((line) => fits(line, wanted))[times - 1];
    return this.#until(JSON.stringify(wanted), find);
  }

  /** Resolves to the first line of which that holds; `what` names it where none comes. */
  sawWhere(what: string, holds: (line: ActorLine) => boolean): Promise<ActorLine> {
    return this.#until(what, () => this.lines.find(holds));
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  /** Logs out; resolves to the exit code when the process has ended by itself. */
  async close(): Promise<number | null> {
    await this.does({ do: 'close' });
    this.#child.stdin?.end();
    // Whatever keeps it alive now is a timer or a socket that was forgotten.
    const impatience = setTimeout(() => this.signal('SIGKILL'), 10_000);
    const { code } = await this.ended;
    clearTimeout(impatience);
    return code;
  }

  #look(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  #until(what: string, find: () => ActorLine | undefined): Promise<ActorLine> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#watchers.delete(look);
        clearTimeout(timer);
        act();
      };
      const fail = (why: string) => {
        const said = this.lines.slice(-30).map((line) => JSON.stringify(line));
        settle(() => reject(new Error(`${why} before ${what}\n${said.join('\n')}\n${this.stderr}`)));
      };
      const look = () => {
        const found = find();
        if (found !== undefined) settle(() => resolve(found));
        else if (this.#over) fail('it ended');
      };
      const timer = setTimeout(fail, PATIENCE, `${PATIENCE} ms`);
      this.#watchers.add(look);
      look();
    });
  }
}

/** milliseconds that anything may take */
const PATIENCE = long ? 280_000 : 50_000;

function fits(line: ActorLine, wanted: Wanted): boolean {
  return Object.entries(wanted).every(([name, value]) => line[name] === value);
}

/** Ends whatever a failed test left running. */
export async function endActors(): Promise<void> {
  await Promise.all([...actors].map((actor) => actor.kill()));
}
