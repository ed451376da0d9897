/** What the three-digit codes of a room mean. XEP-0045 §15.6.2. */

export const ANY_OCCUPANT_SEES_JIDS = 100;
/** our affiliation changed while we were not in the room */
export const AFFILIATION_CHANGED = 101;
export const CONFIGURATION_CHANGED = 104;
export const SELF_PRESENCE = 110;
export const LOGGED = 170;
export const ROOM_CREATED = 201;
export const NICK_ASSIGNED = 210;
export const BANNED = 301;
export const RENAMED = 303;
export const KICKED = 307;
export const AFFILIATION_LOST = 321;
export const MEMBERS_ONLY_NOW = 322;
export const SERVICE_SHUTDOWN = 332;
export const TECHNICAL_PROBLEM = 333;

/** How somebody went. */
export type Departure = 'left' | 'kicked' | 'banned' | 'removed' | 'destroyed' | 'shutdown' | 'failed';

/** Why an unavailable presence was sent, from its codes. */
export function departureOf(codes: readonly number[], destroyed: boolean): Departure {
  if (destroyed) return 'destroyed';
  if (codes.includes(BANNED)) return 'banned';
  if (codes.includes(SERVICE_SHUTDOWN)) return 'shutdown';
  // §15.6: some servers add 307; beside 333 it counts for nothing.
  if (codes.includes(TECHNICAL_PROBLEM)) return 'failed';
  if (codes.includes(AFFILIATION_LOST) || codes.includes(MEMBERS_ONLY_NOW)) return 'removed';
  if (codes.includes(KICKED)) return 'kicked';
  return 'left';
}

/** Codes that tell something about the room itself: who sees addresses, logging, a changed configuration, our nick. */
const NOTICES = new Set([
  ANY_OCCUPANT_SEES_JIDS,
  AFFILIATION_CHANGED,
  102,
  103,
  CONFIGURATION_CHANGED,
  LOGGED,
  171,
  172,
  173,
  NICK_ASSIGNED,
]);

export const noticesOf = (codes: readonly number[]): number[] => codes.filter((code) => NOTICES.has(code));
