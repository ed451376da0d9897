/** XEP-0359: Unique and Stable Stanza IDs, version 0.7.0. https://xmpp.org/extensions/xep-0359.html */
import { parseJid } from './jid.ts';
import { child, type Element, x } from './stanza.ts';

export const NS_SID = 'urn:xmpp:sid:0';

export interface StanzaId {
  readonly id: string;
  /** normalised JID of who gave it; to be trusted only where that entity announces NS_SID (§6) */
  readonly by: string;
}

const LONGEST = 1024;
/** Whether an attribute can name a stanza. */
export const isId = (id: string | undefined): id is string =>
  id !== undefined && id.length > 0 && id.length <= LONGEST;

/** The id its sender gave it; forgeable, so never a proof of anything (§6). */
export function parseOriginId(stanza: Element): string | undefined {
  const id = child(stanza, 'origin-id', NS_SID)?.attrs.id;
  return isId(id) ? id : undefined;
}

/** The ids given on the way. §3.4: one per `by`; where there are two, one is forged and neither counts. */
export function parseStanzaIds(stanza: Element): StanzaId[] {
  const seen = new Map<string, string | undefined>();
  for (const element of stanza.getChildren('stanza-id', NS_SID)) {
    const by = parseJid(element.attrs.by)?.full;
    const id = element.attrs.id;
    if (by !== undefined && isId(id)) seen.set(by, seen.has(by) ? undefined : id);
  }
  return [...seen].flatMap(([by, id]) => (id === undefined ? [] : [{ id, by }]));
}

export function xOriginId(id: string): Element {
  return x('origin-id', { xmlns: NS_SID, id });
}
