/** A way for files to go. Routes know their protocol; files.ts knows people, folders and bounds. */

/** Every route, the most wanted first. */
export const ROUTE_NAMES = ['upload', 'jingle-socks5', 'jingle-ibb', 'si-socks5', 'si-ibb'] as const;
export type RouteName = (typeof ROUTE_NAMES)[number];

export interface OutgoingFile {
  readonly name: string;
  /** bytes */
  readonly size: number;
  readonly modified: Date;
  /** MIME type, by content and name */
  readonly mime: string;
  /**
   * The content, from a byte on; throws ChatError `file-changed` when it is no longer `size` bytes. What it gave is
   * written over when more is asked for.
   */
  read(from?: number): AsyncIterable<Uint8Array>;
  /** SHA-256 (hex) of all of it: read through for it, once. What the other side gets is hashed on its way anyway. */
  sha256(): Promise<string>;
}

export interface SendContext {
  readonly signal: AbortSignal;
  /**
   * Bytes the other side has. Called first with 0 when it accepted: from then on no other route is tried, unless the
   * route fails with the condition `no-bytestream` (accepted, and no way was found for the bytes) before any went.
   */
  onProgress(sent: number): void;
  /** Everything is where it has to be, and the other side is told of it when there is a connection. */
  readonly onQueued?: (() => void) | undefined;
  /** The route went over to another in the same talk with the other side. Undefined: it must not, the user wants only it. */
  readonly onFallback?: ((to: RouteName, condition: string) => void) | undefined;
}

/** Why an offer is not taken, so that the other side can be told something true. */
export type Refusal = 'busy' | 'declined' | 'too-large' | 'no-space';

/** What the sender says of a file by which it is known again when it is offered once more. */
export interface FileHash {
  /** name of XEP-0300: `sha-256`, `sha-512`, … */
  readonly algorithm: string;
  /** lower case */
  readonly hex: string;
}

export interface IncomingOffer {
  /** full JID */
  readonly peer: string;
  /** as the sender wrote it: never used as a path before files/names.ts made it safe */
  readonly name: string;
  /** bytes, where the sender said so */
  readonly size?: number | undefined;
  readonly text?: string | undefined;
  /** as the sender wrote it */
  readonly mime?: string | undefined;
  /** compared when everything is there, where the algorithm is one of ours */
  readonly hash?: FileHash | undefined;
  /** where the sender says the sum later: resolves once it has, or will not any more */
  readonly laterHash?:
    | { readonly algorithm: string; readonly hex: () => Promise<string | undefined> }
    | undefined;
  /** what the sender says by which the content is known again, where no sum is good enough for that */
  readonly version?: string | undefined;
  /** the sender can begin at a later byte: `accept` may be given one */
  readonly ranged?: boolean | undefined;
  /** aborted when the offer ended unanswered */
  readonly signal: AbortSignal;
  /**
   * Takes it, from byte `from` on; at most `limit` bytes come. Ending the iteration early, or aborting the signal (which
   * ends the iteration with an error), tells the other side. `onFallback`: as that of SendContext.
   */
  accept(
    limit: number,
    signal: AbortSignal,
    from?: number,
    onFallback?: SendContext['onFallback'],
  ): AsyncIterable<Uint8Array>;
  decline(refusal: Refusal): void;
  /** Called once after an acceptance: the file is kept, or the condition of what kept it from that. */
  finished?(failure: string | undefined): void;
}

export interface FileRoute {
  readonly name: RouteName;
  /** it goes to a server first: where that fails the other side knows of nothing, and another route may follow */
  readonly deposits?: true;
  /** the other side has no word by which it says that the file is kept */
  readonly silent?: true;
  /**
   * Where a file for `peer` (bare or full JID, room) can go by this route, the likeliest first; empty where it cannot.
   * Rejects with a ChatError where there is a reason worth telling (`file-too-large`).
   */
  addresses(peer: string, file: OutgoingFile, signal: AbortSignal): Promise<readonly string[]>;
  /**
   * Resolves when the other side (or the server, for it) has everything. Rejects with an error that has a `condition`,
   * `declined` where a person said no, or with the signal's reason.
   */
  send(file: OutgoingFile, address: string, context: SendContext): Promise<void>;
  /** Calls `listener` with every offer that comes by this route. */
  onOffer?(listener: (offer: IncomingOffer) => void): void;
}
