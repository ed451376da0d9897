/**
 * Where a domain's server may be reached, in the order to try. RFC 6120 §3.2, RFC 2782;
 * XEP-0368: SRV records for XMPP over TLS, version 1.1.0, https://xmpp.org/extensions/xep-0368.html.
 */
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { ConnectionError } from '../errors.ts';

export interface Target {
  host: string;
  port: number;
  /** TLS from the first byte; otherwise STARTTLS */
  direct: boolean;
}

export interface SrvRecord {
  name: string;
  port: number;
  priority: number;
  weight: number;
}

/** The one question asked of DNS; addresses are left to the connection. */
export type ResolveSrv = (name: string) => Promise<SrvRecord[]>;

const DEFAULT_PORT = 5222;
const DEFAULT_DIRECT_PORT = 5223;

/** The domain as DNS and certificates spell it: A-labels, no brackets around an IPv6 address. */
export function asciiDomain(domain: string): string {
  const bare = domain.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) !== 0 ? bare : domainToASCII(domain) || domain;
}

/** Reads `xmpp://host[:port]` and `xmpps://host[:port]`; `undefined` for anything else. */
export function parseService(service: string): Target | undefined {
  const match = /^(xmpps?):\/\/(\[[0-9a-f:.]+\]|[^\s/?#:@[\]]+)(?::(\d{1,5}))?\/?$/i.exec(service);
  const [, scheme, host, digits] = match ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  const direct = scheme.toLowerCase() === 'xmpps';
  const port = digits === undefined ? (direct ? DEFAULT_DIRECT_PORT : DEFAULT_PORT) : Number(digits);
  return port >= 1 && port <= 65535 ? { host: asciiDomain(host), port, direct } : undefined;
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|::ffff:127\.\d+\.\d+\.\d+)$/;
/** Names and addresses of this machine; and what is no address, but is taken for one by the system (`2130706433`). */
const HERE = /^(?:(?:.+\.)?localhost\.?|0\.0\.0\.0|::|::ffff:[\d.:a-f]+|(?:.+\.)?(?:0x[\da-f]*|\d+)\.?)$/i;

/** True for an address of this machine that no packet leaves it by. */
export function isLoopback(address: string | undefined): boolean {
  return LOOPBACK.test(address ?? '');
}

const isHere = (host: string): boolean =>
  isLoopback(host) || (HERE.test(host) && (isIP(host) !== 4 || host === '0.0.0.0'));

/**
 * Reads the text of `<see-other-host/>` (RFC 6120 §4.9.3.19): a host, an address in brackets, perhaps a port. Whoever is
 * elsewhere (`localAddress`: ours, by which we are connected) does not have us connect to this machine.
 */
export function parseOtherHost(
  text: string,
  { direct, localAddress }: { direct: boolean; localAddress: string | undefined },
): Target | undefined {
  const trimmed = text.trim();
  const whole = isIP(trimmed) === 6 ? `[${trimmed}]` : trimmed;
  const target = parseService(`${direct ? 'xmpps' : 'xmpp'}://${whole}`);
  return target !== undefined && isHere(target.host) && !isLoopback(localAddress) ? undefined : target;
}

/** Priority ascending, within one priority at random by weight. RFC 2782, "Usage rules". */
export function bySrvOrder<T extends { priority: number; weight: number }>(
  records: readonly T[],
  random: () => number = Math.random,
): T[] {
  const left = [...records].sort((a, b) => a.priority - b.priority || a.weight - b.weight);
  const ordered: T[] = [];
  while (left.length > 0) {
    const level = left.filter((record) => record.priority === left[0]?.priority);
    const total = level.reduce((sum, record) => sum + record.weight, 0);
    let at = random() * total;
    const chosen =
      level.find((record) => {
        at -= record.weight;
        return at < 0;
      }) ?? level.at(-1);
    if (chosen === undefined) break;
    ordered.push(chosen);
    left.splice(left.indexOf(chosen), 1);
  }
  return ordered;
}

const NO_RECORD = new Set(['ENOTFOUND', 'ENODATA', 'NXDOMAIN', 'NOTFOUND']);

/** DNS with an end: two tries of three seconds each, or the signal. */
export function srvResolver(signal: AbortSignal): ResolveSrv {
  return async (name) => {
    const dns = new Resolver({ timeout: 3000, tries: 2 });
    const cancel = () => dns.cancel();
    signal.addEventListener('abort', cancel);
    try {
      return await dns.resolveSrv(name);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}

/** What DNS says of one kind of records. */
export interface SrvAnswer {
  /** the name that was asked for: `_xmpp-client._tcp.example.org` */
  readonly name: string;
  /** in no order; empty where there is none, `undefined` where DNS gave no usable answer */
  readonly records: readonly SrvRecord[] | undefined;
  /** of the failure: `ESERVFAIL`, `ETIMEOUT`, … */
  readonly code: string | undefined;
}

export interface FoundTargets {
  /** direct TLS first, then STARTTLS; none for a domain that DNS is not asked about */
  readonly answers: readonly SrvAnswer[];
  /** in the order to try; empty where the domain says that it has no such service */
  readonly targets: readonly Target[];
  /** what is tried was said by no record */
  readonly guessed: boolean;
}

async function lookup(resolve: ResolveSrv, name: string): Promise<SrvAnswer> {
  try {
    return { name, records: await resolve(name), code: undefined };
  } catch (error) {
    const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException;
    return NO_RECORD.has(code) ? { name, records: [], code: undefined } : { name, records: undefined, code };
  }
}

/** Nobody has more servers; what stands behind them is never tried. */
const MOST_RECORDS = 100;

/** Asks DNS for both kinds of records. Never rejects: where DNS fails, the bare domain is left to try. */
export async function findTargets(domain: string, resolve: ResolveSrv): Promise<FoundTargets> {
  const host = asciiDomain(domain);
  const fallback = [{ host, port: DEFAULT_PORT, direct: false }];
  if (isIP(host) !== 0 || host === 'localhost' || host.endsWith('.localhost'))
    return { answers: [], targets: fallback, guessed: true };
  const [direct, starttls] = await Promise.all([
    lookup(resolve, `_xmpps-client._tcp.${host}`),
    lookup(resolve, `_xmpp-client._tcp.${host}`),
  ]);
  const answers = [direct, starttls];
  const records = [
    ...(direct.records ?? []).map((record) => ({ ...record, direct: true })),
    ...(starttls.records ?? []).map((record) => ({ ...record, direct: false })),
  ];
  const usable = records
    .filter(({ name }) => name !== '.' && name !== '')
    .sort((a, b) => a.priority - b.priority)
    .slice(0, MOST_RECORDS);
  // XEP-0368 §3: both kinds of records are one list.
  const targets = bySrvOrder(usable).map(({ name, port, direct }) => ({ host: name, port, direct }));
  // RFC 2782: a single target "." means that the service is decidedly not available.
  const guessed = records.length === 0;
  return { answers, targets: guessed ? fallback : targets, guessed };
}

/**
 * Resolves to at least one target. Rejects with ConnectionError `dns-not-found` when the domain says that it has
 * no such service. A failing DNS is no error here: the bare domain is left to try, and says so itself.
 */
export async function resolveTargets(domain: string, resolve: ResolveSrv): Promise<readonly Target[]> {
  const { targets } = await findTargets(domain, resolve);
  if (targets.length === 0) throw new ConnectionError('dns-not-found', `${domain} offers no XMPP service`);
  return targets;
}
