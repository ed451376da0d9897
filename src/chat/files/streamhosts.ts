/** Which streamhosts are connected to: others say where they are, so others must not lead us anywhere. XEP-0065. */
import type { Permit } from '../../xmpp/bytestreams/socks5-connect.ts';
import type { StreamHost } from '../../xmpp/bytestreams/streamhosts.ts';
import { isLocal, isLoopback, isPrivate, type Resolve, resolveByName } from '../http/addresses.ts';

export interface StreamHostPolicy {
  /** the other side may learn our address: connections to wherever it says, not only to proxies of our own server */
  readonly direct: boolean;
  /** our address on the way to our server: where that is on this computer, streamhosts on it are no trap */
  readonly localAddress: string | undefined;
  /** proxies of our own server */
  readonly proxies: () => Promise<readonly StreamHost[]>;
  /** tests put their own names in */
  readonly resolve?: Resolve | undefined;
}

/** What listens below is of the system, and never a streamhost of a person in the same network. */
const FIRST_PORT = 1024;

/**
 * Public addresses, and those of a local network, where direct connections are made: from port 1024, so that nobody can
 * have us knock at a router. Nothing of this computer itself, unless our server is on it; nothing of the link, of groups
 * or of no network (169.254.169.254 answers questions about machines in data centres).
 */
export function streamHostPermit({ direct, localAddress, proxies, resolve }: StreamHostPolicy): Permit {
  const home = localAddress !== undefined && isLoopback(localAddress);
  const may = (address: string, port: number) =>
    !isPrivate(address) || (isLocal(address) && port >= FIRST_PORT) || (home && isLoopback(address));
  return async ({ host, port }) => {
    const known = direct || (await proxies()).some((proxy) => proxy.host === host && proxy.port === port);
    const found = known ? await (resolve ?? resolveByName)(host) : [];
    // One that is not allowed among others is no accident.
    return found.every(({ address }) => may(address, port)) ? found : [];
  };
}
