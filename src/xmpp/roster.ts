/** The roster. RFC 6121 §2; versioning §2.6. https://xmpp.org/rfcs/rfc6121.html#roster */
import { EventEmitter } from 'node:events';
import { StanzaError } from './errors.ts';
import { parseJid } from './jid.ts';
import type { Session } from './session/session.ts';
import { child, children, type Element, x } from './stanza.ts';

export const NS_ROSTER = 'jabber:iq:roster';
export const NS_ROSTER_VERSIONING = 'urn:xmpp:features:rosterver';

export type Subscription = 'none' | 'to' | 'from' | 'both';

export interface RosterItem {
  /** normalised; mostly bare */
  readonly jid: string;
  /** the name we gave to it, '' for none */
  readonly name: string;
  readonly groups: readonly string[];
  /** `to`: we see their presence; `from`: they see ours */
  readonly subscription: Subscription;
  /** true while our request is unanswered (§2.1.2.2) */
  readonly ask: boolean;
  /** true where they are approved before they asked (§3.4) */
  readonly approved: boolean;
}

/** What was kept of an earlier session. */
export interface RosterCopy {
  readonly version: string | undefined;
  readonly items: readonly RosterItem[];
}

const SUBSCRIPTIONS: readonly string[] = ['none', 'to', 'from', 'both'];

/** Reads an item; `removed` is that of a push only (§2.1.2.5). `undefined` where its JID is none. */
export function parseRosterItem(element: Element): RosterItem | { jid: string; removed: true } | undefined {
  const { attrs } = element;
  const jid = parseJid(attrs.jid)?.full;
  if (jid === undefined) return undefined;
  if (attrs.subscription === 'remove') return { jid, removed: true };
  const groups = children(element, 'group', NS_ROSTER)
    .map((group) => group.getText())
    .filter((group) => group !== '');
  return {
    jid,
    name: attrs.name ?? '',
    groups: groups.length < 2 ? groups : [...new Set(groups)],
    subscription: SUBSCRIPTIONS.includes(attrs.subscription ?? '')
      ? (attrs.subscription as Subscription)
      : 'none',
    ask: attrs.ask === 'subscribe',
    approved: attrs.approved === 'true' || attrs.approved === '1',
  };
}

export interface RosterEvents {
  /** when the whole list is known for this session, from the server or, unchanged, from the copy */
  loaded: [event: { items: readonly RosterItem[]; version: string | undefined; unchanged: boolean }];
  /** when an item was added or changed, here or on another device */
  changed: [event: { item: RosterItem; before: RosterItem | undefined; version: string | undefined }];
  /** when an item was removed, here or on another device */
  removed: [event: { jid: string; version: string | undefined }];
}

export interface Roster extends EventEmitter<RosterEvents> {
  /** by JID; what the server said last */
  readonly items: ReadonlyMap<string, RosterItem>;
  /** to be kept beside the items; `undefined` where the server has no versioning */
  readonly version: string | undefined;
  /**
   * Asks for the list; this makes the server send pushes (§2.2). Resolves to 'unchanged' where the copy still holds
   * (§2.6.3), else to the new list. Rejects as Session.request does.
   */
  load(copy?: RosterCopy): Promise<'unchanged' | readonly RosterItem[]>;
  /** Adds or changes: name and groups as given, replacing what was. The push that follows is the fact. §2.3, §2.4 */
  set(item: { jid: string; name?: string; groups?: readonly string[] }): Promise<void>;
  /** Removes, with both subscriptions. §2.5 */
  remove(jid: string): Promise<void>;
}

/** The list of contacts, kept by the server. */
export function roster(session: Session): Roster {
  const items = new Map<string, RosterItem>();
  let version: string | undefined;

  const replace = (list: readonly RosterItem[]) => {
    items.clear();
    for (const item of list) items.set(item.jid, item);
  };

  const load: Roster['load'] = async (copy) => {
    // §2.6.2: without the feature no version; without a copy an empty one, which asks for versions.
    const versioned = session.hasStreamFeature('ver', NS_ROSTER_VERSIONING);
    const ver = versioned ? (copy?.version ?? '') : undefined;
    const result = await session.request(x('iq', { type: 'get' }, x('query', { xmlns: NS_ROSTER, ver })));
    const query = child(result, 'query', NS_ROSTER);
    const unchanged = query === undefined && copy !== undefined && versioned;
    if (unchanged) {
      version = copy.version;
      replace(copy.items);
    } else {
      version = query?.attrs.ver;
      replace(query === undefined ? [] : children(query, 'item', NS_ROSTER).flatMap(parseListed));
    }
    api.emit('loaded', { items: [...items.values()], version, unchanged });
    return unchanged ? 'unchanged' : [...items.values()];
  };

  session.respond('set', 'query', NS_ROSTER, (iq, query) => {
    // §2.1.6: only the account itself pushes; the rest is forged, and hears what a stranger hears.
    const { from } = iq.attrs;
    if (from !== undefined && from !== session.account) throw new StanzaError('service-unavailable');
    const pushed = children(query, 'item', NS_ROSTER);
    const item = pushed.length === 1 && pushed[0] ? parseRosterItem(pushed[0]) : undefined;
    if (item === undefined) throw new StanzaError('bad-request', 'modify');
    version = query.attrs.ver ?? version;
    if ('removed' in item) {
      items.delete(item.jid);
      api.emit('removed', { jid: item.jid, version });
    } else {
      const before = items.get(item.jid);
      items.set(item.jid, item);
      api.emit('changed', { item, before, version });
    }
    return undefined;
  });

  const change = async (item: Element) => {
    await session.request(x('iq', { type: 'set' }, x('query', { xmlns: NS_ROSTER }, item)));
  };

  const api: Roster = Object.assign(new EventEmitter<RosterEvents>(), {
    items,
    version: undefined,
    load,
    set: ({ jid, name, groups }: { jid: string; name?: string; groups?: readonly string[] }) =>
      change(
        x(
          'item',
          { jid, name: name || undefined },
          ...[...new Set(groups)].map((group) => x('group', {}, group)),
        ),
      ),
    remove: (jid: string) => change(x('item', { jid, subscription: 'remove' })),
  });
  return Object.defineProperty(api, 'version', { get: () => version });
}

/** §2.1.2.5: in a result nothing is removed; an item that says so is ignored. */
function parseListed(element: Element): RosterItem[] {
  const item = parseRosterItem(element);
  return item === undefined || 'removed' in item ? [] : [item];
}
