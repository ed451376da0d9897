/** XEP-0410: MUC Self-Ping (Schrödinger's Chat), version 1.1.0. https://xmpp.org/extensions/xep-0410.html */
import { StanzaError } from '../errors.ts';
import { NS_PING } from '../ping.ts';
import type { Session } from '../session/session.ts';
import { x } from '../stanza.ts';
import { occupantJid } from './own-presence.ts';
import type { Room } from './room.ts';

/** `undecided`: nobody could tell; `left`: the room does not know us any more. */
export type Verdict = 'joined' | 'undecided' | 'left';

/** §3.2: joined, but the client that was asked has no ping, or the nickname has just changed. */
const JOINED: readonly string[] = ['service-unavailable', 'feature-not-implemented', 'item-not-found'];

/** What says that there is no such room, or no service of rooms, where something was sent to the room itself. */
export const ABSENT: readonly string[] = ['item-not-found', 'service-unavailable'];

/**
 * What an error to a self-ping says (§3.2). `absent`: the room answered something else as if it did not exist, so that
 * `item-not-found` is no nickname that has just changed, and `service-unavailable` no client without pings: ours has them.
 */
export function verdictOf(error: unknown, absent = false): Verdict {
  // No answer, or no stream: only an error by somebody says anything.
  if (!(error instanceof StanzaError)) return 'undecided';
  if (absent && ABSENT.includes(error.condition)) return 'left';
  if (JOINED.includes(error.condition)) return 'joined';
  return error.condition.startsWith('remote-server-') ? 'undecided' : 'left';
}

/** Asks a room for ourselves. Never rejects. §3.2 */
async function selfPing(session: Session, room: Room, timeout: number): Promise<Verdict> {
  const { jid, nick } = room;
  const question = x('iq', { type: 'get', to: occupantJid(jid, nick) }, x('ping', { xmlns: NS_PING }));
  try {
    await session.request(question, { timeout });
    return 'joined';
  } catch (error) {
    return verdictOf(error, room.absent);
  }
}

export interface Silences {
  /** milliseconds of silence after which a room is asked by itself (§3.2) */
  readonly ask: number;
  /** milliseconds of silence after which a room is asked before anything is said in it */
  readonly doubt: number;
  /** milliseconds for which it is not told that somebody left: an outage that takes us too may have begun with them */
  readonly leaves: number;
}

export const SILENCES: Silences = { ask: 15 * 60_000, doubt: 5 * 60_000, leaves: 2000 };

/** milliseconds for an answer: it may come from another device of ours with the same nickname */
const PATIENCE = 15_000;

export interface SelfPingsOptions {
  readonly rooms: () => Iterable<Room>;
  readonly silences: Silences;
  /** the room was asked; not told for a room that was left, or entered anew, meanwhile */
  readonly checked: (room: Room, verdict: Verdict) => void;
}

/** Asks silent rooms whether we are still in; after a resumed stream all of them (§3, §4). */
export function selfPings(session: Session, { rooms, silences, checked }: SelfPingsOptions) {
  const asking = new Map<Room, Promise<Verdict>>();
  let timer: NodeJS.Timeout | undefined;

  async function ask(room: Room): Promise<Verdict> {
    const { entrance } = room;
    const verdict = await selfPing(session, room, PATIENCE);
    asking.delete(room);
    // What was asked of an earlier stay says nothing about this one.
    if (room.phase !== 'joined' || room.entrance !== entrance) return 'undecided';
    // Undecided counts too: it is asked again a while later, and a message decides by itself what becomes of it.
    if (verdict !== 'left') room.heard();
    checked(room, verdict);
    return verdict;
  }

  function check(room: Room): Promise<Verdict> {
    const open = asking.get(room);
    if (open !== undefined) return open;
    const answer = ask(room);
    asking.set(room, answer);
    return answer;
  }

  /** §4: not while the stream is away, nor while a new nickname waits for its answer. */
  const may = (room: Room) => session.online && room.phase === 'joined' && !room.isRenaming;

  function stop(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  function look(): void {
    timer = undefined;
    for (const room of rooms()) if (may(room) && room.silence >= silences.ask) void check(room);
    watch();
  }

  /** While there is a room to look after. */
  function watch(): void {
    const [any] = rooms();
    if (any === undefined || !session.online) stop();
    else timer ??= setTimeout(look, Math.max(20, silences.ask / 15)).unref();
  }

  session.on('resumed', () => {
    watch();
    for (const room of rooms()) if (may(room)) void check(room);
  });
  session.on('offline', stop);

  return {
    check,
    /** A room is being entered, or was left. */
    watch,
    /** Whether what is said now will surely be heard: the room spoke not long ago. */
    isCertain: (room: Room): boolean => room.silence < silences.doubt || room.isRenaming,
  };
}

export type SelfPings = ReturnType<typeof selfPings>;
