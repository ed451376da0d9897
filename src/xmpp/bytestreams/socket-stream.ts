/** The bytes of a SOCKS5 bytestream, once a connection stands. XEP-0065 §5. */
import type { Socket } from 'node:net';
import { TimeoutError, XmppError } from '../errors.ts';
import type { InboundStream } from './ibb-inbound.ts';

export interface SendTerms {
  readonly source: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
  /** called with the bytes given to the network so far */
  readonly onProgress?: ((sent: number) => void) | undefined;
}

export interface ReceiveTerms {
  /** bytes the peer declared; fewer or more is an error */
  readonly size?: number | undefined;
  /** most bytes taken where no size was declared */
  readonly limit?: number | undefined;
}

/** One connection. Either `send` or `receive` is called, once; before that what comes waits in the network. */
export interface SocketStream {
  /**
   * Writes everything, at the speed of the other side; resolves when that has read all and closed. Rejects with
   * XmppError `bytestream-broken`, TimeoutError when nothing moved for too long, what `source` throws, or the reason of
   * `signal`. The connection is closed in any case.
   */
  send(terms: SendTerms): Promise<void>;
  /**
   * The bytes, at the reader's speed. The iteration throws XmppError `bytestream-broken` when it ended before `size`
   * bytes, `policy-violation` when more came, TimeoutError when none came for too long. It closes the connection when it
   * ends; `close` ends it at any time.
   */
  receive(terms: ReceiveTerms): InboundStream;
  /** Closes at once; the other side sees that it broke. */
  close(): void;
  readonly closed: boolean;
}

/** bytes that wait to be written or read */
export const HIGH_WATER = 256 * 1024;
/** milliseconds without any byte */
const DEFAULT_PATIENCE = 120_000;

const broken = (error: unknown): XmppError =>
  error instanceof XmppError ? error : new XmppError('bytestream-broken', undefined, { cause: error });

/** Waits until it is closed; throws what the socket failed with. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      socket.off('close', settle);
      if (socket.errored) reject(broken(socket.errored));
      else resolve();
    };
    socket.once('close', settle);
    if (socket.destroyed && socket.closed) settle();
  });
}

/** Waits until the network has taken it; throws what the socket failed with. */
function written(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.write(bytes, (error) => {
      if (error) reject(broken(socket.errored ?? error));
      else resolve();
    });
  });
}

/** `patience`: milliseconds that the other side may take or give nothing; default 2 minutes */
export function socketStream(
  socket: Socket,
  { patience = DEFAULT_PATIENCE }: { patience?: number | undefined } = {},
): SocketStream {
  /** it is the other side that we wait for, not our own disk */
  let theirs = false;
  // Whoever uses it is told by what it waits for; until then nobody is.
  socket.on('error', () => undefined);
  socket.setTimeout(patience, () => {
    if (theirs) socket.destroy(new TimeoutError('no byte moved in time'));
  });
  const theirTurn = async <T>(wait: Promise<T>): Promise<T> => {
    theirs = true;
    // Time that we took ourselves does not count.
    socket.setTimeout(patience);
    try {
      return await wait;
    } finally {
      theirs = false;
    }
  };

  async function send({ source, signal, onProgress }: SendTerms): Promise<void> {
    const abort = () => socket.destroy(new XmppError('cancelled'));
    signal?.addEventListener('abort', abort, { once: true });
    try {
      signal?.throwIfAborted();
      // Nothing is expected; reading notices that the other side is gone.
      socket.resume();
      let sent = 0;
      for await (const bytes of source) {
        if (socket.destroyed) throw broken(socket.errored);
        // Gone before the next is asked for: a source may use its memory again.
        await theirTurn(written(socket, bytes));
        sent += bytes.length;
        onProgress?.(sent);
      }
      if (socket.destroyed) throw broken(socket.errored);
      // At once: a proxy may hold the last bytes back until then.
      socket.end();
      await theirTurn(closed(socket));
    } catch (error) {
      throw signal?.aborted ? signal.reason : error;
    } finally {
      signal?.removeEventListener('abort', abort);
      socket.destroy();
    }
  }

  async function* bytesOf({ size, limit }: ReceiveTerms): AsyncGenerator<Uint8Array, void> {
    const bound = size ?? limit ?? Number.MAX_SAFE_INTEGER;
    let received = 0;
    try {
      const chunks: AsyncIterator<Buffer> = socket[Symbol.asyncIterator]();
      for (;;) {
        const { done, value } = await theirTurn(chunks.next());
        if (done === true) break;
        received += value.length;
        if (received > bound) throw new XmppError('policy-violation', 'more bytes than declared');
        yield value;
        if (received === size) return;
      }
      if (size !== undefined && received < size) throw broken(undefined);
    } catch (error) {
      throw broken(error);
    } finally {
      socket.destroy();
    }
  }

  return {
    send,
    receive(terms) {
      const reader = bytesOf(terms);
      return {
        [Symbol.asyncIterator]: () => reader,
        close: () => socket.destroy(new XmppError('cancelled')),
      };
    },
    close: () => socket.destroy(),
    get closed() {
      return socket.destroyed;
    },
  };
}
