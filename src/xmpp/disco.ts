/**
 * XEP-0030: Service Discovery, version 2.5.0. https://xmpp.org/extensions/xep-0030.html
 * XEP-0115: Entity Capabilities, version 1.6.0. https://xmpp.org/extensions/xep-0115.html
 */
import {
  type Caps,
  type CapsStore,
  capsMemory,
  NS_CAPS,
  parseCaps,
  verificationString,
  verifyCaps,
  xCaps,
} from './caps.ts';
import {
  type DiscoInfo,
  type DiscoItem,
  type Identity,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  parseInfo,
  parseItems,
  xInfo,
} from './disco-info.ts';
import { StanzaError, TimeoutError } from './errors.ts';
import { parsePage, xPage } from './paging.ts';
import type { RequestOptions, Session } from './session/session.ts';
import { child, type Element, x } from './stanza.ts';

export {
  type DiscoInfo,
  type DiscoItem,
  type Identity,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  parseInfo,
  parseItems,
};

/** An item of the own server with what it says of itself. */
export interface Service extends DiscoItem {
  readonly info: DiscoInfo;
}

/** milliseconds each service has to describe itself */
const SERVICE_DEADLINE = 5_000;
const CAPS_DEADLINE = 10_000;
/** pages of one list of items (XEP-0059) */
const MOST_PAGES = 100;
/** resources remembered; a flood of presences pushes out the oldest */
const MOST_RESOURCES = 20_000;

export interface DiscoOptions {
  /** address of the program, names it in `<c/>` (XEP-0115 §4) */
  readonly node: string;
  readonly identity: Identity;
  /** what was learnt in earlier sessions */
  readonly caps?: CapsStore;
  /** whether an answer tells them nothing new: they see that we are there already */
  mayKnow?(jid: string): boolean;
}

export interface Disco {
  addFeature(ns: string): void;
  addIdentity(identity: Identity): void;
  /** Our `<c/>` for outgoing presence, of all features registered by now. XEP-0115 §6.1 */
  xCaps(): Element;
  /** Asks what it is and can. Rejects as Session.request does, and with StanzaError for an answer that is none. */
  info(jid: string, node?: string, options?: RequestOptions): Promise<DiscoInfo>;
  /** All items, or the first `most`, page after page where the service gives pages (XEP-0059 §2.3). */
  items(jid: string, node?: string, options?: RequestOptions & { most?: number }): Promise<DiscoItem[]>;
  /** What that resource said by its presence, as far as known without asking. */
  known(jid: string): DiscoInfo | undefined;
  /** Whether it has the feature; by its capabilities where possible; false where it does not answer. */
  supports(jid: string, feature: string): Promise<boolean>;
  /** The server itself and its items, asked in parallel with a deadline each; what does not answer is left out. */
  services(): Promise<readonly Service[]>;
  /** Whether the server answered nothing when its services were asked for: what was not found may be there. */
  readonly silent: boolean;
  /** The first service of that identity, of the own server before others; `type` and `feature` narrow it. */
  findService(category: string, type?: string, feature?: string): Promise<Service | undefined>;
}

/** Answers what we are, and learns what others are. */
export function disco(session: Session, options: DiscoOptions): Disco {
  const features = new Set([NS_DISCO_INFO, NS_DISCO_ITEMS, NS_CAPS]);
  const identities: Identity[] = [options.identity];
  const cache = capsMemory(options.caps);
  /** what each resource announces */
  const announced = new Map<string, Caps>();
  /** answers that hold for one address only, and requests under way; forgotten with the session */
  const answers = new Map<string, Promise<DiscoInfo | undefined>>();
  let services: Promise<readonly Service[]> | undefined;
  let silent = false;

  const own = (): DiscoInfo => ({ identities, features: [...features].sort(), forms: [] });
  const ownVer = () => verificationString(own()) ?? '';

  const permit = (iq: Element) => {
    if (options.mayKnow?.(iq.attrs.from ?? session.account) === false)
      throw new StanzaError('service-unavailable');
  };
  session.respond('get', 'query', NS_DISCO_INFO, (iq, query) => {
    permit(iq);
    const { node } = query.attrs;
    // XEP-0115 §6.2: the node of our capabilities stands for ourselves.
    if (node !== undefined && node !== `${options.node}#${ownVer()}`) throw new StanzaError('item-not-found');
    return xInfo(own(), node);
  });
  session.respond('get', 'query', NS_DISCO_ITEMS, (iq, query) => {
    permit(iq);
    if (query.attrs.node !== undefined) throw new StanzaError('item-not-found');
    return x('query', { xmlns: NS_DISCO_ITEMS });
  });

  session.on('online', () => {
    announced.clear();
    answers.clear();
    services = undefined;
    silent = false;
  });
  session.on('presence', (presence) => {
    const { from, type } = presence.attrs;
    if (from === undefined || (type !== undefined && type !== 'unavailable')) return;
    const caps = type === undefined ? parseCaps(presence) : undefined;
    if (announced.get(from)?.ver !== caps?.ver) answers.delete(from);
    announced.delete(from);
    if (caps === undefined) return;
    announced.set(from, caps);
    const [oldest] = announced.keys();
    if (announced.size > MOST_RESOURCES && oldest !== undefined) announced.delete(oldest);
  });

  const query = async (xmlns: string, jid: string, node?: string, more?: RequestOptions, page?: Element) => {
    const iq = x('iq', { type: 'get', to: jid }, x('query', { xmlns, node }, page));
    return child(await session.request(iq, more), 'query', xmlns);
  };
  const info: Disco['info'] = async (jid, node, more) => {
    const answer = parseInfo(await query(NS_DISCO_INFO, jid, node, more));
    if (answer === undefined) throw new StanzaError('undefined-condition');
    return answer;
  };
  const items: Disco['items'] = async (jid, node, { most = Number.POSITIVE_INFINITY, ...more } = {}) => {
    const all: DiscoItem[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const page = after === undefined ? undefined : xPage({ after });
      const answer = await query(NS_DISCO_ITEMS, jid, node, more, page);
      const found = parseItems(answer);
      if (answer === undefined || found === undefined) throw new StanzaError('undefined-condition');
      const { last, count } = parsePage(answer) ?? {};
      // A service that turns no page would tell the same for ever.
      if (last !== undefined && last === after) break;
      all.push(...found);
      if (last === undefined || found.length === 0 || all.length >= Math.min(most, count ?? most)) break;
      after = last;
    }
    return all.slice(0, most);
  };

  const known = (jid: string) => {
    const caps = announced.get(jid);
    return caps && cache.get(caps);
  };
  const learn = async (jid: string): Promise<DiscoInfo | undefined> => {
    const caps = announced.get(jid);
    const node = caps && `${caps.node}#${caps.ver}`;
    const answer = await info(jid, node, { timeout: CAPS_DEADLINE }).catch(() => undefined);
    // XEP-0115 §5.4: what does not match holds for this address only, and is told to nobody else.
    if (caps && answer && verifyCaps(answer, caps)) cache.put(caps, answer);
    // A failure is not remembered: the next question asks again.
    if (answer === undefined) answers.delete(jid);
    return answer;
  };
  const describe = (jid: string): Promise<DiscoInfo | undefined> => {
    const cached = known(jid);
    if (cached) return Promise.resolve(cached);
    const pending = answers.get(jid) ?? learn(jid);
    answers.set(jid, pending);
    return pending;
  };

  const discover = async (): Promise<readonly Service[]> => {
    const deadline = { timeout: SERVICE_DEADLINE };
    let late = 0;
    const listed = items(session.domain, undefined, deadline).catch((error: unknown): DiscoItem[] => {
      if (error instanceof TimeoutError) late++;
      return [];
    });
    const ask = async (item: DiscoItem): Promise<Service[]> => {
      const answer = await info(item.jid, item.node, deadline).catch((error: unknown) => {
        if (error instanceof TimeoutError && item.jid === session.domain) late++;
        return undefined;
      });
      return answer === undefined ? [] : [{ ...item, info: answer }];
    };
    const self = ask({ jid: session.domain, node: undefined, name: undefined });
    const found = await Promise.all([
      self,
      ...(await listed).filter((item) => item.jid !== session.domain).map(ask),
    ]);
    silent = late === 2;
    return found.flat();
  };

  const api: Disco = {
    get silent() {
      return silent;
    },
    addFeature: (ns) => void features.add(ns),
    addIdentity: (identity) => void identities.push(identity),
    xCaps: () => xCaps({ node: options.node, hash: 'sha-1', ver: ownVer() }),
    info,
    items,
    known,
    supports: async (jid, feature) => (await describe(jid))?.features.includes(feature) ?? false,
    services() {
      if (services !== undefined) return services;
      const found = discover();
      services = found;
      // Silence is not an answer to keep.
      found.then((list) => {
        if (list.length === 0 && services === found) services = undefined;
      });
      return found;
    },
    async findService(category, type, feature) {
      return (await api.services()).find(
        (service) =>
          service.info.identities.some(
            (identity) => identity.category === category && (type === undefined || identity.type === type),
          ) &&
          (feature === undefined || service.info.features.includes(feature)),
      );
    },
  };
  return api;
}
