/** What a session is made from. */
import type { Goodbye } from './client-adapter.ts';
import type { EstablishOptions } from './establish.ts';
import type { PreAuthStream } from './pre-auth-stream.ts';
import type { XmlLimits } from './stream-parser.ts';
import type { StreamState } from './stream-state.ts';

export interface SessionOptions {
  /** bare JID, or a full one whose resource is asked for */
  jid: string;
  password: string;
  /** asked for at binding; the server gives one when absent */
  resource?: string | undefined;
  /** `xmpp://host[:port]` or `xmpps://host[:port]`; found by DNS when absent */
  service?: string | undefined;
  /** PEM certificates believed beside the usual roots */
  ca?: string | undefined;
  lang?: string | undefined;
  /** milliseconds for the log-in as a whole, and for the answer to each question after it; default 30,000 */
  timeout?: number | undefined;
  /** default `after-online`: a lost connection is remade, a first one that fails is reported */
  reconnect?: 'never' | 'after-online' | 'always' | undefined;
  /** default `awaited`; `said` is for a process that ends too */
  goodbye?: Goodbye | undefined;
  /** the strongest mechanism that this account was authenticated with before, from `authenticated` */
  strongestSeen?: string | undefined;
  /** logs in with something weaker than `strongestSeen` all the same */
  allowDowngrade?: boolean | undefined;
  /** clear text, on loopback only and with a `service` only: for servers of tests and benchmarks */
  plaintext?: boolean | undefined;
  /** runs on the secure stream before authentication, until it has resolved once: in-band registration */
  beforeAuthentication?: ((stream: PreAuthStream) => Promise<void>) | undefined;
  /** false: XEP-0198 is not asked for, and a stream ends with its connection; default true */
  managed?: boolean | undefined;
  /** what outlives a connection; in memory when absent */
  state?: StreamState | undefined;
  limits?: Partial<XmlLimits> | undefined;
  /** milliseconds of silence before a sign of life is asked for (default 30,000), and until it must come (10,000) */
  liveness?: { silence: number; patience: number } | undefined;
  resolveSrv?: EstablishOptions['resolveSrv'];
  /** one entry a call, without passwords, tokens and what is derived from them */
  debug?: ((line: string) => void) | undefined;
  /** what a listener or handler threw: a fault of the program, never of the network */
  onFault?: ((error: unknown) => void) | undefined;
  /**
   * whether what a `message` listener threw means that the message is not kept: then it is not counted as handled
   * (XEP-0198 §4), and the connection is dropped, so that the server sends it again
   */
  unkept?: ((error: unknown) => boolean) | undefined;
  /** whether more may be read of the server; always when absent */
  intake?: Intake | undefined;
  /** keeps together the messages that came in one read; each by itself when absent */
  batch?: Batch | undefined;
  /** 0 ≤ x < 1, for the jitter of reconnections */
  random?: (() => number) | undefined;
}

/**
 * Who takes what comes may be slower than who sends it. Where that is so nothing more is read, and the rest waits in the
 * network and with its sender (RFC 9293 §3.8.6), not in the memory of this program.
 */
export interface Intake {
  readonly open: boolean;
  /** Resolves when it is open again. */
  opened(): Promise<void>;
}

/**
 * Keeps messages together, since each commit by itself waits for the disk. Whoever listens to `message` opens it; the
 * session ends it with the read they came in, before every other stanza, and before anything is acknowledged.
 */
export interface Batch {
  /** something was taken and is not kept yet */
  readonly pending: boolean;
  /** how often something was kept */
  readonly settlements: number;
  /** a read begins: what comes until `end` may be kept together */
  begin(): void;
  /** keeps what was taken; throws where it cannot, and is pending until `drop` then */
  settle(): void;
  /** nothing of what is pending is kept */
  drop(): void;
  end(): void;
}

/** How the connection is protected. */
export interface Security {
  /** `TLSv1.3`, `TLSv1.2`, or `none` on plain loopback */
  protocol: string;
  cipher: string | undefined;
  mechanism: string;
  channelBinding: string | undefined;
  certificate: { subject: string; issuer: string; validTo: string; fingerprint256: string } | undefined;
}
