/** What a stanza from the server turns into: an event, an answer to a request, a question. RFC 6120 §8. */
import { parseJid } from '../jid.ts';
import type { Requests } from './requests.ts';
import type { Responders } from './responders.ts';
import type { Element } from './xml.ts';

export interface IncomingOptions {
  requests: Requests;
  responders: Responders;
  /** false where it could not be kept */
  message(stanza: Element): boolean;
  presence(stanza: Element): void;
  /** sends the answer to a question, where there still is a stream */
  answer(iq: Element): void;
}

const STANZAS: readonly string[] = ['message', 'presence', 'iq'];

/** §8: only in our namespace; one that we built and did not name a namespace for is of it. */
export function isStanza(element: Element): boolean {
  return STANZAS.includes(element.name) && (element.getNS() ?? 'jabber:client') === 'jabber:client';
}

export class Incoming {
  readonly #options: IncomingOptions;

  constructor(options: IncomingOptions) {
    this.#options = options;
  }

  /** Takes a stanza; what has a sender that is no JID is ignored. False where it is not handled, and must come again. */
  take(stanza: Element): boolean {
    const { from: written } = stanza.attrs;
    const from = parseJid(written)?.full;
    // §8.1.2.2: nobody with such an address can have sent it.
    if (written !== undefined && from === undefined) return true;
    if (from !== undefined) stanza.attrs.from = from;
    if (stanza.name === 'message') return this.#options.message(stanza);
    if (stanza.name === 'presence') this.#options.presence(stanza);
    else this.#iq(stanza, from);
    return true;
  }

  #iq(iq: Element, from: string | undefined): void {
    const { requests, responders, answer } = this.#options;
    const { type } = iq.attrs;
    if (type === 'result' || type === 'error') requests.answered(iq, from);
    else if (type === 'get' || type === 'set') void responders.answer(iq, answer);
  }
}
