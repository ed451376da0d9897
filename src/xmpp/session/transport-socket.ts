/** The socket that @xmpp/client gets to see: trusted before it is connected, characters instead of bytes. */
import { EventEmitter } from 'node:events';
import { ConnectionError } from '../errors.ts';
import type { Established } from './establish.ts';
import type { Intake } from './options.ts';
import { FOOTER } from './stream-header.ts';
import { connectionError } from './trust.ts';
import { Utf8Stream } from './utf8-stream.ts';
import { carriable } from './xml.ts';

interface SocketEvents {
  connect: [];
  data: [text: string];
  error: [error: Error];
  close: [];
}

/** How long a peer may take to close its side after ours. */
const LINGER = 500;

/**
 * Bytes that are passed on together at most: what one turn of the event loop brings (several records of TLS, 16 KiB
 * each, and several reads) is kept together, and the screen is not held up by more than that.
 */
const TOGETHER = 128 * 1024;

/**
 * Bytes of a record of TLS. Prosody reads so many at a time, and where that is not the end of a record it sleeps for a
 * millisecond before it reads on (server_epoll.lua: `dirty`, `min_wait`): what is larger than that takes it as many
 * milliseconds as there are 4,096 bytes in it.
 */
const RECORD = 4096;
/** Milliseconds behind what took more than a record, within which everything ends with a record. */
const BULK = 250;
/** White space between stanzas (RFC 6120 §4.6.1) may be this part of what is written in bulk, and so many bytes before. */
const FILLING = 1 / 8;
const FIRST_FILLING = 4 * RECORD;

export interface TransportReader {
  /** whether more may be read; always when absent */
  readonly intake?: Intake | undefined;
  /** false while nobody can take characters: they are dropped then */
  wanted(): boolean;
  /** when the bytes are no UTF-8; nothing more is read then */
  broken(): void;
}

export class TransportSocket extends EventEmitter<SocketEvents> {
  readonly #establish: () => Promise<Established>;
  readonly #reader: TransportReader;
  #established: Established | undefined;
  #linger: NodeJS.Timeout | undefined;
  #ended = false;
  /** read and not passed on yet */
  #gathered = '';
  #bytes = 0;
  #soon: NodeJS.Immediate | undefined;
  /** bytes below TLS when something whole came the last time */
  #whole = 0;
  /** bytes that this turn of the program wrote */
  #written = 0;
  /** until when, by the monotonic clock */
  #bulkUntil = Number.NEGATIVE_INFINITY;
  /** bytes of white space that may be written */
  #credit = FIRST_FILLING;

  constructor(establish: () => Promise<Established>, reader: TransportReader) {
    super();
    this.#establish = establish;
    this.#reader = reader;
  }

  get secure(): boolean {
    return this.#established?.tls !== undefined;
  }

  /** bytes that came since, of a record that is not whole yet */
  get partial(): number {
    const raw = this.#established?.raw;
    return raw === undefined ? 0 : raw.bytesRead - this.#whole;
  }

  get established(): Established | undefined {
    return this.#established;
  }

  /** Emits `connect` when the stream is trusted, else `error` and `close`. */
  connect(): void {
    this.#establish().then(
      (established) => this.#adopt(established),
      (error) => {
        this.emit('error', error);
        this.emit('close');
      },
    );
  }

  write(text: string, done?: (error?: Error | null) => void): void {
    const socket = this.#established?.socket;
    if (socket?.writable !== true) {
      done?.(new ConnectionError('closed'));
      return;
    }
    // What one turn of the program writes becomes one packet.
    if (socket.writableCorked === 0) {
      socket.cork();
      process.nextTick(() => {
        this.#fill();
        socket.uncork();
      });
    }
    // One such character would end the stream, at every attempt to send what it stands in.
    const bytes = Buffer.from(carriable(text));
    this.#written += bytes.length;
    // Nothing follows the end of the stream.
    if (text.endsWith(FOOTER)) this.#credit = Number.NEGATIVE_INFINITY;
    socket.write(bytes, done);
  }

  /** So that a read of the server's ends where a record does: one that does not is followed by others that do not. */
  #fill(): void {
    const { tls } = this.#established ?? {};
    const written = this.#written;
    this.#written = 0;
    if (tls?.writable !== true) return;
    const now = performance.now();
    if (written > RECORD) {
      this.#bulkUntil = now + BULK;
      this.#credit = Math.min(this.#credit + written * FILLING, FIRST_FILLING);
    }
    const missing = (RECORD - (written % RECORD)) % RECORD;
    if (now > this.#bulkUntil || missing > this.#credit) return;
    this.#credit -= missing;
    tls.write(Buffer.alloc(missing, ' '));
  }

  /** Flushes, says good-bye, and is gone `linger` milliseconds later whatever the peer does. */
  end(linger = LINGER): void {
    const socket = this.#established?.socket;
    if (socket === undefined || this.#ended) return;
    this.#ended = true;
    this.#linger = setTimeout(() => socket.destroy(), linger);
    socket.end();
  }

  /** Flushes and is gone: nothing more is expected from the peer. */
  finish(): void {
    const socket = this.#established?.socket;
    socket?.end(() => socket.destroy());
  }

  /** At once, without a word. */
  destroy(): void {
    this.#forget();
    this.#established?.socket.destroy();
  }

  #adopt(established: Established): void {
    const { socket } = established;
    this.#established = established;
    established.tls?.setMaxSendFragment(RECORD);
    const utf8 = new Utf8Stream();
    const { intake } = this.#reader;
    let held = false;
    const goOn = () => {
      held = false;
      read();
    };
    // All that came at once, not record by record: what comes together is kept together.
    const read = () => {
      if (held) return;
      if (intake?.open === false) {
        held = true;
        void intake.opened().then(goOn);
        return;
      }
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      this.#whole = established.raw.bytesRead;
      const text = utf8.decode(chunk);
      if (text === undefined) {
        socket.off('readable', read).resume();
        this.#passOn();
        this.#reader.broken();
      } else {
        this.#gather(text, chunk.length);
        // Nothing is left, and that has to be seen for more to come.
        read();
      }
    };
    socket.on('readable', read);
    socket.on('error', (error) => {
      this.#passOn();
      this.emit('error', connectionError(error, 'connection lost'));
    });
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      this.#passOn();
      clearTimeout(this.#linger);
      this.emit('close');
    });
    this.emit('connect');
  }

  /** Until everything that is there has been read, or it is enough. */
  #gather(text: string, bytes: number): void {
    this.#gathered += text;
    this.#bytes += bytes;
    if (this.#bytes >= TOGETHER) this.#passOn();
    else this.#soon ??= setImmediate(() => this.#passOn());
  }

  /** Before anything else is said of the connection. */
  #passOn(): void {
    const text = this.#forget();
    if (text !== '' && this.#reader.wanted()) this.emit('data', text);
  }

  #forget(): string {
    const text = this.#gathered;
    clearImmediate(this.#soon);
    this.#soon = undefined;
    this.#gathered = '';
    this.#bytes = 0;
    return text;
  }
}
