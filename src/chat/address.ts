/** What a person types where a JID is meant. Faces read addresses through this, never through the protocol rooms. */
import { bareOf, domainOf, localOf, parseJid, resourceOf } from '../xmpp/jid.ts';

export { bareOf, domainOf, localOf, resourceOf };

/**
 * Completes and normalises an address: a bare name means name@`domain`. Takes `xmpp:` links as well.
 * Resolves to the normalised JID (with its resource where one was given), or `undefined` where it is none.
 */
export function parseAddress(typed: string, domain?: string): string | undefined {
  const text = typed.trim().replace(/^xmpp:([^?#]*).*$/i, '$1');
  if (text === '' || text.startsWith('-')) return undefined;
  const at = text.indexOf('@');
  const slash = text.indexOf('/');
  const bareName =
    (at < 0 || (slash >= 0 && slash < at)) && !text.slice(0, slash < 0 ? undefined : slash).includes('.');
  if (bareName && text !== domain && domain !== undefined) {
    const name = slash < 0 ? text : text.slice(0, slash);
    const rest = slash < 0 ? '' : text.slice(slash);
    return parseJid(`${name}@${domain}${rest}`)?.full;
  }
  return parseJid(text)?.full;
}

/** The bare JID of what was typed; `undefined` where it is no JID, or one without a local part. */
export function parseUserAddress(typed: string, domain?: string): string | undefined {
  const jid = parseAddress(typed, domain);
  return jid === undefined || localOf(jid) === undefined ? undefined : bareOf(jid);
}
