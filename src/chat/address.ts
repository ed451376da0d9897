/** What a person types where a JID is meant. Faces read addresses through this, never through the protocol rooms. */
import {
  addressIn,
  areLikeOne,
  bareOf,
  domainOf,
  isUri,
  localOf,
  parseJid,
  resourceOf,
} from '../xmpp/jid.ts';

export { areLikeOne, bareOf, domainOf, localOf, resourceOf };

/**
 * Completes and normalises an address: a bare name means name@`domain`, one with a dot is a domain. Takes `xmpp:`
 * links as well. Resolves to the normalised JID (with its resource where one was given), or `undefined` where it is
 * none.
 */
export function parseAddress(typed: string, domain?: string): string | undefined {
  const plain = typed.trim();
  const text = isUri(plain) ? addressIn(plain) : plain;
  if (text === undefined || text === '' || text.startsWith('-')) return undefined;
  const slash = text.indexOf('/');
  const name = slash < 0 ? text : text.slice(0, slash);
  const complete = domain === undefined || name === '' || name === domain || /[@.:]/.test(name);
  return parseJid(complete ? text : `${name}@${domain}${text.slice(name.length)}`)?.full;
}

/** The bare JID of what was typed; `undefined` where it is no JID, or one without a local part. */
export function parseUserAddress(typed: string, domain?: string): string | undefined {
  const jid = parseAddress(typed, domain);
  return jid === undefined || localOf(jid) === undefined ? undefined : bareOf(jid);
}
