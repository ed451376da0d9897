/** So many spans in all, however much comes: a server that gives a byte at a time does not hold us for ever. */
const SPANS = 10;

/**
 * One span of time over many steps, which stands still while a person is asked. It begins anew while something comes:
 * a bad wire is slow, and that is no silence.
 */
export class Deadline {
  readonly #span: number;
  readonly #expired: () => void;
  readonly #progress: () => number;
  #left: number;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #over = false;
  #spans = 1;
  #reached: number;

  /** `progress` grows while something comes */
  constructor(milliseconds: number, expired: () => void, progress: () => number = () => 0) {
    this.#span = milliseconds;
    this.#left = milliseconds;
    this.#expired = expired;
    this.#progress = progress;
    this.#reached = progress();
    this.start();
  }

  start(): void {
    this.stop();
    if (this.#over) return;
    this.#since = performance.now();
    this.#timer = setTimeout(() => this.#end(), Math.max(0, this.#left));
  }

  stop(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#left -= performance.now() - this.#since;
  }

  #end(): void {
    const reached = this.#progress();
    if (reached === this.#reached || this.#spans >= SPANS) {
      this.#expired();
      return;
    }
    this.#reached = reached;
    this.#spans += 1;
    this.stop();
    this.#left = this.#span;
    this.start();
  }

  /** Nothing starts it again: what it was for is done. */
  end(): void {
    this.stop();
    this.#over = true;
  }
}
