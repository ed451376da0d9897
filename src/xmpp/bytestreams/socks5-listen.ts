/** The listening side of a SOCKS5 bytestream: our own addresses, one name, for as long as it is needed. XEP-0065 §5. */
import { once } from 'node:events';
import { type AddressInfo, createServer, isIPv4, isIPv6, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { TimeoutError } from '../errors.ts';
import { HIGH_WATER, type SocketStream, socketStream } from './socket-stream.ts';
import { answerConnection } from './socks5.ts';

export interface Listening {
  /** where it can be reached; empty where no address could be listened on */
  readonly places: readonly { readonly host: string; readonly port: number }[];
  /**
   * The newest connection that asked for the right name and still stands; waits for one. Rejects with TimeoutError, or
   * with the reason of `signal`. The others are closed, and nobody else is let in.
   */
  connection(options?: { timeout?: number; signal?: AbortSignal | undefined }): Promise<SocketStream>;
  /** Nobody is let in any more, and who was is sent away, except a connection that was handed out. */
  close(): void;
}

/** addresses listened on */
const MOST_ADDRESSES = 6;
/** connections at one address that have not shown the name yet, or have and wait */
const MOST_CONNECTIONS = 8;
/** of those that have: the other side tries several of our addresses, but few */
const MOST_WAITING = 4;
/** milliseconds for the handshake */
const HANDSHAKE_PATIENCE = 10_000;
const DEFAULT_TIMEOUT = 10_000;

/** Of this computer alone, of the link alone, or none: nobody else reaches us there. */
const UNREACHABLE = /^(?:127\.|169\.254\.|0\.|::1$|fe[89ab][\da-f]:)/i;

/** True for an address that means this computer itself. */
export const isLoopbackAddress = (address: string): boolean => /^(?:127\.|::1$|::ffff:127\.)/i.test(address);

/**
 * Addresses of this computer at which others may reach it. `toServer`: the one that our stream to the server has, the
 * likeliest one. A server on this computer is there for people on it: then it is the loopback address alone.
 */
export function ownAddresses(toServer: string | undefined, interfaces = networkInterfaces()): string[] {
  const first = toServer?.replace(/^::ffff:(?=\d+\.)/i, '');
  if (first !== undefined && isLoopbackAddress(first)) return [first];
  const all = Object.values(interfaces).flatMap((some) => some ?? []);
  const found = all
    .filter(({ internal, address }) => !internal && !UNREACHABLE.test(address))
    .map(({ address }) => address);
  const mine = found.filter((address) => address === first);
  const [four, six] = [found.filter(isIPv4), found.filter(isIPv6)];
  return [...new Set([...mine, ...four, ...six])].slice(0, MOST_ADDRESSES);
}

async function listenAt(address: string, accept: (socket: Socket) => void): Promise<Server | undefined> {
  const server = createServer({ allowHalfOpen: true, noDelay: true, highWaterMark: HIGH_WATER }, accept);
  server.maxConnections = MOST_CONNECTIONS;
  try {
    server.listen(0, address);
    await once(server, 'listening');
    // A connection that fails before it is ours is no concern of ours.
    server.on('error', () => undefined);
    return server;
  } catch {
    return undefined;
  }
}

/** Somebody who has shown the name, and may leave before it is their turn. */
interface Waiting {
  readonly closed: boolean;
  close(): void;
  /** The connection, for whoever uses it. */
  hand(): SocketStream;
}

function waitingFor(socket: Socket): Waiting {
  // Something to read that is nothing: the end.
  const left = () => {
    if (socket.readableLength === 0) socket.destroy();
  };
  socket.on('readable', left);
  return {
    get closed() {
      return socket.destroyed;
    },
    close: () => socket.destroy(),
    hand() {
      socket.off('readable', left);
      return socketStream(socket);
    },
  };
}

/** Listens at some of our addresses for connections to `destination` (DST.ADDR). Never rejects. */
export async function listenFor(
  destination: string,
  addresses: readonly string[],
  { handshakePatience = HANDSHAKE_PATIENCE }: { handshakePatience?: number } = {},
): Promise<Listening> {
  /** those that have not shown the name yet */
  const strangers = new Set<Socket>();
  let waiting: Waiting[] = [];
  let wake = () => {};

  async function answer(socket: Socket): Promise<void> {
    socket.on('error', () => undefined);
    strangers.add(socket);
    const timer = setTimeout(() => socket.destroy(new TimeoutError()), handshakePatience);
    try {
      await answerConnection(socket, destination);
      waiting = waiting.filter(({ closed }) => !closed);
      if (waiting.length >= MOST_WAITING) waiting.shift()?.close();
      waiting.push(waitingFor(socket));
      wake();
    } catch {
      // It was told already, and says nothing that matters.
      socket.destroySoon();
    } finally {
      clearTimeout(timer);
      strangers.delete(socket);
    }
  }

  const opened = await Promise.all(
    addresses.map((address) => listenAt(address, (socket) => void answer(socket))),
  );
  const servers = opened.filter((server) => server !== undefined);

  function close(): void {
    for (const server of servers) server.close();
    for (const socket of strangers) socket.destroy();
    for (const { close: leave } of waiting) leave();
    waiting = [];
  }

  function newest(): SocketStream | undefined {
    const at = waiting.findLastIndex(({ closed }) => !closed);
    return at < 0 ? undefined : waiting.splice(at, 1)[0]?.hand();
  }

  return {
    places: servers.map((server) => {
      const { address, port } = server.address() as AddressInfo;
      return { host: address, port };
    }),
    close,
    async connection({ timeout = DEFAULT_TIMEOUT, signal } = {}) {
      let over: unknown;
      const end = (error: unknown) => {
        over = error;
        wake();
      };
      const timer = setTimeout(() => end(new TimeoutError('nobody connected')), timeout);
      const abort = () => end(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
      try {
        for (;;) {
          if (over !== undefined) throw over;
          const stream = newest();
          if (stream !== undefined) return stream;
          await new Promise<void>((go) => {
            wake = go;
          });
        }
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        close();
      }
    },
  };
}
