/**
 * How long messages are kept here. What is older goes after log-in, in small steps, so that nobody waits for it; never
 * what is unread or still to be sent. The server's archive keeps its own.
 */
import type { MessageStore } from '../stores.ts';

export interface RetentionOptions {
  readonly account: string;
  readonly store: Pick<MessageStore, 'prune'>;
  /** value of the setting `keep-messages` */
  readonly keeps: () => string;
  /** the store failed */
  readonly failed: (error: unknown) => void;
  /** milliseconds since 1970 */
  readonly now?: (() => number) | undefined;
}

const DAY = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { d: 1, w: 7, mo: 30, y: 365 };
/** messages of one step */
const STEP = 100;
/** milliseconds between two steps */
const PAUSE = 20;
/** milliseconds until it is looked at again, for who stays online for days */
const AGAIN = 6 * 3_600_000;

/** Before when messages go, in milliseconds since 1970; undefined: none do. */
export function cutoff(keeps: string, now: number): number | undefined {
  if (keeps === 'nothing') return now;
  const [, count, unit = ''] = /^(\d+)(d|w|mo|y)$/.exec(keeps) ?? [];
  const days = UNITS[unit];
  return count === undefined || days === undefined ? undefined : now - Number(count) * days * DAY;
}

export function retention({ account, store, keeps, failed, now = Date.now }: RetentionOptions) {
  let timer: NodeJS.Timeout | undefined;
  let started = false;

  function at(milliseconds: number, before: () => number | undefined): void {
    clearTimeout(timer);
    timer = setTimeout(() => step(before), milliseconds);
    timer.unref();
  }

  function step(before: () => number | undefined): void {
    try {
      const limit = before();
      const more = limit !== undefined && store.prune(account, limit, STEP) === STEP;
      at(more ? PAUSE : AGAIN, more ? () => limit : whileOnline);
    } catch (error) {
      // Tried again with the next look at it.
      failed(error);
      at(AGAIN, whileOnline);
    }
  }

  /** What this session has shown stays as long as it lasts, and a day. */
  const whileOnline = () => cutoff(keeps() === 'nothing' ? '1d' : keeps(), now());

  return {
    /** Before when this device keeps nothing, in milliseconds since 1970. */
    since: (): number | undefined => cutoff(keeps(), now()),

    /** Logged in: what earlier sessions left, then again from time to time. Once. */
    start(): void {
      if (started) return;
      started = true;
      at(0, () => cutoff(keeps(), now()));
    },

    /** Where nothing is to be kept, nothing stays behind. */
    close(): void {
      clearTimeout(timer);
      try {
        while (keeps() === 'nothing' && store.prune(account, now(), STEP) === STEP);
      } catch (error) {
        failed(error);
      }
    },
  };
}

export type Retention = ReturnType<typeof retention>;
