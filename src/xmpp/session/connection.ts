/** One attempt to get online: connect, TLS, authentication, binding, under one deadline. */
import { ConnectionError, StreamError } from '../errors.ts';
import { ClientStream, type StreamListener } from './client-adapter.ts';
import { Deadline } from './deadline.ts';
import type { Traffic } from './debug.ts';
import { type EstablishOptions, establish } from './establish.ts';
import { Inbox, type LoggedIn, type LogInOptions, logIn, type PreAuthStream } from './log-in.ts';
import { RemoteStreamError } from './stream-error.ts';
import type { XmlLimits } from './stream-parser.ts';
import { parseOtherHost, type Target } from './targets.ts';

export interface AttemptOptions {
  establish: Omit<EstablishOptions, 'signal' | 'target'>;
  target: Target | undefined;
  logIn: Omit<LogInOptions, 'authenticated'> & {
    authenticated(info: { mechanism: string; binding: string | undefined; stream: ClientStream }): void;
  };
  lang: string | undefined;
  limits: XmlLimits;
  traffic: Traffic | undefined;
  /** milliseconds over everything */
  timeout: number;
  signal: AbortSignal;
}

export interface Connection extends LoggedIn {
  stream: ClientStream;
  /** Hands over to the listener what came meanwhile and, from now on, everything. */
  adopt(listener: StreamListener): void;
}

const REDIRECTIONS = 3;

/** Resolves to a bound stream; rejects with XmppError, or with what `beforeAuthentication` threw. */
export async function attempt(options: AttemptOptions): Promise<Connection> {
  const ender = new AbortController();
  const abort = () => ender.abort(new ConnectionError('closed', 'cancelled'));
  if (options.signal.aborted) abort();
  options.signal.addEventListener('abort', abort);
  const deadline = new Deadline(options.timeout, () => ender.abort(new ConnectionError('timeout')));
  try {
    return await follow(options, ender.signal, deadline);
  } finally {
    deadline.stop();
    options.signal.removeEventListener('abort', abort);
  }
}

/** RFC 6120 §4.9.3.19: another host, with the same proofs asked of it. */
async function follow(options: AttemptOptions, signal: AbortSignal, deadline: Deadline): Promise<Connection> {
  let target = options.target;
  for (let hops = 0; ; hops++) {
    const inbox: Inbox = new Inbox((element) => stream.send(element));
    const waiting: StreamListener = {
      element: (element) => inbox.receive(element),
      heard: () => undefined,
      ended: (reason) => inbox.ended(reason),
    };
    let listener = waiting;
    const stream = new ClientStream(
      {
        domain: options.establish.domain,
        from: options.logIn.account,
        lang: options.lang,
        limits: options.limits,
        traffic: options.traffic,
        establish: () => establish({ ...options.establish, target, signal }),
      },
      {
        element: (element) => listener.element(element),
        heard: () => listener.heard(),
        ended: (reason) => listener.ended(reason),
      },
    );
    try {
      const loggedIn = await logInWithin(stream, inbox, options, signal, deadline);
      const adopt = (next: StreamListener) => {
        for (const element of inbox.drain()) next.element(element);
        listener = next;
        if (inbox.reason !== undefined) next.ended(inbox.reason);
      };
      return { ...loggedIn, stream, adopt };
    } catch (error) {
      const other = otherHost(error, stream);
      giveUp(stream, error);
      if (other === undefined || hops >= REDIRECTIONS) throw error;
      target = other;
    }
  }
}

async function logInWithin(
  stream: ClientStream,
  inbox: Inbox,
  options: AttemptOptions,
  signal: AbortSignal,
  deadline: Deadline,
): Promise<LoggedIn> {
  const abort = () => {
    stream.destroy(signal.reason);
    // A hook that waits for a person is not waited for.
    inbox.ended(signal.reason);
  };
  signal.addEventListener('abort', abort);
  const { beforeAuthentication, authenticated } = options.logIn;
  const before =
    beforeAuthentication &&
    (async (open: PreAuthStream) => {
      deadline.stop();
      await beforeAuthentication(open);
      deadline.start();
    });
  try {
    await stream.open();
    return await logIn(stream, inbox, {
      ...options.logIn,
      beforeAuthentication: before,
      authenticated: ({ mechanism, binding }) =>
        authenticated({ mechanism, binding: typeof binding === 'string' ? undefined : binding.type, stream }),
    });
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Where a server whose certificate was right sends us to. */
function otherHost(error: unknown, stream: ClientStream): Target | undefined {
  const established = stream.established;
  if (!(error instanceof RemoteStreamError) || established?.tls === undefined) return undefined;
  return error.otherHost === undefined
    ? undefined
    : parseOtherHost(error.otherHost, established.target.direct);
}

/** Leaves no socket behind; nobody waits for the server's good-bye. */
function giveUp(stream: ClientStream, error: unknown): void {
  const ours = error instanceof StreamError && !(error instanceof RemoteStreamError);
  if (ours) stream.fail(error);
  else void stream.close();
}
