/** Asks again by itself: every few minutes, soon after a burst is over, and soon after something went wrong. */

/** milliseconds between two askings */
const EVERY = 5 * 60_000;
/** milliseconds of silence after which what came live is looked at in the archive's order */
const IDLE = 45_000;
/** milliseconds until something that failed is tried again */
const RETRY = 30_000;

/** `work` is called while started, never twice at once. */
export function background(work: () => Promise<void>) {
  let timer: NodeJS.Timeout | undefined;
  let due = Number.POSITIVE_INFINITY;
  let started = false;
  let wanted = false;
  let working = false;
  let failed = false;

  function at(milliseconds: number): void {
    clearTimeout(timer);
    due = performance.now() + milliseconds;
    timer = setTimeout(() => void run(), milliseconds);
    timer.unref();
  }

  async function run(): Promise<void> {
    if (working) return;
    working = true;
    failed = false;
    await work().catch(() => undefined);
    working = false;
    if (started) at(failed ? RETRY : EVERY);
  }

  return {
    start(): void {
      wanted = true;
      started = true;
      at(failed ? RETRY : EVERY);
    },
    /** The old stream goes on: as before. */
    resume(): void {
      if (wanted) this.start();
    },
    stop(): void {
      started = false;
      clearTimeout(timer);
    },
    /** Something came: what else came is asked for when it is quiet again, and no later than it would be anyway. */
    heard(): void {
      const quiet = due - performance.now() <= IDLE;
      if (started && !working && !quiet) at(IDLE);
    },
    /** Something went wrong that may go well later. */
    failed(): void {
      failed = true;
      if (started && !working) at(RETRY);
    },
  };
}

export type Background = ReturnType<typeof background>;
