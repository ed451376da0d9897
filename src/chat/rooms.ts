/** Rooms as a person has them: those we are in, and those kept for every log-in. */
import type { Archive } from '../xmpp/archive.ts';
import type { Bookmark, Bookmarks } from '../xmpp/bookmarks.ts';
import type { Challenge } from '../xmpp/captcha.ts';
import type { Disco } from '../xmpp/disco.ts';
import { DisconnectedError, StanzaError, XmppError } from '../xmpp/errors.ts';
import { roomService } from '../xmpp/muc/browse.ts';
import type { ChannelSearch } from '../xmpp/muc/channel-search.ts';
import type { Entered } from '../xmpp/muc/room.ts';
import type { History, RoomChallenge, Rooms as RoomsFeature } from '../xmpp/muc/rooms.ts';
import type { Verdict } from '../xmpp/muc/self-ping.ts';
import { AFFILIATION_CHANGED } from '../xmpp/muc/status-codes.ts';
import { localOf, parseAddress } from './address.ts';
import type { Tell } from './contacts.ts';
import type { Affiliation, Occupant } from './events.ts';
import { checkFilled, type Filled, formValues, readableForm } from './form.ts';
import type { RoomRow } from './people.ts';
import { ChatError } from './problem.ts';
import { bookmarkSync, isOrdinary } from './rooms/bookmarks.ts';
import { findRooms, unlistedRooms } from './rooms/finding.ts';
import { returning } from './rooms/return.ts';
import type { KeptRoom, RoomStore, SettingsStore } from './stores.ts';

export interface JoinedRoom {
  readonly room: string;
  readonly nick: string;
  readonly subject: string;
  /** false while the connection is lost or the room is being entered again */
  readonly joined: boolean;
  readonly occupants: readonly Occupant[];
}

export interface JoinOptions {
  /** default: the nickname of the last time, else the user name */
  readonly nick?: string | undefined;
  readonly password?: string | undefined;
  /** enter at every log-in */
  readonly keep?: boolean | undefined;
  /** a new room stays locked until its form is submitted */
  readonly reserve?: boolean | undefined;
}

export interface ChatRoomsOptions {
  readonly account: string;
  readonly store: RoomStore;
  readonly settings: SettingsStore;
  readonly tell: Tell;
  /** JID of a service that searches rooms, where the user chose one (XEP-0433) */
  readonly searchService?: string | undefined;
  /** something in the background could not be done */
  readonly failed: (error: unknown) => void;
  readonly isOnline: () => boolean;
}

interface Link {
  readonly rooms: RoomsFeature;
  readonly disco: Disco;
  readonly archive: Pick<Archive, 'abilities'>;
  readonly bookmarks: Bookmarks;
  readonly channelSearch: ChannelSearch;
}

/** lines of a room's past asked for at entering, where the room keeps no archive that we could page */
const PAST_LINES = 20;
/** the same after an outage, when lines are counted from the moment we were lost */
const MISSED_LINES = 500;
/** milliseconds that the room's clock may be ahead of ours; what comes twice by it is known to be the same */
const CLOCKS_APART = 60_000;
/** milliseconds until a room that does not say whether it has an archive counts as one without */
const ARCHIVE_PATIENCE = 3000;

/** what a room says of an answer to its challenge: wrong, or nothing is asked any more */
const FAILED: readonly string[] = [
  ...['not-acceptable', 'service-unavailable', 'item-not-found', 'not-allowed'],
  // ejabberd: the refusal of the presence comes before that of the answer.
  'not-authorized',
];

/** XEP-0158 §protocol-multiple: as many answers as are wanted; one, where nothing is said. */
function checkAnswers({ form }: Challenge, filled: Filled): void {
  checkFilled(readableForm(form), filled);
  const wanted = form.fields.find(({ name }) => name === 'answers')?.values[0] ?? '1';
  const count = /^\d{1,2}$/.test(wanted) ? Math.max(1, Number(wanted)) : 1;
  const given = Object.values(filled).filter((answer) => answer.trim() !== '').length;
  if (given < count) throw new ChatError('captcha-needs-answers', { count });
}

export function chatRooms(options: ChatRoomsOptions) {
  const { account, store, settings, tell, searchService, failed } = options;
  let link: Link | undefined;
  /** logged in as a person: bookmarks are acted upon */
  let acting = false;

  const connected = (): Link => {
    if (link === undefined) throw new ChatError('offline');
    return link;
  };
  const service = async (): Promise<string> => {
    const found = await roomService(connected().disco);
    if (found === undefined && !options.isOnline()) throw new ChatError('offline');
    if (found === undefined)
      throw new ChatError('no-room-service', { domain: account.slice(account.indexOf('@') + 1) });
    return found;
  };
  /** read anew with every connection and change: it is asked for with each message */
  let keptRooms: Map<string, KeptRoom> | undefined;
  const allKept = () => {
    keptRooms ??= new Map(store.rooms(account).map((entry) => [entry.room, entry]));
    return keptRooms;
  };
  const kept = (room: string) => allKept().get(room);
  const keep = (entry: KeptRoom) => {
    store.keep(account, entry);
    keptRooms = undefined;
    void sync.kept(entry);
  };
  /** what rooms want to know before they let us in (XEP-0158), and how we wanted to enter */
  const challenges = new Map<string, { asked: RoomChallenge; options: JoinOptions }>();
  /** what rooms are called by their owners, as far as they said so since we began to enter them */
  const names = new Map<string, string>();
  const nameOf = (room: string): string => names.get(room) ?? '';
  /** rooms that lost us, or were lost, and when */
  const lostAt = new Map<string, number>();

  async function hasArchive(room: string): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), ARCHIVE_PATIENCE);
    });
    const known = await Promise.race([connected().archive.abilities(room), patience]).catch(() => undefined);
    clearTimeout(timer);
    return known?.archive === true;
  }

  /** XEP-0045 §7.2.14: nothing where the archive tells it, else what was missed, else the last lines. */
  async function historyOf(room: string): Promise<History> {
    if (await hasArchive(room)) return { maxStanzas: 0 };
    const since = lostAt.get(room);
    return since === undefined
      ? { maxStanzas: PAST_LINES }
      : { since: since - CLOCKS_APART, maxStanzas: MISSED_LINES };
  }

  const returns = returning({
    feature: () => connected().rooms,
    historyOf,
    tell: (change) => tell('room', change),
  });

  const sync = bookmarkSync({
    account,
    store,
    settings,
    bookmarks: () => link?.bookmarks,
    defaultNick: (room) => defaultNick(room),
    changed() {
      keptRooms = undefined;
    },
    reread: (room, bookmark) => (bookmark === undefined ? bookmarkRemoved(room) : bookmarkSet(bookmark)),
    failed,
  });

  function forgetKept(room: string): void {
    const known = kept(room) !== undefined;
    store.drop(account, room);
    keptRooms = undefined;
    if (known) void sync.dropped(room);
  }

  const defaultNick = (room: string) => kept(room)?.nick ?? localOf(account) ?? account;

  /** Ourselves as the room shows us. */
  const ourselves = (room: string): Occupant | undefined => link?.rooms.get(room)?.own;

  async function join(
    room: string,
    options: JoinOptions & { history?: History } = {},
  ): Promise<{ created: boolean; nick: string }> {
    const nick = options.nick ?? defaultNick(room);
    const password = options.password ?? kept(room)?.password;
    const { history = { maxStanzas: PAST_LINES }, reserve } = options;
    challenges.delete(room);
    try {
      const entered = await connected().rooms.enter(room, { nick, password, history, reserve });
      return isIn(room, entered, { ...options, password });
    } catch (error) {
      const asked = challenges.get(room);
      if (asked !== undefined) challenges.set(room, { ...asked, options: { ...options, password } });
      throw error;
    }
  }

  function isIn(
    room: string,
    { created, nick }: Entered,
    { keep: kept, password }: JoinOptions,
  ): { created: boolean; nick: string } {
    challenges.delete(room);
    if (kept === true) keep({ room, nick, password, autojoin: true });
    return { created, nick };
  }

  async function enterOne({ room, nick }: KeptRoom): Promise<void> {
    try {
      await join(room, { nick, history: await historyOf(room) });
    } catch (error) {
      // The next stream enters it again.
      if (error instanceof DisconnectedError) return;
      const condition = error instanceof XmppError ? error.condition : 'undefined-condition';
      const text = error instanceof StanzaError ? error.text : undefined;
      tell('room', { room, nick, event: 'failed', condition, text });
    }
  }

  async function enterAbsent(): Promise<void> {
    await Promise.all([...connected().rooms.lost().map(returns.back), enterMissing()]);
  }

  async function enterMissing(): Promise<void> {
    const { rooms } = connected();
    const missing = [...allKept().values()].filter(({ autojoin, room }) => autojoin && !rooms.knows(room));
    await Promise.all(missing.map(enterOne));
  }

  const isCurrent = ({ room, nick, autojoin }: Bookmark) => {
    const entry = kept(room);
    return entry?.autojoin === autojoin && (nick === undefined || entry.nick === nick);
  };

  /** XEP-0402 §4: what another device bookmarks is entered here too. */
  function bookmarkSet(bookmark: Bookmark): void {
    const news = !isCurrent(bookmark);
    if (news && sync.overtaken(bookmark.room)) return;
    sync.take(bookmark);
    if (!acting || !news) return;
    if (bookmark.autojoin) void enterMissing();
    else if (link?.rooms.get(bookmark.room) !== undefined) void link.rooms.leave(bookmark.room);
  }

  /** XEP-0402 §4: what another device drops is left. */
  function bookmarkRemoved(room: string): void {
    const known = kept(room) !== undefined;
    if (known && sync.overtaken(room)) return;
    sync.takeAway(room);
    if (acting && known && link?.rooms.get(room) !== undefined) void link.rooms.leave(room);
  }

  return {
    attach(wire: Link): void {
      link = wire;
      const { rooms, bookmarks } = wire;
      bookmarks.on('set', bookmarkSet);
      bookmarks.on('removed', bookmarkRemoved);
      rooms.on('room', (change) => {
        lostAt.delete(change.room);
        // Entered at the next log-in it would be made anew.
        if (change.event === 'destroyed') forgetKept(change.room);
        tell('room', { ...returns.over(change), alternate: change.destroyed?.alternate });
      });
      rooms.on('dropped', ({ room }) => {
        lostAt.set(room, Date.now());
        void returns.back(room);
      });
      rooms.on('challenge', (asked) => challenges.set(asked.room, { asked, options: {} }));
      rooms.on('occupant', (change) => tell('occupant', change));
      rooms.on('subject', (change) => tell('subject', change));
      rooms.on('roomNotice', (change) => tell('roomNotice', change));
      rooms.on('invitationDeclined', (declined) => tell('invitationDeclined', declined));
      // From a room that we have nothing to do with it is nobody's business.
      rooms.on('affiliationChanged', ({ room }) => {
        if (kept(room) !== undefined) tell('roomNotice', { room, codes: [AFFILIATION_CHANGED] });
      });
    },

    /** The stream is gone. */
    paused(): void {
      returns.pause();
      for (const { room, joined } of link?.rooms.list() ?? [])
        if (!joined && !lostAt.has(room)) lostAt.set(room, Date.now());
    },

    /** Enters what is kept, and again what was lost; what cannot be entered is told as `failed`, one line each. */
    async enterKept(): Promise<void> {
      const { bookmarks } = connected();
      acting = true;
      keptRooms = undefined;
      const merged = sync.merge().then(enterMissing, (error: unknown) => {
        if (!isOrdinary(error)) failed(error);
      });
      // A server that says how it keeps them answers: what another device dropped is not entered for a moment.
      if (await bookmarks.announced().catch(() => false)) await merged;
      await enterAbsent();
    },

    /** The old stream goes on: what it cut short, and the room was not in yet, is done again. */
    async resumed(): Promise<void> {
      if (acting) await enterAbsent();
    },

    join,

    /** What a room wants to know before it lets us in, since `join` rejected with `captcha`. */
    challenge: (room: string): Challenge | undefined => challenges.get(room)?.asked.challenge,

    /**
     * Answers that, and is in. Rejects with ChatError `captcha-needs-answers`, `captcha-failed` (wrong, or too late: to be
     * entered again, for another challenge); else as `join`.
     */
    async answerChallenge(room: string, filled: Filled): Promise<{ created: boolean; nick: string }> {
      const known = challenges.get(room);
      if (known === undefined) throw new ChatError('captcha-failed', { room });
      const { asked, options } = known;
      checkAnswers(asked.challenge, filled);
      challenges.delete(room);
      try {
        const values = formValues(asked.challenge.form, filled);
        return isIn(room, await connected().rooms.answerChallenge(asked, values), options);
      } catch (error) {
        if (!(error instanceof StanzaError) || !FAILED.includes(error.condition)) throw error;
        throw new ChatError('captcha-failed', { room }, { cause: error });
      }
    },

    /** Nobody answers: the room hears so. */
    declineChallenge(room: string): void {
      const asked = challenges.get(room)?.asked;
      challenges.delete(room);
      if (asked !== undefined) link?.rooms.declineChallenge(asked);
    },

    async leave(room: string): Promise<void> {
      if (link?.rooms.knows(room) !== true && kept(room) === undefined)
        throw new ChatError('not-kept', { room });
      forgetKept(room);
      returns.stop(room);
      lostAt.delete(room);
      names.delete(room);
      await link?.rooms.leave(room);
    },

    /** No longer entered at log-in, on no device. */
    forgetKept,

    /** What a room may tell was changed here: the other devices hear of it (XEP-0492). */
    muted: sync.muted,

    /** Resolves when the server knows what is kept and dropped, or `milliseconds` passed. */
    told: sync.told,

    /** Rejects with StanzaError `conflict`, … A kept room is entered by the new name from now on. */
    async setNick(room: string, nick: string): Promise<void> {
      const { rooms } = connected();
      await rooms.setNick(room, nick);
      const known = kept(room);
      if (known !== undefined) keep({ ...known, nick: rooms.get(room)?.nick ?? nick });
    },

    /** The room says what it is called, as often as it says so; '' where it is not called anything. */
    called: (room: string, name: string | undefined): void => void names.set(room, name ?? ''),

    /** What the room is called by its owners; '' where it does not say, or only repeats its address. */
    name: (room: string): string => (nameOf(room) === localOf(room) ? '' : nameOf(room)),

    service: async (): Promise<string | undefined> => roomService(connected().disco),

    /** Completes `lobby` to `lobby@the-room-service`. */
    async address(typed: string): Promise<string> {
      const plain = typed.trim();
      const jid = parseAddress(plain, plain.includes('@') ? undefined : await service());
      if (jid === undefined || localOf(jid) === undefined) throw new ChatError('no-jid', { text: typed });
      return jid;
    },

    /** The public rooms, with that text or all, then those of ours that are not listed. */
    async browse(text?: string): Promise<RoomRow[]> {
      const { rooms, disco, channelSearch } = connected();
      const listed = await findRooms(text, { disco, channelSearch, chosen: searchService, service });
      keptRooms = undefined;
      const unlisted = [...allKept().keys()].filter((kept) => !listed.some(({ room }) => room === kept));
      const ours = await unlistedRooms(unlisted, { disco, service, nameOf }, text);
      return [...listed, ...ours].map((row) => ({
        ...row,
        kept: kept(row.room) !== undefined,
        joined: rooms.get(row.room)?.joined === true,
      }));
    },

    /** joined, or being entered (again) */
    knows: (room: string): boolean => link?.rooms.knows(room) === true,
    /** joined, and sure of it: what is said there now will be heard */
    isCertain: (room: string): boolean => link?.rooms.isCertain(room) === true,
    /** Asks a joined room whether we are still in; `left` where we are not, and are entering again. Never rejects. */
    check: async (room: string, more?: { absent?: boolean }): Promise<Verdict> =>
      (await link?.rooms.check(room, more)) ?? 'left',
    list: (): JoinedRoom[] => (link?.rooms.list() ?? []) as JoinedRoom[],
    get: (room: string): JoinedRoom | undefined => link?.rooms.get(room) as JoinedRoom | undefined,
    /** a room that we are in, were in, or keep: its messages are no contact's */
    isRoom: (room: string): boolean => link?.rooms.knows(room) === true || kept(room) !== undefined,
    nick: (room: string): string | undefined => link?.rooms.get(room)?.nick ?? kept(room)?.nick,
    /** own occupant id, as the room said it with our presence; to be believed only where the room announces such ids */
    ownId: (room: string): string | undefined => ourselves(room)?.occupantId,
    affiliation: (room: string): Affiliation | undefined => ourselves(room)?.affiliation,
    feature: (): RoomsFeature => connected().rooms,
  };
}

export type ChatRooms = ReturnType<typeof chatRooms>;
