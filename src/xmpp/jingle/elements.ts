/** XEP-0166: Jingle, version 1.1.2. https://xmpp.org/extensions/xep-0166.html: what it looks like on the wire. */
import { StanzaError } from '../errors.ts';
import { child, childText, type Element, elements, x } from '../stanza.ts';

export const NS = 'urn:xmpp:jingle:1';
export const NS_ERRORS = 'urn:xmpp:jingle:errors:1';

/** §7.2 */
export const ACTIONS = [
  ...(['content-accept', 'content-add', 'content-modify', 'content-reject', 'content-remove'] as const),
  ...(['description-info', 'security-info'] as const),
  ...(['session-accept', 'session-info', 'session-initiate', 'session-terminate'] as const),
  ...(['transport-accept', 'transport-info', 'transport-reject', 'transport-replace'] as const),
] as const;
export type Action = (typeof ACTIONS)[number];

/** §7.4 */
export const REASONS = [
  ...(['alternative-session', 'busy', 'cancel', 'connectivity-error', 'decline', 'expired'] as const),
  ...([
    'failed-application',
    'failed-transport',
    'general-error',
    'gone',
    'incompatible-parameters',
  ] as const),
  ...(['media-error', 'security-error', 'success', 'timeout'] as const),
  ...(['unsupported-applications', 'unsupported-transports'] as const),
] as const;
export type ReasonCondition = (typeof REASONS)[number];

export interface Reason {
  readonly condition: ReasonCondition;
  readonly text?: string | undefined;
  /** the element of another namespace that says more */
  readonly detail?: Element | undefined;
}

export type Role = 'initiator' | 'responder';

/** One thing that a session is about. §7.3 */
export interface Content {
  readonly creator: Role;
  readonly name: string;
  /** who sends; `both` where nothing is said */
  readonly senders: Role | 'both' | 'none';
  readonly description?: Element | undefined;
  readonly transport?: Element | undefined;
  readonly security?: Element | undefined;
}

export interface Jingle {
  readonly action: Action;
  readonly sid: string;
  /** full JIDs, as written */
  readonly initiator?: string | undefined;
  readonly responder?: string | undefined;
  readonly contents: readonly Content[];
  readonly reason?: Reason | undefined;
  /** what a session-info tells */
  readonly info: readonly Element[];
}

/** Longest id and name that are remembered for others, in characters. */
const LONGEST = 256;
/** Most contents that are looked at. */
const MOST_CONTENTS = 16;
const SENDERS: readonly string[] = ['initiator', 'responder', 'both', 'none'];

const among = <T extends string>(all: readonly T[], text: string | undefined): T | undefined =>
  all.find((known) => known === text);

const identifier = (text: string | undefined): string | undefined =>
  text !== undefined && text !== '' && text.length <= LONGEST ? text : undefined;

/** Children of a content are known by name: their namespaces are those of other specifications. §6.2 */
const named = (content: Element, name: string): Element | undefined =>
  elements(content).find((node) => node.getName() === name);

function parseContent(element: Element): Content | undefined {
  const { creator = 'initiator', disposition = 'session', senders = 'both' } = element.attrs;
  const name = identifier(element.attrs.name);
  if (name === undefined || (creator !== 'initiator' && creator !== 'responder')) return undefined;
  // §7.2.10: a single content is for the session, or the request is malformed.
  if (disposition !== 'session' || !SENDERS.includes(senders)) return undefined;
  return {
    creator,
    name,
    senders: senders as Content['senders'],
    description: named(element, 'description'),
    transport: named(element, 'transport'),
    security: named(element, 'security'),
  };
}

function parseReason(element: Element | undefined): Reason | undefined {
  if (element === undefined) return undefined;
  const nodes = elements(element);
  // Dino writes `failed_transport`.
  const condition = nodes.map(
    (node) => node.is(node.getName(), NS) && among(REASONS, node.getName().replaceAll('_', '-')),
  );
  return {
    condition: condition.find((known) => known !== undefined && known !== false) || 'general-error',
    text: childText(element, 'text', NS),
    detail: nodes.find((node) => node.getNS() !== NS),
  };
}

/** Reads `<jingle/>`; `undefined` where an id, the action or a content is missing or malformed. §7.1 */
export function parseJingle(element: Element): Jingle | undefined {
  const action = among(ACTIONS, element.attrs.action);
  const sid = identifier(element.attrs.sid);
  if (!element.is('jingle', NS) || action === undefined || sid === undefined) return undefined;
  const written = element.getChildren('content', NS);
  const contents = written.length > MOST_CONTENTS ? [undefined] : written.map(parseContent);
  if (!contents.every((content) => content !== undefined)) return undefined;
  const { initiator, responder } = element.attrs;
  const reason = parseReason(child(element, 'reason', NS));
  const info = elements(element).filter((node) => node.getNS() !== NS);
  return { action, sid, initiator, responder, contents, reason, info };
}

const xContent = ({ creator, name, senders, description, transport }: Content): Element =>
  x('content', { creator, name, senders: senders === 'both' ? undefined : senders }, description, transport);

export const xReason = ({ condition, text, detail }: Reason): Element =>
  x('reason', {}, x(condition), text !== undefined && x('text', {}, text), detail);

export const xJingle = ({ action, sid, initiator, responder, contents, reason, info }: Jingle): Element =>
  x(
    'jingle',
    { xmlns: NS, action, sid, initiator, responder },
    ...contents.map(xContent),
    reason && xReason(reason),
    ...info,
  );

const failure = (
  condition: string,
  type: 'cancel' | 'modify' | 'wait',
  specific: 'out-of-order' | 'tie-break' | 'unknown-session' | 'unsupported-info',
) => new StanzaError(condition, type, undefined, { application: x(specific, { xmlns: NS_ERRORS }) });

/** §10: what cannot happen in this state. */
export const outOfOrder = () => failure('unexpected-request', 'wait', 'out-of-order');
/** §7.2.16: both sides did the same at once, and the other one's counts. */
export const tieBreak = () => failure('conflict', 'cancel', 'tie-break');
/** §10: of that full JID there is no such session, or none any more. */
export const unknownSession = () => failure('item-not-found', 'cancel', 'unknown-session');
/** §6.8: what is told is not understood. */
export const unsupportedInfo = () => failure('feature-not-implemented', 'modify', 'unsupported-info');
