/**
 * What the domain needs of storage. Implemented in src/storage; all calls are synchronous and durable on return,
 * and throw a StorageFailure where they cannot be.
 */
import type { Show } from './events.ts';
import type {
  AmendmentKind,
  ChangedBy,
  Message,
  MessageAmendment,
  MessageFailure,
  MessageState,
  MessageVersion,
  Moderated,
  NewMessage,
  Reaction,
} from './message.ts';

export type StorageCondition =
  /** the folder or the file may not be written */
  | 'read-only'
  /** damaged, or no database at all */
  | 'corrupt'
  /** a database of another program */
  | 'foreign'
  /** written by a newer version of this program */
  | 'newer'
  /** another process holds it for longer than the time-out */
  | 'locked'
  /** no space, or a quota */
  | 'full'
  /** a place where others could put or read it: symbolic link, foreign owner, folder open to everybody */
  | 'unsafe'
  /** the folder cannot be made or reached, or the driver cannot be loaded */
  | 'unavailable'
  /** too many open files */
  | 'too-many-files'
  /** used after close() */
  | 'closed'
  /** anything else: a failing disk, or a mistake of ours */
  | 'failed';

/** What is thrown by storage. Matched by name and condition, so that nobody needs to import storage for it. */
export interface StorageFailure extends Error {
  readonly name: 'StorageError';
  readonly condition: StorageCondition;
  /** the database file */
  readonly path: string;
}

/** True for what storage throws. */
export function isStorageFailure(error: unknown): error is StorageFailure {
  return error instanceof Error && error.name === 'StorageError' && 'condition' in error;
}

export interface HistoryQuery {
  readonly account: string;
  readonly chat?: string | undefined;
  /** rows before this row; for pages backwards */
  readonly before?: number | undefined;
  /** rows behind this row; for pages forwards, with `end: 'oldest'` */
  readonly after?: number | undefined;
  /** from then on, milliseconds since 1970 */
  readonly since?: number | undefined;
  /** before then, milliseconds since 1970 */
  readonly until?: number | undefined;
  /** which n of what matches; default the newest. The answer is oldest first */
  readonly end?: 'newest' | 'oldest' | undefined;
  readonly limit: number;
}

export interface SearchQuery {
  readonly account: string;
  readonly text: string;
  readonly chat?: string | undefined;
  /** bare or full JID, or nickname in a room */
  readonly from?: string | undefined;
  /** from then on, milliseconds since 1970 */
  readonly since?: number | undefined;
  /** before then, milliseconds since 1970 */
  readonly until?: number | undefined;
  readonly limit: number;
}

/** How far an archive is known. */
export interface ArchiveEnd {
  /** archive id of the newest message known; '' where the archive was empty */
  readonly id: string;
  /** when it was archived, milliseconds since 1970 */
  readonly time: number;
  /** when the oldest message was archived that the first look brought */
  readonly oldest?: number | undefined;
}

/** Which instance has a message on its way, and as which stanza of its stream (XEP-0198 §4). */
export interface Written {
  readonly by: string | undefined;
  readonly sequence: number | undefined;
}

/** A stream as far as a later process needs it to take it up (XEP-0198 §5). */
export interface KeptStream {
  readonly id: string;
  /** the full JID that it is bound to */
  readonly jid: string;
  readonly location: string | undefined;
  /** stanzas handled of it */
  readonly inbound: number;
}

/**
 * One run of the program with an account. It is held as long as its process lives, and lets go by itself when that dies
 * in whatever way; a later run takes its place, with the resource, the stream and the messages that it left.
 */
export interface Instance {
  /** names it in the messages that it has on their way */
  readonly key: string;
  readonly resource: string;
  /** what the one before left */
  readonly stream: KeptStream | undefined;
  /** A new stream begins: what was written to the one before has no number any more. */
  begun(stream: Omit<KeptStream, 'inbound'>): void;
  /** that many stanzas of the stream are handled; belongs into the transaction that keeps the last of them */
  handled(inbound: number): void;
  /** nobody can resume the stream any more */
  over(): void;
  /** Lets go; the next run may take its place. */
  release(): void;
}

export interface Instances {
  /**
   * Takes the place of an instance that is gone, one whose stream may go on first; else a new one. `resource`: the one
   * that the user wants. `resumes`: it stays online; one that does not leaves the streams of others alone.
   */
  claim(account: string, wanted: { resource: string | undefined; resumes: boolean }): Instance;
  /** whether its process lives */
  isAlive(key: string): boolean;
  /** whether it is one of these, and its process is gone */
  isGone(key: string): boolean;
}

/** An open transaction; each of these ends it, and the other does nothing then. */
export interface Held {
  keep(): void;
  drop(): void;
}

/** Received in part: what a later attempt goes on with. */
export interface PartialFile {
  readonly path: string;
  /** by which the sender knows that its content is still the same */
  readonly validator: string;
}

/** Files received in part, of one account, by what they are fetched by. */
export interface PartialFiles {
  /**
   * It is the caller's from now on, until `put` with `busy` false, or `remove`; undefined where there is none yet. `busy`:
   * somebody else's, in this process or another that lives; nothing is to be noted under that key then.
   */
  take(key: string): PartialFile | 'busy' | undefined;
  /** `busy`: this process writes to it. Another note of the same path goes. */
  put(key: string, file: PartialFile, more: { busy: boolean }): void;
  remove(key: string): void;
  /** those that nobody has taken; the path is '' where a process died before it had one */
  list(): { readonly key: string; readonly path: string }[];
}

/** A file that waits until somebody is online: where it is, and by what it is known to be the same. */
export interface WaitingFile {
  readonly id: string;
  /** absolute */
  readonly path: string;
  /** bare or full JID */
  readonly peer: string;
  readonly name: string;
  /** bytes */
  readonly size: number;
  /** milliseconds since 1970 */
  readonly modified: number;
}

export interface WaitingFiles {
  put(file: WaitingFile): void;
  /** the oldest first */
  list(): WaitingFile[];
  /** This process sends it from now on; false where it is gone, or a process that lives does already. */
  take(id: string): boolean;
  /** it waits again */
  release(id: string): void;
  /** Gives whether it was there. */
  remove(id: string): boolean;
}

/** Our full JID; in a room our occupant's, with the nickname. */
export type Speaker = Pick<Message, 'from' | 'nick'>;

export interface MessageStore {
  /**
   * Runs `work` in one transaction: all of it is kept, or none. Nests: an inner one that throws undoes only its own
   * part. `work` must be synchronous; a promise is refused with a TypeError, and nothing of it is kept.
   */
  transaction<T>(work: () => T): T;
  /** A transaction that is left open: what follows is part of it until it is kept or dropped, in the same turn. */
  hold(): Held;
  /** behind everything in its chat; what comes in is unread, unless said otherwise */
  append(message: NewMessage, more?: { read?: boolean; written?: Written }): Message;
  /** the row of the message that was kept last, of whatever chat; 0 before the first */
  lastRow(): number;
  /**
   * Behind everything in its chat, where a page of an archive named it: `stanzaId` says which message of it. What was
   * kept after the row `since`, when the archive was asked, and what is queued or on its way, stays behind until it is
   * named too.
   */
  appendArchived(message: NewMessage, more?: { read: boolean; since?: number | undefined }): Message;
  /** before everything in its chat: what one pages back to in an archive, read already */
  prepend(message: NewMessage): Message;
  /**
   * An archive names a message that is kept as its `archiveId`, stamped with `time` where it says one, and as the next
   * one of its chat behind the row `previous`. It moves only where the order is another so far, and no further than
   * that; what its writer wrote behind it and is not named yet moves with it. False where its place is from another
   * archive id: a message can be archived more than once, and the first counts.
   */
  follow(
    row: number,
    archived: { id: string; time: number | undefined },
    previous: number | undefined,
  ): boolean;
  get(row: number): Message | undefined;
  /** messages of that id attribute in a chat, newest first */
  byId(account: string, chat: string, id: string): Message[];
  /** the message that the archive of the account (in rooms: of the room) knows by that id */
  byStanzaId(account: string, chat: string, stanzaId: string): Message | undefined;
  /** whether that archive's message of that id is kept, in whatever chat */
  isArchived(account: string, by: string, id: string): boolean;
  /** oldest first */
  history(query: HistoryQuery): Message[];
  /** a failure of before is forgotten unless it is given again */
  setState(row: number, state: MessageState, failure?: MessageFailure): Message | undefined;
  /** `acked`; undefined where it was neither `queued` nor `sent` any more, and nothing is changed */
  acknowledge(row: number): Message | undefined;
  /**
   * It is about to be written: `sent`, by who says it now. Undefined where it is not `before` any more, as another process
   * with the same data was faster.
   */
  write(row: number, before: 'queued' | 'sent', written: Written, said?: Speaker): Message | undefined;
  /** who has it on its way */
  written(row: number): Written;
  /** The newest row behind that one which that instance wrote, and which is known to have arrived. */
  arrivedBehind(row: number, by: string | undefined): number | undefined;
  /** What one instance left becomes another's. False where that is done already. */
  inherit(row: number, from: string, by: string): boolean;
  /** takes a message away for good: one that was never written to a server */
  remove(row: number): void;
  /** Another text for an own message that still waits; undefined where it does not, and nothing is changed. */
  rewrite(row: number, body: string): Message | undefined;
  /**
   * An archive id of before still finds the message (`byStanzaId`). `time`, in milliseconds since 1970, counts until an
   * archive said one.
   */
  setStanzaId(row: number, stanzaId: string, time?: number): Message | undefined;
  /** who said it, where that is not known yet */
  setOccupant(row: number, occupantId: string): void;
  /** its text names us in its room, or does no longer */
  setMention(row: number, mention: boolean): void;
  /** a copy of it came that was written again, or kept on the way */
  setDelayed(row: number): void;
  /** own messages queued or sent and not acknowledged, oldest first */
  pending(account: string): Message[];
  /** newest first; `last` is the row of the newest message, `time` its time in milliseconds since 1970 */
  chats(
    account: string,
  ): { chat: string; kind: Message['kind']; last: number; time: number; unread: number; mentions: number }[];
  /** incoming messages after the last row that counts as read */
  /** the chats with something unread, newest first */
  unreadChats(account: string): { chat: string; kind: Message['kind']; count: number; mentions: number }[];
  unread(account: string, chat: string): { count: number; mentions: number; firstRow: number | undefined };
  /** everything up to and including `row` counts as read */
  markRead(account: string, chat: string, row: number): void;
  /**
   * Own messages up to and including `row` that were acknowledged or delivered were read by the other side. Gives
   * those that were not known to be, oldest first.
   */
  readUpTo(account: string, chat: string, row: number): Message[];
  /**
   * Puts a new text in place of the old one, which is kept; of several the newest is shown. Undefined where that was
   * done already, or the message was taken back.
   */
  correct(row: number, body: string, by: ChangedBy): Message | undefined;
  /** whether a correction of that id with that text was taken */
  wasCorrected(row: number, id: string, body: string): boolean;
  /** messages that are corrections of that id, whose original was not known when they came; oldest first */
  correcting(account: string, chat: string, id: string): Message[];
  /**
   * Takes the text away; it is kept as a version. `moderated`: a moderator did it. Undefined where that was done
   * already.
   */
  retract(row: number, by: ChangedBy, moderated?: Moderated): Message | undefined;
  /**
   * Replaces all reactions of one sender; none takes them away. `occupantId`: in a room that says who is who, whatever
   * the nickname is. Undefined where a newer one is known, or this one.
   */
  react(row: number, reaction: Reaction, by?: ChangedBy, occupantId?: string): Message | undefined;
  /** older texts, oldest first */
  versions(row: number): MessageVersion[];
  /** full text, accents folded; newest first */
  search(query: SearchQuery): Message[];
  /** whether something that is about a message of that id, or archive id, came before it: a change, or a correction */
  isAwaited(account: string, chat: string, id: string, stanzaId?: string): boolean;
  /** Keeps a change (JSON) for a message that is not known yet. */
  wait(account: string, chat: string, target: string, change: string, time: number): void;
  /** Takes what waited for a message, oldest first. */
  takeWaiting(account: string, chat: string, target: string): string[];
  /** how far an archive is known without a gap */
  archiveEnd(account: string, by: string): ArchiveEnd | undefined;
  setArchiveEnd(account: string, by: string, end: ArchiveEnd): void;
  /** archive id of the oldest message of a chat that has one */
  oldestArchived(account: string, chat: string): string | undefined;
  /** when the oldest message of a chat was said, milliseconds since 1970 */
  oldestTime(account: string, chat: string): number | undefined;
  /** how far a chat was paged back */
  pagedBack(account: string, chat: string): { oldest: string | undefined; complete: boolean } | undefined;
  setPagedBack(account: string, chat: string, page: { oldest: string | undefined; complete: boolean }): void;
  /** the message may arrive twice: no archive could tell */
  setTwice(row: number): void;
  /**
   * Removes what is older than `before` (milliseconds since 1970), read, and not waiting to be sent, `most` at a time;
   * gives how many. How far a chat was paged back is forgotten with it: its archive may be asked again.
   */
  prune(account: string, before: number, most: number): number;
}

/** Something that we do to a message, on its way to the server. */
export interface Amendment extends Omit<MessageAmendment, 'failure'> {
  readonly row: number;
  readonly account: string;
  readonly chat: string;
  /** row of the message */
  readonly message: number;
  readonly kind: AmendmentKind;
  /** the new text, or the emojis as a JSON array; '' for a retraction */
  readonly content: string;
  /** milliseconds since 1970 */
  readonly time: number;
  /** row of the newest message when it was made */
  readonly after: number;
  /** the instance that wrote it; undefined where nobody knows */
  readonly by?: string | undefined;
}

export interface AmendmentStore {
  add(
    amendment: Pick<Amendment, 'message' | 'id' | 'kind' | 'content' | 'time' | 'state' | 'by'>,
  ): Amendment | undefined;
  /** queued, or sent and not acknowledged, in the order in which they were made */
  pending(account: string): Amendment[];
  byId(account: string, chat: string, id: string): Amendment | undefined;
  /** a failure of before is forgotten unless it is given again */
  setState(row: number, state: Amendment['state'], failure?: MessageFailure): Amendment | undefined;
  /**
   * It is about to be written by that instance: `sent`. False where it is not any more as it was, as another process
   * with the same data was faster.
   */
  write(row: number, from: Pick<Amendment, 'state' | 'by'>, by: string | undefined): boolean;
  /** takes away one that was never written */
  remove(row: number): void;
}

/** What is still to be told of messages that came. */
export interface MarkStore {
  /** rows of messages whose senders want to hear that they arrived and have not been told, oldest first */
  owed(account: string): number[];
  /** nothing more is owed for these rows */
  settle(rows: readonly number[]): void;
  /** All of a chat counts as read, and that is to be told where something was unread. */
  displayed(account: string, chat: string): void;
  /**
   * Up to which rows chats were displayed here and nobody was told; `marker`: id of the newest message among these whose
   * sender wants to hear it.
   */
  untold(account: string): { row: number; marker: string | undefined }[];
  /** a chat is known to be displayed up to that row, or further */
  told(account: string, chat: string, row: number): void;
}

export interface KeptRoom {
  readonly room: string;
  readonly nick: string;
  readonly password?: string | undefined;
  readonly autojoin: boolean;
}

export interface RoomStore {
  rooms(account: string): KeptRoom[];
  keep(account: string, room: KeptRoom): void;
  drop(account: string, room: string): void;
}

export interface SettingsStore {
  /** undefined where never set */
  get(account: string, name: string): string | undefined;
  set(account: string, name: string, value: string | undefined): void;
}

export interface RosterCache {
  version(account: string): string | undefined;
  items(account: string): RosterItemRow[];
  replace(account: string, version: string | undefined, items: readonly RosterItemRow[]): void;
  put(account: string, version: string | undefined, item: RosterItemRow): void;
  remove(account: string, version: string | undefined, jid: string): void;
  lastSeen(account: string, jid: string): { time: number; show: Show; status: string } | undefined;
  /** milliseconds since 1970 of all that were ever seen, by bare JID */
  lastSeenTimes(account: string): Map<string, number>;
  /** keeps the newest `time` only; `show` and `status` are what was shown last, `offline` and '' where not given */
  setLastSeen(account: string, jid: string, time: number, show?: Show, status?: string): void;
}

export interface RosterItemRow {
  readonly jid: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly subscription: 'none' | 'to' | 'from' | 'both';
  readonly ask: boolean;
  readonly approved: boolean;
}

export interface AccountRow {
  readonly account: string;
  /** strongest SASL mechanism ever used, to notice a downgrade */
  readonly mechanism?: string | undefined;
  readonly resource: string;
}

export interface AccountStore {
  accounts(): AccountRow[];
  account(jid: string): AccountRow | undefined;
  /** an absent `mechanism` keeps the one known */
  put(account: AccountRow): void;
  /** removes every row of the account and frees its bytes */
  wipe(account: string): void;
  /** the same of every account, and the settings of the program */
  wipeAll(): void;
}

/** Disco answers by their verified caps hash (XEP-0115 §5.4); the same for every account. */
export interface CapsCache {
  get(key: string): string | undefined;
  /** keeps the newest 2,000 */
  put(key: string, value: string): void;
}

export interface Stores {
  readonly messages: MessageStore;
  readonly amendments: AmendmentStore;
  readonly marks: MarkStore;
  readonly rooms: RoomStore;
  readonly settings: SettingsStore;
  readonly roster: RosterCache;
  readonly accounts: AccountStore;
  readonly instances: Instances;
  readonly caps: CapsCache;
  partials(account: string): PartialFiles;
  waitingFiles(account: string): WaitingFiles;
  close(): void;
}
