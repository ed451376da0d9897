/**
 * XEP-0402: PEP Native Bookmarks, version 1.2.0. https://xmpp.org/extensions/xep-0402.html
 * Where the server does not keep them in step with the older ones: XEP-0048: Bookmarks, version 1.2, in
 * XEP-0049: Private XML Storage, version 1.2. https://xmpp.org/extensions/xep-0048.html
 * https://xmpp.org/extensions/xep-0049.html
 */
import { EventEmitter } from 'node:events';
import {
  type Bookmark,
  type BookmarkChange,
  changed,
  NS_BOOKMARKS,
  parseBookmark,
} from './bookmarks/conference.ts';
import { conferenceIn, legacyBookmarks, NS_LEGACY, parseLegacy } from './bookmarks/legacy.ts';
import { StanzaError } from './errors.ts';
import { parseJid } from './jid.ts';
import type { Pubsub, PubsubItem } from './pubsub.ts';
import type { Session } from './session/session.ts';
import type { Element } from './stanza.ts';

export type { Bookmark, BookmarkChange };

/** The server keeps both kinds the same (§4.3). */
const NS_COMPAT = `${NS_BOOKMARKS}#compat`;
/** XEP-0411: the server tells what changes in the older kind as events */
const NS_CONVERSION = 'urn:xmpp:bookmarks-conversion:0';

/** what the node must be like (§3.1, XEP-0223) */
const OPTIONS = {
  'pubsub#persist_items': true,
  'pubsub#max_items': 'max',
  'pubsub#send_last_published_item': 'never',
  'pubsub#access_model': 'whitelist',
};

export interface BookmarksEvents {
  /** when a device of ours, this one too, set a bookmark */
  set: [bookmark: Bookmark];
  /** when a device of ours took one away; bare JID of the room */
  removed: [room: string];
}

export interface Bookmarks extends EventEmitter<BookmarksEvents> {
  /** Whether the server says how it keeps them; where not, `load` may wait for an answer that never comes. */
  announced(): Promise<boolean>;
  /** All of them; for a new stream. Rejects as Session.request does. */
  load(): Promise<Bookmark[]>;
  /** Makes or changes one; everything that is not named stays, of others' too. Rejects as Pubsub.publish does. */
  put(change: BookmarkChange): Promise<void>;
  /** Takes one away. Rejects as Session.request does. */
  remove(room: string): Promise<void>;
}

export interface BookmarksOptions {
  readonly pubsub: Pubsub;
  readonly disco: { info(jid: string): Promise<{ readonly features: readonly string[] }> };
}

const isMissing = (error: unknown) => error instanceof StanzaError && error.condition === 'item-not-found';

/** Rooms kept on the server, the same for all devices of the account. */
export function bookmarks(session: Session, { pubsub, disco }: BookmarksOptions): Bookmarks {
  const events = new EventEmitter<BookmarksEvents>();
  /** payloads as they are kept, with what we do not understand */
  const known = new Map<string, Element>();
  let features: Promise<readonly string[]> | undefined;
  /** one change after the other: each is made of what the one before left */
  let last: Promise<unknown> = Promise.resolve();
  const legacy = legacyBookmarks(session);

  const announces = async (feature: string): Promise<boolean> => {
    features ??= disco.info(session.account).then((info) => info.features);
    features.catch(() => {
      features = undefined;
    });
    return (await features).includes(feature);
  };
  const isNative = () => announces(NS_COMPAT);
  session.on('online', () => {
    features = undefined;
    known.clear();
  });

  function read({ id, payload }: PubsubItem): Bookmark | undefined {
    const bookmark = parseBookmark(id, payload);
    if (bookmark !== undefined && payload !== undefined) known.set(bookmark.room, payload);
    return bookmark;
  }

  pubsub.onEvent(
    NS_BOOKMARKS,
    ({ items, retracted, purged, deleted }) => {
      const gone = purged || deleted ? [...known.keys()] : retracted.map((id) => parseJid(id)?.bare ?? '');
      for (const room of gone) if (known.delete(room)) events.emit('removed', room);
      for (const item of items) {
        const bookmark = read(item);
        if (bookmark !== undefined) events.emit('set', bookmark);
      }
    },
    { private: true },
  );

  /** Of the older kind the event brings all there are. */
  pubsub.onEvent(
    NS_LEGACY,
    ({ items }) => {
      void isNative().then(
        (native) => {
          const storage = items[0]?.payload;
          if (!native && storage?.is('storage', NS_LEGACY)) replaced(parseLegacy(storage));
        },
        () => undefined,
      );
    },
    { private: true },
  );

  let legacyRooms = new Set<string>();
  function replaced(all: readonly Bookmark[]): void {
    const rooms = new Set(all.map(({ room }) => room));
    for (const room of legacyRooms) if (!rooms.has(room)) events.emit('removed', room);
    legacyRooms = rooms;
    for (const bookmark of all) events.emit('set', bookmark);
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = last.catch(() => undefined).then(work);
    last = next;
    return next;
  }

  async function loadNative(): Promise<Bookmark[]> {
    try {
      const items = await pubsub.items(NS_BOOKMARKS);
      return items.flatMap((item) => read(item) ?? []);
    } catch (error) {
      // Nothing was ever kept: there is no node yet.
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** What is kept of a room now, where this stream has not read it. */
  async function payloadOf(room: string): Promise<Element | undefined> {
    if (!known.has(room)) {
      const items = await pubsub.items(NS_BOOKMARKS, { ids: [room] }).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      });
      for (const item of items) read(item);
    }
    return known.get(room);
  }

  return Object.assign(events, {
    announced: async () => (await isNative()) || (await announces(NS_CONVERSION)),
    load: () =>
      inTurn(async () => {
        if (await isNative()) return loadNative();
        const all = parseLegacy(await legacy.load());
        legacyRooms = new Set(all.map(({ room }) => room));
        return all;
      }),
    put: (change: BookmarkChange) =>
      inTurn(async () => {
        const { room } = change;
        if (!(await isNative())) {
          legacyRooms.add(room);
          const storage = await legacy.load();
          return legacy.save(storage, room, changed(conferenceIn(storage, room), change, NS_LEGACY));
        }
        const payload = changed(await payloadOf(room), change, NS_BOOKMARKS);
        known.set(room, payload);
        await pubsub.publish(NS_BOOKMARKS, payload, { id: room, options: OPTIONS });
      }),
    remove: (room: string) =>
      inTurn(async () => {
        if (!(await isNative())) {
          legacyRooms.delete(room);
          return legacy.save(await legacy.load(), room, undefined);
        }
        known.delete(room);
        await pubsub.retract(NS_BOOKMARKS, room).catch((error: unknown) => {
          if (!isMissing(error)) throw error;
        });
      }),
  });
}
