/** Choosing a room: joined and kept ones, the public ones, or a name typed. */
import { noRooms } from '../../actions/rooms.ts';
import { localOf, parseAddress } from '../../chat/address.ts';
import type { Client } from '../../chat/client.ts';
import type { RoomRow } from '../../chat/people.ts';
import type { Face, Seat } from '../face.ts';
import { roomByJid } from '../notifications/names.ts';
import { noticeText } from '../render/notice.ts';
import { roomMarks } from '../render/room-marks.ts';
import { brief, sanitize } from '../sanitize.ts';
import { completeFrom } from './person.ts';
import { type Choice, choose } from './screen.ts';
import { whileWorking } from './working.ts';

/** rooms that one numbered list shows */
const LISTED = 50;

/** UTF-16 units of a subject or a description beside a room's name */
const ABOUT = 50;
const about = (text: string | undefined) => {
  const line = brief(text ?? '');
  return line.length > ABOUT ? `${line.slice(0, ABOUT - 1)}…` : line;
};

/** Rooms we are in, those that name us first: what is unread, and what they are about. */
export function joinedChoices({ words }: Face, { client }: Seat): Choice<string>[] {
  const { badges } = words.menus;
  const unread = new Map(client.chats.unread().map((entry) => [entry.chat, entry]));
  const rows = client.rooms.list().map((room) => ({ ...room, ...unread.get(room.room) }));
  const order = rows.sort(
    (a, b) =>
      (b.mentions ?? 0) - (a.mentions ?? 0) ||
      (b.count ?? 0) - (a.count ?? 0) ||
      a.room.localeCompare(b.room),
  );
  return order.map(({ room, subject, joined, count = 0, mentions = 0 }) => ({
    name: roomByJid(client, room),
    value: room,
    badge: [
      joined ? '' : badges.off,
      count > 0 ? badges.unread(count) : '',
      mentions > 0 ? badges.mentions(mentions) : '',
      about(subject),
    ]
      .filter((part) => part !== '')
      .join(' · '),
  }));
}

/** Resolves to the JID of a room, undefined where the user goes back. Throws what asking the server throws. */
export async function chooseRoom(face: Face, seat: Seat, message: string): Promise<string | undefined> {
  const { room: labels } = face.words.menus;
  const choice = await choose<{ room: string } | 'browse' | 'name'>(face, message, [
    ...joinedChoices(face, seat).map((entry) => ({ ...entry, value: { room: entry.value } })),
    { key: 'N', name: labels.byName, value: 'name' },
    { key: 'B', name: labels.browse, value: 'browse' },
  ]);
  if (choice === 'name') return typeRoom(face, seat);
  if (choice === 'browse') return browseRooms(face, seat);
  return choice?.room;
}

/** Asks for a room's name or JID; a bare name means one of our server's room service. */
export async function typeRoom({ terminal, words }: Face, { client }: Seat): Promise<string | undefined> {
  const joined = client.rooms.list().map((entry) => entry.room);
  const service = await client.rooms.service().catch(() => undefined);
  const typed = await terminal.text({
    message: service === undefined ? words.menus.room.noService : words.menus.room.room,
    validate: (text) =>
      text.trim() === '' || parseAddress(text, service ?? 'room.invalid') !== undefined
        ? undefined
        : words.prompts.notAJid(sanitize(text)),
    complete: (line, cursor) => completeFrom(joined, line, cursor),
  });
  return typed.trim() === '' ? undefined : client.rooms.address(typed.trim());
}

/** Lists the public rooms, all or those with a text that is asked for, until one is chosen. */
async function browseRooms(face: Face, { client }: Seat): Promise<string | undefined> {
  const { menus } = face.words;
  const message = menus.room.browse;
  for (let text: string | undefined; ; ) {
    const rooms = await whileWorking(face, { message }, () => client.rooms.browse(text)).catch(needsText);
    const chosen = rooms === undefined ? null : await chooseListed(face, client, rooms, text);
    if (chosen !== null) return chosen;
    text = (await face.terminal.text({ message: menus.room.search })).trim();
    if (text === '') return undefined;
  }
}

/** A service that does not list all of them has to be asked for some. */
function needsText(error: unknown): undefined {
  if (error instanceof Error && 'condition' in error && error.condition === 'room-search-needs-text') return;
  throw error;
}

/** One of these; null: others are to be searched for. */
async function chooseListed(
  face: Face,
  client: Client,
  rooms: readonly RoomRow[],
  text: string | undefined,
): Promise<string | null | undefined> {
  const { menus } = face.words;
  if (rooms.length === 0) {
    face.terminal.log(noticeText(await noRooms(client, text), face.words));
    return undefined;
  }
  if (rooms.length > LISTED) face.terminal.log(face.theme.dim(menus.moreRows(rooms.length - LISTED)));
  return choose<string | null>(face, menus.room.which, [
    ...rooms
      .slice(0, LISTED)
      .map((row) => ({ name: roomName(row), badge: roomBadge(face, row), value: row.room })),
    { key: 'S', name: menus.room.searchOthers, value: null },
  ]);
}

function roomName(row: RoomRow): string {
  return row.name === '' || row.name === localOf(row.room)
    ? sanitize(row.room)
    : `${sanitize(row.name)} (${sanitize(row.room)})`;
}

function roomBadge({ words }: Face, row: RoomRow): string {
  const people = row.occupants === undefined ? '' : `${words.tables.columns.people}: ${row.occupants}`;
  return [people, ...roomMarks(row, words), about(row.description)].filter((mark) => mark !== '').join(' · ');
}
