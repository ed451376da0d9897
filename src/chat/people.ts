/** What the domain knows of people and rooms beyond the roster. */
import type { Contact, Resource } from './events.ts';

export interface UserRow {
  readonly jid: string;
  readonly userName?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  /** where it is known from */
  readonly from: 'directory' | 'roster' | 'room';
}

export interface RoomRow {
  readonly room: string;
  readonly name: string;
  readonly description?: string | undefined;
  readonly occupants?: number | undefined;
  readonly passwordProtected?: boolean | undefined;
  readonly membersOnly?: boolean | undefined;
  /** can be entered without a password and without being a member */
  readonly open?: boolean | undefined;
  /** seconds between two messages of one person (XEP-0500) */
  readonly slowMode?: number | undefined;
  /** kept for every log-in */
  readonly kept: boolean;
  readonly joined: boolean;
}

/** Everything known of one JID; what could not be learnt is absent. */
export interface UserDetails {
  readonly jid: string;
  readonly name?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly subscription?: Contact['subscription'] | undefined;
  readonly ask?: boolean | undefined;
  readonly blocked?: boolean | undefined;
  readonly resources: readonly (Resource & {
    readonly time?: string | undefined;
    readonly idleSeconds?: number | undefined;
  })[];
  /** milliseconds since 1970 */
  readonly lastSeen?: number | undefined;
  readonly vcard?: Readonly<Record<string, string>> | undefined;
  readonly sharedRooms: readonly { readonly room: string; readonly nick: string }[];
  /** condition, where the server says that there is no such user */
  readonly failure?: string | undefined;
}
