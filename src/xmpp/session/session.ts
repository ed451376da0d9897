/** What the features see of a connection: stanzas out, stanzas in, requests with answers. RFC 6120. */
import type { EventEmitter } from 'node:events';
import type { XmppError } from '../errors.ts';
import type { Element } from '../stanza.ts';

/** Emitted by a session. Listeners run synchronously; a stanza counts as handled when all have returned. */
export interface SessionEvents {
  /** when a message arrived, of any type, whose `from` is a valid or absent JID; `from` is normalised */
  message: [stanza: Element];
  /** when a presence arrived, of any type; `from` is normalised */
  presence: [stanza: Element];
  /**
   * when a new stream is up: roster, presence, carbons, rooms are asked for again. `forgotten`: the server knows nothing
   * of the stream before it, nor how much of it was handled (XEP-0198 §5), as one that was started again
   */
  online: [info: { jid: string; forgotten: boolean }];
  /**
   * when the old stream goes on (XEP-0198): nothing needs to be asked again, unless it is `inherited` from an earlier
   * process, of whose presence, rooms and questions nothing is known here
   */
  resumed: [info: { inherited: boolean }];
  /** when the server said how many stanzas it handled of a stream of an earlier process; before `resumed` or `online` */
  inherited: [info: { h: number; resumed: boolean }];
  /** when the stream is gone; a reconnection follows unless `final` */
  offline: [info: { reason: XmppError | undefined; final: boolean; retryIn: number | undefined }];
  /** when a connection attempt starts */
  connecting: [info: { attempt: number }];
  /** when the server acknowledged the outgoing stanza (XEP-0198 `<a/>`), in order of sending */
  acknowledged: [stanza: Element];
  /** when a stanza was written */
  sent: [stanza: Element];
  /** when the stream that carried the stanza is over for good, unacknowledged: whether it arrived is unknown */
  unconfirmed: [stanza: Element];
  /** when both sides proved that they know the password; kept by the caller as `strongestSeen` */
  authenticated: [info: { mechanism: string }];
}

/** Answers one kind of IQ request; the element returned becomes the child of the result, a StanzaError thrown the error. */
export type IqHandler = (iq: Element, payload: Element) => Element | undefined | Promise<Element | undefined>;

export interface RequestOptions {
  /** milliseconds until TimeoutError; default the session's */
  timeout?: number;
  signal?: AbortSignal;
}

/** A stream beside that of a session: see `Session.beside`. */
export interface SecondSession extends Session {
  /** Resolves when online; rejects with the XmppError that keeps it from that. It is not tried again. */
  connect(): Promise<void>;
  /** Resolves when no socket and no timer is left, a second later at most. */
  close(): Promise<void>;
}

export interface Session extends EventEmitter<SessionEvents> {
  /** bare JID of the account, normalised */
  readonly account: string;
  readonly domain: string;
  /** the bound full JID, '' before the first bind */
  readonly jid: string;
  readonly online: boolean;
  /** milliseconds that an answer may take where the question says nothing else */
  readonly timeout: number;
  /** true where the stream has XEP-0198, so that `acknowledged` will come */
  readonly acknowledges: boolean;
  /** number of the next stanza that is written, modulo 2^32 (XEP-0198 §4); undefined where nothing is counted */
  readonly nextSequence: number | undefined;
  /** address of this computer on the way to the server, of the newest stream; undefined before the first */
  readonly localAddress: string | undefined;
  /** bytes of a stanza that the server says to take at most (XEP-0478); undefined where it says nothing */
  readonly maxStanzaBytes: number | undefined;
  /**
   * `cause` is asked when a stream ended, by whatever, before anything that waits for an answer hears of it: whoever
   * brought that about, and will not again, gives what is told in its place. It is neither final nor resumed then.
   */
  explainEnd(cause: (reason: XmppError | undefined) => XmppError | undefined): void;
  /** the stream features after authentication */
  hasStreamFeature(name: string, xmlns: string): boolean;
  /** Writes a stanza. Throws DisconnectedError when there is no stream. */
  send(stanza: Element): void;
  /** Asks for an acknowledgement now (`<r/>`); does nothing where the stream has none. */
  requestAcknowledgement(): void;
  /**
   * Writes white space, which means nothing and is not answered (RFC 6120 §4.6.1). It carries the kernel's
   * acknowledgement of what came, so that the other side need not hold back what follows. Nothing without a stream.
   */
  nudge(): void;
  /**
   * Another stream of the same account, not connected yet, with a resource that the server chooses: without presence
   * nothing is delivered to it but answers. It has no XEP-0198, does not come back when it is lost, and ends with this
   * session. Undefined without a stream, and where one ended this stream, since the server lets the account have few.
   */
  beside(): SecondSession | undefined;
  /**
   * Sends an IQ of type get or set (an id is given to it) and resolves to the result stanza.
   * Rejects with StanzaError, TimeoutError or DisconnectedError. Only an answer with our id from exactly the
   * addressee counts (without `to`: no `from`, or the own bare JID). RFC 6120 §8.1.2.1, §8.2.3.
   */
  request(iq: Element, options?: RequestOptions): Promise<Element>;
  /** Registers the answer to IQ requests of that type and payload; the rest get service-unavailable. Returns the undo. */
  respond(type: 'get' | 'set', name: string, xmlns: string, handler: IqHandler): () => void;
}

/** Random, 128 bit, URL-safe: ids of stanzas and of everything else that must not be guessed. */
export { randomId } from './random-id.ts';
