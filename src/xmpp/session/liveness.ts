/** Notices a connection that is dead without having been closed. RFC 6120 §4.6.1, XEP-0199 §4.2. */

export interface LivenessOptions {
  /** milliseconds without a sign of life until one is asked for */
  silence: number;
  /** milliseconds it may take then */
  patience: number;
  /** bytes of something that is not whole yet: they grow where a wire is slow */
  partial(): number;
  /** asks for a sign of life */
  probe(): void;
  /** no sign came */
  dead(): void;
}

export class Liveness {
  readonly #options: LivenessOptions;
  #heard = performance.now();
  #probed: number | undefined;
  #partial = 0;
  #timer: NodeJS.Timeout;

  constructor(options: LivenessOptions) {
    this.#options = options;
    this.#timer = setTimeout(() => this.#check(), options.silence);
  }

  /** Something came from the server. White space is no sign: it may be an echo of a middlebox. */
  heard(): void {
    this.#heard = performance.now();
    this.#probed = undefined;
    this.#partial = 0;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #check(): void {
    const { silence, patience, partial, probe, dead } = this.#options;
    const now = performance.now();
    const left = this.#probed === undefined ? this.#heard + silence - now : this.#probed + patience - now;
    if (left > 1) {
      this.#again(left);
      return;
    }
    const came = partial();
    const grew = came > this.#partial;
    this.#partial = came;
    if (grew) {
      this.#again(patience);
      return;
    }
    if (this.#probed !== undefined) {
      dead();
      return;
    }
    this.#probed = now;
    this.#again(patience);
    probe();
  }

  #again(after: number): void {
    this.#timer = setTimeout(() => this.#check(), after);
  }
}
