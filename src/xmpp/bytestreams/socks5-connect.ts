/** The connecting side of a SOCKS5 bytestream. XEP-0065 §5.3.2, §6.3.4. */
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { connect, type LookupFunction, type TcpNetConnectOpts } from 'node:net';
import type { DuplexOptions } from 'node:stream';
import { TimeoutError, XmppError } from '../errors.ts';
import { unless } from '../waiting.ts';
import { HIGH_WATER, type SocketStream, socketStream } from './socket-stream.ts';
import { requestConnection } from './socks5.ts';
import type { StreamHost } from './streamhosts.ts';

/**
 * The addresses that may be connected to for a streamhost, of which somebody else said where it is. Rejects, or resolves
 * to none, where it may not be. A name is looked up here and nowhere else, so that it cannot mean another host later.
 */
export type Permit = (host: StreamHost) => Promise<readonly LookupAddress[]>;

export interface ConnectTerms {
  /** DST.ADDR */
  readonly destination: string;
  readonly permit: Permit;
  readonly signal?: AbortSignal | undefined;
  /** milliseconds for one streamhost, from the name to the end of the handshake; default 5,000 */
  readonly patience?: number | undefined;
}

const DEFAULT_PATIENCE = 5_000;
/** milliseconds for one of several addresses of a name */
const ADDRESS_PATIENCE = 2_000;
/** streamhosts tried; more would make of us a tool to find out what listens where */
export const MOST_TRIED = 8;
/** milliseconds for all of them */
const ALL_PATIENCE = 25_000;

async function dial(
  { host, port }: StreamHost,
  addresses: readonly LookupAddress[],
  destination: string,
  signal: AbortSignal,
): Promise<SocketStream> {
  const lookup: LookupFunction = (_name, { all }, give) => {
    const [first] = addresses;
    if (all === true) give(null, [...addresses]);
    else give(null, first?.address ?? '', first?.family);
  };
  const options: TcpNetConnectOpts & DuplexOptions = {
    host,
    port,
    lookup,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_PATIENCE,
    allowHalfOpen: true,
    noDelay: true,
    highWaterMark: HIGH_WATER,
  };
  const socket = connect(options);
  const abort = () => socket.destroy(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  // Errors reach whoever waits; between two waits nobody does.
  socket.on('error', () => undefined);
  try {
    signal.throwIfAborted();
    await once(socket, 'connect');
    await requestConnection(socket, destination);
    return socketStream(socket);
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Connects to one streamhost. Rejects with XmppError or what the system says; with the reason of `signal`. */
export async function connectTo(host: StreamHost, terms: ConnectTerms): Promise<SocketStream> {
  const { destination, permit, signal, patience = DEFAULT_PATIENCE } = terms;
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(new TimeoutError('the streamhost does not answer')), patience);
  const ended = signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]);
  try {
    const addresses = await unless(ended, permit(host));
    if (addresses.length === 0) throw new XmppError('not-allowed', 'an address that is not connected to');
    return await dial(host, addresses, destination, ended);
  } catch (error) {
    throw ended.aborted ? ended.reason : error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Connects to the first that works, one after the other in their order (XEP-0065 §5.3.2), eight at most. Resolves to
 * undefined where none does. Rejects with the reason of `signal` only.
 */
export async function connectToFirst(
  hosts: readonly StreamHost[],
  terms: ConnectTerms,
): Promise<{ readonly host: StreamHost; readonly stream: SocketStream } | undefined> {
  const { signal, patience = DEFAULT_PATIENCE } = terms;
  const end = performance.now() + ALL_PATIENCE;
  for (const host of hosts.slice(0, MOST_TRIED)) {
    const left = end - performance.now();
    if (left <= 0) break;
    try {
      return { host, stream: await connectTo(host, { ...terms, patience: Math.min(patience, left) }) };
    } catch {
      // Why it failed tells the other side nothing: what is in our network is not its business.
      signal?.throwIfAborted();
    }
  }
  return undefined;
}
