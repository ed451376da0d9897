/**
 * XEP-0260: Jingle SOCKS5 Bytestreams Transport Method, version 1.0.3. https://xmpp.org/extensions/xep-0260.html: where
 * each side may be reached, and what they tell each other of their attempts.
 */
import {
  MOST_STREAMHOSTS,
  parseDestination,
  parseStreamHost,
  type StreamHost,
} from '../bytestreams/streamhosts.ts';
import { child, type Element, elements, x } from '../stanza.ts';
import type { Role } from './elements.ts';

export const NS_SOCKS5_TRANSPORT = 'urn:xmpp:jingle:transports:s5b:1';

export type CandidateType = 'assisted' | 'direct' | 'proxy' | 'tunnel';

export interface Candidate extends StreamHost {
  readonly cid: string;
  readonly priority: number;
  readonly type: CandidateType;
}

export interface Socks5Offer {
  readonly sid: string;
  /** what is asked for at the candidates, where the other side says so */
  readonly destination: string | undefined;
  readonly mode: 'tcp' | 'udp';
  /** those that are usable, the highest priority first */
  readonly candidates: readonly Candidate[];
}

/** What a transport-info says. */
export type Socks5Info =
  | { readonly told: 'used' | 'activated'; readonly cid: string }
  | { readonly told: 'none-worked' | 'proxy-failed' }
  | { readonly told: 'candidates'; readonly candidates: readonly Candidate[] };

const TYPES: readonly string[] = ['assisted', 'direct', 'proxy', 'tunnel'];
/** §2.2 */
const PREFERENCE: Readonly<Record<CandidateType, number>> = {
  direct: 126,
  assisted: 120,
  tunnel: 110,
  proxy: 10,
};
/** characters of an id */
const LONGEST = 256;

/** §2.2: 2^16 times the preference of the type, and what tells candidates of one type apart, 0 to 65535. */
export const priorityOf = (type: CandidateType, local: number): number => 2 ** 16 * PREFERENCE[type] + local;

export const byPriority = (one: Candidate, other: Candidate): number => other.priority - one.priority;

const identifier = (text: string | undefined): string | undefined =>
  text !== undefined && text !== '' && text.length <= LONGEST ? text : undefined;

function parseCandidate(element: Element): Candidate | undefined {
  const { priority = '', type = 'direct' } = element.attrs;
  const cid = identifier(element.attrs.cid);
  const host = parseStreamHost(element);
  const rank = /^\d{1,10}$/.test(priority) ? Number(priority) : 0;
  if (cid === undefined || host === undefined || rank < 1 || !TYPES.includes(type)) return undefined;
  return { ...host, cid, priority: rank, type: type as CandidateType };
}

/** Those that can be read, each id once; more than anybody needs are passed over. */
function parseCandidates(transport: Element): Candidate[] {
  const written = transport.getChildren('candidate', NS_SOCKS5_TRANSPORT).slice(0, MOST_STREAMHOSTS);
  const found = new Map<string, Candidate>();
  for (const candidate of written.map(parseCandidate))
    if (candidate !== undefined && !found.has(candidate.cid)) found.set(candidate.cid, candidate);
  return [...found.values()].sort(byPriority);
}

/** Reads `<transport/>` of an offer or an acceptance; `undefined` without an id. §2.2 */
export function parseSocks5Transport(element: Element): Socks5Offer | undefined {
  const { dstaddr, mode = 'tcp' } = element.attrs;
  const sid = identifier(element.attrs.sid);
  const isTransport = element.is('transport', NS_SOCKS5_TRANSPORT);
  if (!isTransport || sid === undefined || (mode !== 'tcp' && mode !== 'udp')) return undefined;
  return { sid, mode, destination: parseDestination(dstaddr), candidates: parseCandidates(element) };
}

/** Reads `<transport/>` of a transport-info for that stream; `undefined` where it says nothing known. §2.3, §2.4 */
export function parseSocks5Info(element: Element, sid: string): Socks5Info | undefined {
  if (!element.is('transport', NS_SOCKS5_TRANSPORT) || element.attrs.sid !== sid) return undefined;
  const [said] = elements(element);
  if (said === undefined || child(element, said.getName(), NS_SOCKS5_TRANSPORT) === undefined)
    return undefined;
  const cid = identifier(said.attrs.cid);
  switch (said.getName()) {
    case 'candidate':
      return { told: 'candidates', candidates: parseCandidates(element) };
    case 'candidate-used':
      return cid === undefined ? undefined : { told: 'used', cid };
    case 'activated':
      return cid === undefined ? undefined : { told: 'activated', cid };
    case 'candidate-error':
      return { told: 'none-worked' };
    case 'proxy-error':
      return { told: 'proxy-failed' };
    default:
      return undefined;
  }
}

const xCandidate = ({ cid, host, jid, port, priority, type }: Candidate): Element =>
  x('candidate', { cid, host, jid, port: String(port), priority: String(priority), type });

/** `destination` only where a proxy is among them (§2.2); the one who answers gives no mode. */
export function xSocks5Transport(
  role: Role,
  { sid, destination, candidates }: Omit<Socks5Offer, 'mode'>,
): Element {
  const dstaddr = candidates.some(({ type }) => type === 'proxy') ? destination : undefined;
  const mode = role === 'initiator' ? 'tcp' : undefined;
  return x('transport', { xmlns: NS_SOCKS5_TRANSPORT, sid, dstaddr, mode }, ...candidates.map(xCandidate));
}

const SAID = {
  used: 'candidate-used',
  activated: 'activated',
  'none-worked': 'candidate-error',
  'proxy-failed': 'proxy-error',
} as const;

export const xSocks5Info = (sid: string, told: keyof typeof SAID, cid?: string): Element =>
  x('transport', { xmlns: NS_SOCKS5_TRANSPORT, sid }, x(SAID[told], { cid }));

export interface Nominated {
  readonly candidate: Candidate;
  /** who offered it */
  readonly of: 'us' | 'them';
}

/**
 * Which connection is used, of those that each side made to a candidate of the other; undefined where none was. §2.4:
 * the higher priority, and of two alike the choice of the initiator.
 */
export function nominate(
  role: Role,
  { ours, theirs }: { ours: Candidate | undefined; theirs: Candidate | undefined },
): Nominated | undefined {
  if (ours === undefined && theirs === undefined) return undefined;
  if (theirs === undefined) return ours && { candidate: ours, of: 'them' };
  if (ours === undefined) return { candidate: theirs, of: 'us' };
  const isOurs = ours.priority === theirs.priority ? role === 'initiator' : ours.priority > theirs.priority;
  return isOurs ? { candidate: ours, of: 'them' } : { candidate: theirs, of: 'us' };
}
