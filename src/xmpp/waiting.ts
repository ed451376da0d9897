/** Waiting for what others do, within bounds. */
import { TimeoutError } from './errors.ts';

export interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Nobody may be waiting yet.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

/** What `work` gives; rejects with the reason of the signal where that comes first. */
export function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** The same, and rejects with TimeoutError after `patience` milliseconds. */
export async function within<T>(work: Promise<T>, patience: number, signal?: AbortSignal): Promise<T> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(new TimeoutError()), patience);
  try {
    return await unless(signal === undefined ? over.signal : AbortSignal.any([signal, over.signal]), work);
  } finally {
    clearTimeout(timer);
  }
}
