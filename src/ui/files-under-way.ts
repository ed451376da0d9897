/** Files that can be cancelled, by number: in a conversation those of the chat, in the menus all. */
import { bareOf } from '../chat/address.ts';
import type { FileTransfer } from '../chat/events.ts';
import type { Catalogue } from '../i18n/catalogue.ts';
import type { Seat } from './face.ts';
import { peerName } from './notifications/names.ts';
import { size } from './render/formats.ts';
import { brief } from './sanitize.ts';

/** The oldest first; of one chat, or of all. */
export function filesUnderWay({ client }: Pick<Seat, 'client'>, chat?: string): FileTransfer[] {
  return client.files
    .list()
    .filter(({ state }) => ['active', 'offered', 'waiting'].includes(state))
    .filter(({ peer }) => chat === undefined || bareOf(peer) === bareOf(chat));
}

/** `photo.jpg to Romeo (romeo@example.org): 42 %`, with the bytes where the size is not known. */
export function underWayText({ client }: Pick<Seat, 'client'>, words: Catalogue, file: FileTransfer): string {
  if (file.state === 'waiting')
    return words.notifications.file.waiting(brief(file.name), peerName(client, words, file.peer));
  if (file.awaits !== undefined) return words.notifications.file.summing(brief(file.name));
  const far =
    file.size === undefined || file.size === 0
      ? size(file.sent, words)
      : `${Math.floor((100 * file.sent) / file.size)} %`;
  return words.notifications.file.underWay[file.direction](
    brief(file.name),
    peerName(client, words, file.peer),
    far,
  );
}
