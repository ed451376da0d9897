/** What people and rooms are called in a notification: nobody can pass for somebody else. */
import { bareOf, localOf, resourceOf } from '../../chat/address.ts';
import type { Client } from '../../chat/client.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { brief, sanitize } from '../sanitize.ts';

export interface Known {
  readonly chats: Pick<Client['chats'], 'chatOf' | 'kindOf'>;
  readonly contacts: Pick<Client['contacts'], 'get'>;
  readonly rooms: Pick<Client['rooms'], 'list' | 'name'>;
  readonly conferences: Pick<Client['conferences'], 'continuesOurs'>;
}

/** UTF-16 units of the name of a room in a line */
const NAME = 40;

/** `Alice (alice@example.org)`; a stranger, or a contact without a name of its own, by JID alone. */
export function personName(known: Known, jid: string): string {
  const bare = bareOf(jid);
  const name = known.contacts.get(bare)?.name.trim() ?? '';
  const address = sanitize(bare);
  // A name that is itself an address could be somebody else's.
  const tells = name !== '' && name !== bare && name !== localOf(bare) && !name.includes('@');
  return tells ? `${brief(name)} (${address})` : address;
}

/** A person by any JID: an occupant always with the room. */
export function peerName(known: Known, words: Catalogue, jid: string): string {
  const chat = known.chats.chatOf(jid);
  const kind = known.chats.kindOf(chat);
  if (kind === 'private') return occupantName(words, resourceOf(chat) ?? '', bareOf(chat));
  return kind === 'room' ? sanitize(chat) : personName(known, jid);
}

/** Who invites: by a room that hands it on often an occupant, whose chat is none as long as we are not there. */
export function inviterName(known: Known, words: Catalogue, from: string, room: string): string {
  const nick = resourceOf(from);
  return bareOf(from) === room && nick !== undefined
    ? occupantName(words, nick, room)
    : peerName(known, words, from);
}

export function occupantName(words: Catalogue, nick: string, room: string): string {
  return words.notifications.inRoom(brief(nick), sanitize(room));
}

/** `Verona (talk-x7)`, or `talk-x7` where the room has no name of its own. */
export function roomName(known: Known, room: string): string {
  const [name, address] = [ownName(known, room), shortAddress(known, room)];
  return name === '' ? address : `${name} (${address})`;
}

/** The same, of a room by its JID. */
export function roomByJid(known: Known, room: string): string {
  const name = ownName(known, room);
  return name === '' ? sanitize(room) : `${name} (${sanitize(room)})`;
}

/** As short as it can be, where one knows that it is a room: its name, else its address. */
export function shortRoomName(known: Known, room: string): string {
  return ownName(known, room) || shortAddress(known, room);
}

/** What its owners call it; '' where that is an address, which could be somebody's. */
function ownName(known: Known, room: string): string {
  const name = known.rooms.name(room).trim();
  return name === '' || name.includes('@') ? '' : brief(name, NAME);
}

/** `lobby` where only one joined room is called so, else the whole JID. */
function shortAddress(known: Known, room: string): string {
  const local = localOf(room);
  const alike = known.rooms.list().filter((joined) => localOf(joined.room) === local);
  const unique = alike.length === 1 && alike[0]?.room === room;
  return sanitize(local !== undefined && unique ? local : room);
}
