/** Which rooms there are: by a service that searches (XEP-0433), else what the server's room service lists (XEP-0045 §6). */
import type { Disco } from '../../xmpp/disco.ts';
import { publicRooms } from '../../xmpp/muc/browse.ts';
import type { ChannelSearch } from '../../xmpp/muc/channel-search.ts';
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
  return listed
    .map(({ room, name, description, occupants, passwordProtected, membersOnly, open, slowMode }) => ({
      ...{ room, name, description, occupants, passwordProtected, membersOnly, open, slowMode },
    }))
    .filter((row) => isAbout(row, text));
}
