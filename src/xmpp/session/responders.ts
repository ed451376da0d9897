/** Answers to what others ask: every get and set gets exactly one. RFC 6120 §8.2.3. */
import { StanzaError, xStanzaError } from '../errors.ts';
import type { IqHandler } from './session.ts';
import { type Element, x } from './xml.ts';

export class Responders {
  readonly #handlers = new Map<string, IqHandler>();
  readonly #fault: (error: unknown) => void;

  constructor(fault: (error: unknown) => void) {
    this.#fault = fault;
  }

  add(type: 'get' | 'set', name: string, xmlns: string, handler: IqHandler): () => void {
    const key = `${type} ${xmlns} ${name}`;
    this.#handlers.set(key, handler);
    return () => {
      if (this.#handlers.get(key) === handler) this.#handlers.delete(key);
    };
  }

  /** Takes a get or set; `send` gets the answer, at once when the handler is synchronous. */
  async answer(iq: Element, send: (answer: Element) => void): Promise<void> {
    const head = { id: iq.attrs.id, to: iq.attrs.from };
    try {
      const result = await this.#handle(iq);
      send(x('iq', { ...head, type: 'result' }, result));
    } catch (error) {
      const known = error instanceof StanzaError;
      if (!known) this.#fault(error);
      const told = known ? error : new StanzaError('internal-server-error', 'cancel');
      send(x('iq', { ...head, type: 'error' }, xStanzaError(told)));
    }
  }

  #handle(iq: Element): ReturnType<IqHandler> {
    const [payload, ...more] = iq.getChildElements();
    // §8.2.3: exactly one child.
    if (payload === undefined || more.length > 0) throw new StanzaError('bad-request', 'modify');
    const handler = this.#handlers.get(`${iq.attrs.type} ${payload.getNS()} ${payload.getName()}`);
    if (handler === undefined) throw new StanzaError('service-unavailable');
    return handler(iq, payload);
  }
}
