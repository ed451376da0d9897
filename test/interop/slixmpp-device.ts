/** A device that is slixmpp, driven by JSON lines (slixmpp-device.py), with what a person would have seen on it. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Server } from '../support/server.ts';

const PROGRAM = fileURLToPath(new URL('slixmpp-device.py', import.meta.url));
/** Debian's: the module belongs to it, whatever other Python stands before it in the PATH. */
const PYTHON = '/usr/bin/python3';
const PATIENCE = 15_000;

/** A message as slixmpp told it. */
export interface Said {
  readonly source?: 'carbon_received' | 'carbon_sent' | 'live';
  readonly from: string;
  readonly to: string;
  readonly type: string;
  readonly id: string;
  readonly body: string | null;
  readonly subject: string | null;
  /** who invites to the room that it comes from */
  readonly invitation: string | null;
  /** id of the message that this one corrects */
  readonly replaces: string | null;
  /** id of the message that arrived */
  readonly receipt: string | null;
  /** id of the message that was displayed */
  readonly displayed: string | null;
  /** id of the message that is taken back */
  readonly retracts: string | null;
  /** id of the message that the emojis are for */
  readonly reactsTo: string | null;
  readonly emojis: readonly string[];
}

/** Affiliation and role, by nickname. */
export type Who = Readonly<Record<string, readonly [affiliation: string, role: string]>>;

type Line = {
  readonly room?: string;
  readonly who?: Who;
  readonly sha256?: string;
  readonly event?: string;
  readonly answer?: number;
  readonly error?: string;
} & Partial<Said>;

const sorted = (who: Who) => Object.entries(who).sort(([a], [b]) => (a < b ? -1 : 1));

const bareOf = (jid: string) => jid.replace(/\/.*/, '');

export class SlixmppDevice {
  readonly jid: string;
  readonly #server: Server;
  readonly #resource: string;
  readonly #lines: Line[] = [];
  readonly #looks = new Set<() => void>();
  #process: ChildProcessWithoutNullStreams | undefined;
  #ended: Promise<void> = Promise.resolve();
  #errors = '';
  #count = 0;

  constructor(server: Server, user: string, resource: string) {
    this.#server = server;
    this.#resource = resource;
    this.jid = `${user}@${server.domain}`;
  }

  /** Logs in; resolves when its presence is sent. */
  async come(): Promise<this> {
    const { host, port, caFile } = this.#server;
    const args = [PROGRAM, `${this.jid}/${this.#resource}`, host, String(port), caFile];
    const child = spawn(PYTHON, args, {
      env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', DEVICE_PASSWORD: 'secret' },
    });
    this.#process = child;
    this.#lines.length = 0;
    this.#ended = new Promise((resolve) => child.once('close', () => resolve()));
    child.stdin.on('error', () => undefined);
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#lines.push(JSON.parse(line) as Line);
      for (const look of [...this.#looks]) look();
    });
    await this.#until(() => this.#lines.find(({ event }) => event === 'online'), 'log-in');
    return this;
  }

  async leave(): Promise<void> {
    const forced = setTimeout(() => this.#process?.kill('SIGKILL'), 3000);
    this.#process?.stdin.end();
    await this.#ended;
    clearTimeout(forced);
    this.#process = undefined;
  }

  /** Resolves to the id that it gave the message. */
  async send(to: string, body: string, type: 'chat' | 'groupchat' = 'chat'): Promise<string> {
    return String((await this.#wish('send', { to, body, type })).id);
  }

  async correct(to: string, id: string, body: string): Promise<void> {
    await this.#wish('correct', { to, id, body });
  }

  async displayed(to: string, id: string): Promise<void> {
    await this.#wish('displayed', { to, id });
  }

  async retract(to: string, id: string): Promise<void> {
    await this.#wish('retract', { to, id });
  }

  async react(to: string, id: string, emojis: readonly string[]): Promise<void> {
    await this.#wish('react', { to, id, emojis });
  }

  async join(room: string, nick: string): Promise<void> {
    await this.#wish('join', { room, nick });
  }

  async decline(room: string, to: string, reason: string): Promise<void> {
    await this.#wish('decline', { room, to, reason });
  }

  async setSubject(room: string, subject: string): Promise<void> {
    await this.#wish('subject', { room, subject });
  }

  /** Which method of stream initiation it chooses from now on. */
  async prefer(method: string): Promise<void> {
    await this.#wish('prefer', { method });
  }

  /** Sends a file of random bytes to a full JID; resolves to the method that was chosen, and the SHA-256. */
  async offer(
    to: string,
    file: { readonly name: string; readonly size: number; readonly methods: readonly string[] },
  ): Promise<{ method: string; sha256: string }> {
    const { method, sha256 } = await this.#wish('offer', { to, ...file });
    return { method: String(method), sha256: String(sha256) };
  }

  /** Resolves when a file of that SHA-256 has come. */
  async takes(sha256: string): Promise<void> {
    await this.#until(
      () => this.#lines.find((line) => line.event === 'file' && line.sha256 === sha256),
      sha256,
    );
  }

  /** Resolves when it sees in a room whom it should, as it should. */
  async sees(room: string, who: Who): Promise<void> {
    const wanted = JSON.stringify(sorted(who));
    const latest = () => this.#lines.findLast((line) => line.event === 'occupants' && line.room === room);
    await this.#until(() => JSON.stringify(sorted(latest()?.who ?? {})) === wanted || undefined, wanted);
  }

  /** Everything that the account's archive holds of a chat, oldest first. */
  async archive(peer: string): Promise<readonly Said[]> {
    const { messages } = (await this.#wish('archive', { peer })) as { messages?: readonly Said[] };
    return messages ?? [];
  }

  /** What came since it came the last time, carbons too. */
  get seen(): readonly Said[] {
    return this.#lines.filter(({ event }) => event === 'message') as Said[];
  }

  /** The texts with somebody, as Device tells them; corrections in the place of what they correct. */
  texts(peer: string, messages: readonly Said[] = this.seen): string[] {
    const shown = new Map<string, string>();
    for (const { from, to, id, body, replaces, retracts, reactsTo } of messages) {
      const own = bareOf(from) === this.jid;
      if (bareOf(own ? to : from) !== peer || reactsTo !== null) continue;
      if (retracts !== null) shown.delete(retracts);
      else if (body !== null) shown.set(replaces ?? id, `${own ? '> ' : ''}${body}`);
    }
    return [...shown.values()];
  }

  /** The first message that fits; rejects when it does not come. */
  message(test: Partial<Said>): Promise<Said> {
    const fits = (said: Said) =>
      Object.entries(test).every(([name, value]) => said[name as keyof Said] === value);
    return this.#until(() => this.seen.find(fits), JSON.stringify(test));
  }

  async #wish(name: string, more: Record<string, unknown>): Promise<Line & Record<string, unknown>> {
    this.#count += 1;
    const id = this.#count;
    this.#process?.stdin.write(`${JSON.stringify({ id, do: name, with: more })}\n`);
    const answer = await this.#until(() => this.#lines.find((line) => line.answer === id), name);
    if (answer.error !== undefined) throw new Error(`slixmpp: ${name}: ${answer.error}`);
    return answer;
  }

  #until<T>(find: () => T | undefined, what: string): Promise<T> {
    // made here, so that its stack names who waits
    const missing = new Error();
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        this.#looks.delete(look);
        settle();
      };
      const fail = (why: string) => {
        const told = this.#lines.map((line) => JSON.stringify(line)).join('\n');
        missing.message = `slixmpp ${why} without ${what}\n${told}\n${this.#errors}`;
        finish(() => reject(missing));
      };
      const look = () => {
        const found = find();
        if (found !== undefined) finish(() => resolve(found));
      };
      const timer = setTimeout(() => fail(`went ${PATIENCE} ms`), PATIENCE);
      this.#looks.add(look);
      void this.#ended.then(() => {
        look();
        fail('ended');
      });
      look();
    });
  }
}
