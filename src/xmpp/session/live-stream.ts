/**
 * One bound stream while it lasts: stanzas are counted and acknowledged in both directions, silence is noticed.
 * XEP-0198: Stream Management, version 1.6.3, https://xmpp.org/extensions/xep-0198.html.
 */
import { ConnectionError, DisconnectedError, StreamError, type XmppError } from '../errors.ts';
import type { ClientStream, StreamListener } from './client-adapter.ts';
import { isStanza } from './incoming.ts';
import { Liveness, type LivenessOptions } from './liveness.ts';
import { NS_SM } from './log-in.ts';
import type { Batch, Intake } from './options.ts';
import { parseHandled, type StreamState } from './stream-state.ts';
import { type Element, x } from './xml.ts';

export interface LiveStreamOptions {
  stream: ClientStream;
  features: Element;
  /** true where the stream has XEP-0198 */
  managed: boolean;
  state: StreamState;
  liveness: Pick<LivenessOptions, 'silence' | 'patience'>;
  batch: Batch | undefined;
  intake: Intake | undefined;
  /** what the batch threw */
  fault(error: unknown): void;
  /** a stanza came; it counts as handled when this returns true */
  stanza(stanza: Element): boolean;
  acknowledged(stanzas: Element[]): void;
  /** the counters do not agree: what was not acknowledged is unknown, and the stream ends */
  confused(): void;
  /** the server resumed the stream, and there is no sign that it hears what is written to it */
  unheard(): void;
  /** the server acknowledges: it hears what is written to it */
  heard(): void;
  /** asks the server for anything at all, where there is no `<r/>` */
  ping(): void;
  ended(reason: XmppError | undefined): void;
}

/**
 * `<r/>` at once after a stanza, so that whoever waits for a mark sees it; in a burst after so many stanzas, or when
 * the last `<r/>` is answered, or so many milliseconds after it.
 */
const ASK_AFTER_STANZAS = 50;
const ASK_AFTER = 1000;

/**
 * Milliseconds between two answers to `<r/>`: what was handled is kept before it is told, and in a busy room each stanza
 * brings a question. §4: an answer may be withheld for a time, to collect stanzas.
 */
const ANSWER_EVERY = 100;
/** Stanzas that are answered at once all the same: a server may keep some 500 unanswered ones, and no more. */
const ANSWER_AFTER = 100;

/**
 * A server may resume a stream and not hear it: Prosody 0.12 reads on behind half a stanza that the lost connection left,
 * and takes all that follows for a part of that. The answer to the first `<r/>` is waited for as long as that to any, and
 * where other things keep coming so many times the patience: they may stand before it. When they have ended it is late.
 */
const MOST_LOOKS = 12;

export class LiveStream implements StreamListener {
  readonly features: Element;
  readonly managed: boolean;
  readonly #options: LiveStreamOptions;
  readonly #stream: ClientStream;
  readonly #liveness: Liveness;
  #unasked = 0;
  /** stanzas that were handled and are not kept yet */
  #unsettled = 0;
  #settlements = 0;
  /** by the monotonic clock */
  #asked = Number.NEGATIVE_INFINITY;
  #askTimer: NodeJS.Timeout | undefined;
  #answered = Number.NEGATIVE_INFINITY;
  /** stanzas that were handled since */
  #unanswered = 0;
  #answerTimer: NodeJS.Timeout | undefined;
  /** looks whether the server hears a stream that was resumed, until it does */
  #hearing: NodeJS.Timeout | undefined;
  #looks = 0;
  /** something came since the last look */
  #came = false;
  /** how often it was asked for a sign of life while nothing was read: there can be none then */
  #held = 0;

  constructor(options: LiveStreamOptions) {
    const { stream, features, managed, liveness } = options;
    this.features = features;
    this.managed = managed;
    this.#options = options;
    this.#stream = stream;
    this.#liveness = new Liveness({
      ...liveness,
      partial: () => (this.#reads ? stream.partial : ++this.#held),
      probe: () => (managed ? this.requestAcknowledgement() : options.ping()),
      dead: () => {
        if (this.#hearing !== undefined) options.unheard();
        else this.#silent();
      },
    });
  }

  get writable(): boolean {
    return this.#stream.writable;
  }

  /** Throws DisconnectedError when the stream is closed or closing; the stanza is in no queue then. */
  send(stanza: Element): void {
    if (!this.#stream.writable) throw new DisconnectedError();
    const counted = this.managed && isStanza(stanza);
    if (counted) this.#options.state.sent(stanza);
    this.#stream.send(stanza);
    if (counted) this.#askSoon();
  }

  /** §5: after a resumption, what the server did not get, before anything new; before that, whether it hears us. */
  sendAgain(): void {
    const { liveness, state } = this.#options;
    const { unacknowledged } = state;
    this.#hearing = setInterval(() => this.#look(), liveness.patience);
    this.requestAcknowledgement();
    for (const stanza of unacknowledged) if (this.#stream.writable) this.#stream.send(stanza);
    if (unacknowledged.length > 0) this.requestAcknowledgement();
  }

  abandon(): void {
    this.#stream.destroy(new ConnectionError('timeout', 'the server does not hear what is written'));
  }

  /** Gives up the connection, and not the stream. */
  drop(): void {
    this.#silent();
  }

  nudge(): void {
    this.#stream.nudge();
  }

  requestAcknowledgement(): void {
    this.#stopAsking();
    this.#asked = performance.now();
    if (!this.managed || !this.#stream.writable) return;
    this.#stream.send(x('r', { xmlns: NS_SM }));
    this.#liveness.asked();
  }

  /** Resolves when the socket is closed; everything sent before is flushed. */
  async close(): Promise<void> {
    // §4: so that the server does not deliver again what was handled.
    if (this.managed) this.#acknowledge();
    await this.#stream.close();
  }

  heard(): void {
    this.#came = true;
    this.#liveness.heard();
  }

  reading(): void {
    this.#options.batch?.begin();
  }

  read(): void {
    this.settle();
    this.#options.batch?.end();
  }

  element(element: Element): void {
    // What is said of other things is told behind the messages that came before it.
    if (!element.is('message') && !this.settle()) return;
    if (isStanza(element)) {
      // §4: a stanza counts when it was handled, not when it came.
      if (!this.take(element)) return;
      if (this.managed) this.#options.state.handled();
      this.#unanswered += 1;
      this.#count();
    } else if (this.managed && element.is('r', NS_SM)) {
      this.#acknowledgeSoon();
    } else if (this.managed && element.is('a', NS_SM)) this.#acknowledgedUpTo(element);
  }

  /**
   * Gives whether the stanza is handled. Where it is not the connection ends: `h` cannot leave one out, and only a
   * stream that is resumed brings it again.
   */
  take(stanza: Element): boolean {
    if (this.#options.stanza(stanza)) return true;
    this.#lost();
    return false;
  }

  /** Keeps what came together so far, before anything is said of it; as `take` where that cannot be. */
  settle(): boolean {
    const { batch, fault } = this.#options;
    if (batch?.pending !== true) return true;
    try {
      batch.settle();
    } catch (error) {
      fault(error);
    }
    // Where only somebody who heard of it failed, it is kept all the same.
    if (!batch.pending) return true;
    this.#lost();
    return false;
  }

  /** How many stanzas hang on what is not kept yet. */
  #count(): void {
    const { batch } = this.#options;
    if (batch === undefined) return;
    if (this.#settlements !== batch.settlements) this.#unsettled = 0;
    this.#settlements = batch.settlements;
    this.#unsettled = batch.pending ? this.#unsettled + 1 : 0;
  }

  #lost(): void {
    const { batch, state } = this.#options;
    const unsettled = batch?.settlements === this.#settlements && batch.pending ? this.#unsettled : 0;
    batch?.drop();
    this.#unsettled = 0;
    if (this.managed) state.returned(unsettled);
    this.#stream.destroy(new ConnectionError('closed', 'what came could not be kept'));
  }

  ended(reason: XmppError | undefined): void {
    this.#liveness.stop();
    this.#stopAsking();
    this.#stopLooking();
    clearTimeout(this.#answerTimer);
    this.#options.ended(reason);
  }

  get #reads(): boolean {
    return this.#options.intake?.open !== false;
  }

  #look(): void {
    if (!this.#reads) return;
    this.#looks += 1;
    if (!this.#came || this.#looks >= MOST_LOOKS) this.#options.unheard();
    this.#came = false;
  }

  #silent(): void {
    this.#stream.destroy(new ConnectionError('timeout', 'the server is silent'));
  }

  #stopLooking(): void {
    clearInterval(this.#hearing);
    this.#hearing = undefined;
  }

  #acknowledgeSoon(): void {
    const wait = this.#answered + ANSWER_EVERY - performance.now();
    if (wait <= 0 || this.#unanswered >= ANSWER_AFTER) this.#acknowledge();
    else this.#answerTimer ??= setTimeout(() => this.#acknowledge(), wait);
  }

  /** §4: what was told to be handled is not delivered again; so it is kept first. */
  #acknowledge(): void {
    const { state } = this.#options;
    clearTimeout(this.#answerTimer);
    this.#answerTimer = undefined;
    this.#answered = performance.now();
    this.#unanswered = 0;
    if (!this.#stream.writable || !state.settled()) return;
    this.#stream.send(x('a', { xmlns: NS_SM, h: String(state.inbound) }));
  }

  #acknowledgedUpTo(element: Element): void {
    this.#stopLooking();
    const { state, acknowledged, confused, heard } = this.#options;
    heard();
    const h = parseHandled(element.attrs.h);
    if (h === undefined) return;
    const done = state.acknowledged(h);
    if (done !== undefined) {
      acknowledged(done);
      // The rest of a burst does not wait for the clock: whoever waits for a mark sees it as soon as can be.
      if (this.#unasked > 0) this.requestAcknowledgement();
      return;
    }
    // §4: such a stream can be neither trusted nor resumed.
    const sent = String(state.outbound);
    confused();
    const told = x('handled-count-too-high', { xmlns: NS_SM, h: String(h), 'send-count': sent });
    this.#stream.fail(new StreamError('undefined-condition', 'more was acknowledged than was sent'), told);
  }

  #askSoon(): void {
    this.#unasked++;
    if (this.#unasked >= ASK_AFTER_STANZAS) this.requestAcknowledgement();
    else {
      // What is sent in one go is asked for together.
      const wait = Math.max(0, this.#asked + ASK_AFTER - performance.now());
      this.#askTimer ??= setTimeout(() => this.requestAcknowledgement(), wait);
    }
  }

  #stopAsking(): void {
    clearTimeout(this.#askTimer);
    this.#askTimer = undefined;
    this.#unasked = 0;
  }
}
