/** `--listen`: prints what happens until a signal, the end of the connection for good, or nobody reads any more. */
import { eventNames } from '../actions/event-records.ts';
import type { ChatEvents } from '../chat/events.ts';
import type { Catalogue } from '../i18n/catalogue.ts';
import { ConnectionEnded } from './connection-ended.ts';
import { READER_GONE } from './exit-codes.ts';
import { interruptedExitCode } from './interrupts.ts';
import { jsonOutput } from './json.ts';
import { type NotifyingClient, notifications } from './notifications.ts';
import type { Output } from './one-shot/output.ts';
import { type About, problemLine, problemOf } from './sentences.ts';
import type { Theme } from './theme.ts';

export interface Listening {
  readonly client: NotifyingClient;
  readonly words: Catalogue;
  readonly theme: Theme;
  readonly json: boolean;
  /** events: they are the results */
  readonly out: Output;
  readonly err: Output;
  /** ended by a signal; the end of standard input does not count */
  readonly signal: AbortSignal;
  /** values for error lines: `account`, `domain` */
  readonly about?: About['values'];
  /** goes online, enters rooms; whatever happens meanwhile is printed already */
  start(): Promise<void>;
  /** milliseconds since 1970 */
  now(): number;
}

/** Resolves to the exit code; never rejects. */
export async function listen(options: Listening): Promise<number> {
  const { client, signal, out, err } = options;
  const stop = options.json ? printRecords(options) : printLines(options);
  const ending = whenEnded(client, [signal, out.closed]);
  try {
    const started = options.start();
    // Interrupted meanwhile: nobody is left to hear how it fails.
    started.catch(() => {});
    await Promise.race([started, ending.aborted]);
    const ended = await Promise.race([ending.aborted, ending.over]);
    if (ended !== undefined) throw ended;
    if (signal.aborted) return interruptedExitCode(signal);
    out.closed.throwIfAborted();
    return 0;
  } catch (error) {
    if (signal.aborted) return interruptedExitCode(signal);
    return await fail(options, error);
  } finally {
    ending.stop();
    stop();
    await Promise.all([out.flush(), err.flush()]);
  }
}

function printLines({ client, words, theme, out, now }: Listening): () => void {
  const { close } = notifications({
    client,
    words,
    theme,
    now,
    missed: true,
    print: (line) => out.line(line),
  });
  return close;
}

/** Every event of the domain, one record each. */
function printRecords({ client, out }: Listening): () => void {
  const json = jsonOutput((line) => out.line(line));
  const stops = eventNames.map((name) => {
    const print = (...payload: ChatEvents[typeof name]) => json.event(name, ...payload);
    client.on(name, print);
    return () => client.off(name, print);
  });
  return () => {
    for (const stop of stops) stop();
  };
}

async function fail({ json, out, err, words, about }: Listening, error: unknown): Promise<number> {
  const problem = problemOf(error, words, { action: 'listen', values: about });
  if (json) jsonOutput((line) => out.line(line)).fail(problem);
  await out.flush();
  // As with every program in a pipe: who has read enough wants to hear no more.
  if ((!json || out.closed.aborted) && problem.exitCode !== READER_GONE)
    err.line(problemLine(problem, words));
  return problem.exitCode;
}

interface Ending {
  /** resolves when one of the signals is aborted */
  readonly aborted: Promise<undefined>;
  /** resolves when the connection is over for good: with the reason, without one after a log-out */
  readonly over: Promise<ConnectionEnded | undefined>;
  stop(): void;
}

function whenEnded(client: NotifyingClient, signals: readonly AbortSignal[]): Ending {
  const aborted = deferred<undefined>();
  const over = deferred<ConnectionEnded | undefined>();
  const abort = () => aborted.resolve(undefined);
  const changed = ({ state, final, condition }: ChatEvents['connection'][0]) => {
    if (state === 'offline' && final === true)
      over.resolve(condition === undefined ? undefined : new ConnectionEnded(condition));
  };
  client.on('connection', changed);
  for (const signal of signals) {
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  }
  return {
    aborted: aborted.promise,
    over: over.promise,
    stop() {
      client.off('connection', changed);
      for (const signal of signals) signal.removeEventListener('abort', abort);
    },
  };
}

/** A promise and what resolves it (Promise.withResolvers comes with Node 22). */
function deferred<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
