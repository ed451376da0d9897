/** A stream during negotiation: what was sent is answered by what comes next. */
import { ConnectionError, parseStanzaError, StreamError, type XmppError } from '../errors.ts';
import { randomId } from './random-id.ts';
import type { Exchange } from './sasl.ts';
import { NS_STREAMS } from './stream-parser.ts';
import type { Element } from './xml.ts';

/** What came and was not asked for yet; the negotiation takes it one by one. */
export class Inbox implements Exchange {
  readonly #write: (element: Element) => void;
  readonly #queue: Element[] = [];
  #reason: XmppError | undefined;
  #waiting: { resolve(element: Element): void; reject(error: Error): void } | undefined;

  constructor(write: (element: Element) => void) {
    this.#write = write;
  }

  write(element: Element): void {
    this.#write(element);
  }

  receive(element: Element): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#queue.push(element);
    else waiting.resolve(element);
  }

  ended(reason: XmppError | undefined): void {
    this.#reason = reason ?? new ConnectionError('closed', 'the server closed the stream');
    this.#waiting?.reject(this.#reason);
    this.#waiting = undefined;
  }

  next(): Promise<Element> {
    const first = this.#queue.shift();
    if (first !== undefined) return Promise.resolve(first);
    if (this.#reason !== undefined) return Promise.reject(this.#reason);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  /** why nothing more will come */
  get reason(): XmppError | undefined {
    return this.#reason;
  }

  /** Everything left, oldest first. */
  drain(): Element[] {
    return this.#queue.splice(0);
  }
}

/** The features of a stream that was just opened; anything else is an error of the server. RFC 6120 §4.3.2. */
export async function features(inbox: Inbox): Promise<Element> {
  const element = await inbox.next();
  if (element.is('features', NS_STREAMS)) return element;
  throw new StreamError('bad-format', `<${element.getName()}/> instead of features`);
}

/** A request during the negotiation; what else comes meanwhile is kept in `early`. */
export async function ask(inbox: Inbox, iq: Element, early: Element[]): Promise<Element> {
  const id = randomId();
  iq.attrs.id = id;
  inbox.write(iq);
  for (;;) {
    const answer = await inbox.next();
    const { type } = answer.attrs;
    if (
      !answer.is('iq', 'jabber:client') ||
      answer.attrs.id !== id ||
      (type !== 'result' && type !== 'error')
    ) {
      early.push(answer);
      continue;
    }
    if (type === 'error') throw parseStanzaError(answer);
    return answer;
  }
}
