/** XEP-0234 §6: an offer of a file as whoever takes it sees it. */
import type { Reason } from './elements.ts';
import { type JingleFile, tooLarge } from './file-description.ts';
import type { Reach, TransportName } from './transports.ts';

/** Why it is not taken, or could not be kept. */
export type Refusal = 'busy' | 'cancelled' | 'declined' | 'too-large' | 'no-space' | 'corrupt' | 'failed';

export interface AcceptTerms {
  /** most bytes of the file */
  readonly limit: number;
  /** byte to begin at */
  readonly from?: number | undefined;
  readonly reach: Reach;
  readonly signal: AbortSignal;
  /** one transport made no connection, and the other side chose another */
  readonly onFallback?: ((to: TransportName) => void) | undefined;
}

export interface JingleOffer {
  /** full JID */
  readonly from: string;
  readonly file: JingleFile;
  readonly transport: TransportName;
  /** aborted when the session ended, however that came */
  readonly signal: AbortSignal;
  /**
   * The sum that comes later (§8.2); undefined where the session ends, or is not answered for, before it came, or where
   * it took longer than the slowest sender needs for a file of that size.
   */
  checksum(): Promise<string | undefined>;
  /**
   * Takes it, from byte `from` on; at most `limit` bytes of the file come. The iteration throws SessionEndedError (the
   * other side ended it), XmppError (`no-bytestream`, or as the transport says), DisconnectedError, TimeoutError, or the
   * reason of `signal`. Ending it early tells the other side.
   */
  accept(terms: AcceptTerms): AsyncIterable<Uint8Array>;
  decline(refusal: Refusal): void;
  /** To be called after the iteration: the file is kept, or why it is not. Does nothing where the session has ended. */
  finish(refusal?: Refusal): void;
}

/** What the other side is told. XEP-0166 §7.4; §9.2 */
export const REASONS: Readonly<Record<Refusal, () => Reason>> = {
  busy: () => ({ condition: 'busy' }),
  cancelled: () => ({ condition: 'cancel' }),
  declined: () => ({ condition: 'decline' }),
  'too-large': () => tooLarge('The file is too large'),
  'no-space': () => tooLarge('There is no room for it'),
  corrupt: () => ({ condition: 'media-error', text: 'The file arrived damaged' }),
  failed: () => ({ condition: 'media-error' }),
};
