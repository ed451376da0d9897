/** What people and chats are called. A contact's name only for exactly that JID, strangers by JID. */
import { bareOf, localOf, resourceOf } from '../../chat/address.ts';
import type { Client } from '../../chat/client.ts';
import type { Message } from '../../chat/message.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import type { Seat } from '../face.ts';
import { roomByJid } from '../notifications/names.ts';
import { brief, sanitize } from '../sanitize.ts';

/** Short, unsanitised: the contact's name, the room's JID, `nick (room)`. */
export function chatLabel({ client }: Seat, chat: string): string {
  const bare = bareOf(chat);
  switch (client.chats.kindOf(chat)) {
    case 'contact':
      return client.contacts.get(bare)?.name || bare;
    case 'room':
      return bare;
    case 'private':
      return `${resourceOf(chat) ?? ''} (${bare})`;
  }
}

/** The line at the top of a conversation. */
export function chatTitle(seat: Seat, words: Catalogue, chat: string): string {
  const { client } = seat;
  const { conversation } = words;
  const bare = bareOf(chat);
  switch (client.chats.kindOf(chat)) {
    case 'contact': {
      const title = conversation.contactTitle(
        sanitize(client.contacts.get(bare)?.name ?? ''),
        sanitize(bare),
      );
      return [title, presenceText(seat, words, bare)].filter((part) => part !== '').join(' · ');
    }
    case 'room':
      return conversation.roomTitle(roomByJid(client, chat), client.rooms.get(chat)?.occupants.length ?? 0);
    case 'private':
      return conversation.privateTitle(sanitize(resourceOf(chat) ?? ''), sanitize(bare));
  }
}

/** Whether there is a connection; without one nobody tells us who is there. */
export const isConnected = ({ state }: Pick<Client, 'state'>): boolean =>
  state === 'online' || state === 'resumed';

/** `away (at lunch)`, of the resource that messages go to; '' for who is no contact, and where it is not known. */
export function presenceText({ client }: Pick<Seat, 'client'>, { words }: Catalogue, jid: string): string {
  const contact = client.contacts.get(jid);
  if (contact === undefined || !isConnected(client)) return '';
  const best = [...contact.resources].sort((a, b) => b.priority - a.priority)[0];
  const status = brief(best?.status ?? '');
  const show = words.shows[best?.show ?? 'offline'];
  return status === '' ? show : `${show} (${status})`;
}

/** Who said it, unsanitised. */
export function senderName({ client }: Seat, { conversation }: Catalogue, message: Message): string {
  // XEP-0245 §3: in the third person one is no "me".
  const own = message.body.startsWith('/me ') ? (localOf(client.account) ?? client.account) : conversation.me;
  if (message.direction === 'out') return message.nick ?? own;
  if (message.kind !== 'contact') return message.nick ?? resourceOf(message.from) ?? message.from;
  const bare = bareOf(message.from);
  return client.contacts.get(bare)?.name || bare;
}

/** Who reacted, unsanitised: `me`, the contact's name, a nickname. */
export function reactorName(seat: Seat, { conversation }: Catalogue, message: Message, from: string): string {
  const { client } = seat;
  if (message.kind !== 'contact') return resourceOf(from) ?? from;
  return from === client.account ? conversation.me : client.contacts.get(from)?.name || from;
}
