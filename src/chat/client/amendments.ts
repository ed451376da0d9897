/** What we change of messages: corrections (XEP-0308), retractions (XEP-0424), reactions (XEP-0444), replies (XEP-0461). */
import type { OutgoingMessage } from '../../xmpp/messages.ts';
import { isEmoji } from '../../xmpp/reactions.ts';
import { randomId } from '../../xmpp/session/random-id.ts';
import { bareOf } from '../address.ts';
import { ownBody } from '../body.ts';
import type { Message } from '../message.ts';
import { ChatError } from '../problem.ts';
import type { MessageStore } from '../stores.ts';
import type { Linked } from './link.ts';

export interface AmendmentsOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly linked: Linked;
  readonly nick: (room: string) => string | undefined;
  readonly changed: (message: Message, change: 'corrected' | 'retracted' | 'reacted') => void;
}

/** characters of a message that an answer repeats */
const LONGEST_QUOTE = 500;

export function amendments({ account, store, linked, nick, changed }: AmendmentsOptions) {
  function known(row: number): Message {
    const message = store.get(row);
    if (message === undefined) throw new ChatError('message-gone');
    return message;
  }

  function own(row: number): Message {
    const message = known(row);
    if (message.direction !== 'out') throw new ChatError('not-own-message');
    if (message.retracted) throw new ChatError('message-gone');
    return message;
  }

  /** Rooms name a message by the id that the room gave it; people by the sender's. */
  function nameOf(message: Message): string {
    const name = message.kind === 'room' ? message.stanzaId : message.id;
    if (name === undefined || name === '') throw new ChatError('message-without-id');
    return name;
  }

  function write(message: Message, more: Partial<OutgoingMessage>): string {
    const id = randomId();
    const { chat, kind } = message;
    const type = kind === 'room' ? 'groupchat' : 'chat';
    linked().features.messages.send({ to: chat, type, occupant: kind === 'private', id, ...more });
    return id;
  }

  const me = (message: Message) =>
    message.kind === 'contact' ? account : `${bareOf(message.chat)}/${nick(bareOf(message.chat)) ?? ''}`;

  function tell(message: Message | undefined, change: Parameters<typeof changed>[1]): Message {
    if (message === undefined) throw new ChatError('message-gone');
    changed(message, change);
    return message;
  }

  return {
    /** Puts a new text in place of an own message's. Throws ChatError `not-own-message`, `message-gone`, `too-long`, `offline`. */
    correct(row: number, text: string): Message {
      const message = own(row);
      const body = ownBody(text);
      const { id: replaces, replyTo } = message;
      // XEP-0308 §rules: a correction takes the place of all of it, so what it answers is said again.
      const id = write(message, {
        body,
        replaces,
        ...(replyTo === undefined ? {} : { reply: { id: replyTo } }),
      });
      return tell(store.correct(row, body, { id, time: Date.now() }), 'corrected');
    },

    /** Takes an own message back, as far as the others' clients follow. */
    retract(row: number): Message {
      const message = own(row);
      const id = write(message, { retraction: { id: nameOf(message), originId: message.id } });
      return tell(store.retract(row, { id, time: Date.now() }), 'retracted');
    },

    /** Sets all our reactions to a message; none takes them away. Throws ChatError `not-an-emoji`, `offline`. */
    react(row: number, emojis: readonly string[]): Message {
      const message = known(row);
      const wrong = emojis.find((emoji) => !isEmoji(emoji));
      if (wrong !== undefined) throw new ChatError('not-an-emoji', { value: wrong });
      const id = write(message, { reactions: { id: nameOf(message), emojis } });
      return tell(store.react(row, { from: me(message), emojis }, { id, time: Date.now() }), 'reacted');
    },

    /** What a reply to a message says of it. */
    replyTo(row: number): NonNullable<OutgoingMessage['reply']> {
      const message = known(row);
      const quoted = [...message.body].slice(0, LONGEST_QUOTE).join('');
      return { id: nameOf(message), to: message.from, quoted };
    },
  };
}

export type Amendments = ReturnType<typeof amendments>;
