/**
 * How messages come in, are kept, marked and told, and how own ones go out: the parts of a client that work on them, and
 * what each hears of the others.
 */
import type { Features } from '../../xmpp/features.ts';
import type { ParsedMessage } from '../../xmpp/messages.ts';
import { roomNameOf } from '../../xmpp/muc/browse.ts';
import { slowModeOf } from '../../xmpp/muc/slow-mode.ts';
import type { Petition } from '../../xmpp/muc/voice.ts';
import { batch } from '../batch.ts';
import { changes } from '../changes.ts';
import type { Connection } from '../connection.ts';
import type { Tell } from '../contacts.ts';
import type { ChatEvents } from '../events.ts';
import { heard, heardChanges } from '../heard.ts';
import { inbound } from '../inbound.ts';
import { speaksToUs } from '../mentions.ts';
import type { Message, MessageSource } from '../message.ts';
import type { Requests } from '../requests.ts';
import { slowModes } from '../rooms/slow-mode.ts';
import type { ChatRooms } from '../rooms.ts';
import type { AccountSettings } from '../settings.ts';
import { type Instance, isStorageFailure, type Stores } from '../stores.ts';
import { typingStates } from '../typing.ts';
import { amendments } from './amendments.ts';
import { trustedArchives } from './archives.ts';
import { attendance } from './attendance.ts';
import { bounces } from './bounces.ts';
import { catchingUp } from './catching-up.ts';
import { claimedIds } from './claimed-ids.ts';
import { delivery } from './delivery.ts';
import type { Invitations } from './invitations.ts';
import type { KeptStreamState } from './kept-stream.ts';
import { chatKinds } from './kinds.ts';
import type { Linked, Live } from './link.ts';
import { listen } from './listen.ts';
import { marks } from './marks.ts';
import type { Troubles } from './troubles.ts';
import { reading } from './unread.ts';

export interface MessagingOptions {
  readonly account: string;
  readonly stores: Pick<Stores, 'messages' | 'amendments' | 'marks' | 'instances'>;
  readonly settings: Pick<AccountSettings, 'get'>;
  readonly rooms: ChatRooms;
  readonly requests: Requests;
  readonly invitations: Invitations;
  /** what rooms asked, by the id of the request */
  readonly petitions: Map<string, Petition>;
  /** the thread of a conversation that goes on in a room, by room */
  readonly threads: Map<string, string>;
  /** undefined before the first connection */
  readonly connection: () => Connection | undefined;
  readonly linked: Linked;
  readonly live: Live;
  /** of this run, as soon as it is known */
  readonly instance: () => Instance | undefined;
  /** undefined where none is kept */
  readonly stream: () => KeptStreamState | undefined;
  readonly troubles: Troubles;
  readonly tell: Tell;
  /** A message became part of a timeline, and came from somewhere. */
  readonly came: (message: Message) => void;
}

/** XEP-0500 §server-side-rate-limiting */
const EXEMPT: readonly string[] = ['owner', 'admin'];

export function messaging(options: MessagingOptions) {
  const { account, stores, settings, rooms, requests, invitations, petitions, threads } = options;
  const { connection, linked, live, instance, troubles, tell } = options;
  const store = stores.messages;
  const { failed } = troubles;
  const attended = attendance();
  /** rooms never seen before whose history is coming */
  const newRooms = new Set<string>();
  /** as inbound.ts says */
  const isFirst = heard(store.lastRow());
  const toldChanges = heardChanges();

  const kinds = chatKinds({ account, store, isRoom: rooms.isRoom });

  const archives = trustedArchives(
    async (jid) => {
      const info = await connection()?.features.disco.info(jid);
      if (info !== undefined && rooms.knows(jid)) {
        slow.learn(jid, slowModeOf(info));
        rooms.called(jid, roomNameOf(info));
      }
      return info;
    },
    (jid) => store.archiveEnd(account, jid) !== undefined,
    (jid, gives) => claims.decide(jid, gives),
  );

  const claims = claimedIds({
    account,
    store,
    changes: () => applied,
    decided: (row) => {
      const message = store.get(row);
      if (message !== undefined) out.amendments.known(message);
    },
    failed,
  });
  const awaitsName = ({ chat, kind, row }: Message) => kind === 'room' && claims.isOpen(chat, row);

  /** Our occupant id in a room, to be believed only where the room announces such ids (XEP-0421 §rules). */
  const ownId = (room: string) => (archives.namesOccupants(room) ? rooms.ownId(room) : undefined);

  /** A message became part of a timeline. */
  function added(message: Message): void {
    kinds.note(message);
    tell('message', message);
  }

  const altered = (...[message, change, news]: ChatEvents['messageChanged']) => {
    if (change !== 'state') toldChanges.note(message, change);
    tell('messageChanged', message, change, news);
  };

  const unread = reading({
    account,
    store,
    kindOf: kinds.kindOf,
    changed: (event) => tell('unread', event),
    failed,
  });
  const typing = typingStates((event) => tell('typing', event));

  const slow = slowModes({
    isExempt: (room) => EXEMPT.includes(rooms.affiliation(room) ?? 'none'),
    ready: (room) => {
      out.outbox.reachable(room);
      // A room that was silent for long is asked first, and its answer lets out what waits.
      if (!rooms.isCertain(room)) void rooms.check(room);
    },
    told: (event) => tell('slowMode', event),
  });

  const out = delivery({
    account,
    store,
    amendments: stores.amendments,
    amended: altered,
    awaitsName,
    rooms,
    slow,
    link: connection,
    linked,
    threadOf: (room) => threads.get(room),
    tellsTyping: () => settings.get('send-typing') === 'on',
    appended: (message) => {
      isFirst(message.row);
      added(message);
    },
    // What a run beside this one left, and this one sends, was told of nowhere here.
    changed: (message) => (isFirst(message.row) ? added(message) : tell('messageChanged', message, 'state')),
    failed,
    instance: () => {
      const own = instance();
      return own && { key: own.key, isAlive: (key) => stores.instances.isAlive(key) };
    },
  });

  const displayed = marks({
    account,
    store,
    marks: stores.marks,
    // Before the roster nobody knows who may be told.
    features: () => (connection()?.knowsContacts === true ? live() : undefined),
    failed,
    allowed: () => settings.get('send-receipts') === 'on',
    counted: (chat, before) => unread.count(chat, before),
  });

  const amending = amendments({
    account,
    store,
    outbox: out.amendments,
    isRoom: rooms.isRoom,
    nick: rooms.nick,
    occupantId: ownId,
    changed: altered,
    awaitsName,
  });

  const together = batch({
    store,
    told: () => unread.countNoted(),
    failed: (error) => {
      if (isStorageFailure(error)) failed(error);
    },
  });

  const speaks = speaksToUs({ account, nick: rooms.nick, occupantId: ownId });
  const applied = changes({
    account,
    store,
    namesOccupants: archives.namesOccupants,
    stayed: attended.stayed,
    speaksToUs: speaks,
    hasTold: toldChanges.has,
    changed: (message, change, news) => {
      altered(message, change, news);
      if (news?.mention === true) unread.count(message.chat);
    },
  });

  const incoming = inbound({
    account,
    store,
    batch: together,
    outbound: out.outbox,
    amended: out.amendments.confirmed,
    changes: applied,
    isRoom: rooms.isRoom,
    nick: rooms.nick,
    speaksToUs: speaks,
    trusts: archives.has,
    claims: { isOpen: archives.isOpen, note: claims.note },
    typing: typing.set,
    spoke: typing.stop,
    readElsewhere: displayed.readElsewhere,
    attendedElsewhere: displayed.attendedElsewhere,
    answeredElsewhere: displayed.answeredElsewhere,
    owes: displayed.owes,
    said: attended.said,
    isNew: (room) => newRooms.has(room),
    invited: invitations.kept,
    counted: () => options.stream()?.next() ?? (() => undefined),
    heard: isFirst,
    heardBeside: (message) => {
      added(message);
      unread.note(message.chat);
    },
    received: (message, _parsed, source) => {
      // First, since whoever has the chat open says at once that it is displayed.
      displayed.arrived(message);
      added(message);
      unread.note(message.chat);
      options.came(message);
      if (source !== 'archive') past.heard(message);
    },
  });

  const past = catchingUp({
    account,
    store,
    live,
    inbound: incoming,
    outbox: out.outbox,
    kinds,
    rooms,
    archives,
    marks: displayed,
    troubles,
  });

  function take(message: ParsedMessage, source: MessageSource): void {
    try {
      incoming.take(message, source);
      troubles.over();
    } catch (error) {
      // Told, and not taken for handled.
      if (isStorageFailure(error)) failed(error);
      throw error;
    }
  }

  return {
    kinds,
    archives,
    reading: unread,
    typing,
    slow,
    delivery: out,
    marks: displayed,
    amendments: amending,
    batch: together,
    catchingUp: past,

    /** Listens to a connection's features; they stay for the life of the session. */
    attach(features: Features): void {
      listen(features, {
        archives,
        kinds,
        outbox: out.outbox,
        bounced: bounces({
          outbox: out.bouncing,
          kindOf: kinds.kindOf,
          rooms,
          slow,
          learn: archives.learn,
        }),
        slow,
        amendments: out.amendments,
        requests,
        invitations,
        typing,
        take,
        attendance: attended,
        petitions,
        threads,
        newRooms,
        isKnown: (chat) => store.history({ account, chat, limit: 1 }).length > 0,
        entered: past.entered,
      });
      displayed.attach(features);
    },
  };
}

export type Messaging = ReturnType<typeof messaging>;
