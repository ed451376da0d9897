/** When to try again, and when never. */
import { AuthenticationError, ConnectionError, StreamError, type XmppError } from '../errors.ts';
import { RemoteStreamError } from './stream-error.ts';

const FIRST = 1000;
const LONGEST = 60_000;

/** Milliseconds before attempt 1, 2, …: 1, 2, 4 … 60 s, less up to half of it so that clients do not come in step. */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST, FIRST * 2 ** Math.min(attempt - 1, 16));
  return Math.round(full * (1 - random() / 2));
}

const FINAL_STREAM = new Set([
  'conflict',
  'host-gone',
  'host-unknown',
  'invalid-from',
  'not-authorized',
  'policy-violation',
  'unsupported-version',
]);
const FINAL_CONNECTION = new Set(['no-tls', 'policy']);

/** True where trying again would change nothing, or do harm: the user has to act. */
export function isFinal(reason: XmppError | undefined): boolean {
  if (reason instanceof AuthenticationError) return reason.condition !== 'temporary-auth-failure';
  if (reason instanceof ConnectionError)
    return FINAL_CONNECTION.has(reason.condition) || reason.condition.startsWith('certificate-');
  // What we end for a fault of the server may be better next time, with the delay growing.
  if (reason instanceof RemoteStreamError) return FINAL_STREAM.has(reason.condition);
  return reason !== undefined && !(reason instanceof StreamError) && reason.name === 'StanzaError';
}
