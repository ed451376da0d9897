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

/** How often the patience for a question that stands behind other things. */
const BEHIND_OTHERS = 2;
/** milliseconds by which a timer of a process that runs is never late */
const LATE = 1_000;

export class Liveness {
  readonly #options: LivenessOptions;
  #heard = performance.now();
  /** when the server must have said something, where it was asked */
  #due: number | undefined;
  #partial = 0;
  #timer: NodeJS.Timeout;

  constructor(options: LivenessOptions) {
    this.#options = options;
    this.#timer = setTimeout(() => this.#check(), options.silence);
  }

  /** Something came from the server. White space is no sign: it may be an echo of a middlebox. */
  heard(): void {
    this.#heard = performance.now();
    this.#due = undefined;
    this.#partial = 0;
  }

  /** The server was asked for something that it answers at once, behind whatever else was written (XEP-0198 §4). */
  asked(): void {
    if (this.#due !== undefined) return;
    const patience = this.#options.patience * BEHIND_OTHERS;
    this.#due = performance.now() + patience;
    clearTimeout(this.#timer);
    this.#again(patience);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #check(): void {
    const { silence, patience, partial, probe, dead } = this.#options;
    const now = performance.now();
    const left = (this.#due ?? this.#heard + silence) - now;
    if (left > 1) {
      this.#again(left);
      return;
    }
    const came = partial();
    const grew = came > this.#partial;
    this.#partial = came;
    // Or this process stood still, and what came meanwhile has still to be read.
    const late = left < -LATE;
    if (grew || late) {
      if (this.#due !== undefined) this.#due = now + patience;
      else this.#heard = now - silence + patience;
      this.#again(patience);
      return;
    }
    if (this.#due !== undefined) {
      dead();
      return;
    }
    this.#due = now + patience;
    this.#again(patience);
    probe();
  }

  #again(after: number): void {
    this.#timer = setTimeout(() => this.#check(), after);
  }
}
