/** The ways that the bytes of a session may go, as the side that sends and the side that receives sees them. */
import type { Permit } from '../bytestreams/socks5-connect.ts';
import type { Element } from '../stanza.ts';
import type { JingleSession } from './session.ts';

/** How far the network may be used for one session. */
export interface Reach {
  /** the other side may learn our addresses */
  readonly direct: boolean;
  /** for what the other side offers */
  readonly permit: Permit;
}

export interface SendTerms {
  readonly source: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
  /** called with the bytes that are on their way for good */
  onProgress(sent: number): void;
}

/** Of the side that offered the session. */
export interface SendingWay {
  /** Its `<transport/>`, for session-initiate and transport-replace. */
  readonly offer: Element;
  /** Reads what the other side made of it. Throws StanzaError where that is malformed or not what was offered. */
  accepted(transport: Element): void;
  /** transport-info. Throws StanzaError. */
  told(transport: Element): void;
  /**
   * Sends everything. Rejects with XmppError `no-bytestream` where no connection came about, `peer-closed` or another
   * where it broke, or with the reason of the signal.
   */
  send(terms: SendTerms): Promise<void>;
  /** Gives up what it holds; may be called at any time. */
  close(): void;
}

export interface ReceiveTerms {
  /** bytes that are to come, where that is known */
  readonly size: number | undefined;
  /** most bytes taken */
  readonly limit: number;
  readonly reach: Reach;
  readonly signal: AbortSignal;
}

/** Of the side that takes the session. */
export interface ReceivingWay {
  /**
   * Gets ready for what follows the acceptance; resolves to its `<transport/>` for session-accept and transport-accept.
   */
  answer(terms: ReceiveTerms): Promise<Element>;
  /** transport-info. Throws StanzaError. */
  told(transport: Element): void;
  /** The bytes, once, after `answer` and on the same terms. Throws as SendingWay.send rejects. */
  bytes(terms: ReceiveTerms): AsyncIterable<Uint8Array>;
  close(): void;
}

export type TransportName = 'ibb' | 'socks5';

/** A transport method of Jingle (XEP-0166 §12.2). */
export interface Transport {
  readonly name: TransportName;
  readonly xmlns: string;
  /** Prepares an offer for a session of ours. Rejects with XmppError `no-bytestream` where there is nothing to offer. */
  sending(session: JingleSession, options: { reach: Reach }): Promise<SendingWay>;
  /** Reads an offer of the other side; throws StanzaError `bad-request` where it is malformed. */
  receiving(session: JingleSession, offer: Element): ReceivingWay;
}
