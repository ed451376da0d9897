/** Where a SOCKS5 bytestream may be reached, and by which name it is asked for. XEP-0065 §9.2, §5.3.2. */
import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { parseJid } from '../jid.ts';
import { type Element, x } from '../stanza.ts';

export const NS = 'http://jabber.org/protocol/bytestreams';

export interface StreamHost {
  /** whose it is: of the other side itself, or of a proxy */
  readonly jid: string;
  /** IPv4 or IPv6 address, or name */
  readonly host: string;
  readonly port: number;
}

/** RFC 1928 §3, where a streamhost names none (XEP-0065 §9.2). */
const DEFAULT_PORT = 1080;
/** more of one peer are passed over */
export const MOST_STREAMHOSTS = 16;

/** ASCII labels; the last is no number, which some systems would take for a part of an address. RFC 1123 §2.1 */
const HOST_NAME =
  /^(?=.{1,253}$)(?:[a-z\d_](?:[a-z\d_-]{0,61}[a-z\d_])?\.)*(?!\d+$|0x[\da-f]*$)[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?$/i;

export const isHost = (text: string): boolean => isIP(text) !== 0 || HOST_NAME.test(text);

/** Whole decimal, 1 to 65535; undefined else. */
export function parsePort(text: string | undefined): number | undefined {
  const port = text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** Reads the attributes of a `<streamhost/>`; undefined where one is missing or is none. */
export function parseStreamHost({ attrs }: Element): StreamHost | undefined {
  const { jid, host = '' } = attrs;
  const owner = parseJid(jid)?.full;
  const port = attrs.port === undefined ? DEFAULT_PORT : parsePort(attrs.port);
  if (owner === undefined || port === undefined || host.includes('%') || !isHost(host)) return undefined;
  return { jid: owner, host, port };
}

/**
 * All that are usable, in their order, at most MOST_STREAMHOSTS; each host and port once: a proxy takes the second
 * connection with one name for the other side's.
 */
export function parseStreamHosts(query: Element): StreamHost[] {
  const known = new Map<string, StreamHost>();
  for (const element of query.getChildren('streamhost', NS).slice(0, MOST_STREAMHOSTS)) {
    const host = parseStreamHost(element);
    const key = host && `${host.host.toLowerCase()} ${host.port}`;
    if (host !== undefined && key !== undefined && !known.has(key)) known.set(key, host);
  }
  return [...known.values()];
}

export const xStreamHost = ({ jid, host, port }: StreamHost): Element =>
  x('streamhost', { jid, host, port: String(port) });

/** DST.ADDR: what is asked for at a streamhost, and what it lets in by. §5.3.2 */
export function destinationOf(sid: string, requester: string, target: string): string {
  return createHash('sha1').update(`${sid}${requester}${target}`).digest('hex');
}

/** A DST.ADDR that somebody else computed; undefined for anything that is none. */
export function parseDestination(text: string | undefined): string | undefined {
  return text !== undefined && /^[\da-f]{40}$/i.test(text) ? text : undefined;
}
