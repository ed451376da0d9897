/** What a chat is: a contact's, a room's, or an occupant's of a room. */
import { bareOf, resourceOf } from '../address.ts';
import type { ChatKind, Message } from '../message.ts';
import type { MessageStore } from '../stores.ts';

export interface ChatKindsOptions {
  readonly account: string;
  readonly store: MessageStore;
  /** rooms that we are in, were in until the connection broke, or keep */
  readonly isRoom: (bare: string) => boolean;
}

/** A room that was left stays a room: its history says so. */
export function chatKinds({ account, store, isRoom }: ChatKindsOptions) {
  const past = new Map<string, ChatKind | undefined>();
  /** rooms of this run: who was put out of one without a word said there does not write to a person of that name */
  const rooms = new Set<string>();

  function kept(chat: string): ChatKind | undefined {
    if (!past.has(chat)) past.set(chat, store.history({ account, chat, limit: 1 })[0]?.kind);
    return past.get(chat);
  }

  function kindOf(chat: string): ChatKind {
    const bare = bareOf(chat);
    if (rooms.has(bare) || isRoom(bare)) return resourceOf(chat) === undefined ? 'room' : 'private';
    return kept(chat) ?? 'contact';
  }

  return {
    kindOf,
    /** The chat that a full or bare JID belongs to: an occupant stays whole, a contact's resource goes. */
    chatOf: (jid: string): string => (kindOf(jid) === 'private' ? jid : bareOf(jid)),
    /** We are in that room. */
    entered: (room: string): void => void rooms.add(room),
    /** A message became part of a timeline. */
    note({ chat, kind }: Pick<Message, 'chat' | 'kind'>): void {
      if (past.get(chat) === undefined) past.set(chat, kind);
    },
  };
}

export type ChatKinds = ReturnType<typeof chatKinds>;
