/** Messages: RFC 6121 §5, §8.3; threads: XEP-0201, version 1.0. https://xmpp.org/extensions/xep-0201.html */
import { EventEmitter } from 'node:events';
import {
  ANNOTATION_FEATURES,
  type Annotations,
  annotatedBody,
  annotates,
  type OutgoingAnnotations,
  parseAnnotations,
  xAnnotations,
} from './annotations.ts';
import { parsePrivate, xPrivate } from './carbons.ts';
import { type ChatState, parseChatState, xChatState } from './chat-states.ts';
import { type Delay, parseDelay, xDelay } from './delay.ts';
import { type ErrorType, parseStanzaError } from './errors.ts';
import { type Encryption, NS_EME, parseEncryption } from './explicit-encryption.ts';
import { NS_SHARING, parseFileSharing, type SharedFile, xFileSharing } from './file-sharing.ts';
import { type Hint, parseHints, xHint } from './hints.ts';
import { parseOriginId, parseStanzaIds, type StanzaId, xOriginId } from './ids.ts';
import { bareOf, domainOf, parseJid, resourceOf } from './jid.ts';
import { parseNick, xNick } from './nick.ts';
import { parseOccupantId } from './occupant-id.ts';
import { NS_OOB, type OutOfBand, parseOob, xOob } from './oob.ts';
import type { Session } from './session/session.ts';
import { child, type Element, type Node, NS_CLIENT, x } from './stanza.ts';
import { NS_STYLING, parseUnstyled, xUnstyled } from './styling.ts';
import { readThread } from './thread.ts';
import { NS_XHTML_IM, parseXhtml } from './xhtml-im.ts';

export type MessageType = 'chat' | 'normal' | 'groupchat' | 'headline' | 'error';

/** What a message says, as data. */
export interface ParsedMessage extends Annotations {
  readonly type: MessageType;
  /** normalised full JID; the own bare JID where the stanza names nobody (RFC 6120 §8.1.2.1) */
  readonly from: string;
  /** normalised; the own bare JID where the stanza names nobody */
  readonly to: string;
  readonly id: string | undefined;
  readonly body: string | undefined;
  /** '' clears the subject of a room */
  readonly subject: string | undefined;
  readonly thread: string | undefined;
  readonly parentThread: string | undefined;
  /** language of the chosen body */
  readonly lang: string | undefined;
  readonly delay: Delay | undefined;
  readonly state: ChatState | undefined;
  readonly link: OutOfBand | undefined;
  /** the file that the message shares, as far as its sender tells of it (XEP-0447) */
  readonly file?: SharedFile | undefined;
  /** the XHTML body as text with the marks of XEP-0393 */
  readonly styled: string | undefined;
  /** the body is to be shown as it is */
  readonly unstyled: boolean;
  /** what the sender calls itself; unverified */
  readonly nick: string | undefined;
  /** set where the content cannot be read: the body is only the sender's excuse then */
  readonly encryption: Encryption | undefined;
  readonly originId: string | undefined;
  readonly stanzaIds: readonly StanzaId[];
  /** what its sender wanted done with it on the way */
  readonly hints: readonly Hint[];
  /** its sender wanted no copies of it on other devices (XEP-0280 §9) */
  readonly private: boolean;
  /** marked as a private message in a room (XEP-0045 §7.5); forgeable */
  readonly occupant: boolean;
  /** in rooms; forgeable where the room announces none (XEP-0421) */
  readonly occupantId?: string | undefined;
  /** type error only */
  readonly error: MessageError | undefined;
}

export interface MessageError {
  readonly condition: string;
  readonly type: ErrorType;
  readonly text: string | undefined;
  readonly by: string | undefined;
}

export interface ParseOptions {
  /** own bare JID */
  readonly account?: string;
  /** language tags, the most wanted first */
  readonly languages?: readonly string[];
  /** the local clock, milliseconds since 1970 */
  readonly now?: number;
}

const NS_MUC_USER = 'http://jabber.org/protocol/muc#user';
const TYPES: readonly string[] = ['chat', 'normal', 'groupchat', 'headline', 'error'];

/** Reads a message of any type; `undefined` where the stanza is none or has an address that is none. */
export function parseMessage(stanza: Element, options: ParseOptions = {}): ParsedMessage | undefined {
  if (!stanza.is('message', NS_CLIENT)) return undefined;
  const account = options.account ?? '';
  const from = stanza.attrs.from === undefined ? account : parseJid(stanza.attrs.from)?.full;
  const to = stanza.attrs.to === undefined ? account : parseJid(stanza.attrs.to)?.full;
  if (from === undefined || to === undefined) return undefined;
  // §5.2.2: a type that is not known is normal.
  const type = TYPES.includes(stanza.attrs.type ?? '') ? (stanza.attrs.type as MessageType) : 'normal';
  const body = chooseText(stanza, 'body', options.languages);
  const thread = child(stanza, 'thread', NS_CLIENT);
  // What an occupant says of its time, in whose name ever, does not count beside what the room says.
  const own = account === '' || type === 'groupchat' ? [] : [account, domainOf(account)];
  const prefer = [...own, bareOf(from)];
  return {
    type,
    from,
    to,
    id: stanza.attrs.id || undefined,
    body: body?.text,
    subject: chooseText(stanza, 'subject', options.languages)?.text,
    thread: readThread(thread?.getText()),
    parentThread: readThread(thread?.attrs.parent),
    lang: body?.lang,
    delay: parseDelay(stanza, options.now === undefined ? { prefer } : { prefer, now: options.now }),
    state: parseChatState(stanza),
    link: parseOob(stanza),
    file: parseFileSharing(stanza),
    styled: parseXhtml(stanza),
    unstyled: parseUnstyled(stanza),
    nick: parseNick(stanza),
    encryption: parseEncryption(stanza),
    originId: parseOriginId(stanza),
    stanzaIds: parseStanzaIds(stanza),
    hints: parseHints(stanza),
    private: parsePrivate(stanza),
    occupant: child(stanza, 'x', NS_MUC_USER) !== undefined,
    occupantId: parseOccupantId(stanza),
    ...parseAnnotations(stanza, options.now),
    error: type === 'error' ? readError(stanza) : undefined,
  };
}

function readError(stanza: Element): MessageError {
  const { condition, type, text, by } = parseStanzaError(stanza);
  return { condition, type, text, by };
}

/** §5.2.3: one of several texts: the most wanted language, else the one without, else the first. */
function chooseText(
  stanza: Element,
  name: string,
  languages: readonly string[] = [],
): { text: string; lang: string | undefined } | undefined {
  const inherited = stanza.attrs['xml:lang'];
  const texts = stanza.getChildren(name, NS_CLIENT).map((element) => ({
    text: element.getText(),
    own: element.attrs['xml:lang'],
    lang: element.attrs['xml:lang'] ?? inherited,
  }));
  const primary = (tag: string | undefined) => tag?.toLowerCase().split('-')[0];
  for (const wanted of languages) {
    const exact = texts.find(({ lang }) => lang?.toLowerCase() === wanted.toLowerCase());
    const near = exact ?? texts.find(({ lang }) => primary(lang) === primary(wanted));
    if (near) return near;
  }
  return texts.find(({ own }) => own === undefined) ?? texts[0];
}

/** What to say. */
export interface OutgoingMessage extends OutgoingAnnotations {
  /** contact or room: bare JID (a resource is cut off); occupant of a room: full JID, with `occupant` */
  readonly to: string;
  readonly type: 'chat' | 'normal' | 'groupchat';
  /** random, 128 bit; also written as origin-id */
  readonly id: string;
  /** a private message in a room (XEP-0045 §7.5) */
  readonly occupant?: boolean;
  readonly body?: string;
  readonly subject?: string;
  readonly thread?: string;
  readonly parentThread?: string;
  readonly lang?: string;
  readonly state?: ChatState | undefined;
  readonly nick?: string;
  /** a link to a file: goes as out-of-band data */
  readonly link?: string;
  /** what is behind the link (XEP-0447); the body is the link then */
  readonly file?: SharedFile;
  readonly unstyled?: boolean;
  /** milliseconds since 1970: the message was written then and could not be sent */
  readonly delay?: number;
  /** with `delay`: JID of who wrote it, where that was somebody else (XEP-0045 §7.9) */
  readonly delayedFrom?: string;
  /** no copies of it on the other devices of both sides */
  readonly private?: boolean;
  readonly hints?: readonly Hint[];
  /** elements of other features */
  readonly extensions?: readonly Node[];
}

/** Builds a message. §5.1: to the bare JID, so that every device of the contact may get it. */
export function xMessage(message: OutgoingMessage): Element {
  const body = annotatedBody(message);
  const annotations = xAnnotations(message);
  return x(
    'message',
    {
      to: message.occupant ? message.to : bareOf(message.to),
      type: message.type,
      id: message.id,
      'xml:lang': message.lang,
    },
    message.subject !== undefined && x('subject', {}, message.subject),
    body !== undefined && x('body', {}, body),
    message.thread !== undefined && x('thread', { parent: message.parentThread }, message.thread),
    message.state !== undefined && xChatState(message.state),
    message.occupant && x('x', { xmlns: NS_MUC_USER }),
    message.nick !== undefined && xNick(message.nick),
    message.link !== undefined && xOob({ url: message.link }),
    ...(message.file === undefined ? [] : xFileSharing(message.file)),
    message.unstyled && xUnstyled(),
    message.delay !== undefined && xDelay(message.delay, message.delayedFrom),
    ...annotations,
    (body !== undefined || annotations.some(Boolean)) && xOriginId(message.id),
    message.private && xPrivate(),
    ...hintsOf(message).map(xHint),
    ...(message.extensions ?? []),
  );
}

/** XEP-0280 §9: a private message says it twice; XEP-0334 §4.3: but the one only where it goes to a full JID. */
function hintsOf({ to, occupant, private: secret, hints = [] }: OutgoingMessage): readonly Hint[] {
  const full = occupant === true && resourceOf(to) !== undefined;
  const all: readonly Hint[] = secret && full ? [...hints, 'no-copy'] : hints;
  return [...new Set(all)].filter((hint) => full || hint !== 'no-copy');
}

export interface MessagesEvents {
  /** when a message arrived that says something: text, subject, link, state, of another message, or what is unreadable */
  received: [message: ParsedMessage];
  /** when a message of ours came back with an error; its `id` and `from` (whom it did not reach) name it */
  bounced: [message: ParsedMessage & { readonly error: MessageError }];
  /** when a message was written to the stream */
  sent: [message: { id: string; to: string }];
  /** when the server acknowledged a message (XEP-0198) */
  acknowledged: [message: { id: string; to: string }];
}

export interface MessagesOptions {
  readonly disco: { addFeature(ns: string): void };
  readonly languages?: readonly string[];
}

export interface Messages extends EventEmitter<MessagesEvents> {
  /** Writes a message. Throws DisconnectedError when there is no stream. */
  send(message: OutgoingMessage): void;
  /**
   * Takes messages away from `received`: where `test` is true, another feature understands them (an invitation
   * with a body for old clients, an event of a node); with `errors` away from `bounced` too. Tests are asked of every
   * message. Returns the undo.
   */
  claim(test: (stanza: Element) => boolean, more?: { errors: boolean }): () => void;
  /** Reads a message as `received` would (for those that arrive wrapped). */
  parse(stanza: Element): ParsedMessage | undefined;
}

/** Messages in and out, of every type but what other features claim. */
export function messages(session: Session, options: MessagesOptions): Messages {
  for (const ns of [NS_EME, NS_OOB, NS_SHARING, NS_STYLING, NS_XHTML_IM, ...ANNOTATION_FEATURES])
    options.disco.addFeature(ns);
  const claims = new Set<{ test: (stanza: Element) => boolean; errors: boolean }>();
  const claimed = (stanza: Element) => {
    const failed = stanza.attrs.type === 'error';
    for (const { test, errors } of claims) if ((errors || !failed) && test(stanza)) return true;
    return false;
  };
  const parse = (stanza: Element) =>
    parseMessage(stanza, { account: session.account, languages: options.languages ?? [] });

  const named = (stanza: Element) =>
    stanza.getName() === 'message' && stanza.attrs.id !== undefined
      ? { id: stanza.attrs.id, to: stanza.attrs.to ?? session.account }
      : undefined;
  const api: Messages = Object.assign(new EventEmitter<MessagesEvents>(), {
    parse,
    send: (message: OutgoingMessage) => session.send(xMessage(message)),
    claim(test: (stanza: Element) => boolean, { errors }: { errors: boolean } = { errors: false }) {
      const claim = { test, errors };
      claims.add(claim);
      return () => claims.delete(claim);
    },
  });

  session.on('message', (stanza) => {
    // Before reading it: the wrappers of an archive come by the ten thousand.
    const message = claimed(stanza) ? undefined : parse(stanza);
    if (message === undefined) return;
    const { error } = message;
    if (error !== undefined) api.emit('bounced', { ...message, error });
    else if (says(message)) api.emit('received', message);
  });
  session.on('sent', (stanza) => {
    const message = named(stanza);
    if (message) api.emit('sent', message);
  });
  session.on('acknowledged', (stanza) => {
    const message = named(stanza);
    if (message) api.emit('acknowledged', message);
  });
  return api;
}

function says(message: ParsedMessage): boolean {
  const { body, subject, link, file, styled, state, encryption } = message;
  return (
    annotates(message) ||
    [body, subject, link, file, styled, state, encryption].some((part) => part !== undefined)
  );
}
