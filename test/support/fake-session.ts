/** A session without a network: tests read what a feature sent and answer it. */
import { EventEmitter } from 'node:events';
import {
  ConnectionError,
  DisconnectedError,
  parseStanzaError,
  StanzaError,
  type XmppError,
  xStanzaError,
} from '../../src/xmpp/errors.ts';
import { isFinal } from '../../src/xmpp/session/backoff.ts';
import type { SessionControl } from '../../src/xmpp/session/create-session.ts';
import {
  type IqHandler,
  type RequestOptions,
  randomId,
  type SessionEvents,
} from '../../src/xmpp/session/session.ts';
import { type Element, elements, x } from '../../src/xmpp/stanza.ts';
import { parse } from './parse.ts';

export class FakeSession extends EventEmitter<SessionEvents> implements SessionControl {
  readonly account: string;
  readonly domain: string;
  jid: string;
  online = true;
  timeout = 30_000;
  acknowledges = false;
  nextSequence: number | undefined;
  streamFeatures = new Set<string>();
  /** everything written, oldest first */
  readonly sentStanzas: Element[] = [];
  acknowledgementRequests = 0;
  nudges = 0;
  readonly security = undefined;
  /** as if the server were on this computer */
  localAddress: string | undefined = '127.0.0.1';
  /** passwords that later reconnections shall use */
  readonly passwords: string[] = [];
  /** what the next attempts to connect end with; undefined: they succeed */
  refusal: XmppError | undefined;
  /** attempts to connect */
  connects = 0;
  closes = 0;
  /** streams that were begun beside it; each is refused unless it is prepared */
  readonly seconds: FakeSession[] = [];
  prepareSecond: ((second: FakeSession) => void) | undefined;
  private readonly waiting = new Map<
    string,
    { to: string | undefined; resolve: (iq: Element) => void; reject: (error: Error) => void }
  >();
  private readonly handlers = new Map<string, IqHandler>();
  private readonly answers: {
    match: (iq: Element) => boolean;
    answer: (iq: Element) => string | Element | undefined;
  }[] = [];

  constructor(jid = 'juliet@example.org/balcony') {
    super();
    // As the real one: every feature listens.
    this.setMaxListeners(0);
    this.jid = jid;
    this.account = jid.slice(0, jid.indexOf('/'));
    this.domain = this.account.slice(this.account.indexOf('@') + 1);
  }

  async connect(): Promise<void> {
    if (this.online) return;
    this.connects++;
    this.emit('connecting', { attempt: 1 });
    await Promise.resolve();
    if (this.refusal !== undefined) {
      this.emit('offline', { reason: this.refusal, final: true, retryIn: undefined });
      throw this.refusal;
    }
    this.renew();
  }

  async close(): Promise<void> {
    this.closes++;
    if (this.online) this.drop({ final: true });
  }

  reconnectNow(): void {}

  abandon(): void {
    this.drop();
  }

  setPassword(password: string): void {
    this.passwords.push(password);
  }

  /** A new stream is up; `forgotten`: the server knows nothing of the old one. */
  renew({ forgotten = false } = {}): void {
    this.online = true;
    this.emit('online', { jid: this.jid, forgotten });
  }

  /** The old stream goes on (XEP-0198 §5). */
  resume({ inherited = false } = {}): void {
    this.online = true;
    this.emit('resumed', { inherited });
  }

  /** The stream is gone; unless it may be resumed, so is every answer that was to come. */
  drop({
    final = false,
    reason,
    resumable = false,
  }: {
    final?: boolean;
    reason?: XmppError;
    resumable?: boolean;
  } = {}): void {
    this.online = false;
    if (!resumable) {
      const open = [...this.waiting.values()];
      this.waiting.clear();
      for (const { reject } of open) reject(new DisconnectedError());
    }
    this.emit('offline', { reason, final, retryIn: final ? undefined : 1000 });
  }

  /** What the server says of a stanza's size (XEP-0478). */
  maxStanzaBytes: number | undefined;
  private readonly causes: ((reason: XmppError | undefined) => XmppError | undefined)[] = [];

  explainEnd(cause: (reason: XmppError | undefined) => XmppError | undefined): void {
    this.causes.push(cause);
  }

  /** The stream ends; as `drop`, with what somebody says to have brought it about. */
  end({ reason, resumable = false }: { reason?: XmppError; resumable?: boolean }): void {
    const cause = this.causes.map((find) => find(reason)).find((found) => found !== undefined);
    const told = cause ?? reason;
    const options = { resumable: resumable && cause === undefined, final: isFinal(told) };
    this.drop(told === undefined ? options : { ...options, reason: told });
  }

  hasStreamFeature(name: string, xmlns: string): boolean {
    return this.streamFeatures.has(`${xmlns} ${name}`);
  }

  send(stanza: Element): void {
    if (!this.online) throw new DisconnectedError();
    this.sentStanzas.push(stanza);
    this.emit('sent', stanza);
  }

  requestAcknowledgement(): void {
    this.acknowledgementRequests++;
  }

  nudge(): void {
    this.nudges++;
  }

  beside(): FakeSession {
    const second = new FakeSession(`${this.account}/second`);
    second.online = false;
    this.seconds.push(second);
    if (this.prepareSecond === undefined) second.refusal = new ConnectionError('policy', 'one stream only');
    else this.prepareSecond(second);
    return second;
  }

  request(iq: Element, options: RequestOptions = {}): Promise<Element> {
    iq.attrs.id ??= randomId();
    const id = iq.attrs.id;
    const { signal } = options;
    const answer = new Promise<Element>((resolve, reject) => {
      const aborted = () => {
        if (this.waiting.delete(id)) reject(signal?.reason);
      };
      const settle =
        <T>(then: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener('abort', aborted);
          then(value);
        };
      signal?.addEventListener('abort', aborted);
      this.waiting.set(id, { to: iq.attrs.to, resolve: settle(resolve), reject: settle(reject) });
    });
    try {
      this.send(iq);
    } catch (error) {
      this.waiting.delete(id);
      return Promise.reject(error);
    }
    const prepared = this.answers.find((entry) => entry.match(iq));
    if (prepared) {
      const reply = prepared.answer(iq);
      if (reply !== undefined) queueMicrotask(() => this.waiting.has(id) && this.answer(iq, reply));
    }
    return answer;
  }

  respond(type: 'get' | 'set', name: string, xmlns: string, handler: IqHandler): () => void {
    const key = `${type} ${xmlns} ${name}`;
    this.handlers.set(key, handler);
    return () => this.handlers.delete(key);
  }

  /**
   * Prepares the answer to requests with that payload: XML of the payload of the result, or an `<error/>`.
   * `to` narrows it to one addressee; nothing at all is no answer.
   */
  whenAsked(
    type: 'get' | 'set',
    name: string,
    xmlns: string,
    answer: string | ((iq: Element) => string | Element | undefined),
    to?: string,
  ): void {
    this.answers.unshift({
      match: (iq) =>
        iq.attrs.type === type &&
        iq.getChild(name, xmlns) !== undefined &&
        (to === undefined || iq.attrs.to === to),
      answer: typeof answer === 'string' ? () => answer : answer,
    });
  }

  /** Answers one request that was sent; `payload` is XML or an element; an `<error/>` makes the answer an error. */
  answer(iq: Element, payload: string | Element = ''): void {
    const entry = this.waiting.get(iq.attrs.id ?? '');
    if (entry === undefined) throw new Error(`no open request with the id ${iq.attrs.id}`);
    this.waiting.delete(iq.attrs.id ?? '');
    const node = typeof payload === 'string' ? (payload === '' ? undefined : parse(payload)) : payload;
    const failed = node?.getName() === 'error';
    const stanza = x(
      'iq',
      {
        xmlns: 'jabber:client',
        type: failed ? 'error' : 'result',
        id: iq.attrs.id,
        from: iq.attrs.to,
        to: this.jid,
      },
      node,
    );
    if (failed) entry.reject(parseStanzaError(stanza));
    else entry.resolve(stanza);
  }

  /** Plays the server: delivers a message or presence written as XML. */
  receive(xml: string): void {
    const stanza = parse(xml);
    const name = stanza.getName();
    if (name === 'message' || name === 'presence') this.emit(name, stanza);
    else throw new Error('use ask() for IQ requests');
  }

  /** Plays a peer that asks: resolves to the answer stanza, of type result or error. */
  async ask(xml: string): Promise<Element> {
    const iq = parse(xml);
    const payload = elements(iq)[0];
    const handler = payload && this.handlers.get(`${iq.attrs.type} ${payload.getNS()} ${payload.getName()}`);
    const head = { xmlns: 'jabber:client', id: iq.attrs.id, to: iq.attrs.from };
    try {
      if (!payload || !handler) throw new StanzaError('service-unavailable');
      return x('iq', { ...head, type: 'result' }, await handler(iq, payload));
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      return x('iq', { ...head, type: 'error' }, xStanzaError(error));
    }
  }

  /** Takes what was sent since the last call. */
  take(): Element[] {
    return this.sentStanzas.splice(0);
  }
}
