/**
 * Which messages of a room are surely of who has that nickname now: XEP-0308 §security. Where a room gives no occupant
 * ids, a nickname counts only as long as it was there without a break since the message.
 */
import { bareOf } from '../address.ts';

/** messages remembered of one occupant: nobody corrects older ones */
const MOST = 100;

export function attendance() {
  /** rooms → occupants (full JIDs) → rows of what they said while we were there */
  const rooms = new Map<string, Map<string, Set<number>>>();

  return {
    said(row: number, occupant: string): void {
      const room = bareOf(occupant);
      const occupants = rooms.get(room) ?? new Map<string, Set<number>>();
      const rows = occupants.get(occupant) ?? new Set();
      rows.add(row);
      const [oldest] = rows;
      if (rows.size > MOST && oldest !== undefined) rows.delete(oldest);
      rooms.set(room, occupants.set(occupant, rows));
    },
    stayed: (occupant: string, row: number): boolean =>
      rooms.get(bareOf(occupant))?.get(occupant)?.has(row) === true,
    /** An occupant left, or has another nickname now. */
    left(occupant: string): void {
      rooms.get(bareOf(occupant))?.delete(occupant);
    },
    /** We were away: who is there now may be anybody. */
    away(room: string): void {
      rooms.delete(room);
    },
  };
}

export type Attendance = ReturnType<typeof attendance>;
