/** Rooms that let one message of each person through at a time (XEP-0500): how long ours wait, and when they go. */
import type { SlowMode } from '../events.ts';

export interface SlowModesOptions {
  /** admins and owners are not held up (§server-side-rate-limiting) */
  readonly isExempt: (room: string) => boolean;
  /** the next message may go out */
  readonly ready: (room: string) => void;
  readonly told: (event: SlowMode) => void;
  /** a clock that never goes back, milliseconds */
  readonly clock?: () => number;
}

interface Slow {
  readonly seconds: number;
  /** by the clock; before it nothing goes out */
  until: number;
  timer: NodeJS.Timeout | undefined;
}

export function slowModes({ isExempt, ready, told, clock = () => performance.now() }: SlowModesOptions) {
  const rooms = new Map<string, Slow>();

  /** milliseconds */
  function wait(room: string): number {
    const { until = 0 } = rooms.get(room) ?? {};
    const left = Math.max(0, until - clock());
    return left === 0 || isExempt(room) ? 0 : left;
  }

  const stateOf = (room: string): SlowMode => ({
    room,
    seconds: rooms.get(room)?.seconds ?? 0,
    wait: Math.ceil(wait(room) / 1000),
  });

  function forget(room: string): void {
    clearTimeout(rooms.get(room)?.timer);
    rooms.delete(room);
  }

  /** From now on the whole time has to pass. */
  function start(room: string): void {
    const slow = rooms.get(room);
    if (slow === undefined) return;
    clearTimeout(slow.timer);
    slow.until = clock() + slow.seconds * 1000;
    slow.timer = setTimeout(() => ready(room), slow.seconds * 1000);
    slow.timer.unref();
  }

  return {
    /** The room said how many seconds it wants between two messages; 0: none. */
    learn(room: string, seconds: number): void {
      const before = rooms.get(room);
      if (seconds === (before?.seconds ?? 0)) return;
      forget(room);
      if (seconds > 0) rooms.set(room, { seconds, until: 0, timer: undefined });
      told(stateOf(room));
      if (before !== undefined) ready(room);
    },

    /** Something of ours was written to the room, or came back from it: the time counts from the later one (§client-handling). */
    spoke(room: string): void {
      start(room);
    },

    /** The room refused something of ours as too fast. False where it is not known to be in slow mode. */
    refused(room: string): boolean {
      start(room);
      if (rooms.has(room)) told(stateOf(room));
      return rooms.has(room);
    },

    /** milliseconds until something of ours may go out; 0: now */
    wait,

    /** What the room wants; undefined where it is in no slow mode. */
    get: (room: string): SlowMode | undefined => (rooms.has(room) ? stateOf(room) : undefined),

    /** We are not in the room any more. */
    forget,

    /** Nothing goes out by itself any more. */
    close(): void {
      for (const room of [...rooms.keys()]) forget(room);
    },
  };
}

export type SlowModes = ReturnType<typeof slowModes>;
