/** What people and chats are called. A contact's name only for exactly that JID, strangers by JID. */
import { bareOf, resourceOf } from '../../chat/address.ts';
import type { Message } from '../../chat/message.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import type { Seat } from '../face.ts';
import { sanitize } from '../sanitize.ts';

/** Short, unsanitised: the contact's name, the room's JID, `nick (room)`. */
export function chatLabel({ client }: Seat, chat: string): string {
  const bare = bareOf(chat);
  switch (client.kindOf(chat)) {
    case 'contact':
      return client.contact(bare)?.name || bare;
    case 'room':
      return bare;
    case 'private':
      return `${resourceOf(chat) ?? ''} (${bare})`;
  }
}

/** The line at the top of a conversation. */
export function chatTitle({ client }: Seat, { conversation }: Catalogue, chat: string): string {
  const bare = bareOf(chat);
  switch (client.kindOf(chat)) {
    case 'contact':
      return conversation.contactTitle(sanitize(client.contact(bare)?.name ?? ''), sanitize(bare));
    case 'room':
      return conversation.roomTitle(sanitize(chat), client.joinedRoom(chat)?.occupants.length ?? 0);
    case 'private':
      return conversation.privateTitle(sanitize(resourceOf(chat) ?? ''), sanitize(bare));
  }
}

/** Who said it, unsanitised. */
export function senderName({ client }: Seat, { conversation }: Catalogue, message: Message): string {
  if (message.direction === 'out') return message.nick ?? conversation.me;
  if (message.kind !== 'contact') return message.nick ?? resourceOf(message.from) ?? message.from;
  const bare = bareOf(message.from);
  return client.contact(bare)?.name || bare;
}
