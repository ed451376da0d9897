/** What we may do in a room, as far as affiliation and role tell; the room has the last word. XEP-0045 §5. */
import type { Affiliation, Occupant } from '../../chat/events.ts';
import type { JoinedRoom } from '../../chat/rooms.ts';

export interface Rights {
  readonly affiliation: Affiliation;
  readonly moderates: boolean;
  readonly administers: boolean;
  readonly owns: boolean;
  /** a visitor of a moderated room */
  readonly silent: boolean;
}

/** Takes a room as we are in it; undefined: not in it, so nothing is known, and nothing ruled out. */
export function rightsIn(room: JoinedRoom | undefined): Rights {
  const own = room?.occupants.find(({ nick }) => nick === room.nick);
  if (own === undefined)
    return { affiliation: 'none', moderates: false, administers: true, owns: true, silent: false };
  const owns = own.affiliation === 'owner';
  return {
    affiliation: own.affiliation,
    moderates: own.role === 'moderator',
    administers: owns || own.affiliation === 'admin',
    owns,
    silent: own.role === 'visitor',
  };
}

const RANKS: readonly Affiliation[] = ['outcast', 'none', 'member', 'admin', 'owner'];
const rank = (affiliation: Affiliation) => RANKS.indexOf(affiliation);

export type OccupantDeed =
  | { readonly label: 'message' | 'kick' | 'ban' }
  | {
      readonly label: 'mayNotSpeak' | 'maySpeak' | 'makeModerator' | 'noModerator';
      readonly role: 'visitor' | 'participant' | 'moderator';
    }
  | {
      readonly label: 'makeMember' | 'makeAdmin' | 'makeOwner' | 'noAffiliation';
      readonly affiliation: Affiliation;
    };

/** What we may do to one occupant (§5.1.2, §5.2.2): nobody is kicked, banned or silenced who stands as high as we do. */
export function deedsTo(rights: Rights, { affiliation, role }: Occupant): OccupantDeed[] {
  const { moderates, administers, owns } = rights;
  const below = rank(affiliation) < rank(rights.affiliation);
  const deeds: (OccupantDeed | false)[] = [
    { label: 'message' },
    moderates && (below || role !== 'moderator') && { label: 'kick' },
    administers && below && { label: 'ban' },
    moderates && role === 'visitor' && { label: 'maySpeak', role: 'participant' },
    moderates && role === 'participant' && { label: 'mayNotSpeak', role: 'visitor' },
    administers && role === 'participant' && { label: 'makeModerator', role: 'moderator' },
    administers && below && role === 'moderator' && { label: 'noModerator', role: 'participant' },
    ...affiliationDeeds({ administers, owns }, affiliation),
  ];
  return deeds.filter((deed) => deed !== false);
}

/** Admins make and unmake members; owners admins and owners as well (§9.3, §10.3, §10.6). */
export function affiliationDeeds(
  { administers, owns }: Pick<Rights, 'administers' | 'owns'>,
  now: Affiliation,
): OccupantDeed[] {
  const low = now === 'none' || now === 'member';
  const deeds: (OccupantDeed | false)[] = [
    (owns || (administers && low)) && now !== 'member' && { label: 'makeMember', affiliation: 'member' },
    owns && now !== 'admin' && { label: 'makeAdmin', affiliation: 'admin' },
    owns && now !== 'owner' && { label: 'makeOwner', affiliation: 'owner' },
    (owns || (administers && low)) && now !== 'none' && { label: 'noAffiliation', affiliation: 'none' },
  ];
  return deeds.filter((deed) => deed !== false);
}
