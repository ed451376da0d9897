/** What stands beside an occupant's name: affiliation, role, presence, JID. */
import type { Occupant } from '../../chat/events.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { brief, sanitize } from '../sanitize.ts';

/** Sanitised; the usual (no affiliation, participant, available) is not said. */
export function occupantMarks({ words }: Catalogue, occupant: Occupant): string[] {
  const { affiliations, roles, shows } = words;
  return [
    occupant.affiliation === 'none' ? '' : affiliations[occupant.affiliation],
    occupant.role === 'participant' ? '' : roles[occupant.role],
    occupant.show === 'available' ? '' : shows[occupant.show],
    brief(occupant.status),
    occupant.jid === undefined ? '' : sanitize(occupant.jid),
  ].filter((mark) => mark !== '');
}
