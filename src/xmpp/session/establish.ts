/** From a domain to a trusted TLS stream, before a byte of XMPP beyond STARTTLS. RFC 6120 §3, §5; XEP-0368. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type SecureContext, type TLSSocket } from 'node:tls';
import { ConnectionError, type XmppError } from '../errors.ts';
import { Deadline } from './deadline.ts';
import { startTls } from './starttls.ts';
import { isLoopback, type ResolveSrv, resolveTargets, srvResolver, type Target } from './targets.ts';
import { connectionError, tlsOptions, trustedRoots } from './trust.ts';

export interface Established {
  socket: Socket;
  /** the connection below TLS: what it has read tells of records that are not whole yet */
  raw: Socket;
  /** absent on plain loopback only */
  tls: TLSSocket | undefined;
  target: Target;
  /** our address in it, which the socket forgets when it is closed */
  localAddress: string | undefined;
}

export interface EstablishOptions {
  domain: string;
  /** where to go; found by DNS when absent */
  target?: Target | undefined;
  /** PEM certificates believed beside the usual roots */
  ca?: string | undefined;
  /** no TLS at all: for servers of tests and benchmarks, on loopback only */
  plaintext?: boolean;
  /** milliseconds of silence of one target; default 10,000 */
  targetTimeout?: number;
  /** told of every connection that is begun */
  began?: ((raw: Socket) => void) | undefined;
  /** told of every TLS handshake that is through, before its certificate is judged: to look at, not to write to */
  handshaken?: ((tls: TLSSocket) => void) | undefined;
  resolveSrv?: ResolveSrv | undefined;
  signal: AbortSignal;
}

const TARGET_TIMEOUT = 10_000;
const KEEP_ALIVE = 30_000;
/** RFC 8305 §5: how long one address may take before the next one is tried beside it. */
const NEXT_ADDRESS = 250;

/**
 * Tries every target in order. Resolves to a socket whose server proved to be the domain; it is paused.
 * Rejects with the most telling ConnectionError or StreamError of all targets, or with the signal's reason.
 */
export async function establish(options: EstablishOptions): Promise<Established> {
  const { domain, signal } = options;
  const targets = options.target
    ? [options.target]
    : await resolveTargets(domain, options.resolveSrv ?? srvResolver(signal));
  signal.throwIfAborted();
  const roots = trustedRoots(options.ca);
  let worst: XmppError | undefined;
  for (const target of targets) {
    try {
      return await reach(target, options, roots);
    } catch (error) {
      signal.throwIfAborted();
      worst = moreTelling(worst, error as XmppError);
    }
  }
  throw worst ?? new ConnectionError('unreachable', domain);
}

/** A server that was reached says more than one that was not; a wrong certificate more than anything. */
function moreTelling(known: XmppError | undefined, next: XmppError): XmppError {
  const weight = ({ condition }: XmppError) =>
    condition.startsWith('certificate-')
      ? 3
      : ['refused', 'unreachable', 'timeout', 'dns-not-found', 'dns-failed'].includes(condition)
        ? 1
        : 2;
  return known !== undefined && weight(known) >= weight(next) ? known : next;
}

async function reach(
  target: Target,
  options: EstablishOptions,
  context: () => SecureContext,
): Promise<Established> {
  const socket = connectTcp({
    host: target.host,
    port: target.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS,
  });
  options.began?.(socket);
  const where = `${target.host}:${target.port}`;
  const stop = () => socket.destroy(new ConnectionError('timeout', where));
  const abort = () => socket.destroy(new ConnectionError('closed', where));
  const deadline = new Deadline(options.targetTimeout ?? TARGET_TIMEOUT, stop, () => socket.bytesRead);
  options.signal.addEventListener('abort', abort);
  // Between two steps nobody else listens.
  socket.on('error', ignore);
  try {
    await ready(socket, 'connect', where);
    if (options.plaintext === true) return plain(socket, target);
    const proceeding = target.direct ? Promise.resolve() : startTls(socket, options.domain);
    // Heard below; until then nobody else would.
    proceeding.catch(ignore);
    // The first time this takes Node 15 ms; the server's answer is on its way meanwhile.
    const secure = context();
    await proceeding;
    const tls = connectTls({ ...tlsOptions(options.domain, secure, target.direct), socket });
    tls.on('error', ignore);
    // Node judges in a listener of its own for this event, and what is refused has no certificate any more.
    tls.prependListener('secure', () => options.handshaken?.(tls));
    hastenTickets(tls);
    await ready(tls, 'secureConnect', where);
    if (!tls.authorized) throw new ConnectionError('certificate-untrusted', where);
    tls.pause();
    return { socket: tls, raw: socket, tls, target, localAddress: socket.localAddress };
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    deadline.end();
    options.signal.removeEventListener('abort', abort);
  }
}

const ignore = () => undefined;

/** Servers send two; one that sends thousands gets no answer to them. */
const TICKETS = 4;

/**
 * With TLS 1.3 the server's second session ticket and its first answer wait 40 ms for an acknowledgement that our
 * side delays (Nagle's algorithm there, RFC 1122 §4.2.3.2 here): one byte of white space carries it at once.
 * RFC 6120 §4.6.1 allows it between stanzas; before a header it may stand as we write no XML declaration.
 */
function hastenTickets(tls: TLSSocket): void {
  let spaces = 0;
  tls.on('session', () => {
    if (tls.getProtocol() !== 'TLSv1.3' || ++spaces > TICKETS) return;
    // Writing within the event itself breaks the connection.
    setImmediate(() => tls.writable && tls.write(' '));
  });
}

/** For tests and benchmarks: no peer beyond this machine gets to see clear text. */
function plain(socket: Socket, target: Target): Established {
  if (!isLoopback(socket.remoteAddress))
    throw new ConnectionError('policy', 'clear text is for loopback only');
  socket.pause();
  return { socket, raw: socket, tls: undefined, target, localAddress: socket.localAddress };
}

function ready(socket: Socket, event: 'connect' | 'secureConnect', where: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      socket.off(event, done).off('error', failed).off('close', closed);
      act();
    };
    const done = () => settle(resolve);
    const failed = (error: Error) => settle(() => reject(connectionError(error, where)));
    const closed = () => settle(() => reject(new ConnectionError('closed', where)));
    socket.on(event, done).on('error', failed).on('close', closed);
  });
}
