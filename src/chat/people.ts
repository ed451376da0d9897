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

/** One connected program, and what it says of itself; what it does not say is absent. */
export interface ResourceDetails extends Resource {
  /** what its clock shows, and how far that is from UTC */
  readonly time?: string | undefined;
  readonly idleSeconds?: number | undefined;
}

/** A program that is logged in to the own account. */
export interface Device extends ResourceDetails {
  /** it is this one */
  readonly current: boolean;
}

/** Everything known of one JID; what could not be learnt is absent. */
export interface UserDetails {
  readonly jid: string;
  readonly name?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly subscription?: Contact['subscription'] | undefined;
  readonly ask?: boolean | undefined;
  readonly blocked?: boolean | undefined;
  readonly resources: readonly ResourceDetails[];
  /** milliseconds since 1970 */
  readonly lastSeen?: number | undefined;
  readonly vcard?: Readonly<Record<string, string>> | undefined;
  readonly sharedRooms: readonly { readonly room: string; readonly nick: string }[];
  /** condition, where the server says that there is no such user */
  readonly failure?: string | undefined;
}
