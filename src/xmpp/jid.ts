/** JIDs. RFC 7622. Inside the program a JID is a normalised string; this is where it becomes one. */
import { domainToASCII, domainToUnicode } from 'node:url';

export interface Jid {
  readonly local: string | undefined;
  readonly domain: string;
  readonly resource: string | undefined;
  /** `local@domain`, or `domain`. */
  readonly bare: string;
  /** `bare/resource`, or `bare`. */
  readonly full: string;
}

// Classes of Unicode are spelt out where they are short: asking for its tables by name costs every start.
const FORBIDDEN_ASCII = /["&'/:<>@\s\0-\x1f\x7f]/;
const FORBIDDEN_LOCAL = String.raw`["&'/:<>@\s\p{Cc}\p{Cs}\p{Co}\p{Cn}]`;
let forbiddenLocal: RegExp | undefined;
const FORBIDDEN_DOMAIN = /["&'/<>@\s\0-\x1f\x7f-\x9f\ud800-\udfff\\?#%|^`{}]/u;
const FORBIDDEN_RESOURCE = /[\0-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]/u;
/** general category Zs */
const SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;
const encoder = new TextEncoder();
/** A character has three bytes at most. */
const fits = (text: string) => text.length > 0 && (text.length <= 341 || encoder.encode(text).length <= 1023);

/** Case mapped, width mapped, NFC: the UsernameCaseMapped profile (RFC 8265 §3.3) as far as clients need it. */
function prepareLocal(text: string): string | undefined {
  if (/^[\0-\x7f]*$/.test(text))
    return fits(text) && !FORBIDDEN_ASCII.test(text) ? text.toLowerCase() : undefined;
  // Compatibility characters are no part of that profile; servers of RFC 6122 map them (App. A.3), and answer as that user.
  const mapped = text.normalize('NFKC').toLowerCase().normalize('NFKC');
  forbiddenLocal ??= new RegExp(FORBIDDEN_LOCAL, 'u');
  return fits(mapped) && !forbiddenLocal.test(mapped) ? mapped : undefined;
}

/** Full stops of other scripts, which IDNA takes for dots (RFC 3490 §3.1). */
const DOTS = /[\u3002\uff0e\uff61]/g;

function prepareDomain(text: string): string | undefined {
  const dotted = text.replace(DOTS, '.');
  const plain = dotted.endsWith('.') ? dotted.slice(0, -1) : dotted;
  // RFC 7622 §3.2: only the last label may be empty, once.
  if (/^\.|\.\.|\.$/.test(plain)) return undefined;
  if (!fits(plain) || FORBIDDEN_DOMAIN.test(plain)) return undefined;
  if (/^\[[0-9a-f:.]+\]$/i.test(plain)) return plain.toLowerCase();
  if (plain.includes(':')) return undefined;
  const ascii = domainToASCII(plain.toLowerCase());
  // Names with underscores and the like are no IDNA, but exist on private networks.
  if (ascii === '') return /^[\x21-\x7e]+$/.test(plain) ? plain.toLowerCase() : undefined;
  const mapped = domainToUnicode(ascii) || ascii;
  // Look-alikes of forbidden characters become them only now.
  return FORBIDDEN_DOMAIN.test(mapped) || domainToASCII(mapped) !== ascii ? undefined : mapped;
}

const PLAIN = /^[\x20-\x7e]{1,1023}$/;

function prepareResource(text: string): string | undefined {
  if (PLAIN.test(text)) return text;
  const mapped = text.replace(SPACES, ' ').normalize('NFC');
  return fits(mapped) && !FORBIDDEN_RESOURCE.test(mapped) ? mapped : undefined;
}

/** Bounds what is remembered: a stranger chooses what is asked. */
const MOST = 2000;

/** The same, but an answer is worked out once. */
function remembered<T>(answer: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as T;
    if (known.size >= MOST) known.clear();
    const made = answer(text);
    known.set(text, made);
    return made;
  };
}

/** The same few JIDs stand in nearly every stanza, and preparing one costs more than reading the rest. */
const jidOf = remembered(prepare);
/** A room of thousands has as many JIDs, and one domain. */
const preparedDomain = remembered(prepareDomain);

/** Takes any text; resolves to a normalised JID, or `undefined` where it is none. Never throws. */
export function parseJid(text: string | undefined): Jid | undefined {
  if (text === undefined || text.length > 3071) return undefined;
  return jidOf(text);
}

function prepare(text: string): Jid | undefined {
  const slash = text.indexOf('/');
  const head = slash < 0 ? text : text.slice(0, slash);
  const at = head.indexOf('@');
  const local = at < 0 ? undefined : prepareLocal(head.slice(0, at));
  const domain = preparedDomain(head.slice(at + 1));
  const resource = slash < 0 ? undefined : prepareResource(text.slice(slash + 1));
  if (domain === undefined || (at >= 0 && local === undefined) || (slash >= 0 && resource === undefined))
    return undefined;
  const bare = local === undefined ? domain : `${local}@${domain}`;
  return { local, domain, resource, bare, full: resource === undefined ? bare : `${bare}/${resource}` };
}

/** The bare JID of a normalised JID. */
export function bareOf(jid: string): string {
  const slash = jid.indexOf('/');
  return slash < 0 ? jid : jid.slice(0, slash);
}

/** The resource of a normalised JID, `undefined` for a bare one. */
export function resourceOf(jid: string): string | undefined {
  const slash = jid.indexOf('/');
  return slash < 0 ? undefined : jid.slice(slash + 1);
}

/** The domain of a normalised JID. */
export function domainOf(jid: string): string {
  const bare = bareOf(jid);
  return bare.slice(bare.indexOf('@') + 1);
}

/** The local part of a normalised JID, `undefined` for a domain. */
export function localOf(jid: string): string | undefined {
  const at = bareOf(jid).indexOf('@');
  return at < 0 ? undefined : jid.slice(0, at);
}

/**
 * Whether two normalised JIDs are one to servers of RFC 6122, which fold `ß` to `ss` and `ς` to `σ` (RFC 3454 B.2), and
 * answer in the name of what is left. To others they are two users: no reason to take one for the other.
 */
export function areLikeOne(one: string, other: string): boolean {
  const folded = (jid: string) => jid.normalize('NFKC').toUpperCase();
  return folded(one) === folded(other);
}

/** Whether a text is an `xmpp:` URI. RFC 5122 §2.2 */
export const isUri = (text: string): boolean => /^xmpp:/i.test(text);

/** What an `xmpp:` URI names, its percent signs decoded, unchecked; undefined for another URI, or a broken one. */
export function addressIn(uri: string): string | undefined {
  const path = /^xmpp:(?:\/\/[^/?#]*\/)?([^?#]*)/is.exec(uri)?.[1];
  try {
    return path === undefined ? undefined : decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** The JID of an `xmpp:` URI; undefined where it has none. */
export const jidOfUri = (uri: string | undefined): Jid | undefined => parseJid(addressIn(uri ?? ''));

/** A normalised JID as a URI. RFC 5122 §2.7.2 */
export function uriOf(jid: string): string {
  const [local, resource] = [localOf(jid), resourceOf(jid)];
  const head = local === undefined ? '' : `${encodeURIComponent(local)}@`;
  const tail = resource === undefined ? '' : `/${encodeURIComponent(resource)}`;
  return `xmpp:${head}${encodeURI(domainOf(jid))}${tail}`;
}
