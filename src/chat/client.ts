/** class Client: one account's contacts, rooms, conversations and files; what the UI calls and listens to. */
import { EventEmitter } from 'node:events';
import type { Features } from '../xmpp/features.ts';
import type { ParsedMessage } from '../xmpp/messages.ts';
import { roomNameOf } from '../xmpp/muc/browse.ts';
import type { Silences } from '../xmpp/muc/self-ping.ts';
import { slowModeOf } from '../xmpp/muc/slow-mode.ts';
import type { Petition } from '../xmpp/muc/voice.ts';
import type { SessionControl } from '../xmpp/session/create-session.ts';
import { trustedRoots } from '../xmpp/session/trust.ts';
import { resourceOf } from './address.ts';
import { type Batch, batch } from './batch.ts';
import { changes } from './changes.ts';
import { changePassword, removeAccount } from './client/account.ts';
import { amendments } from './client/amendments.ts';
import { type TrustedArchives, trustedArchives } from './client/archives.ts';
import { type Attendance, attendance } from './client/attendance.ts';
import { type Background, background } from './client/background.ts';
import { bounces } from './client/bounces.ts';
import { type ChatArea, chatArea } from './client/chats.ts';
import { claimedIds } from './client/claimed-ids.ts';
import { type Conferences, conferences } from './client/conferences.ts';
import { type ClientContacts, type ContactArea, clientContacts, flushed } from './client/contacts.ts';
import { type Delivery, delivery } from './client/delivery.ts';
import { type ClientFiles, clientFiles, type FileArea } from './client/files.ts';
import { type HistoryArea, historyArea } from './client/history.ts';
import { type HistorySync, historySync } from './client/history-sync.ts';
import { type Invitations, invitations } from './client/invitations.ts';
import { type KeptStreamState, keptStreamState } from './client/kept-stream.ts';
import { type ChatKinds, chatKinds } from './client/kinds.ts';
import type { Link } from './client/link.ts';
import { listen } from './client/listen.ts';
import { type Marks, marks } from './client/marks.ts';
import { type MessageArea, messageArea } from './client/messages.ts';
import { ownPresence } from './client/own-presence.ts';
import { type RequestArea, requestArea } from './client/requests.ts';
import { type Retention, retention } from './client/retention.ts';
import { roomAdministration } from './client/room-administration.ts';
import { type RoomArchives, roomArchives } from './client/room-archives.ts';
import { roomForms } from './client/room-forms.ts';
import { type RoomArea, roomArea } from './client/rooms.ts';
import { type Reading, reading } from './client/unread.ts';
import { type UserArea, userArea } from './client/users.ts';
import { Connection, type ConnectionChange, type CreateSession, type Level } from './connection.ts';
import { type Contacts, contacts } from './contacts.ts';
import type { ChatEvents, ConnectionState, Show } from './events.ts';
import { type MediaSaver, withMedia } from './form-media.ts';
import { heard } from './heard.ts';
import { type Inbound, inbound } from './inbound.ts';
import { speaksToUs } from './mentions.ts';
import type { Message, MessageSource } from './message.ts';
import { ChatError } from './problem.ts';
import { Requests } from './requests.ts';
import { type SlowModes, slowModes } from './rooms/slow-mode.ts';
import { type ChatRooms, chatRooms } from './rooms.ts';

import { type AccountSettings, accountSettings, type SettingName } from './settings.ts';
import { type Instance, isStorageFailure, type Stores } from './stores.ts';
import { type TypingStates, typingStates } from './typing.ts';

export type { JoinedRoom, JoinOptions } from './rooms.ts';

export interface ClientOptions {
  /** bare JID, normalised */
  readonly account: string;
  readonly stores: Stores;
  /** makes the session's options when the first connection is wanted; undefined: this client stays offline */
  readonly session?: (() => Promise<SessionSettings>) | undefined;
  readonly createSession?: CreateSession | undefined;
  /** folder that received files go to */
  readonly filesDir: () => string;
  /** of the program, told to those who may ask (XEP-0092) */
  readonly version: string;
  /** language tags, the most wanted first */
  readonly languages: readonly string[];
  /** after which silence a room is asked whether we are still in; default: minutes (XEP-0410 §3.2) */
  readonly roomSilences?: Silences | undefined;
  /** JID of a service that searches rooms (XEP-0433); default: one of the server's own */
  readonly roomSearch?: string | undefined;
  /** settings of this run, before those kept */
  readonly overrides?: Readonly<Partial<Record<SettingName, string>>>;
}

/** milliseconds that going offline waits for the server to know which rooms are kept */
const BOOKMARKS_PATIENCE = 2000;

/** Stream errors for something that we wrote (RFC 6120 §4.9.3). */
const REFUSALS: readonly string[] = ['bad-format', 'invalid-xml', 'not-well-formed', 'policy-violation'];

/** XEP-0500 §server-side-rate-limiting */
const EXEMPT: readonly string[] = ['owner', 'admin'];

type SessionSettings = ConstructorParameters<typeof Connection>[0]['session'] & {
  /** the place of this run among others with the same data; let go with the client */
  readonly instance?: Instance | undefined;
};

export class Client extends EventEmitter<ChatEvents> {
  readonly account: string;
  readonly settings: AccountSettings;
  readonly contacts: ContactArea;
  readonly users: UserArea;
  readonly rooms: RoomArea;
  /** conversations of two that go on in a room, with more people (XEP-0045 §7.9) */
  readonly conferences: Conferences;
  readonly requests: RequestArea;
  readonly files: FileArea;
  readonly chats: ChatArea;
  readonly messages: MessageArea;
  readonly history: HistoryArea;
  readonly #options: ClientOptions;
  readonly #stores: Stores;
  readonly #presence: ReturnType<typeof ownPresence>;
  readonly #roster: Contacts;
  readonly #contacts: ClientContacts;
  readonly #rooms: ChatRooms;
  readonly #kinds: ChatKinds;
  readonly #archives: TrustedArchives;
  readonly #attendance: Attendance = attendance();
  readonly #newRooms = new Set<string>();
  /** as inbound.ts says */
  readonly #heard: (row: number) => boolean;
  readonly #background: Background;
  readonly #roomArchives: RoomArchives;
  readonly #delivery: Delivery;
  readonly #slow: SlowModes;
  readonly #batch: Batch;
  readonly #inbound: Inbound;
  readonly #sync: HistorySync;
  readonly #marks: Marks;
  readonly #reading: Reading;
  readonly #typing: TypingStates;
  readonly #requests = new Requests();
  readonly #invitations: Invitations;
  readonly #retention: Retention;
  /** the thread of a conversation that goes on in a room, by room */
  readonly #threads = new Map<string, string>();
  readonly #petitions = new Map<string, Petition>();
  #connection: Connection | undefined;
  #opening: Promise<Connection> | undefined;
  #instance: Instance | undefined;
  #stream: KeptStreamState | undefined;
  /** what an earlier stream left is on its way */
  #recovered: Promise<void> = Promise.resolve();
  readonly #files: ClientFiles;
  #trust: ReturnType<typeof trustedRoots> = trustedRoots(undefined);
  #state: ConnectionState = 'offline';
  #offlineReason: string | undefined;
  #over = false;
  /** the account is being deleted: the server ends the stream with an error that is none */
  #leaving = false;
  /** somebody looks */
  #attended = true;
  #closed = false;
  /** condition of the store's failure that was told last */
  #storeFailure: string | undefined;

  constructor(options: ClientOptions) {
    super();
    this.setMaxListeners(0);
    const { account, stores, overrides } = options;
    const { messages } = stores;
    this.#heard = heard(messages.lastRow());
    this.account = account;
    this.#options = options;
    this.#stores = stores;
    const tell = this.emit.bind(this) as Parameters<typeof contacts>[0]['tell'];
    const isRoom = (bare: string) => this.#rooms.isRoom(bare);
    // A run that does one thing and ends would only begin what it cannot finish.
    this.on('presence', ({ jid, show }) => {
      if (show !== 'offline' && this.#connection?.hearsRequests === true) void this.#files.arrived(jid);
    });
    this.settings = accountSettings({
      account,
      store: stores.settings,
      overrides,
      changed: (name, value) => this.#settingChanged(name, value),
    });
    const restore = this.settings.get('restore-presence') === 'on';
    this.#presence = ownPresence({ account, settings: stores.settings, restore });
    this.#roster = contacts({
      account,
      cache: stores.roster,
      messages,
      tell,
      clientOf: (jid) => this.#connection?.features.disco.known(jid)?.identities[0]?.name,
    });
    this.#contacts = clientContacts({
      account,
      linked: () => this.#linked(),
      contacts: this.#roster,
      requests: this.#requests,
      knowsContacts: () => this.#connection?.knowsContacts === true,
      settled: async () => this.#connection?.settled(),
      hearsRequests: () => this.#connection?.hearsRequests === true,
      autoApprove: () => this.settings.get('auto-approve') === 'on',
      failed: (jid, condition, text) => this.emit('problem', { condition, text: text ?? jid }),
    });
    this.contacts = this.#contacts;
    this.#rooms = chatRooms({
      account,
      store: stores.rooms,
      settings: stores.settings,
      tell,
      searchService: options.roomSearch,
      failed: (error) => this.#failed(error),
    });
    const forms = roomForms(() => this.#linked());
    this.#invitations = invitations({
      account,
      settings: stores.settings,
      requests: this.#requests,
      isThere: (room) => this.#rooms.isRoom(room),
      failed: (error) => this.#failed(error),
    });
    this.conferences = conferences({
      account,
      linked: () => this.#linked(),
      rooms: this.#rooms,
      forms,
      contact: this.#roster.get,
      kindOf: (chat) => this.#kinds.kindOf(chat),
      last: (chat, limit) => messages.history({ account, chat, limit }),
      threads: this.#threads,
    });
    this.#kinds = chatKinds({ account, store: messages, isRoom });
    this.#archives = trustedArchives(
      async (jid) => {
        const info = await this.#connection?.features.disco.info(jid);
        if (info !== undefined && this.#rooms.knows(jid)) {
          this.#slow.learn(jid, slowModeOf(info));
          this.#rooms.called(jid, roomNameOf(info));
        }
        return info;
      },
      (jid) => messages.archiveEnd(account, jid) !== undefined,
      (jid, gives) => claims.decide(jid, gives),
    );
    const claims = claimedIds({
      account,
      store: messages,
      changes: () => applied,
      decided: (row) => {
        const message = messages.get(row);
        if (message !== undefined) this.#delivery.amendments.known(message);
      },
      failed: (error) => this.#failed(error),
    });
    const awaitsName = ({ chat, kind, row }: Message) => kind === 'room' && claims.isOpen(chat, row);
    this.#reading = reading({
      account,
      store: messages,
      changed: (event) => this.emit('unread', event),
      failed: (error) => this.#failed(error),
    });
    this.#typing = typingStates((event) => this.emit('typing', event));
    this.#slow = slowModes({
      isExempt: (room) => EXEMPT.includes(this.#rooms.affiliation(room) ?? 'none'),
      ready: (room) => {
        this.#delivery.outbox.reachable(room);
        // A room that was silent for long is asked first, and its answer lets out what waits.
        if (!this.#rooms.isCertain(room)) void this.#rooms.check(room);
      },
      told: (event) => this.emit('slowMode', event),
    });
    this.#delivery = delivery({
      account,
      store: messages,
      amendments: stores.amendments,
      amended: (message, change) => this.emit('messageChanged', message, change),
      awaitsName,
      rooms: this.#rooms,
      slow: this.#slow,
      link: () => this.#connection,
      linked: () => this.#linked(),
      threadOf: (room) => this.#threads.get(room),
      tellsTyping: () => this.settings.get('send-typing') === 'on',
      appended: (message) => {
        this.#heard(message.row);
        this.#added(message);
      },
      changed: (message) => this.emit('messageChanged', message, 'state'),
      failed: (error) => this.#failed(error),
      instance: () =>
        this.#instance && { key: this.#instance.key, isAlive: (key) => stores.instances.isAlive(key) },
    });
    const live = () => (this.#connection?.online === true ? this.#connection.features : undefined);
    this.#marks = marks({
      account,
      store: messages,
      marks: stores.marks,
      // Before the roster nobody knows who may be told.
      features: () => (this.#connection?.knowsContacts === true ? live() : undefined),
      failed: (error) => this.#failed(error),
      allowed: () => this.settings.get('send-receipts') === 'on',
      counted: (chat, before) => this.#reading.count(chat, before),
    });
    const amended = amendments({
      account,
      store: messages,
      outbox: this.#delivery.amendments,
      isRoom,
      nick: (room) => this.#rooms.nick(room),
      occupantId: (room) => this.#ownId(room),
      changed: (message, change) => this.emit('messageChanged', message, change),
      awaitsName,
    });
    this.#batch = batch({
      store: messages,
      told: () => this.#reading.countNoted(),
      failed: (error) => {
        if (isStorageFailure(error)) this.#failed(error);
      },
    });
    const speaks = speaksToUs({
      account,
      nick: (room) => this.#rooms.nick(room),
      occupantId: (room) => this.#ownId(room),
    });
    const applied = changes({
      account,
      store: messages,
      namesOccupants: (room) => this.#archives.namesOccupants(room),
      stayed: this.#attendance.stayed,
      speaksToUs: speaks,
      changed: (message, change, news) => {
        this.emit('messageChanged', message, change, news);
        if (news?.mention === true) this.#reading.count(message.chat);
      },
    });
    this.#inbound = inbound({
      account,
      store: messages,
      batch: this.#batch,
      outbound: this.#delivery.outbox,
      amended: this.#delivery.amendments.confirmed,
      changes: applied,
      isRoom,
      nick: (room) => this.#rooms.nick(room),
      speaksToUs: speaks,
      trusts: (by) => this.#archives.has(by),
      claims: { isOpen: this.#archives.isOpen, note: claims.note },
      typing: (event) => this.#typing.set(event),
      spoke: (chat, from) => this.#typing.stop(chat, from),
      readElsewhere: (chat, id) => this.#marks.readElsewhere(chat, id),
      attendedElsewhere: (chat, row) => this.#marks.attendedElsewhere(chat, row),
      answeredElsewhere: (chat, id) => this.#marks.answeredElsewhere(chat, id),
      owes: () => this.#marks.owes(),
      said: this.#attendance.said,
      isNew: (room) => this.#newRooms.has(room),
      invited: (...kept) => this.#invitations.kept(...kept),
      counted: () => this.#stream?.next() ?? (() => undefined),
      heard: this.#heard,
      heardBeside: (message) => {
        this.#added(message);
        this.#reading.note(message.chat);
      },
      received: (message, _parsed, source) => {
        // First, since whoever has the chat open says at once that it is displayed.
        this.#marks.arrived(message);
        this.#added(message);
        this.#reading.note(message.chat);
        this.#files.said(message);
        if (source === 'archive') return;
        if (message.kind === 'room') this.#roomArchives.heard(message.chat);
        this.#background.heard();
      },
    });
    this.#background = background(async () => {
      await this.#catchUp({ loads: false });
      if (!(await this.#roomArchives.ask())) this.#background.failed();
    });
    this.#roomArchives = roomArchives({
      joined: () => this.#rooms.list().flatMap(({ room, joined }) => (joined ? [room] : [])),
      catchUp: (room, options) => this.#sync.catchUp(room, options),
      isTroubled: (room) => this.#sync.isTroubled(room),
    });
    this.#sync = historySync({
      account,
      store: messages,
      inbound: this.#inbound,
      features: live,
      kindOf: (chat) => this.#kinds.kindOf(chat),
      isOurs: (archive) => archive === account || this.#rooms.knows(archive),
      failed: (error) => this.#failed(error),
    });
    this.#retention = retention({
      account,
      store: messages,
      keeps: () => this.settings.get('keep-messages'),
      failed: (error) => this.#failed(error),
    });
    const saveMedia: MediaSaver = (form, from, data) =>
      withMedia(form, { session: this.#linked().session, from, data, folder: options.filesDir() });
    this.rooms = roomArea({
      rooms: this.#rooms,
      slow: this.#slow,
      saveMedia,
      administration: roomAdministration({
        linked: () => this.#linked(),
        rooms: this.#rooms,
        forms,
        saveMedia,
        message: (row) => messages.get(row),
      }),
    });
    this.users = userArea({
      linked: () => this.#linked(),
      contacts: this.#roster,
      rooms: this.#rooms,
      saveMedia,
    });
    this.#files = clientFiles({
      account,
      stores,
      linked: () => this.#linked(),
      settings: this.settings,
      acceptOfRun: overrides?.['accept-files'],
      folder: options.filesDir,
      contacts: this.#roster,
      kinds: this.#kinds,
      rooms: this.#rooms,
      requests: this.#requests,
      delivery: this.#delivery,
      trust: () => this.#trust(),
      instance: () => this.#instance,
      back: async () => {
        await this.#connection?.back();
        await this.#recovered;
      },
      tell: (file) => this.emit('file', file),
    });
    this.files = this.#files;
    this.chats = chatArea({
      account,
      store: messages,
      live,
      settings: this.settings,
      kinds: this.#kinds,
      marks: this.#marks,
      reading: this.#reading,
      typing: this.#typing,
    });
    this.messages = messageArea({
      account,
      store: messages,
      kinds: this.#kinds,
      delivery: this.#delivery,
      amendments: amended,
    });
    this.history = historyArea({
      account,
      store: messages,
      linked: () => this.#linked(),
      sync: this.#sync,
      retention: this.#retention,
      archives: this.#archives,
      catchUp: (what) => this.#catchUp(what),
    });
    this.requests = requestArea({
      linked: () => this.#linked(),
      live,
      requests: this.#requests,
      contacts: this.#contacts,
      rooms: this.#rooms,
      petitions: this.#petitions,
      files: this.#files,
    });
    this.#requests.on('opened', (request) => this.emit('request', request));
    this.#requests.on('closed', (request) => this.emit('requestClosed', request));
  }

  /** Our occupant id in a room, to be believed only where the room announces such ids (XEP-0421 §rules). */
  #ownId(room: string): string | undefined {
    return this.#archives.namesOccupants(room) ? this.#rooms.ownId(room) : undefined;
  }

  /** What else happens is told behind the messages that came before it. */
  override emit<E>(
    name: keyof ChatEvents | E,
    ...values: E extends keyof ChatEvents ? ChatEvents[E] : never
  ): boolean {
    if (name !== 'problem') this.#batch.settle();
    return super.emit(name, ...values);
  }

  // ---- connection

  /** full JID; the account's before the first connection */
  get jid(): string {
    return this.#connection?.session.jid || this.account;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** condition that keeps us from the server, while offline */
  get offlineReason(): string | undefined {
    return this.#offlineReason;
  }

  /** offline for good: only another log-in helps */
  get isOver(): boolean {
    return this.#over;
  }

  get presence(): { show: Show; status: string } {
    return this.#state === 'offline' ? { show: 'offline', status: '' } : this.#presence.current;
  }

  /**
   * Logs in as far as `level` asks; resolves at once where that stands already.
   * Rejects with AuthenticationError, ConnectionError, StreamError, TimeoutError; ChatError `offline`.
   */
  async online(level: Level): Promise<void> {
    try {
      this.#opening ??= this.#open();
      const connection = await this.#opening;
      await connection.reach(level);
      await this.#recovered;
    } catch (error) {
      if (this.#connection === undefined) this.#opening = undefined;
      if (this.#connection?.online !== true && error instanceof Error && 'condition' in error)
        this.#offlineReason = String(error.condition);
      throw error;
    }
  }

  async #open(): Promise<Connection> {
    const settings = await this.#options.session?.();
    this.#instance = settings?.instance;
    if (settings === undefined || this.#closed) throw new ChatError('offline');
    if (this.#instance !== undefined) this.#stream = keptStreamState(this.#instance);
    this.#trust = trustedRoots(settings.ca);
    const { version, languages, createSession } = this.#options;
    const { outbox } = this.#delivery;
    const connection = new Connection({
      // What the store did not take the server has to send again (XEP-0198 §4).
      session: { ...settings, state: this.#stream, batch: this.#batch, unkept: isStorageFailure },
      createSession,
      features: { version, languages, caps: this.#stores.caps, silences: this.#options.roomSilences },
      attach: (features, session) => this.#attach(features, session),
      changed: (change) => this.#connectionChanged(change),
      inherited: (info) => outbox.handled(info),
      streamUp: ({ goesOn, forgotten }) => {
        if (goesOn) return outbox.resumed();
        outbox.lost();
        this.#delivery.amendments.lost();
        this.#recovered = this.#recover(forgotten);
      },
      prepare: () => this.#archives.learn(this.account),
      rosterCopy: () => this.#roster.copy(),
      settling: () => this.#roster.settle(),
      settled: () => {
        this.#roster.settled();
        this.#background.start();
        this.#retention.start();
        void this.#catchUp({ loads: true });
        this.emit('contactsOnline', this.#roster.online());
      },
      enterRooms: () => this.#rooms.enterKept(),
      failed: (error) => this.#failed(error),
      presence: () => this.#presence.current,
      awaited: () => this.#roster.awaited(),
    });
    this.#connection = connection;
    return connection;
  }

  /**
   * What an earlier stream left. Where nothing is unknown it goes out at once; else the archive tells first what
   * arrived, and the rest is written again.
   */
  async #recover(forgotten: boolean): Promise<void> {
    const { outbox } = this.#delivery;
    if (!outbox.unknown()) return outbox.flush();
    await this.#archives.learn(this.account);
    const told = await this.#sync.catchUp();
    outbox.resend({ certain: told, forgotten });
  }

  /** What happened while we were away, from the archive and, where it `loads`, from our other devices. */
  async #catchUp({ loads }: { loads: boolean }): Promise<void> {
    const read = await this.#sync.catchUp();
    if (read) this.#storeFailure = undefined;
    else if (this.#sync.isTroubled()) {
      this.#background.failed();
      return;
    }
    try {
      this.#marks.caughtUp();
      if (loads) await this.#marks.load();
      this.#marks.tell();
    } catch (error) {
      // What is owed stays owed.
      if (!isStorageFailure(error)) throw error;
      this.#failed(error);
    }
  }

  /** A room is entered: what was missed there; a page that failed is tried again. */
  async #entered(room: string): Promise<boolean> {
    const read = await this.#roomArchives.entered(room);
    if (this.#sync.isTroubled(room)) this.#background.failed();
    return read;
  }

  #connectionChanged(change: ConnectionChange): void {
    const told = this.#leaving ? { state: change.state, final: change.final } : change;
    this.#state = change.state;
    this.#offlineReason = change.state === 'offline' ? told.condition : undefined;
    this.#over = change.state === 'offline' && change.final === true;
    if (change.state === 'offline') {
      this.#typing.clear();
      this.#background.stop();
      this.#rooms.paused();
      if (REFUSALS.includes(change.condition ?? '')) this.#delivery.refused('too-long');
    }
    if (change.state === 'resumed') this.#background.resume();
    this.emit('connection', told);
    if (change.state === 'resumed') void this.#rooms.resumed();
  }

  #linked(): Link {
    const connection = this.#connection;
    if (connection === undefined || !connection.online) throw new ChatError('offline');
    return connection;
  }

  /** Something in the background: one line for the user, and of a store that fails only one until it works again. */
  #failed(error: unknown): void {
    const { condition, message } = error as { condition?: string; message?: string };
    if (isStorageFailure(error)) {
      this.#background.failed();
      if (this.#storeFailure === error.condition) return;
      this.#storeFailure = error.condition;
    }
    this.emit('problem', { condition: condition ?? 'undefined-condition', text: message ?? '' });
  }

  #attach(features: Features, session: SessionControl): void {
    this.#roster.attach(features);
    this.#contacts.attach(features);
    this.#rooms.attach(features);
    listen(features, {
      archives: this.#archives,
      kinds: this.#kinds,
      outbox: this.#delivery.outbox,
      bounced: bounces({
        outbox: this.#delivery.bouncing,
        kindOf: (chat) => this.#kinds.kindOf(chat),
        rooms: this.#rooms,
        slow: this.#slow,
        learn: (room) => this.#archives.learn(room),
      }),
      slow: this.#slow,
      amendments: this.#delivery.amendments,
      requests: this.#requests,
      invitations: this.#invitations,
      typing: this.#typing,
      take: (message, source) => this.#take(message, source),
      attendance: this.#attendance,
      petitions: this.#petitions,
      threads: this.#threads,
      newRooms: this.#newRooms,
      isKnown: (chat) => this.history.read({ chat, limit: 1 }).length > 0,
      entered: (room) => this.#entered(room),
    });
    this.#marks.attach(features);
    session.on('authenticated', ({ mechanism }) => this.#remember(mechanism, session.jid));
    this.#files.attach(features, session);
  }

  #take(message: ParsedMessage, source: MessageSource): void {
    try {
      this.#inbound.take(message, source);
      this.#storeFailure = undefined;
    } catch (error) {
      // Told, and not taken for handled.
      if (isStorageFailure(error)) this.#failed(error);
      throw error;
    }
  }

  /** A message became part of a timeline. */
  #added(message: Message): void {
    this.#kinds.note(message);
    this.emit('message', message);
  }

  /** The account worked: it is known from now on, and a weaker mechanism would be noticed. */
  #remember(mechanism: string, jid: string): void {
    const known = this.#stores.accounts.account(this.account);
    this.#stores.accounts.put({
      account: this.account,
      mechanism,
      resource: known?.resource || (resourceOf(jid) ?? ''),
    });
  }

  // ---- presence

  /** For the next log-in, without sending anything. */
  savePresence(show: Show, status: string): void {
    this.#presence.save(show, status);
  }

  /** Tells contacts and every joined room. RFC 6121 §4.4, XEP-0045 §7.7. */
  async setPresence(show: Show, status: string): Promise<void> {
    this.savePresence(show, status);
    const link = this.#linked();
    const { presence, rooms } = link.features;
    const own = this.#presence.current;
    presence.send({ ...own, priority: presence.own?.priority ?? 0 });
    rooms.setPresence(own.show, own.status);
    await flushed(link);
  }

  // ---- conversations

  /** Whether anybody looks: where the user wants that, the server may hold back what can wait meanwhile (XEP-0352). */
  setAttention(there: boolean): void {
    this.#attended = there;
    this.#tellAttention();
  }

  /** The user typed: the idle time that contacts may ask for (XEP-0012) begins anew. */
  touched(): void {
    this.#connection?.features.lastActivity.touched();
  }

  #tellAttention(): void {
    const quiet = this.settings.get('save-traffic') === 'on' && !this.#attended;
    this.#connection?.features.clientState[quiet ? 'inactive' : 'active']();
  }

  // ---- account

  async changePassword(password: string): Promise<void> {
    await changePassword(this.#linked(), password);
    this.emit('account', { jid: this.account, kind: 'password-changed' });
  }

  /** Removes the account from the server (XEP-0077 §3.2); `wipe`: also all local data of it. */
  async deleteAccount({ wipe }: { wipe: boolean }): Promise<void> {
    const link = this.#linked();
    this.#leaving = true;
    try {
      await removeAccount(link);
    } catch (error) {
      this.#leaving = false;
      throw error;
    }
    await this.close();
    if (wipe) this.#stores.accounts.wipe(this.account);
    this.emit('account', { jid: this.account, kind: 'deleted' });
  }

  /** Erases what is kept here of the account, or of `all`; goes offline for that. The server keeps what it has. */
  async wipe({ all }: { all: boolean }): Promise<void> {
    await this.close();
    if (all) this.#stores.accounts.wipeAll();
    else this.#stores.accounts.wipe(this.account);
  }

  async logout(): Promise<void> {
    await this.close();
  }

  /** Goes offline; resolves when no socket and no timer is left. A client that was closed stays offline. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#background.stop();
    this.#typing.clear();
    this.#requests.clear();
    this.#slow.close();
    this.#delivery.outbox.close();
    await this.#files.close();
    if (this.#connection?.online === true) await this.#rooms.told(BOOKMARKS_PATIENCE);
    await this.#connection?.close();
    this.#invitations.close();
    this.#reading.close();
    this.#retention.close();
    this.#instance?.release();
    this.#instance = undefined;
  }

  #settingChanged(name: SettingName, value: string): void {
    if (name.startsWith('mute:')) void this.#rooms.muted(name.slice('mute:'.length), value);
    if (name === 'save-traffic') this.#tellAttention();
    const states = this.#connection?.features.chatStates;
    if (states !== undefined) states.enabled = this.settings.get('send-typing') === 'on';
  }
}
