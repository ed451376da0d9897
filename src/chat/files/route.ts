/** A way for files to go. Routes know their protocol; files.ts knows people, folders and bounds. */

export interface OutgoingFile {
  readonly name: string;
  /** bytes */
  readonly size: number;
  readonly modified: Date;
  /** The content, from the start each time; throws ChatError `file-changed` when it is no longer `size` bytes. */
  read(): AsyncIterable<Uint8Array>;
}

export interface SendContext {
  readonly signal: AbortSignal;
  /** bytes the other side has; called first with 0 when it accepted: no other route is tried after that */
  onProgress(sent: number): void;
  /** the full JID chosen where `peer` was a bare one */
  onPeer(jid: string): void;
}

/** Why an offer is not taken, so that the other side can be told something true. */
export type Refusal = 'declined' | 'too-large' | 'no-space';

export interface IncomingOffer {
  /** full JID */
  readonly peer: string;
  /** as the sender wrote it: never used as a path before files/names.ts made it safe */
  readonly name: string;
  /** bytes, where the sender said so */
  readonly size?: number | undefined;
  readonly text?: string | undefined;
  /** aborted when the offer ended unanswered */
  readonly signal: AbortSignal;
  /**
   * Takes it; at most `limit` bytes come. Ending the iteration early, or aborting the signal (which ends the
   * iteration with an error), tells the other side.
   */
  accept(limit: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
  decline(refusal: Refusal): void;
}

export interface FileRoute {
  /** `si-ibb`, … */
  readonly name: string;
  canSend(peer: string): Promise<boolean>;
  /** Resolves when the other side has everything. Rejects with an error that has a `condition`, or the signal's reason. */
  send(file: OutgoingFile, peer: string, context: SendContext): Promise<void>;
  /** Calls `listener` with every offer that comes by this route. */
  onOffer(listener: (offer: IncomingOffer) => void): void;
}
