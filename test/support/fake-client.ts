/** A client without a server: in-memory data, a record of what was asked of it, events emitted by the test. */
import { EventEmitter } from 'node:events';
import { type ArchivePreferences, wanted } from '../../src/chat/archiving.ts';
import type { Profile } from '../../src/chat/client/profile.ts';
import type { Affiliated, RoomAdministration } from '../../src/chat/client/room-administration.ts';
import type { Client, JoinedRoom } from '../../src/chat/client.ts';
import type { Found } from '../../src/chat/details.ts';
import type {
  ChatEvents,
  ConnectionState,
  Contact,
  FileTransfer,
  Occupant,
  Request,
  Show,
} from '../../src/chat/events.ts';
import type { FilledForm } from '../../src/chat/form.ts';
import type { Message, MessageState, MessageVersion } from '../../src/chat/message.ts';
import type { Device, RoomRow, UserRow } from '../../src/chat/people.ts';
import { ChatError } from '../../src/chat/problem.ts';
import { type SettingName, settingValues } from '../../src/chat/settings.ts';
import { VCARD_FIELDS } from '../../src/xmpp/vcard.ts';

/** The public members only, so that a test double need not share the private ones of the class. */
export type ClientFace = Pick<Client, Exclude<keyof Client, keyof EventEmitter>>;

export class FakeClient extends EventEmitter<ChatEvents> implements ClientFace {
  account = 'juliet@example.org';
  jid = 'juliet@example.org/balcony';
  state: ConnectionState = 'online';
  presence: { show: Show; status: string } = { show: 'available', status: '' };
  offlineReason: string | undefined;
  isOver = false;
  /** every call that changes something: name and arguments, oldest first */
  readonly calls: unknown[][] = [];
  /** what the next call of that name throws */
  readonly failures = new Map<string, Error>();
  readonly people = new Map<string, Contact>();
  /** what is kept, oldest first */
  readonly said: Message[] = [];
  readonly joined = new Map<string, JoinedRoom>();
  readonly unreadCounts = new Map<string, { count: number; mentions: number }>();
  readonly typers = new Map<string, string[]>();
  readonly blockedJids = new Set<string>();
  /** settings as they were set */
  readonly chosen = new Map<SettingName, string>();
  roomRows: RoomRow[] = [];
  open: Request[] = [];
  directory: Found = {
    users: [],
    domain: 'example.org',
    complete: 'directory',
  };
  /** state that a message sent gets at once */
  sentState: MessageState = 'sent';
  created = false;
  form: FilledForm | undefined;
  private nextRow = 1;

  /** This double where the class is asked for. */
  get client(): Client {
    return this as unknown as Client;
  }

  private did(name: string, ...values: unknown[]): void {
    this.calls.push([name, ...values]);
    const failure = this.failures.get(name);
    this.failures.delete(name);
    if (failure !== undefined) throw failure;
  }

  /** Arguments of the calls of that name. */
  called(name: string): unknown[][] {
    return this.calls.filter((call) => call[0] === name).map((call) => call.slice(1));
  }

  addPerson(jid: string, more: Partial<Contact> = {}): Contact {
    const contact: Contact = {
      jid,
      name: '',
      groups: [],
      subscription: 'both',
      ask: false,
      resources: [],
      unread: 0,
      ...more,
    };
    this.people.set(jid, contact);
    return contact;
  }

  addRoom(room: string, nicks: readonly string[] = [], more: Partial<JoinedRoom> = {}): void {
    const occupants = nicks.map(
      (nick): Occupant => ({ nick, affiliation: 'none', role: 'participant', show: 'available', status: '' }),
    );
    this.joined.set(room, { room, joined: true, nick: 'juliet', subject: '', occupants, ...more });
  }

  /** Puts a message into the history without telling anybody. */
  keep(chat: string, body: string, more: Partial<Message> = {}): Message {
    const row = this.nextRow++;
    const kind = this.chats.kindOf(chat);
    const direction = more.direction ?? 'in';
    const message: Message = {
      row,
      account: this.account,
      chat,
      kind,
      from: direction === 'out' ? this.jid : kind === 'room' ? `${chat}/${more.nick ?? 'romeo'}` : chat,
      to: direction === 'out' ? chat : this.account,
      id: `m${row}`,
      body,
      time: Date.UTC(2026, 10, 21, 14, 3),
      direction,
      source: 'live',
      encryption: 'none',
      retracted: false,
      reactions: [],
      mention: false,
      ...more,
    };
    this.said.push(message);
    return message;
  }

  /** A message comes in now. */
  receive(chat: string, body: string, more: Partial<Message> = {}): Message {
    const message = this.keep(chat, body, more);
    this.emit('message', message);
    return message;
  }

  /** A message of ours reaches a state. */
  advance(row: number, state: MessageState, more: Partial<Message> = {}): void {
    const index = this.said.findIndex((message) => message.row === row);
    const before = this.said[index];
    if (before === undefined) throw new Error(`no message in row ${row}`);
    const after = { ...before, ...more, state };
    this.said[index] = after;
    this.emit('messageChanged', after, 'state');
  }

  readonly contacts: ClientFace['contacts'] = {
    list: () => [...this.people.values()],
    countOnline: () => [...this.people.values()].filter(({ resources }) => resources.length > 0).length,
    get: (jid) => this.people.get(jid),
    settled: async () => {},
    add: async (jid, more) => {
      this.did('contacts.add', jid, more);
      if (this.people.get(jid)?.subscription === 'both') return 'already';
      this.addPerson(jid, { subscription: 'none', ask: true });
      return 'asked';
    },
    remove: async (jid) => {
      this.did('contacts.remove', jid);
      this.people.delete(jid);
    },
    approve: async (jid) => {
      this.did('contacts.approve', jid);
      this.open = this.open.filter((request) => request.from !== jid);
      return 'approved';
    },
    decline: async (jid) => {
      this.did('contacts.decline', jid);
      this.open = this.open.filter((request) => request.from !== jid);
      return 'declined';
    },
    block: async (jid) => {
      this.did('contacts.block', jid);
      this.blockedJids.add(jid);
    },
    unblock: async (jid) => {
      this.did('contacts.unblock', jid);
      this.blockedJids.delete(jid);
    },
    blocked: async () => [...this.blockedJids],
  };
  devices: Device[] = [
    { resource: 'here', show: 'available', status: '', priority: 0, client: undefined, current: true },
  ];
  readonly users: ClientFace['users'] = {
    find: async (query) => {
      this.did('users.find', query);
      const matches = (user: UserRow) =>
        query === undefined || [user.jid, user.name, user.email].some((text) => text?.includes(query));
      const contacts: UserRow[] = this.contacts
        .list()
        .map(({ jid, name }) => ({ jid, name, from: 'roster' }));
      const others = contacts.filter(({ jid }) => !this.directory.users.some((user) => user.jid === jid));
      const known = query === undefined ? [] : others;
      return { ...this.directory, users: [...this.directory.users, ...known].filter(matches) };
    },
    form: async () => {
      this.did('users.form');
      return this.form ?? { instructions: '', fields: [] };
    },
    findBy: async (filled) => {
      this.did('users.findBy', filled);
      return this.directory;
    },
    details: async (jid) => {
      this.did('users.details', jid);
      return { jid, resources: [], sharedRooms: [] };
    },
    devices: async () => this.devices,
  };
  /** what we say of ourselves */
  card: Profile = {};
  readonly profile: ClientFace['profile'] = {
    fields: VCARD_FIELDS,
    get: async () => {
      this.did('profile.get');
      return this.card;
    },
    change: async (changes) => {
      this.did('profile.change', changes);
      const all = Object.entries({ ...this.card, ...changes });
      this.card = Object.fromEntries(all.filter(([, text]) => text !== ''));
    },
  };
  async setPresence(show: Show, status: string): Promise<void> {
    this.did('setPresence', show, status);
    this.presence = { show, status };
  }
  savePresence(show: Show, status: string): void {
    this.did('savePresence', show, status);
  }
  reconnect(): boolean {
    if (this.state !== 'offline' || this.isOver) return false;
    this.did('reconnect');
    return true;
  }

  touched(): void {
    this.did('touched');
  }

  setAttention(there: boolean): void {
    this.did('setAttention', there);
  }
  /** A chat gets unread messages. */
  setUnread(chat: string, count: number, mentions = 0): void {
    this.unreadCounts.set(chat, { count, mentions });
    this.emit('unread', { chat, count, mentions });
  }
  readonly chats: ClientFace['chats'] = {
    list: () => {
      const newest = new Map(this.said.map((message) => [message.chat, message.time]));
      return [...newest].map(([chat, last]) => {
        const { count = 0, mentions = 0 } = this.unreadCounts.get(chat) ?? {};
        return { chat, kind: this.chats.kindOf(chat), last, unread: count, mentions };
      });
    },
    chatOf: (jid) => {
      const bare = jid.split('/')[0] ?? jid;
      return this.joined.has(bare) ? jid : bare;
    },
    kindOf: (chat) => {
      if (this.joined.has(chat) || this.roomRows.some((row) => row.room === chat)) return 'room';
      return chat.includes('/') ? 'private' : 'contact';
    },
    unread: () =>
      [...this.unreadCounts].map(([chat, counts]) => ({ chat, kind: this.chats.kindOf(chat), ...counts })),
    /** As many incoming ones from the end as are unread. */
    firstUnread: (chat) => {
      const count = this.unreadCounts.get(chat)?.count ?? 0;
      return count === 0
        ? undefined
        : this.said.filter((one) => one.chat === chat && one.direction === 'in').at(-count)?.row;
    },
    markRead: (chat) => {
      this.did('chats.markRead', chat);
      if (this.unreadCounts.delete(chat)) this.emit('unread', { chat, count: 0, mentions: 0 });
    },
    typing: (chat) => this.typers.get(chat) ?? [],
    setTyping: (chat, state) => this.did('chats.setTyping', chat, state),
  };
  /** what the room asks who enters */
  challenge: FilledForm | undefined;
  readonly slow = new Map<string, { seconds: number; wait: number }>();
  readonly roomNames = new Map<string, string>();
  private readonly administration: RoomAdministration = {
    configuration: async (room) => {
      this.did('rooms.administration.configuration', room);
      return this.form;
    },
    configure: async (...given) => this.did('rooms.administration.configure', ...given),
    kick: async (...given) => this.did('rooms.administration.kick', ...given),
    ban: async (...given) => this.did('rooms.administration.ban', ...given),
    unban: async (...given) => this.did('rooms.administration.unban', ...given),
    setRole: async (...given) => this.did('rooms.administration.setRole', ...given),
    setAffiliation: async (...given) => this.did('rooms.administration.setAffiliation', ...given),
    affiliations: async (room, only) => {
      this.did('rooms.administration.affiliations', room, only);
      return this.affiliated.filter((entry) => only === undefined || entry.affiliation === only);
    },
    destroy: async (...given) => this.did('rooms.administration.destroy', ...given),
    cancelConfiguration: async (...given) => this.did('rooms.administration.cancelConfiguration', ...given),
    requestVoice: async (...given) => this.did('rooms.administration.requestVoice', ...given),
    registerNick: async (...given) => this.did('rooms.administration.registerNick', ...given),
    reservedNick: async () => undefined,
    moderate: async (...given) => this.did('rooms.administration.moderate', ...given),
  };
  readonly rooms: ClientFace['rooms'] = {
    administration: this.administration,
    service: async () => 'conference.example.org',
    address: async (typed) => (typed.includes('@') ? typed : `${typed}@conference.example.org`),
    browse: async (text) => {
      this.did('rooms.browse', text);
      return this.roomRows.filter(({ room, name }) => `${room} ${name}`.includes(text ?? ''));
    },
    list: () => [...this.joined.values()],
    get: (room) => this.joined.get(room),
    name: (room) => this.roomNames.get(room) ?? '',
    join: async (room, options = {}) => {
      this.did('rooms.join', room, options);
      const nick = options.nick ?? 'juliet';
      this.addRoom(room, [nick], { nick });
      return { created: this.created, nick };
    },
    leave: async (room) => {
      this.did('rooms.leave', room);
      const { nick = '' } = this.joined.get(room) ?? {};
      if (this.joined.delete(room)) this.emit('room', { room, nick, event: 'left' });
    },
    setNick: async (...given) => this.did('rooms.setNick', ...given),
    setSubject: async (...given) => this.did('rooms.setSubject', ...given),
    invite: async (...given) => this.did('rooms.invite', ...given),
    slowMode: (room) => {
      const slow = this.slow.get(room);
      return slow && { room, ...slow };
    },
    captcha: async (room) => {
      this.did('rooms.captcha', room);
      return this.challenge;
    },
    answerCaptcha: async (room, filled) => {
      this.did('rooms.answerCaptcha', room, filled);
      this.addRoom(room, ['juliet']);
      return { created: false, nick: 'juliet' };
    },
    declineCaptcha: (room) => this.did('rooms.declineCaptcha', room),
  };
  /** threads of invitations that go on with a conversation of ours */
  readonly ourThreads: string[] = [];
  readonly conferences: ClientFace['conferences'] = {
    start: async (jid, wish) => {
      this.did('conferences.start', jid, wish);
      const room = 'talk-1@conference.example.org';
      this.addRoom(room, ['juliet']);
      const { history } = wish;
      const sent = typeof history === 'number' ? history : history.length;
      return { room, invited: [jid, ...wish.others], failed: [], sent };
    },
    seen: (jid, which) => {
      if (typeof which !== 'number') return this.said.filter(({ row }) => which.includes(row));
      return which === 0 ? [] : this.history.read({ chat: jid, limit: which });
    },
    continuesOurs: ({ continues }) => this.ourThreads.includes(continues?.thread ?? ''),
  };
  /** the lists of every room */
  affiliated: Affiliated[] = [];
  readonly requests: ClientFace['requests'] = {
    list: () => this.open,
    accept: async (id) => this.answer('requests.accept', id),
    refuse: async (id) => this.answer('requests.refuse', id),
  };
  private answer(name: string, id: string): void {
    this.did(name, id);
    this.open = this.open.filter((request) => request.id !== id);
  }
  /** who takes no file now */
  readonly away = new Set<string>();
  transfers: FileTransfer[] = [];
  readonly files: ClientFace['files'] & { lastFolder: string | undefined } = {
    lastFolder: undefined,
    send: async (path, peer) => {
      this.did('files.send', path, peer);
      return {
        id: 'f1',
        peer,
        direction: 'out',
        name: path.split('/').at(-1) ?? path,
        size: 4,
        sent: 4,
        path,
        state: 'done',
        route: 'si-ibb',
      };
    },
    reaches: async (peer) => !this.away.has(peer),
    keep: async (path, peer) => {
      this.did('files.keep', path, peer);
      return {
        id: 'w',
        peer,
        direction: 'out',
        name: 'a.txt',
        size: 4,
        sent: 0,
        path,
        state: 'waiting',
        route: '',
      };
    },
    waiting: () => this.transfers.filter(({ state }) => state === 'waiting'),
    list: () => this.transfers,
    links: () => [],
    fetch: async (url) => {
      this.did('files.fetch', url);
      return {
        id: 'f2',
        peer: '',
        direction: 'in',
        name: 'a.txt',
        size: 4,
        sent: 4,
        path: '/received/a.txt',
        state: 'done',
        route: 'link',
      };
    },
    cancel: (id) => this.did('files.cancel', id),
  };
  async changePassword(password: string): Promise<void> {
    this.did('changePassword', password);
  }
  async deleteAccount(options: { wipe: boolean }): Promise<void> {
    this.did('deleteAccount', options);
  }
  async online(level: Parameters<ClientFace['online']>[0]): Promise<void> {
    this.did('online', level);
  }
  async close(): Promise<void> {
    this.state = 'offline';
  }
  async logout(): Promise<void> {
    this.did('logout');
    this.state = 'offline';
  }
  readonly settings: ClientFace['settings'] = {
    get: (name) => this.chosen.get(name) ?? settingValues(name)[0] ?? '',
    set: (name, value) => {
      this.did('settings.set', name, value);
      this.chosen.set(name, value);
    },
  };

  archives: ArchivePreferences = { default: 'roster', always: [], never: [] };
  unsentCount = 0;
  async wipe(options: { all: boolean }): Promise<void> {
    this.did('wipe', options);
    this.state = 'offline';
  }
  /** what the server keeps and the history does not, oldest first; it gives `archivePage` a page */
  readonly archive: { chat: string; body: string; more?: Partial<Message> }[] = [];
  archivePage = 10;

  private take(chat: string, body: string, more?: Partial<Message>): Message {
    const message = this.keep(chat, body, more);
    this.said.pop();
    return message;
  }

  readonly history: ClientFace['history'] = {
    read: (query) => {
      const inChat = this.said.filter(({ chat }) => query.chat === undefined || chat === query.chat);
      const place = (row: number | undefined) => inChat.findIndex((message) => message.row === row);
      const found = inChat
        .filter((_, at) => query.before === undefined || at < place(query.before))
        .filter((message) => query.after === undefined || inChat.indexOf(message) > place(query.after))
        .filter(({ time }) => time >= (query.since ?? 0) && time < (query.until ?? Number.POSITIVE_INFINITY));
      return query.end === 'oldest' ? found.slice(0, query.limit) : found.slice(-query.limit);
    },
    search: (query) => {
      const { text, chat, from, since = 0, until = Number.POSITIVE_INFINITY, limit } = query;
      return this.said
        .filter(({ body }) => body.includes(text))
        .filter((message) => chat === undefined || message.chat === chat)
        .filter((message) => from === undefined || message.from.startsWith(from) || message.nick === from)
        .filter(({ time }) => time >= since && time < until)
        .slice(-limit)
        .reverse();
    },
    /** A page of the archive becomes part of the history. */
    older: async (chat) => {
      this.did('history.older', chat);
      const page = this.archive.splice(-this.archivePage);
      // Rows tell nothing of the order: these are older, and come first.
      this.said.unshift(...page.map(({ chat, body, more }) => this.take(chat, body, more)));
      return this.archive.length > 0;
    },
    caughtUp: async () => this.did('history.caughtUp'),
    keptSince: () => undefined,
    archivePreferences: async (wish) => {
      if (wish === undefined) return this.archives;
      this.did('history.archivePreferences', wish);
      this.archives = wanted(this.archives, wish);
      return this.archives;
    },
  };

  /** older texts by row, oldest first */
  readonly olderTexts = new Map<number, MessageVersion[]>();

  readonly messages: ClientFace['messages'] = {
    send: (chat, body) => {
      this.did('messages.send', chat, body);
      const message = this.keep(chat, body, { direction: 'out', state: this.sentState });
      this.emit('message', message);
      return message;
    },
    sendAll: (chat, bodies) => bodies.map((body) => this.messages.send(chat, body)),
    sendAndSettle: async (chat, body) => this.messages.send(chat, body),
    settled: async (row) => {
      const message = this.messages.get(row);
      if (message === undefined) throw new ChatError('item-not-found');
      return message;
    },
    get: (row) => this.said.find((entry) => entry.row === row),
    named: (chat, id) =>
      this.said.findLast((entry) => entry.chat === chat && (entry.id === id || entry.stanzaId === id)),
    versions: (row) => this.olderTexts.get(row) ?? [],
    correct: (row, body) => this.amend('messages.correct', row, { body, corrected: true }, 'corrected'),
    retract: (row) => this.amend('messages.retract', row, { body: '', retracted: true }, 'retracted'),
    react: (row, emojis) => {
      const others = this.known(row).reactions.filter(({ from }) => from !== this.account);
      const reactions = emojis.length === 0 ? others : [...others, { from: this.account, emojis }];
      return this.amend('messages.react', row, { reactions }, 'reacted');
    },
    reply: (row, body) => {
      const { chat, id } = this.known(row);
      this.did('messages.reply', row, body);
      const message = this.keep(chat, body, { direction: 'out', state: this.sentState, replyTo: id });
      this.emit('message', message);
      return message;
    },
    unsent: () => this.unsentCount,
  };

  /** A stored message changes, by whomever. */
  change(row: number, more: Partial<Message>, change: ChatEvents['messageChanged'][1]): Message {
    const before = this.known(row);
    const message = { ...before, ...more };
    this.said[this.said.indexOf(before)] = message;
    this.emit('messageChanged', message, change);
    return message;
  }

  private known(row: number): Message {
    const message = this.messages.get(row);
    if (message === undefined) throw new ChatError('message-gone');
    return message;
  }

  private amend(
    name: string,
    row: number,
    more: Partial<Message>,
    change: ChatEvents['messageChanged'][1],
  ): Message {
    this.did(name, row, more);
    return this.change(row, more, change);
  }
}
