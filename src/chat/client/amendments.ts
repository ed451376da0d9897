/** What we change of messages: corrections (XEP-0308), retractions (XEP-0424), reactions (XEP-0444), replies (XEP-0461). */
import { isEmoji } from '../../xmpp/reactions.ts';
import { randomId } from '../../xmpp/session/random-id.ts';
import { bareOf } from '../address.ts';
import { type Amending, type AmendmentChange, nameOf } from '../amending.ts';
import { ownBody } from '../body.ts';
import type { AmendmentKind, Message } from '../message.ts';
import { ChatError } from '../problem.ts';
import type { MessageStore } from '../stores.ts';

export interface AmendmentsOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly outbox: Amending;
  readonly isRoom: (bare: string) => boolean;
  readonly nick: (room: string) => string | undefined;
  /** own occupant id, where the room gives such ids (XEP-0421) */
  readonly occupantId: (room: string) => string | undefined;
  readonly changed: (message: Message, change: AmendmentChange) => void;
  /** the room has named the message, and it is not known yet whether that counts */
  readonly awaitsName: (message: Message) => boolean;
}

export function amendments(options: AmendmentsOptions) {
  const { account, store, outbox, isRoom, nick, changed } = options;
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

  function named(message: Message, kind: AmendmentKind): string {
    const name = nameOf(message, kind);
    if (name === undefined) throw new ChatError('message-without-id');
    return name;
  }

  /** Throws where it could never go out: what still gets its id from the room waits for that. */
  function checked(message: Message, kind: AmendmentKind): void {
    const room = bareOf(message.chat);
    if (message.kind !== 'contact' && !isRoom(room)) throw new ChatError('not-joined', { room });
    if (message.state !== 'queued' && message.state !== 'sent' && !options.awaitsName(message))
      named(message, kind);
  }

  const me = (message: Message) =>
    message.kind === 'contact' ? account : `${bareOf(message.chat)}/${nick(bareOf(message.chat)) ?? ''}`;

  function made(message: Message | undefined): Message {
    if (message === undefined) throw new ChatError('message-gone');
    return message;
  }

  function told(message: Message, change: AmendmentChange): Message {
    changed(message, change);
    return message;
  }

  const by = () => ({ id: randomId(), time: Date.now() });

  /** Nobody has it yet: it goes nowhere, and its text stays with us. */
  function withdraw(row: number): Message | undefined {
    return store.transaction(() => {
      if (store.get(row)?.state !== 'queued') return undefined;
      store.retract(row, by());
      return store.setState(row, 'failed', { condition: 'withdrawn' });
    });
  }

  return {
    /**
     * Puts a new text in place of an own message's. One that was never written simply gets that text. Throws ChatError
     * `not-own-message`, `message-gone`, `too-long`, `not-joined`.
     */
    correct(row: number, text: string): Message {
      const message = own(row);
      const content = ownBody(text);
      const rewritten = store.rewrite(row, content);
      if (rewritten !== undefined) return told(rewritten, 'corrected');
      checked(message, 'correction');
      const one = by();
      const apply = () => store.correct(row, content, one);
      return made(outbox.make(row, { kind: 'correction', content, ...one, apply }));
    },

    /** Takes an own message back, as far as the others' clients follow; one that was never written goes nowhere. */
    retract(row: number): Message {
      const message = own(row);
      const withdrawn = withdraw(row);
      if (withdrawn !== undefined) return told(withdrawn, 'retracted');
      checked(message, 'retraction');
      const one = by();
      const apply = () => store.retract(row, one);
      return made(outbox.make(row, { kind: 'retraction', content: '', ...one, apply }));
    },

    /**
     * Sets all our reactions to a message; none takes them away. Throws ChatError `not-an-emoji`, `not-joined`, and
     * `no-reaction` where there is none to take away.
     */
    react(row: number, emojis: readonly string[]): Message {
      const message = known(row);
      const wrong = emojis.find((emoji) => !isEmoji(emoji));
      if (wrong !== undefined) throw new ChatError('not-an-emoji', { value: wrong });
      // In a room ours may stand under a nickname that we had before.
      const mine = message.reactions.some(({ from }) => message.kind !== 'contact' || from === account);
      if (emojis.length === 0 && !mine) throw new ChatError('no-reaction');
      checked(message, 'reaction');
      const one = by();
      const id = message.kind === 'contact' ? undefined : options.occupantId(bareOf(message.chat));
      const apply = () => store.react(row, { from: me(message), emojis }, one, id);
      const content = JSON.stringify(emojis);
      return made(outbox.make(row, { kind: 'reaction', content, ...one, apply }));
    },

    /** A message to be answered, and the id that names it. */
    answerable(row: number): { id: string; message: Message } {
      const message = known(row);
      return { id: named(message, 'reaction'), message };
    },
  };
}

export type Amendments = ReturnType<typeof amendments>;
