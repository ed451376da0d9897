/** What we tell of messages that came: that they arrived (XEP-0184), that they were displayed (XEP-0333, XEP-0490). */
import type { Features } from '../../xmpp/features.ts';
import type { ParsedMessage } from '../../xmpp/messages.ts';
import { bareOf } from '../address.ts';
import type { Message } from '../message.ts';
import type { MessageStore } from '../stores.ts';

export interface MarksOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly features: () => Features | undefined;
  /** the user lets contacts know what arrived and was read */
  readonly allowed: () => boolean;
  /** counts the chat's unread messages again */
  readonly counted: (chat: string) => void;
}

export function marks({ account, store, features, allowed, counted }: MarksOptions) {
  /** the newest message of each chat whose sender wants to hear that it was displayed */
  const wanted = new Map<string, string>();

  /** Another device of ours displayed a chat up to that message. Only moves forward: what is read stays read. */
  function readElsewhere(chat: string, message: Message | undefined): void {
    if (message === undefined) return;
    store.markRead(account, chat, message.row);
    counted(chat);
  }

  return {
    /** A message is new here. XEP-0184 §5.5: not when history is looked at, which does not come this way. */
    arrived(message: Message, parsed: ParsedMessage): void {
      if (message.direction === 'out' || message.kind === 'room') return;
      if (parsed.markable === true) wanted.set(message.chat, message.id);
      if (parsed.receiptRequested === true && allowed()) features()?.receipts.answer(parsed);
    },

    /** The user sees a chat up to this message. */
    displayed(message: Message): void {
      const live = features();
      if (live === undefined) return;
      const { chat, kind, stanzaId } = message;
      const id = wanted.get(chat);
      wanted.delete(chat);
      if (id !== undefined && allowed()) live.markers.displayed({ to: chat, type: 'chat', id });
      if (stanzaId === undefined || kind === 'private') return;
      const by = kind === 'room' ? bareOf(chat) : account;
      // Without such a node the other devices count for themselves.
      live.displayedSync.publish({ chat, stanzaId: { id: stanzaId, by } }).catch(() => undefined);
    },

    readElsewhere(chat: string, id: string): void {
      readElsewhere(chat, store.byId(account, chat, id)[0] ?? store.byStanzaId(account, chat, id));
    },

    /** Listens to what other devices displayed. */
    attach({ displayedSync }: Features): void {
      displayedSync.on('displayed', ({ chat, stanzaId }) =>
        readElsewhere(chat, store.byStanzaId(account, chat, stanzaId.id)),
      );
    },

    /** Takes over what they displayed while we were away. Never rejects: a server without such nodes is no fault. */
    async load(): Promise<void> {
      const states =
        (await features()
          ?.displayedSync.load()
          .catch(() => [])) ?? [];
      for (const { chat, stanzaId } of states)
        readElsewhere(chat, store.byStanzaId(account, chat, stanzaId.id));
    },
  };
}

export type Marks = ReturnType<typeof marks>;
