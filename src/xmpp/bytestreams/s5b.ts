/** XEP-0065 SOCKS5 Bytestreams, version 1.8.2. https://xmpp.org/extensions/xep-0065.html */
import type { Disco } from '../disco.ts';
import { DisconnectedError, StanzaError, XmppError } from '../errors.ts';
import type { RequestOptions, Session } from '../session/session.ts';
import { child, type Element, x } from '../stanza.ts';
import { whenGone } from './gone.ts';
import type { InboundStream } from './ibb-inbound.ts';
import { keyOf, peerOf } from './keys.ts';
import type { ReceiveTerms, SocketStream } from './socket-stream.ts';
import { connectTo, connectToFirst, type Permit } from './socks5-connect.ts';
import { type Listening, listenFor, ownAddresses } from './socks5-listen.ts';
import {
  destinationOf,
  NS,
  parseDestination,
  parseStreamHost,
  parseStreamHosts,
  type StreamHost,
  xStreamHost,
} from './streamhosts.ts';

export { NS };

/** What the one who offers a stream says of it. */
export interface RequestTerms {
  readonly sid: string;
  /** full JID */
  readonly peer: string;
  /** our own addresses are offered beside those of proxies */
  readonly direct: boolean;
  /** for the proxy, if it is one */
  readonly permit: Permit;
  readonly signal?: AbortSignal | undefined;
}

/** What the one who takes a stream says of it. */
export interface TargetTerms extends ReceiveTerms {
  readonly sid: string;
  /** full JID; nobody else's streamhosts count */
  readonly peer: string;
  readonly permit: Permit;
  /** milliseconds until the peer must have said where; default 60,000 */
  readonly patience?: number | undefined;
}

export interface Socks5Bytestreams {
  /** The proxies of the own server, with their addresses; those that do not say where they are are left out. */
  proxies(): Promise<readonly StreamHost[]>;
  /** Addresses of this computer at which a peer may reach it, likeliest first. */
  ownAddresses(): readonly string[];
  /**
   * Tells a proxy that both sides are connected (§6.3.5): `target` is the other side. Rejects as Session.request does,
   * with `not-allowed` where the other side is not.
   */
  activate(proxy: string, sid: string, target: string, options?: RequestOptions): Promise<void>;
  /**
   * Offers a stream and resolves when it stands. Rejects with XmppError `no-bytestream` where no connection came
   * about, with DisconnectedError, or with the reason of `signal`.
   */
  open(terms: RequestTerms): Promise<SocketStream>;
  /**
   * Lets exactly that full JID offer exactly that stream, and gives its bytes. The iteration throws as
   * SocketStream.receive says, and XmppError `no-bytestream` where none came about.
   */
  expect(terms: TargetTerms): InboundStream;
}

/** milliseconds for a proxy to say where it is */
const PROXY_DEADLINE = 5_000;
const MOST_PROXIES = 4;
/** milliseconds that the other side may take to try all streamhosts */
const TRYING = 60_000;
const DEFAULT_PATIENCE = 60_000;

const noBytestream = (cause: unknown) => new XmppError('no-bytestream', undefined, { cause });

/** §5.3.1: at least one streamhost, and the hash of the name for whom it is not plain (§7). */
function xRequest(sid: string, destination: string, hosts: readonly StreamHost[]): Element {
  return x('query', { xmlns: NS, sid, mode: 'tcp', dstaddr: destination }, ...hosts.map(xStreamHost));
}

/** Which streamhost an answer names. §5.3.3 */
export function parseUsed(answer: Element): string | undefined {
  return child(child(answer, 'query', NS), 'streamhost-used', NS)?.attrs.jid;
}

interface Offered {
  readonly hosts: readonly StreamHost[];
  readonly destination: string;
}

/** Reads what a peer offers; undefined where it is malformed. */
function parseRequest(iq: Element, query: Element, own: string): (Offered & { sid: string }) | undefined {
  const { sid, dstaddr } = query.attrs;
  const hosts = parseStreamHosts(query);
  if (!sid || hosts.length === 0) return undefined;
  const destination = parseDestination(dstaddr) ?? destinationOf(sid, iq.attrs.from ?? '', own);
  return { sid, hosts, destination };
}

/** A stream that is to come: the first `settle` counts. */
interface Expected {
  readonly permit: Permit;
  readonly signal: AbortSignal;
  take(stream: SocketStream): boolean;
  fail(error: unknown): void;
}

function expected(terms: TargetTerms, leave: () => void): { entry: Expected; inbound: InboundStream } {
  const over = new AbortController();
  const patience = setTimeout(
    () => entry.fail(noBytestream(new XmppError('remote-server-timeout'))),
    terms.patience ?? DEFAULT_PATIENCE,
  );
  let inbound: InboundStream | undefined;
  let arrived: (stream: InboundStream) => void = () => {};
  const stream = new Promise<InboundStream>((resolve, reject) => {
    arrived = resolve;
    over.signal.addEventListener('abort', () => reject(over.signal.reason), { once: true });
  });
  // Nobody may be reading yet.
  stream.catch(() => undefined);
  const entry: Expected = {
    permit: terms.permit,
    signal: over.signal,
    take(socket) {
      clearTimeout(patience);
      leave();
      if (over.signal.aborted) {
        socket.close();
        return false;
      }
      inbound = socket.receive(terms);
      arrived(inbound);
      return true;
    },
    fail(error) {
      clearTimeout(patience);
      leave();
      over.abort(error);
    },
  };
  const close = () => {
    if (inbound === undefined) entry.fail(new XmppError('cancelled'));
    else inbound.close();
  };
  async function* read(): AsyncGenerator<Uint8Array, void> {
    try {
      yield* await stream;
    } finally {
      close();
    }
  }
  const reader = read();
  return { entry, inbound: { [Symbol.asyncIterator]: () => reader, close } };
}

/** SOCKS5 streams in both directions. Only what was negotiated with that full JID before is let in. */
export function socks5Bytestreams(
  session: Session,
  { disco }: { disco: Pick<Disco, 'addFeature' | 'services'> },
): Socks5Bytestreams {
  const targets = new Map<string, Expected>();
  let known: Promise<readonly StreamHost[]> | undefined;
  disco.addFeature(NS);
  session.on('online', () => {
    known = undefined;
  });

  // Who is gone will not say where.
  whenGone(session, (error, peer) => {
    for (const [key, target] of [...targets])
      if (peer === undefined || peerOf(key) === peer) target.fail(error);
  });

  session.respond('set', 'query', NS, async (iq, query) => {
    const from = iq.attrs.from ?? '';
    const offered = parseRequest(iq, query, session.jid);
    if (offered === undefined) throw new StanzaError('bad-request', 'modify');
    const key = keyOf(from, offered.sid);
    const target = targets.get(key);
    // §5.3.1: the answer of somebody who does not wish to; a stranger learns nothing more.
    if (target === undefined || query.attrs.mode === 'udp') throw new StanzaError('not-acceptable', 'modify');
    // Once only: who may ask again and again could look through our network.
    targets.delete(key);
    const { permit, signal } = target;
    const made = await connectToFirst(offered.hosts, {
      destination: offered.destination,
      permit,
      signal,
    }).catch(() => undefined);
    if (made === undefined || !target.take(made.stream)) {
      target.fail(noBytestream(undefined));
      throw new StanzaError('item-not-found');
    }
    return x('query', { xmlns: NS, sid: offered.sid }, x('streamhost-used', { jid: made.host.jid }));
  });

  async function addressOf(proxy: string): Promise<StreamHost | undefined> {
    const iq = x('iq', { type: 'get', to: proxy }, x('query', { xmlns: NS }));
    const answer = await session.request(iq, { timeout: PROXY_DEADLINE }).catch(() => undefined);
    const element = child(child(answer, 'query', NS), 'streamhost', NS);
    return element && parseStreamHost(element);
  }

  async function findProxies(): Promise<readonly StreamHost[]> {
    const services = await disco.services();
    const jids = services
      .filter(({ info }) =>
        info.identities.some(({ category, type }) => category === 'proxy' && type === 'bytestreams'),
      )
      .map(({ jid }) => jid);
    const found = await Promise.all(jids.slice(0, MOST_PROXIES).map(addressOf));
    return found.filter((host) => host !== undefined);
  }

  /** Where the peer says that it came to, we go too. */
  async function meet(
    used: string | undefined,
    proxies: readonly StreamHost[],
    listening: Listening | undefined,
    { sid, peer, permit, signal }: RequestTerms,
  ): Promise<SocketStream> {
    if (used === session.jid && listening !== undefined) return listening.connection({ signal });
    const proxy = proxies.find(({ jid }) => jid === used);
    if (proxy === undefined) throw new XmppError('not-acceptable', 'a streamhost that was not offered');
    const destination = destinationOf(sid, session.jid, peer);
    const stream = await connectTo(proxy, { destination, permit, signal });
    try {
      await api.activate(proxy.jid, sid, peer, signal === undefined ? {} : { signal });
      return stream;
    } catch (error) {
      stream.close();
      throw error;
    }
  }

  const api: Socks5Bytestreams = {
    proxies() {
      if (known !== undefined) return known;
      const found = findProxies();
      known = found;
      // Silence is not an answer to keep.
      const forget = () => {
        if (known === found) known = undefined;
      };
      found.then((hosts) => hosts.length === 0 && forget(), forget);
      return found;
    },
    ownAddresses: () => ownAddresses(session.localAddress),
    async activate(proxy, sid, target, options = {}) {
      const query = x('query', { xmlns: NS, sid }, x('activate', {}, target));
      await session.request(x('iq', { type: 'set', to: proxy }, query), options);
    },
    async open(terms) {
      const { sid, peer, direct, signal } = terms;
      signal?.throwIfAborted();
      const destination = destinationOf(sid, session.jid, peer);
      const listening = direct ? await listenFor(destination, api.ownAddresses()) : undefined;
      try {
        const proxies = await api.proxies();
        const own = listening?.places ?? [];
        const hosts = [...own.map((place) => ({ ...place, jid: session.jid })), ...proxies];
        if (hosts.length === 0) throw new XmppError('no-bytestream', 'no streamhost to offer');
        const iq = x('iq', { type: 'set', to: peer }, xRequest(sid, destination, hosts));
        const more = signal === undefined ? { timeout: TRYING } : { timeout: TRYING, signal };
        const used = parseUsed(await session.request(iq, more));
        return await meet(used, proxies, listening, terms);
      } catch (error) {
        signal?.throwIfAborted();
        throw error instanceof DisconnectedError ? error : noBytestream(error);
      } finally {
        listening?.close();
      }
    },
    expect(terms) {
      const key = keyOf(terms.peer, terms.sid);
      const { entry, inbound } = expected(terms, () => {
        if (targets.get(key) === entry) targets.delete(key);
      });
      targets.set(key, entry);
      return inbound;
    },
  };
  return api;
}
