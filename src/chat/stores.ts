/** What the domain needs of storage. Implemented in src/storage; all calls are synchronous and durable on return. */
import type { Show } from './events.ts';
import type { Message, MessageFailure, MessageState, NewMessage } from './message.ts';

export interface HistoryQuery {
  readonly account: string;
  readonly chat?: string | undefined;
  /** rows before this row */
  readonly before?: number | undefined;
  /** milliseconds since 1970 */
  readonly since?: number | undefined;
  /** newest n of what matches; the answer is oldest first */
  readonly limit: number;
}

export interface MessageStore {
  /** Runs `work` in one transaction: all of it is kept, or none. Nests. */
  transaction<T>(work: () => T): T;
  append(message: NewMessage): Message;
  get(row: number): Message | undefined;
  /** messages of that id attribute in a chat, newest first */
  byId(account: string, chat: string, id: string): Message[];
  byStanzaId(account: string, chat: string, stanzaId: string): Message | undefined;
  /** newest `limit` messages matching, oldest first */
  history(query: HistoryQuery): Message[];
  setState(row: number, state: MessageState, failure?: MessageFailure): Message | undefined;
  setStanzaId(row: number, stanzaId: string, time?: number): Message | undefined;
  /** own messages queued or sent and not acknowledged, oldest first */
  pending(account: string): Message[];
  chats(
    account: string,
  ): { chat: string; kind: Message['kind']; last: number; unread: number; mentions: number }[];
  unread(account: string, chat: string): { count: number; mentions: number; firstRow: number | undefined };
  /** everything up to and including `row` counts as read */
  markRead(account: string, chat: string, row: number): void;
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
  setLastSeen(account: string, jid: string, time: number): void;
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
  put(account: AccountRow): void;
  /** removes every row of the account */
  wipe(account: string): void;
}

export interface Stores {
  readonly messages: MessageStore;
  readonly rooms: RoomStore;
  readonly settings: SettingsStore;
  readonly roster: RosterCache;
  readonly accounts: AccountStore;
  close(): void;
}
