/** What a connection's features tell, and which part of the client hears it. */
import { annotates } from '../../xmpp/annotations.ts';
import type { Features } from '../../xmpp/features.ts';
import type { MessageError, ParsedMessage } from '../../xmpp/messages.ts';
import { CONFIGURATION_CHANGED } from '../../xmpp/muc/status-codes.ts';
import type { Petition } from '../../xmpp/muc/voice.ts';
import { bareOf } from '../address.ts';
import type { Amending } from '../amending.ts';
import type { Request } from '../events.ts';
import type { MessageSource } from '../message.ts';
import type { Outbound } from '../outbound.ts';
import { type Requests, requestId } from '../requests.ts';
import type { SlowModes } from '../rooms/slow-mode.ts';
import type { TypingStates } from '../typing.ts';
import type { TrustedArchives } from './archives.ts';
import type { Attendance } from './attendance.ts';
import type { bounces } from './bounces.ts';
import type { Invitations } from './invitations.ts';
import type { ChatKinds } from './kinds.ts';

export interface Hearers {
  readonly archives: TrustedArchives;
  readonly kinds: ChatKinds;
  readonly outbox: Outbound;
  readonly slow: SlowModes;
  readonly bounced: ReturnType<typeof bounces>;
  readonly amendments: Amending;
  readonly requests: Requests;
  readonly invitations: Invitations;
  readonly typing: TypingStates;
  readonly take: (message: ParsedMessage, source: MessageSource) => void;
  readonly attendance: Attendance;
  /** what rooms asked, by the id of the request */
  readonly petitions: Map<string, Petition>;
  /** the thread that goes on in a room (XEP-0045 §7.9) */
  readonly threads: Map<string, string>;
  /** rooms never seen before whose history is coming */
  readonly newRooms: Set<string>;
  /** whether anything of a chat is kept */
  readonly isKnown: (chat: string) => boolean;
  /** a room is entered: its archive may hold what was missed; resolves to whether it was read to its end */
  readonly entered: (room: string) => Promise<boolean>;
}

/** Listens for the life of the session. */
export function listen(features: Features, hearers: Hearers): void {
  listenToMessages(features, hearers);
  listenToRooms(features, hearers);
}

function listenToMessages(
  { carbons, chatStates, messages, presence, rooms }: Features,
  hearers: Hearers,
): void {
  const { amendments, kinds, outbox, take, typing } = hearers;

  function bounced(from: string, id: string | undefined, { condition, text, type }: MessageError): void {
    if (id !== undefined) void hearers.bounced(kinds.chatOf(from), id, { condition, text, type });
  }

  messages.on('received', (message) => {
    // XEP-0085 §5.1 is about replies: many clients put no state into what changes an earlier message.
    const changes = message.replaces !== undefined || annotates(message);
    if (message.type === 'chat' || message.type === 'normal')
      chatStates.heard(bareOf(message.from), message.state, message.body !== undefined && !changes);
    take(message, 'live');
  });
  carbons.on('carbon', ({ message }) => {
    if (message.error === undefined) take(message, 'carbon');
    else bounced(message.from, message.id, message.error);
  });
  messages.on('bounced', ({ from, id, error }) => bounced(from, id, error));
  messages.on('acknowledged', ({ id }) => {
    outbox.acknowledged(id);
    amendments.acknowledged(id);
  });
  rooms.on('message', ({ room, self, message }) => {
    // From whichever device of ours: the room counts them together (XEP-0500 §security).
    if (self && message.body !== undefined && message.delay === undefined) hearers.slow.spoke(room);
    take(message, 'live');
  });
  rooms.on('privateMessage', ({ message }) => take(message, 'live'));
  presence.on('changed', ({ jid, show }) => {
    if (show === 'offline' && presence.resources(jid).length === 0) typing.stop(jid, jid);
  });
}

/** XEP-0045 §10.9: a destroyed room says where to go; whether we do is asked, as with an invitation. */
const successor = (instead: string, room: string, password: string | undefined): Request => ({
  kind: 'invitation',
  id: requestId.invitation(room),
  from: instead,
  room,
  instead,
  password,
  time: Date.now(),
});

/** what a room tells of us while we are there, or come back */
const STAYS: readonly string[] = ['joined', 'created', 'failed', 'shutdown'];

function listenToRooms({ rooms }: Features, hearers: Hearers): void {
  const { archives, attendance, entered, isKnown, newRooms, outbox, requests, typing } = hearers;

  /** What an earlier stream left: where that is unknown, the room tells first what arrived, and the rest follows. */
  async function recover(room: string): Promise<void> {
    const unknown = outbox.unknown(room);
    if (!isKnown(room)) newRooms.add(room);
    outbox.flush((message) => bareOf(message.chat) === room);
    // The ids that the room gives count only when it says that it gives them. Its history comes before its answer.
    await archives.learn(room);
    newRooms.delete(room);
    const told = await entered(room);
    if (unknown && rooms.get(room)?.joined === true) outbox.resend({ certain: told }, room);
  }

  rooms.on('room', ({ room, event, destroyed }) => {
    attendance.away(room);
    if (!STAYS.includes(event)) hearers.slow.forget(room);
    if (event === 'destroyed' && destroyed?.alternate !== undefined)
      requests.open(successor(room, destroyed.alternate, destroyed.password));
    if (event !== 'joined' && event !== 'created') return;
    hearers.kinds.entered(room);
    const { continues } = requests.close(requestId.invitation(room)) ?? {};
    if (continues?.thread !== undefined) hearers.threads.set(room, continues.thread);
    void recover(room);
  });
  rooms.on('dropped', ({ room }) => {
    attendance.away(room);
    outbox.lostRoom(room);
  });
  // XEP-0500 §client-discovering: slow mode may be part of the change.
  rooms.on('roomNotice', ({ room, codes }) => {
    if (codes.includes(CONFIGURATION_CHANGED)) void archives.learn(room);
  });
  rooms.on('checked', ({ room }) => outbox.reachable(room));
  rooms.on('departed', ({ room, nick }) => {
    const occupant = `${room}/${nick}`;
    attendance.left(occupant);
    typing.stop(room, occupant);
    typing.stop(occupant, occupant);
  });
  requests.on('closed', ({ id }) => void hearers.petitions.delete(id));
  rooms.on('petition', (petition) => {
    const { kind, room, nick, jid } = petition;
    const from = nick === undefined ? (jid ?? room) : `${room}/${nick}`;
    const id = requestId.petition(kind, room, nick ?? jid ?? '');
    hearers.petitions.set(id, petition);
    requests.open({ kind, id, from, room, nick, text: jid, time: Date.now() });
  });
  rooms.on('invitation', hearers.invitations.came);
}
