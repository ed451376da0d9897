/**
 * The JSON lines, as schema/json-lines.schema.json describes them: domain types in, plain records out.
 *
 * Scripts are written against these. Fields may be added; `v` changes when one is taken away or means something else.
 * A field that every record of its type has is `null` where there is nothing to say, one that was added may be absent.
 * Times are RFC 3339 in UTC. Nothing is sanitised: JSON escapes what a terminal must not see.
 */
import type { ArchivePreferences } from '../chat/archiving.ts';
import type { Check, FindingCode } from '../chat/checks.ts';
import type { Affiliated } from '../chat/client/room-administration.ts';
import type { Contact, FileTransfer, Request, Resource } from '../chat/events.ts';
import type { FormField } from '../chat/form.ts';
import type { Message, MessageVersion } from '../chat/message.ts';
import type { Device, ResourceDetails, RoomRow, UserDetails, UserRow } from '../chat/people.ts';
import { formatDateTime } from '../xmpp/datetime.ts';
import type { Row, SettingRow } from './rows.ts';

export interface RecordOf<T extends string> {
  readonly v: 1;
  readonly type: T;
}

type OrNull<T> = T | null;

export interface MessageRecord extends RecordOf<'message'> {
  readonly account: string;
  readonly chat: string;
  readonly kind: Message['kind'];
  readonly from: string;
  readonly nick: OrNull<string>;
  readonly to: string;
  readonly id: string;
  readonly stanzaId: OrNull<string>;
  readonly body: string;
  readonly time: string;
  readonly direction: Message['direction'];
  readonly source: Message['source'];
  readonly state: OrNull<NonNullable<Message['state']>>;
  readonly encryption: string;
  readonly replaces: OrNull<string>;
  readonly retracted: boolean;
  /** a moderator of the room took it away: who (JID), and why, as far as the room says */
  readonly moderated?: Message['moderated'];
  readonly replyTo: OrNull<string>;
  readonly reactions: Message['reactions'];
  readonly mention: boolean;
  /** a text that was sent before was replaced */
  readonly corrected: boolean;
  /** `--export`: the texts that it had before, oldest first, each with when it was replaced */
  readonly versions?: readonly { readonly body: string; readonly time: string }[] | undefined;
  /** own message: no archive could tell whether it had arrived, so it was sent again */
  readonly mayArriveTwice?: true | undefined;
  readonly subject?: string | undefined;
  readonly url?: string | undefined;
  /** what its sender says of the file behind `url` */
  readonly file?: Message['file'];
  readonly failure?: Message['failure'];
  /** conversation that its sender says it belongs to (XEP-0201) */
  readonly thread?: string | undefined;
  /** own correction, retraction or reactions, the newest: what became of them */
  readonly amendment?: Message['amendment'];
  /** under `--listen`: a message told before has changed, and how */
  readonly change?: 'state' | 'corrected' | 'retracted' | 'reacted' | undefined;
  /** under `--listen`: who changed it (full JID), where that was somebody else */
  readonly by?: string | undefined;
}

export interface ResourceRecord {
  readonly resource: string;
  readonly show: Resource['show'];
  readonly status: string;
  readonly priority: number;
  readonly client: OrNull<string>;
}

export interface ContactRecord extends RecordOf<'contact'> {
  readonly jid: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly subscription: Contact['subscription'];
  readonly ask: boolean;
  readonly resources: readonly ResourceRecord[];
  readonly lastSeen: OrNull<string>;
  readonly unread: number;
}

export interface RequestRecord extends RecordOf<'request'> {
  readonly kind: Request['kind'];
  readonly from: string;
  readonly id: string;
  readonly time: string;
  readonly text: OrNull<string>;
  readonly nick?: string | undefined;
  readonly room?: string | undefined;
  /** the room asks for a password, and the invitation brought one; the password itself is not told */
  readonly hasPassword?: true | undefined;
  /** an invitation that goes on with a conversation of two (XEP-0045 §7.9) */
  readonly continues?: { readonly thread: OrNull<string> } | undefined;
  readonly name?: string | undefined;
  readonly size?: number | undefined;
  /** under `--listen`: it needs no answer any more */
  readonly closed?: true | undefined;
}

export interface FileRecord extends RecordOf<'file'> {
  readonly id: string;
  readonly peer: string;
  readonly direction: FileTransfer['direction'];
  readonly name: string;
  readonly size: OrNull<number>;
  readonly sent: number;
  /** MIME type: of own files by their content, of others' as claimed until they are here */
  readonly mime?: string | undefined;
  /** the MIME type that was claimed, where the content shows another */
  readonly claimed?: string | undefined;
  /** a sum was announced, and nothing was compared: it did not come, or cannot be computed here */
  readonly unverified?: true | undefined;
  /** every byte is here, and the sum that its sender announced is waited for */
  readonly awaits?: FileTransfer['awaits'];
  /** handed over by a way that does not say whether it was kept */
  readonly unconfirmed?: true | undefined;
  readonly path: OrNull<string>;
  readonly state: FileTransfer['state'];
  readonly route: string;
  /** the route that was tried before and did not work */
  readonly before?: FileTransfer['before'];
  readonly sha256: OrNull<string>;
  readonly failure?: string | undefined;
}

export interface ResourceDetailsRecord extends ResourceRecord {
  /** local time of that resource */
  readonly time?: string | undefined;
  readonly idleSeconds?: number | undefined;
}

/** A program that is logged in to the own account. */
export interface DeviceRecord extends RecordOf<'device'>, ResourceDetailsRecord {
  /** it is this one */
  readonly current: boolean;
}

/** A row of the directory, or (`--user`) everything known of one JID. */
export interface UserRecord extends RecordOf<'user'> {
  readonly jid: string;
  readonly userName: OrNull<string>;
  readonly email: OrNull<string>;
  readonly name: OrNull<string>;
  /** where it is known from */
  readonly source: OrNull<UserRow['from']>;
  readonly groups?: readonly string[] | undefined;
  readonly subscription?: Contact['subscription'] | undefined;
  readonly ask?: boolean | undefined;
  readonly blocked?: boolean | undefined;
  readonly resources?: readonly ResourceDetailsRecord[] | undefined;
  readonly lastSeen?: string | undefined;
  readonly vcard?: Readonly<Record<string, string>> | undefined;
  readonly sharedRooms?: UserDetails['sharedRooms'] | undefined;
  readonly failure?: string | undefined;
}

export interface RoomRecord extends RecordOf<'room'> {
  readonly room: string;
  readonly name: string;
  readonly kept: boolean;
  readonly joined: boolean;
  readonly occupants: OrNull<number>;
  readonly description?: string | undefined;
  readonly passwordProtected?: boolean | undefined;
  readonly membersOnly?: boolean | undefined;
  /** can be entered without a password and without being a member */
  readonly open?: boolean | undefined;
  /** seconds between two messages of one person (XEP-0500) */
  readonly slowMode?: number | undefined;
}

/** One of the texts that a message had, the newest last. */
export interface VersionRecord extends RecordOf<'version'> {
  readonly chat: string;
  /** of the message */
  readonly id: string;
  readonly body: string;
  /** when it was written */
  readonly time: string;
}

/** Somebody with an affiliation in a room, there or not. */
export interface AffiliationRecord extends RecordOf<'affiliated'> {
  readonly room: string;
  readonly jid: string;
  readonly nick: OrNull<string>;
  readonly affiliation: Affiliated['affiliation'];
  readonly reason: OrNull<string>;
}

/** What can be configured of a room. */
export interface FieldRecord extends RecordOf<'field'> {
  readonly room: string;
  readonly name: string;
  readonly label: string;
  readonly kind: FormField['kind'];
  readonly required: boolean;
  readonly value: OrNull<string>;
  readonly options?: FormField['options'];
}

export interface BlockedRecord extends RecordOf<'blocked'> {
  readonly jid: string;
}

/** What the server's archive keeps of whom (XEP-0441). */
export interface ArchivingRecord extends RecordOf<'archiving'>, ArchivePreferences {}

/** What one says of oneself (XEP-0054). */
export interface ProfileRecord extends RecordOf<'profile'> {
  readonly jid: string;
  readonly vcard: NonNullable<UserRecord['vcard']>;
}

/** What a setting is, and the values that it is offered with. */
export interface SettingRecord extends RecordOf<'setting'>, SettingRow {}

/** How an action ended. `id` repeats the id of the command, where one came in as JSON. */
export interface ResultRecord extends RecordOf<'result'> {
  readonly id: OrNull<string>;
  readonly ok: true;
  readonly condition: OrNull<string>;
  readonly text: OrNull<string>;
  readonly hint: OrNull<string>;
  readonly exitCode: number;
}

export interface ErrorRecord extends RecordOf<'error'> {
  readonly id: OrNull<string>;
  readonly ok: false;
  readonly condition: string;
  readonly text: OrNull<string>;
  readonly hint: OrNull<string>;
  readonly exitCode: number;
}

/** A password that the room has is not told. */
function fieldRecord(room: string, { name, label, kind, required, value, options }: FormField): FieldRecord {
  const shown = kind === 'password' ? null : (value ?? null);
  return { v: 1, type: 'field', room, name, label, kind, required, value: shown, options };
}

export function messageRecord(message: Message): MessageRecord {
  return {
    v: 1,
    type: 'message',
    account: message.account,
    chat: message.chat,
    kind: message.kind,
    from: message.from,
    nick: message.nick ?? null,
    to: message.to,
    id: message.id,
    stanzaId: message.stanzaId ?? null,
    body: message.body,
    time: formatDateTime(message.time),
    direction: message.direction,
    source: message.source,
    state: message.state ?? null,
    encryption: message.encryption,
    replaces: message.replaces ?? null,
    retracted: message.retracted,
    moderated: message.moderated,
    replyTo: message.replyTo ?? null,
    reactions: message.reactions,
    mention: message.mention,
    // What a retraction took away is a version too, and no correction.
    corrected: !message.retracted && (message.corrected === true || message.replaces !== undefined),
    mayArriveTwice: message.mayArriveTwice === true ? true : undefined,
    subject: message.subject,
    url: message.url,
    file: message.file,
    failure: message.failure,
    thread: message.thread,
    amendment: message.amendment,
  };
}

function resourceRecord(resource: Resource): ResourceRecord {
  const { show, status, priority, client } = resource;
  return { resource: resource.resource, show, status, priority, client: client ?? null };
}

function resourceDetailsRecord(resource: ResourceDetails): ResourceDetailsRecord {
  const { time, idleSeconds } = resource;
  return { ...resourceRecord(resource), time, idleSeconds };
}

const deviceRecord = (device: Device): DeviceRecord => ({
  v: 1,
  type: 'device',
  ...resourceDetailsRecord(device),
  current: device.current,
});

export function contactRecord(contact: Contact): ContactRecord {
  return {
    v: 1,
    type: 'contact',
    jid: contact.jid,
    name: contact.name,
    groups: contact.groups,
    subscription: contact.subscription,
    ask: contact.ask,
    resources: contact.resources.map(resourceRecord),
    lastSeen: contact.lastSeen === undefined ? null : formatDateTime(contact.lastSeen),
    unread: contact.unread,
  };
}

export function requestRecord(request: Request): RequestRecord {
  return {
    v: 1,
    type: 'request',
    kind: request.kind,
    from: request.from,
    id: request.id,
    time: formatDateTime(request.time),
    text: request.text ?? null,
    nick: request.nick,
    room: request.room,
    hasPassword: request.password === undefined ? undefined : true,
    continues: request.continues && { thread: request.continues.thread ?? null },
    name: request.name,
    size: request.size,
  };
}

export function fileRecord(file: FileTransfer): FileRecord {
  return {
    v: 1,
    type: 'file',
    id: file.id,
    peer: file.peer,
    direction: file.direction,
    name: file.name,
    size: file.size ?? null,
    sent: file.sent,
    mime: file.mime,
    claimed: file.claimed,
    unverified: file.unverified,
    awaits: file.awaits,
    unconfirmed: file.unconfirmed,
    path: file.path ?? null,
    state: file.state,
    route: file.route,
    before: file.before,
    sha256: file.sha256 ?? null,
    failure: file.failure,
  };
}

export function userRecord(user: UserRow): UserRecord {
  return {
    v: 1,
    type: 'user',
    jid: user.jid,
    userName: user.userName ?? null,
    email: user.email ?? null,
    name: user.name ?? null,
    source: user.from,
  };
}

export function detailsRecord(details: UserDetails): UserRecord {
  return {
    v: 1,
    type: 'user',
    jid: details.jid,
    userName: null,
    email: null,
    name: details.name ?? null,
    source: null,
    groups: details.groups,
    subscription: details.subscription,
    ask: details.ask,
    blocked: details.blocked,
    resources: details.resources.map(resourceDetailsRecord),
    lastSeen: details.lastSeen === undefined ? undefined : formatDateTime(details.lastSeen),
    vcard: details.vcard,
    sharedRooms: details.sharedRooms,
    failure: details.failure,
  };
}

export function roomRecord(room: RoomRow): RoomRecord {
  return {
    v: 1,
    type: 'room',
    room: room.room,
    name: room.name,
    kept: room.kept,
    joined: room.joined,
    occupants: room.occupants ?? null,
    description: room.description,
    passwordProtected: room.passwordProtected,
    membersOnly: room.membersOnly,
    open: room.open,
    slowMode: room.slowMode,
  };
}

/** What an action ends with. Without `id` the action came from the command line. */
export interface Ending {
  readonly id?: string | undefined;
  readonly condition?: string | undefined;
  readonly text?: string | undefined;
  readonly hint?: string | undefined;
  /** default 0 for a result, 1 for an error */
  readonly exitCode?: number | undefined;
}

export function resultRecord(ending: Ending = {}): ResultRecord {
  const condition = ending.condition ?? null;
  return { v: 1, type: 'result', ok: true, condition, ...rest(ending), exitCode: ending.exitCode ?? 0 };
}

export function errorRecord(ending: Ending & { readonly condition: string }): ErrorRecord {
  const { condition, exitCode = 1 } = ending;
  return { v: 1, type: 'error', ok: false, condition, ...rest(ending), exitCode };
}

function rest(ending: Ending) {
  return { id: ending.id ?? null, text: ending.text ?? null, hint: ending.hint ?? null };
}

/** One step of `--doctor`. */
export interface CheckRecord extends RecordOf<'check'> {
  readonly check: Check['check'];
  readonly state: Check['state'];
  /** host, address or port that it is about */
  readonly about: OrNull<string>;
  /** what was found; of what does not work, the condition that a log-in would end with */
  readonly condition: FindingCode | string;
  /** values of what was found, by its condition; times are RFC 3339 */
  readonly details: Readonly<Record<string, string | number | readonly string[]>>;
}

function checkRecord({ check, state, about, finding }: Check): CheckRecord {
  const entries: [string, string | number | readonly string[]][] = Object.entries(finding.values);
  const { condition = finding.code, ...details } = Object.fromEntries(
    entries.map(([name, value]) => [name, name === 'from' || name === 'until' ? timeOf(value) : value]),
  );
  return {
    v: 1,
    type: 'check',
    check,
    state,
    about: about === '' ? null : about,
    condition: String(condition),
    details,
  };
}

/** What a certificate says may be no date at all. */
const timeOf = (time: unknown) => (Number.isFinite(time) ? formatDateTime(Number(time)) : '');

export type RowRecord =
  | CheckRecord
  | ArchivingRecord
  | SettingRecord
  | AffiliationRecord
  | BlockedRecord
  | ContactRecord
  | DeviceRecord
  | FieldRecord
  | FileRecord
  | MessageRecord
  | ProfileRecord
  | RequestRecord
  | RoomRecord
  | UserRecord
  | VersionRecord;

const versionOf = ({ body, time }: MessageVersion) => ({ body, time: formatDateTime(time) });

/** The record of a row that an action gave. */
export function rowRecord(row: Row): RowRecord {
  switch (row.type) {
    case 'contact':
      return contactRecord(row.contact);
    case 'user':
      return userRecord(row.user);
    case 'details':
      return detailsRecord(row.details);
    case 'device':
      return deviceRecord(row.device);
    case 'room':
      return roomRecord(row.room);
    case 'message':
      return { ...messageRecord(row.message), versions: row.versions?.map(versionOf) };
    case 'version': {
      const { message, version } = row;
      const { chat, id } = message;
      return { v: 1, type: 'version', chat, id, body: version.body, time: formatDateTime(version.time) };
    }
    case 'request':
      return requestRecord(row.request);
    case 'file':
      return fileRecord(row.file);
    case 'affiliated': {
      const { room, jid, nick, affiliation, reason } = row.entry;
      return {
        v: 1,
        type: 'affiliated',
        room,
        jid,
        nick: nick ?? null,
        affiliation,
        reason: reason ?? null,
      };
    }
    case 'check':
      return checkRecord(row.check);
    case 'field':
      return fieldRecord(row.room, row.field);
    case 'blocked':
      return { v: 1, type: 'blocked', jid: row.jid };
    case 'setting':
      return { v: 1, type: 'setting', ...row.setting };
    case 'profile':
      return { v: 1, type: 'profile', jid: row.jid, vcard: { ...row.vcard } };
    case 'archiving': {
      const { default: usual, always, never } = row.preferences;
      return { v: 1, type: 'archiving', default: usual, always, never };
    }
  }
}
