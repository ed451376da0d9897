/** Waiting for what a peer does, within bounds. */
import { TimeoutError } from '../errors.ts';

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

/** What the promise gives; rejects with TimeoutError after `patience` milliseconds, or with the reason of the signal. */
export async function within<T>(promise: Promise<T>, patience: number, signal?: AbortSignal): Promise<T> {
  const over = deferred<never>();
  const timer = setTimeout(() => over.reject(new TimeoutError()), patience);
  const abort = () => over.reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted) abort();
  try {
    return await Promise.race([promise, over.promise]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
