/** Contacts as a person sees them: the roster, who is there, when they were last seen. RFC 6121 §2–§4. */
import type { Presence, ResourcePresence } from '../xmpp/presence.ts';
import type { Roster, RosterItem } from '../xmpp/roster.ts';
import type { ChatEvents, Contact, Resource } from './events.ts';
import type { MessageStore, RosterCache } from './stores.ts';

/** What tells the rest of the program. */
export type Tell = <E extends keyof ChatEvents>(event: E, ...payload: ChatEvents[E]) => void;

export interface ContactsOptions {
  readonly account: string;
  readonly cache: RosterCache;
  readonly messages: MessageStore;
  readonly tell: Tell;
  /** name and version of the client of a full JID, where known without asking */
  readonly clientOf: (jid: string) => string | undefined;
}

let compare: Intl.Collator['compare'] | undefined;
/** Made by the first list: a run that shows none does not load the tables. */
function byName(a: string, b: string): number {
  compare ??= new Intl.Collator().compare;
  return compare(a, b);
}

const STATUS_ORDER: readonly string[] = ['chat', 'available', 'dnd', 'away', 'xa'];

/** Works on the cached roster until `attach` gives it a connection. */
export function contacts({ account, cache, messages, tell, clientOf }: ContactsOptions) {
  // The version first: where another process keeps a change between, the server tells of it again.
  let version = cache.version(account);
  let items = new Map<string, RosterItem>(cache.items(account).map((item) => [item.jid, item]));
  let presence: Presence | undefined;
  /** true between the initial presence and the end of the burst it causes */
  let settling = true;

  const resources = (jid: string): Resource[] =>
    (presence?.resources(jid) ?? []).map(({ resource, show, status, priority }) => ({
      resource,
      show,
      status,
      priority,
      client: clientOf(`${jid}/${resource}`),
    }));

  /** `seen`: when, as it is kept */
  function view(
    item: RosterItem,
    unread = messages.unread(account, item.jid).count,
    seen = (jid: string) => cache.lastSeen(account, jid)?.time,
  ): Contact {
    const { jid, name, groups, subscription, ask } = item;
    const there = resources(jid);
    return {
      jid,
      name,
      // the server gives them in any order
      groups: [...groups].sort((a, b) => a.localeCompare(b)),
      subscription,
      ask,
      resources: there,
      lastSeen: there.length > 0 ? undefined : (presence?.lastSeen(jid)?.time ?? seen(jid)),
      unread,
    };
  }

  const isThere = ({ jid }: RosterItem) => (presence?.resources(jid).length ?? 0) > 0;

  /** What is kept of them is read at once: asked for one by one, thousands of contacts hold up the screen. */
  function listed(some: readonly RosterItem[], seen: (jid: string) => number | undefined): Contact[] {
    const unread = new Map(messages.unreadChats(account).map(({ chat, count }) => [chat, count]));
    const rank = (contact: Contact) => {
      const best = contact.resources[0];
      return best === undefined ? STATUS_ORDER.length : STATUS_ORDER.indexOf(best.show);
    };
    return some
      .map((item) => view(item, unread.get(item.jid) ?? 0, seen))
      .sort((a, b) => rank(a) - rank(b) || byName(a.name || a.jid, b.name || b.jid));
  }

  function onPresence(event: ResourcePresence & { jid: string; before: ResourcePresence | undefined }): void {
    const { jid, resource, show, status, before } = event;
    if (before?.show === show && before.status === status) return;
    if (show === 'offline' && items.has(jid))
      cache.setLastSeen(account, jid, event.delay?.time ?? Date.now());
    tell('presence', {
      jid,
      resource,
      show,
      status,
      before: before && { show: before.show, status: before.status },
      initial: settling,
    });
  }

  function follow(roster: Roster): void {
    roster.on('loaded', ({ items: list, version: now, unchanged }) => {
      items = new Map(list.map((item) => [item.jid, item]));
      version = now;
      if (!unchanged) cache.replace(account, now, list);
    });
    roster.on('changed', ({ item, version: now }) => {
      items.set(item.jid, item);
      version = now;
      cache.put(account, now, item);
      tell('contact', view(item));
    });
    roster.on('removed', ({ jid, version: now }) => {
      items.delete(jid);
      version = now;
      cache.remove(account, now, jid);
      tell('contactRemoved', { jid });
    });
  }

  return {
    /** Takes a connection's roster and presence; both stay for the life of the session. */
    attach(wire: { roster: Roster; presence: Presence }): void {
      presence = wire.presence;
      follow(wire.roster);
      wire.presence.on('changed', onPresence);
      wire.presence.on('approved', ({ jid }) => tell('subscription', { jid, kind: 'approved' }));
      wire.presence.on('declined', ({ jid }) => tell('subscription', { jid, kind: 'declined' }));
      wire.presence.on('unsubscribed', ({ jid }) => tell('subscription', { jid, kind: 'removed' }));
    },
    /** The initial presence goes out: what comes now is who is there, not who came. */
    settle(): void {
      settling = true;
    },
    settled(): void {
      settling = false;
    },
    /** what is known of the list, and which version of it that is (RFC 6121 §2.6) */
    copy: () => ({ version, items: [...items.values()] }),
    /** those who are there first, then by name */
    list(): Contact[] {
      const times = cache.lastSeenTimes(account);
      return listed([...items.values()], (jid) => times.get(jid));
    },
    /** those who are there, in the order of the list: of thousands the rest is neither read nor sorted */
    online: (): Contact[] => listed([...items.values()].filter(isThere), () => undefined),
    /** how many of them are there: asked for at each change, so without their order and what is kept of them */
    countOnline: (): number => [...items.values()].filter(isThere).length,
    /** bare JIDs whose presence we may see and have not seen yet */
    awaited(): string[] {
      const sees = ({ subscription }: RosterItem) => subscription === 'to' || subscription === 'both';
      return [...items.values()].filter((item) => sees(item) && !isThere(item)).map(({ jid }) => jid);
    },
    get(jid: string): Contact | undefined {
      const item = items.get(jid);
      return item && view(item);
    },
    item: (jid: string): RosterItem | undefined => items.get(jid),
    resources,
  };
}

export type Contacts = ReturnType<typeof contacts>;
