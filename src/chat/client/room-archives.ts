/** The archives of the rooms that we are in are asked again, as the account's is: something may have come by no other way. */

/** milliseconds after which a room where nothing was heard is asked again */
const QUIET = 5 * 60_000;

export interface RoomArchivesOptions {
  /** the rooms that we are in */
  readonly joined: () => readonly string[];
  /** brings what is missing from a room's archive; never rejects. `anew`: not by what is under way */
  readonly catchUp: (room: string, options?: { anew?: boolean }) => Promise<boolean>;
  /** the room's archive could not be read the last time */
  readonly isTroubled: (room: string) => boolean;
  /** a clock that never goes back, milliseconds */
  readonly clock?: () => number;
}

export function roomArchives(options: RoomArchivesOptions) {
  const { joined, catchUp, isTroubled, clock = () => performance.now() } = options;
  const asked = new Map<string, number>();

  async function read(room: string): Promise<boolean> {
    asked.set(room, clock());
    await catchUp(room);
    return !isTroubled(room);
  }

  return {
    /** A room was entered, or something came from it: what else came stands in its archive. */
    heard(room: string): void {
      asked.delete(room);
    },

    /**
     * Asks the archive of a room that was entered: what was asked before does not tell what came until then, and a room
     * that is gone answers nothing. Resolves to whether it was read to its end; never rejects.
     */
    async entered(room: string): Promise<boolean> {
      asked.set(room, clock());
      return catchUp(room, { anew: true });
    },

    /**
     * Asks one after the other those that something was heard from, that failed, or that were not asked for minutes.
     * Resolves to whether none failed.
     */
    async ask(): Promise<boolean> {
      const rooms = joined();
      for (const room of asked.keys()) if (!rooms.includes(room)) asked.delete(room);
      const due = rooms.filter(
        (room) => isTroubled(room) || clock() - (asked.get(room) ?? Number.NEGATIVE_INFINITY) >= QUIET,
      );
      let all = true;
      for (const room of due) all = (await read(room)) && all;
      return all;
    },
  };
}

export type RoomArchives = ReturnType<typeof roomArchives>;
