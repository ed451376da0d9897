/**
 * Messages in, in one visible order. Each step gives the message on, changed or not, or ends its way. All of it
 * runs synchronously inside one transaction, so that a stanza counts as handled only when it is kept.
 */
import { withoutFallback } from '../xmpp/fallback.ts';
import type { ParsedMessage } from '../xmpp/messages.ts';
import type { Tombstone } from '../xmpp/moderation.ts';
import type { Invitation } from '../xmpp/muc/invitations.ts';
import { NS_REPLY } from '../xmpp/replies.ts';
import { bareOf, resourceOf } from './address.ts';
import type { Batch, Later } from './batch.ts';
import { type ChangeContext, type Changes, moderatedBy } from './changes.ts';
import type { TypingState } from './events.ts';
import { findCopy } from './identity.ts';
import type { SpeaksToUs } from './mentions.ts';
import type { ChatKind, LinkedFile, Message, MessageSource, NewMessage } from './message.ts';
import type { Outbound } from './outbound.ts';
import type { MessageStore } from './stores.ts';

/** A message on its way in. */
interface Incoming extends ChangeContext {
  /** archive id, by an entity whose ids can be trusted */
  readonly stanzaId: string | undefined;
  /** the same, by one that has not said yet whether it gives such ids */
  readonly claimed: { readonly by: string; readonly id: string } | undefined;
  readonly page: Page | undefined;
  /** rows that the pages named before, by chat */
  readonly before: Map<string, number>;
  /** the last row that was kept when the archive was asked */
  readonly since: number | undefined;
}

/**
 * Where a page of an archive stands: `newer` than all that was known, `first`: the newest one, for an instance that
 * knows none (read already, and no news), `older` than what is known (before it, read, no news).
 */
export type Page = 'first' | 'newer' | 'older';

/** A message of a page of an archive. */
export interface Archived {
  readonly archiveId: string;
  readonly message: ParsedMessage;
  /** when the archive got it, milliseconds since 1970 */
  readonly time: number | undefined;
  /** it is an invitation to a room, or the answer to one, and nothing that was said */
  readonly invitation?: Invitation | 'declined' | undefined;
}

export interface ArchivedPage {
  /** own bare JID, or that of a room */
  readonly archive: string;
  /** oldest first */
  readonly items: readonly Archived[];
  readonly page: Page;
  readonly before?: Map<string, number>;
  /** the last row that was kept when the archive was asked: what came live since is newer than the page */
  readonly since?: number | undefined;
}

export interface InboundOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly batch: Batch;
  readonly outbound: Outbound;
  readonly changes: Changes;
  /** a copy came of what may be a correction, retraction or reaction of ours, by its ids; for later, as `confirmed` */
  readonly amended: (chat: string, ids: readonly (string | undefined)[]) => (() => void) | undefined;
  /** a room that we are in, or were and shall be again */
  readonly isRoom: (bare: string) => boolean;
  /** own nickname in a room */
  readonly nick: (room: string) => string | undefined;
  /** whether what others say in a room is meant for us */
  readonly speaksToUs: SpeaksToUs;
  /** whether archive ids by this JID mean something (XEP-0359 §6: it announces them) */
  readonly trusts: (by: string) => boolean;
  /** ids by those who are being asked whether theirs do */
  readonly claims: { isOpen(by: string): boolean; note(by: string, row: number, id: string): void };
  readonly typing: (event: {
    chat: string;
    from: string;
    nick: string | undefined;
    state: TypingState;
  }) => void;
  /** a person said something: its typing is over */
  readonly spoke: (chat: string, from: string) => void;
  /** another device of ours displayed the chat up to the message of that id */
  readonly readElsewhere: (chat: string, id: string) => void;
  /** the user is at a chat on another device of ours, and saw it up to that row; without one, all of it */
  readonly attendedElsewhere: (chat: string, row?: number) => void;
  /** another device of ours told the sender of a message that it arrived */
  readonly answeredElsewhere: (chat: string, id: string) => void;
  /** a room never seen before, whose history is coming */
  readonly isNew: (room: string) => boolean;
  /** that occupant of a room is here, and the message of that row is its own */
  readonly said: (row: number, occupant: string) => void;
  /** asked at a message that came live; what it gives is called in its transaction: with it the stanza is handled */
  readonly counted: () => () => void;
  /** whether senders who want to hear that their messages arrived may be told */
  readonly owes: () => boolean;
  /** the archive kept an invitation; told when its page is kept */
  readonly invited: (invitation: Invitation, archiveId: string, time: number) => void;
  /** notes that a row was told of, or need not be; gives whether this run had heard nothing of it */
  readonly heard: (row: number) => boolean;
  /** a message is new to this run, and kept by another that lives beside it, which does all that follows from it */
  readonly heardBeside: (message: Message) => void;
  /** a message is new here; told when it is kept */
  readonly received: (message: Message, parsed: ParsedMessage, source: MessageSource) => void;
}

type Step = (message: Incoming, later: Later) => Incoming | undefined;

export function inbound(options: InboundOptions) {
  const { account, store, outbound } = options;

  /** Where it belongs. Room messages of rooms we are not in are nobody's. */
  function address(parsed: ParsedMessage, source: MessageSource, archived?: Archived): Incoming | undefined {
    // What we sent from here or from another device belongs to whom we sent it.
    const own = bareOf(parsed.from) === account;
    const peer = own ? parsed.to : parsed.from;
    const bare = bareOf(peer);
    const inRoom = options.isRoom(bare);
    if (parsed.type === 'groupchat' && (!inRoom || own)) return undefined;
    const occupant = inRoom && resourceOf(peer) !== undefined;
    const kind: ChatKind = parsed.type === 'groupchat' ? 'room' : occupant ? 'private' : 'contact';
    const nick = kind === 'contact' ? undefined : own ? options.nick(bare) : resourceOf(peer);
    const by = kind === 'room' ? bare : account;
    const self = kind === 'room' ? nick !== undefined && nick === options.nick(bare) : own;
    const id = parsed.stanzaIds.find((entry) => entry.by === by)?.id;
    const claimed = archived === undefined && id !== undefined && options.claims.isOpen(by);
    return {
      parsed,
      source,
      kind,
      nick,
      chat: kind === 'private' ? peer : bare,
      direction: self ? 'out' : 'in',
      time: archived?.time ?? parsed.delay?.time ?? Date.now(),
      stamped: archived?.time !== undefined || parsed.delay !== undefined,
      stanzaId: archived?.archiveId ?? (options.trusts(by) ? id : undefined),
      claimed: claimed ? { by, id } : undefined,
      text: textOf(parsed),
      page: undefined,
      before: new Map(),
      since: undefined,
    };
  }

  /** XEP-0085: states are shown, never stored. One that came late (§5: offline, history) says nothing any more. */
  const takeTyping: Step = (message, later) => {
    const { parsed, chat, kind, nick, direction, source } = message;
    const { state, body, delay } = parsed;
    const late = delay !== undefined || source === 'archive';
    if (state === undefined || body !== undefined || late) return message;
    if (direction === 'out') {
      if (isAttending(message)) later(() => options.attendedElsewhere(chat));
      return message;
    }
    const from = kind === 'contact' ? chat : parsed.from;
    later(() => options.typing({ chat, from, nick, state }));
    return message;
  };

  /** XEP-0184, XEP-0333: what became of our messages; what another device of ours has read. */
  const takeMarks: Step = (message, later) => {
    const { parsed, chat, direction, kind } = message;
    const { receipt, marker } = parsed;
    if (receipt === undefined && marker === undefined) return message;
    if (direction === 'out') {
      const read = marker?.type === 'displayed' ? marker.id : undefined;
      if (read !== undefined) later(() => options.readElsewhere(chat, read));
      if (receipt !== undefined) later(() => options.answeredElsewhere(chat, receipt));
    } else if (kind !== 'room') {
      const shown = marker?.type === 'received' ? 'delivered' : 'read';
      const told = [
        receipt === undefined ? undefined : outbound.raised(chat, receipt, 'delivered'),
        marker === undefined ? undefined : outbound.raised(chat, marker.id, shown),
      ];
      for (const tell of told) if (tell !== undefined) later(tell);
    }
    return message;
  };

  function bury(message: Message, { retraction = '', moderated }: Tombstone, time: number): (() => void)[] {
    return options.changes.bury(message, { id: retraction, time }, moderated && moderatedBy(moderated));
  }

  /** Corrections, retractions, reactions: applied once, however often they come. */
  const takeChange: Step = (message, later) => {
    const { chat, stanzaId, parsed, source, time, direction } = message;
    const { tombstone, moderation, retraction, reactions, replaces } = parsed;
    const parts = [tombstone, moderation, retraction, reactions, replaces];
    if (parts.every((part) => part === undefined)) return message;
    const known = stanzaId === undefined ? undefined : store.byStanzaId(account, chat, stanzaId);
    // XEP-0424 §tombstones: to be believed of an archive only.
    if (tombstone !== undefined && source !== 'archive') return undefined;
    const told =
      known === undefined ? options.changes.take(message) : tombstone && bury(known, tombstone, time);
    if (told === undefined) return message;
    const confirmed = direction === 'out' ? options.amended(chat, [parsed.id, parsed.originId]) : undefined;
    for (const tell of told) later(tell);
    if (confirmed !== undefined) later(confirmed);
    if (replaces !== undefined) endTyping(message, later);
    return undefined;
  };

  /** XEP-0085 §5: who says something has written it, whatever state stands beside it. */
  function endTyping({ direction, parsed, source, kind, chat }: Incoming, later: Later): void {
    if (direction === 'in' && parsed.delay === undefined && source === 'live')
      later(() => options.spoke(chat, kind === 'contact' ? chat : parsed.from));
  }

  const takeSpoken: Step = (message, later) => {
    const { parsed } = message;
    // What was taken back before we saw it leaves its place in the timeline.
    if (!says(parsed) && parsed.tombstone === undefined) return undefined;
    endTyping(message, later);
    return message;
  };

  /**
   * Another copy of what is kept: of our own it is the acknowledgement (XEP-0045 §7.4), from the archive the order.
   */
  const takeCopy: Step = (message, later) => {
    const { stanzaId, page, parsed, stamped, time, chat, before } = message;
    const known = findCopy(store, account, message);
    if (known === undefined) return message;
    const inPage = page !== undefined;
    if (known.stanzaId === undefined) claim(message, known.row, later);
    const tell = outbound.confirmed(known, stanzaId, stamped && !inPage ? time : undefined);
    const history = historyOf(message);
    const isPast = page === 'first' || page === 'older';
    later(() => {
      if (options.heard(known.row) && !isPast)
        options.heardBeside({ ...(store.get(known.row) ?? known), history });
    });
    if (tell !== undefined) later(tell);
    if (parsed.occupantId !== undefined) store.setOccupant(known.row, parsed.occupantId);
    if (parsed.delay !== undefined && known.delayed !== true) store.setDelayed(known.row);
    const archived = { id: stanzaId ?? '', time: stamped ? time : undefined };
    if (inPage && page !== 'older' && store.follow(known.row, archived, before.get(chat)))
      before.set(chat, known.row);
    if (message.kind === 'room' && !stamped) later(() => options.said(known.row, parsed.from));
    // What waited for the id that it got only now.
    if (parsed.tombstone !== undefined)
      for (const buried of bury(known, parsed.tombstone, time)) later(buried);
    if (stanzaId !== undefined && known.stanzaId === undefined)
      for (const settled of options.changes.settle({ ...known, stanzaId })) later(settled);
    return undefined;
  };

  /** Before anything else is told of it: what asks for its id waits then. */
  function claim({ claimed }: Incoming, row: number, later: Later): void {
    if (claimed !== undefined) later(() => options.claims.note(claimed.by, row, claimed.id));
  }

  function row(message: Incoming): NewMessage {
    const { parsed, source, chat, kind, direction, nick, time, stanzaId, text, page } = message;
    const heard = kind === 'room' && direction === 'in';
    const asks = direction === 'in' && kind !== 'room';
    // XEP-0184 §5.5: never when history is looked at. What came to another device is answered there.
    const isNews = source === 'live' || page === 'newer';
    const { tombstone } = parsed;
    return {
      account,
      chat,
      kind,
      from: parsed.from,
      nick,
      to: parsed.to,
      id: parsed.id ?? '',
      stanzaId,
      body: text,
      subject: parsed.subject,
      time,
      direction,
      source,
      state: direction === 'out' ? 'acked' : undefined,
      encryption: parsed.encryption?.name ?? 'none',
      replaces: parsed.replaces,
      replyTo: parsed.reply?.id,
      retracted: tombstone !== undefined,
      moderated: tombstone?.moderated && moderatedBy(tombstone.moderated),
      reactions: [],
      url: parsed.link?.url ?? parsed.file?.url,
      file: parsed.file && fileOf(parsed.file),
      styled: parsed.styled,
      mention: heard && options.speaksToUs(chat, text, parsed.mentions),
      occupantId: parsed.occupantId,
      delayed: parsed.delay === undefined ? undefined : true,
      markable: asks && parsed.markable === true ? true : undefined,
      receiptOwed: asks && isNews && options.owes() && parsed.receiptRequested === true ? true : undefined,
      thread: parsed.thread,
    };
  }

  const steps: readonly Step[] = [takeTyping, takeMarks, takeChange, takeSpoken, takeCopy];

  function keep(message: Incoming): Message {
    const { page, chat, before, since, kind, stamped } = message;
    // What a room that we never saw before says of its past is no news.
    const past = kind === 'room' && stamped && options.isNew(chat);
    if (page === undefined) return store.append(row(message), { read: past });
    if (page === 'older') return store.prepend(row(message));
    // Nobody can read any more what was taken back.
    const read = page === 'first' || message.parsed.tombstone !== undefined;
    const kept = store.appendArchived(row(message), { read, since });
    before.set(chat, kept.row);
    return kept;
  }

  /** What a room says of its past when one enters is marked by the room (XEP-0045 §7.2.13). */
  function historyOf({ kind, chat, parsed, source }: Incoming): Message['history'] {
    if (kind !== 'room' || source !== 'live' || bareOf(parsed.delay?.from ?? '') !== chat) return undefined;
    return options.isNew(chat) ? 'past' : 'missed';
  }

  function through(start: Incoming | undefined, later: Later): void {
    let message = start;
    for (const step of steps) message = message && step(message, later);
    if (message === undefined) return;
    const { parsed, page, chat, kind, stamped, source } = message;
    const kept = keep(message);
    claim(message, kept.row, later);
    later(() => void options.heard(kept.row));
    const settled = options.changes.settle(kept);
    for (const tell of settled) later(tell);
    if (kind !== 'contact' && !stamped) later(() => options.said(kept.row, parsed.from));
    if (isAttending(message)) later(() => options.attendedElsewhere(chat, kept.row));
    if (page === 'older' || page === 'first') return;
    const history = historyOf(message);
    const now = () => ({ ...(settled.length === 0 ? kept : (store.get(kept.row) ?? kept)), history });
    later(() => options.received(now(), parsed, source));
  }

  /** One to us is news where the page is; what we sent ourselves, and answers of long ago, are none. */
  function invited({ invitation, archiveId, message, time }: Archived, page: Page, later: Later): void {
    if (invitation === undefined || invitation === 'declined' || page !== 'newer') return;
    if (bareOf(message.from) === account) return;
    later(() => options.invited(invitation, archiveId, time ?? Date.now()));
  }

  return {
    /**
     * Takes one parsed message through all steps and keeps it, in one transaction, which it may share with others that
     * came together; tells of it when that holds.
     */
    take(parsed: ParsedMessage, source: MessageSource): void {
      const work = (later: Later) => {
        let changed = false;
        through(address(parsed, source), (tell) => {
          changed = true;
          later(tell);
        });
        // What leaves nothing behind, or says only who is typing, may come again: that costs no commit.
        const counts = changed && (parsed.state === undefined || parsed.body !== undefined);
        return counts ? options.counted() : undefined;
      };
      options.batch.run(work, { together: saysOnly(parsed) });
    },

    /**
     * Takes a page of an archive, oldest first, in one transaction with `done`, which notes how far the archive is
     * known. `before` is one map for all pages that follow each other: the last row of each chat.
     */
    takePage({ archive, items, page, before = new Map(), since }: ArchivedPage, done: () => void): void {
      const work = (later: Later) => {
        const order = page === 'older' ? items.toReversed() : items;
        for (const item of order) {
          // What was said in a room stands in the room's archive, by the room's ids.
          if ((item.message.type === 'groupchat') !== (archive !== account)) continue;
          if (item.invitation !== undefined) {
            invited(item, page, later);
            continue;
          }
          const message = address(item.message, 'archive', item);
          through(message && { ...message, page, before, since }, later);
        }
        done();
        return undefined;
      };
      options.batch.run(work, { together: false });
    },
  };
}

/** It says something and nothing of other messages: what it does rests on nothing that is told of those before it. */
function saysOnly(parsed: ParsedMessage): boolean {
  const { body, replaces, receipt, marker, reactions, retraction, moderation, tombstone } = parsed;
  const ofOthers = [replaces, receipt, marker, reactions, retraction, moderation, tombstone];
  return body !== undefined && ofOthers.every((part) => part === undefined);
}

/**
 * XEP-0085 §3: who is `active` or `composing` is at the chat, and sees it. Many clients tell their other devices in no
 * other way what was read. A script sends without a state: it has seen nothing.
 */
function isAttending({ parsed: { state }, direction, kind }: Incoming): boolean {
  return direction === 'out' && kind === 'contact' && (state === 'active' || state === 'composing');
}

const fileOf = ({ name, size, mime, hashes }: NonNullable<ParsedMessage['file']>): LinkedFile => ({
  name,
  size,
  mime,
  hashes,
});

function textOf({ body, link, file, reply, fallbacks, tombstone }: ParsedMessage): string {
  // What an archive leaves there is for those who do not know tombstones.
  if (tombstone !== undefined) return '';
  if (body === undefined) return link?.url ?? file?.url ?? '';
  if (reply === undefined || fallbacks === undefined) return body;
  // XEP-0461 §compat: the quotation is for those who do not know replies. One that is nothing else stays.
  return withoutFallback(body, fallbacks, NS_REPLY) || body;
}

function says(parsed: ParsedMessage): boolean {
  return (
    parsed.body !== undefined ||
    parsed.link !== undefined ||
    parsed.file !== undefined ||
    parsed.encryption !== undefined ||
    parsed.styled !== undefined
  );
}

export type Inbound = ReturnType<typeof inbound>;
