/** What is shown of an open chat: the kept messages on entry, then everything that happens in it. */
import { bareOf, localOf } from '../../chat/address.ts';
import type { ChatEvents, TypingState } from '../../chat/events.ts';
import type { Message } from '../../chat/message.ts';
import type { Face, Seat } from '../face.ts';
import { bursts } from '../notifications/bursts.ts';
import { presenceKind, presenceLine } from '../notifications/lines.ts';
import { roomName, shortRoomName } from '../notifications/names.ts';
import { sanitize } from '../sanitize.ts';
import type { Subscribe } from '../terminal.ts';
import { changing } from './changing.ts';
import { type Finding, finding } from './finding.ts';
import { headLines } from './head.ts';
import { lastState } from './last-state.ts';
import { chatLabel, chatTitle, isConnected, senderName } from './names.ts';
import { excerpt, readOnce } from './notes.ts';
import { olderPages } from './older.ts';
import { lastOwn, type Pointing, pointing } from './pointing.ts';
import { reading } from './reading.ts';
import {
  isEntering,
  isUneventful,
  occupantLine,
  roomNoticeLine,
  selfLine,
  subjectLine,
} from './room-lines.ts';
import { slowModeLine } from './slow-mode.ts';
import { clockTime, timeline } from './timeline.ts';
import { timelineOptions } from './timeline-options.ts';

/** messages shown on entry, and by each /older */
const PAGE = 20;
/** unread ones are shown all, up to this many */
const MOST = 200;
/** messages shown before the first unread one */
const BEFORE_NEW = 5;
/** own messages shown in the live block; the others wait unseen */
const LIVE = 5;
/** people coming and going whose lines appear one by one, in so many milliseconds; more are counted */
const FREE = { joined: 5, left: 5, changedInRoom: 20 };
const CROWD = 5000;
/** who was put out may come back, as far as the room lets them */
const PUT_OUT: readonly string[] = ['kicked', 'removed'];
/** messages among which the last own one is looked for */
const LOOKED_AT = 200;

export interface Shown {
  /** prints what stands before the input when the chat opens */
  enter(): void;
  /** prints the page before what was printed, of what is kept or else of the archive; resolves when it is there */
  older(): Promise<void>;
  /** the message that Ctrl-Up changes */
  lastOwn(): Message | undefined;
  /** which messages commands name by numbers */
  readonly pointing: Pointing;
  /** what /search found */
  readonly finding: Finding;
  /** at every change of what is typed */
  typed(line: string): void;
  /** what stands before the input */
  label(): string;
  /** the live lines: own messages that wait, who is typing */
  above(): readonly string[];
  readonly subscribe: Subscribe;
  /** resolves when own messages have reached the server, or after `timeout` ms */
  settle(timeout: number): Promise<void>;
  /** stops following; prints what still waits with the mark it has */
  close(): void;
}

export function follow(face: Face, seat: Seat, chat: string): Shown {
  const { terminal, words, theme } = face;
  const { client } = seat;
  const kind = client.chats.kindOf(chat);
  const options = timelineOptions(face, seat, kind);
  const lines = timeline(options);
  const waiting = new Map<number, Message>();
  const redraws = new Set<() => void>();
  const recent = (limit: number) => client.history.read({ chat, limit });
  const pointed = pointing({
    actions: face.actions,
    recent,
    describe: (message) => {
      const name = sanitize(senderName(seat, words, message));
      const text = excerpt(message, options, Math.max(20, terminal.columns - 24 - name.length));
      return `${clockTime(message.time)} ${name}  ${text}`;
    },
    dim: theme.dim,
    accent: theme.accent,
  });
  const last = lastState(options);
  /** what the contact said last about itself (XEP-0085); in rooms only who is typing matters */
  let peer: TypingState | undefined;
  /** the subject of entering is still to come */
  let entering = false;
  let labelled: { readonly name: string; readonly label: string } | undefined;
  let loading = false;
  /** rows of what was printed: a page of the archive brings its own changes with it */
  const seen = new Set<number>();
  let closed = false;

  const print = (text: readonly string[]) => {
    if (text.length > 0) terminal.log(text.join('\n'));
  };
  const changes = changing({ line: (message, change) => lines.changed(message, change), print });
  const redraw = () => {
    for (const call of redraws) call();
  };
  const event = (text: string) => print(lines.event(text, face.now()));
  const slow = slowModeLine({ client, chat, words, redraw });
  const crowd = bursts(event, CROWD);
  // Who reads something else in a pager has not seen it yet.
  const read = reading({ read: () => client.chats.markRead(chat), isAway: () => terminal.away });

  const pages = olderPages({
    history: client.history,
    chat,
    size: PAGE,
    print(messages, { below }) {
      const before = timeline(options);
      for (const { row } of messages) seen.add(row);
      const page = readOnce(messages).flatMap((message) => before.message(message));
      const mark = (text: string) => (below ? [theme.dim(`── ${text} ──`)] : []);
      print([...mark(words.conversation.older), ...page, ...mark(words.conversation.newerAbove)]);
    },
    end: () => print([theme.dim(`── ${words.conversation.beginning} ──`)]),
    loading(now) {
      loading = now;
      redraw();
    },
  });

  const show = (message: Message, place = { firstNew: false }) => {
    pages.shown(message);
    seen.add(message.row);
    if (waits(message)) waiting.set(message.row, message);
    else {
      print(lines.message(message, place));
      changes.printed(message);
    }
    last.shown(message);
    slow.look();
    redraw();
  };
  const arrived = (message: Message) => {
    if (message.chat !== chat) return;
    show(message);
    if (message.direction === 'out') return;
    if (message.mention && client.settings.get('bell') !== 'off') terminal.bell();
    read.shown();
  };
  const changed = (...[message, change, news]: ChatEvents['messageChanged']) => {
    if (message.chat !== chat) return;
    if (news?.mention === true && client.settings.get('bell') !== 'off') terminal.bell();
    if (waiting.has(message.row)) {
      waiting.delete(message.row);
      show(message);
    } else if (!changes.take(message, change) && !(loading && !seen.has(message.row))) {
      if (change !== 'state') print([lines.changed(message, change)]);
      else if (message.state === 'failed' && !message.retracted) print([lines.failed(message)]);
    }
    last.changed(message, { printed: change === 'corrected' });
    slow.look();
    redraw();
  };

  const listeners: { [E in keyof ChatEvents]?: (...values: ChatEvents[E]) => void } = {
    message: arrived,
    messageChanged: changed,
    typing(typing) {
      if (typing.chat !== chat) return;
      if (kind === 'contact') peer = typing.state;
      redraw();
    },
    presence(presence) {
      if (kind !== 'contact' || presence.jid !== chat) return;
      // Whoever is gone looks at nothing.
      if (client.contacts.get(chat)?.resources.length === 0) peer = undefined;
      const news = presenceKind(client, presence);
      if (news !== undefined) event(presenceLine(client, words, presence, news));
    },
    occupant: (change) => {
      if (change.room !== chat || change.again === true) return;
      const sort = change.event === 'joined' || change.event === 'left' ? change.event : 'changedInRoom';
      crowd.add(occupantLine(words, change), {
        key: sort,
        free: FREE[sort],
        fold: ({ more }) => words.notifications.bursts[sort](more, roomName(client, chat)),
      });
    },
    // That there is none is what a room without one says to who enters.
    subject: (change) => {
      if (change.room !== chat || (change.nick === '' && change.subject === '')) return;
      // XEP-0045 §7.2.15: who enters is told what it is; nobody changed it now.
      if (!entering) event(subjectLine(words, change));
      else if (change.subject !== '')
        print([theme.dim(words.conversation.subject(sanitize(change.subject)))]);
      entering = false;
    },
    room: (change) => {
      if (change.room !== chat) return;
      entering = isEntering(change);
      if (isUneventful(change)) return;
      const why =
        change.condition === undefined
          ? ''
          : face.render.whyNotEntered({ condition: change.condition, text: change.text });
      event(selfLine(words, change, why));
      if (PUT_OUT.includes(change.event)) print([theme.dim(words.conversation.notInRoom(sanitize(chat)))]);
    },
    roomNotice: (notice) => {
      const text = notice.room === chat ? roomNoticeLine(words, notice) : undefined;
      if (text !== undefined) event(text);
    },
    slowMode: (state) => {
      const text = state.room === chat ? slow.news(state) : undefined;
      if (text !== undefined) event(text);
      redraw();
    },
    request: (request) => {
      const here = request.room === chat || bareOf(request.from) === chat;
      if (here && terminal.interactive) print([theme.dim(words.conversation.howToAnswer)]);
    },
    connection: () => {
      if (!isConnected(client)) peer = undefined;
      redraw();
    },
  };
  const entries = Object.entries(listeners) as [keyof ChatEvents, (...values: unknown[]) => void][];

  const typingText = (names: readonly string[]): string => {
    if (names.length > 0 || peer === undefined) return words.conversation.typing(names);
    return peer === 'composing' ? '' : words.conversation[peer](sanitize(chatLabel(seat, chat)));
  };

  const enter = () => {
    print([theme.bold(chatTitle(seat, words, chat))]);
    print(headLines(face, seat, chat).map((line) => theme.dim(line)));
    if (terminal.interactive) print([theme.dim(words.conversation.howTo)]);
    const firstNew = client.chats.firstUnread(chat);
    const kept = lastMessages(recent, firstNew);
    for (const message of readOnce(kept)) show(message, { firstNew: message.row === firstNew });
    if (kept.length === 0) void firstPage();
    client.chats.markRead(chat);
    for (const [name, listener] of entries) client.on(name, listener);
  };

  /** Nothing is kept here: the archive may have something. */
  const firstPage = async () => {
    const empty = () => print([theme.dim(words.conversation.empty)]);
    if (!isConnected(client)) return empty();
    await pages.first().catch(() => undefined);
    if (!closed && seen.size === 0) empty();
  };

  /** What is typed goes there: a room that is called as a contact is shown with its address. */
  function roomLabel(): string {
    const name = client.rooms.name(chat);
    if (labelled?.name !== name) {
      const alike = client.contacts
        .list()
        .some((contact) => [contact.name, localOf(contact.jid)].includes(name));
      labelled = { name, label: alike ? roomName(client, chat) : shortRoomName(client, chat) };
    }
    return labelled.label;
  }

  return {
    enter,
    older: pages.older,
    lastOwn: () => lastOwn(recent(LOOKED_AT)),
    pointing: pointed,
    finding: finding(face, seat, chat),
    typed(line) {
      pointed.typed(line);
      redraw();
    },
    label: () => (kind === 'room' ? roomLabel() : sanitize(chatLabel(seat, chat))),
    above() {
      const pending = [...waiting.values()].slice(-LIVE).map((message) => lines.pending(message));
      const hidden = waiting.size - pending.length;
      const state = last.text();
      const names = client.chats.typing(chat).map((who) => sanitize(typerName(seat, chat, who)));
      return [
        ...(hidden > 0 ? [theme.dim(words.menus.moreRows(hidden))] : []),
        ...pending,
        ...changes.above(),
        ...(slow.text() === '' ? [] : [theme.dim(slow.text())]),
        ...(loading ? [theme.dim(words.conversation.loading)] : []),
        ...(state === '' ? [] : [state]),
        ...(typingText(names) === '' ? [] : [theme.dim(typingText(names))]),
        ...pointed.above(),
      ];
    },
    subscribe(call) {
      redraws.add(call);
      return () => redraws.delete(call);
    },
    async settle(timeout) {
      if (client.state === 'offline') return;
      await Promise.all([
        ...[...waiting.keys()].map((row) => client.messages.settled(row, { timeout })),
        changes.settle(timeout),
      ]);
    },
    close() {
      closed = true;
      pages.close();
      crowd.close();
      read.close();
      slow.close();
      for (const [name, listener] of entries) client.off(name, listener);
      for (const message of waiting.values()) print(lines.message(message));
      waiting.clear();
      changes.close();
    },
  };
}

/** The server does not have it yet, so its line may still change. */
function waits(message: Message): boolean {
  return message.direction === 'out' && (message.state === 'queued' || message.state === 'sent');
}

/** The last ones, and all from a little before the first unread one on, as far as that is not too many. */
function lastMessages(recent: (limit: number) => Message[], firstNew: number | undefined): Message[] {
  if (firstNew === undefined) return recent(PAGE);
  const kept = recent(MOST);
  const at = kept.findIndex(({ row }) => row === firstNew);
  return at === -1 ? kept : kept.slice(Math.max(0, Math.min(at - BEFORE_NEW, kept.length - PAGE)));
}

function typerName({ client }: Seat, chat: string, who: string): string {
  if (client.chats.kindOf(chat) !== 'contact')
    return who.includes('/') ? who.slice(who.indexOf('/') + 1) : who;
  return client.contacts.get(who)?.name || who;
}
