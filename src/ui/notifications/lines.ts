/** Events of people, messages, requests and files as sentences; `undefined` where there is nothing to tell. */
import { bareOf, localOf, resourceOf } from '../../chat/address.ts';
import type { ChatEvents, Contact, FileTransfer, Request } from '../../chat/events.ts';
import type { Message } from '../../chat/message.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { moderatorOf } from '../conversation/notes.ts';
import { size } from '../render/formats.ts';
import { reroutedText } from '../render/transfer.ts';
import { brief, sanitize } from '../sanitize.ts';
import { whyNotDelivered, whyOf } from '../sentences.ts';
import { inviterName, type Known, occupantName, peerName, personName } from './names.ts';

const NAMED_ONLINE = 10;
const LONGEST_BODY = 1000;

export type PresenceKind = 'online' | 'offline' | 'changed';

/** What a presence means for the person: another device of somebody who is there is no news. */
export function presenceKind(known: Known, event: ChatEvents['presence'][0]): PresenceKind | undefined {
  if (event.initial) return undefined;
  const others = (known.contacts.get(event.jid)?.resources ?? []).filter(
    ({ resource }) => resource !== event.resource,
  );
  const was = event.before !== undefined && event.before.show !== 'offline';
  if (event.show === 'offline') return was && others.length === 0 ? 'offline' : undefined;
  if (!was) return others.length === 0 ? 'online' : undefined;
  const same = event.before?.show === event.show && event.before.status === event.status;
  return same ? undefined : 'changed';
}

export function presenceLine(
  known: Known,
  words: Catalogue,
  event: ChatEvents['presence'][0],
  kind: PresenceKind,
): string {
  const who = personName(known, event.jid);
  const status = brief(event.status);
  const show = words.words.shows[event.show];
  switch (kind) {
    case 'online':
      return words.notifications.online(who, event.show === 'available' ? '' : show, status);
    case 'offline':
      return words.notifications.offline(who, status);
    case 'changed':
      return words.notifications.changed(who, show, status);
  }
}

/** Who is online, once, after log-in. */
export function onlineLine(known: Known, words: Catalogue, contacts: readonly Contact[]): string {
  const online = contacts.filter(({ resources }) => resources.length > 0);
  const named = online.slice(0, NAMED_ONLINE).map(({ jid }) => personName(known, jid));
  return words.notifications.onlineNow(named, online.length - named.length);
}

export function messageLine(known: Known, words: Catalogue, message: Message): string {
  const { notifications } = words;
  const body = bodyOf(message, words);
  const nick = brief(message.nick ?? resourceOf(message.from) ?? '');
  const room = sanitize(bareOf(message.chat));
  if (message.kind === 'private') return notifications.privateMessage(nick, room, body);
  if (message.kind === 'contact') return notifications.message(personName(known, message.from), body);
  return message.mention
    ? notifications.mention(nick, room, body)
    : notifications.roomMessage(nick, room, body);
}

/** Somebody thinks something of a message of ours. */
export function reactionLine(
  known: Known,
  words: Catalogue,
  message: Message,
  { from, emojis }: { from: string; emojis: readonly string[] },
): string {
  const { reaction, reactionInRoom } = words.notifications;
  const said = bodyOf(message, words);
  const what = brief(emojis.join(' '));
  if (message.kind === 'contact') return reaction(personName(known, from), what, said);
  return reactionInRoom(brief(resourceOf(from) ?? ''), sanitize(bareOf(message.chat)), what, said);
}

/** A moderator took a message of ours away. */
export function moderatedLine(words: Catalogue, message: Message): string {
  const { moderated } = message;
  return words.notifications.moderated(
    moderatorOf(message),
    sanitize(bareOf(message.chat)),
    brief(moderated?.reason ?? ''),
  );
}

function bodyOf(message: Message, words: Catalogue): string {
  if (message.body === '' && message.encryption !== 'none') return words.notifications.encrypted;
  const body = message.body === '' ? (message.url ?? '') : message.body;
  return brief(body, LONGEST_BODY);
}

export function failedLine(known: Known, words: Catalogue, message: Message): string {
  const { kind, chat, failure = { condition: 'undefined-condition' } } = message;
  return words.notifications.failed(peerName(known, words, chat), whyNotDelivered(words, failure, kind));
}

/** XEP-0045 §7.9: a room may go on with a conversation, ours with who invites or somebody else's. */
function invitationKind(
  known: Pick<Known, 'conferences'>,
  request: Request,
): 'invitation' | 'continued' | 'continuedElse' {
  if (request.continues === undefined) return 'invitation';
  return known.conferences.continuesOurs(request) ? 'continued' : 'continuedElse';
}

/** Who invites to which room: a person, or somebody in it. Safe text. */
export function invitationLine(known: Known, words: Catalogue, request: Request, text: string): string {
  const { request: sentences } = words.notifications;
  const room = sanitize(request.room ?? '');
  const kind = invitationKind(known, request);
  const nick = resourceOf(request.from);
  if (bareOf(request.from) === request.room && nick !== undefined && kind === 'invitation')
    return sentences.insider(brief(nick), room, text);
  return sentences[kind](inviterName(known, words, request.from, request.room ?? ''), room, text);
}

export function requestLine(known: Known, words: Catalogue, request: Request): string {
  const { request: sentences } = words.notifications;
  const text = brief(request.text ?? '');
  switch (request.kind) {
    case 'subscription':
      return sentences.subscription(
        personName(known, request.from),
        // a nickname that only repeats the user name is no news
        request.nick === localOf(bareOf(request.from)) ? '' : brief(request.nick ?? ''),
        text,
      );
    case 'voice':
    case 'membership':
      return sentences[request.kind](peerName(known, words, request.from), sanitize(request.room ?? ''));
    case 'invitation':
      if (request.instead !== undefined)
        return sentences.successor(sanitize(request.instead), sanitize(request.room ?? ''));
      return invitationLine(known, words, request, text);
    case 'file':
      return offerLine(known, words, { peer: request.from, name: request.name ?? '', size: request.size });
  }
}

export function offerLine(
  known: Known,
  words: Catalogue,
  file: { peer: string; name: string; size?: number | undefined },
): string {
  const bytes = file.size === undefined ? '' : size(file.size, words);
  return words.notifications.request.file(peerName(known, words, file.peer), brief(file.name), bytes);
}

/** How a transfer ended; `undefined` while it has not, and of those whose end is told to who asked for them. */
export function fileLine(known: Known, words: Catalogue, file: FileTransfer): string | undefined {
  const { file: sentences } = words.notifications;
  const name = brief(file.name);
  const who = peerName(known, words, file.peer);
  const incoming = file.direction === 'in';
  if (file.state === 'offered' && file.before !== undefined) return reroutedText(file, words);
  if (file.awaited === true) return undefined;
  switch (file.state) {
    case 'done':
      return incoming
        ? sentences.received(name, who, sanitize(file.path ?? '')) +
            otherKind(file, words) +
            (file.unverified === true ? sentences.unverified : '')
        : sentences.sent(name, who) + (file.unconfirmed === true ? sentences.unconfirmed : '');
    case 'active':
      return file.awaits === undefined ? undefined : sentences.summing(name);
    case 'waiting':
      return sentences.waiting(name, who);
    case 'queued':
      return sentences.queued(name, who);
    case 'failed': {
      const why = whyOf(words, file.failure ?? 'undefined-condition', undefined, 'send-file');
      return incoming ? sentences.receiveFailed(name, who, why) : sentences.sendFailed(name, who, why);
    }
    case 'cancelled':
      return file.failure === 'none-accepted'
        ? sentences.noneAccepted(name, who)
        : sentences.cancelled(name, who);
    default:
      return undefined;
  }
}

/** That a file is not what it claims to be; '' where it is. */
const otherKind = ({ claimed, mime }: FileTransfer, words: Catalogue): string =>
  claimed === undefined ? '' : words.notifications.file.otherKind(brief(claimed), mime ?? '');

export function typingLine(known: Known, words: Catalogue, event: ChatEvents['typing'][0]): string {
  const who =
    event.nick === undefined
      ? personName(known, event.from)
      : occupantName(words, event.nick, bareOf(event.chat));
  return words.notifications.typing[event.state](who);
}
