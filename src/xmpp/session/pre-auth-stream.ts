/** A secure stream before authentication, and what may be asked on it: XEP-0077 §4, in-band registration. */
import { DisconnectedError, TimeoutError } from '../errors.ts';
import { ask, type Inbox } from './inbox.ts';
import type { RequestOptions } from './session.ts';
import type { Element } from './xml.ts';

/** A secure stream on which nobody has logged in yet: for in-band registration (XEP-0077). */
export interface PreAuthStream {
  readonly domain: string;
  /** what the server offers before authentication */
  readonly features: { has(name: string, xmlns: string): boolean };
  /** As `Session.request`; only the server can answer here. */
  request(iq: Element, options?: RequestOptions): Promise<Element>;
}

/** Takes the features that the server offers there; `patience`: milliseconds for an answer. */
export function preAuthStream(
  inbox: Inbox,
  offered: Element,
  domain: string,
  patience = 30_000,
): PreAuthStream {
  let last: Promise<unknown> = Promise.resolve();
  return {
    domain,
    features: { has: (name, xmlns) => offered.getChild(name, xmlns) !== undefined },
    // One at a time: the inbox has one reader.
    request: (iq, { timeout = patience, signal } = {}) => {
      const answer = last.then(() => {
        signal?.throwIfAborted();
        return ask(inbox, iq, []);
      });
      last = answer.catch(() => undefined);
      return within(answer, timeout, signal);
    },
  };
}

/** The answer, unless time or the signal comes first. */
function within(
  answer: Promise<Element>,
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<Element> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new TimeoutError()), timeout);
    const aborted = () => reject(signal?.reason ?? new DisconnectedError());
    signal?.addEventListener('abort', aborted, { once: true });
    answer.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
    });
  });
}
