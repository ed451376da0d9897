/** NOTIFICATION lines: facts of the domain, one line each, as the user's settings ask for them (product §3). */
import type { EventEmitter } from 'node:events';
import { bareOf } from '../chat/address.ts';
import type { Client } from '../chat/client.ts';
import type { ChatEvents } from '../chat/events.ts';
import type { ChangeNews, Message } from '../chat/message.ts';
import type { Catalogue } from '../i18n/catalogue.ts';
import {
  isEntering,
  isUneventful,
  occupantLine,
  roomNoticeLine,
  selfLine,
  subjectLine,
} from './conversation/room-lines.ts';
import { type Burst, bursts } from './notifications/bursts.ts';
import { connectionLines } from './notifications/connection.ts';
import {
  failedLine,
  fileLine,
  messageLine,
  moderatedLine,
  onlineLine,
  presenceKind,
  presenceLine,
  reactionLine,
  requestLine,
  typingLine,
} from './notifications/lines.ts';
import { type Known, peerName, personName, roomName } from './notifications/names.ts';
import { clock, stamp } from './render/formats.ts';
import { brief, sanitize } from './sanitize.ts';
import { knows, whyOf } from './sentences.ts';
import type { Theme } from './theme.ts';

/** As much of the client as the lines need. */
export type NotifyingClient = Known &
  Pick<Client, 'account'> & {
    readonly contacts: Pick<Client['contacts'], 'get' | 'list'>;
    readonly settings: Pick<Client['settings'], 'get'>;
  } & Pick<EventEmitter<ChatEvents>, 'on' | 'off'>;

export interface NotificationOptions {
  readonly client: NotifyingClient;
  readonly words: Catalogue;
  readonly theme: Pick<Theme, 'notification'>;
  /** one permanent line, without its line break */
  print(line: string): void;
  /** true where the chat is on screen: it shows its own events */
  isOpen?(chat: string): boolean;
  bell?(): void;
  /** a notice on the desktop, by the terminal; one safe line */
  desktop?(text: string): void;
  /** also messages that come from the server's archive after log-in; for a face without badges */
  readonly missed?: boolean;
  /** there is no connection, which was said, and the first one is waited for */
  readonly awaitsConnection?: boolean | undefined;
  /** milliseconds since 1970 */
  now(): number;
}

export interface Notifications {
  /** stops listening, prints what was held back */
  close(): void;
}

/** lines of one sort in one second before they are folded */
const FREE = { crowd: 1, messages: 50, requests: 5, files: 5 } as const;

/** Starts to notify; the timers belong to what is returned. */
export function notifications(options: NotificationOptions): Notifications {
  const { client, words, theme } = options;
  const text = words.notifications;
  const folding = bursts(options.print);
  const connectionLine = connectionLines(words, options.awaitsConnection);
  /** transfers already told as offered; several events name the same one */
  /** rooms whose subject of entering is still to come (XEP-0045 §7.2.15) */
  const entering = new Set<string>();
  let onlineBefore: string | undefined;

  const headed = (line: string, time = options.now()) => {
    const today = new Date(time).toDateString() === new Date(options.now()).toDateString();
    return `${theme.notification(text.word)} ${today ? clock(time) : stamp(time)} ${line}`;
  };
  const tell = (line: string) => options.print(headed(line));
  const fold = (line: string, key: string, free: number, sentence: Burst['fold'], time?: number) =>
    folding.add(headed(line, time), { key, free, fold: (counts) => headed(sentence(counts)) });
  const open = (chat: string) => options.isOpen?.(chat) === true;
  const wanted = (name: 'notify-presence' | 'notify-messages' | 'notify-occupants' | 'notify-typing') =>
    client.settings.get(name) === 'on';
  /** what a room may tell: all, mentions, off */
  const loudness = (room: string) => {
    const own = client.settings.get(`mute:${room}`);
    return own === 'all' ? client.settings.get('notify-rooms') : own;
  };
  const alert = (line: string, personal: boolean) => {
    const bell = client.settings.get('bell');
    if (bell === 'all' || (bell === 'mentions' && personal)) options.bell?.();
    if (personal && client.settings.get('desktop') === 'on') options.desktop?.(line);
  };

  /** What was said while we were away is news only where nothing else tells of it, and what was before never. */
  const isFresh = (source: Message['source'], history?: Message['history']) =>
    history !== 'past' && ((source !== 'archive' && history === undefined) || options.missed === true);

  /**
   * What others do to messages of chats that nobody looks at: reactions to ours, moderation of ours, and a text that
   * names us now.
   */
  const changed = (event: Message, change: ChatEvents['messageChanged'][1], news: ChangeNews) => {
    if (!isFresh(news.source) || open(event.chat)) return;
    if (event.kind === 'room' ? loudness(event.chat) === 'off' : !wanted('notify-messages')) return;
    const emojis = change === 'reacted' && event.direction === 'out' ? (news.emojis ?? []) : [];
    const names = change === 'corrected' && news.mention === true;
    const taken = change === 'retracted' && event.direction === 'out' && event.moderated !== undefined;
    if (emojis.length === 0 && !names && !taken) return;
    const line = names
      ? messageLine(client, words, event)
      : taken
        ? moderatedLine(words, event)
        : reactionLine(client, words, event, { from: news.from, emojis });
    const chat = () => peerName(client, words, event.chat);
    fold(line, `changed ${event.chat}`, FREE.messages, ({ more }) => text.bursts.messages(more, chat()));
    alert(line, names || taken || event.kind !== 'room');
  };

  const message = (event: Message) => {
    const fresh = isFresh(event.source, event.history);
    if (event.direction === 'out' || event.retracted || !fresh || open(event.chat)) return;
    if (event.kind === 'room') {
      const loud = loudness(event.chat);
      if (loud === 'off' || (loud === 'mentions' && !event.mention)) return;
    } else if (!wanted('notify-messages')) return;
    const line = messageLine(client, words, event);
    const chat = () =>
      event.kind === 'room' ? roomName(client, event.chat) : peerName(client, words, event.chat);
    // Whoever floods us does so from many addresses, each with one message.
    if (event.kind === 'contact' && client.contacts.get(event.chat) === undefined)
      fold(line, 'message strangers', FREE.messages, ({ more }) => text.bursts.strangers(more), event.time);
    else
      fold(
        line,
        `message ${event.chat}`,
        FREE.messages,
        ({ more }) => text.bursts.messages(more, chat()),
        event.time,
      );
    alert(line, event.kind !== 'room' || event.mention);
  };

  const listeners: { readonly [N in keyof ChatEvents]?: (...event: ChatEvents[N]) => void } = {
    connection(event) {
      const line = connectionLine(event);
      if (line !== undefined) tell(line);
    },
    message,
    messageChanged(event, change, news) {
      if (news !== undefined) changed(event, change, news);
      if (change === 'state' && event.state === 'failed' && !open(event.chat))
        tell(failedLine(client, words, event));
    },
    typing(event) {
      if (wanted('notify-typing') && !open(event.chat)) tell(typingLine(client, words, event));
    },
    presence(event) {
      if (event.jid === client.account || !wanted('notify-presence') || open(event.jid)) return;
      // Anybody may show presence to anybody (RFC 6121 §4.6), with any text: who is no contact is nobody's news.
      if (client.contacts.get(event.jid) === undefined) return;
      const kind = presenceKind(client, event);
      if (kind === undefined) return;
      const line = presenceLine(client, words, event, kind);
      fold(line, `presence ${kind}`, FREE.crowd, ({ all }) => text.bursts[kind](all));
    },
    contactsOnline(contacts) {
      if (!wanted('notify-presence') || client.contacts.list().length === 0) return;
      const line = onlineLine(client, words, contacts);
      // A connection that came back with the same people there is no news.
      if (line !== onlineBefore) tell(line);
      onlineBefore = line;
    },
    subscription: ({ jid, kind }) => tell(text.subscription[kind](personName(client, jid))),
    request(request) {
      const line = requestLine(client, words, request);
      fold(line, 'request', FREE.requests, ({ more }) => text.bursts.requests(more));
      alert(line, true);
    },
    occupant(event) {
      if (
        event.again === true ||
        open(event.room) ||
        !wanted('notify-occupants') ||
        loudness(event.room) !== 'all'
      )
        return;
      const line = occupantLine(words, event);
      const sort = event.event === 'joined' || event.event === 'left' ? event.event : 'changedInRoom';
      fold(line, `${sort} ${event.room}`, FREE.crowd, ({ all }) =>
        text.bursts[sort](all, roomName(client, event.room)),
      );
    },
    room(event) {
      if (isEntering(event)) entering.add(event.room);
      else entering.delete(event.room);
      if (isUneventful(event)) return;
      const why = event.condition === undefined ? '' : whyOf(words, event.condition, event.text, 'join');
      if (!open(event.room)) tell(selfLine(words, event, why));
    },
    subject(event) {
      if (entering.delete(event.room) || open(event.room) || loudness(event.room) !== 'all') return;
      tell(subjectLine(words, event));
    },
    invitationDeclined: ({ room, from, reason }) =>
      tell(
        text.invitationDeclined(peerName(client, words, bareOf(from)), sanitize(room), brief(reason ?? '')),
      ),
    roomNotice(event) {
      const line = roomNoticeLine(words, event);
      if (line !== undefined && !open(event.room)) tell(line);
    },
    file(event) {
      // What is taken by itself is told of when it is there, what is asked for by the request.
      const line = fileLine(client, words, event);
      if (line === undefined) return;
      fold(line, 'file', FREE.files, ({ more }) => text.bursts.files(more));
    },
    account: ({ jid, kind }) => tell(text.account[kind](sanitize(bareOf(jid)))),
    problem({ condition, text: said, jid, hint }) {
      const why = knows(words, condition) ? whyOf(words, condition, said) : sanitize(said || condition);
      tell(text.problem(jid === undefined ? why : `${sanitize(jid)}: ${why}`, sanitize(hint ?? '')));
    },
  };

  const stop = listenTo(client, listeners);
  return {
    close() {
      stop();
      folding.close();
    },
  };
}

function listenTo(
  client: NotifyingClient,
  listeners: { readonly [N in keyof ChatEvents]?: (...event: ChatEvents[N]) => void },
): () => void {
  const names = Object.keys(listeners) as (keyof ChatEvents)[];
  // One name and its own listener belong together; the compiler sees only the union of all of them.
  const each = (turn: 'on' | 'off') => {
    for (const name of names)
      client[turn](name, listeners[name] as (...event: ChatEvents[typeof name]) => void);
  };
  each('on');
  return () => each('off');
}
