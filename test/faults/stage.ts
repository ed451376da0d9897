/**
 * Two people and a room on a server, each behind a wire that fails: what every row of the fault matrix happens to, and
 * what has to hold in both databases afterwards. Rows by file: kills 1 to 6, 26, 29; servers 7 to 10, 19 to 21, 28, 29;
 * network 11 to 17; repeating 18; machine 9 to 15 by the built program, 22 to 24, 27, 31, 33; damage 25; clock 30; signals 32;
 * rooms 34; files 35; sizes 36, 37.
 */

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { expect } from 'vitest';
import type { Message } from '../../src/chat/message.ts';
import { openStores } from '../../src/storage/stores.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { type Server, serverKind } from '../support/server.ts';
import { Actor, type ActorSettings, endActors } from './actor.ts';

/** One of the two, over all the processes that it lives in. */
export class Role {
  readonly jid: string;
  readonly nick: string;
  readonly #settings: ActorSettings;
  readonly #room: string;
  readonly #past: Actor[] = [];
  #actor: Actor | undefined;

  constructor(nick: string, room: string, settings: ActorSettings) {
    this.nick = nick;
    this.jid = settings.account;
    this.#room = room;
    this.#settings = settings;
  }

  get database(): string {
    return this.#settings.database;
  }

  /** the process it lives in now, or lived in last */
  get actor(): Actor {
    if (this.#actor === undefined) throw new Error(`${this.nick} was never started`);
    return this.#actor;
  }

  /** Starts a process that is not online yet. */
  async start(settings: Partial<ActorSettings> = {}): Promise<Actor> {
    this.#actor = await Actor.start({ ...this.#settings, ...settings });
    this.#past.push(this.#actor);
    return this.#actor;
  }

  /** Starts a process, logs in and enters the room. */
  async enter(settings: Partial<ActorSettings> = {}): Promise<Actor> {
    const actor = await this.start(settings);
    await actor.does({ do: 'online' });
    await actor.does({ do: 'join', room: this.#room, nick: this.nick });
    return actor;
  }

  /** What all its processes said on standard error. */
  get complaints(): string {
    return this.#past.map(({ stderr }) => stderr).join('');
  }
}

export interface Stage {
  readonly alice: Role;
  readonly bob: Role;
  readonly room: string;
  /** Alice's */
  readonly wire: FaultProxy;
  /** Bob's */
  readonly bobsWire: FaultProxy;
  /** Alice writes the next `count` numbers to Bob and to the room; resolves when they are committed. */
  sends(count: number, options?: { every?: number; by?: Actor }): Promise<void>;
  /** The same without waiting for it: whoever writes may die meanwhile. */
  startsSending(count: number, options?: { every?: number }): void;
  /** Resolves when Bob has every number that was written so far, in both conversations. */
  bobHasAll(): Promise<void>;
  /** Lets everybody come to rest, then looks into both databases. */
  checkInvariant(allowed?: Allowed): Promise<void>;
  /** Ends everything. */
  strike(): Promise<void>;
}

/** What a row cannot promise. */
export interface Allowed {
  /** numbers whose writer died before they were committed */
  readonly gaps?: boolean;
  /** numbers that were written by two processes at once: in order are those of each */
  readonly twoWriters?: boolean;
  /** numbers that two processes took turns to send */
  readonly anyOrder?: boolean;
  /** messages that the sender was told of that they may arrive twice: where no archive can tell what arrived */
  readonly twice?: boolean;
  /**
   * times that the server was killed: over one message each, which its archive holds, and of which the sender is told
   * that it may arrive twice; Bob knows what is written again, and has it once
   */
  readonly crashes?: number;
}

/**
 * A server that was stopped in order. ejabberd knows none of its streams afterwards, nor how much it handled of them, and
 * does not always say that it stops: to a client that is a crash.
 */
export const STOPPED: Allowed = serverKind() === 'ejabberd' ? { crashes: 1 } : {};

export interface StageOptions {
  /** tells its people and its room apart from those of other rows on one server */
  readonly name: string;
  readonly alice?: Partial<ActorSettings>;
  readonly bob?: Partial<ActorSettings>;
  /** false: nobody is started */
  readonly started?: boolean;
}

/** what was written, by Alice's chat */
type Numbers = Readonly<Record<string, readonly string[]>>;

const PASSWORD = 'secret';
const PREFIX = 'n';

/** Resolves when both are online and in the room. Whoever sets a stage strikes it. */
export async function setStage(server: Server, options: StageOptions): Promise<Stage> {
  const { name } = options;
  const folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-faults-'));
  const wire = await startFaultProxy(server);
  const bobsWire = await startFaultProxy(server);
  const jid = (user: string) => `${user}-${name}@${server.domain}`;
  const room = `${name}@${server.rooms}`;
  await server.addUser({ name: `alice-${name}`, password: PASSWORD, contacts: [{ jid: jid('bob') }] });
  await server.addUser({ name: `bob-${name}`, password: PASSWORD, contacts: [{ jid: jid('alice') }] });
  const role = (user: string, service: string, more: Partial<ActorSettings> = {}) =>
    new Role(user, room, {
      account: jid(user),
      database: join(folder, user, 'xmpp-chat.db'),
      password: PASSWORD,
      service,
      ca: readFileSync(server.caFile, 'utf8'),
      ...more,
    });
  const alice = role('alice', wire.service, options.alice);
  const bob = role('bob', bobsWire.service, options.bob);
  if (options.started !== false) {
    await bob.enter();
    await alice.enter();
  }
  return staged({ alice, bob, room, wire, bobsWire, folder });
}

interface Props extends Pick<Stage, 'alice' | 'bob' | 'bobsWire' | 'room' | 'wire'> {
  readonly folder: string;
}

function staged({ alice, bob, room, wire, bobsWire, folder }: Props): Stage {
  let written = 0;
  const writers = new Map<Actor, Set<string>>();
  /** what was written to a chat, oldest first */
  const numbers = (chat: string, gaps = false): string[] => {
    // What died before its row was committed was never promised to anybody.
    const kept = gaps || !alice.actor.running ? numbersIn(alice, chat) : [];
    if (gaps) return kept.map((number) => `${PREFIX}${number}`);
    const last = alice.actor.running ? written : (kept.at(-1) ?? 0);
    return Array.from({ length: last }, (_, index) => `${PREFIX}${index + 1}`);
  };

  const next = (by: Actor, count: number, every?: number) => {
    const from = written + 1;
    written += count;
    const own = writers.get(by) ?? new Set();
    writers.set(by, own);
    for (let number = from; number <= written; number += 1) own.add(`${PREFIX}${number}`);
    return { do: 'send', chats: [bob.jid, room], prefix: PREFIX, from, to: written, every } as const;
  };

  async function bobHasAll(): Promise<void> {
    await bobHolds({ [bob.jid]: numbers(bob.jid), [room]: numbers(room) });
  }

  async function bobHolds(all: Numbers): Promise<void> {
    for (const [at, texts = []] of Object.entries(all)) {
      const chat = at === bob.jid ? alice.jid : at;
      await bob.actor.does({ do: 'holds', chat, texts }).catch((error: unknown) => {
        const here = new Set(textsOf(bob, chat));
        const missing = texts.filter((text) => !here.has(text));
        throw new Error(`${bob.nick} has not got ${missing.join(' ')} of ${chat}\n${String(error)}`);
      });
    }
  }

  /** Whoever is dead comes back; what waits goes out and arrives. Resolves to what was written. */
  async function comeToRest({ gaps }: Allowed): Promise<Numbers> {
    for (const each of [wire, bobsWire]) each.pass();
    const all = { [bob.jid]: numbers(bob.jid, gaps), [room]: numbers(room, gaps) };
    for (const role of [bob, alice]) {
      if (!role.actor.running) await role.start();
      await role.actor.does({ do: 'online' });
    }
    await alice.actor.does({ do: 'settle' });
    await bobHolds(all);
    return all;
  }

  return {
    alice,
    bob,
    room,
    wire,
    bobsWire,
    sends: (count, { every, by = alice.actor } = {}) => by.does(next(by, count, every)),
    startsSending: (count, { every } = {}) => void alice.actor.asks(next(alice.actor, count, every)),
    bobHasAll,
    async checkInvariant(allowed = {}) {
      const { twoWriters, anyOrder, twice = false, crashes = 0 } = allowed;
      const all = await comeToRest(allowed);
      for (const role of [alice, bob]) expect(await role.actor.close()).toBe(0);
      expect((alice.complaints + bob.complaints).slice(0, 2000)).toBe('');
      const groups =
        twoWriters === true ? [...writers.values()] : anyOrder === true ? [new Set<string>()] : [];
      checkDatabases({ alice, bob, room, all, groups, twice, crashes });
    },
    async strike() {
      await endActors();
      for (const each of [wire, bobsWire]) await each.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** What of a conversation is numbered, in the order in which it would be shown. */
function timeline(role: Role, chat: string): Message[] {
  const stores = openStores(role.database);
  try {
    const kept = stores.messages.history({ account: role.jid, chat, limit: 1_000_000 });
    return kept.filter(({ body }) => /^n\d+$/.test(body));
  } finally {
    stores.close();
  }
}

/** The texts of a conversation as they would be shown. */
export function textsOf(role: Role, chat: string): string[] {
  return timeline(role, chat).map(({ body }) => body);
}

function numbersIn(role: Role, chat: string): number[] {
  return timeline(role, chat)
    .map(({ body }) => Number(body.slice(PREFIX.length)))
    .sort((a, b) => a - b);
}

function checkDatabases(found: {
  alice: Role;
  bob: Role;
  room: string;
  all: Numbers;
  /** each in its own order; none: all in one */
  groups: readonly ReadonlySet<string>[];
  twice: boolean;
  crashes: number;
}): void {
  const { alice, bob, room, all, groups } = found;
  for (const [mine, theirs] of [
    [bob.jid, alice.jid],
    [room, room],
  ] as const) {
    const numbers = all[mine] ?? [];
    // As one text each: what is wrong is to be seen at a glance.
    const same = (texts: readonly string[], wanted: readonly string[], of = (text: string) => text !== '') =>
      expect(texts.filter(of).join(' ')).toBe(wanted.filter(of).join(' '));
    const compare = (texts: readonly string[]) => {
      if (groups.length === 0) same(texts, numbers);
      same(texts.toSorted(), numbers.toSorted());
      for (const group of groups) same(texts, numbers, (text) => group.has(text));
    };
    const sent = timeline(alice, mine);
    compare(sent.map(({ body }) => body));
    const lost = sent.filter(({ state }) => !['acked', 'delivered', 'read'].includes(state ?? ''));
    expect(lost).toEqual([]);
    const marked = sent.filter((message) => message.mayArriveTwice === true).map(({ body }) => body);
    // In a room there is one archive: what stands there was said.
    if (!found.twice) expect(marked.length).toBeLessThanOrEqual(mine === room ? 0 : found.crashes);
    const arrived = timeline(bob, theirs).map(({ body }) => body);
    // Where nobody could tell whether it had arrived it may be there twice, and the sender was told so.
    const seen = new Set<string>();
    const isSecond = (body: string) => found.twice && marked.includes(body) && seen.has(body);
    compare(arrived.filter((body) => !isSecond(body) && seen.add(body)));
  }
  for (const role of [alice, bob]) checkDatabase(role);
}

function checkDatabase(role: Role): void {
  const database = new DatabaseSync(role.database);
  try {
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  } finally {
    database.close();
  }
  const stores = openStores(role.database);
  try {
    expect(stores.messages.pending(role.jid)).toEqual([]);
  } finally {
    stores.close();
  }
}
