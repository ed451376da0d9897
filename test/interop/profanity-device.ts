/**
 * A device that is profanity, in a pseudo-terminal: a person's keys go in, what is on its screen comes out. Its
 * database is looked at only when it has ended: while another program reads it, profanity loses what it would write.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { Pty } from '../support/pty.ts';
import type { Server } from '../support/server.ts';

/** What its database has of a message. */
export interface Kept {
  readonly from: string;
  readonly body: string;
}

const ENTER = '\r';
/** a line of a window, with its time */
const WRITTEN = /^\d\d:\d\d:\d\d /;

/** What it has of this, switched on; where it finds no archive its own log is what it can show. */
const settings = (archive: boolean) => ({
  ui: { splash: 'false', history: 'true', occupants: 'false', roster: 'false' },
  logging: { chlog: 'true', grlog: 'true', dblog: 'on' },
  connection: {
    carbons: 'true',
    mam: String(archive),
    'receipts.request': 'true',
    'receipts.send': 'true',
    'correction.allow': 'true',
  },
});

const section = (name: string, values: Readonly<Record<string, string>>) =>
  `[${name}]\n${Object.entries(values)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('')}`;

export class ProfanityDevice {
  readonly jid: string;
  readonly #server: Server;
  readonly #archive: boolean;
  #home: string | undefined;
  #pty: Pty | undefined;

  /** `archive`: the server says that it has one where profanity looks for it. */
  constructor(server: Server, user: string, { archive }: { archive: boolean }) {
    this.#server = server;
    this.#archive = archive;
    this.jid = `${user}@${server.domain}`;
  }

  /** Logs in and opens the chat with somebody, if any; resolves when its window is there. */
  async come(peer?: string): Promise<this> {
    const home = this.#home ?? (await this.#makeHome());
    this.#home = home;
    this.#pty = new Pty(['profanity', '-a', 'interop'], {
      columns: 120,
      rows: 50,
      cwd: home,
      env: {
        HOME: home,
        XDG_CONFIG_HOME: join(home, 'config'),
        XDG_DATA_HOME: join(home, 'data'),
        LANG: 'C.UTF-8',
        TERM: 'xterm-256color',
      },
    });
    await this.pty.shows(`${this.jid}/profanity logged in successfully`, 15_000);
    // Answered behind what it asks at its log-in: from then on it knows whether there is an archive.
    this.enter(`/disco info ${this.#server.domain}`);
    await this.pty.shows(/ - {4,}(urn|http):/, 15_000);
    if (peer === undefined) return this;
    this.enter(`/msg ${peer}`);
    await this.pty.until(() => this.pty.screen()[0]?.includes(peer) === true);
    return this;
  }

  get pty(): Pty {
    if (this.#pty === undefined) throw new Error('profanity is not running');
    return this.#pty;
  }

  /** Types a line into the open window. */
  enter(line: string): void {
    this.pty.type(`${line}${ENTER}`);
  }

  /** Resolves when the open window shows the text. */
  shows(text: string | RegExp): Promise<void> {
    const matches = (line: string) => (typeof text === 'string' ? line.includes(text) : text.test(line));
    return this.pty.until(() => this.pty.screen().some(matches), 15_000);
  }

  /** Opens a room's window; resolves to its number when it is in. */
  async join(room: string, nick: string): Promise<number> {
    const before = this.#number;
    // Otherwise it tells who is there, and not who comes and goes.
    this.enter('/presence room all');
    this.enter(`/join ${room} nick ${nick}`);
    await this.shows(`You have joined the room as ${nick}`);
    await this.pty.until(() => this.#number !== before);
    return this.#number;
  }

  /** Opens a window by its number. */
  async window(number: number): Promise<void> {
    this.enter(`/win ${number}`);
    await this.pty.until(() => this.#number === number);
  }

  /** Empties the open window: what is read there from now on is new. */
  async clear(): Promise<void> {
    const written = () => this.pty.screen().filter((line) => WRITTEN.test(line));
    do {
      const before = written();
      this.enter('/clear');
      await this.pty.until(() => !written().some((line) => before.includes(line)));
      // What it wrote by itself meanwhile goes, too.
    } while (written().length > 0);
  }

  /** Resolves when it counts these nicknames in the open room. */
  async sees(nicks: readonly string[]): Promise<void> {
    const wanted = [...nicks].sort().join();
    await this.#answers('/who', / \d+ occupants: (.*)/, ([names = '']) => {
      return names.trimEnd().split(', ').sort().join() === wanted;
    });
  }

  /** Resolves when it tells an occupant of the open room to be that. */
  async tells(
    nick: string,
    [affiliation, role]: readonly [affiliation: string, role: string],
  ): Promise<void> {
    const parts = / {2}Affiliation: (\w+)\s+\S* !? {3}Role: (\w+)/;
    await this.#answers(`/info ${nick}`, parts, ([one, other]) => one === affiliation && other === role);
  }

  /** Asks until the answer is right: it does not always say when it has heard of a change. */
  async #answers(
    line: string,
    answer: RegExp,
    isRight: (parts: readonly string[]) => boolean,
  ): Promise<void> {
    const asked = performance.now();
    for (;;) {
      await this.clear();
      this.enter(line);
      const told = () => answer.exec(this.pty.screen().join('\n'))?.slice(1);
      await this.pty.until(() => told() !== undefined);
      if (isRight(told() ?? [])) return;
      if (performance.now() - asked > 10_000) throw new Error(`profanity: ${line}: ${told()?.join(', ')}`);
    }
  }

  /** The number of the open window, as the bar at the bottom shows it. */
  get #number(): number {
    return Number(/ -(\d+)-|\]-(\d+)-/.exec(this.pty.screen().join('\n'))?.slice(1).find(Boolean));
  }

  /** The lines of the open window that somebody said, with a mark before what it said itself. */
  texts(): string[] {
    return this.pty.screen().flatMap((line) => {
      const [, who, body] = /^[\d:./ -]*\d\d:\d\d:\d\d [-+] (\S+): (.*?)\s*$/.exec(line) ?? [];
      return who === undefined || body === undefined ? [] : [`${who === 'me' ? '> ' : ''}${body}`];
    });
  }

  /** What its database has, in its order; to be asked when it has left. */
  kept(): Kept[] {
    const folder = this.jid.replace('@', '_at_');
    const file = join(this.#home ?? '', 'data/profanity/database', folder, 'chatlog.db');
    const database = new DatabaseSync(file, { readOnly: true });
    try {
      const rows = database.prepare('SELECT from_jid, message FROM ChatLogs ORDER BY id').all();
      return rows.map((row) => {
        const { from_jid: from, message } = row as { from_jid: string; message: string };
        return { from, body: message };
      });
    } finally {
      database.close();
    }
  }

  async leave(): Promise<void> {
    const pty = this.#pty;
    if (pty === undefined) return;
    this.enter('/quit');
    const forced = setTimeout(() => pty.kill(), 5000);
    await pty.exit;
    clearTimeout(forced);
    pty.kill();
    this.#pty = undefined;
  }

  async end(): Promise<void> {
    await this.leave();
    if (this.#home !== undefined) await rm(this.#home, { recursive: true, force: true });
  }

  async #makeHome(): Promise<string> {
    const { host, port } = this.#server;
    const home = await mkdtemp(join(tmpdir(), 'xmpp-chat-profanity-'));
    const account = {
      enabled: 'true',
      jid: this.jid,
      server: host,
      port: String(port),
      resource: 'profanity',
      password: 'secret',
      'tls.policy': 'trust',
      'presence.last': 'online',
      'presence.login': 'online',
    };
    await mkdir(join(home, 'data/profanity'), { recursive: true });
    await mkdir(join(home, 'config/profanity'), { recursive: true });
    await writeFile(join(home, 'data/profanity/accounts'), section('interop', account), { mode: 0o600 });
    const sections = Object.entries(settings(this.#archive)).map(([name, values]) => section(name, values));
    await writeFile(join(home, 'config/profanity/profrc'), sections.join('\n'));
    return home;
  }
}
