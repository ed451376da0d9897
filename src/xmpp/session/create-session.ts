/** The session itself: keeps one account online, hands stanzas out and in. RFC 6120, XEP-0198, XEP-0199. */
import { ConnectionError, DisconnectedError, XmppError } from '../errors.ts';
import { parseJid } from '../jid.ts';
import { parseMaxBytes } from '../stream-limits.ts';
import { isFinal, retryDelay } from './backoff.ts';
import type { ClientStream } from './client-adapter.ts';
import { attempt, type Connection } from './connection.ts';
import { type Traffic, traffic } from './debug.ts';
import { GuardedEmitter } from './guarded-emitter.ts';
import { Incoming, isStanza } from './incoming.ts';
import { LiveStream } from './live-stream.ts';
import { type LoggedIn, type LogInOptions, logIn } from './log-in.ts';
import type { Security, SessionOptions } from './options.ts';
import type { PreAuthStream } from './pre-auth-stream.ts';
import { randomId } from './random-id.ts';
import { Requests } from './requests.ts';
import { Responders } from './responders.ts';
import { stronger } from './sasl.ts';
import { securityOf } from './security.ts';
import type { IqHandler, RequestOptions, Session, SessionEvents } from './session.ts';
import { RemoteStreamError } from './stream-error.ts';
import { DEFAULT_LIMITS } from './stream-parser.ts';
import { following, MemoryStreamState, type StreamState } from './stream-state.ts';
import { parseOtherHost, parseService, type Target } from './targets.ts';
import { type Element, x } from './xml.ts';

export type { PreAuthStream, Security, SessionOptions };

/** A session and the hands on it. */
export interface SessionControl extends Session {
  /** how the present connection, or the last one, is protected */
  readonly security: Security | undefined;
  /**
   * Resolves when online; rejects with the XmppError that made it final, or with what `beforeAuthentication` threw.
   * While the next attempt is being waited for, it is made at once.
   */
  connect(): Promise<void>;
  /** Ends the stream and every attempt; resolves when no socket and no timer is left, a second later at most. */
  close(): Promise<void>;
  /** Does not wait for the next attempt to reconnect. */
  reconnectNow(): void;
  /** Gives the stream up as one that is broken: it is not resumed, the next one begins anew. Nothing without a stream. */
  abandon(): void;
  /** Later reconnections use the new password. */
  setPassword(password: string): void;
}

const NS_PING = 'urn:xmpp:ping';
/** A connection that held that long was a good one: the next delay starts at the beginning. */
const STABLE = 60_000;
const LIVENESS = { silence: 30_000, patience: 10_000 };
const TIMEOUT = 30_000;
/** Connections in which a resumed stream is not heard, until a new one is begun. */
const MOST_UNHEARD = 2;

/** Takes what is known of an account; throws XmppError `jid-malformed` or ConnectionError `policy` for nonsense. */
export function createSession(options: SessionOptions): SessionControl {
  return new XmppSession(options);
}

/** From `connect` to the end of everything it started. */
interface Running {
  ender: AbortController;
  /** the first time online */
  first: Promise<void>;
  done: Promise<void>;
  /** it has been online */
  online: boolean;
}

/**
 * A stream that was up and broke a rule of the server may have done so because of others: ejabberd ends one so that has
 * too many stanzas to acknowledge. Whoever floods us must not keep us away for good.
 */
function wasFlooded(error: unknown, inhabited: boolean): boolean {
  return inhabited && error instanceof RemoteStreamError && error.condition === 'policy-violation';
}

class XmppSession extends GuardedEmitter implements SessionControl {
  readonly account: string;
  readonly domain: string;
  readonly timeout: number;
  readonly #options: SessionOptions;
  readonly #service: Target | undefined;
  readonly #username: string;
  readonly #state: StreamState;
  readonly #requests: Requests;
  readonly #responders: Responders;
  readonly #traffic: Traffic | undefined;
  readonly #salted = new Map<string, Buffer>();
  readonly #incoming: Incoming;
  readonly #fault: (error: unknown) => void;
  #password: string;
  #strongest: string | undefined;
  #prepared = false;
  /** connections in a row in which the stream was resumed, and nothing acknowledged */
  #unheard = 0;
  /** the server forgot a stream, and no other was up since */
  #forgotten = false;
  #jid = '';
  #security: Security | undefined;
  #localAddress: string | undefined;
  #live: LiveStream | undefined;
  #running: Running | undefined;
  readonly #causes: ((reason: XmppError | undefined) => XmppError | undefined)[] = [];
  #hurry: (() => void) | undefined;
  /** the streams beside this one */
  readonly #beside = new Set<SessionControl>();
  /** the server does not let another stream stand beside this one */
  #alone = false;

  constructor(options: SessionOptions) {
    const log = options.debug && traffic(options.debug);
    const fault = (error: unknown) => {
      log?.note(`fault ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      options.onFault?.(error);
    };
    super(fault, options.unkept ?? (() => false));
    this.#fault = fault;
    const jid = parseJid(options.jid);
    if (jid?.local === undefined) throw new XmppError('jid-malformed', options.jid);
    this.account = jid.bare;
    this.domain = jid.domain;
    this.timeout = options.timeout ?? TIMEOUT;
    this.#username = jid.local;
    this.#options = { ...options, resource: options.resource ?? jid.resource };
    this.#service = options.service === undefined ? undefined : parseService(options.service);
    if (options.service !== undefined && this.#service === undefined)
      throw new ConnectionError('policy', `${options.service} is no xmpp:// or xmpps:// address`);
    if (options.plaintext === true && this.#service === undefined)
      throw new ConnectionError('policy', 'clear text needs a service');
    this.#password = options.password;
    this.#strongest = options.strongestSeen;
    this.#state = options.state ?? new MemoryStreamState();
    this.#requests = new Requests(jid.bare, this.timeout);
    this.#responders = new Responders(fault);
    this.#traffic = log;
    this.#incoming = new Incoming({
      requests: this.#requests,
      responders: this.#responders,
      message: (stanza) => this.deliver('message', stanza),
      presence: (stanza) => this.emit('presence', stanza),
      answer: (iq) => {
        if (this.online) this.send(iq);
      },
    });
  }

  get jid(): string {
    return this.#jid;
  }

  get online(): boolean {
    return this.#live?.writable === true;
  }

  get acknowledges(): boolean {
    return this.#live?.managed === true;
  }

  get nextSequence(): number | undefined {
    return this.#live?.managed === true ? following(this.#state.outbound) : undefined;
  }

  get security(): Security | undefined {
    return this.#security;
  }

  get localAddress(): string | undefined {
    return this.#localAddress;
  }

  get maxStanzaBytes(): number | undefined {
    return this.#live && parseMaxBytes(this.#live.features);
  }

  explainEnd(cause: (reason: XmppError | undefined) => XmppError | undefined): void {
    this.#causes.push(cause);
  }

  hasStreamFeature(name: string, xmlns: string): boolean {
    return this.#live?.features.getChild(name, xmlns) !== undefined;
  }

  connect(): Promise<void> {
    this.#running ??= this.#start();
    if (!this.#running.online || this.online) return this.#running.first;
    const back = this.#nextOnline();
    this.#hurry?.();
    return back;
  }

  async close(): Promise<void> {
    const running = this.#running;
    running?.ender.abort();
    this.#hurry?.();
    const closing = running && this.#live?.close();
    await Promise.all([closing, ...[...this.#beside].map((second) => second.close())]);
    await running?.done;
  }

  reconnectNow(): void {
    this.#hurry?.();
  }

  abandon(): void {
    if (this.#live === undefined) return;
    this.#forget();
    this.#live.abandon();
  }

  setPassword(password: string): void {
    this.#password = password;
    this.#salted.clear();
  }

  send(stanza: Element): void {
    if (this.#live === undefined) throw new DisconnectedError();
    this.#live.send(stanza);
    this.emit('sent', stanza);
  }

  requestAcknowledgement(): void {
    this.#live?.requestAcknowledgement();
  }

  nudge(): void {
    this.#live?.nudge();
  }

  beside(): SessionControl | undefined {
    if (this.#alone || !this.online) return undefined;
    const { batch, beforeAuthentication, debug, state, unkept, ...same } = this.#options;
    const second = createSession({
      ...same,
      debug: debug && ((line) => debug(`second stream: ${line}`)),
      jid: this.account,
      password: this.#password,
      resource: undefined,
      strongestSeen: this.#strongest,
      reconnect: 'never',
      managed: false,
    });
    this.#beside.add(second);
    second.on('offline', ({ final }) => final && this.#beside.delete(second));
    return second;
  }

  request(iq: Element, options: RequestOptions = {}): Promise<Element> {
    iq.attrs.id = randomId();
    return this.#requests.ask(iq, options, (asked) => this.send(asked));
  }

  respond(type: 'get' | 'set', name: string, xmlns: string, handler: IqHandler): () => void {
    return this.#responders.add(type, name, xmlns, handler);
  }

  #start(): Running {
    const running: Running = {
      ender: new AbortController(),
      first: Promise.resolve(),
      done: Promise.resolve(),
      online: false,
    };
    running.first = new Promise<void>((resolve, reject) => {
      running.done = this.#keepOnline(running, resolve, reject).finally(() => {
        this.#running = undefined;
      });
    });
    // Nobody has to wait for it: `offline` tells too.
    running.first.catch(() => undefined);
    return running;
  }

  /** For those who ask to connect while the next attempt is being waited for. */
  #nextOnline(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.off('online', up).off('resumed', up).off('offline', down);
        act();
      };
      const up = () => settle(resolve);
      const down = ({ reason, final }: SessionEvents['offline'][0]) =>
        final && settle(() => reject(reason ?? new ConnectionError('closed', 'cancelled')));
      this.on('online', up).on('resumed', up).on('offline', down);
    });
  }

  /** The whole life, from the first attempt to the end. Never rejects. */
  async #keepOnline(running: Running, first: () => void, failed: (error: unknown) => void): Promise<void> {
    const { signal } = running.ender;
    let target = this.#service;
    for (let tries = 1; ; tries++) {
      let error: unknown;
      let lasted = 0;
      let inhabited = false;
      try {
        this.emit('connecting', { attempt: tries });
        const connection = await this.#attempt(target, signal);
        const began = performance.now();
        running.online = true;
        inhabited = true;
        first();
        error = await this.#inhabit(connection);
        lasted = performance.now() - began;
      } catch (caught) {
        error = caught;
      }
      if (lasted > STABLE) tries = 0;
      const reason = error instanceof XmppError ? error : undefined;
      this.#alone ||= this.#isCrowdedOut(error);
      const retryIn = this.#goesOn(running, error, inhabited)
        ? retryDelay(tries || 1, this.#options.random)
        : undefined;
      target = this.#nextTarget(tries, reason);
      if (retryIn === undefined) this.#forget(!inhabited);
      this.emit('offline', {
        reason: signal.aborted ? undefined : reason,
        final: retryIn === undefined,
        retryIn,
      });
      if (retryIn === undefined) return void failed(error ?? new ConnectionError('closed'));
      await this.#pause(retryIn, signal);
      if (signal.aborted) return void this.#cancelled(failed);
    }
  }

  #cancelled(failed: (error: unknown) => void): void {
    this.#forget(true);
    this.emit('offline', { reason: undefined, final: true, retryIn: undefined });
    failed(new ConnectionError('closed', 'cancelled'));
  }

  #goesOn({ ender, online }: Running, error: unknown, inhabited: boolean): boolean {
    const { reconnect = 'after-online' } = this.#options;
    if (ender.signal.aborted || reconnect === 'never' || (reconnect === 'after-online' && !online))
      return false;
    // What is no XmppError is no fault of network or server: it would happen again.
    if (this.#isCrowdedOut(error) || wasFlooded(error, inhabited)) return true;
    return error === undefined || (error instanceof XmppError && !isFinal(error));
  }

  /** A server that lets the account have few streams ends the oldest when another begins: that was our own. */
  #isCrowdedOut(error: unknown): boolean {
    return this.#beside.size > 0 && error instanceof RemoteStreamError && error.condition === 'conflict';
  }

  /** XEP-0198 §5 and RFC 6120 §4.9.3.19: a place that the trusted server named is tried once. */
  #nextTarget(tries: number, reason: XmppError | undefined): Target | undefined {
    const direct = this.#service?.direct ?? false;
    const named =
      reason instanceof RemoteStreamError && reason.otherHost !== undefined
        ? reason.otherHost
        : tries <= 1
          ? this.#state.resumption?.location
          : undefined;
    const options = { direct, localAddress: this.#localAddress };
    return (named === undefined ? undefined : parseOtherHost(named, options)) ?? this.#service;
  }

  #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const timer = setTimeout(() => this.#hurry?.(), milliseconds);
      this.#hurry = () => {
        clearTimeout(timer);
        this.#hurry = undefined;
        resolve();
      };
    });
  }

  #attempt(target: Target | undefined, signal: AbortSignal): Promise<Connection<LoggedIn>> {
    const { ca, goodbye, intake, lang, limits, plaintext = false, resolveSrv } = this.#options;
    return attempt(
      {
        establish: { domain: this.domain, ca, plaintext, resolveSrv },
        target,
        from: this.account,
        lang,
        limits: { ...DEFAULT_LIMITS, ...limits },
        goodbye,
        traffic: this.#traffic,
        intake,
        timeout: this.timeout,
        signal,
      },
      (stream, inbox, deadline) => logIn(stream, inbox, deadline, this.#logInOptions(stream)),
    );
  }

  #logInOptions(stream: ClientStream): LogInOptions {
    const { beforeAuthentication: prepare } = this.#options;
    return {
      account: this.account,
      domain: this.domain,
      resource: this.#options.resource,
      timeout: this.timeout,
      credentials: { username: this.#username, password: this.#password, salted: this.#salted },
      strongestSeen: this.#strongest,
      allowDowngrade: this.#options.allowDowngrade ?? false,
      managed: this.#options.managed ?? true,
      state: this.#state,
      beforeAuthentication:
        this.#prepared || prepare === undefined ? undefined : (open) => this.#prepare(prepare(open)),
      authenticated: ({ mechanism, binding }) => {
        this.#strongest = stronger(this.#strongest, mechanism);
        this.#localAddress = stream.established?.localAddress;
        this.#security = securityOf(
          stream,
          mechanism,
          typeof binding === 'string' ? undefined : binding.type,
        );
        this.emit('authenticated', { mechanism });
      },
      inherited: (info) => this.emit('inherited', info),
      forgotten: () => {
        this.#forgotten = true;
      },
      acknowledged: (stanzas) => this.#confirm(stanzas),
      renewed: (stanzas) => this.#renew(stanzas),
    };
  }

  /** An account is registered once, not at every reconnection. */
  async #prepare(done: Promise<void>): Promise<void> {
    await done;
    this.#prepared = true;
  }

  #confirm(stanzas: Element[]): void {
    for (const stanza of stanzas) this.emit('acknowledged', stanza);
  }

  /** The old stream is gone, and with it every answer that was to come in it. */
  #renew(unconfirmed: Element[]): void {
    this.#requests.disconnected();
    for (const stanza of unconfirmed) this.emit('unconfirmed', stanza);
  }

  /** `parted`: the server was not told that the stream is over, so that a later process may resume it. */
  #forget(parted = false): void {
    this.#unheard = 0;
    this.#renew(parted ? this.#state.parted() : this.#state.ended());
  }

  /** Once that is a connection that died again; twice in a row it is a server that does not hear us. */
  #wasNotHeard(live: LiveStream): void {
    this.#unheard += 1;
    if (this.#unheard < MOST_UNHEARD) live.drop();
    else this.abandon();
  }

  /** Resolves to the reason when the connection is gone. */
  #inhabit({ stream, negotiated, adopt }: Connection<LoggedIn>): Promise<XmppError | undefined> {
    const { features, managed, jid, resumed, early } = negotiated;
    return new Promise((resolve) => {
      const live = new LiveStream({
        stream,
        features,
        managed,
        state: this.#state,
        liveness: this.#options.liveness ?? LIVENESS,
        batch: this.#options.batch,
        intake: this.#options.intake,
        fault: (error) => this.#fault(error),
        stanza: (stanza) => this.#incoming.take(stanza),
        acknowledged: (stanzas) => this.#confirm(stanzas),
        confused: () => this.#forget(),
        unheard: () => this.#wasNotHeard(live),
        heard: () => {
          this.#unheard = 0;
        },
        ping: () => this.#ping(),
        ended: (reason) => {
          const cause = this.#causeOf(reason);
          this.#live = undefined;
          // What ended this stream is not written again into the same one.
          if (cause !== undefined || this.#state.resumption === undefined) this.#forget();
          resolve(cause ?? reason);
        },
      });
      this.#live = live;
      this.#jid = jid;
      if (resumed !== undefined) {
        live.sendAgain();
        this.emit('resumed', { inherited: resumed === 'inherited' });
      } else {
        const forgotten = this.#forgotten;
        this.#forgotten = false;
        this.emit('online', { jid, forgotten });
        for (const element of early) if (isStanza(element)) live.take(element);
      }
      adopt(live);
    });
  }

  #causeOf(reason: XmppError | undefined): XmppError | undefined {
    for (const cause of this.#causes) {
      const found = cause(reason);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** XEP-0199 §4.2: any answer is a sign of life, an error too. */
  #ping(): void {
    const ping = x('iq', { type: 'get', to: this.domain }, x('ping', { xmlns: NS_PING }));
    this.request(ping).catch(() => undefined);
  }
}
