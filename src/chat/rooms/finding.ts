/** Which rooms there are: by a service that searches (XEP-0433), else what the server's room service lists (XEP-0045 §6). */
import type { Disco } from '../../xmpp/disco.ts';
import { describeRooms, type PublicRoom, publicRooms } from '../../xmpp/muc/browse.ts';
import type { ChannelSearch } from '../../xmpp/muc/channel-search.ts';
import { domainOf, localOf } from '../address.ts';
import type { RoomRow } from '../people.ts';

export type Listed = Omit<RoomRow, 'kept' | 'joined'>;

export interface FindingOptions {
  readonly disco: Disco;
  readonly channelSearch: ChannelSearch;
  /** JID of the search service that the user chose; what is searched for goes to it */
  readonly chosen: string | undefined;
  /** the server's room service; rejects with ChatError `no-room-service` */
  readonly service: () => Promise<string>;
}

/** Whether a room has a text in its name, its description or its address. */
export function isAbout({ room, name, description = '' }: Listed, text: string | undefined): boolean {
  const wanted = text?.toLocaleLowerCase() ?? '';
  return `${room}\n${name}\n${description}`.toLocaleLowerCase().includes(wanted);
}

/** The rooms with that text, or all. What the chosen service does not do is told; one of the server's own is passed over. */
export async function findRooms(text: string | undefined, options: FindingOptions): Promise<Listed[]> {
  const { channelSearch, chosen, disco } = options;
  if (chosen !== undefined) return channelSearch.search(chosen, text);
  const announced = await channelSearch.announced();
  const found = announced && (await channelSearch.search(announced, text).catch((): undefined => undefined));
  if (found) return found;
  const listed = await publicRooms(disco, await options.service());
  return listed.map(listedRow).filter((row) => isAbout(row, text));
}

/**
 * Rooms of ours that no list has, as far as they have that text. Those of the server's own service say what they are;
 * one elsewhere, whose server may not answer for long, is called as we know it or as its address.
 */
export async function unlistedRooms(
  rooms: readonly string[],
  { disco, service, nameOf }: Pick<FindingOptions, 'disco' | 'service'> & { nameOf(room: string): string },
  text: string | undefined,
): Promise<Listed[]> {
  const own = await service().catch(() => undefined);
  const isOwn = (room: string) => domainOf(room) === own;
  const described = await describeRooms(
    disco,
    rooms.filter(isOwn).map((jid) => ({ jid, name: '' })),
  );
  const others = rooms
    .filter((room) => !isOwn(room))
    .map((room) => ({ room, name: nameOf(room) || (localOf(room) ?? room) }));
  return [...described.map(listedRow), ...others].filter((row) => isAbout(row, text));
}

function listedRow(found: PublicRoom): Listed {
  const { room, name, description, occupants, passwordProtected, membersOnly, open, slowMode } = found;
  return { room, name, description, occupants, passwordProtected, membersOnly, open, slowMode };
}
