/** Rooms as a person has them: those we are in, and those kept for every log-in. */

import type { Disco } from '../xmpp/disco.ts';
import { publicRooms, roomService } from '../xmpp/muc/browse.ts';
import type { Rooms as RoomsFeature } from '../xmpp/muc/rooms.ts';
import { localOf, parseAddress } from './address.ts';
import type { Tell } from './contacts.ts';
import type { Occupant } from './events.ts';
import type { RoomRow } from './people.ts';
import { ChatError } from './problem.ts';
import type { RoomStore } from './stores.ts';

export interface JoinedRoom {
  readonly room: string;
  readonly nick: string;
  readonly subject: string;
  /** false while the connection is lost or the room is being entered again */
  readonly joined: boolean;
  readonly occupants: readonly Occupant[];
}

export interface JoinOptions {
  /** default: the nickname of the last time, else the user name */
  readonly nick?: string | undefined;
  readonly password?: string | undefined;
  /** enter at every log-in */
  readonly keep?: boolean | undefined;
  /** a new room stays locked until its form is submitted */
  readonly reserve?: boolean | undefined;
}

export interface ChatRoomsOptions {
  readonly account: string;
  readonly store: RoomStore;
  readonly tell: Tell;
}

interface Link {
  readonly rooms: RoomsFeature;
  readonly disco: Disco;
}

/** lines of a room's past asked for at entering, where the room keeps no archive that we could page */
const PAST_LINES = 20;

export function chatRooms({ account, store, tell }: ChatRoomsOptions) {
  let link: Link | undefined;

  const connected = (): Link => {
    if (link === undefined) throw new ChatError('offline');
    return link;
  };
  const service = async (): Promise<string> => {
    const found = await roomService(connected().disco);
    if (found === undefined)
      throw new ChatError('no-room-service', { domain: account.slice(account.indexOf('@') + 1) });
    return found;
  };
  const kept = (room: string) => store.rooms(account).find((entry) => entry.room === room);
  const defaultNick = (room: string) => kept(room)?.nick ?? localOf(account) ?? account;

  async function join(room: string, options: JoinOptions): Promise<{ created: boolean; nick: string }> {
    const nick = options.nick ?? defaultNick(room);
    const password = options.password ?? kept(room)?.password;
    const { rooms } = connected();
    const entered = await rooms.enter(room, {
      nick,
      password,
      history: { maxStanzas: PAST_LINES },
      reserve: options.reserve,
    });
    if (options.keep === true) store.keep(account, { room, nick: entered.nick, password, autojoin: true });
    return { created: entered.created, nick: entered.nick };
  }

  return {
    attach(wire: Link): void {
      link = wire;
      const { rooms } = wire;
      rooms.on('room', (change) => tell('room', change));
      rooms.on('occupant', (change) => tell('occupant', change));
      rooms.on('subject', (change) => tell('subject', change));
      rooms.on('roomNotice', (change) => tell('roomNotice', change));
    },

    /** Enters what is kept, and again what was lost; what cannot be entered is told as `failed`, one line each. */
    async enterKept(): Promise<void> {
      const { rooms } = connected();
      const missing = store
        .rooms(account)
        .filter((entry) => entry.autojoin && rooms.get(entry.room) === undefined);
      await Promise.all([
        rooms.rejoin({ maxStanzas: PAST_LINES }),
        ...missing.map(async ({ room, nick }) => {
          await join(room, { nick }).catch((error: { condition?: string; message?: string }) =>
            tell('room', {
              room,
              nick,
              event: 'failed',
              condition: error.condition ?? 'undefined-condition',
              text: error.message,
            }),
          );
        }),
      ]);
    },

    join,

    async leave(room: string): Promise<void> {
      const known = link?.rooms.get(room) !== undefined || kept(room) !== undefined;
      if (!known) throw new ChatError('not-joined', { room });
      store.drop(account, room);
      await link?.rooms.leave(room);
    },

    service: async (): Promise<string | undefined> => roomService(connected().disco),

    /** Completes `lobby` to `lobby@the-room-service`. */
    async address(typed: string): Promise<string> {
      const plain = typed.trim();
      const jid = parseAddress(plain, plain.includes('@') ? undefined : await service());
      if (jid === undefined || localOf(jid) === undefined) throw new ChatError('no-jid', { text: typed });
      return jid;
    },

    /** The service's public rooms, then those of ours that it does not list. */
    async browse(): Promise<RoomRow[]> {
      const { rooms, disco } = connected();
      const listed = await publicRooms(disco, await service());
      const ours = store.rooms(account).filter((entry) => !listed.some((room) => room.room === entry.room));
      const mark = (room: string) => ({
        kept: kept(room) !== undefined,
        joined: rooms.get(room)?.joined === true,
      });
      return [
        ...listed.map((room) => ({
          room: room.room,
          name: room.name,
          description: room.description,
          occupants: room.occupants,
          passwordProtected: room.passwordProtected,
          membersOnly: room.membersOnly,
          ...mark(room.room),
        })),
        ...ours.map(({ room }) => ({ room, name: localOf(room) ?? room, ...mark(room) })),
      ];
    },

    list: (): JoinedRoom[] => (link?.rooms.list() ?? []) as JoinedRoom[],
    get: (room: string): JoinedRoom | undefined => link?.rooms.get(room) as JoinedRoom | undefined,
    /** a room that we are in, were in, or keep: its messages are no contact's */
    isRoom: (room: string): boolean => link?.rooms.knows(room) === true || kept(room) !== undefined,
    nick: (room: string): string | undefined => link?.rooms.get(room)?.nick ?? kept(room)?.nick,
    feature: (): RoomsFeature => connected().rooms,
  };
}

export type ChatRooms = ReturnType<typeof chatRooms>;
