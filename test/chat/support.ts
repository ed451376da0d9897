/** A client on a session of the test's own, with the real features and the real store in memory. */
import { afterEach } from 'vitest';
import { Client, type ClientOptions } from '../../src/chat/client.ts';
import type { ChatEvents } from '../../src/chat/events.ts';
import type { NewMessage } from '../../src/chat/message.ts';
import type { Stores } from '../../src/chat/stores.ts';
import { openStores } from '../../src/storage/stores.ts';
import { SILENCES } from '../../src/xmpp/muc/self-ping.ts';
import type { Element } from '../../src/xmpp/stanza.ts';
import { FakeSession } from '../support/fake-session.ts';

export const ACCOUNT = 'juliet@example.org';
export const JID = 'juliet@example.org/balcony';
export const ROMEO = 'romeo@example.org';
export const ROOM = 'lobby@conference.example.org';

export const NS_ROSTER = 'jabber:iq:roster';
export const NS_PING = 'urn:xmpp:ping';
export const NS_INFO = 'http://jabber.org/protocol/disco#info';
export const NS_ITEMS = 'http://jabber.org/protocol/disco#items';
export const NS_MUC_USER = 'http://jabber.org/protocol/muc#user';
const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

const EVENTS: readonly (keyof ChatEvents)[] = [
  ...([
    'connection',
    'message',
    'messageChanged',
    'typing',
    'presence',
    'contactsOnline',
    'contact',
  ] as const),
  ...(['contactRemoved', 'subscription', 'request', 'requestClosed', 'occupant', 'room', 'subject'] as const),
  ...(['roomNotice', 'slowMode', 'file', 'account', 'unread', 'problem'] as const),
];

const opened: Stores[] = [];
afterEach(() => {
  for (const stores of opened.splice(0)) stores.close();
});

export function memoryStores(): Stores {
  const stores = openStores(':memory:');
  opened.push(stores);
  return stores;
}

/** Lets everything that waits for a microtask, or a chain of them, go on. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const error = (condition: string, type = 'cancel', text = '') =>
  `<error type='${type}'><${condition} xmlns='${NS_STANZAS}'/>${text && `<text xmlns='${NS_STANZAS}'>${text}</text>`}</error>`;

export interface WorldOptions extends Partial<ClientOptions> {
  /** items of the roster, as XML */
  roster?: string;
  /** false: the server answers no ping by itself */
  pong?: boolean;
  /** features that the own bare JID, and every room, announces */
  announces?: readonly string[];
}

/** A client, the session that plays its server, and what the client told. */
export class World {
  readonly session = new FakeSession(JID);
  readonly stores: Stores;
  readonly client: Client;
  /** events in order */
  readonly told: { [E in keyof ChatEvents]: [E, ...ChatEvents[E]] }[keyof ChatEvents][] = [];

  constructor({ roster = '', pong = true, announces = [], ...options }: WorldOptions = {}) {
    const { session } = this;
    session.online = false;
    this.stores = options.stores ?? memoryStores();
    session.whenAsked('get', 'query', NS_ROSTER, `<query xmlns='${NS_ROSTER}'>${roster}</query>`);
    session.whenAsked('set', 'query', NS_ROSTER, '');
    if (pong) session.whenAsked('get', 'ping', NS_PING, '');
    const features = announces.map((name) => `<feature var='${name}'/>`).join('');
    session.whenAsked('get', 'query', NS_INFO, `<query xmlns='${NS_INFO}'>${features}</query>`);
    this.client = new Client({
      account: ACCOUNT,
      stores: this.stores,
      session: async () => ({ jid: ACCOUNT, password: 'secret' }),
      createSession: () => session,
      filesDir: () => '/nowhere',
      version: '1.0',
      languages: ['en'],
      // Who leaves is told at once.
      roomSilences: { ...SILENCES, leaves: 0 },
      ...options,
    });
    for (const name of EVENTS)
      this.client.on(name, (...payload: unknown[]) => {
        this.told.push([name, ...payload] as never);
      });
  }

  /** Logs in, lets the burst end, and forgets what was sent and told until now. */
  async login(level: Parameters<Client['online']>[0] = 'presence'): Promise<this> {
    await this.client.online(level);
    await turn();
    this.session.take();
    this.told.length = 0;
    return this;
  }

  /** Payloads of the events of that name, oldest first. */
  events<E extends keyof ChatEvents>(name: E): ChatEvents[E][0][] {
    return this.told.filter((entry) => entry[0] === name).map((entry) => entry[1] as ChatEvents[E][0]);
  }

  /** Takes what was sent since the last call, of that name only. */
  sent(name: 'message' | 'presence' | 'iq'): Element[] {
    return this.session.take().filter((stanza) => stanza.getName() === name);
  }

  /** The server acknowledges (XEP-0198 §4). */
  acknowledge(id: string): void {
    const stanza = this.session.sentStanzas.find((sent) => sent.attrs.id === id);
    if (stanza === undefined) throw new Error(`no stanza with the id ${id} was sent`);
    this.session.emit('acknowledged', stanza);
  }

  state(row: number): string | undefined {
    return this.stores.messages.get(row)?.state;
  }

  receive(xml: string): void {
    this.session.receive(xml);
  }

  /** Somebody writes to us. */
  says(from: string, body: string, more = '', attributes = "type='chat' id='m1'"): void {
    this.receive(`<message from='${from}' to='${JID}' ${attributes}><body>${body}</body>${more}</message>`);
  }

  /** The room lets us in beside a friend. */
  async enter(
    room = ROOM,
    nick = 'juliet',
    options: Parameters<Client['rooms']['join']>[1] = {},
  ): Promise<void> {
    const joined = this.client.rooms.join(room, { nick, ...options });
    this.occupant(room, 'romeo');
    this.occupant(room, nick, [110]);
    await joined;
    await turn();
  }

  occupant(room: string, nick: string, codes: readonly number[] = [], attributes = ''): void {
    const status = codes.map((code) => `<status code='${code}'/>`).join('');
    const role = attributes.includes('unavailable') ? 'none' : 'participant';
    this.receive(
      `<presence from='${room}/${nick}' to='${JID}' ${attributes}><x xmlns='${NS_MUC_USER}'>` +
        `<item affiliation='none' role='${role}'/>${status}</x></presence>`,
    );
  }

  /** Somebody speaks in a room. */
  roomSays(nick: string, body: string, more = '', id = 'm1', room = ROOM): void {
    this.says(`${room}/${nick}`, body, more, `type='groupchat' id='${id}'`);
  }

  bounce(from: string, id: string, condition: string): void {
    this.receive(`<message from='${from}' to='${JID}' type='error' id='${id}'>${error(condition)}</message>`);
  }
}

/** A message as an earlier run left it. */
export function past(more: Partial<NewMessage> = {}): NewMessage {
  return {
    account: ACCOUNT,
    chat: ROMEO,
    kind: 'contact',
    from: JID,
    to: ROMEO,
    id: 'past',
    body: 'hello',
    time: Date.UTC(2026, 0, 1),
    direction: 'out',
    source: 'local',
    state: 'queued',
    encryption: 'none',
    retracted: false,
    reactions: [],
    mention: false,
    ...more,
  };
}
