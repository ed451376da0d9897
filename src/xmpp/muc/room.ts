/** One room as we are in it: entering, the people, changes, leaving. XEP-0045 §7, §15.6. */
import { DisconnectedError, type StanzaError, TimeoutError, XmppError } from '../errors.ts';
import type { Affiliation, Destruction, Occupant, OccupantPresence, Role } from './occupants.ts';
import {
  ANY_OCCUPANT_SEES_JIDS,
  type Departure,
  departureOf,
  LOGGED,
  noticesOf,
  RENAMED,
  ROOM_CREATED,
  SELF_PRESENCE,
} from './status-codes.ts';

export interface OccupantChange {
  readonly room: string;
  readonly nick: string;
  readonly event: 'joined' | 'left' | 'kicked' | 'banned' | 'renamed' | 'role' | 'affiliation' | 'removed';
  /** true where it is ourselves (renamed, role, affiliation) */
  readonly self: boolean;
  readonly newNick?: string | undefined;
  readonly affiliation: Affiliation;
  readonly role: Role;
  readonly reason?: string | undefined;
  readonly actor?: string | undefined;
  readonly jid?: string | undefined;
  readonly codes?: readonly number[] | undefined;
  /** true for who was lost in an outage with us and came back, and for who did not, where the outage was told already */
  readonly again?: boolean | undefined;
}

export interface RoomChange {
  readonly room: string;
  readonly nick: string;
  readonly event: 'joined' | 'created' | Departure;
  /** true when entered again after the connection, or the room, had lost us */
  readonly again?: boolean | undefined;
  /** with `again`: who came meanwhile; who went is told when it is clear that they do not come back as we did */
  readonly came?: readonly string[] | undefined;
  /** with `again`: that we were out was told already */
  readonly told?: boolean | undefined;
  readonly condition?: string | undefined;
  readonly text?: string | undefined;
  readonly reason?: string | undefined;
  readonly actor?: string | undefined;
  readonly occupants?: number | undefined;
  readonly destroyed?: Destruction | undefined;
  readonly codes?: readonly number[] | undefined;
}

/** What a room tells its owner, the factory in rooms.ts. */
export interface RoomListener {
  room(change: RoomChange): void;
  occupant(change: OccupantChange): void;
  /** that nickname is nobody's now, or another's; told at once */
  departed(change: { room: string; nick: string }): void;
  /** show or status message changed */
  occupantPresence(change: { room: string; occupant: Occupant; before: Occupant }): void;
  notice(change: { room: string; codes: readonly number[] }): void;
  /** the room put us out for a reason that passes: it is to be entered again */
  dropped(change: Dropped): void;
  /** the room said good-bye, which nobody had asked for: it may have been to an earlier stay, and can be asked */
  doubted(room: string): void;
}

/** Why a room has lost us: its service shut down, an error on the way, or it does not know us any more. */
export interface Dropped {
  readonly room: string;
  readonly nick: string;
  readonly why: 'shutdown' | 'failed' | 'forgotten';
}

export interface Entered {
  readonly room: string;
  /** as the room calls us, which may not be what was asked for (§7.2.10) */
  readonly nick: string;
  /** the room is new and locked until it is configured or accepted as it is (§10.1) */
  readonly created: boolean;
  readonly occupants: number;
  readonly codes: readonly number[];
}

/**
 * `lost`: was joined until the connection broke, or until the room lost us. `withdrawn`: was being entered, and is left
 * before the room has said anything; what it says of that entrance is still to come.
 */
export type Phase = 'out' | 'entering' | 'joined' | 'lost' | 'withdrawn';

/** milliseconds after an outage in which others come back as we did, and nobody is told of it */
const GRACE = 60_000;

/** An answer that is waited for, with its deadline. */
interface Expected<T> {
  readonly promise: Promise<T>;
  /** nothing came yet */
  readonly open: boolean;
  resolve(value: T): void;
  reject(error: Error): void;
}

export function expected<T>(milliseconds: number, what: string): Expected<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  const timer = setTimeout(() => reject(new TimeoutError(what)), milliseconds);
  let open = true;
  const end = () => {
    open = false;
    clearTimeout(timer);
  };
  promise.then(end, end);
  return {
    promise,
    resolve,
    reject,
    get open() {
      return open;
    },
  };
}

/** people of a room that are known; no real one has so many, and one that makes them up does not fill the memory */
const MOST_OCCUPANTS = 20_000;

/** which code of an entrance says the same as one of a change, and which one is over by it */
const SAID_AT_ENTRANCE: Readonly<Record<number, number>> = { 170: LOGGED, 172: ANY_OCCUPANT_SEES_JIDS };
const OVER_BY: Readonly<Record<number, number>> = {
  171: LOGGED,
  173: ANY_OCCUPANT_SEES_JIDS,
  174: ANY_OCCUPANT_SEES_JIDS,
};

export class Room {
  readonly jid: string;
  /** as the room calls us, or as we wish to be called while we enter */
  nick: string;
  password: string | undefined;
  phase: Phase = 'out';
  subject = '';
  /** false until the room told its subject after entering */
  subjectKnown = false;
  readonly occupants = new Map<string, Occupant>();
  /** the room said good-bye unasked, and is being asked whether that was meant for this stay */
  parted = false;
  /** it said that it is not there, and is being asked whether that is so */
  absent = false;
  /** counts our stays in the room */
  entrance = 0;
  /** id of the presence that enters, and the password that stands in it */
  entranceId: string | undefined;
  entrancePassword: string | undefined;
  /** when the room last said anything; monotonic milliseconds */
  #heard = performance.now();
  /** who was there when we were lost */
  #before: ReadonlySet<string> | undefined;
  /** who was there before an outage, and is not yet again */
  readonly #missing = new Set<string>();
  /** departures that are not told yet: they may be the first of an outage that takes us too; oldest first */
  #held: { readonly change: OccupantChange; readonly until: number }[] = [];
  #holding: NodeJS.Timeout | undefined;
  readonly #hold: number;
  /** those held when we were lost: told where it turns out that we were not */
  #doubtful: readonly OccupantChange[] = [];
  /** what the room said of itself when we entered */
  #codes: readonly number[] = [];
  #grace: NodeJS.Timeout | undefined;
  readonly #tell: RoomListener;
  #again = false;
  /** ours in the last stay */
  #nickBefore = '';
  /** the loss is certain: a new stream came, or it is being entered again */
  #renewed = false;
  #entering: Expected<Entered> | undefined;
  #renaming: Expected<void> | undefined;
  #leaving: Expected<void> | undefined;

  /** `hold`: milliseconds for which it is not told that somebody left. */
  constructor(jid: string, nick: string, tell: RoomListener, hold: number) {
    this.jid = jid;
    this.nick = nick;
    this.#tell = tell;
    this.#hold = hold;
  }

  /** The answer to the presence of that id that enters by that nickname; the caller writes it. */
  enter(timeout: number, stanza: string, nick: string): Promise<Entered> {
    this.entranceId = stanza;
    this.#again = this.phase === 'lost';
    if (this.#again) this.#nickBefore = this.nick;
    this.nick = nick;
    this.#renewed = true;
    this.phase = 'entering';
    this.entrance++;
    this.subjectKnown = false;
    this.occupants.clear();
    this.#entering = expected<Entered>(timeout, `${this.jid} did not answer`);
    return this.#entering.promise.catch((error: unknown) => {
      // Whoever asked for it decides whether it is tried again.
      if (this.phase === 'entering') {
        this.phase = this.#again ? 'lost' : 'out';
        if (this.#again) this.nick = this.#nickBefore;
      }
      throw error;
    });
  }

  /** The room said something. */
  heard(): void {
    this.#heard = performance.now();
  }

  /** milliseconds since the room last said anything */
  get silence(): number {
    return performance.now() - this.#heard;
  }

  /** we leave, and the room has not confirmed it */
  get isLeaving(): boolean {
    return this.#leaving?.open === true;
  }

  get isRenaming(): boolean {
    return this.#renaming?.open === true;
  }

  /** The entering under way, if any. */
  get entering(): Promise<Entered> | undefined {
    return this.phase === 'entering' ? this.#entering?.promise : undefined;
  }

  /** The change of nickname under way, if any; it never rejects. */
  get renamed(): Promise<void> | undefined {
    return this.isRenaming ? this.#renaming?.promise.catch(() => undefined) : undefined;
  }

  rename(timeout: number): Promise<void> {
    this.#renaming = expected<void>(timeout, `${this.jid} did not answer`);
    return this.#renaming.promise;
  }

  /** Resolves when the room confirmed it; a room that says nothing, or cannot hear us, is left all the same. */
  async leave(timeout: number): Promise<void> {
    const { phase } = this;
    if (phase === 'entering') this.phase = 'withdrawn';
    this.#entering?.reject(new XmppError('cancelled'));
    if (phase === 'joined' || phase === 'entering') {
      this.#leaving = expected<void>(timeout, '');
      await this.#leaving.promise.catch(() => undefined);
    }
    // Who is entered again after an outage has been inside for whoever looks at it.
    if (this.phase === 'withdrawn' && this.#again) this.phase = 'lost';
    this.#out({ event: 'left' });
  }

  /** The stream is gone: what was asked stays unanswered; whether we are still in is not known yet. */
  lost(): void {
    const error = new DisconnectedError();
    this.#lose();
    this.#entering?.reject(error);
    this.#renaming?.reject(error);
    this.#leaving?.reject(error);
  }

  /** The room lost us, and the connection stands: told once, then it is to be entered again. */
  drop(why: Dropped['why']): void {
    if (this.phase !== 'joined') return;
    this.lost();
    this.renewed();
    this.#tell.dropped({ room: this.jid, nick: this.nick, why });
  }

  #lose(): void {
    if (this.phase !== 'joined') return;
    this.phase = 'lost';
    this.#doubtful = this.#held.map(({ change }) => change);
    this.#endHold();
    const gone = this.#doubtful.map(({ nick }) => nick);
    this.#before = new Set([...this.occupants.keys(), ...gone, ...this.#missing]);
    this.#endGrace();
  }

  #endHold(): void {
    clearTimeout(this.#holding);
    this.#holding = undefined;
    this.#held = [];
  }

  /** Tells of departures: of that nickname, or those whose time has come. */
  #release(nick?: string): void {
    const now = performance.now();
    const due = this.#held.filter(({ change, until }) => change.nick === nick || until <= now);
    this.#held = this.#held.filter((entry) => !due.includes(entry));
    for (const { change } of due) this.#tell.occupant(change);
    this.#holdOn();
  }

  #holdOn(): void {
    clearTimeout(this.#holding);
    const [next] = this.#held;
    if (next === undefined) return;
    const wait = Math.max(0, Math.ceil(next.until - performance.now()));
    this.#holding = setTimeout(() => this.#release(), wait).unref();
  }

  #endGrace(): void {
    clearTimeout(this.#grace);
    this.#missing.clear();
  }

  /** A room that will not be entered again. */
  forget(): void {
    this.phase = 'out';
    this.occupants.clear();
    this.#endGrace();
    this.#endHold();
    this.#doubtful = [];
    this.#codes = [];
  }

  /** The old stream goes on (XEP-0198): the room has noticed nothing. */
  resumed(): void {
    if (this.phase !== 'lost' || this.#renewed) return;
    this.phase = 'joined';
    // No outage took them.
    for (const change of this.#doubtful) this.#tell.occupant(change);
    this.#doubtful = [];
  }

  /** A new stream: the room has forgotten us; it is to be entered again. */
  renewed(): void {
    this.#renewed = true;
    this.#doubtful = [];
    if (this.phase === 'lost') this.occupants.clear();
  }

  /** An error for a presence of ours (§7.2.5–§7.2.9, §7.6). */
  refused(error: StanzaError): void {
    if (this.phase === 'entering') this.#entering?.reject(error);
    else if (this.phase === 'withdrawn') this.#leaving?.resolve();
    else this.#renaming?.reject(error);
  }

  /** The room does not know us, though nobody said why: left. */
  goodbye(): void {
    this.#out({ event: 'left' });
  }

  /** Whether a person enters is asked first (XEP-0158). */
  challenged(): void {
    this.#entering?.reject(new XmppError('captcha'));
  }

  presence(presence: OccupantPresence): void {
    this.heard();
    if (this.phase === 'entering') this.#burst(presence);
    else if (this.phase === 'joined') this.#live(presence);
    else if (this.phase === 'withdrawn' && !presence.available && presence.codes.includes(SELF_PRESENCE))
      this.#leaving?.resolve();
  }

  /** §7.2.2: the others first, ourselves (110) last; nobody of them "joined" just now. */
  #burst(presence: OccupantPresence): void {
    const { occupant, codes } = presence;
    const self = codes.includes(SELF_PRESENCE);
    if (!presence.available) {
      this.occupants.delete(occupant.nick);
      // §7.14: the good-bye to an earlier stay of ours, when a stream is taken up that another process left.
      const farewell = self && !presence.destroyed && departureOf(codes, false) === 'left';
      if (!farewell && (self || presence.destroyed)) this.#shut(presence);
      return;
    }
    if (this.#hasPlace(occupant.nick, self)) this.occupants.set(occupant.nick, occupant);
    if (!self) return;
    this.nick = occupant.nick;
    this.phase = 'joined';
    this.parted = false;
    this.absent = false;
    this.#renewed = false;
    const created = codes.includes(ROOM_CREATED);
    const entered = { room: this.jid, nick: this.nick, created, occupants: this.occupants.size, codes };
    this.#entering?.resolve(entered);
    const event = created ? 'created' : 'joined';
    const { jid: room, nick } = this;
    this.#tell.room({
      room,
      nick,
      event,
      again: this.#again,
      occupants: entered.occupants,
      ...this.#changes(this.#nickBefore),
    });
    // Back after an outage: what the room says of itself as before is no news.
    this.#notice(this.#again ? codes.filter((code) => !this.#codes.includes(code)) : codes);
    this.#codes = codes;
  }

  /**
   * Put out before we were in. What counted as ours until then ends as if we had been inside; a destroyed room is told in
   * any case, since it would be made anew by whoever enters it the next time (§10.9).
   */
  #shut({ codes, actor, reason, destroyed }: OccupantPresence): void {
    const event = departureOf(codes, destroyed !== undefined);
    this.#entering?.reject(new XmppError('gone', destroyed?.reason ?? reason));
    if (event === 'shutdown' || event === 'failed') return;
    if (!this.#again && event !== 'destroyed') return;
    this.phase = 'lost';
    this.#out({ event, actor, reason: destroyed?.reason ?? reason, destroyed, codes });
  }

  /** Who came between two stays; who is missing has some time to come back too. We are neither, by whatever nickname. */
  #changes(nickBefore: string): Pick<RoomChange, 'came'> {
    const before = this.#before;
    this.#before = undefined;
    if (!this.#again || before === undefined) return {};
    const came = [...this.occupants.keys()].filter((nick) => nick !== this.nick && !before.has(nick));
    for (const nick of before) if (nick !== nickBefore && !this.occupants.has(nick)) this.#missing.add(nick);
    if (this.#missing.size > 0) this.#grace = setTimeout(() => this.#missed(came.length > 0), GRACE).unref();
    return { came };
  }

  /** They did not come back. */
  #missed(told: boolean): void {
    const missing = [...this.#missing];
    this.#missing.clear();
    const gone = { room: this.jid, event: 'left', self: false, affiliation: 'none', role: 'none' } as const;
    for (const nick of missing) this.#tell.occupant({ ...gone, nick, again: told ? true : undefined });
  }

  #live(presence: OccupantPresence): void {
    const { occupant, codes } = presence;
    const self = codes.includes(SELF_PRESENCE) || occupant.nick === this.nick || occupant.nick === '';
    if (presence.available) this.#arrived(presence, self);
    else if (codes.includes(RENAMED) && presence.newNick !== undefined)
      this.#renamed(presence, presence.newNick, self);
    else if (self) this.#gone(presence);
    else this.#departed(presence);
  }

  #hasPlace(nick: string, self: boolean): boolean {
    return self || this.occupants.has(nick) || this.occupants.size < MOST_OCCUPANTS;
  }

  #arrived({ occupant, codes, actor, reason }: OccupantPresence, self: boolean): void {
    if (!this.#hasPlace(occupant.nick, self)) return;
    const before = this.occupants.get(occupant.nick);
    if (before === undefined) this.#release(occupant.nick);
    this.occupants.set(occupant.nick, occupant);
    const { nick, affiliation, role, jid } = occupant;
    const change = { room: this.jid, nick, self, affiliation, role, reason, actor, jid };
    if (codes.includes(SELF_PRESENCE)) {
      this.nick = nick;
      this.#renaming?.resolve();
      this.#notice(codes);
    }
    if (before === undefined) {
      const again = this.#missing.delete(nick) ? true : undefined;
      if (!self) this.#tell.occupant({ ...change, event: 'joined', again });
      return;
    }
    if (before.affiliation !== affiliation) this.#tell.occupant({ ...change, event: 'affiliation' });
    else if (before.role !== role) this.#tell.occupant({ ...change, event: 'role' });
    if (before.show !== occupant.show || before.status !== occupant.status) {
      this.#tell.occupantPresence({ room: this.jid, occupant, before });
    }
  }

  /** §7.6: unavailable under the old name, then available under the new one: nobody left, nobody came. */
  #renamed({ occupant }: OccupantPresence, newNick: string, self: boolean): void {
    if (!this.#hasPlace(occupant.nick, self)) return;
    const before = this.occupants.get(occupant.nick) ?? occupant;
    this.#release(newNick);
    this.occupants.delete(occupant.nick);
    this.#tell.departed({ room: this.jid, nick: occupant.nick });
    this.occupants.set(newNick, { ...before, nick: newNick });
    if (self) this.nick = newNick;
    const { affiliation, role, jid } = before;
    this.#tell.occupant({
      room: this.jid,
      nick: occupant.nick,
      event: 'renamed',
      newNick,
      self,
      affiliation,
      role,
      jid,
    });
  }

  #departed({ occupant, codes, actor, reason }: OccupantPresence): void {
    const known = this.occupants.get(occupant.nick);
    this.occupants.delete(occupant.nick);
    if (known === undefined) return;
    const departure = departureOf(codes, false);
    const { nick, affiliation } = occupant;
    this.#tell.departed({ room: this.jid, nick });
    const change: OccupantChange = {
      room: this.jid,
      nick,
      event: departure === 'kicked' || departure === 'banned' || departure === 'removed' ? departure : 'left',
      self: false,
      affiliation,
      role: 'none',
      // §7.14: who leaves may say why in its status.
      reason: reason ?? (occupant.status || undefined),
      actor,
      jid: occupant.jid ?? known.jid,
      codes,
    };
    if (change.event !== 'left' || this.#hold === 0) {
      this.#tell.occupant(change);
      return;
    }
    this.#held.push({ change, until: performance.now() + this.#hold });
    this.#holdOn();
  }

  #gone({ codes, actor, reason, destroyed }: OccupantPresence): void {
    const event = departureOf(codes, destroyed !== undefined);
    const wanted = this.isLeaving;
    // A room that shuts down while we leave is left: nobody wants to be back.
    if (wanted && (event === 'shutdown' || event === 'failed')) this.#out({ event: 'left' });
    else if (event === 'shutdown' || event === 'failed') this.drop(event);
    else if (event === 'left' && !wanted) {
      this.parted = true;
      this.#tell.doubted(this.jid);
    } else
      this.#out({
        event,
        actor,
        reason: destroyed?.reason ?? reason,
        destroyed,
        codes,
      });
    this.#leaving?.resolve();
  }

  #out(change: Pick<RoomChange, 'event' | 'actor' | 'reason' | 'destroyed' | 'codes'>): void {
    const inside = this.phase === 'joined' || this.phase === 'lost';
    this.#renaming?.reject(new XmppError('gone', change.reason));
    this.forget();
    if (!inside) return;
    this.#tell.room({ room: this.jid, nick: this.nick, ...change });
  }

  /** What the room says of itself when one enters the next time is known by that (§10.2.1). */
  noted(codes: readonly number[]): void {
    const [said, over] = [SAID_AT_ENTRANCE, OVER_BY].map((table) =>
      codes.flatMap((code) => table[code] ?? []),
    );
    this.#codes = [...this.#codes.filter((code) => over?.includes(code) !== true), ...(said ?? [])];
  }

  #notice(codes: readonly number[]): void {
    const notices = noticesOf(codes);
    if (notices.length > 0) this.#tell.notice({ room: this.jid, codes: notices });
  }
}
