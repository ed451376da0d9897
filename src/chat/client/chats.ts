/** `client.chats`: the conversations there are: what each one is, what of it was read, who is typing in it. */
import type { TypingState } from '../events.ts';
import type { ChatKind } from '../message.ts';
import type { AccountSettings } from '../settings.ts';
import type { MessageStore } from '../stores.ts';
import type { TypingStates } from '../typing.ts';
import type { ChatKinds } from './kinds.ts';
import type { Live } from './link.ts';
import type { Marks } from './marks.ts';
import type { Reading } from './unread.ts';

export interface ChatAreaOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly live: Live;
  readonly settings: Pick<AccountSettings, 'get'>;
  readonly kinds: Pick<ChatKinds, 'kindOf' | 'chatOf'>;
  readonly marks: Pick<Marks, 'displayed'>;
  readonly reading: Reading;
  readonly typing: Pick<TypingStates, 'who'>;
}

export function chatArea(options: ChatAreaOptions) {
  const { account, store, live, settings, marks, reading, typing } = options;
  const { kindOf, chatOf } = options.kinds;
  return {
    /** by last message, newest first */
    list: (): { chat: string; kind: ChatKind; last: number; unread: number; mentions: number }[] =>
      store.chats(account),

    kindOf,

    /** The chat that a full or bare JID belongs to: an occupant stays whole, a contact's resource goes. */
    chatOf,

    /** those with messages that were not read, and how many */
    unread: reading.unread,

    /** The oldest message of a chat that was read neither here nor, as far as that is known, on another device. */
    firstUnread: (chat: string): number | undefined => store.unread(account, chat).firstRow,

    /** The user sees the chat to its end; other devices and, where they may know it, the other side hear of it. */
    markRead(chat: string): void {
      const before = store.unread(account, chat);
      if (before.count === 0) return;
      marks.displayed(chat);
      reading.count(chat, before);
    },

    /** Who is typing in a chat now: nicknames in rooms, bare JIDs else. */
    typing: typing.who,

    /** Tells a contact what we do with the chat (XEP-0085); rooms are not told. */
    setTyping(chat: string, state: TypingState): void {
      const states = live()?.chatStates;
      if (states === undefined || kindOf(chat) !== 'contact') return;
      states.enabled = settings.get('send-typing') === 'on';
      if (state === 'composing') states.composing(chat);
      else if (state === 'gone') states.gone(chat);
      else states.active(chat);
    },
  };
}

export type ChatArea = ReturnType<typeof chatArea>;
