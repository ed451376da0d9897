/** Lines under the title of a chat: the subject of the room, how fast one may speak there, what hinders. */
import type { Client } from '../../chat/client.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import type { Face, Seat } from '../face.ts';
import { sanitize } from '../sanitize.ts';

export function headLines({ words }: Face, { client }: Seat, chat: string): string[] {
  const lines = client.chats.kindOf(chat) === 'room' ? [subjectNow(words, client, chat)] : [];
  const slow = client.rooms.slowMode(chat);
  if (slow !== undefined) lines.push(words.conversation.slowMode.on(slow.seconds));
  if (client.state === 'offline' || client.state === 'connecting') lines.push(words.conversation.offline);
  return lines;
}

/** The subject of a room as it is, or that we are not there to know it. */
export function subjectNow({ conversation }: Catalogue, client: Client, chat: string): string {
  const room = client.rooms.get(chat);
  if (room === undefined) return conversation.notInRoom(sanitize(chat));
  return room.subject === '' ? conversation.noSubject : conversation.subject(sanitize(room.subject));
}
