/** One account's way to its server: how far it is logged in, and what is asked for again when a new stream begins. */
import {
  ConnectionError,
  DisconnectedError,
  StreamError,
  TimeoutError,
  type XmppError,
} from '../xmpp/errors.ts';
import { type Features, type FeaturesOptions, features } from '../xmpp/features.ts';
import type { RosterCopy } from '../xmpp/roster.ts';
import { createSession, type SessionControl, type SessionOptions } from '../xmpp/session/create-session.ts';
import { RemoteStreamError } from '../xmpp/session/stream-error.ts';
import type { ConnectionState, Show } from './events.ts';
import { ChatError } from './problem.ts';

/** How far one is logged in; each holds the ones before it. */
export type Level = 'stream' | 'background' | 'presence';
const LEVELS: readonly Level[] = ['stream', 'background', 'presence'];
const rank = (level: Level | undefined): number => (level === undefined ? -1 : LEVELS.indexOf(level));

export interface ConnectionChange {
  readonly state: ConnectionState;
  readonly condition?: string | undefined;
  readonly text?: string | undefined;
  readonly retryIn?: number | undefined;
  readonly final?: boolean | undefined;
  readonly attempt?: number | undefined;
  /** the server ended the stream, and says why */
  readonly byServer?: true;
}

/** Makes the session of a connection; tests put their own in. */
export type CreateSession = (options: SessionOptions) => SessionControl;

export interface ConnectionOptions {
  readonly session: SessionOptions;
  readonly createSession?: CreateSession | undefined;
  readonly features: FeaturesOptions;
  /** called once, before anything is read: collaborators listen to the features */
  readonly attach: (features: Features, session: SessionControl) => void;
  readonly changed: (change: ConnectionChange) => void;
  /** how much the server handled of the stream of an earlier process; before `streamUp` */
  readonly inherited: (info: { h: number; resumed: boolean }) => void;
  /**
   * a stream is up, nothing is asked yet: what waits in the outbox goes first; `goesOn`: it is this process's old one;
   * `forgotten`: it is new, and the server knows nothing of the one before
   */
  readonly streamUp: (stream: { goesOn: boolean; forgotten: boolean }) => void;
  /** asked beside the roster: what must be known before messages come. Never rejects. */
  readonly prepare: () => Promise<void>;
  /** roster copy, to ask for changes only */
  readonly rosterCopy: () => RosterCopy;
  /** presence goes out; `settled` follows when the burst it causes is over */
  readonly settling: () => void;
  readonly settled: () => void;
  /** rooms are entered (again); nobody waits for them */
  readonly enterRooms: () => Promise<void>;
  /** a reconnection could not climb to where the last stream was */
  readonly failed: (error: unknown) => void;
  readonly presence: () => { show: Exclude<Show, 'offline'>; status: string };
  /** bare JIDs whose presence we may see and have not seen yet */
  readonly awaited: () => readonly string[];
}

/** priority of a run that only asks: no message to the bare JID comes to it (RFC 6121 §8.5.2.1.1) */
const BACKGROUND_PRIORITY = -1;
/** milliseconds after the ping behind the initial presence: with contacts of our own server only, and with others */
const SETTLE_OWN = 250;
const SETTLE_OTHERS = 1000;
/** milliseconds of silence after which a stream that was taken up counts as broken: seen after twice as long, at most */
const DRAIN_SILENCE = 4000;

const isLost = (error: unknown): boolean =>
  error instanceof DisconnectedError ||
  error instanceof TimeoutError ||
  (error instanceof ChatError && error.condition === 'offline');

export class Connection {
  readonly session: SessionControl;
  readonly features: Features;
  readonly #options: ConnectionOptions;
  #wanted: Level | undefined;
  #reached: Level | undefined;
  #connecting: Promise<void> | undefined;
  #climbing: Promise<void> = Promise.resolve();
  #settled: Promise<void> = Promise.resolve();
  /** counts the streams: what belongs to an older one is over */
  #stream = 0;
  /** the server takes us for somebody of whom this process knows nothing yet */
  #inherited = false;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.session = (options.createSession ?? createSession)(options.session);
    this.features = features(this.session, options.features);
    options.attach(this.features, this.session);
    this.#listen();
  }

  #listen(): void {
    const { session } = this;
    const { changed, streamUp } = this.#options;
    session.on('connecting', ({ attempt }) => changed({ state: 'connecting', attempt }));
    session.on('inherited', (info) => this.#options.inherited(info));
    session.on('resumed', ({ inherited }) => {
      if (inherited) return this.#begin('resumed');
      changed({ state: 'resumed' });
      streamUp({ goesOn: true, forgotten: false });
    });
    session.on('offline', ({ reason, final, retryIn }) => {
      // A resumed stream keeps what was reached; a new one says so by `online`.
      if (final) this.#reached = undefined;
      changed({
        state: 'offline',
        condition: reason?.condition,
        text: reason && wordsOf(reason),
        retryIn,
        final: final || this.#closed,
        ...(reason instanceof RemoteStreamError ? { byServer: true } : {}),
      });
    });
    session.on('online', ({ forgotten }) => this.#begin('online', forgotten));
  }

  /** A stream of which this process knows nothing yet, be it new or that of an earlier process. */
  #begin(state: 'online' | 'resumed', forgotten = false): void {
    this.#stream++;
    this.#reached = 'stream';
    this.#inherited = state === 'resumed';
    // What was on its way to the earlier process tells who is there, and is no news.
    if (this.#inherited) this.#options.settling();
    this.#options.changed({ state });
    this.#options.streamUp({ goesOn: false, forgotten });
    // The first time `reach` does it; later streams climb to where the last one was.
    if (this.#connecting === undefined && this.#wanted !== undefined) this.#climbAgain(this.#wanted);
  }

  /** Logs in as far as `level`; rejects with XmppError where that is not possible. */
  async reach(level: Level): Promise<void> {
    if (this.#closed) throw new ChatError('offline');
    if (rank(level) > rank(this.#wanted)) this.#wanted = level;
    if (!this.session.online) {
      this.#connecting ??= this.session.connect().finally(() => {
        this.#connecting = undefined;
      });
      await this.#connecting;
    }
    const inherited = this.#inherited;
    try {
      await this.#climb(level);
    } catch (error) {
      // A stream that was taken up may break at once, or hear nothing: the session has another soon.
      if (!inherited || this.#closed || this.session.online || !isLost(error)) throw error;
      await this.session.connect();
      await this.#climb(level);
    }
  }

  /** Online again, as far as before. Rejects as `reach` does. */
  back(): Promise<void> {
    return this.reach(this.#wanted ?? 'stream');
  }

  /** The next stream tries again; that this one stays below is told. */
  #climbAgain(level: Level): void {
    this.#climb(level).catch((error: unknown) => {
      if (this.session.online && !this.#closed) this.#options.failed(error);
    });
  }

  #climb(level: Level): Promise<void> {
    this.#climbing = this.#climbing.catch(() => undefined).then(() => this.#steps(level));
    return this.#climbing;
  }

  async #steps(level: Level): Promise<void> {
    if (!this.session.online) throw new ChatError('offline');
    if (rank(level) <= rank(this.#reached)) return;
    // RFC 6121 §2.2: the roster before the initial presence.
    if (this.#reached === 'stream') {
      const stream = this.#stream;
      // Behind the pong everything has come that was on its way to the earlier process.
      if (this.#inherited) await this.#drained();
      await Promise.all([this.features.roster.load(this.#options.rosterCopy()), this.#options.prepare()]);
      // Another stream climbs for itself.
      if (this.#closed || stream !== this.#stream || !this.session.online) throw new ChatError('offline');
    }
    this.#announce(level);
    // A room that does not answer must not keep anybody from being online.
    if (level === 'presence') this.#options.enterRooms().catch(this.#options.failed);
  }

  /**
   * What waited for the earlier process has come. A server may not hear us on such a stream (Prosody 0.12, where the
   * process was killed while it wrote): without an answer, and with nothing that comes, the stream is given up.
   */
  async #drained(): Promise<void> {
    const { session } = this;
    let heard = true;
    const hear = () => {
      heard = true;
    };
    const look = setInterval(() => {
      if (!heard) session.abandon();
      heard = false;
    }, DRAIN_SILENCE);
    session.on('message', hear).on('presence', hear);
    try {
      await this.features.ping.ping(session.domain);
    } catch (error) {
      if (session.online) session.abandon();
      throw error;
    } finally {
      clearInterval(look);
      session.off('message', hear).off('presence', hear);
    }
  }

  #announce(level: Level): void {
    // RFC 6121 §4.3: only one who was not there is told who is; and rooms forget the one who was.
    if (this.#inherited) this.features.presence.sendUnavailable();
    this.#inherited = false;
    const { show, status } = this.#options.presence();
    const first = this.#reached === 'stream';
    if (first) this.#options.settling();
    const priority = level === 'background' ? BACKGROUND_PRIORITY : 0;
    // What other devices receive and send from now on; a server without copies (XEP-0280 §4) says so, and that is all.
    if (level === 'presence') this.features.carbons.enable().catch(() => undefined);
    this.features.presence.send({ show, status, priority });
    this.features.rooms.setPresence(show, status);
    this.#reached = level;
    // RFC 6121 §4.3: only the initial presence makes the server tell who is there.
    if (!first) return;
    this.#settled = this.#settle(this.#stream);
    this.#settled.catch(this.#options.failed);
  }

  /** The server answers in order: behind its pong there is only what comes from elsewhere. */
  async #settle(stream: number): Promise<void> {
    await this.features.ping.ping(this.session.domain).catch(() => undefined);
    const missing = this.session.online ? this.#options.awaited() : [];
    const others = missing.some((jid) => !jid.endsWith(`@${this.session.domain}`));
    if (missing.length > 0) await this.#quiet(missing, others ? SETTLE_OTHERS : SETTLE_OWN);
    // Lost meanwhile: the next stream has a burst of its own.
    if (stream === this.#stream && this.session.online) this.#options.settled();
  }

  /** Until everybody awaited is there, `milliseconds` at most. */
  #quiet(awaited: readonly string[], milliseconds: number): Promise<void> {
    const missing = new Set(awaited);
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.features.presence.off('changed', look);
        this.session.off('offline', done);
        resolve();
      };
      const look = ({ jid }: { jid: string }) => {
        missing.delete(jid);
        if (missing.size === 0) done();
      };
      const timer = setTimeout(done, milliseconds);
      this.features.presence.on('changed', look);
      this.session.on('offline', done);
    });
  }

  /** Resolves when the burst after the initial presence is over. */
  settled(): Promise<void> {
    return this.#settled;
  }

  /** the roster was read, and who may know that we are here is known */
  get knowsContacts(): boolean {
    return rank(this.#reached) >= rank('background');
  }

  /** requests to see our presence come to us: not all servers send them to a negative priority */
  get hearsRequests(): boolean {
    return this.#reached === 'presence';
  }

  get online(): boolean {
    return this.session.online;
  }

  /** Goes offline for good: unavailable presence first, so that contacts see it at once. */
  async close(): Promise<void> {
    if (this.#closed) return this.session.close();
    this.#closed = true;
    const { presence, chatStates } = this.features;
    if (this.session.online && presence.own !== undefined) presence.sendUnavailable();
    chatStates.close();
    await this.session.close();
  }
}

/** What the server said of it; what we found ourselves its condition tells, in the language of the user. */
function wordsOf(reason: XmppError): string | undefined {
  const ours = reason instanceof ConnectionError || reason instanceof StreamError;
  if (ours && !(reason instanceof RemoteStreamError)) return undefined;
  // Without words of its own an error's message is its condition.
  return reason.message === reason.condition ? undefined : reason.message;
}
