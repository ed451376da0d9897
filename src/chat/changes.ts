/**
 * Messages that change others: corrections (XEP-0308), retractions (XEP-0424), moderation (XEP-0425), reactions
 * (XEP-0444). Each applies to the right message only, from the right sender; what comes first waits for it.
 */
import type { ParsedMessage } from '../xmpp/messages.ts';
import { bareOf } from './address.ts';
import type { ChatKind, Message } from './message.ts';
import type { MessageStore } from './stores.ts';

/** A change as it is kept while its message is not known. */
type Change =
  | {
      readonly kind: 'retract';
      readonly from: string;
      readonly id: string;
      readonly time: number;
      readonly byRoom: boolean;
    }
  | {
      readonly kind: 'react';
      readonly from: string;
      readonly emojis: readonly string[];
      readonly time: number;
    };

export type Changed = 'corrected' | 'retracted' | 'reacted';

export interface ChangeContext {
  readonly parsed: ParsedMessage;
  readonly chat: string;
  readonly kind: ChatKind;
  readonly time: number;
  readonly text: string;
}

export interface ChangesOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly changed: (message: Message, change: Changed) => void;
}

export function changes({ account, store, changed }: ChangesOptions) {
  /** The message that an id names in that chat: rooms name by the room's stanza-id, people by the sender's id. */
  function named(chat: string, kind: ChatKind, id: string): Message | undefined {
    const byArchive = kind === 'room' ? store.byStanzaId(account, chat, id) : undefined;
    return byArchive ?? store.byId(account, chat, id)[0];
  }

  /** §4 of XEP-0308, §5 of XEP-0424: only who wrote it. In rooms that is the occupant, elsewhere the bare JID. */
  function sameAuthor(message: Message, from: string): boolean {
    return message.kind === 'contact' ? bareOf(message.from) === bareOf(from) : message.from === from;
  }

  function apply(message: Message, change: Change): (() => void) | undefined {
    if (change.kind === 'react') {
      const from = message.kind === 'contact' ? bareOf(change.from) : change.from;
      const row = store.react(message.row, { from, emojis: change.emojis });
      return row && (() => changed(row, 'reacted'));
    }
    if (message.retracted || !(change.byRoom || sameAuthor(message, change.from))) return undefined;
    const row = store.retract(message.row, { id: change.id, time: change.time });
    return row && (() => changed(row, 'retracted'));
  }

  /** Applies it now, or keeps it for later. Gives what is told when the transaction holds. */
  function applyOrKeep(context: ChangeContext, target: string, change: Change): (() => void)[] {
    const message = named(context.chat, context.kind, target);
    if (message === undefined) {
      store.wait(account, context.chat, target, JSON.stringify(change), context.time);
      return [];
    }
    const tell = apply(message, change);
    return tell === undefined ? [] : [tell];
  }

  return {
    /**
     * Takes a message that corrects, retracts or reacts. Gives what is to be told, or `undefined` where the message is
     * none of these, or corrects what is not known: then it is a message like any other, and no text is lost.
     */
    take(context: ChangeContext): (() => void)[] | undefined {
      const { parsed, chat, time, text } = context;
      const id = parsed.id ?? '';
      if (parsed.moderation !== undefined)
        return applyOrKeep(context, parsed.moderation.id, {
          kind: 'retract',
          from: chat,
          id,
          time,
          byRoom: true,
        });
      if (parsed.retraction !== undefined)
        return applyOrKeep(context, parsed.retraction.id, {
          kind: 'retract',
          from: parsed.from,
          id,
          time,
          byRoom: false,
        });
      if (parsed.reactions !== undefined)
        return applyOrKeep(context, parsed.reactions.id, {
          kind: 'react',
          from: parsed.from,
          emojis: parsed.reactions.emojis,
          time,
        });
      if (parsed.replaces === undefined || parsed.body === undefined) return undefined;
      const original = store.byId(account, chat, parsed.replaces).find((row) => sameAuthor(row, parsed.from));
      if (original === undefined) return undefined;
      if (original.retracted) return [];
      const row = store.correct(original.row, text, { id, time });
      return row === undefined ? [] : [() => changed(row, 'corrected')];
    },

    /** A message became known: what waited for it is applied, oldest first. */
    settle(message: Message): (() => void)[] {
      const names = [message.id, message.stanzaId].filter((name) => name !== undefined && name !== '');
      return names
        .flatMap((name) => store.takeWaiting(account, message.chat, name ?? ''))
        .map((kept) => apply(message, JSON.parse(kept) as Change))
        .filter((tell) => tell !== undefined);
    },
  };
}

export type Changes = ReturnType<typeof changes>;
