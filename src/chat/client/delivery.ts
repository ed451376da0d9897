/** Own messages on the way out of a client: what is written, what confirms it, what a single run may promise. */
import { AuthenticationError, ConnectionError, DisconnectedError, TimeoutError } from '../../xmpp/errors.ts';
import type { OutgoingMention } from '../../xmpp/mentions.ts';
import type { OutgoingMessage } from '../../xmpp/messages.ts';
import { bareOf } from '../address.ts';
import { type AmendingOptions, amending, nameOf } from '../amending.ts';
import { namedIn } from '../mentions.ts';
import type { ChatKind, Message, MessageFailure } from '../message.ts';
import { type OutboundOptions, outbound, type Wire } from '../outbound.ts';
import { ChatError } from '../problem.ts';
import type { SlowModes } from '../rooms/slow-mode.ts';
import type { ChatRooms } from '../rooms.ts';
import type { Amendment, AmendmentStore, MessageStore } from '../stores.ts';
import type { Link, Linked } from './link.ts';

export interface DeliveryOptions
  extends Pick<OutboundOptions, 'account' | 'appended' | 'changed' | 'failed' | 'instance'> {
  readonly store: MessageStore;
  readonly amendments: AmendmentStore;
  readonly amended: AmendingOptions['changed'];
  readonly awaitsName: AmendingOptions['awaitsName'];
  readonly rooms: ChatRooms;
  readonly slow: SlowModes;
  /** undefined before the first connection */
  readonly link: () => Link | undefined;
  readonly linked: Linked;
  /** the thread that goes on in a room (XEP-0045 §7.9) */
  readonly threadOf: (room: string) => string | undefined;
  /** whether contacts are told what we do with their chat (XEP-0085 §5.2) */
  readonly tellsTyping: () => boolean;
}

export interface SettleOptions {
  /** milliseconds */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** logs in */
  readonly online: () => Promise<void>;
}

/** What a message has beside its text. */
export interface Attached extends Pick<Message, 'url' | 'file'> {
  /** the message that it answers, and how that is named */
  readonly answers?: { readonly id: string; readonly message: Message } | undefined;
}

export function delivery(options: DeliveryOptions) {
  const { account, store, rooms, slow, link, linked, appended, changed, failed, instance } = options;
  let confirming = false;

  /**
   * Without XEP-0198: the server answers in order, so its pong says that it has what was written before. One ping
   * for all that is written at once.
   */
  function confirmSoon(): void {
    if (confirming) return;
    confirming = true;
    queueMicrotask(() => {
      confirming = false;
      const live = link();
      if (live?.session.online !== true) return;
      const written = outbox.open();
      const changes = amendments.open();
      // Without an answer the next one, or the next stream, decides.
      live.features.ping.ping(live.session.domain).then(
        () => {
          outbox.answered(written);
          for (const id of changes) amendments.acknowledged(id);
        },
        () => undefined,
      );
    });
  }

  /** XEP-0372: by the occupant's JID, since the real one may be for moderators only. */
  function named(room: string, body: string): OutgoingMention[] {
    const { nick: own, occupants = [] } = rooms.get(room) ?? {};
    const others = occupants.map(({ nick }) => nick).filter((nick) => nick !== own);
    return namedIn(body, others).map(({ nick, range }) => ({ range, jid: `${room}/${nick}` }));
  }

  function write(message: Message, again: boolean): void {
    const { chat, kind, id, body, replyTo, thread, url, file, time } = message;
    const live = link();
    if (live === undefined) throw new DisconnectedError();
    const { features, session } = live;
    features.chatStates.enabled = options.tellsTyping();
    features.messages.send({
      to: chat,
      type: kind === 'room' ? 'groupchat' : 'chat',
      occupant: kind === 'private',
      id,
      body,
      state: kind === 'contact' ? features.chatStates.attach(chat) : undefined,
      ...(kind === 'room' ? {} : { requestReceipt: true, markable: true }),
      ...(replyTo === undefined ? {} : { reply: replyOf(replyTo, answered(store, message)) }),
      ...(thread === undefined ? {} : { thread }),
      ...(url === undefined && kind === 'room' ? { mentions: named(chat, body) } : {}),
      ...(url === undefined ? {} : { link: url }),
      ...(url === undefined || file === undefined ? {} : { file: { ...file, url } }),
      // XEP-0203: written before, and not known to have arrived.
      ...(again ? { delay: time } : {}),
    });
    if (kind === 'room') slow.spoke(chat);
    // A room's message is confirmed by its reflection alone (XEP-0045 §7.4).
    if (!session.acknowledges && kind !== 'room') confirmSoon();
  }

  function amend(amendment: Amendment, message: Message, again: boolean): void {
    const live = link();
    if (live === undefined) throw new DisconnectedError();
    const { features, session } = live;
    const { chat, kind } = message;
    features.chatStates.enabled = options.tellsTyping();
    features.messages.send({
      to: chat,
      type: kind === 'room' ? 'groupchat' : 'chat',
      occupant: kind === 'private',
      id: amendment.id,
      ...contentOf(amendment, message),
      // XEP-0085 §5.1: what has a body and no state tells a contact that we want none of theirs.
      ...(kind === 'contact' && amendment.kind === 'correction'
        ? { state: features.chatStates.attach(chat) }
        : {}),
      ...(kind === 'room' && amendment.kind === 'correction'
        ? { mentions: named(chat, amendment.content) }
        : {}),
      ...(again ? { delay: amendment.time } : {}),
    });
    if (kind === 'room' && amendment.kind === 'correction') slow.spoke(chat);
    if (!session.acknowledges && kind !== 'room') confirmSoon();
  }

  /** XEP-0500 §server-side-rate-limiting: only what has a body is counted. */
  const mustWait = (chat: string, kind: ChatKind) => kind === 'room' && slow.wait(chat) > 0;

  const wire: Wire = {
    get ready() {
      return link()?.session.online === true;
    },
    get jid() {
      return link()?.session.jid ?? '';
    },
    get nextSequence() {
      return link()?.session.nextSequence;
    },
    reachable: (chat, kind, { text }) =>
      kind === 'contact' || (rooms.isCertain(bareOf(chat)) && !(text && mustWait(chat, kind))),
    write,
  };
  const outbox = outbound({
    account,
    store,
    wire,
    appended,
    changed(message) {
      changed(message);
      amendments.known(message);
    },
    failed,
    instance,
    nick: rooms.nick,
    before: (row) => amendments.flush(row),
  });

  const amendments = amending({
    account,
    store,
    amendments: options.amendments,
    instance,
    canWrite: (chat, kind, what) => outbox.canWrite(chat, kind, { text: what === 'correction' }),
    write: amend,
    changed: options.amended,
    awaitsName: options.awaitsName,
    failed,
  });

  /** All of them are kept, with one commit, or none. */
  function sendAll(
    chat: string,
    kind: ChatKind,
    bodies: readonly string[],
    { answers: to, url, file }: Attached = {},
  ): Message[] {
    const room = bareOf(chat);
    if (kind !== 'contact' && !rooms.isRoom(room)) throw new ChatError('not-joined', { room });
    // XEP-0201 §4.1: an answer stays in the conversation that it answers.
    const answering = { replyTo: to?.id, thread: to?.message.thread ?? options.threadOf(chat) };
    const messages = outbox.sendAll(chat, kind, bodies, { ...answering, url, file });
    // XEP-0410 §3.2: a room silent for long is asked first; its answer lets the message out, or brings us back.
    const waits = messages.some(({ state }) => state === 'queued');
    if (kind !== 'contact' && waits && !mustWait(chat, kind)) void rooms.check(room);
    return messages;
  }

  const send = (chat: string, kind: ChatKind, body: string, attached?: Attached): Message =>
    sendAll(chat, kind, [body], attached)[0] as Message;

  /** Until the server's pong and the acknowledgement are there, an error came, or time or signal ended it. */
  async function confirmed(row: number, timeout: number, signal: AbortSignal): Promise<void> {
    const { features, session } = linked();
    const ended = new AbortController();
    const until = { timeout, signal: AbortSignal.any([signal, ended.signal]) };
    const settled = outbox.settled(row, until);
    session.requestAcknowledgement();
    const pong = features.ping.ping(session.domain, until).then(
      async () => {
        outbox.release(row, true);
        await settled;
      },
      () => undefined,
    );
    await Promise.race([pong, settled]);
    ended.abort();
  }

  return {
    outbox,
    amendments,
    send,
    sendAll,

    /** whose errors they are, by chat and id */
    bouncing: {
      failed: (chat: string, id: string, failure: MessageFailure): boolean =>
        amendments.bounced(chat, id, failure) || outbox.failed(chat, id, failure),
      again(chat: string, id: string): void {
        if (!amendments.again(chat, id)) outbox.again(chat, id);
      },
      isUnknown: outbox.isUnknown,
    },

    /** The server ended the stream for something that we wrote: the largest text on its way counts as refused. */
    refused(condition: string): void {
      if (!outbox.refused(condition, amendments.largest())) amendments.refused(condition);
    },

    /** Commits the row, logs in, waits for the acknowledgement and for the answer to a ping behind it. */
    async sendAndSettle(
      chat: string,
      kind: ChatKind,
      body: string,
      { timeout, signal, online }: SettleOptions,
      attached: Attached = {},
    ): Promise<Message> {
      const deadline = Date.now() + timeout;
      const { row } = send(chat, kind, body, attached);
      outbox.hold(row);
      try {
        await unlessAborted(online(), signal);
        if (!signal.aborted) await confirmed(row, Math.max(1, deadline - Date.now()), signal);
      } catch (error) {
        if (!staysQueued(error)) {
          outbox.withdraw(row);
          throw error;
        }
      } finally {
        outbox.release(row, false);
      }
      const message = store.get(row);
      if (message === undefined) throw new ChatError('message-gone');
      return message;
    },
  };
}

export type Delivery = ReturnType<typeof delivery>;

/** What an amendment says of its message. */
function contentOf({ kind, content }: Amendment, message: Message): Partial<OutgoingMessage> {
  const id = nameOf(message, kind) ?? message.id;
  if (kind === 'retraction') return { retraction: { id, originId: message.id } };
  if (kind === 'reaction') return { reactions: { id, emojis: JSON.parse(content) as string[] } };
  // XEP-0308 §rules: a correction takes the place of all of it, so what it answers is said again.
  const { replyTo, thread } = message;
  return {
    body: content,
    replaces: id,
    ...(replyTo === undefined ? {} : { reply: { id: replyTo } }),
    ...(thread === undefined ? {} : { thread }),
  };
}

/** characters of a message that an answer repeats */
const LONGEST_QUOTE = 500;

/** What an answer says of what it answers, for those who do not know answers too; the id alone where that is gone. */
function replyOf(id: string, message: Message | undefined): NonNullable<OutgoingMessage['reply']> {
  if (message === undefined) return { id };
  const quoted = [...message.body].slice(0, LONGEST_QUOTE).join('');
  return { id, to: message.from, ...(quoted === '' ? {} : { quoted }) };
}

function answered(store: MessageStore, { account, chat, kind, replyTo = '' }: Message): Message | undefined {
  const byRoom = kind === 'room' ? store.byStanzaId(account, chat, replyTo) : undefined;
  return byRoom ?? store.byId(account, chat, replyTo)[0];
}

const TRANSIENT: readonly string[] = [
  'dns-not-found',
  'dns-failed',
  'refused',
  'unreachable',
  'timeout',
  'closed',
];

/** Resolves when the work is done, or nobody waits for it any more; rejects as the work does. */
async function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let stop = () => {};
  const aborted = new Promise<void>((resolve) => {
    stop = resolve;
  });
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
    // How it fails then, nobody hears.
    work.catch(() => {});
  }
}

/** Whether a later run may well deliver it: no network, DNS, time-outs; not a refusal, not a server that lies. */
export function staysQueued(error: unknown): boolean {
  if (error instanceof AuthenticationError) return error.condition === 'temporary-auth-failure';
  if (error instanceof ConnectionError) return TRANSIENT.includes(error.condition);
  if (error instanceof ChatError) return error.condition === 'offline';
  return error instanceof TimeoutError || error instanceof DisconnectedError;
}
