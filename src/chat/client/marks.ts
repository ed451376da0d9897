/** What we tell of messages that came: that they arrived (XEP-0184), that they were displayed (XEP-0333, XEP-0490). */
import type { Features } from '../../xmpp/features.ts';
import type { ParsedMessage } from '../../xmpp/messages.ts';
import { bareOf } from '../address.ts';
import type { Message, MessageSource } from '../message.ts';
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

  /** messages of the archive to be answered, by chat and id: another device of ours may have done it */
  const due = new Map<string, ParsedMessage>();
  /** by chat: displayed elsewhere up to a message that is not known here yet */
  const ahead = new Map<string, string>();
  const keyOf = (chat: string, id: string) => JSON.stringify([chat, id]);

  /** Another device of ours displayed a chat up to that row. Only moves forward: what is read stays read. */
  function read(chat: string, row: number): void {
    store.markRead(account, chat, row);
    counted(chat);
  }

  function displayedElsewhere(chat: string, stanzaId: string): void {
    const message = store.byStanzaId(account, chat, stanzaId);
    if (message === undefined) ahead.set(chat, stanzaId);
    else {
      ahead.delete(chat);
      read(chat, message.row);
    }
  }

  function answer(parsed: ParsedMessage): void {
    if (allowed()) features()?.receipts.answer(parsed);
  }

  return {
    /**
     * A message is new here. XEP-0184 §5.5: never when history is looked at, which does not come this way. What came to
     * another device is answered there.
     */
    arrived(message: Message, parsed: ParsedMessage, source: MessageSource): void {
      if (message.direction === 'out' || message.kind === 'room') return;
      if (parsed.markable === true) wanted.set(message.chat, message.id);
      if (parsed.receiptRequested !== true || source === 'carbon') return;
      if (source === 'archive') due.set(keyOf(message.chat, message.id), parsed);
      else answer(parsed);
    },

    /** Another device of ours told the sender of a message that it arrived. */
    answeredElsewhere(chat: string, id: string): void {
      due.delete(keyOf(chat, id));
    },

    /** An archive was read to its end. */
    caughtUp(): void {
      for (const parsed of due.values()) answer(parsed);
      due.clear();
      for (const [chat, stanzaId] of [...ahead]) displayedElsewhere(chat, stanzaId);
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
      const message = store.byId(account, chat, id)[0] ?? store.byStanzaId(account, chat, id);
      if (message !== undefined) read(chat, message.row);
    },

    attendedElsewhere(chat: string, row = Number.POSITIVE_INFINITY): void {
      read(chat, row);
    },

    /** Listens to what other devices displayed. */
    attach({ displayedSync }: Features): void {
      displayedSync.on('displayed', ({ chat, stanzaId }) => displayedElsewhere(chat, stanzaId.id));
    },

    /** Takes over what they displayed while we were away. Never rejects: a server without such nodes is no fault. */
    async load(): Promise<void> {
      const states =
        (await features()
          ?.displayedSync.load()
          .catch(() => [])) ?? [];
      for (const { chat, stanzaId } of states) displayedElsewhere(chat, stanzaId.id);
    },
  };
}

export type Marks = ReturnType<typeof marks>;
