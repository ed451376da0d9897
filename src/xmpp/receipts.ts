/** XEP-0184: Message Delivery Receipts, version 1.4.0. https://xmpp.org/extensions/xep-0184.html */
import { isId } from './ids.ts';
import { bareOf } from './jid.ts';
import { randomId, type Session } from './session/session.ts';
import { child, type Element, x } from './stanza.ts';

export const NS_RECEIPTS = 'urn:xmpp:receipts';

/** Whether the sender wants to hear that the message arrived. §5.4: never for a receipt; §format: it needs an id. */
export function parseReceiptRequest(stanza: Element): boolean {
  if (child(stanza, 'request', NS_RECEIPTS) === undefined || parseReceipt(stanza) !== undefined) return false;
  // §5.3: everybody in a room would answer.
  return isId(stanza.attrs.id) && stanza.attrs.type !== 'groupchat' && stanza.attrs.type !== 'error';
}

/** The id of the message that arrived there. */
export function parseReceipt(stanza: Element): string | undefined {
  const id = child(stanza, 'received', NS_RECEIPTS)?.attrs.id;
  return isId(id) ? id : undefined;
}

export function xReceiptRequest(): Element {
  return x('request', { xmlns: NS_RECEIPTS });
}

/** `id` of the message that arrived. */
export function xReceipt(id: string): Element {
  return x('received', { xmlns: NS_RECEIPTS, id });
}

/** The message to answer: a parsed message fits. */
export interface Receivable {
  readonly type: string;
  readonly from: string;
  readonly id: string | undefined;
  readonly receiptRequested?: boolean;
  readonly thread?: string | undefined;
}

export interface ReceiptsOptions {
  readonly disco: { addFeature(ns: string): void };
  /** whether they may know that we are here; a full JID for an occupant of a room. §8 */
  mayKnow(jid: string): boolean;
}

export interface Receipts {
  /** the user allows it; true at first */
  enabled: boolean;
  /**
   * Tells the sender that the message arrived; true where it was told. Nothing is sent where it did not ask, in rooms,
   * to those who do not see our presence, to ourselves, twice for one message, or without a stream. When a message
   * counts as arrived is the caller's decision (§5.5: never when history is looked at).
   */
  answer(message: Receivable): boolean;
}

/** ids remembered as answered: the same message may come live, from the archive and again after a resumption */
const MOST_ANSWERED = 2000;

/** Answers messages that ask for a receipt. */
export function receipts(session: Session, options: ReceiptsOptions): Receipts {
  options.disco.addFeature(NS_RECEIPTS);
  const answered = new Set<string>();

  const api: Receipts = {
    enabled: true,
    answer({ type, from, id, receiptRequested, thread }) {
      if (!api.enabled || !session.online || !receiptRequested || id === undefined) return false;
      if (type === 'groupchat' || type === 'error' || bareOf(from) === session.account) return false;
      const key = JSON.stringify([bareOf(from), id]);
      if (answered.has(key) || !options.mayKnow(from)) return false;
      if (answered.size >= MOST_ANSWERED) answered.clear();
      answered.add(key);
      // XEP-0201: what belongs to a conversation stays in it.
      const inThread = thread !== undefined && x('thread', {}, thread);
      session.send(x('message', { to: from, type, id: randomId() }, inThread, xReceipt(id)));
      return true;
    },
  };
  return api;
}
