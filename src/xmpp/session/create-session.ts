/** The session itself: keeps one account online, hands stanzas out and in. RFC 6120, XEP-0198, XEP-0199. */
import { EventEmitter } from 'node:events';
import { ConnectionError, DisconnectedError, StreamError, XmppError } from '../errors.ts';
import { parseJid } from '../jid.ts';
import { isFinal, retryDelay } from './backoff.ts';
import type { ClientStream } from './client-adapter.ts';
import { attempt, type Connection } from './connection.ts';
import { type Traffic, traffic } from './debug.ts';
import { Liveness } from './liveness.ts';
import { type LoggedIn, type LogInOptions, logIn, NS_SM } from './log-in.ts';
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
import { MemoryStreamState, parseHandled, type StreamState } from './stream-state.ts';
import { parseOtherHost, parseService, type Target } from './targets.ts';
import { type Element, x } from './xml.ts';

export type { PreAuthStream, Security, SessionOptions };

/** A session and the hands on it. */
export interface SessionControl extends Session {
  /** how the present connection, or the last one, is protected */
  readonly security: Security | undefined;
  /** Resolves when online for the first time; rejects with the XmppError that ended the first attempt for good. */
  connect(): Promise<void>;
  /** Ends the stream and every attempt; resolves when no socket and no timer is left, a second later at most. */
  close(): Promise<void>;
  /** Does not wait for the next attempt to reconnect. */
  reconnectNow(): void;
  /** Later reconnections use the new password. */
  setPassword(password: string): void;
}

const NS_PING = 'urn:xmpp:ping';
/** `<r/>` after so many stanzas, or so many milliseconds after the first one that was not asked for. */
const ASK_AFTER_STANZAS = 50;
const ASK_AFTER = 1000;
/** A connection that held that long was a good one: the next delay starts at the beginning. */
const STABLE = 60_000;
const LIVENESS = { silence: 30_000, patience: 10_000 };
const TIMEOUT = 30_000;

/** Takes what is known of an account; throws XmppError `jid-malformed` or ConnectionError `policy` for nonsense. */
export function createSession(options: SessionOptions): SessionControl {
  return new XmppSession(options);
}

/** From `connect` to the end of everything it started. */
interface Running {
  ender: AbortController;
  first: Promise<void>;
  done: Promise<void>;
}

class XmppSession extends EventEmitter<SessionEvents> implements SessionControl {
  readonly account: string;
  readonly domain: string;
  readonly #options: SessionOptions;
  readonly #service: Target | undefined;
  readonly #username: string;
  readonly #state: StreamState;
  readonly #requests: Requests;
  readonly #responders: Responders;
  readonly #traffic: Traffic | undefined;
  readonly #salted = new Map<string, Buffer>();
  /** normalised senders; the same few write again and again */
  readonly #senders = new Map<string, string | undefined>();
  #password: string;
  #strongest: string | undefined;
  #prepared = false;
  #jid = '';
  #security: Security | undefined;
  #live: { stream: ClientStream; features: Element; managed: boolean; liveness: Liveness } | undefined;
  #running: Running | undefined;
  #hurry: (() => void) | undefined;
  #unasked = 0;
  #askTimer: NodeJS.Timeout | undefined;

  constructor(options: SessionOptions) {
    super();
    this.setMaxListeners(0);
    const jid = parseJid(options.jid);
    if (jid?.local === undefined) throw new XmppError('jid-malformed', options.jid);
    this.account = jid.bare;
    this.domain = jid.domain;
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
    this.#requests = new Requests(jid.bare);
    this.#responders = new Responders((error) => this.#fault(error));
    this.#traffic = options.debug && traffic(options.debug);
  }

  get jid(): string {
    return this.#jid;
  }

  get online(): boolean {
    return this.#live?.stream.writable === true;
  }

  get acknowledges(): boolean {
    return this.#live?.managed === true;
  }

  get security(): Security | undefined {
    return this.#security;
  }

  hasStreamFeature(name: string, xmlns: string): boolean {
    return this.#live?.features.getChild(name, xmlns) !== undefined;
  }

  connect(): Promise<void> {
    this.#running ??= this.#start();
    return this.#running.first;
  }

  async close(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    running.ender.abort();
    this.#hurry?.();
    const live = this.#live;
    if (live?.stream.writable === true) {
      // XEP-0198 §4: so that the server does not deliver again what was handled.
      if (live.managed) live.stream.send(this.#acknowledgement());
      await live.stream.close();
    }
    await running.done;
  }

  reconnectNow(): void {
    this.#hurry?.();
  }

  setPassword(password: string): void {
    this.#password = password;
    this.#salted.clear();
  }

  send(stanza: Element): void {
    const live = this.#live;
    if (live?.stream.writable !== true) throw new DisconnectedError();
    const counted = live.managed && isStanza(stanza);
    if (counted) this.#state.sent(stanza);
    live.stream.send(stanza);
    this.emit('sent', stanza);
    if (counted) this.#askSoon();
  }

  requestAcknowledgement(): void {
    const live = this.#live;
    clearTimeout(this.#askTimer);
    this.#askTimer = undefined;
    this.#unasked = 0;
    if (live?.managed === true && live.stream.writable) live.stream.send(x('r', { xmlns: NS_SM }));
  }

  request(iq: Element, options: RequestOptions = {}): Promise<Element> {
    iq.attrs.id = randomId();
    return this.#requests.ask(iq, options, (asked) => this.send(asked));
  }

  respond(type: 'get' | 'set', name: string, xmlns: string, handler: IqHandler): () => void {
    return this.#responders.add(type, name, xmlns, handler);
  }

  /** One listener's exception must stop neither the others nor the process. */
  override emit<K extends keyof SessionEvents>(event: K, ...args: SessionEvents[K]): boolean {
    const listeners = this.rawListeners(event);
    for (const listener of listeners)
      try {
        const result: unknown = Reflect.apply(listener, this, args);
        if (result instanceof Promise) result.catch((error) => this.#fault(error));
      } catch (error) {
        this.#fault(error);
      }
    return listeners.length > 0;
  }

  #fault(error: unknown): void {
    this.#traffic?.note(`fault ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    this.#options.onFault?.(error);
  }

  #start(): Running {
    const ender = new AbortController();
    let done: Promise<void> = Promise.resolve();
    const first = new Promise<void>((resolve, reject) => {
      done = this.#keepOnline(ender.signal, resolve, reject).finally(() => {
        this.#running = undefined;
      });
    });
    return { ender, first, done };
  }

  /** The whole life, from the first attempt to the end. Never rejects. */
  async #keepOnline(signal: AbortSignal, first: () => void, failed: (error: unknown) => void): Promise<void> {
    let wasOnline = false;
    let target = this.#service;
    for (let tries = 1; ; tries++) {
      let error: unknown;
      const began = performance.now();
      try {
        this.emit('connecting', { attempt: tries });
        const connection = await this.#attempt(target, signal);
        wasOnline = true;
        first();
        error = await this.#inhabit(connection);
        if (performance.now() - began > STABLE) tries = 1;
      } catch (caught) {
        error = caught;
      }
      const reason = error instanceof XmppError ? error : undefined;
      const { reconnect = 'after-online' } = this.#options;
      const allowed = reconnect === 'always' || (reconnect === 'after-online' && wasOnline);
      // Neither the network nor the server: it would happen again.
      const broken = error !== undefined && reason === undefined;
      const final = signal.aborted || !allowed || broken || isFinal(reason);
      const retryIn = final ? undefined : retryDelay(tries, this.#options.random);
      target = this.#nextTarget(tries, reason);
      if (final) this.#forget();
      this.emit('offline', { reason: signal.aborted ? undefined : reason, final, retryIn });
      if (retryIn === undefined) return failed(error ?? new ConnectionError('closed'));
      await this.#pause(retryIn, signal);
      if (signal.aborted) return this.#cancelled(failed);
    }
  }

  #cancelled(failed: (error: unknown) => void): void {
    this.#forget();
    this.emit('offline', { reason: undefined, final: true, retryIn: undefined });
    failed(new ConnectionError('closed', 'cancelled'));
  }

  /** XEP-0198 §5 and RFC 6120 §4.9.3.19: a place that the trusted server named is tried once. */
  #nextTarget(tries: number, reason: XmppError | undefined): Target | undefined {
    const direct = this.#service?.direct ?? false;
    const named =
      reason instanceof RemoteStreamError && reason.otherHost !== undefined
        ? reason.otherHost
        : tries === 1
          ? this.#state.resumption?.location
          : undefined;
    return (named === undefined ? undefined : parseOtherHost(named, direct)) ?? this.#service;
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
    const { ca, lang, limits, plaintext = false, resolveSrv, timeout = TIMEOUT } = this.#options;
    return attempt(
      {
        establish: { domain: this.domain, ca, plaintext, resolveSrv },
        target,
        from: this.account,
        lang,
        limits: { ...DEFAULT_LIMITS, ...limits },
        traffic: this.#traffic,
        timeout,
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
      credentials: { username: this.#username, password: this.#password, salted: this.#salted },
      strongestSeen: this.#strongest,
      allowDowngrade: this.#options.allowDowngrade ?? false,
      state: this.#state,
      beforeAuthentication:
        this.#prepared || prepare === undefined ? undefined : (open) => this.#prepare(prepare(open)),
      authenticated: ({ mechanism, binding }) => {
        this.#strongest = stronger(this.#strongest, mechanism);
        this.#security = securityOf(
          stream,
          mechanism,
          typeof binding === 'string' ? undefined : binding.type,
        );
        this.emit('authenticated', { mechanism });
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

  #forget(): void {
    this.#renew(this.#state.ended());
  }

  /** Resolves to the reason when the connection is gone. */
  #inhabit({ stream, negotiated, adopt }: Connection<LoggedIn>): Promise<XmppError | undefined> {
    const { features, managed, jid, early } = negotiated;
    return new Promise((resolve) => {
      const liveness = new Liveness({
        ...(this.#options.liveness ?? LIVENESS),
        probe: () => this.#probe(),
        dead: () => stream.destroy(new ConnectionError('timeout', 'the server is silent')),
      });
      this.#live = { stream, features, managed, liveness };
      if (jid === undefined) this.#resend(stream);
      else {
        this.#jid = jid;
        this.emit('online', { jid });
        for (const element of early) this.#dispatch(element);
      }
      adopt({
        element: (element) => this.#receive(element),
        heard: () => liveness.heard(),
        ended: (reason) => {
          liveness.stop();
          clearTimeout(this.#askTimer);
          this.#askTimer = undefined;
          this.#live = undefined;
          if (this.#state.resumption === undefined) this.#forget();
          resolve(reason);
        },
      });
    });
  }

  /** XEP-0198 §5: what the server did not get, before anything new. */
  #resend(stream: ClientStream): void {
    for (const stanza of this.#state.unacknowledged) if (stream.writable) stream.send(stanza);
    if (this.#state.unacknowledged.length > 0) this.requestAcknowledgement();
    this.emit('resumed');
  }

  #probe(): void {
    if (this.#live?.managed === true) {
      this.requestAcknowledgement();
      return;
    }
    const ping = x('iq', { type: 'get', to: this.domain }, x('ping', { xmlns: NS_PING }));
    // Any answer is a sign of life, an error too.
    this.request(ping).catch(() => undefined);
  }

  #askSoon(): void {
    this.#unasked++;
    if (this.#unasked >= ASK_AFTER_STANZAS) this.requestAcknowledgement();
    else this.#askTimer ??= setTimeout(() => this.requestAcknowledgement(), ASK_AFTER);
  }

  #acknowledgement(): Element {
    return x('a', { xmlns: NS_SM, h: String(this.#state.inbound) });
  }

  #receive(element: Element): void {
    const live = this.#live;
    if (live === undefined) return;
    if (element.getNS() === NS_SM) {
      if (element.getName() === 'r' && live.managed) {
        if (live.stream.writable) live.stream.send(this.#acknowledgement());
      } else if (element.getName() === 'a' && live.managed) this.#acknowledgedUpTo(element, live.stream);
    } else if (isStanza(element)) {
      this.#dispatch(element);
      // §4: a stanza counts when it was handled, not when it came.
      if (live.managed) this.#state.handled();
    }
  }

  #acknowledgedUpTo(element: Element, stream: ClientStream): void {
    const h = parseHandled(element.attrs.h);
    if (h === undefined) return;
    const sent = this.#state.unacknowledged.length;
    const done = this.#state.acknowledged(h);
    if (done !== undefined) {
      this.#confirm(done);
      return;
    }
    // §4: the counters do not agree any more, so this stream cannot be trusted nor resumed.
    this.#forget();
    const told = x('handled-count-too-high', { xmlns: NS_SM, h: String(h), 'send-count': String(sent) });
    stream.fail(new StreamError('undefined-condition', 'the server acknowledged more than was sent'), told);
  }

  #dispatch(element: Element): void {
    if (!isStanza(element)) return;
    const { from: written } = element.attrs;
    const from = written === undefined ? undefined : this.#sender(written);
    // RFC 6120 §8.1.2.2: nobody with such an address can have sent it.
    if (written !== undefined && from === undefined) return;
    if (from !== undefined) element.attrs.from = from;
    const name = element.getName();
    if (name === 'message') this.emit('message', element);
    else if (name === 'presence') this.emit('presence', element);
    else this.#dispatchIq(element, from);
  }

  #dispatchIq(iq: Element, from: string | undefined): void {
    const { type } = iq.attrs;
    if (type === 'result' || type === 'error') this.#requests.answered(iq, from);
    else if (type === 'get' || type === 'set')
      void this.#responders.answer(iq, (answer) => {
        if (this.online) this.send(answer);
      });
  }

  #sender(written: string): string | undefined {
    if (this.#senders.has(written)) return this.#senders.get(written);
    if (this.#senders.size >= 4096) this.#senders.clear();
    const full = parseJid(written)?.full;
    this.#senders.set(written, full);
    return full;
  }
}

const STANZAS: readonly string[] = ['message', 'presence', 'iq'];

/** §8: only in our namespace; one that we built and did not name a namespace for is of it. */
function isStanza(element: Element): boolean {
  return STANZAS.includes(element.name) && (element.getNS() ?? 'jabber:client') === 'jabber:client';
}
