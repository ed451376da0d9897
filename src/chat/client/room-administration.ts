/** `client.rooms.administration`: what moderators, admins and owners do with a room. XEP-0045 §8, §9, §10. */
import { StanzaError } from '../../xmpp/errors.ts';
import { affiliated, setAffiliation, setRole } from '../../xmpp/muc/administration.ts';
import { cancelConfiguration, destroyRoom } from '../../xmpp/muc/config.ts';
import { moderateMessage } from '../../xmpp/muc/moderating.ts';
import { registerWith, reservedNick, roomRegistration } from '../../xmpp/muc/room-registration.ts';
import { bareOf, domainOf, parseAddress } from '../address.ts';
import type { Affiliation, Role } from '../events.ts';
import { type Filled, type FilledForm, formValues } from '../form.ts';
import type { MediaSaver } from '../form-media.ts';
import type { Message } from '../message.ts';
import { ChatError } from '../problem.ts';
import type { ChatRooms } from '../rooms.ts';
import type { Linked } from './link.ts';
import type { RoomForms } from './room-forms.ts';

/** Somebody with an affiliation, in the room or not. */
export interface Affiliated {
  readonly room: string;
  /** bare JID */
  readonly jid: string;
  readonly nick?: string | undefined;
  readonly affiliation: Affiliation;
  readonly reason?: string | undefined;
}

/** answers of a room that registers nobody */
const NO_REGISTRATION: readonly string[] = ['feature-not-implemented', 'service-unavailable'];

const LISTS = ['owner', 'admin', 'member', 'outcast'] as const;

export interface RoomAdministrationOptions {
  readonly linked: Linked;
  readonly rooms: Pick<ChatRooms, 'get' | 'forgetKept'>;
  readonly forms: RoomForms;
  readonly saveMedia: MediaSaver;
  readonly message: (row: number) => Message | undefined;
}

/**
 * Everything here rejects with the room's StanzaError (`forbidden`, `not-allowed`, `conflict`, `item-not-found`, …) and
 * ChatError `offline`.
 */
export function roomAdministration(options: RoomAdministrationOptions) {
  const { linked, rooms, forms, saveMedia, message } = options;

  /** An occupant by nickname, as its JID where that is shown; else a JID. */
  function whoIs(room: string, who: string): string | { nick: string } {
    const occupant = rooms.get(room)?.occupants.find(({ nick }) => nick === who);
    const jid = who.includes('@') ? parseAddress(who, undefined) : undefined;
    if (occupant === undefined) {
      if (jid === undefined) throw new ChatError('no-such-occupant', { nick: who, room });
      return bareOf(jid);
    }
    const real = occupant.jid === undefined ? undefined : bareOf(occupant.jid);
    // Anybody may take somebody else's JID for a nickname.
    if (jid !== undefined && real !== bareOf(jid)) throw new ChatError('ambiguous-occupant', { nick: who });
    return real ?? { nick: who };
  }

  const changeAffiliation = async (room: string, who: string, affiliation: Affiliation, reason?: string) =>
    setAffiliation(linked().session, room, whoIs(room, who), affiliation, reason);

  /** The room; where it knows no registration its service, which then keeps one nickname for all rooms (ejabberd). */
  async function whereToRegister(room: string) {
    const { session } = linked();
    try {
      return { at: room, ...(await roomRegistration(session, room)) };
    } catch (error) {
      if (!(error instanceof StanzaError) || !NO_REGISTRATION.includes(error.condition)) throw error;
      const at = domainOf(room);
      return { at, ...(await roomRegistration(session, at)) };
    }
  }

  /** A list that we may not read is empty: the others are told all the same. */
  async function list(room: string, affiliation: (typeof LISTS)[number]): Promise<Affiliated[] | Error> {
    try {
      const found = await affiliated(linked().session, room, affiliation);
      return found.map((entry) => ({ room, affiliation, ...entry }));
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  return {
    /** Makes an occupant leave (§8.2). */
    async kick(room: string, nick: string, reason?: string): Promise<void> {
      await setRole(linked().session, room, nick, 'none', reason);
    },

    /** Grants or revokes voice (§8.3, §8.4) and the role of a moderator (§9.6, §9.7). */
    async setRole(room: string, nick: string, role: Exclude<Role, 'none'>, reason?: string): Promise<void> {
      await setRole(linked().session, room, nick, role, reason);
    },

    /** `who`: a nickname in the room, or a JID, which need not be there (§9.1–§9.5, §10.3–§10.8). */
    setAffiliation: changeAffiliation,

    /** Never to be let in again (§9.1). */
    ban: (room: string, who: string, reason?: string): Promise<void> =>
      changeAffiliation(room, who, 'outcast', reason),

    /** Takes a ban back (§9.2). */
    unban: (room: string, jid: string): Promise<void> => changeAffiliation(room, jid, 'none'),

    /** Who has an affiliation; of all lists those that we may read. Rejects where that is none. §9.2, §9.5, §10.5, §10.8 */
    async affiliations(room: string, only?: (typeof LISTS)[number]): Promise<Affiliated[]> {
      const lists = await Promise.all((only === undefined ? LISTS : [only]).map((one) => list(room, one)));
      const read = lists.filter((entry) => !(entry instanceof Error));
      if (read.length === 0) throw lists[0];
      return read.flatMap((entry) => (entry instanceof Error ? [] : entry));
    },

    /** Ends a room for everybody; `successor`: the JID of the room to go to instead (§10.9). */
    async destroy(
      room: string,
      more: { successor?: string | undefined; reason?: string | undefined } = {},
    ): Promise<void> {
      await destroyRoom(linked().session, room, { alternate: more.successor, reason: more.reason });
      rooms.forgetKept(room);
    },

    /** The configuration form, for an owner, its pictures saved; undefined where nothing can be configured (§10.2). */
    async configuration(room: string): Promise<FilledForm | undefined> {
      const form = await forms.read(room);
      return form && saveMedia(form, room);
    },

    /** Submits that form; a new room opens by it. Rejects with StanzaError `not-acceptable`, `forbidden`. */
    configure: (room: string, filled: Filled): Promise<void> => forms.submit(room, filled),

    /**
     * Gives up configuring; another room stays as it was (§10.2). A `created` one is to be destroyed by it (§10.1.3),
     * which neither Prosody nor ejabberd does: we leave it, and it goes with its last occupant.
     */
    async cancelConfiguration(room: string, { created = false } = {}): Promise<void> {
      const { session, features } = linked();
      await cancelConfiguration(session, room);
      if (created) await features.rooms.leave(room);
    },

    /** Asks the moderators for the right to speak (§7.13). Rejects with XmppError `not-joined`. */
    async requestVoice(room: string): Promise<void> {
      await linked().features.rooms.requestVoice(room);
    },

    /** Makes a nickname our own in the room; the rest of its form as `filled` says (§7.10). */
    async registerNick(room: string, nick: string, filled: Filled = {}): Promise<void> {
      const { session } = linked();
      const { at, form } = await whereToRegister(room);
      if (form === undefined) throw new ChatError('nothing-to-configure', { room });
      const own = form.fields.find(({ name }) => /(^|_)(roomnick|nick)$/.test(name))?.name;
      const values = formValues(form, { ...filled, ...(own === undefined ? {} : { [own]: nick }) });
      await registerWith(session, at, form, values);
    },

    /** The nickname that the room keeps for us, where it does (§7.12). */
    reservedNick: async (room: string): Promise<string | undefined> => reservedNick(linked().session, room),

    /** Takes somebody's message away for everybody (XEP-0425). Rejects with UnsupportedFeatureError, ChatError. */
    async moderate(row: number, reason?: string): Promise<void> {
      const known = message(row);
      if (known === undefined || known.retracted) throw new ChatError('message-gone');
      if (known.kind !== 'room') throw new ChatError('not-in-a-room');
      if (!known.stanzaId) throw new ChatError('message-without-id');
      const { session, features } = linked();
      await moderateMessage({ session, disco: features.disco }, known.chat, known.stanzaId, reason);
    },
  };
}

export type RoomAdministration = ReturnType<typeof roomAdministration>;
