/** `client.messages`: messages sent, looked up and changed. */
import type { Message, MessageVersion } from '../message.ts';
import type { MessageStore } from '../stores.ts';
import type { Amendments } from './amendments.ts';
import type { Delivery, SettleOptions } from './delivery.ts';
import type { ChatKinds } from './kinds.ts';

export interface MessageAreaOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly kinds: Pick<ChatKinds, 'kindOf' | 'chatOf'>;
  readonly delivery: Delivery;
  readonly amendments: Amendments;
}

export function messageArea({ account, store, kinds, delivery, amendments }: MessageAreaOptions) {
  const { kindOf, chatOf } = kinds;
  const { correct, retract, react } = amendments;
  return {
    /** Commits the row, then writes it where that is possible now. Throws ChatError `not-joined` for a room left. */
    send(chat: string, body: string): Message {
      const target = chatOf(chat);
      return delivery.send(target, kindOf(target), body);
    },

    /**
     * As `send`, for several texts: their rows share a commit, so all of them are kept or, where it throws, none, and
     * nothing of them was written then. Gives the rows in the order of the texts.
     */
    sendAll(chat: string, bodies: readonly string[]): Message[] {
      const target = chatOf(chat);
      return delivery.sendAll(target, kindOf(target), bodies);
    },

    /**
     * Commits the row, goes online, waits for the acknowledgement and for the answer to a ping behind it. Resolves to
     * the row as it is then: `acked` only where both came, `failed` where an error did, else `queued` or `sent`, to be
     * sent by a later run. Rejects where the server refused us or cannot be trusted; nothing is kept then.
     */
    async sendAndSettle(chat: string, body: string, options: SettleOptions): Promise<Message> {
      const target = chatOf(chat);
      return delivery.sendAndSettle(target, kindOf(target), body, options);
    },

    /** Resolves when the message is acknowledged or failed, or `timeout` ms passed, with its row as it is then. */
    settled: (
      row: number,
      options: { timeout: number; signal?: AbortSignal | undefined },
    ): Promise<Message> => delivery.outbox.settled(row, options),

    /** Puts a new text in place of an own message's (XEP-0308). Throws ChatError `not-own-message`, `message-gone`, `too-long`. */
    correct,

    /** Takes an own message back (XEP-0424), as far as the others' clients follow. */
    retract,

    /** Sets all our reactions to a message (XEP-0444); none takes them away. */
    react,

    /** Answers a message (XEP-0461). */
    reply(row: number, body: string): Message {
      const answers = amendments.answerable(row);
      const { chat, kind } = answers.message;
      return delivery.send(chat, kind, body, { answers });
    },

    get: (row: number): Message | undefined => store.get(row),

    /** The message that an id names in a chat: the one its sender gave it, in rooms the one the room gave it. */
    named(chat: string, id: string): Message | undefined {
      const byRoom = kindOf(chat) === 'room' ? store.byStanzaId(account, chat, id) : undefined;
      return byRoom ?? store.byId(account, chat, id)[0];
    },

    /** The texts that a message had before, oldest first. */
    versions: (row: number): MessageVersion[] => store.versions(row),

    /** How many own messages have not reached the server. */
    unsent: (): number => store.pending(account).length,
  };
}

export type MessageArea = ReturnType<typeof messageArea>;
