/** XEP-0461: Message Replies, version 0.2.1. https://xmpp.org/extensions/xep-0461.html */
import { countCodePoints, xFallback } from './fallback.ts';
import { isId } from './ids.ts';
import { parseJid } from './jid.ts';
import { child, type Element, x } from './stanza.ts';

export const NS_REPLY = 'urn:xmpp:reply:0';

export interface Reply {
  /** of the message answered; in rooms the stanza-id that the room gave it (§business-id) */
  readonly id: string;
  /** normalised JID of its author, as the answer's sender says; a hint only */
  readonly to: string | undefined;
}

/** Which message this one answers. */
export function parseReply(stanza: Element): Reply | undefined {
  const reply = child(stanza, 'reply', NS_REPLY);
  const id = reply?.attrs.id;
  return isId(id) ? { id, to: parseJid(reply?.attrs.to)?.full } : undefined;
}

export function xReply({ id, to }: { id: string; to?: string | undefined }): Element {
  return x('reply', { xmlns: NS_REPLY, to, id });
}

/** The lines that stand before an answer for those who do not know replies (§compat): `> ` and each line of it. */
export function quotation(quoted: string): string {
  return quoted
    .split(/\r\n|\r|\n/)
    .map((line) => `> ${line}\n`)
    .join('');
}

/** Marks those lines at the beginning of the body. */
export function xQuotationFallback(quoted: string): Element {
  return xFallback(NS_REPLY, { start: 0, end: countCodePoints(quotation(quoted)) });
}
