/** XEP-0172: User Nickname, version 1.1. https://xmpp.org/extensions/xep-0172.html */
import { child, type Element, x } from './stanza.ts';

export const NS_NICK = 'http://jabber.org/protocol/nick';

/** long names are cut: a name is shown beside a JID, never instead of it (§6) */
const LONGEST = 128;

/** The name a sender gives to itself; unverified. */
export function parseNick(stanza: Element): string | undefined {
  const nick = child(stanza, 'nick', NS_NICK)?.getText().replace(/\s+/g, ' ').trim();
  return nick === undefined || nick === '' ? undefined : [...nick].slice(0, LONGEST).join('');
}

export function xNick(nick: string): Element {
  return x('nick', { xmlns: NS_NICK }, nick);
}
