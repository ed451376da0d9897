/** One address of a host at a time, where a connection takes whichever answers first: to say which of them does not. */
import { promises as dns, type LookupAddress } from 'node:dns';
import { connect, isIP } from 'node:net';
import { ConnectionError } from '../errors.ts';
import { connectionError } from './trust.ts';

/** The addresses of a host, by the system's own rules (hosts file, DNS). */
export type LookUp = (host: string) => Promise<readonly Pick<LookupAddress, 'address'>[]>;

export const lookUpHost: LookUp = (host) => dns.lookup(host, { all: true });

interface Bounds {
  /** milliseconds */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Rejects with ConnectionError `timeout`, or with the signal's reason. */
async function within<T>(work: Promise<T>, { timeout, signal }: Bounds, detail: string): Promise<T> {
  // What lost the race may still fail; nobody is left to hear it.
  work.catch(() => undefined);
  signal.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  let abort = () => {};
  const ended = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new ConnectionError('timeout', detail)), timeout);
    abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  }
}

/** Each once, in the order of the system. Rejects with ConnectionError `dns-not-found`, `dns-failed`, `timeout`. */
export async function addressesOf(
  host: string,
  { lookUp, ...bounds }: Bounds & { readonly lookUp: LookUp },
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    const found = await within(lookUp(host), bounds, host);
    return [...new Set(found.map(({ address }) => address))];
  } catch (error) {
    bounds.signal.throwIfAborted();
    throw connectionError(error, host);
  }
}

/** Connects and hangs up. Resolves to the milliseconds it took; rejects with ConnectionError, or the signal's reason. */
export async function reachAddress(address: string, port: number, bounds: Bounds): Promise<number> {
  bounds.signal.throwIfAborted();
  const began = performance.now();
  const socket = connect({ host: address, port });
  try {
    const connected = new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      // Stays: what comes behind the answer must not become an uncaught exception.
      socket.on('error', (error) => reject(connectionError(error, `${address}:${port}`)));
    });
    await within(connected, bounds, `${address}:${port}`);
    return performance.now() - began;
  } finally {
    socket.destroy();
  }
}
