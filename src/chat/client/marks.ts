/**
 * What we tell of messages that came: that they arrived (XEP-0184), that they were displayed (XEP-0333, XEP-0490).
 * What is owed is kept with the messages, so that another stream, or another run, tells it.
 */
import { DisconnectedError, TimeoutError } from '../../xmpp/errors.ts';
import type { Features } from '../../xmpp/features.ts';
import { bareOf } from '../address.ts';
import type { Message } from '../message.ts';
import { isStorageFailure, type MarkStore, type MessageStore } from '../stores.ts';
import type { Unread } from './unread.ts';

export interface MarksOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly marks: MarkStore;
  /** undefined where nobody can be told anything now, or it is not known yet who may be */
  readonly features: () => Features | undefined;
  /** the user lets contacts know what arrived and was read */
  readonly allowed: () => boolean;
  /** counts the chat's unread messages again; `before`: how many there were */
  readonly counted: (chat: string, before: Unread) => void;
  readonly failed: (error: Error) => void;
}

export function marks({ account, store, marks: kept, features, allowed, counted, failed }: MarksOptions) {
  /** by chat: displayed elsewhere up to a message that is not known here yet */
  const ahead = new Map<string, string>();
  /** rows whose senders were told that they arrived, and which the store does not know of yet */
  const answered = new Set<number>();
  /** rows up to which somebody is being told that a chat was displayed */
  const telling = new Set<number>();

  /** Another device of ours displayed a chat up to that row. Only moves forward: what is read stays read. */
  function read(chat: string, row: number): void {
    const before = store.unread(account, chat);
    store.markRead(account, chat, row);
    kept.told(account, chat, row);
    counted(chat, before);
  }

  function displayedElsewhere(chat: string, stanzaId: string): void {
    const message = store.byStanzaId(account, chat, stanzaId);
    if (message === undefined) ahead.set(chat, stanzaId);
    else {
      ahead.delete(chat);
      read(chat, message.row);
    }
  }

  /** The store hears of many at once. One that it does not hear of is told twice rather than never. */
  function settleAnswered(): void {
    const rows = [...answered];
    answered.clear();
    try {
      kept.settle(rows);
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      failed(error);
    }
  }

  /** Tells the sender, or settles that it shall not be told. */
  function answer({ row, kind, from, id, thread }: Message): void {
    const live = features();
    if (live === undefined) return;
    if (allowed() && kind !== 'room')
      live.receipts.answer({ type: 'chat', from, id, receiptRequested: true, thread });
    if (answered.size === 0) queueMicrotask(settleAnswered);
    answered.add(row);
  }

  /** Where the server has no such nodes the other devices count for themselves; a lost stream is another matter. */
  async function publish(live: Features, message: Message): Promise<void> {
    const { chat, kind, stanzaId } = message;
    if (stanzaId === undefined || kind === 'private') return;
    const by = kind === 'room' ? bareOf(chat) : account;
    try {
      await live.displayedSync.publish({ chat, stanzaId: { id: stanzaId, by } });
    } catch (error) {
      if (error instanceof DisconnectedError || error instanceof TimeoutError) throw error;
    }
  }

  function tellOne(live: Features, message: Message, marker: string | undefined): void {
    const { row, chat, thread } = message;
    if (telling.has(row)) return;
    telling.add(row);
    if (marker !== undefined && allowed())
      live.markers.displayed({ to: chat, type: 'chat', id: marker, thread });
    publish(live, message)
      .then(
        () => kept.told(account, chat, row),
        // The next stream tells it.
        () => undefined,
      )
      .catch((error: unknown) => {
        if (isStorageFailure(error)) failed(error);
      })
      .finally(() => telling.delete(row));
  }

  return {
    /** whether the sender of a message may be told that it arrived */
    owes: allowed,

    /**
     * A message is new here. What an archive brought is answered at its end: another device of ours may have done that.
     */
    arrived(message: Message): void {
      if (message.receiptOwed === true && message.source === 'live') answer(message);
    },

    /** Another device of ours told the sender of a message that it arrived. */
    answeredElsewhere(chat: string, id: string): void {
      const rows = store
        .byId(account, chat, id)
        .filter(({ receiptOwed }) => receiptOwed === true)
        .map(({ row }) => row);
      if (rows.length > 0) kept.settle(rows);
    },

    /** An archive was read to its end, or there is none. */
    caughtUp(): void {
      if (features() !== undefined)
        for (const row of kept.owed(account)) {
          const message = store.get(row);
          if (message !== undefined) answer(message);
        }
      for (const [chat, stanzaId] of [...ahead]) displayedElsewhere(chat, stanzaId);
    },

    /** The user sees a chat to its end. */
    displayed(chat: string): void {
      kept.displayed(account, chat);
      this.tell();
    },

    /** Tells up to where chats were displayed: our other devices, and those who want to hear it. */
    tell(): void {
      const live = features();
      if (live === undefined) return;
      for (const { row, marker } of kept.untold(account)) {
        const message = store.get(row);
        if (message !== undefined) tellOne(live, message, marker);
      }
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
