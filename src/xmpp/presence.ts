/** Presence and subscriptions. RFC 6121 §3, §4. https://xmpp.org/rfcs/rfc6121.html#presence */
import { EventEmitter } from 'node:events';
import { type OwnPresence, parseAvailability, type ResourcePresence, xPresence } from './availability.ts';
import { parseStanzaError, type StanzaError, UnsupportedFeatureError } from './errors.ts';
import { bareOf, domainOf, parseJid, resourceOf } from './jid.ts';
import { parseNick, xNick } from './nick.ts';
import type { Roster } from './roster.ts';
import type { Session } from './session/session.ts';
import { shortText } from './short-text.ts';
import { child, childText, type Element, type Node, x } from './stanza.ts';

export type { OwnPresence, ResourcePresence, Show } from './availability.ts';

export const NS_PRE_APPROVAL = 'urn:xmpp:features:pre-approval';
const NS_MUC_USER = 'http://jabber.org/protocol/muc#user';

export interface PresenceEvents {
  /** when a resource came, changed or went (show `offline`); ours too, under the account's JID */
  changed: [
    event: ResourcePresence & {
      /** bare JID */
      jid: string;
      before: ResourcePresence | undefined;
      element: Element;
    },
  ];
  /** when all that was known of who is there no longer holds: a new session began */
  cleared: [];
  /** when somebody asks to see our presence; may come again with every session until it is answered */
  subscriptionRequest: [event: { from: string; text: string; nick: string | undefined }];
  /** when somebody asks no longer: withdrawn before the answer, or ended after it (they lose our presence) */
  subscriptionEnded: [event: { jid: string }];
  /** when somebody approved our request */
  approved: [event: { jid: string }];
  /** when somebody declined our request */
  declined: [event: { jid: string }];
  /** when somebody took back an approval: we lose their presence */
  unsubscribed: [event: { jid: string }];
  /** when a presence of ours, or a request, came back with an error */
  failed: [event: { jid: string; error: StanzaError }];
}

export interface Presence extends EventEmitter<PresenceEvents> {
  /** what was sent last, `undefined` while unavailable */
  readonly own: OwnPresence | undefined;
  /** Becomes available, or changes, for all who may see it. §4.2, §4.4. Throws DisconnectedError. */
  send(own: OwnPresence): void;
  /** Becomes unavailable for all. §4.5 */
  sendUnavailable(status?: string): void;
  /** Shows presence to one JID only (§4.6): ours as it is, with what else they need. */
  direct(to: string, ...extensions: readonly Node[]): void;
  directUnavailable(to: string, status?: string): void;
  /** Adds elements to every available presence, directed ones too; returns the undo. */
  extend(hook: () => Node): () => void;

  /** Available resources of a bare JID, the highest priority first. */
  resources(jid: string): readonly ResourcePresence[];
  /** When it went, as far as the server told (milliseconds since 1970), with what it said then. */
  lastSeen(jid: string): { time: number; status: string } | undefined;

  /** Asks to see their presence. §3.1 */
  subscribe(jid: string, more?: { text?: string; nick?: string }): void;
  /** Lets them see ours: answers their request. §3.1.5 */
  approve(jid: string): void;
  /** Approves before they ask (§3.4). Throws UnsupportedFeatureError where the server cannot. */
  preApprove(jid: string): void;
  /** Declines a request, or takes an approval back. §3.2 */
  decline(jid: string): void;
  /** Wants their presence no longer. §3.3 */
  unsubscribe(jid: string): void;

  /** Takes the presences of the bare JIDs for which `test` is true (rooms) out of all this. Returns the undo. */
  claim(test: (jid: string) => boolean): () => void;
  /** Whether a JID sees our presence by subscription, or is ourselves or our server. */
  isSubscribed(jid: string): boolean;
  /** Whether a JID knows that we are here: subscribed, shown to by directed presence, or written to. */
  isShownTo(jid: string): boolean;
}

/** resources kept of one contact, and of one who is none; and how many of the latter are kept: more are a flood */
const MOST_RESOURCES = 100;
const MOST_RESOURCES_OF_STRANGER = 8;
const MOST_STRANGERS = 1000;

/** Who is there, who asks, and what we say of ourselves. */
export function presence(session: Session, options: { roster: Roster }): Presence {
  const present = new Map<string, Map<string, ResourcePresence>>();
  const seen = new Map<string, { time: number; status: string }>();
  const claims = new Set<(jid: string) => boolean>();
  const shown = new Set<string>();
  /** bare JIDs whose answer we wait for, also on behalf of other devices */
  const asked = new Set<string>();
  const hooks = new Set<() => Node>();
  let own: OwnPresence | undefined;

  const isClaimed = (jid: string) => {
    for (const test of claims) if (test(jid)) return true;
    return false;
  };
  const note = (item: { jid: string; ask: boolean }) => item.ask && asked.add(item.jid);
  options.roster.on('loaded', ({ items }) => items.forEach(note));
  options.roster.on('changed', ({ item }) => note(item));
  options.roster.on('removed', ({ jid }) => asked.delete(jid));
  session.on('online', () => {
    present.clear();
    shown.clear();
    own = undefined;
    api.emit('cleared');
  });
  session.on('sent', (stanza) => {
    const { to, type } = stanza.attrs;
    // They read our full JID from the stanza.
    if (to !== undefined && stanza.getName() === 'message' && type !== 'error') shown.add(bareOf(to));
  });

  const isStranger = (jid: string) => jid !== session.account && !options.roster.items.has(jid);
  /** Strangers may show themselves (§4.6), and go again, but not without bound. */
  const hasRoom = (known: ReadonlyMap<string, unknown>, jid: string) =>
    !isStranger(jid) || known.has(jid) || known.size < options.roster.items.size + MOST_STRANGERS;

  const become = (jid: string, state: ResourcePresence, element: Element) => {
    const resources = present.get(jid) ?? new Map<string, ResourcePresence>();
    const before = resources.get(state.resource);
    const most = isStranger(jid) ? MOST_RESOURCES_OF_STRANGER : MOST_RESOURCES;
    if (state.show === 'offline') {
      resources.delete(state.resource);
      if (resources.size === 0) present.delete(jid);
      // Whoever was not here has gone at the time that is said, not now.
      if (resources.size === 0 && (before !== undefined || state.delay !== undefined) && hasRoom(seen, jid))
        seen.set(jid, { time: state.delay?.time ?? Date.now(), status: state.status });
    } else if (before !== undefined || (resources.size < most && hasRoom(present, jid))) {
      resources.set(state.resource, state);
      present.set(jid, resources);
      seen.delete(jid);
    } else return;
    // What was never here does not go: the server only says so.
    if (before !== undefined || state.show !== 'offline')
      api.emit('changed', { ...state, jid, before, element });
  };

  /** The whole account, or service, is gone. */
  const leave = (jid: string, state: ResourcePresence, element: Element) => {
    const resources = [...(present.get(jid)?.keys() ?? [state.resource])];
    for (const resource of resources) become(jid, { ...state, resource }, element);
  };

  const onAvailability = (stanza: Element, from: string) => {
    const state = parseAvailability(stanza);
    if (state === undefined) return;
    if (state.show === 'offline' && state.resource === '') leave(from, state, stanza);
    else become(bareOf(from), state, stanza);
  };

  const onError = (stanza: Element, from: string) => {
    // §4.3.2: whoever cannot be reached is not there; an error from one resource says nothing of the others.
    const gone = { show: 'offline', status: '', priority: 0, delay: undefined } as const;
    const resource = resourceOf(from);
    if (resource === undefined) leave(from, { ...gone, resource: '' }, stanza);
    else become(bareOf(from), { ...gone, resource }, stanza);
    asked.delete(bareOf(from));
    api.emit('failed', { jid: from, error: parseStanzaError(stanza) });
  };

  const onSubscription = (stanza: Element, jid: string) => {
    switch (stanza.attrs.type) {
      case 'subscribe':
        api.emit('subscriptionRequest', {
          from: jid,
          text: shortText(childText(stanza, 'status') ?? ''),
          nick: parseNick(stanza),
        });
        break;
      case 'unsubscribe':
        api.emit('subscriptionEnded', { jid });
        break;
      case 'subscribed':
        // §3.1.6: only an answer to a question counts.
        if (asked.delete(jid)) api.emit('approved', { jid });
        break;
      case 'unsubscribed':
        api.emit(asked.delete(jid) ? 'declined' : 'unsubscribed', { jid });
        break;
    }
  };

  session.on('presence', (stanza) => {
    const from = stanza.attrs.from ?? session.account;
    const { type } = stanza.attrs;
    if (isClaimed(bareOf(from))) return;
    if (type === undefined || type === 'unavailable') {
      // Rooms never joined are ignored: their occupants are nobody's resources (XEP-0045 §7.2.2).
      if (child(stanza, 'x', NS_MUC_USER) === undefined) onAvailability(stanza, from);
    } else if (type === 'error') onError(stanza, from);
    else onSubscription(stanza, bareOf(from));
  });

  const extensions = () => [...hooks].map((hook) => hook());
  const subscription = (type: string, jid: string, ...nodes: Node[]) =>
    // §3.1.1: to the bare JID.
    session.send(x('presence', { to: bareOf(jid), type }, ...nodes));

  const api: Presence = Object.assign(new EventEmitter<PresenceEvents>(), {
    own: undefined,
    send(wanted: OwnPresence) {
      session.send(xPresence(wanted, undefined, ...extensions()));
      own = wanted;
    },
    sendUnavailable(status = '') {
      session.send(x('presence', { type: 'unavailable' }, status !== '' && x('status', {}, status)));
      own = undefined;
    },
    direct(to: string, ...nodes: readonly Node[]) {
      const state = own ?? { show: 'available', status: '', priority: 0 };
      session.send(xPresence(state, to, ...extensions(), ...nodes));
      shown.add(bareOf(to));
    },
    directUnavailable(to: string, status = '') {
      session.send(x('presence', { to, type: 'unavailable' }, status !== '' && x('status', {}, status)));
      shown.delete(bareOf(to));
    },
    extend(hook: () => Node) {
      hooks.add(hook);
      return () => void hooks.delete(hook);
    },
    resources: (jid: string) =>
      [...(present.get(bareOf(jid))?.values() ?? [])].sort((a, b) => b.priority - a.priority),
    lastSeen: (jid: string) => seen.get(bareOf(jid)),
    subscribe(jid: string, { text = '', nick = '' } = {}) {
      subscription('subscribe', jid, text !== '' && x('status', {}, text), nick !== '' && xNick(nick));
      asked.add(bareOf(jid));
    },
    approve: (jid: string) => subscription('subscribed', jid),
    preApprove(jid: string) {
      if (!session.hasStreamFeature('sub', NS_PRE_APPROVAL))
        throw new UnsupportedFeatureError(NS_PRE_APPROVAL, session.domain);
      subscription('subscribed', jid);
    },
    decline: (jid: string) => subscription('unsubscribed', jid),
    unsubscribe(jid: string) {
      subscription('unsubscribe', jid);
      asked.delete(bareOf(jid));
    },
    claim(test: (jid: string) => boolean) {
      claims.add(test);
      return () => void claims.delete(test);
    },
    isSubscribed(jid: string) {
      const bare = bareOf(jid);
      if (bare === session.account || bare === session.domain) return true;
      const held = options.roster.items.get(bare)?.subscription;
      return held === 'from' || held === 'both';
    },
    isShownTo(jid: string) {
      const bare = bareOf(jid);
      const service = parseJid(bare)?.local === undefined && domainOf(bare).endsWith(`.${session.domain}`);
      return api.isSubscribed(jid) || service || shown.has(bare) || isClaimed(bare);
    },
  });
  return Object.defineProperty(api, 'own', { get: () => own });
}
