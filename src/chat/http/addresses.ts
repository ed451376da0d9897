/** Which addresses a link of somebody else may lead to: the public Internet, unless the user says otherwise. */
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { ChatError } from '../problem.ts';

/** What is not reached over the public Internet, or stands for an address that may not be (RFC 6890 and its heirs). */
const V4 =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4';
const V6 =
  '::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8';

function listOf(ranges: string, family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const range of ranges.split(' ')) {
    const [network = '', bits] = range.split('/');
    list.addSubnet(network, Number(bits), family);
  }
  return list;
}
/** Networks of a home or an office, and of providers that share addresses (RFC 1918, 4193, 6598). */
const LOCAL_V4 = '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10';
const LOCAL_V6 = 'fc00::/7';

/** One list for each family: in a common one Node finds addresses of the one in ranges of the other. */
interface Ranges {
  readonly ipv4: BlockList;
  readonly ipv6: BlockList;
}
const rangesOf = (v4: string, v6: string): Ranges => ({ ipv4: listOf(v4, 'ipv4'), ipv6: listOf(v6, 'ipv6') });
const within = (address: string, { ipv4, ipv6 }: Ranges) =>
  isIP(address) === 4 ? ipv4.check(address, 'ipv4') : ipv6.check(address, 'ipv6');

let blocked: Ranges | undefined;
let local: Ranges | undefined;

/** True for an address of this computer, of the own network, of no network, or one that wraps another address. */
export function isPrivate(address: string): boolean {
  if (isIP(address) === 0) return true;
  blocked ??= rangesOf(V4, V6);
  return within(address, blocked);
}

/** True for an address of a local network, at which another computer can be. */
export function isLocal(address: string): boolean {
  if (isIP(address) === 0) return false;
  local ??= rangesOf(LOCAL_V4, LOCAL_V6);
  return within(address, local);
}

/** True for an address that means this computer itself. */
export const isLoopback = (address: string): boolean =>
  isIP(address) === 4 ? address.startsWith('127.') : /^(?:::1$|::ffff:127\.)/i.test(address);

/** Resolves a name to all its addresses. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

export const resolveByName: Resolve = (host) => lookup(host, { all: true, verbatim: true });

/**
 * The addresses to connect to, and to no others: what a name means is looked up once, so that it cannot mean another
 * host when it is connected to. Rejects with ChatError `private-address`, and with what the system says of the name.
 */
export async function allowedAddresses(
  hostname: string,
  { allowPrivate, resolve = resolveByName }: { allowPrivate: boolean; resolve?: Resolve | undefined },
): Promise<readonly LookupAddress[]> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(host);
  const found = family === 0 ? await resolve(host) : [{ address: host, family }];
  // One that is private among others is no accident.
  if (found.length === 0 || (!allowPrivate && found.some(({ address }) => isPrivate(address))))
    throw new ChatError('private-address', { host });
  return found;
}
