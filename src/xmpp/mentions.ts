/**
 * XEP-0372: References, version 0.5.0 (mentions only). https://xmpp.org/extensions/xep-0372.html
 * XEP-0513: Explicit Mentions, version 0.1.0 (of one person). https://xmpp.org/extensions/xep-0513.html
 */
import { countCodePoints, type Range } from './fallback.ts';
import { jidOfUri, parseJid, uriOf } from './jid.ts';
import { isOccupantId } from './occupant-id.ts';
import { type Element, NS_CLIENT, x } from './stanza.ts';

export const NS_REFERENCE = 'urn:xmpp:reference:0';
export const NS_MENTIONS = 'urn:xmpp:mentions:0';

/** Whom its sender means. Anybody can be named; whether that is us is to be judged by these. */
export interface Mention {
  /** normalised JID: somebody's bare one, or an occupant's */
  readonly jid?: string | undefined;
  /** in a room; as forgeable as those of XEP-0421 */
  readonly occupantId?: string | undefined;
}

/** more of them are no message of a person, and none of them counts (XEP-0513 §permissions) */
const MOST = 32;
const OFFSET = /^\d{1,10}$/;

/**
 * Reads mentions of single people by either XEP. Left out: those of earlier messages and of groups, those that shall
 * tell nobody (XEP-0513 §noping), and those of a part that the text does not have.
 */
export function parseMentions(stanza: Element): Mention[] {
  const references = stanza.getChildren('reference', NS_REFERENCE);
  const mentions = stanza.getChildren('mention', NS_MENTIONS);
  const count = references.length + mentions.length;
  if (count === 0 || count > MOST || stanza.attrs.type === 'error') return [];
  const length = lengthOf(stanza);
  return [...references.map(readReference), ...mentions.map(readMention)].flatMap((found) =>
    found !== undefined && isInside(found.element, length) ? [found.mention] : [],
  );
}

interface Found {
  readonly element: Element;
  readonly mention: Mention;
}

/** XEP-0372 §usecase_mention */
function readReference(element: Element): Found | undefined {
  const { type, uri, anchor } = element.attrs;
  const jid = type === 'mention' && anchor === undefined ? jidOfUri(uri)?.full : undefined;
  return jid === undefined ? undefined : { element, mention: { jid } };
}

/** XEP-0513 §individual: an occupant id where the room gives some, else a JID. */
function readMention(element: Element): Found | undefined {
  const { occupantid: id, jid: address, mentions } = element.attrs;
  if (mentions !== undefined || element.getChild('noping', NS_MENTIONS) !== undefined) return undefined;
  if (isOccupantId(id)) return { element, mention: { occupantId: id } };
  const jid = parseJid(address)?.full;
  return jid === undefined ? undefined : { element, mention: { jid } };
}

/** Code points of the longest text: a mention may be of any of several languages (XEP-0513 §hreflang). */
function lengthOf(stanza: Element): number {
  const texts = stanza.getChildren('body', NS_CLIENT).map((body) => countCodePoints(body.getText()));
  return Math.max(0, ...texts);
}

/** XEP-0372 §usecase_generics: the end is the first one behind it; without both it is about no part. */
function isInside({ attrs: { begin, end } }: Element, length: number): boolean {
  if (begin === undefined && end === undefined) return true;
  if (!OFFSET.test(begin ?? '') || !OFFSET.test(end ?? '')) return false;
  return Number(begin) < Number(end) && Number(end) <= length;
}

/** Somebody named in our text; the range is of the body as it is sent. */
export interface OutgoingMention {
  readonly range: Range;
  readonly jid: string;
}

export const xMention = ({ range, jid }: OutgoingMention): Element =>
  x('reference', {
    xmlns: NS_REFERENCE,
    begin: String(range.start),
    end: String(range.end),
    type: 'mention',
    uri: uriOf(jid),
  });
