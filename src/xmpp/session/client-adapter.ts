/**
 * The one file that uses `client()` of @xmpp/client 0.14.0. It keeps the package's streams (connect, open, restart,
 * send) and takes the rest out: its transports are replaced by one of ours, its reconnection is stopped, and its
 * middleware, which drives STARTTLS, SASL, binding, stream management and IQs, is unplugged from the events it
 * listens to.
 *
 * Relied upon beyond the documented: `entity.timeout`, `entity.transports`, the members of a transport's prototype,
 * `entity.parser`, and that the middleware listens to `element` and `send` only. client-adapter.test.ts turns red when
 * one changes.
 */
import { EventEmitter } from 'node:events';
import { client, type Entity, type TransportClass } from '@xmpp/client';
import { ConnectionError, DisconnectedError, StreamError, type XmppError } from '../errors.ts';
import type { Traffic } from './debug.ts';
import type { Established } from './establish.ts';
import type { Intake } from './options.ts';
import { parseStreamError, UnreadableError, xStreamError } from './stream-error.ts';
import { FOOTER, xHeader } from './stream-header.ts';
import { StreamParser, type XmlLimits } from './stream-parser.ts';
import { TransportSocket } from './transport-socket.ts';
import type { Element } from './xml.ts';

export interface StreamListener {
  /** for each element below the stream that is no stream error */
  element(element: Element): void;
  /** when anything but white space came, complete or not */
  heard(): void;
  /** around the elements that came together */
  reading(): void;
  read(): void;
  /** once, when the connection is gone; without a reason when both sides had closed the stream */
  ended(reason: XmppError | undefined): void;
}

/**
 * Whether the server's end of the stream is waited for (RFC 6120 §4.4), half a second at most, or only as long as it
 * needs to read ours: ejabberd takes 100 ms to answer it.
 */
export type Goodbye = 'awaited' | 'said';

export interface StreamOptions {
  domain: string;
  /** bare JID for the header of the secure stream */
  from: string | undefined;
  lang: string | undefined;
  limits: XmlLimits;
  goodbye: Goodbye;
  establish: () => Promise<Established>;
  traffic: Traffic | undefined;
  intake: Intake | undefined;
}

/** How long the server may take to close its stream after ours. */
const LINGER = 500;
/**
 * Gone at once, we would refuse what the server still sends, and its kernel then forgets what of ours it has not read
 * yet (RFC 9293 §3.10.7.1).
 */
const GRACE = 25;

/** One connection and its streams, from TLS to the end; a reconnection takes a new one. */
export class ClientStream {
  readonly #entity: Entity;
  readonly #options: StreamOptions;
  readonly #listener: StreamListener;
  readonly #gone: Promise<void>;
  #socket: TransportSocket | undefined;
  #reason: XmppError | undefined;
  #closing = false;
  #ended = false;
  #end: () => void = () => undefined;

  constructor(options: StreamOptions, listener: StreamListener) {
    this.#options = options;
    this.#listener = listener;
    this.#gone = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#entity = this.#plug();
  }

  get established(): Established | undefined {
    return this.#socket?.established;
  }

  /** bytes that came and are no whole TLS record yet */
  get partial(): number {
    return this.#socket?.partial ?? 0;
  }

  /** true while `send` takes something */
  get writable(): boolean {
    return !this.#closing && !this.#ended && this.#socket !== undefined;
  }

  /** Resolves when there is a trusted connection, and the server's header for our first stream came. */
  async open(): Promise<void> {
    const { domain, lang } = this.#options;
    try {
      await this.#entity.connect('xmpp://');
    } catch (error) {
      // Nothing was connected, so nothing will be closed.
      this.#finish(error as XmppError);
      throw error;
    }
    await this.#opened(this.#entity.open({ domain, lang }));
  }

  /** Resolves when the stream was opened anew on the same connection (RFC 6120 §4.3.3). */
  async restart(): Promise<void> {
    await this.#opened(this.#entity.restart());
  }

  /** Hands an element to the kernel. Throws DisconnectedError when the stream is closed or closing. */
  send(element: Element): void {
    if (!this.writable) throw new DisconnectedError();
    this.#options.traffic?.sent(element);
    // The element stays the caller's: the package would hang it below its stream header.
    const { parent } = element;
    this.#entity.send(element).catch(() => undefined);
    element.parent = parent;
  }

  /** Hands white space to the kernel (RFC 6120 §4.6.1). */
  nudge(): void {
    if (this.writable) this.#entity.write(' ').catch(() => undefined);
  }

  /** Closes the stream, waits for the server to do so as `goodbye` says, then resolves when the socket is closed. */
  async close(): Promise<void> {
    this.#shut();
    await this.#gone;
  }

  /** Ends the stream with a stream error of ours. RFC 6120 §4.9. */
  fail(reason: StreamError, application?: Element): void {
    if (this.#closing || this.#ended) return;
    this.#reason ??= reason;
    const told = reason instanceof UnreadableError ? reason.told : reason.condition;
    const error = xStreamError(told, application);
    this.#options.traffic?.sent(error);
    this.#entity.write(error.toString()).catch(() => undefined);
    this.#shut();
    this.#socket?.end();
  }

  /** Drops the connection without a word. */
  destroy(reason: XmppError | undefined): void {
    this.#reason ??= reason;
    this.#closing = true;
    this.#socket?.destroy();
  }

  #shut(): void {
    if (this.#closing || this.#ended) return;
    this.#closing = true;
    this.#entity.write(FOOTER).catch(() => undefined);
    if (this.#options.goodbye === 'said') this.#socket?.end(GRACE);
    const timer = setTimeout(() => this.#socket?.end(), LINGER);
    void this.#gone.then(() => clearTimeout(timer));
  }

  #finish(reason: XmppError | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#closing = true;
    this.#reason ??= reason;
    this.#end();
    this.#listener.ended(this.#reason);
  }

  async #opened(header: Promise<unknown>): Promise<void> {
    const lost = this.#gone.then(() => {
      throw this.#reason ?? new ConnectionError('closed');
    });
    await Promise.race([header, lost]);
  }

  #plug(): Entity {
    const { domain, from, lang } = this.#options;
    const stream = this;
    const entity = client({ service: 'xmpp://', domain });
    // The deadline over the whole log-in is the session's. 0: no timer, which a connection that is cut before its
    // header came would leave behind, and with it a process that cannot end.
    entity.timeout = 0;
    entity.reconnect.stop();
    entity.removeAllListeners('element').removeAllListeners('send');
    entity.on('error', () => undefined);
    // The one for STARTTLS: the others are WebSocket, which is framed otherwise, and direct TLS, derived from it.
    const Base = entity.transports.find(({ prototype }) => takes(prototype, 'xmpp://localhost'));
    if (Base === undefined) throw new Error('@xmpp/client has no TCP transport');

    class Transport extends Base {
      override socketParameters(): unknown {
        return {};
      }
      header(): string {
        return xHeader({ domain, from: stream.#socket?.secure === true ? from : undefined, lang });
      }
      footer(): string {
        return FOOTER;
      }
    }
    class Socket extends TransportSocket {
      constructor() {
        super(stream.#options.establish, {
          // Before the stream is opened, and after it is closed, the package has no parser for what comes.
          wanted: () => entity.parser !== null,
          intake: stream.#options.intake,
          broken: () => stream.fail(new StreamError('not-well-formed', 'no UTF-8')),
        });
        stream.#socket = this;
        this.on('error', (error) => {
          stream.#reason ??= error as XmppError;
        });
        this.on('close', () => stream.#finish(stream.#closing ? undefined : new ConnectionError('closed')));
      }
    }
    class Parser extends EventEmitter {
      readonly #parser = new StreamParser(
        {
          opened: (header) => this.emit('start', header),
          element: (element) => stream.#receive(element, () => this.emit('element', element)),
          closed: () => {
            this.emit('end');
            stream.#closed();
          },
          fault: (condition, text) => stream.fail(new UnreadableError(condition, text)),
        },
        stream.#options.limits,
      );
      write(text: string): void {
        // A parser that was replaced must not go on with what stands behind the end of its stream.
        if (entity.parser !== this) return;
        if (/\S/.test(text)) stream.#listener.heard();
        stream.#listener.reading();
        try {
          this.#parser.write(text);
        } finally {
          stream.#listener.read();
        }
      }
    }
    Transport.prototype.Socket = Socket;
    Transport.prototype.Parser = Parser;
    Transport.prototype.NS = 'jabber:client';
    entity.transports = [Transport];
    entity.on('element', (element: Element) => this.#listener.element(element));
    return entity;
  }

  #receive(element: Element, pass: () => void): void {
    if (this.#ended || this.#reason !== undefined) return;
    this.#options.traffic?.received(element);
    const error = parseStreamError(element);
    if (error === undefined) {
      pass();
      return;
    }
    this.#reason = error;
    this.#shut();
    this.#socket?.end();
  }

  /** The server closed its stream: ours is closed too, unless that was the answer (RFC 6120 §4.4). */
  #closed(): void {
    if (!this.#closing) this.#reason ??= new ConnectionError('closed', 'the server closed the stream');
    this.#shut();
    this.#socket?.finish();
  }
}

/** What the package itself asks to find a transport; the ones for other schemes give nothing or throw. */
function takes(prototype: TransportClass, service: string): boolean {
  try {
    return prototype.socketParameters(service) !== undefined;
  } catch {
    return false;
  }
}
