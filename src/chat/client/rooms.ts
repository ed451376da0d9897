/** `client.rooms`: rooms found, entered, spoken of and left. XEP-0045. */
import { type Filled, type FilledForm, readableForm } from '../form.ts';
import type { MediaSaver } from '../form-media.ts';
import type { SlowModes } from '../rooms/slow-mode.ts';
import type { ChatRooms } from '../rooms.ts';
import type { RoomAdministration } from './room-administration.ts';

export interface RoomAreaOptions {
  readonly rooms: ChatRooms;
  readonly slow: Pick<SlowModes, 'get'>;
  readonly administration: RoomAdministration;
  readonly saveMedia: MediaSaver;
}

export function roomArea({ rooms, slow, administration, saveMedia }: RoomAreaOptions) {
  const { service, address, browse, list, get, name, join, leave, setNick } = rooms;
  return {
    /** what moderators, admins and owners do with a room */
    administration,

    /** Resolves to the JID of the server's room service, found by disco; undefined where it has none. */
    service,

    /** Completes a bare room name with the room service; ChatError `no-room-service` where there is none. */
    address,

    /** Public rooms with that text in name, description or address, or all; rejects as ChannelSearch.search does. */
    browse,

    /** those that we are in, and those that are being entered again */
    list,

    get,

    /** What a joined room is called by its owners; '' where it does not say, or only repeats its address. §6.4 */
    name,

    /** Rejects with StanzaError and the room's condition: `conflict` (nick), `not-authorized` (password), … */
    join,

    /** Also for good: it is not entered at the next log-in. Rejects with ChatError `not-kept`. */
    leave,

    /** Rejects with StanzaError `conflict`, … A kept room is entered by the new name from now on. */
    setNick,

    async setSubject(room: string, subject: string): Promise<void> {
      await rooms.feature().setSubject(room, subject);
    },

    async invite(room: string, jid: string, reason: string | undefined): Promise<void> {
      await rooms.feature().invite(room, jid, { reason });
    },

    /** How fast one may speak in a joined room, where it limits that (XEP-0500). */
    slowMode: slow.get,

    /** What a room wants to know of who enters (XEP-0158), since `join` rejected with `captcha`; its pictures are saved. */
    async captcha(room: string): Promise<FilledForm | undefined> {
      const challenge = rooms.challenge(room);
      if (challenge === undefined) return undefined;
      const { form, url, data, from } = challenge;
      return saveMedia(readableForm(form, url), from, data);
    },

    /** Answers it, and is in. Rejects with ChatError `captcha-needs-answers`, `captcha-failed`; else as `join`. */
    answerCaptcha: (room: string, filled: Filled): Promise<{ created: boolean; nick: string }> =>
      rooms.answerChallenge(room, filled),

    /** Tells the room that nobody will. */
    declineCaptcha: (room: string): void => rooms.declineChallenge(room),
  };
}

export type RoomArea = ReturnType<typeof roomArea>;
