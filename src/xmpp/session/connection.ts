/** One attempt to get a stream that is of use: connect, TLS, negotiation, under one deadline. */
import type { Socket } from 'node:net';
import { ConnectionError, StreamError } from '../errors.ts';
import { ClientStream, type Goodbye, type StreamListener } from './client-adapter.ts';
import { Deadline } from './deadline.ts';
import type { Traffic } from './debug.ts';
import { type EstablishOptions, establish } from './establish.ts';
import { Inbox } from './inbox.ts';
import type { Intake } from './options.ts';
import { RemoteStreamError } from './stream-error.ts';
import type { XmlLimits } from './stream-parser.ts';
import { parseOtherHost, type Target } from './targets.ts';

export interface AttemptOptions {
  establish: Omit<EstablishOptions, 'signal' | 'target'>;
  target: Target | undefined;
  /** bare JID of the account, told to the server on the secure stream */
  from: string | undefined;
  lang: string | undefined;
  limits: XmlLimits;
  /** default `awaited` */
  goodbye?: Goodbye | undefined;
  traffic: Traffic | undefined;
  intake?: Intake | undefined;
  /** milliseconds that the server may be silent, but for what the deadline is stopped for; ten times that in all */
  timeout: number;
  signal: AbortSignal;
}

/** What is done on the open stream; its errors end the attempt. */
export type Negotiate<T> = (stream: ClientStream, inbox: Inbox, deadline: Deadline) => Promise<T>;

export interface Connection<T> {
  stream: ClientStream;
  negotiated: T;
  /** Hands over to the listener what came meanwhile and, from now on, everything. */
  adopt(listener: StreamListener): void;
}

const REDIRECTIONS = 3;

/** Resolves when `negotiate` did; rejects with XmppError, or with what `negotiate` threw. */
export async function attempt<T>(options: AttemptOptions, negotiate: Negotiate<T>): Promise<Connection<T>> {
  const ender = new AbortController();
  const abort = () => ender.abort(new ConnectionError('closed', 'cancelled'));
  if (options.signal.aborted) abort();
  options.signal.addEventListener('abort', abort);
  let raw: Socket | undefined;
  const began = (socket: Socket) => {
    raw = socket;
  };
  const deadline = new Deadline(
    options.timeout,
    () => ender.abort(new ConnectionError('timeout')),
    () => raw?.bytesRead ?? 0,
  );
  try {
    let target = options.target;
    for (let hops = 0; ; hops++) {
      const tried = open(options, target, ender.signal, began);
      try {
        const negotiated = await within(tried, ender.signal, () =>
          negotiate(tried.stream, tried.inbox, deadline),
        );
        return { stream: tried.stream, negotiated, adopt: tried.adopt };
      } catch (error) {
        const other = otherHost(error, tried.stream);
        giveUp(tried.stream, error);
        // RFC 6120 §4.9.3.19: another host, with the same proofs asked of it.
        if (other === undefined || hops >= REDIRECTIONS) throw error;
        target = other;
      }
    }
  } finally {
    deadline.end();
    options.signal.removeEventListener('abort', abort);
  }
}

interface Tried {
  stream: ClientStream;
  inbox: Inbox;
  adopt(listener: StreamListener): void;
}

/** A stream that is not connected yet, and where its elements go until somebody adopts it. */
function open(
  options: AttemptOptions,
  target: Target | undefined,
  signal: AbortSignal,
  began: (raw: Socket) => void,
): Tried {
  const inbox: Inbox = new Inbox((element) => stream.send(element));
  let listener: StreamListener = {
    element: (element) => inbox.receive(element),
    heard: () => undefined,
    reading: () => undefined,
    read: () => undefined,
    ended: (reason) => inbox.ended(reason),
  };
  const { from, lang, limits, traffic, intake, goodbye = 'awaited' } = options;
  const { domain } = options.establish;
  const stream = new ClientStream(
    {
      domain,
      from,
      lang,
      limits,
      goodbye,
      traffic,
      intake,
      establish: () => establish({ ...options.establish, target, signal, began }),
    },
    {
      element: (element) => listener.element(element),
      heard: () => listener.heard(),
      reading: () => listener.reading(),
      read: () => listener.read(),
      ended: (reason) => listener.ended(reason),
    },
  );
  const adopt = (next: StreamListener) => {
    for (const element of inbox.drain()) next.element(element);
    listener = next;
    if (inbox.reason !== undefined) next.ended(inbox.reason);
  };
  return { stream, inbox, adopt };
}

/** Until the signal drops the connection, and with it everybody who waits for something from it. */
async function within<T>(
  { stream, inbox }: Tried,
  signal: AbortSignal,
  negotiate: () => Promise<T>,
): Promise<T> {
  const ended = new Promise<never>((_resolve, reject) => {
    const abort = () => {
      stream.destroy(signal.reason);
      inbox.ended(signal.reason);
      // A hook that waits for a person is not waited for.
      reject(signal.reason);
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  return Promise.race([stream.open().then(negotiate), ended]);
}

/** Where a server whose certificate was right sends us to. */
function otherHost(error: unknown, stream: ClientStream): Target | undefined {
  const established = stream.established;
  if (!(error instanceof RemoteStreamError) || established?.tls === undefined) return undefined;
  return error.otherHost === undefined
    ? undefined
    : parseOtherHost(error.otherHost, {
        direct: established.target.direct,
        localAddress: established.localAddress,
      });
}

/** Leaves no socket behind; nobody waits for the server's good-bye. */
function giveUp(stream: ClientStream, error: unknown): void {
  const ours = error instanceof StreamError && !(error instanceof RemoteStreamError);
  if (ours) stream.fail(error);
  else void stream.close();
}
