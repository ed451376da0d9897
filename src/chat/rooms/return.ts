/**
 * Back into rooms after an outage, by itself: at once, then with growing patience. Of a room and an outage at most one
 * line is told: that we cannot come back, or what changed meanwhile.
 */
import { DisconnectedError, StanzaError, TimeoutError, XmppError } from '../../xmpp/errors.ts';
import type { History } from '../../xmpp/muc/own-presence.ts';
import type { RoomChange } from '../../xmpp/muc/room.ts';
import type { Rooms as RoomsFeature } from '../../xmpp/muc/rooms.ts';

/** conditions that pass: the service is not there yet, or has no place for now */
const PASSING: readonly string[] = [
  ...['service-unavailable', 'remote-server-not-found', 'remote-server-timeout', 'internal-server-error'],
  ...['resource-constraint', 'recipient-unavailable', 'item-not-found', 'undefined-condition'],
];

/** A service that is being stopped may have forgotten its rules already, and let nobody in (ejabberd 23.01). */
const DOUBTED: readonly string[] = ['forbidden', 'not-allowed'];
/** refusals in a row until one is believed */
const BELIEVED = 3;

/** milliseconds between two attempts: 1, 2, 4 … 60 s */
const FIRST = 1000;
const LONGEST = 60_000;

/** what is added to a nickname that somebody else has, one after the other */
const OTHERWISE = ['', '_', '__', '___'] as const;

export interface ReturningOptions {
  readonly feature: () => RoomsFeature;
  /** what of its past a room is asked for */
  readonly historyOf: (room: string) => Promise<History>;
  readonly tell: (change: RoomChange) => void;
}

interface Outage {
  attempts: number;
  /** refusals that are doubted, in a row */
  refusals: number;
  told: boolean;
  timer: NodeJS.Timeout | undefined;
}

const passes = (error: unknown): boolean =>
  error instanceof TimeoutError || (error instanceof StanzaError && PASSING.includes(error.condition));

/** Counts it. */
function isDoubted(error: XmppError, outage: Outage): boolean {
  const refused = error instanceof StanzaError && DOUBTED.includes(error.condition);
  outage.refusals = refused ? outage.refusals + 1 : 0;
  return refused && outage.refusals < BELIEVED;
}

export function returning({ feature, historyOf, tell }: ReturningOptions) {
  const outages = new Map<string, Outage>();

  function tellFailed(room: string, outage: Outage, error: XmppError, nick: string): void {
    if (outage.told) return;
    outage.told = true;
    const text = error instanceof StanzaError ? error.text : undefined;
    tell({ room, nick, event: 'failed', again: true, condition: error.condition, text });
  }

  function later(room: string, outage: Outage): void {
    const wait = Math.min(LONGEST, FIRST * 2 ** outage.attempts++);
    clearTimeout(outage.timer);
    outage.timer = setTimeout(() => void attempt(room, outage), wait);
    outage.timer.unref();
  }

  async function enter(room: string, nick: string): Promise<void> {
    const history = await historyOf(room);
    // §7.2.8: somebody took our nickname meanwhile, perhaps the next one too, and nobody can be asked for another.
    for (const more of OTHERWISE) {
      try {
        await feature().reenter(room, { nick: nick + more, history });
        return;
      } catch (error) {
        const taken = error instanceof StanzaError && error.condition === 'conflict';
        if (!taken || more === OTHERWISE.at(-1)) throw error;
      }
    }
  }

  async function attempt(room: string, outage: Outage): Promise<void> {
    const rooms = feature();
    const nick = rooms.get(room)?.nick;
    if (nick === undefined || outages.get(room) !== outage) return;
    try {
      await enter(room, nick);
      outages.delete(room);
    } catch (error) {
      // The next stream begins anew; a room that was left meanwhile is not ours any more.
      if (!(error instanceof XmppError) || error instanceof DisconnectedError) return;
      if (outages.get(room) !== outage || !rooms.lost().includes(room)) return;
      if (isDoubted(error, outage)) return later(room, outage);
      tellFailed(room, outage, error, nick);
      if (passes(error)) return later(room, outage);
      outages.delete(room);
      rooms.forget(room);
    }
  }

  function stop(room: string): void {
    clearTimeout(outages.get(room)?.timer);
    outages.delete(room);
  }

  return {
    /** Enters a lost room again. Resolves when the first attempt ended. */
    back(room: string): Promise<void> {
      const outage = outages.get(room) ?? { attempts: 0, refusals: 0, told: false, timer: undefined };
      clearTimeout(outage.timer);
      outages.set(room, outage);
      return attempt(room, outage);
    },

    /**
     * The outage, if there was one, is over: we are in, whoever entered, or will not be any more. Gives what is told of
     * that: an outage that was told as such needs no second line.
     */
    over(change: RoomChange): RoomChange {
      const told = outages.get(change.room)?.told === true;
      stop(change.room);
      return told ? { ...change, told } : change;
    },

    /** The stream is gone: the next one enters again. What was told of an outage stays told. */
    pause(): void {
      for (const { timer } of outages.values()) clearTimeout(timer);
    },

    /** The room is left for good. */
    stop,
  };
}

export type Returning = ReturnType<typeof returning>;
