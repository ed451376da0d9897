/**
 * class Client: one account, its connection and what happens there; what the UI calls and listens to. What can be done is
 * found by area: `client.rooms` is made in client/rooms.ts, and so are the others.
 */
import { EventEmitter } from 'node:events';
import type { Features } from '../xmpp/features.ts';
import type { Silences } from '../xmpp/muc/self-ping.ts';
import type { Petition } from '../xmpp/muc/voice.ts';
import type { SessionControl } from '../xmpp/session/create-session.ts';
import { trustedRoots } from '../xmpp/session/trust.ts';
import { resourceOf } from './address.ts';
import { changePassword, removeAccount } from './client/account.ts';
import { type ChatArea, chatArea } from './client/chats.ts';
import { type Conferences, conferences } from './client/conferences.ts';
import { type ClientContacts, type ContactArea, clientContacts, flushed } from './client/contacts.ts';
import { type ClientFiles, clientFiles, type FileArea } from './client/files.ts';
import { type HistoryArea, historyArea } from './client/history.ts';
import { type Invitations, invitations } from './client/invitations.ts';
import { type KeptStreamState, keptStreamState } from './client/kept-stream.ts';
import type { Link } from './client/link.ts';
import { type MessageArea, messageArea } from './client/messages.ts';
import { type Messaging, messaging } from './client/messaging.ts';
import { ownPresence } from './client/own-presence.ts';
import { type ProfileArea, profileArea } from './client/profile.ts';
import { type RequestArea, requestArea } from './client/requests.ts';
import { type Retention, retention } from './client/retention.ts';
import { roomAdministration } from './client/room-administration.ts';
import { roomForms } from './client/room-forms.ts';
import { type RoomArea, roomArea } from './client/rooms.ts';
import { type Troubles, troubles } from './client/troubles.ts';
import { type UserArea, userArea } from './client/users.ts';
import { Connection, type ConnectionChange, type CreateSession, type Level } from './connection.ts';
import { type Contacts, contacts, type Tell } from './contacts.ts';
import type { ChatEvents, ConnectionState, Show } from './events.ts';
import { type MediaSaver, withMedia } from './form-media.ts';
import { ChatError } from './problem.ts';
import { Requests } from './requests.ts';
import { type ChatRooms, chatRooms } from './rooms.ts';
import { type AccountSettings, accountSettings, type SettingName } from './settings.ts';
import { type Instance, isStorageFailure, type Stores } from './stores.ts';

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

type SessionSettings = ConstructorParameters<typeof Connection>[0]['session'] & {
  /** the place of this run among others with the same data; let go with the client */
  readonly instance?: Instance | undefined;
};

export class Client extends EventEmitter<ChatEvents> {
  /** bare JID */
  readonly account: string;
  readonly settings: AccountSettings;
  readonly contacts: ContactArea;
  /** people who need not be contacts, by the server's directory */
  readonly users: UserArea;
  /** what one says of oneself, for everybody to read (XEP-0054) */
  readonly profile: ProfileArea;
  readonly rooms: RoomArea;
  /** conversations of two that go on in a room, with more people (XEP-0045 §7.9) */
  readonly conferences: Conferences;
  /** what waits for an answer: subscriptions, invitations, offered files, what rooms ask */
  readonly requests: RequestArea;
  readonly files: FileArea;
  /** the conversations there are: what each is, what of it is unread, who is typing there */
  readonly chats: ChatArea;
  readonly messages: MessageArea;
  /** what is kept here and in the server's archive */
  readonly history: HistoryArea;
  readonly #options: ClientOptions;
  readonly #stores: Stores;
  readonly #presence: ReturnType<typeof ownPresence>;
  readonly #roster: Contacts;
  readonly #contacts: ClientContacts;
  readonly #rooms: ChatRooms;
  readonly #requests = new Requests();
  readonly #invitations: Invitations;
  readonly #retention: Retention;
  readonly #troubles: Troubles;
  readonly #messaging: Messaging;
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

  constructor(options: ClientOptions) {
    super();
    this.setMaxListeners(0);
    const { account, stores, overrides } = options;
    const store = stores.messages;
    this.account = account;
    this.#options = options;
    this.#stores = stores;
    const tell = this.emit.bind(this) as Tell;
    const linked = () => this.#linked();
    const live = () => (this.#connection?.online === true ? this.#connection.features : undefined);
    const instance = () => this.#instance;
    const petitions = new Map<string, Petition>();
    const threads = new Map<string, string>();
    const requests = this.#requests;
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
    const { settings } = this;
    this.#presence = ownPresence({
      account,
      settings: stores.settings,
      restore: settings.get('restore-presence') === 'on',
    });
    this.#troubles = troubles({
      tell: (problem) => tell('problem', problem),
      storeFailed: () => this.#messaging.catchingUp.background.failed(),
    });
    const { failed } = this.#troubles;
    const roster = contacts({
      account,
      cache: stores.roster,
      messages: store,
      tell,
      clientOf: (jid) => this.#connection?.features.disco.known(jid)?.identities[0]?.name,
    });
    this.#roster = roster;
    this.#contacts = clientContacts({
      account,
      linked,
      contacts: roster,
      requests,
      knowsContacts: () => this.#connection?.knowsContacts === true,
      settled: async () => this.#connection?.settled(),
      hearsRequests: () => this.#connection?.hearsRequests === true,
      autoApprove: () => settings.get('auto-approve') === 'on',
      failed: (jid, condition, text) => tell('problem', { condition, text: text ?? '', jid }),
    });
    const rooms = chatRooms({
      account,
      store: stores.rooms,
      settings: stores.settings,
      tell,
      searchService: options.roomSearch,
      failed,
      isOnline: () => this.#connection?.online === true,
    });
    this.#rooms = rooms;
    this.#invitations = invitations({
      account,
      settings: stores.settings,
      requests,
      isThere: rooms.isRoom,
      failed,
    });
    this.#messaging = messaging({
      account,
      stores,
      settings,
      rooms,
      requests,
      invitations: this.#invitations,
      petitions,
      threads,
      connection: () => this.#connection,
      linked,
      live,
      instance,
      stream: () => this.#stream,
      troubles: this.#troubles,
      tell,
      came: (message) => this.#files.said(message),
    });
    const { amendments, archives, catchingUp, delivery, kinds, marks, reading, slow, typing } =
      this.#messaging;
    const keeps = () => settings.get('keep-messages');
    this.#retention = retention({ account, store, keeps, failed });
    this.#files = clientFiles({
      account,
      stores,
      linked,
      settings,
      acceptOfRun: overrides?.['accept-files'],
      folder: options.filesDir,
      contacts: roster,
      kinds,
      rooms,
      requests,
      delivery,
      trust: () => this.#trust(),
      instance,
      back: async () => {
        await this.#connection?.back();
        await this.#recovered;
      },
      tell: (file) => tell('file', file),
    });

    const forms = roomForms(linked);
    const saveMedia: MediaSaver = (form, from, data) =>
      withMedia(form, { session: linked().session, from, data, folder: options.filesDir() });
    const message = (row: number) => store.get(row);
    const administration = roomAdministration({ linked, rooms, forms, saveMedia, message });
    this.contacts = this.#contacts;
    this.users = userArea({ linked, contacts: roster, rooms, saveMedia });
    this.profile = profileArea(linked);
    this.rooms = roomArea({ rooms, slow, saveMedia, administration });
    this.conferences = conferences({
      account,
      linked,
      rooms,
      forms,
      contact: roster.get,
      kindOf: kinds.kindOf,
      last: (chat, limit) => store.history({ account, chat, limit }),
      threads,
    });
    this.files = this.#files;
    this.chats = chatArea({ account, store, live, settings, kinds, marks, reading, typing });
    this.messages = messageArea({ account, store, kinds, delivery, amendments });
    this.history = historyArea({
      account,
      store,
      linked,
      catchingUp,
      retention: this.#retention,
      archives,
    });
    this.requests = requestArea({
      linked,
      live,
      requests,
      contacts: this.#contacts,
      rooms,
      petitions,
      files: this.#files,
    });
    requests.on('opened', (request) => tell('request', request));
    requests.on('closed', (request) => tell('requestClosed', request));
  }

  /** What else happens is told behind the messages that came before it. */
  override emit<E>(
    name: keyof ChatEvents | E,
    ...values: E extends keyof ChatEvents ? ChatEvents[E] : never
  ): boolean {
    if (name !== 'problem') this.#messaging.batch.settle();
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

  /** Tries a lost connection again at once, instead of at the next attempt; false where no attempt is waited for. */
  reconnect(): boolean {
    if (this.#state !== 'offline' || this.#over || this.#connection === undefined) return false;
    this.#connection.session.reconnectNow();
    return true;
  }

  async #open(): Promise<Connection> {
    const settings = await this.#options.session?.();
    this.#instance = settings?.instance;
    if (settings === undefined || this.#closed) throw new ChatError('offline');
    if (this.#instance !== undefined) this.#stream = keptStreamState(this.#instance);
    this.#trust = trustedRoots(settings.ca);
    const { version, languages, createSession } = this.#options;
    const { archives, batch, catchingUp, delivery } = this.#messaging;
    const { background, catchUp, recover } = catchingUp;
    const { outbox } = delivery;
    const connection = new Connection({
      // What the store did not take the server has to send again (XEP-0198 §4).
      session: { ...settings, state: this.#stream, batch, unkept: isStorageFailure },
      createSession,
      features: { version, languages, caps: this.#stores.caps, silences: this.#options.roomSilences },
      attach: (features, session) => this.#attach(features, session),
      changed: (change) => this.#connectionChanged(change),
      inherited: (info) => outbox.handled(info),
      streamUp: ({ goesOn, forgotten }) => {
        if (goesOn) return outbox.resumed();
        outbox.lost();
        delivery.amendments.lost();
        this.#recovered = recover(forgotten);
      },
      prepare: () => archives.learn(this.account),
      rosterCopy: () => this.#roster.copy(),
      settling: () => this.#roster.settle(),
      settled: () => {
        this.#roster.settled();
        background.start();
        this.#retention.start();
        void catchUp({ loads: true });
        this.emit('contactsOnline', this.#roster.online());
      },
      enterRooms: () => this.#rooms.enterKept(),
      failed: this.#troubles.failed,
      presence: () => this.#presence.current,
      awaited: () => this.#roster.awaited(),
    });
    this.#connection = connection;
    return connection;
  }

  #connectionChanged(change: ConnectionChange): void {
    const { catchingUp, delivery, typing } = this.#messaging;
    const { background } = catchingUp;
    const told = this.#leaving ? { state: change.state, final: change.final } : change;
    this.#state = change.state;
    this.#offlineReason = change.state === 'offline' ? told.condition : undefined;
    this.#over = change.state === 'offline' && change.final === true;
    if (change.state === 'offline') {
      typing.clear();
      background.stop();
      this.#rooms.paused();
      if (change.byServer && REFUSALS.includes(change.condition ?? '')) delivery.refused('too-long');
    }
    if (change.state === 'resumed') background.resume();
    this.emit('connection', told);
    if (change.state === 'resumed') void this.#rooms.resumed();
  }

  #linked(): Link {
    const connection = this.#connection;
    if (connection === undefined || !connection.online) throw new ChatError('offline');
    return connection;
  }

  #attach(features: Features, session: SessionControl): void {
    this.#roster.attach(features);
    this.#contacts.attach(features);
    this.#rooms.attach(features);
    this.#messaging.attach(features);
    session.on('authenticated', ({ mechanism }) => this.#remember(mechanism, session.jid));
    this.#files.attach(features, session);
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
    const { catchingUp, delivery, reading, slow, typing } = this.#messaging;
    catchingUp.background.stop();
    typing.clear();
    this.#requests.clear();
    slow.close();
    delivery.outbox.close();
    await this.#files.close();
    if (this.#connection?.online === true) await this.#rooms.told(BOOKMARKS_PATIENCE);
    await this.#connection?.close();
    this.#invitations.close();
    reading.close();
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
