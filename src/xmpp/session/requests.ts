/** Questions that wait for an answer, and who may answer them. RFC 6120 §8.2.3, §8.1.2.1. */
import { DisconnectedError, parseStanzaError, TimeoutError } from '../errors.ts';
import { parseJid } from '../jid.ts';
import type { RequestOptions } from './session.ts';
import type { Element } from './xml.ts';

interface Pending {
  to: string | undefined;
  resolve(iq: Element): void;
  reject(error: unknown): void;
}

export class Requests {
  readonly #account: string;
  readonly #timeout: number;
  readonly #pending = new Map<string, Pending>();

  /** `timeout`: milliseconds for an answer where the question says nothing else */
  constructor(account: string, timeout: number) {
    this.#account = account;
    this.#timeout = timeout;
  }

  /**
   * Resolves to the result with that id from exactly the addressee. Rejects with StanzaError, TimeoutError,
   * DisconnectedError, the signal's reason, or what `send` throws. `iq` has its id already.
   */
  ask(iq: Element, options: RequestOptions, send: (iq: Element) => void): Promise<Element> {
    if (options.signal?.aborted === true) return Promise.reject(options.signal.reason);
    const { id = '', to } = iq.attrs;
    const answer = this.#answerTo(id, to, options);
    try {
      send(iq);
    } catch (error) {
      this.#pending.get(id)?.reject(error);
    }
    return answer;
  }

  // Not given the question: what waits here stays in memory for a while after it was answered, and questions are large.
  #answerTo(id: string, to: string | undefined, options: RequestOptions): Promise<Element> {
    const { signal, timeout = this.#timeout } = options;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', aborted);
        this.#pending.delete(id);
        act();
      };
      const aborted = () => settle(() => reject(signal?.reason));
      const timer = setTimeout(
        () => settle(() => reject(new TimeoutError(`no answer from ${to ?? this.#account}`))),
        timeout,
      );
      signal?.addEventListener('abort', aborted);
      this.#pending.set(id, {
        to: to === undefined ? undefined : (parseJid(to)?.full ?? to),
        resolve: (answer) => settle(() => resolve(answer)),
        reject: (error) => settle(() => reject(error)),
      });
    });
  }

  /** Takes an IQ of type result or error whose `from` was read; one that nobody asked for is ignored. */
  answered(iq: Element, from: string | undefined): void {
    const pending = this.#pending.get(iq.attrs.id ?? '');
    if (pending === undefined || !this.#mayAnswer(pending.to, from)) return;
    if (iq.attrs.type === 'error') pending.reject(parseStanzaError(iq));
    else pending.resolve(iq);
  }

  /** Nothing that is open will be answered. */
  disconnected(): void {
    for (const pending of [...this.#pending.values()]) pending.reject(new DisconnectedError());
  }

  /** §8.1.2.1: the account answers for itself without a `from`, or as its bare JID. */
  #mayAnswer(to: string | undefined, from: string | undefined): boolean {
    if (to === undefined || to === this.#account) return from === undefined || from === this.#account;
    return from === to;
  }
}
