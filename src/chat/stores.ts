/**
 * What the domain needs of storage. Implemented in src/storage; all calls are synchronous and durable on return,
 * and throw a StorageFailure where they cannot be.
 */
import type { Show } from './events.ts';
import type {
  Message,
  MessageFailure,
  MessageState,
  MessageVersion,
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
  /** milliseconds since 1970 */
  readonly since?: number | undefined;
  /** newest n of what matches; the answer is oldest first */
  readonly limit: number;
}

export interface SearchQuery {
  readonly account: string;
  readonly text: string;
  readonly chat?: string | undefined;
  /** bare or full JID, or nickname in a room */
  readonly from?: string | undefined;
  /** milliseconds since 1970 */
  readonly since?: number | undefined;
  readonly limit: number;
}

export interface MessageStore {
  /**
   * Runs `work` in one transaction: all of it is kept, or none. Nests: an inner one that throws undoes only its own
   * part. `work` must be synchronous; a promise is refused with a TypeError, and nothing of it is kept.
   */
  transaction<T>(work: () => T): T;
  /** behind everything in its chat; what comes in is unread, unless said otherwise */
  append(message: NewMessage, more?: { read: boolean }): Message;
  /** before everything in its chat: what one pages back to, read already */
  prepend(message: NewMessage): Message;
  /** the archive says that it stands behind all that is known */
  moveToEnd(row: number): void;
  get(row: number): Message | undefined;
  /** messages of that id attribute in a chat, newest first */
  byId(account: string, chat: string, id: string): Message[];
  /** the message that the archive of the account (in rooms: of the room) knows by that id */
  byStanzaId(account: string, chat: string, stanzaId: string): Message | undefined;
  /** newest `limit` messages matching, oldest first */
  history(query: HistoryQuery): Message[];
  /** a failure of before is forgotten unless it is given again */
  setState(row: number, state: MessageState, failure?: MessageFailure): Message | undefined;
  /** takes a message away for good: one that was never written to a server */
  remove(row: number): void;
  /** an archive id of before still finds the message (`byStanzaId`); `time` in milliseconds since 1970 */
  setStanzaId(row: number, stanzaId: string, time?: number): Message | undefined;
  /** own messages queued or sent and not acknowledged, oldest first */
  pending(account: string): Message[];
  /** newest first; `last` is the row of the newest message, `time` its time in milliseconds since 1970 */
  chats(
    account: string,
  ): { chat: string; kind: Message['kind']; last: number; time: number; unread: number; mentions: number }[];
  /** incoming messages after the last row that counts as read */
  unread(account: string, chat: string): { count: number; mentions: number; firstRow: number | undefined };
  /** everything up to and including `row` counts as read */
  markRead(account: string, chat: string, row: number): void;
  /** own messages up to and including `row` that were acknowledged or delivered were read by the other side */
  readUpTo(account: string, chat: string, row: number): void;
  /** Puts a new text in place of the old one, which is kept; undefined where that was done. `by`: who brought it. */
  correct(row: number, body: string, by: { id: string; time: number }): Message | undefined;
  /** Takes the text away; it is kept as a version. */
  retract(row: number, by: { id: string; time: number }): Message | undefined;
  /** Replaces all reactions of one sender; none takes them away. */
  react(row: number, reaction: Reaction): Message | undefined;
  /** older texts, oldest first */
  versions(row: number): MessageVersion[];
  /** full text, accents folded; newest `limit`, oldest first */
  search(query: SearchQuery): Message[];
  /** Keeps a change (JSON) for a message that is not known yet. */
  wait(account: string, chat: string, target: string, change: string, time: number): void;
  /** Takes what waited for a message, oldest first. */
  takeWaiting(account: string, chat: string, target: string): string[];
  /** how far an archive is known without a gap */
  archiveEnd(account: string, by: string): { id: string; time: number } | undefined;
  setArchiveEnd(account: string, by: string, end: { id: string; time: number }): void;
  /** archive id of the oldest message of a chat that has one */
  oldestArchived(account: string, chat: string): string | undefined;
  /** how far a chat was paged back */
  pagedBack(account: string, chat: string): { oldest: string | undefined; complete: boolean } | undefined;
  setPagedBack(account: string, chat: string, page: { oldest: string | undefined; complete: boolean }): void;
  /** one more id that an archive knows the message by */
  addArchiveId(row: number, by: string, id: string): void;
  /** the message may arrive twice: no archive could tell */
  setTwice(row: number): void;
  /** Removes what is older than `before` (milliseconds since 1970), read, and not waiting to be sent; gives how many. */
  prune(account: string, before: number): number;
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
}

/** Disco answers by their verified caps hash (XEP-0115 §5.4); the same for every account. */
export interface CapsCache {
  get(key: string): string | undefined;
  /** keeps the newest 2,000 */
  put(key: string, value: string): void;
}

export interface Stores {
  readonly messages: MessageStore;
  readonly rooms: RoomStore;
  readonly settings: SettingsStore;
  readonly roster: RosterCache;
  readonly accounts: AccountStore;
  readonly caps: CapsCache;
  close(): void;
}
