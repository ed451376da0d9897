/**
 * What must outlive a connection so that its stream can be resumed: counters, and the stanzas that the server has
 * not acknowledged. XEP-0198: Stream Management, version 1.6.3, https://xmpp.org/extensions/xep-0198.html.
 */
import type { Element } from './xml.ts';

export interface Resumption {
  id: string;
  /** the full JID that the stream is bound to */
  jid: string;
  /** where the server wants to be found again, as it said it */
  location: string | undefined;
}

/** Every method returns only when what it was told will not be forgotten; a store of its own may stand behind it. */
export interface StreamState {
  /** set while the stream may be resumed */
  readonly resumption: Resumption | undefined;
  /** an earlier process wrote to this stream: what it sent is not known here, and any `h` is to be believed */
  readonly inherited: boolean;
  /** stanzas handled of this stream, modulo 2^32 */
  readonly inbound: number;
  /** stanzas sent of this stream, modulo 2^32 */
  readonly outbound: number;
  /** stanzas sent and not acknowledged, oldest first */
  readonly unacknowledged: readonly Element[];
  /** `<enable/>` is about to be sent: outgoing stanzas count from here (§3) */
  started(): void;
  /** `<enabled/>` came: incoming stanzas count from here; without `resumption` the stream ends with its connection */
  enabled(resumption: Resumption | undefined): void;
  /** a stanza is about to be written */
  sent(stanza: Element): void;
  /** a stanza was handled */
  handled(): void;
  /** The last stanzas, so many, were handled and could not be kept after all. */
  returned(count: number): void;
  /** The server is about to be told what was handled: false where that could not be kept, and must not be told. */
  settled(): boolean;
  /** Takes the server's `h`; gives what it acknowledges, oldest first, or `undefined` for more than was sent. */
  acknowledged(h: number): Element[] | undefined;
  /** The stream is over: gives what was never acknowledged, and forgets everything. */
  ended(): Element[];
  /** As `ended`, where the stream has no connection and this process goes: a later one may resume it. */
  parted(): Element[];
}

/** §4: the counters wrap. */
const MODULO = 2 ** 32;

/** The number of the stanza after that many, or of the one `by` stanzas on. */
export function following(count: number, by = 1): number {
  return (count + by) % MODULO;
}

/** Whether the server handled the stanza of that number when it says `h`. Half of all numbers lie before any. */
export function covers(h: number, sequence: number): boolean {
  return (h - sequence + MODULO) % MODULO < MODULO / 2;
}

/** Reads an `h`; `undefined` when it is no number of 32 bits. */
export function parseHandled(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,10}$/.test(text)) return undefined;
  const h = Number(text);
  return h < MODULO ? h : undefined;
}

/** Survives a lost connection, not the process, unless a later one is given what this one knew. */
export class MemoryStreamState implements StreamState {
  #resumption: Resumption | undefined;
  #inherited: boolean;
  #inbound: number;
  #acknowledged = 0;
  #queue: Element[] = [];

  constructor(left?: { resumption: Resumption; inbound: number }) {
    this.#resumption = left?.resumption;
    this.#inherited = left !== undefined;
    this.#inbound = left?.inbound ?? 0;
  }

  get resumption(): Resumption | undefined {
    return this.#resumption;
  }

  get inherited(): boolean {
    return this.#inherited;
  }

  get inbound(): number {
    return this.#inbound;
  }

  get outbound(): number {
    return (this.#acknowledged + this.#queue.length) % MODULO;
  }

  get unacknowledged(): readonly Element[] {
    return [...this.#queue];
  }

  started(): void {
    this.ended();
  }

  enabled(resumption: Resumption | undefined): void {
    this.#resumption = resumption;
    this.#inbound = 0;
  }

  sent(stanza: Element): void {
    this.#queue.push(stanza);
  }

  handled(): void {
    this.#inbound = following(this.#inbound);
  }

  returned(count: number): void {
    this.#inbound = (this.#inbound - count + MODULO) % MODULO;
  }

  settled(): boolean {
    return true;
  }

  acknowledged(h: number): Element[] | undefined {
    if (this.#inherited) {
      this.#inherited = false;
      this.#acknowledged = h;
      return [];
    }
    const count = (h - this.#acknowledged + MODULO) % MODULO;
    if (count > this.#queue.length) return undefined;
    this.#acknowledged = h;
    // In place: a queue that is replaced, once it is old, keeps what was in it until all of memory is looked through.
    return this.#queue.splice(0, count);
  }

  ended(): Element[] {
    const left = this.#queue;
    this.#resumption = undefined;
    this.#inherited = false;
    this.#inbound = 0;
    this.#acknowledged = 0;
    this.#queue = [];
    return left;
  }

  parted(): Element[] {
    return this.ended();
  }
}
