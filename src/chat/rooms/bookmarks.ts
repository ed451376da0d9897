/**
 * The kept rooms of this device and the bookmarks of the account are one list (docs/decisions/rooms.md): what another
 * device keeps or drops is kept or dropped here; what was done here without a connection goes up with the next one.
 */
import type { Bookmark, Bookmarks } from '../../xmpp/bookmarks.ts';
import { XmppError } from '../../xmpp/errors.ts';
import type { KeptRoom, RoomStore, SettingsStore } from '../stores.ts';

/** what of the list the server had when it was last read, and what was dropped while it could not be told */
interface Known {
  readonly rooms: readonly string[];
  readonly dropped: readonly string[];
}

const NAME = 'bookmarks-known';

export interface BookmarkSyncOptions {
  readonly account: string;
  readonly store: RoomStore;
  readonly settings: SettingsStore;
  /** undefined while there is no connection */
  readonly bookmarks: () => Bookmarks | undefined;
  readonly defaultNick: (room: string) => string;
  /** the list changed */
  readonly changed: () => void;
  /** What the server has of each room, read again after it told something else while a change of ours was under way. */
  readonly reread: (room: string, bookmark: Bookmark | undefined) => void;
  readonly failed: (error: unknown) => void;
}

function parseKnown(text: string | undefined): Known {
  const strings = (list: unknown) =>
    Array.isArray(list) ? list.filter((each): each is string => typeof each === 'string') : [];
  try {
    const { rooms, dropped } = JSON.parse(text ?? '{}') as Record<string, unknown>;
    return { rooms: strings(rooms), dropped: strings(dropped) };
  } catch {
    return { rooms: [], dropped: [] };
  }
}

/**
 * No connection, no answer, or a server that keeps nothing for its users: then the list is this device's alone. Or
 * another device was faster: what is to go is gone, or the place of it is being made; the next log-in looks again.
 */
const ORDINARY: readonly string[] = [
  ...[
    'disconnected',
    'remote-server-timeout',
    'service-unavailable',
    'feature-not-implemented',
    'not-allowed',
    'item-not-found',
  ],
];
export const isOrdinary = (error: unknown): boolean =>
  error instanceof XmppError && ORDINARY.includes(error.condition);

export function bookmarkSync(options: BookmarkSyncOptions) {
  const { account, store, settings, bookmarks, defaultNick, changed, reread, failed } = options;
  const known = (): Known => parseKnown(settings.get(account, NAME));
  const note = (next: Known) => settings.set(account, NAME, JSON.stringify(next));
  const without = (list: readonly string[], room: string) => list.filter((other) => other !== room);

  function isThere(room: string): void {
    const { rooms, dropped } = known();
    note({ rooms: [...without(rooms, room), room], dropped: without(dropped, room) });
  }

  function isGone(room: string): void {
    const { rooms, dropped } = known();
    note({ rooms: without(rooms, room), dropped: without(dropped, room) });
  }

  /** Takes one of the server's over. Gives whether anything is different from what was kept. */
  function take({ room, nick, password, autojoin, notify }: Bookmark): void {
    store.keep(account, { room, nick: nick ?? defaultNick(room), password, autojoin });
    if (notify !== undefined) settings.set(account, `mute:${room}`, MUTES[notify]);
    isThere(room);
  }

  async function upload(entry: KeptRoom): Promise<void> {
    const { room, nick, password, autojoin } = entry;
    const mute = settings.get(account, `mute:${room}`);
    const notify = mute === undefined ? undefined : WHENS[mute];
    await bookmarks()?.put({ room, nick, password, autojoin, notify });
    isThere(room);
  }

  /** changes on their way to the server */
  const pending = new Set<Promise<void>>();
  /** rooms with such changes and how many; `contradicted`: the server told something else meanwhile */
  const changing = new Map<string, { count: number; contradicted: boolean }>();

  /** In the background: what the server does not take now goes up at the next log-in. */
  async function tried(room: string, work: () => Promise<void>): Promise<void> {
    const change = changing.get(room) ?? { count: 0, contradicted: false };
    changing.set(room, change);
    change.count += 1;
    const running = work().catch((error: unknown) => {
      if (!isOrdinary(error)) failed(error);
    });
    pending.add(running);
    await running;
    pending.delete(running);
    change.count -= 1;
    if (change.count > 0) return;
    changing.delete(room);
    if (change.contradicted) await readAgain();
  }

  async function readAgain(): Promise<void> {
    try {
      const server = bookmarks();
      if (server === undefined) return;
      const all = await server.load();
      const there = new Set(all.map(({ room }) => room));
      const gone = known().rooms.filter((room) => !there.has(room));
      for (const bookmark of all) reread(bookmark.room, bookmark);
      for (const room of gone) reread(room, undefined);
    } catch (error) {
      if (!isOrdinary(error)) failed(error);
    }
  }

  function overtaken(room: string): boolean {
    const change = changing.get(room);
    if (change !== undefined) change.contradicted = true;
    return change !== undefined;
  }

  return {
    take(bookmark: Bookmark): void {
      take(bookmark);
      changed();
    },

    /** Another device dropped it. */
    takeAway(room: string): void {
      store.drop(account, room);
      isGone(room);
      changed();
    },

    /**
     * Whether what the server tells of a room, which is not what is kept here, is older than a change of ours that is
     * under way: mostly the echo of one before it. The room is read again when the server has the last of them.
     */
    overtaken,

    /** Makes both lists one. Resolves when that is done; rejects where the server's could not be read. */
    async merge(): Promise<void> {
      const server = bookmarks();
      if (server === undefined) return;
      const all = await server.load();
      const there = new Set(all.map(({ room }) => room));
      const { rooms, dropped } = known();
      for (const room of dropped) {
        if (there.has(room)) await tried(room, () => server.remove(room));
        isGone(room);
      }
      for (const entry of store.rooms(account)) {
        if (there.has(entry.room)) continue;
        // It was there, and is not any more: another device dropped it.
        if (rooms.includes(entry.room)) store.drop(account, entry.room);
        else await tried(entry.room, () => upload(entry));
      }
      for (const bookmark of all) if (!dropped.includes(bookmark.room)) take(bookmark);
      for (const room of rooms) if (!there.has(room)) isGone(room);
      changed();
    },

    /** Resolves when the server knows of all changes, or `milliseconds` passed. */
    async told(milliseconds: number): Promise<void> {
      if (pending.size === 0) return;
      let timer: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, milliseconds);
      });
      await Promise.race([Promise.all(pending), patience]);
      clearTimeout(timer);
    },

    /** A room is kept, or kept otherwise, by this device. Resolves when the server knows, or cannot know now. */
    kept: (entry: KeptRoom): Promise<void> => tried(entry.room, () => upload(entry)),

    /** This device dropped it. */
    async dropped(room: string): Promise<void> {
      const { rooms, dropped } = known();
      note({ rooms, dropped: [...without(dropped, room), room] });
      const server = bookmarks();
      if (server === undefined) return;
      await tried(room, async () => {
        await server.remove(room);
        isGone(room);
      });
    },

    /** What a room may tell was changed by this device (XEP-0492); only of a room that is kept. */
    async muted(room: string, mute: string): Promise<void> {
      const notify = WHENS[mute];
      if (notify === undefined || !store.rooms(account).some((entry) => entry.room === room)) return;
      await tried(room, async () => bookmarks()?.put({ room, notify }));
    },
  };
}

/** the words of our setting and of XEP-0492 */
const MUTES = { always: 'all', 'on-mention': 'mentions', never: 'off' } as const;
const WHENS: Readonly<Record<string, keyof typeof MUTES | undefined>> = {
  all: 'always',
  mentions: 'on-mention',
  off: 'never',
};
