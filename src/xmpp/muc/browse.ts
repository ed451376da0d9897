/** Which rooms there are. XEP-0045 §6.1–§6.4. */
import type { Disco, DiscoInfo, DiscoItem } from '../disco.ts';
import { TimeoutError } from '../errors.ts';
import { bareOf, localOf, resourceOf } from '../jid.ts';
import { roomInfoValues } from './room-info.ts';
import { slowModeOf } from './slow-mode.ts';

export interface PublicRoom {
  /** bare JID */
  readonly room: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly subject: string | undefined;
  readonly occupants: number | undefined;
  readonly passwordProtected: boolean | undefined;
  readonly membersOnly: boolean | undefined;
  readonly persistent: boolean | undefined;
  readonly moderated: boolean | undefined;
  readonly nonAnonymous: boolean | undefined;
  /** seconds between two messages of one person (XEP-0500) */
  readonly slowMode: number | undefined;
  /** can be entered without a password and without being a member; undefined where it does not say */
  readonly open: boolean | undefined;
}

const MUC = 'http://jabber.org/protocol/muc';

/** milliseconds for the list, and for each room */
const DEADLINE = 5_000;
/** items of a service that are looked at */
const LISTED = 2000;
/** rooms asked at the same time */
const AT_ONCE = 16;

const either = (features: readonly string[], yes: string, no: string): boolean | undefined =>
  features.includes(yes) ? true : features.includes(no) ? false : undefined;

/** Some services put the number of people behind the name: `lobby (3)`. */
const plainName = (name: string | undefined) => name?.replace(/\s*\(\d+\)$/, '');

/** What the room is called by its owners (§6.4); undefined where it says nothing. */
export const roomNameOf = (info: DiscoInfo | undefined): string | undefined =>
  info?.identities.find(({ category }) => category === 'conference')?.name || undefined;

/** What a room says of itself (§6.4), beside what the list of rooms called it. */
export function describeRoom(
  room: string,
  listed: string | undefined,
  info: DiscoInfo | undefined,
): PublicRoom {
  const features = info?.features ?? [];
  const values = roomInfoValues(info);
  const people = values.get('muc#roominfo_occupants') ?? /\((\d+)\)$/.exec(listed ?? '')?.[1] ?? '';
  const passwordProtected = either(features, 'muc_passwordprotected', 'muc_unsecured');
  const membersOnly = either(features, 'muc_membersonly', 'muc_open');
  const closed = passwordProtected === true || membersOnly === true;
  return {
    room,
    name: roomNameOf(info) || plainName(listed) || (localOf(room) ?? room),
    description: values.get('muc#roominfo_description') || undefined,
    subject: values.get('muc#roominfo_subject') || undefined,
    occupants: /^\d{1,7}$/.test(people) ? Number(people) : undefined,
    passwordProtected,
    membersOnly,
    open: closed ? false : passwordProtected === false && membersOnly === false ? true : undefined,
    persistent: either(features, 'muc_persistent', 'muc_temporary'),
    moderated: either(features, 'muc_moderated', 'muc_unmoderated'),
    nonAnonymous: either(features, 'muc_nonanonymous', 'muc_semianonymous'),
    slowMode: slowModeOf(info) || undefined,
  };
}

/**
 * The JID of the room service of our server, `undefined` where it has none; gateways to other networks do not count.
 * Rejects with TimeoutError where the server does not answer.
 */
export async function roomService(disco: Pick<Disco, 'findService' | 'silent'>): Promise<string | undefined> {
  const found = await disco.findService('conference', 'text', MUC);
  if (found === undefined && disco.silent) throw new TimeoutError();
  return found?.jid;
}

/**
 * The public rooms of a service, at most `limit`, in the service's order. A room that does not describe itself in 5 s
 * stands in the list by its name alone. Rejects as Disco.items does.
 */
export async function publicRooms(
  disco: Pick<Disco, 'items' | 'info'>,
  service: string,
  limit = 200,
): Promise<PublicRoom[]> {
  const items = await disco.items(service, undefined, { timeout: DEADLINE, most: LISTED });
  const listed = items
    .filter(
      ({ jid, node }) => node === undefined && localOf(jid) !== undefined && resourceOf(jid) === undefined,
    )
    .slice(0, limit);
  return describeRooms(disco, listed);
}

/** What these rooms say of themselves. One that says nothing in 5 s stands in the list by its name alone. Never rejects. */
export async function describeRooms(
  disco: Pick<Disco, 'info'>,
  listed: readonly Pick<DiscoItem, 'jid' | 'name'>[],
): Promise<PublicRoom[]> {
  const rows: PublicRoom[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < listed.length; at = next++) {
      const item = listed[at];
      if (item === undefined) return;
      const info = await disco.info(item.jid, undefined, { timeout: DEADLINE }).catch(() => undefined);
      rows[at] = describeRoom(bareOf(item.jid), item.name, info);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return rows;
}

/** One room; rejects with StanzaError `item-not-found` where there is none. */
export async function roomInfo(disco: Pick<Disco, 'info'>, room: string): Promise<PublicRoom> {
  return describeRoom(room, undefined, await disco.info(room, undefined, { timeout: DEADLINE }));
}
