/**
 * Messages that change others: corrections (XEP-0308), retractions (XEP-0424), moderation (XEP-0425), reactions
 * (XEP-0444). Each applies to the right message only, from the right sender; what comes first waits for it.
 */
import type { ParsedMessage } from '../xmpp/messages.ts';
import type { ModeratedBy } from '../xmpp/moderation.ts';
import { bareOf } from './address.ts';
import type { SpeaksToUs } from './mentions.ts';
import type { ChangedBy, ChangeNews, ChatKind, Message, MessageSource, Moderated } from './message.ts';
import type { MessageStore } from './stores.ts';

/** Who says something. */
export interface Author {
  /** full JID */
  readonly from: string;
  readonly direction: 'in' | 'out';
  readonly occupantId?: string | undefined;
}

/** A change as it is kept while its message is not known. */
interface Change extends Author {
  readonly kind: 'moderate' | 'retract' | 'react';
  readonly by: ChangedBy;
  readonly emojis?: readonly string[];
  readonly moderated?: Moderated;
  readonly source?: MessageSource;
}

export type Changed = 'corrected' | 'retracted' | 'reacted';

/** A message on its way in, as far as it may change another. */
export interface ChangeContext {
  readonly parsed: ParsedMessage;
  readonly chat: string;
  readonly kind: ChatKind;
  readonly direction: 'in' | 'out';
  readonly nick: string | undefined;
  readonly time: number;
  /** the time is a server's */
  readonly stamped: boolean;
  /** what is shown and kept */
  readonly text: string;
  readonly source: MessageSource;
}

export interface ChangesOptions {
  readonly account: string;
  readonly store: MessageStore;
  /** the room says itself who is who, whatever the nicknames are (XEP-0421) */
  readonly namesOccupants: (room: string) => boolean;
  /** that occupant said the message of that row while we were there, and has been there all the time since */
  readonly stayed: (occupant: string, row: number) => boolean;
  /** whether what others say in a room is meant for us */
  readonly speaksToUs: SpeaksToUs;
  readonly changed: (message: Message, change: Changed, news?: ChangeNews) => void;
  /** whether this run told of a message that was changed so, as it is now */
  readonly hasTold: (message: Message, change: Changed) => boolean;
}

export function changes({
  account,
  store,
  namesOccupants,
  stayed,
  speaksToUs,
  changed,
  hasTold,
}: ChangesOptions) {
  /** The messages that an id names in that chat, newest first: by the room's stanza-id, else by their sender's id. */
  function named(chat: string, kind: ChatKind, id: string): Message[] {
    const byId = store.byId(account, chat, id);
    if (kind !== 'room') return byId;
    const known = store.byStanzaId(account, chat, id);
    // XEP-0424, XEP-0444 §business-id: what the room gave an id is named by no other one.
    return known === undefined ? byId.filter(({ stanzaId }) => stanzaId === undefined) : [known];
  }

  /** The same account with all its devices, the same contact with all of its, in rooms the same nickname. */
  function sameName({ kind, from, direction }: Message, author: Author): boolean {
    if (direction !== author.direction) return false;
    if (kind === 'contact') return direction === 'out' || bareOf(from) === bareOf(author.from);
    return (kind === 'private' && direction === 'out') || from === author.from;
  }

  /**
   * XEP-0308 §rules, XEP-0424 §rules: only who wrote it. In rooms that is the occupant: by its id where the room gives
   * some, else by a nickname that nobody else can have had meanwhile.
   */
  function wrote(message: Message, author: Author): boolean {
    const { kind, direction, occupantId, row } = message;
    if (kind === 'contact' || (kind === 'private' && direction === 'out')) return sameName(message, author);
    if (namesOccupants(bareOf(message.chat)) && occupantId !== undefined && author.occupantId !== undefined)
      return direction === author.direction && occupantId === author.occupantId;
    return sameName(message, author) && stayed(author.from, row);
  }

  function apply(message: Message, change: Change): (() => void) | undefined {
    const { kind, by, emojis = [] } = change;
    if (kind === 'react') {
      const from = message.kind === 'contact' ? bareOf(change.from) : change.from;
      const reaction = { from, emojis };
      const known = message.reactions.find((one) => one.from === from)?.emojis ?? [];
      const named = message.kind !== 'contact' && namesOccupants(bareOf(message.chat));
      const row = store.react(message.row, reaction, by, named ? change.occupantId : undefined);
      const fresh = emojis.filter((emoji) => !known.includes(emoji));
      if (row !== undefined) return () => changed(row, 'reacted', newsOf(change, { emojis: fresh }));
      const stands = known.join() === emojis.join();
      return stands ? beside(message.row, 'reacted', change, { emojis }) : undefined;
    }
    const row = store.retract(message.row, by, change.moderated);
    if (row !== undefined) return () => changed(row, 'retracted', newsOf(change));
    return message.retracted ? beside(message.row, 'retracted', change) : undefined;
  }

  /**
   * Another process with the same data heard it first, and wrote it down: it is told here as well. Of what comes late
   * nobody knows whether an earlier run told it.
   */
  function beside(
    row: number,
    change: Changed,
    author: Author & { readonly by: ChangedBy; readonly source?: MessageSource },
    more?: Pick<ChangeNews, 'emojis'>,
  ): (() => void) | undefined {
    const now = author.by.stamped === true ? undefined : store.get(row);
    if (now === undefined || hasTold(now, change)) return undefined;
    return () => changed(now, change, newsOf(author, more));
  }

  function newsOf(
    { direction, from, source = 'live' }: Author & { readonly source?: MessageSource },
    more: Pick<ChangeNews, 'emojis' | 'mention'> = {},
  ): ChangeNews | undefined {
    return direction === 'in' ? { from, source, ...more } : undefined;
  }

  /** Whether the text that is shown now, which `parsed` may have brought, names us, as it is kept. */
  function mentioned(message: Message, { mentions }: ParsedMessage, text: string): Message {
    const heard = message.kind === 'room' && message.direction === 'in';
    const references = message.body === text ? mentions : [];
    const mention = heard && speaksToUs(message.chat, message.body, references);
    if (mention === message.mention) return message;
    store.setMention(message.row, mention);
    return { ...message, mention };
  }

  /** Of several messages of one id only its author's can be meant; a room's moderation needs the id that it gave. */
  function applyToAny(messages: readonly Message[], change: Change, id: string): (() => void)[] {
    const meant = messages.find((message) => {
      if (change.kind === 'moderate') return store.byStanzaId(account, message.chat, id)?.row === message.row;
      return change.kind === 'react' || wrote(message, change);
    });
    const tell = meant && apply(meant, change);
    return tell === undefined ? [] : [tell];
  }

  /** Applies it now, or keeps it for later. Gives what is told when the transaction holds. */
  function applyOrKeep({ chat, kind }: ChangeContext, target: string, change: Change): (() => void)[] {
    const messages = named(chat, kind, target);
    if (messages.length > 0) return applyToAny(messages, change, target);
    store.wait(account, chat, target, JSON.stringify(change), change.by.time);
    return [];
  }

  function correct(
    { parsed, chat, text, source }: ChangeContext,
    author: Author,
    by: ChangedBy,
  ): (() => void)[] | undefined {
    const originals = store
      .byId(account, chat, parsed.replaces ?? '')
      .filter((message) => message.direction === author.direction);
    const original =
      // One that was taken already may come again when its author is gone: from an archive.
      originals.find(
        (message) => sameName(message, author) && store.wasCorrected(message.row, by.id, text),
      ) ?? originals.find((message) => wrote(message, author));
    if (original === undefined) return undefined;
    const corrected = store.correct(original.row, text, by);
    if (corrected === undefined) {
      const { row, corrected: stands, retracted } = original;
      const tell = stands && !retracted ? beside(row, 'corrected', { ...author, by, source }) : undefined;
      return tell === undefined ? [] : [tell];
    }
    const row = mentioned(corrected, parsed, text);
    const news = newsOf({ ...author, source }, { mention: row.mention && !original.mention });
    return [() => changed(row, 'corrected', news)];
  }

  /** Corrections that came before the message they correct, and stand in the timeline by themselves. */
  function takeCorrections(message: Message): (() => void)[] {
    if (message.id === '') return [];
    return store
      .correcting(account, message.chat, message.id)
      .filter((correction) => correction.row !== message.row && wrote(message, correction))
      .flatMap(({ row, id, time, body, mention }) => {
        const corrected = store.correct(message.row, body, { id, time, stamped: true });
        if (corrected?.body === body) store.setMention(message.row, mention);
        store.remove(row);
        return corrected === undefined ? [] : [() => changed(corrected, 'corrected')];
      });
  }

  return {
    /**
     * Takes a message that corrects, retracts or reacts. Gives what is to be told, or `undefined` where the message is
     * none of these, or corrects what is not known: then it is a message like any other, and no text is lost.
     */
    take(context: ChangeContext): (() => void)[] | undefined {
      const { parsed, chat, kind, nick: speaker, time, stamped, direction, source } = context;
      const { moderation, retraction, reactions, occupantId } = parsed;
      // In a room our devices are one occupant.
      const from =
        kind === 'private' && direction === 'out' ? `${bareOf(chat)}/${speaker ?? ''}` : parsed.from;
      const by = { id: parsed.id ?? '', time, stamped };
      const author = { from, direction, occupantId, by, source };
      if (moderation !== undefined)
        return applyOrKeep(context, moderation.id, {
          ...author,
          kind: 'moderate',
          moderated: moderatedBy(moderation),
        });
      if (retraction !== undefined)
        return applyOrKeep(context, retraction.id, { ...author, kind: 'retract' });
      if (reactions !== undefined)
        return applyOrKeep(context, reactions.id, { ...author, kind: 'react', emojis: reactions.emojis });
      const corrects = parsed.replaces !== undefined && parsed.body !== undefined;
      return corrects ? correct(context, author, by) : undefined;
    },

    /** What stands in an archive where a message was: it was taken back (XEP-0424 §tombstones). */
    bury(message: Message, by: ChangedBy, moderated?: Moderated): (() => void)[] {
      const row = store.retract(message.row, by, moderated);
      return row === undefined ? [] : [() => changed(row, 'retracted')];
    },

    /** A message, or its id, became known: what waited for it is applied, oldest first. */
    settle(message: Message): (() => void)[] {
      if (!store.isAwaited(account, message.chat, message.id, message.stanzaId)) return [];
      const names = new Set([
        message.stanzaId,
        message.kind === 'room' && message.stanzaId ? '' : message.id,
      ]);
      const waited = [...names]
        .filter((name) => name !== undefined && name !== '')
        .flatMap((name) =>
          store
            .takeWaiting(account, message.chat, name ?? '')
            .flatMap((kept) => applyToAny([message], JSON.parse(kept) as Change, name ?? '')),
        );
      return [...takeCorrections(message), ...waited];
    },
  };
}

/** What is kept of who did it. */
export const moderatedBy = ({ by, reason }: ModeratedBy): Moderated => ({ by, reason });

export type Changes = ReturnType<typeof changes>;
