/** class Client: one account's conversations; what the UI calls and listens to. */
import type { EventEmitter } from 'node:events';
import type {
  ChatEvents,
  ConnectionState,
  Contact,
  FileTransfer,
  Occupant,
  Request,
  Show,
  TypingState,
} from './events.ts';
import type { ChatKind, Message } from './message.ts';
import type { RoomRow, UserDetails, UserRow } from './people.ts';
import type { SettingName } from './settings.ts';

export interface Credentials {
  /** bare JID */
  jid: string;
  password: string;
}

export interface JoinedRoom {
  readonly room: string;
  readonly name: string;
  readonly nick: string;
  readonly subject: string;
  readonly occupants: readonly Occupant[];
}

export interface Client extends EventEmitter<ChatEvents> {
  /** bare JID, '' before the first log-in */
  readonly account: string;
  /** full JID once online */
  readonly jid: string;
  readonly state: ConnectionState;
  /** own presence as last sent */
  readonly presence: { show: Show; status: string };

  // ---- people
  contacts(): Contact[];
  contact(jid: string): Contact | undefined;
  /** resolves when the presences after log-in have come: a ping behind the initial presence, then 1 s at most */
  contactsSettled(): Promise<void>;
  addContact(
    jid: string,
    more: {
      name?: string | undefined;
      groups?: readonly string[] | undefined;
      greeting?: string | undefined;
    },
  ): Promise<void>;
  removeContact(jid: string): Promise<void>;
  approve(jid: string): Promise<void>;
  decline(jid: string): Promise<void>;
  users(
    query: string | undefined,
  ): Promise<{ users: UserRow[]; domain: string; complete: 'directory' | 'needs-text' | 'no-directory' }>;
  details(jid: string): Promise<UserDetails>;
  block(jid: string): Promise<void>;
  unblock(jid: string): Promise<void>;
  blocked(): Promise<string[]>;

  // ---- presence
  setPresence(show: Show, status: string): Promise<void>;

  /** for the next log-in, without sending anything */
  savePresence(show: Show, status: string): void;

  // ---- conversations
  /** the chat that a full or bare JID belongs to: an occupant stays whole, a contact's resource goes */
  chatOf(jid: string): string;
  kindOf(chat: string): ChatKind;
  /** newest `limit` messages before `before`, oldest first, from the local store */
  history(query: {
    chat?: string | undefined;
    before?: number | undefined;
    since?: number | undefined;
    limit: number;
  }): Message[];
  /** Commits the row, then writes it when online. Throws ChatError. */
  send(chat: string, body: string): Message;
  /** resolves when the message is acknowledged, fails or `timeout` ms passed, with its row as it is then */
  settled(row: number, options: { timeout: number; signal?: AbortSignal }): Promise<Message>;
  /** Commits the row, goes online, writes it, waits for the acknowledgement and the answer to a ping behind it. */
  sendAndSettle(
    chat: string,
    body: string,
    options: { timeout: number; signal: AbortSignal; online: () => Promise<void> },
  ): Promise<Message>;
  /** condition that keeps us from the server */
  readonly offlineReason: string | undefined;
  setTyping(chat: string, state: TypingState): void;
  /** who is typing in a chat now: nicknames in rooms, bare JIDs else */
  typing(chat: string): string[];
  markRead(chat: string): void;
  unread(): { chat: string; kind: ChatKind; count: number; mentions: number }[];
  /** chats by last message, newest first */
  chats(): { chat: string; kind: ChatKind; last: number; unread: number; mentions: number }[];

  // ---- rooms
  /** JID of the server's room service, found by disco; undefined where it has none */
  roomService(): Promise<string | undefined>;
  /** completes a bare room name with the room service; ChatError `no-room-service` where there is none */
  roomAddress(typed: string): Promise<string>;
  publicRooms(): Promise<RoomRow[]>;
  joinedRooms(): JoinedRoom[];
  joinedRoom(room: string): JoinedRoom | undefined;
  /** Throws StanzaError with the room's condition: `conflict` (nick), `not-authorized` (password), … */
  join(
    room: string,
    options: { nick?: string | undefined; password?: string | undefined; keep?: boolean | undefined },
  ): Promise<{ created: boolean; nick: string }>;
  leave(room: string): Promise<void>;
  setSubject(room: string, subject: string): Promise<void>;
  setNick(room: string, nick: string): Promise<void>;
  invite(room: string, jid: string, reason: string | undefined): Promise<void>;

  // ---- what waits for an answer
  requests(): Request[];
  accept(id: string): Promise<void>;
  refuse(id: string): Promise<void>;

  // ---- files
  /** resolves when done; rejects with ChatError on failure or cancel */
  sendFile(
    path: string,
    peer: string,
    options?: { signal?: AbortSignal; onProgress?: (file: FileTransfer) => void },
  ): Promise<FileTransfer>;
  files(): FileTransfer[];
  cancelFile(id: string): void;

  // ---- account
  changePassword(password: string): Promise<void>;
  /** removes the account from the server; `wipe` also all local data of it */
  deleteAccount(options: { wipe: boolean }): Promise<void>;
  logout(): Promise<void>;
  setting(name: SettingName): string;
  setSetting(name: SettingName, value: string): void;
}
