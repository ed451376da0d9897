/** class Client: one account's contacts, rooms, conversations and files; what the UI calls and listens to. */
import { EventEmitter } from 'node:events';
import { AuthenticationError, ConnectionError, TimeoutError } from '../xmpp/errors.ts';
import type { Features } from '../xmpp/features.ts';
import type { Form } from '../xmpp/forms.ts';
import { configurationOf, configure } from '../xmpp/muc/config.ts';
import type { SessionControl } from '../xmpp/session/create-session.ts';
import { bareOf, localOf, resourceOf } from './address.ts';
import { Connection, type ConnectionChange, type Level } from './connection.ts';
import { type Contacts, contacts } from './contacts.ts';
import { detailsOf, type Found, findUsers } from './details.ts';
import type {
  ChatEvents,
  ConnectionState,
  Contact,
  FileTransfer,
  Request,
  Show,
  TypingState,
} from './events.ts';
import { type Files, files } from './files.ts';
import { type Filled, type FilledForm, formValues, readableForm } from './form.ts';
import { type Inbound, inbound } from './inbound.ts';
import type { ChatKind, Message } from './message.ts';
import { type Outbound, outbound } from './outbound.ts';
import type { RoomRow, UserDetails } from './people.ts';
import { ChatError } from './problem.ts';
import { Requests, requestId } from './requests.ts';
import { type ChatRooms, chatRooms, type JoinedRoom, type JoinOptions } from './rooms.ts';
import { siIbb } from './routes/si-ibb.ts';
import { isSettingName, type SettingName, settingValues } from './settings.ts';
import type { Stores } from './stores.ts';
import { type TypingStates, typingStates } from './typing.ts';

export type { JoinedRoom, JoinOptions } from './rooms.ts';

export interface ClientOptions {
  /** bare JID, normalised */
  readonly account: string;
  readonly stores: Stores;
  /** makes the session's options when the first connection is wanted; undefined: this client stays offline */
  readonly session?: (() => Promise<SessionSettings>) | undefined;
  /** folder that received files go to */
  readonly filesDir: () => string;
  /** of the program, told to those who may ask (XEP-0092) */
  readonly version: string;
  /** language tags, the most wanted first */
  readonly languages: readonly string[];
  /** settings of this run, before those kept */
  readonly overrides?: Readonly<Partial<Record<SettingName, string>>>;
}

type SessionSettings = ConstructorParameters<typeof Connection>[0]['session'];

export class Client extends EventEmitter<ChatEvents> {
  readonly account: string;
  readonly #options: ClientOptions;
  readonly #stores: Stores;
  readonly #contacts: Contacts;
  readonly #rooms: ChatRooms;
  readonly #outbound: Outbound;
  readonly #inbound: Inbound;
  readonly #typing: TypingStates;
  readonly #requests = new Requests();
  readonly #roomForms = new Map<string, Form>();
  readonly #unreadBefore = new Map<string, number>();
  #connection: Connection | undefined;
  #opening: Promise<Connection> | undefined;
  #files: Files | undefined;
  #state: ConnectionState = 'offline';
  #offlineReason: string | undefined;
  #presence: { show: Exclude<Show, 'offline'>; status: string };
  #archives = new Set<string>();

  constructor(options: ClientOptions) {
    super();
    this.setMaxListeners(0);
    const { account, stores } = options;
    this.account = account;
    this.#options = options;
    this.#stores = stores;
    const tell = this.emit.bind(this) as Parameters<typeof contacts>[0]['tell'];
    this.#presence = this.#savedPresence();
    this.#contacts = contacts({
      account,
      cache: stores.roster,
      messages: stores.messages,
      tell,
      clientOf: (jid) => this.#connection?.features.disco.known(jid)?.identities[0]?.name,
    });
    this.#rooms = chatRooms({ account, store: stores.rooms, tell });
    this.#typing = typingStates((event) => this.emit('typing', event));
    this.#outbound = outbound({
      account,
      store: stores.messages,
      wire: this.#wire(),
      appended: (message) => this.emit('message', message),
      changed: (message) => this.emit('messageChanged', message, 'state'),
      nick: (room) => this.#rooms.nick(room),
    });
    this.#inbound = inbound({
      account,
      store: stores.messages,
      outbound: this.#outbound,
      isRoom: (bare) => this.#rooms.isRoom(bare),
      nick: (room) => this.#rooms.nick(room),
      trusts: (by) => this.#archives.has(by),
      typing: (event) => this.#typing.set(event),
      spoke: (chat, from) => this.#typing.stop(chat, from),
      received: (message) => this.#received(message),
    });
    this.#requests.on('opened', (request) => this.emit('request', request));
    this.#requests.on('closed', (request) => this.emit('requestClosed', request));
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

  get presence(): { show: Show; status: string } {
    return this.#state === 'offline' ? { show: 'offline', status: '' } : this.#presence;
  }

  /**
   * Logs in as far as `level` asks; resolves at once where that stands already.
   * Rejects with AuthenticationError, ConnectionError, StreamError, TimeoutError.
   */
  async online(level: Level): Promise<void> {
    this.#opening ??= this.#open();
    try {
      const connection = await this.#opening;
      await connection.reach(level);
    } catch (error) {
      if (error instanceof Error && 'condition' in error) this.#offlineReason = String(error.condition);
      throw error;
    }
  }

  async #open(): Promise<Connection> {
    const settings = await this.#options.session?.();
    if (settings === undefined) throw new ChatError('offline');
    const connection = new Connection({
      session: settings,
      features: {
        version: this.#options.version,
        languages: this.#options.languages,
        caps: this.#stores.caps,
      },
      attach: (features, session) => this.#attach(features, session),
      changed: (change) => this.#connectionChanged(change),
      streamUp: () => {
        this.#outbound.lost();
        this.#outbound.flush();
      },
      rosterCopy: () => this.#contacts.copy(),
      settling: () => this.#contacts.settle(),
      settled: () => {
        this.#contacts.settled();
        this.emit(
          'contactsOnline',
          this.#contacts.list().filter((contact) => contact.resources.length > 0),
        );
      },
      enterRooms: () => this.#rooms.enterKept(),
      presence: () => this.#presence,
      awaited: () => this.#awaited(),
    });
    this.#connection = connection;
    return connection;
  }

  #awaited(): string[] {
    return this.#contacts
      .list()
      .filter(
        ({ subscription, resources }) =>
          (subscription === 'to' || subscription === 'both') && resources.length === 0,
      )
      .map(({ jid }) => jid);
  }

  #connectionChanged(change: ConnectionChange): void {
    this.#state = change.state;
    this.#offlineReason = change.state === 'offline' ? change.condition : undefined;
    if (change.state === 'offline') this.#typing.clear();
    this.emit('connection', change);
  }

  #linked(): { features: Features; session: SessionControl } {
    const connection = this.#connection;
    if (connection === undefined || !connection.online) throw new ChatError('offline');
    return connection;
  }

  /** Listens to everything that a new connection's features tell. */
  #attach(features: Features, session: SessionControl): void {
    const { messages, presence, rooms, roster } = features;
    this.#contacts.attach({ roster, presence });
    this.#rooms.attach({ rooms, disco: features.disco });
    messages.on('received', (message) => {
      if (message.type === 'chat' || message.type === 'normal') {
        features.chatStates.heard(bareOf(message.from), message.state, message.body !== undefined);
      }
      this.#inbound.take(message, 'live');
    });
    messages.on('bounced', ({ from, id, error }) => this.#bounced(from, id, error));
    messages.on('acknowledged', ({ id }) => this.#outbound.acknowledged(id));
    rooms.on('message', ({ message }) => this.#inbound.take(message, 'live'));
    rooms.on('privateMessage', ({ message }) => this.#inbound.take(message, 'live'));
    rooms.on('room', ({ room, event }) => {
      if (event !== 'joined' && event !== 'created') return;
      void this.#learnArchive(room);
      this.#outbound.flush((message) => bareOf(message.chat) === room);
    });
    rooms.on('invitation', ({ room, from, reason, password }) => {
      this.#requests.open({
        kind: 'invitation',
        id: requestId.invitation(room),
        from: bareOf(from) === room ? from : bareOf(from),
        room,
        text: reason,
        password,
        time: Date.now(),
      });
    });
    presence.on('subscriptionRequest', ({ from, text, nick }) => this.#asked(from, text, nick));
    presence.on('subscriptionEnded', ({ jid }) => this.#requests.close(requestId.subscription(jid)));
    session.on('online', () => void this.#learnArchive(this.account));
    session.on('authenticated', ({ mechanism }) => this.#remember(mechanism, session.jid));
    this.#attachFiles(features);
  }

  /** The account worked: it is known from now on, and a weaker mechanism would be noticed. */
  #remember(mechanism: string, jid: string): void {
    const known = this.#stores.accounts.account(this.account);
    this.#stores.accounts.put({
      account: this.account,
      mechanism,
      resource: known?.resource ?? resourceOf(jid) ?? '',
    });
  }

  #attachFiles(features: Features): void {
    const transfers = files({
      routes: [siIbb(features)],
      filesDir: this.#options.filesDir,
      acceptPolicy: (from) => this.#filePolicy(from),
    });
    transfers.on('offer', (request) => this.#requests.open({ ...request, id: requestId.file(request.id) }));
    transfers.on('changed', (file) => {
      if (file.state !== 'offered') this.#requests.close(requestId.file(file.id));
      this.emit('file', file);
    });
    this.#files = transfers;
  }

  /** XEP-0359 §6: archive ids count only where the entity says that it gives them. */
  async #learnArchive(jid: string): Promise<void> {
    const info = await this.#connection?.features.disco.info(jid).catch(() => undefined);
    const gives = info?.features.some(
      (feature) => feature === 'urn:xmpp:sid:0' || feature === 'urn:xmpp:mam:2',
    );
    if (gives === true) this.#archives.add(jid);
    else this.#archives.delete(jid);
  }

  // ---- people

  contacts(): Contact[] {
    return this.#contacts.list();
  }

  contact(jid: string): Contact | undefined {
    return this.#contacts.get(jid);
  }

  /** Resolves when the presences after log-in have come: a ping behind the initial presence, then 1 s at most. */
  async contactsSettled(): Promise<void> {
    await this.#connection?.settled();
  }

  /** Puts them on the roster and asks to see their presence; `greeting` goes with the request. RFC 6121 §3.1.2. */
  async addContact(
    jid: string,
    more: {
      name?: string | undefined;
      groups?: readonly string[] | undefined;
      greeting?: string | undefined;
    } = {},
  ): Promise<void> {
    if (bareOf(jid) === this.account) throw new ChatError('own-jid', { jid });
    const { features } = this.#linked();
    const known = this.#contacts.item(jid);
    await features.roster.set({
      jid,
      name: more.name ?? known?.name ?? '',
      groups: more.groups ?? known?.groups ?? [],
    });
    features.presence.subscribe(jid, { text: more.greeting ?? '', nick: localOf(this.account) ?? '' });
    await this.#flushed();
  }

  /** Takes them off the roster, with both subscriptions. RFC 6121 §2.5. */
  async removeContact(jid: string): Promise<void> {
    await this.#linked().features.roster.remove(jid);
  }

  async approve(jid: string): Promise<void> {
    this.#linked().features.presence.approve(jid);
    this.#requests.close(requestId.subscription(jid));
    await this.#flushed();
  }

  async decline(jid: string): Promise<void> {
    this.#linked().features.presence.decline(jid);
    this.#requests.close(requestId.subscription(jid));
    await this.#flushed();
  }

  /** What was written has been read by the server: stanzas without an answer of their own are sure to be handled. */
  async #flushed(): Promise<void> {
    const { features, session } = this.#linked();
    await features.ping.ping(session.domain).catch((error: unknown) => {
      if (error instanceof TimeoutError) throw error;
    });
  }

  #asked(from: string, text: string, nick: string | undefined): void {
    const subscription = this.#contacts.item(from)?.subscription;
    const sees = subscription === 'from' || subscription === 'both';
    if (sees || this.setting('auto-approve') === 'on') {
      this.#connection?.features.presence.approve(from);
      return;
    }
    const id = requestId.subscription(from);
    this.#requests.open({ kind: 'subscription', id, from, text: text || undefined, nick, time: Date.now() });
  }

  users(query: string | undefined): Promise<Found> {
    return findUsers(query, this.#sources());
  }

  details(jid: string): Promise<UserDetails> {
    return detailsOf(jid, this.#sources());
  }

  #sources() {
    const { features, session } = this.#linked();
    return { features, contacts: this.#contacts, rooms: this.#rooms, domain: session.domain };
  }

  async block(jid: string): Promise<void> {
    await this.#linked().features.blocking.block([jid]);
    this.#requests.close(requestId.subscription(jid));
  }

  async unblock(jid: string): Promise<void> {
    await this.#linked().features.blocking.unblock([jid]);
  }

  async blocked(): Promise<string[]> {
    return [...(await this.#linked().features.blocking.list())];
  }

  // ---- presence

  #savedPresence(): { show: Exclude<Show, 'offline'>; status: string } {
    const { settings } = this.#stores;
    const show = settings.get(this.account, 'presence-show');
    const restore = this.setting('restore-presence') === 'on';
    if (!restore || show === undefined || !isOwnShow(show)) return { show: 'available', status: '' };
    return { show, status: settings.get(this.account, 'presence-status') ?? '' };
  }

  /** For the next log-in, without sending anything. */
  savePresence(show: Show, status: string): void {
    this.#presence = { show: isOwnShow(show) ? show : 'available', status };
    this.#stores.settings.set(this.account, 'presence-show', this.#presence.show);
    this.#stores.settings.set(this.account, 'presence-status', status);
  }

  /** Tells contacts and every joined room. RFC 6121 §4.4, XEP-0045 §7.7. */
  async setPresence(show: Show, status: string): Promise<void> {
    this.savePresence(show, status);
    const { features } = this.#linked();
    features.presence.send({ ...this.#presence, priority: features.presence.own?.priority ?? 0 });
    features.rooms.setPresence(this.#presence.show, status);
    await this.#flushed();
  }

  // ---- conversations

  kindOf(chat: string): ChatKind {
    if (!this.#rooms.isRoom(bareOf(chat))) return 'contact';
    return resourceOf(chat) === undefined ? 'room' : 'private';
  }

  /** The chat that a full or bare JID belongs to: an occupant stays whole, a contact's resource goes. */
  chatOf(jid: string): string {
    return this.kindOf(jid) === 'private' ? jid : bareOf(jid);
  }

  /** Newest `limit` messages before `before`, oldest first, from the local store. */
  history(query: {
    chat?: string | undefined;
    before?: number | undefined;
    since?: number | undefined;
    limit: number;
  }): Message[] {
    return this.#stores.messages.history({ account: this.account, ...query });
  }

  /** Commits the row, then writes it where that is possible now. Throws ChatError `not-joined` for a room left. */
  send(chat: string, body: string): Message {
    const target = this.chatOf(chat);
    return this.#outbound.send(target, this.kindOf(target), body);
  }

  /** Commits the row, goes online, waits for the acknowledgement and for the answer to a ping behind it. */
  async sendAndSettle(
    chat: string,
    body: string,
    options: { timeout: number; signal: AbortSignal; online: () => Promise<void> },
  ): Promise<Message> {
    const deadline = Date.now() + options.timeout;
    const { row } = this.send(chat, body);
    const now = () => this.#stores.messages.get(row);
    try {
      await options.online();
      const { session, features } = this.#linked();
      session.requestAcknowledgement();
      const timeout = Math.max(1, deadline - Date.now());
      const pong = features.ping.ping(session.domain, { timeout }).catch(() => undefined);
      await this.settled(row, { timeout, signal: options.signal });
      await pong;
    } catch (error) {
      if (!staysQueued(error)) {
        this.#outbound.withdraw(row);
        throw error;
      }
    }
    const message = now();
    if (message === undefined) throw new ChatError('message-gone');
    return message;
  }

  /** Resolves when the message is acknowledged or failed, or `timeout` ms passed, with its row as it is then. */
  settled(row: number, options: { timeout: number; signal?: AbortSignal | undefined }): Promise<Message> {
    return this.#outbound.settled(row, options);
  }

  #wire(): Parameters<typeof outbound>[0]['wire'] {
    const client = this;
    return {
      get ready() {
        return client.#connection?.online === true;
      },
      get jid() {
        return client.#connection?.session.jid ?? '';
      },
      reachable: (chat, kind) => kind === 'contact' || client.#rooms.get(bareOf(chat))?.joined === true,
      write: (message) => client.#write(message),
    };
  }

  #write(message: Message): void {
    const { features, session } = this.#linked();
    const { chat, kind, id, body } = message;
    const state = kind === 'contact' ? features.chatStates.attach(chat) : undefined;
    features.messages.send({
      to: chat,
      type: kind === 'room' ? 'groupchat' : 'chat',
      occupant: kind === 'private',
      id,
      body,
      state,
    });
    if (!session.acknowledges && kind !== 'room') void this.#confirmByPing();
  }

  /** Without XEP-0198: the server answers in order, so its pong says that it has what was written before. */
  async #confirmByPing(): Promise<void> {
    const before = this.#outbound.open();
    const { features, session } = this.#linked();
    const answered = await features.ping.ping(session.domain).then(
      () => true,
      () => false,
    );
    if (answered) this.#outbound.answered(before);
  }

  #bounced(
    from: string,
    id: string | undefined,
    error: { condition: string; text: string | undefined },
  ): void {
    if (id === undefined) return;
    const { condition, text } = error;
    this.#outbound.failed(this.chatOf(from), id, { condition, text });
  }

  #received(message: Message): void {
    this.emit('message', message);
    this.#tellUnread(message.chat);
  }

  #tellUnread(chat: string): void {
    const { count, mentions } = this.#stores.messages.unread(this.account, chat);
    if (this.#unreadBefore.get(chat) === count) return;
    this.#unreadBefore.set(chat, count);
    this.emit('unread', { chat, count, mentions });
  }

  /** Tells a contact what we do with the chat (XEP-0085); rooms are not told. */
  setTyping(chat: string, state: TypingState): void {
    if (!this.#connection?.online || this.kindOf(chat) !== 'contact') return;
    const states = this.#connection.features.chatStates;
    states.enabled = this.setting('send-typing') === 'on';
    if (state === 'composing') states.composing(chat);
    else if (state === 'gone') states.gone(chat);
    else states.active(chat);
  }

  /** Who is typing in a chat now: nicknames in rooms, bare JIDs else. */
  typing(chat: string): string[] {
    return this.#typing.who(chat);
  }

  markRead(chat: string): void {
    const last = this.history({ chat, limit: 1 }).at(-1);
    if (last === undefined) return;
    this.#stores.messages.markRead(this.account, chat, last.row);
    this.#tellUnread(chat);
  }

  /** Chats by last message, newest first. */
  chats(): { chat: string; kind: ChatKind; last: number; unread: number; mentions: number }[] {
    return this.#stores.messages.chats(this.account);
  }

  unread(): { chat: string; kind: ChatKind; count: number; mentions: number }[] {
    return this.chats()
      .filter(({ unread }) => unread > 0)
      .map(({ chat, kind, unread, mentions }) => ({ chat, kind, count: unread, mentions }));
  }

  // ---- rooms

  /** JID of the server's room service, found by disco; undefined where it has none. */
  roomService(): Promise<string | undefined> {
    return this.#rooms.service();
  }

  /** Completes a bare room name with the room service; ChatError `no-room-service` where there is none. */
  roomAddress(typed: string): Promise<string> {
    return this.#rooms.address(typed);
  }

  publicRooms(): Promise<RoomRow[]> {
    return this.#rooms.browse();
  }

  joinedRooms(): JoinedRoom[] {
    return this.#rooms.list();
  }

  joinedRoom(room: string): JoinedRoom | undefined {
    return this.#rooms.get(room);
  }

  /** Rejects with StanzaError and the room's condition: `conflict` (nick), `not-authorized` (password), … */
  join(room: string, options: JoinOptions = {}): Promise<{ created: boolean; nick: string }> {
    return this.#rooms.join(room, options);
  }

  leave(room: string): Promise<void> {
    return this.#rooms.leave(room);
  }

  setSubject(room: string, subject: string): Promise<void> {
    return this.#rooms.feature().setSubject(room, subject);
  }

  setNick(room: string, nick: string): Promise<void> {
    return this.#rooms.feature().setNick(room, nick);
  }

  invite(room: string, jid: string, reason: string | undefined): Promise<void> {
    return this.#rooms.feature().invite(room, jid, { reason });
  }

  /** The room's configuration form, for its owner; undefined where nothing can be configured. XEP-0045 §10.2. */
  async roomForm(room: string): Promise<FilledForm | undefined> {
    const form = await configurationOf(this.#linked().session, room);
    if (form === undefined) return undefined;
    this.#roomForms.set(room, form);
    return readableForm(form);
  }

  /** Submits the form that `roomForm` gave; a new room opens by it. Rejects with StanzaError `not-acceptable`, `forbidden`. */
  async configureRoom(room: string, filled: Filled): Promise<void> {
    const { session } = this.#linked();
    const form = this.#roomForms.get(room) ?? (await configurationOf(session, room));
    if (form === undefined) throw new ChatError('nothing-to-configure', { room });
    await configure(session, room, form, formValues(form, filled));
    this.#roomForms.delete(room);
  }

  // ---- what waits for an answer

  requests(): Request[] {
    return this.#requests.list();
  }

  async accept(id: string): Promise<void> {
    const request = this.#request(id);
    if (request.kind === 'subscription') await this.approve(request.from);
    else if (request.kind === 'file') this.#transfers().accept(id.slice('file:'.length));
    else {
      await this.join(request.room ?? '', { password: request.password, keep: true });
      this.#requests.close(id);
    }
  }

  async refuse(id: string): Promise<void> {
    const request = this.#request(id);
    if (request.kind === 'subscription') await this.decline(request.from);
    else if (request.kind === 'file') this.#transfers().decline(id.slice('file:'.length));
    else this.#requests.close(id);
  }

  #request(id: string): Request {
    const request = this.#requests.get(id);
    if (request === undefined) throw new ChatError('no-such-request', { id });
    return request;
  }

  // ---- files

  #filePolicy(from: string): 'accept' | 'ask' | 'decline' {
    const setting = this.setting('accept-files');
    if (setting === 'all') return 'accept';
    if (setting === 'none') return 'decline';
    return setting === 'contacts' && this.#contacts.item(bareOf(from)) !== undefined ? 'accept' : 'ask';
  }

  #transfers(): Files {
    if (this.#files === undefined) throw new ChatError('offline');
    return this.#files;
  }

  /** Resolves when done; rejects with ChatError on failure or cancel. */
  sendFile(
    path: string,
    peer: string,
    options: { signal?: AbortSignal; onProgress?: (file: FileTransfer) => void } = {},
  ): Promise<FileTransfer> {
    this.#linked();
    return this.#transfers().send(path, peer, options);
  }

  files(): FileTransfer[] {
    return this.#files?.list() ?? [];
  }

  cancelFile(id: string): void {
    this.#transfers().cancel(id);
  }

  // ---- account

  async changePassword(password: string): Promise<void> {
    const { features, session } = this.#linked();
    await features.registration.changePassword(password);
    session.setPassword(password);
    this.emit('account', { jid: this.account, kind: 'password-changed' });
  }

  /** Removes the account from the server (XEP-0077 §3.2); `wipe`: also all local data of it. */
  async deleteAccount({ wipe }: { wipe: boolean }): Promise<void> {
    const { features } = this.#linked();
    await features.registration.remove();
    await this.close();
    if (wipe) this.#stores.accounts.wipe(this.account);
    this.emit('account', { jid: this.account, kind: 'deleted' });
  }

  async logout(): Promise<void> {
    await this.close();
  }

  /** Goes offline; resolves when no socket and no timer is left. */
  async close(): Promise<void> {
    this.#typing.clear();
    this.#requests.clear();
    await this.#connection?.close();
  }

  setting(name: SettingName): string {
    const values = settingValues(name);
    const set = this.#options.overrides?.[name] ?? this.#stores.settings.get(this.account, name);
    return set !== undefined && values.includes(set) ? set : (values[0] ?? '');
  }

  /** Throws ChatError `no-such-setting`, `bad-setting`. */
  setSetting(name: SettingName, value: string): void {
    if (!isSettingName(name)) throw new ChatError('no-such-setting', { name });
    const values = settingValues(name);
    if (!values.includes(value))
      throw new ChatError('bad-setting', { name, value, values: values.join(', ') });
    this.#stores.settings.set(this.account, name, value);
  }
}

function isOwnShow(show: string): show is Exclude<Show, 'offline'> {
  return ['available', 'chat', 'away', 'xa', 'dnd'].includes(show);
}

const TRANSIENT: readonly string[] = [
  'dns-not-found',
  'dns-failed',
  'refused',
  'unreachable',
  'timeout',
  'closed',
];

/** Whether a later run may well deliver it: no network, DNS, time-outs; not a refusal, not a server that lies. */
export function staysQueued(error: unknown): boolean {
  if (error instanceof AuthenticationError) return error.condition === 'temporary-auth-failure';
  if (error instanceof ConnectionError) return TRANSIENT.includes(error.condition);
  if (error instanceof ChatError) return error.condition === 'offline';
  return error instanceof TimeoutError || (error instanceof Error && error.name === 'DisconnectedError');
}
