/** One span of time over many steps, which stands still while a person is asked. */
export class Deadline {
  readonly #expired: () => void;
  #left: number;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(milliseconds: number, expired: () => void) {
    this.#left = milliseconds;
    this.#expired = expired;
    this.start();
  }

  start(): void {
    this.stop();
    if (this.#over) return;
    this.#since = performance.now();
    this.#timer = setTimeout(this.#expired, Math.max(0, this.#left));
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#left -= performance.now() - this.#since;
  }

  /** Nothing starts it again: what it was for is done. */
  end(): void {
    this.stop();
    this.#over = true;
  }
}
