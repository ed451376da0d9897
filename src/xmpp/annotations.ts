/**
 * What messages say about other messages, side by side: receipts, markers, corrections, retractions, reactions,
 * replies; and about people. Each has a file of its own with its source; this one reads and builds them as parts of one message.
 */
import { NS_CORRECT, parseReplace, xReplace } from './corrections.ts';
import { countCodePoints, type Fallback, NS_FALLBACK, parseFallbacks, xFallback } from './fallback.ts';
import { type Hint, xHint } from './hints.ts';
import { type Marker, NS_MARKERS, parseMarkable, parseMarker, xMarkable } from './markers.ts';
import {
  type Mention,
  NS_MENTIONS,
  NS_REFERENCE,
  type OutgoingMention,
  parseMentions,
  xMention,
} from './mentions.ts';
import {
  type Moderation,
  NS_MODERATE_0,
  parseModeration,
  parseTombstone,
  type Tombstone,
} from './moderation.ts';
import { NS_REACTIONS, parseReactions, type Reactions, xReactions } from './reactions.ts';
import { NS_RECEIPTS, parseReceipt, parseReceiptRequest, xReceiptRequest } from './receipts.ts';
import { NS_REPLY, parseReply, quotation, type Reply, xQuotationFallback, xReply } from './replies.ts';
import {
  NS_FASTEN,
  NS_RETRACT,
  NS_RETRACT_0,
  parseRetraction,
  type Retraction,
  xRetraction,
} from './retractions.ts';
import { type Element, elements, type Node } from './stanza.ts';

/** What is understood without an answer of ours. Receipts and markers, which have answers, announce themselves. */
export const ANNOTATION_FEATURES: readonly string[] = [
  ...[NS_CORRECT, NS_RETRACT, NS_RETRACT_0, NS_FASTEN],
  ...[NS_REACTIONS, NS_REPLY, NS_FALLBACK, NS_REFERENCE, NS_MENTIONS],
];

/** The part of a parsed message that is about others; absent is as `undefined` or false. Ids are the senders'. */
export interface Annotations {
  /** its sender asks to hear that it arrived; may be answered (XEP-0184) */
  readonly receiptRequested?: boolean;
  /** id of our message that arrived there (XEP-0184) */
  readonly receipt?: string | undefined;
  /** its sender asks to hear that it was displayed (XEP-0333) */
  readonly markable?: boolean;
  readonly marker?: Marker | undefined;
  /** id of the message that this one takes the place of (XEP-0308) */
  readonly replaces?: string | undefined;
  readonly retraction?: Retraction | undefined;
  /** only ever from a room itself (XEP-0425) */
  readonly moderation?: Moderation | undefined;
  /** this message was taken back; to be believed from an archive only (XEP-0424) */
  readonly tombstone?: Tombstone | undefined;
  readonly reactions?: Reactions | undefined;
  readonly reply?: Reply | undefined;
  /** whom its sender says to mean, beside the words of the text (XEP-0372, XEP-0513) */
  readonly mentions?: readonly Mention[];
  /** which parts of body and subject stand in for the above (XEP-0428) */
  readonly fallbacks?: readonly Fallback[];
}

const NAMESPACES: ReadonlySet<string | undefined> = new Set([
  ...[NS_RECEIPTS, NS_MARKERS, NS_MODERATE_0],
  ...ANNOTATION_FEATURES,
]);
const NOTHING: Annotations = {};

/** Reads all of them. `now`: the local clock, milliseconds since 1970. */
export function parseAnnotations(stanza: Element, now?: number): Annotations {
  // Most messages carry none.
  if (!elements(stanza).some((element) => NAMESPACES.has(element.getNS()))) return NOTHING;
  return {
    receiptRequested: parseReceiptRequest(stanza),
    receipt: parseReceipt(stanza),
    markable: parseMarkable(stanza),
    marker: parseMarker(stanza),
    replaces: parseReplace(stanza),
    retraction: parseRetraction(stanza),
    moderation: parseModeration(stanza),
    tombstone: parseTombstone(stanza, now),
    reactions: parseReactions(stanza),
    reply: parseReply(stanza),
    mentions: parseMentions(stanza),
    fallbacks: parseFallbacks(stanza),
  };
}

/** Whether it says something about another message that counts without a text. */
export function annotates(message: Annotations): boolean {
  const { receipt, marker, retraction, moderation, tombstone, reactions } = message;
  return [receipt, marker, retraction, moderation, tombstone, reactions].some((part) => part !== undefined);
}

/** The part of an outgoing message that is about others. */
export interface OutgoingAnnotations {
  /** asks for a receipt; passed over in rooms and without a body (XEP-0184 §5.3) */
  readonly requestReceipt?: boolean;
  /** asks for a marker; passed over without a body (XEP-0333) */
  readonly markable?: boolean;
  /** id of the first version of the message that this one takes the place of (XEP-0308) */
  readonly replaces?: string;
  /** the body is then what those see who do not know retractions (XEP-0424) */
  readonly retraction?: { readonly id: string; readonly originId?: string | undefined };
  /** all that the user thinks of a message from now on; none takes back (XEP-0444) */
  readonly reactions?: Reactions;
  /** people named in the body, by ranges of it as it is given; passed over without a body (XEP-0372) */
  readonly mentions?: readonly OutgoingMention[];
  /** `quoted`: the text answered, put before the body for those who do not know replies (XEP-0461) */
  readonly reply?: { readonly id: string; readonly to?: string | undefined; readonly quoted?: string };
}

interface Annotated extends OutgoingAnnotations {
  readonly type: string;
  readonly body?: string;
  readonly hints?: readonly Hint[];
}

/** The body with what stands before it for those who do not know replies. */
export function annotatedBody({ body, reply }: Annotated): string | undefined {
  return body === undefined || reply?.quoted === undefined ? body : quotation(reply.quoted) + body;
}

/** The people named in the body, where they stand behind the quotation. */
function xMentions({ body, reply, mentions = [] }: Annotated): Element[] {
  if (body === undefined) return [];
  const before = reply?.quoted === undefined ? 0 : countCodePoints(quotation(reply.quoted));
  return mentions.map(({ range: { start, end }, jid }) =>
    xMention({ range: { start: start + before, end: end + before }, jid }),
  );
}

/** Builds all of them, for behind the body. */
export function xAnnotations(message: Annotated): Node[] {
  const { type, body, requestReceipt, markable, replaces, retraction, reactions, reply } = message;
  const says = body !== undefined && retraction === undefined;
  return [
    says && requestReceipt && type !== 'groupchat' && xReceiptRequest(),
    says && markable && xMarkable(),
    replaces !== undefined && xReplace(replaces),
    reply && xReply(reply),
    body !== undefined && reply?.quoted !== undefined && xQuotationFallback(reply.quoted),
    ...xMentions(message),
    ...(retraction ? xRetraction(retraction) : []),
    retraction && body !== undefined && xFallback(NS_RETRACT),
    reactions && xReactions(reactions),
    mustBeKept(message) && xHint('store'),
  ];
}

/** XEP-0424 §usecase, XEP-0444 §rules: archived although it may have no body, unless what it is about is not. */
function mustBeKept({ retraction, reactions, hints = [] }: Annotated): boolean {
  return (
    (retraction !== undefined || reactions !== undefined) && !hints.some((hint) => hint.includes('store'))
  );
}
