/** What `--listen --json` prints: one record for each event of the domain. See records.ts for what scripts rely on. */
import type { ChatEvents, Show } from '../chat/events.ts';
import {
  type ContactRecord,
  contactRecord,
  type FileRecord,
  fileRecord,
  type MessageRecord,
  messageRecord,
  type RecordOf,
  type RequestRecord,
  requestRecord,
} from './records.ts';

type Payload<N extends keyof ChatEvents> = ChatEvents[N][0];

export interface ConnectionRecord extends RecordOf<'connection'> {
  readonly state: Payload<'connection'>['state'];
  /** condition */
  readonly reason: string | null;
  readonly text?: string | undefined;
  /** milliseconds */
  readonly retryIn?: number | undefined;
  readonly final?: boolean | undefined;
  readonly attempt?: number | undefined;
}

export interface PresenceRecord extends RecordOf<'presence'> {
  readonly jid: string;
  readonly resource: string;
  readonly show: Show;
  readonly status: string;
  /** part of the burst after login */
  readonly initial: boolean;
}

export interface OccupantRecord extends RecordOf<'occupant'> {
  readonly room: string;
  readonly nick: string;
  readonly event: Payload<'occupant'>['event'];
  readonly affiliation: NonNullable<Payload<'occupant'>['affiliation']> | null;
  readonly role: NonNullable<Payload<'occupant'>['role']> | null;
  readonly reason: string | null;
  readonly newNick?: string | undefined;
  readonly actor?: string | undefined;
  readonly jid?: string | undefined;
  /** XEP-0045 §15.6 */
  readonly codes?: readonly number[] | undefined;
}

/** Our own entering and leaving of a room. */
export interface SelfRecord extends RecordOf<'self'> {
  readonly room: string;
  readonly nick: string;
  readonly event: Payload<'room'>['event'];
  readonly reason: string | null;
  readonly condition?: string | undefined;
  readonly text?: string | undefined;
  readonly actor?: string | undefined;
  readonly occupants?: number | undefined;
  readonly again?: true | undefined;
  /** of a destroyed room: where to go instead */
  readonly alternate?: string | undefined;
  readonly codes?: readonly number[] | undefined;
}

export interface TypingRecord extends RecordOf<'typing'> {
  readonly chat: string;
  readonly from: string;
  readonly nick: string | null;
  readonly state: Payload<'typing'>['state'];
}

/** Somebody will not come to a room that we invited to. */
export interface InvitationDeclinedRecord extends RecordOf<'invitation-declined'> {
  readonly room: string;
  readonly from: string;
  readonly reason: string | null;
}

export interface SubjectRecord extends RecordOf<'subject'>, Readonly<Payload<'subject'>> {}
export interface RoomNoticeRecord extends RecordOf<'room-notice'>, Readonly<Payload<'roomNotice'>> {}
/** A joined room lets one message of each person through at a time (XEP-0500). */
export interface SlowModeRecord extends RecordOf<'slow-mode'>, Readonly<Payload<'slowMode'>> {}
export interface SubscriptionRecord extends RecordOf<'subscription'>, Readonly<Payload<'subscription'>> {}
export interface AccountRecord extends RecordOf<'account'>, Readonly<Payload<'account'>> {}
export interface UnreadRecord extends RecordOf<'unread'>, Readonly<Payload<'unread'>> {}
export interface ContactRemovedRecord extends RecordOf<'contact-removed'> {
  readonly jid: string;
}
/** Who is online, once, when the burst after login is over. */
export interface ContactsOnlineRecord extends RecordOf<'contacts-online'> {
  readonly contacts: readonly ContactRecord[];
}
/** Something in the background could not be done. Not the end of an action: that is `error`. */
export interface ProblemRecord extends RecordOf<'problem'> {
  readonly condition: string;
  readonly text: string;
  readonly hint: string | null;
  /** whom it is about */
  readonly jid?: string | undefined;
}

export type EventRecord =
  | AccountRecord
  | ConnectionRecord
  | ContactRecord
  | ContactRemovedRecord
  | ContactsOnlineRecord
  | FileRecord
  | MessageRecord
  | OccupantRecord
  | PresenceRecord
  | ProblemRecord
  | RequestRecord
  | InvitationDeclinedRecord
  | RoomNoticeRecord
  | SelfRecord
  | SlowModeRecord
  | SubjectRecord
  | SubscriptionRecord
  | TypingRecord
  | UnreadRecord;

/** An event without a record does not compile. */
const recordsOf: { readonly [N in keyof ChatEvents]: (...payload: ChatEvents[N]) => EventRecord } = {
  connection: ({ state, condition, text, retryIn, final, attempt }) => ({
    v: 1,
    type: 'connection',
    state,
    reason: condition ?? null,
    text,
    retryIn,
    final,
    attempt,
  }),
  message: messageRecord,
  messageChanged: (message, change, news) => ({ ...messageRecord(message), change, by: news?.from }),
  typing: ({ chat, from, nick, state }) => ({ v: 1, type: 'typing', chat, from, nick: nick ?? null, state }),
  presence: ({ jid, resource, show, status, initial }) => ({
    v: 1,
    type: 'presence',
    jid,
    resource,
    show,
    status,
    initial,
  }),
  contactsOnline: (contacts) => ({ v: 1, type: 'contacts-online', contacts: contacts.map(contactRecord) }),
  contact: contactRecord,
  contactRemoved: ({ jid }) => ({ v: 1, type: 'contact-removed', jid }),
  subscription: ({ jid, kind }) => ({ v: 1, type: 'subscription', jid, kind }),
  request: requestRecord,
  requestClosed: (request) => ({ ...requestRecord(request), closed: true }),
  occupant: ({ room, nick, event, affiliation, role, reason, newNick, actor, jid, codes }) => ({
    v: 1,
    type: 'occupant',
    room,
    nick,
    event,
    affiliation: affiliation ?? null,
    role: role ?? null,
    reason: reason ?? null,
    newNick,
    actor,
    jid,
    codes,
  }),
  room: ({ room, nick, event, reason, condition, text, actor, occupants, again, alternate, codes }) => ({
    v: 1,
    type: 'self',
    room,
    nick,
    event,
    reason: reason ?? null,
    condition,
    text,
    actor,
    occupants,
    again: again === true ? true : undefined,
    alternate,
    codes,
  }),
  invitationDeclined: ({ room, from, reason }) => ({
    v: 1,
    type: 'invitation-declined',
    room,
    from,
    reason: reason ?? null,
  }),
  subject: ({ room, nick, subject }) => ({ v: 1, type: 'subject', room, nick, subject }),
  roomNotice: ({ room, codes }) => ({ v: 1, type: 'room-notice', room, codes }),
  slowMode: ({ room, seconds, wait }) => ({ v: 1, type: 'slow-mode', room, seconds, wait }),
  file: fileRecord,
  account: ({ jid, kind }) => ({ v: 1, type: 'account', jid, kind }),
  unread: ({ chat, count, mentions }) => ({ v: 1, type: 'unread', chat, count, mentions }),
  problem: ({ condition, text, jid, hint }) => ({
    v: 1,
    type: 'problem',
    condition,
    text,
    hint: hint ?? null,
    jid,
  }),
};

/** The names of all events, for listening to each. */
export const eventNames = Object.keys(recordsOf) as readonly (keyof ChatEvents)[];

/** Takes an event of the domain as it was emitted; gives its record. */
export function eventRecord<N extends keyof ChatEvents>(name: N, ...payload: ChatEvents[N]): EventRecord {
  return recordsOf[name](...payload);
}
