/** XEP-0045 Multi-User Chat, version 1.35.5. https://xmpp.org/extensions/xep-0045.html */
import { EventEmitter } from 'node:events';
import {
  type Challenge,
  NS_CAPTCHA,
  parseChallenge,
  xChallengeAnswer,
  xChallengeDeclined,
} from '../captcha.ts';
import { NS_DISCO_INFO } from '../disco.ts';
import { parseStanzaError, StanzaError, TimeoutError, XmppError } from '../errors.ts';
import type { FormValues } from '../forms.ts';
import { parseStanzaIds } from '../ids.ts';
import { bareOf, localOf, parseJid, resourceOf } from '../jid.ts';
import type { ParsedMessage } from '../messages.ts';
import { randomId, type Session } from '../session/session.ts';
import { child, type Element, x } from '../stanza.ts';
import { answers } from './answers.ts';
import { acceptDefaults } from './config.ts';
import {
  type Continued,
  type Declined,
  type Invitation,
  NS_DIRECT,
  parseDeclined,
  parseInvitation,
  xDecline,
  xDirectInvitation,
  xMediatedInvitation,
} from './invitations.ts';
import {
  type Affiliation,
  isAffiliation,
  NS_MUC_USER,
  type Occupant,
  type OccupantShow,
  parseOccupantPresence,
  parseStatusCodes,
} from './occupants.ts';
import {
  type History,
  NS,
  type OwnPresence,
  occupantJid,
  xEnter,
  xPresence,
  xUnavailable,
} from './own-presence.ts';
import {
  type Dropped,
  type Entered,
  type OccupantChange,
  Room,
  type RoomChange,
  type RoomListener,
} from './room.ts';
import { ABSENT, SILENCES, type Silences, selfPings, type Verdict } from './self-ping.ts';
import { AFFILIATION_CHANGED, noticesOf } from './status-codes.ts';
import { type Petition, parsePetition, xPetitionAnswer, xVoiceRequest } from './voice.ts';

export { type History, NS };

export interface RoomsEvents {
  /** when we entered or left a room, or could not enter it again */
  room: [change: RoomChange];
  /** when another occupant came, went or changed, or our own nick, role or affiliation did; not while entering */
  occupant: [change: OccupantChange];
  /**
   * when a nickname is nobody's any more, or another's: at once, while `occupant` waits a moment with those who left, in
   * case an outage takes us too
   */
  departed: [change: { room: string; nick: string }];
  /** when an occupant changed show or status message */
  occupantPresence: [change: { room: string; occupant: Occupant; before: Occupant }];
  /** when a room told its subject; `initial` for the one it has when we enter (§7.2.15) */
  subject: [
    change: { room: string; nick: string; subject: string; initial: boolean; time: number | undefined },
  ];
  /** when a room told something about itself by status codes (§15.6.2) */
  roomNotice: [change: { room: string; codes: readonly number[] }];
  /** when something was said in a joined room; `nick` is '' for the room itself; history has a delay */
  message: [said: { room: string; nick: string; self: boolean; message: ParsedMessage }];
  /** when an occupant of a joined room said something to us alone (§7.5) */
  privateMessage: [said: { room: string; nick: string; message: ParsedMessage }];
  /** when somebody invited us to a room we are not in; nothing follows by itself */
  invitation: [invitation: Invitation];
  /** when somebody declined an invitation of ours to a joined room */
  invitationDeclined: [declined: Declined];
  /** when a joined room asks its moderators whether somebody may speak, or its admins whether somebody may be a member */
  petition: [petition: Petition];
  /** when a room that we are not in says that our affiliation changed (code 101); anybody can send it */
  affiliationChanged: [change: { room: string; affiliation: Affiliation }];
  /** when a room lost us while the connection stands (self-ping, 332, 333): `reenter` or `forget` it */
  dropped: [change: Dropped];
  /** when a room that we enter asks whether a person does: `enter` rejects with `captcha`, `answerChallenge` goes on */
  challenge: [challenge: RoomChallenge];
  /** when a silent room was asked whether we are still in, and we may be (XEP-0410) */
  checked: [change: { room: string; verdict: Verdict }];
}

/** A challenge and what it is to be answered for. XEP-0158 */
export interface RoomChallenge {
  readonly room: string;
  readonly nick: string;
  readonly challenge: Challenge;
}

export interface EnterOptions {
  readonly nick: string;
  readonly password?: string | undefined;
  readonly history?: History | undefined;
  /** a new room stays locked until it is configured, accepted or cancelled (config.ts, §10.1.3); otherwise it opens at once */
  readonly reserve?: boolean | undefined;
  /** milliseconds; default the session's */
  readonly timeout?: number | undefined;
}

export interface RoomView {
  readonly room: string;
  /** its local part; what the room calls itself is told by browse.ts */
  readonly name: string;
  readonly nick: string;
  readonly subject: string;
  /** false while the connection is lost or the room is being entered again */
  readonly joined: boolean;
  /** ourselves, as the room shows us */
  readonly own: Occupant | undefined;
  /** as they are when first asked for: most who look at a room want none of its thousand */
  readonly occupants: readonly Occupant[];
}

export interface InviteOptions {
  readonly reason?: string | undefined;
  /** also where the room goes on with a conversation of two, which rooms do not hand on (§7.9, XEP-0249 §2) */
  readonly direct?: boolean | undefined;
  readonly continues?: Continued | undefined;
}

export interface Rooms extends EventEmitter<RoomsEvents> {
  /**
   * Enters a room, making it where it does not exist. Rejects with the room's StanzaError: `conflict` (nick in use),
   * `not-authorized` (password), `registration-required` (members only), `forbidden` (banned),
   * `service-unavailable` (full), `item-not-found` (locked), `not-allowed` (nobody may create one),
   * `not-acceptable` (reserved nick); TimeoutError; DisconnectedError; XmppError `jid-malformed`, `captcha` (see the
   * event `challenge`). §7.2.
   */
  enter(room: string, options: EnterOptions): Promise<Entered>;
  /**
   * Answers what a room asked who enters, which then lets us in. Rejects with StanzaError `not-acceptable` (a wrong
   * answer), `service-unavailable` (too late, or answered before); else as `enter`. XEP-0158
   */
  answerChallenge(challenge: RoomChallenge, values: FormValues): Promise<Entered>;
  /** Tells the room that nobody will answer. */
  declineChallenge(challenge: RoomChallenge): void;
  /** Leaves; resolves when the room confirmed it, or after 5 s. §7.14. */
  leave(room: string, status?: string): Promise<void>;
  /** Rooms that lost us, or were lost with the connection: to be entered again. */
  lost(): string[];
  /**
   * Enters a lost room again, under `nick` where that is given. Rejects as `enter` does; the room stays lost, to be
   * entered at another time, until `forget`.
   */
  reenter(room: string, options?: Partial<EnterOptions>): Promise<Entered>;
  /** Gives a lost room up. */
  forget(room: string): void;
  /**
   * Asks a joined room whether we are still in (XEP-0410); `left` makes it a lost one. `absent`: it answered as if it did
   * not exist. Never rejects.
   */
  check(room: string, more?: { absent?: boolean }): Promise<Verdict>;
  /** Whether what is said now will surely be heard: joined, and the room spoke not long ago. */
  isCertain(room: string): boolean;
  /** Rejects with StanzaError `conflict`, `not-acceptable`, … §7.6. */
  setNick(room: string, nick: string): Promise<void>;
  /** Resolves when the room showed it to everyone; rejects with StanzaError `forbidden`. §8.1. */
  setSubject(room: string, subject: string): Promise<void>;
  /** What joined rooms, and those entered from now on, see of us. §7.7. */
  setPresence(show: OccupantShow, status: string): void;
  /**
   * Through the room (which adds its password), or `direct` (XEP-0249). Rejects with the room's StanzaError, or theirs as
   * far as the own server has it: `service-unavailable` where it has nobody of that name.
   */
  invite(room: string, jid: string, options?: InviteOptions): Promise<void>;
  /** Asks for the right to speak (§7.13). Rejects with the room's StanzaError. */
  requestVoice(room: string): Promise<void>;
  /** Grants or refuses what a room asked (§8.6, §9.9). */
  answerPetition(petition: Petition, allow: boolean): void;
  /** Tells who invited us that we will not come; a direct invitation is declined by silence (XEP-0249 §2). */
  decline(invitation: Invitation, reason?: string): void;
  /** Rooms joined, or joined until the connection was lost. */
  list(): RoomView[];
  get(room: string): RoomView | undefined;
  /** True for a room that is joined, being entered, or to be entered again: its presences and messages are no contact's. */
  knows(jid: string): boolean;
}

export interface RoomsOptions {
  readonly disco: { addFeature(feature: string): void; xCaps?(): Element };
  readonly messages: {
    claim(test: (stanza: Element) => boolean): () => void;
    parse(stanza: Element): ParsedMessage | undefined;
  };
  readonly silences?: Silences | undefined;
}

/** A subject without a body is a change of the subject (§8.1). */
const isSubject = (message: ParsedMessage) => message.subject !== undefined && message.body === undefined;

/** milliseconds for a room to confirm that we left */
const LEAVING = 5000;
/** what a room says to somebody who is not in it */
const STRANGER: readonly string[] = ['not-acceptable', ...ABSENT];

const isIn = ({ phase }: Room) => phase === 'joined' || phase === 'lost';

function viewOf({ jid, nick, subject, phase, occupants }: Room): RoomView {
  let people: readonly Occupant[] | undefined;
  return {
    room: jid,
    name: localOf(jid) ?? jid,
    nick,
    subject,
    joined: phase === 'joined',
    own: occupants.get(nick),
    get occupants() {
      people ??= [...occupants.values()];
      return people;
    },
  };
}

/** Rooms of one account. Nothing is entered, and nobody answered, unasked. */
export function rooms(session: Session, { disco, messages, silences = SILENCES }: RoomsOptions): Rooms {
  const events = new EventEmitter<RoomsEvents>();
  const known = new Map<string, Room>();
  const waiting = answers(session);
  /** rooms that we are leaving */
  const leaves = new Map<string, Promise<void>>();
  /** entrances that a lost stream cut short, by room: our occupant JID there, if the room has let us in all the same */
  const cut = new Map<string, string>();
  let own: OwnPresence = { show: 'available', status: '' };
  disco.addFeature(NS);
  disco.addFeature(NS_DIRECT);

  const tell: RoomListener = {
    room: (change) => events.emit('room', change),
    occupant: (change) => events.emit('occupant', change),
    departed: (change) => events.emit('departed', change),
    occupantPresence: (change) => events.emit('occupantPresence', change),
    notice: (change) => events.emit('roomNotice', change),
    dropped: (change) => events.emit('dropped', change),
    doubted(jid) {
      const room = joined(jid);
      if (room !== undefined) void pings.check(room);
    },
  };
  const joined = (jid: string | undefined): Room | undefined => {
    const room = known.get(bareOf(jid ?? ''));
    return room?.phase === 'joined' ? room : undefined;
  };
  const mustBeJoined = (jid: string): Room => {
    const room = joined(jid);
    if (room === undefined) throw new XmppError('not-joined');
    return room;
  };

  session.on('offline', () => {
    for (const room of known.values()) {
      if (room.phase === 'entering') cut.set(room.jid, occupantJid(room.jid, room.nick));
      room.lost();
    }
  });
  session.on('resumed', ({ inherited }) => {
    for (const room of known.values()) room.resumed();
    // Whoever wished to be there was told that it failed: nobody would know that we are in.
    for (const [jid, occupant] of cut)
      if (!inherited && !known.has(jid)) session.send(xUnavailable(occupant));
    cut.clear();
  });
  session.on('online', () => {
    for (const room of known.values()) room.renewed();
    cut.clear();
  });
  const pings = selfPings(session, {
    rooms: () => known.values(),
    silences,
    checked(room, verdict) {
      const { parted } = room;
      room.parted = false;
      room.absent = false;
      if (parted && verdict !== 'joined') {
        room.goodbye();
        drop(room);
      } else if (verdict === 'left') room.drop('forgotten');
      else events.emit('checked', { room: room.jid, verdict });
    },
  });

  const drop = (room: Room) => {
    if (known.get(room.jid) === room) known.delete(room.jid);
    pings.watch();
  };

  session.on('presence', (stanza) => {
    const room = known.get(bareOf(stanza.attrs.from ?? ''));
    // Presence of rooms never joined is not looked at: anyone can send it.
    if (room === undefined) return;
    if (stanza.attrs.type === 'error') {
      // One for an earlier attempt: a wrong answer to a challenge is refused twice.
      const late = room.phase === 'entering' && (stanza.attrs.id ?? room.entranceId) !== room.entranceId;
      if (late) return;
      const error = parseStanzaError(stanza);
      // A change of our presence found nobody there (§7.7): the room may have forgotten us.
      if (room.phase === 'joined' && !room.isRenaming && STRANGER.includes(error.condition)) {
        room.absent = ABSENT.includes(error.condition);
        void pings.check(room);
      }
      room.refused(error);
      return;
    }
    const presence = parseOccupantPresence(stanza);
    if (presence !== undefined) room.presence(presence);
    if (room.phase === 'out') drop(room);
  });

  /** A challenge for the presence by which we enter a room now; one for anything else is ignored (XEP-0158 §protocol-response). */
  function challengeOf(stanza: Element): RoomChallenge | undefined {
    if (child(stanza, 'captcha', NS_CAPTCHA) === undefined) return undefined;
    const challenge = parseChallenge(stanza);
    const room = challenge && known.get(bareOf(challenge.about));
    if (room?.phase !== 'entering' || challenge?.stanza !== room.entranceId) return undefined;
    return challenge && { room: room.jid, nick: resourceOf(challenge.about) ?? room.nick, challenge };
  }

  messages.claim((stanza) => {
    const from = stanza.attrs.from ?? '';
    if (stanza.attrs.type === 'groupchat' || parseInvitation(stanza) || parseDeclined(stanza)) return true;
    if (joined(from) !== undefined) return true;
    if (challengeOf(stanza) !== undefined) return true;
    // §7.5: marked as private message of an occupant, but we are in no such room: forged, or from a past session.
    const marked = child(stanza, 'x', NS_MUC_USER) !== undefined && resourceOf(from) !== undefined;
    return marked && bareOf(from) !== session.account;
  });

  session.on('message', (stanza) => {
    if (stanza.attrs.type === 'error') return;
    const invitation = parseInvitation(stanza);
    if (invitation !== undefined) {
      // XEP-0249 §5: no invitation to where we are already. A room that lost us may let us in by it only (§7.8.2).
      if (joined(invitation.room) === undefined)
        events.emit('invitation', { ...invitation, archiveId: archiveIdOf(stanza) });
      return;
    }
    const asked = challengeOf(stanza);
    if (asked !== undefined) {
      events.emit('challenge', asked);
      return known.get(asked.room)?.challenged();
    }
    const room = joined(stanza.attrs.from);
    if (room === undefined) return affiliationChanged(stanza);
    room.heard();
    const petition = parsePetition(stanza);
    if (petition !== undefined) return void events.emit('petition', petition);
    const declined = parseDeclined(stanza);
    if (declined !== undefined) events.emit('invitationDeclined', declined);
    else heard(room, stanza);
  });

  /** No id that could not be kept in a list. */
  function archiveIdOf(stanza: Element): string | undefined {
    const id = parseStanzaIds(stanza).find(({ by }) => by === session.account)?.id;
    return id !== undefined && /^\S{1,100}$/.test(id) ? id : undefined;
  }

  /** §9.3 and after: told to somebody who is not in the room, by a message of the room itself. */
  function affiliationChanged(stanza: Element): void {
    const from = parseJid(stanza.attrs.from);
    if (!from?.local || from.resource !== undefined) return;
    if (!parseStatusCodes(stanza).includes(AFFILIATION_CHANGED)) return;
    const { affiliation } = child(child(stanza, 'x', NS_MUC_USER), 'item', NS_MUC_USER)?.attrs ?? {};
    if (isAffiliation(affiliation)) events.emit('affiliationChanged', { room: from.bare, affiliation });
  }

  function heard(room: Room, stanza: Element): void {
    const message = messages.parse(stanza);
    if (message === undefined) return;
    const nick = resourceOf(message.from) ?? '';
    if (message.type !== 'groupchat') {
      if (nick !== '') events.emit('privateMessage', { room: room.jid, nick, message });
      return;
    }
    const codes = nick === '' ? noticesOf(parseStatusCodes(stanza)) : [];
    if (codes.length > 0) {
      room.noted(codes);
      events.emit('roomNotice', { room: room.jid, codes });
    }
    if (isSubject(message)) subjectChanged(room, nick, message);
    else if (codes.length === 0 || message.body !== undefined)
      events.emit('message', { room: room.jid, nick, self: nick === room.nick, message });
  }

  function subjectChanged(room: Room, nick: string, message: ParsedMessage): void {
    const first = !room.subjectKnown;
    const before = room.subject;
    room.subjectKnown = true;
    room.subject = message.subject ?? '';
    // Back after an outage: what is as it was is no news, and what is not was changed meanwhile.
    if (first && room.entrance > 1 && before === room.subject) return;
    const initial = first && room.entrance === 1;
    if (nick === room.nick) waiting.shown(room.jid, message.id, room.subject);
    const time = message.delay?.time;
    events.emit('subject', { room: room.jid, nick, subject: room.subject, initial, time });
  }

  async function enterRoom(room: Room, nick: string, options: Omit<EnterOptions, 'nick'>): Promise<Entered> {
    const { password = room.password, history, timeout = session.timeout } = options;
    const to = occupantJid(room.jid, nick);
    const id = randomId();
    const answer = room.enter(timeout, id, nick);
    room.entrancePassword = password;
    pings.watch();
    try {
      session.send(xPresence(to, { ...own, id }, disco.xCaps?.(), xEnter(history, password)));
    } catch {
      room.lost();
    }
    return admitted(room, nick, answer, options);
  }

  /** What becomes of an entrance. */
  async function admitted(
    room: Room,
    nick: string,
    answer: Promise<Entered>,
    { password = room.password, reserve }: Omit<EnterOptions, 'nick'>,
  ): Promise<Entered> {
    const to = occupantJid(room.jid, nick);
    try {
      const entered = await answer;
      room.password = password;
      if (entered.created && !reserve) await acceptDefaults(session, entered.room);
      return entered;
    } catch (error) {
      // The answer may still come: we would be in without knowing.
      if (error instanceof TimeoutError && session.online) session.send(xUnavailable(to));
      if (room.phase === 'out') drop(room);
      throw error;
    }
  }

  async function enter(jid: string, options: EnterOptions): Promise<Entered> {
    const address = occupantJid(jid, options.nick);
    const bare = bareOf(address);
    const nick = resourceOf(address) ?? options.nick;
    // What the room says to who leaves would be taken for its answer.
    if (leaves.has(bare)) {
      await leaves.get(bare);
      return enter(jid, options);
    }
    const room = known.get(bare) ?? new Room(bare, nick, tell, silences.leaves);
    if (room.entering !== undefined) {
      const { password = room.entrancePassword } = options;
      if (room.nick === nick && room.entrancePassword === password) return room.entering;
      // Another wish than the one under way: it comes after that, whatever becomes of it.
      await room.entering.catch(() => undefined);
      return enter(jid, options);
    }
    if (room.phase === 'joined') {
      if (room.nick !== nick) await setNick(bare, nick);
      return { room: bare, nick: room.nick, created: false, occupants: room.occupants.size, codes: [] };
    }
    known.set(bare, room);
    return enterRoom(room, nick, options);
  }

  async function answerChallenge(
    { room: jid, nick, challenge }: RoomChallenge,
    values: FormValues,
  ): Promise<Entered> {
    const room = known.get(jid) ?? new Room(jid, nick, tell, silences.leaves);
    if (room.phase === 'joined' || room.entering !== undefined) throw new XmppError('conflict');
    known.set(jid, room);
    // The room lets us in by the presence that it has, which may come before it says that the answer was right.
    const answer = room.enter(session.timeout, challenge.stanza ?? '', nick);
    session.request(xChallengeAnswer(challenge, values)).catch((error: unknown) => {
      room.refused(error instanceof StanzaError ? error : new StanzaError('undefined-condition'));
    });
    return admitted(room, nick, answer, {});
  }

  /** The second wish to leave is the first one. */
  async function leave(jid: string, status?: string): Promise<void> {
    const room = known.get(jid);
    const under = leaves.get(jid);
    if (under !== undefined || room === undefined) return under;
    if (session.online) session.send(xUnavailable(occupantJid(jid, room.nick), status));
    const left = room.leave(LEAVING).finally(() => {
      leaves.delete(jid);
      drop(room);
    });
    leaves.set(jid, left);
    await left;
  }

  async function reenter(jid: string, options: Partial<EnterOptions> = {}): Promise<Entered> {
    const room = known.get(jid);
    if (room?.phase !== 'lost' || leaves.has(jid)) throw new XmppError('not-joined');
    const { nick = room.nick, ...more } = options;
    return enterRoom(room, nick, more);
  }

  async function setNick(jid: string, nick: string): Promise<void> {
    const room = mustBeJoined(jid);
    const to = occupantJid(jid, nick);
    // One after the other: the room does not say which of them it answers.
    if (room.renamed !== undefined) {
      await room.renamed;
      return setNick(jid, nick);
    }
    if (resourceOf(to) === room.nick) return;
    const answer = room.rename(15_000);
    try {
      session.send(xPresence(to, own));
    } catch {
      room.refused(new StanzaError('recipient-unavailable', 'wait'));
    }
    await answer;
  }

  async function setSubject(jid: string, subject: string): Promise<void> {
    const { jid: to } = mustBeJoined(jid);
    await waiting.send(to, (id) => x('message', { to, id, type: 'groupchat' }, x('subject', {}, subject)));
  }

  async function invite(jid: string, who: string, options: InviteOptions = {}): Promise<void> {
    const { jid: room, password } = mustBeJoined(jid);
    const { reason, direct = false, continues } = options;
    if (direct) {
      const build = (id: string) => xDirectInvitation(room, who, { id, reason, password, continues });
      return said(bareOf(who), build, session.domain);
    }
    await said(room, (id) => xMediatedInvitation(room, who, id, reason));
  }

  /**
   * Success has no answer: what is said to a question asked behind comes after an error would have. `asked` is who
   * answers it.
   */
  async function said(to: string, build: (id: string) => Element, asked = to): Promise<void> {
    await waiting.send(to, build, (id) => {
      const question = x('iq', { type: 'get', to: asked }, x('query', { xmlns: NS_DISCO_INFO }));
      const done = () => waiting.done(id);
      session.request(question).then(done, done);
    });
  }

  return Object.assign(events, {
    enter,
    answerChallenge,
    declineChallenge({ challenge }: RoomChallenge) {
      if (session.online) session.send(xChallengeDeclined(challenge));
    },
    leave,
    lost: () => [...known.values()].filter(({ phase }) => phase === 'lost').map((room) => room.jid),
    reenter,
    forget(jid: string) {
      const room = known.get(jid);
      if (room?.phase !== 'lost') return;
      room.forget();
      drop(room);
    },
    async check(jid: string, { absent = false }: { absent?: boolean } = {}) {
      const room = joined(jid);
      if (room !== undefined && absent) room.absent = true;
      return room === undefined ? 'left' : pings.check(room);
    },
    isCertain(jid: string) {
      const room = joined(jid);
      return room !== undefined && pings.isCertain(room);
    },
    setNick,
    setSubject,
    invite,
    async requestVoice(jid: string) {
      const { jid: room } = mustBeJoined(jid);
      await said(room, (id) => xVoiceRequest(room, id));
    },
    answerPetition: (petition: Petition, allow: boolean) => session.send(xPetitionAnswer(petition, allow)),
    setPresence(show: OccupantShow, status: string) {
      own = { show, status };
      if (!session.online) return;
      for (const { phase, jid, nick } of known.values())
        if (phase === 'joined') session.send(xPresence(occupantJid(jid, nick), own, disco.xCaps?.()));
    },
    decline({ room, from, mediated }: Invitation, reason?: string) {
      if (mediated) session.send(xDecline(room, from, reason));
    },
    list: () => [...known.values()].filter(isIn).map(viewOf),
    get(jid: string) {
      const room = known.get(jid);
      return room && isIn(room) ? viewOf(room) : undefined;
    },
    knows: (jid: string) => known.has(bareOf(jid)),
  });
}
