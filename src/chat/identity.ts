/** When two copies are one message. Checked against XEP-0359 §6 and the servers; docs/decisions/delivery.md. */
import type { ParsedMessage } from '../xmpp/messages.ts';
import { bareOf } from './address.ts';
import type { ChatKind, Message } from './message.ts';
import type { MessageStore } from './stores.ts';

/** What identity is judged by. */
export interface Copy {
  readonly parsed: ParsedMessage;
  readonly chat: string;
  readonly kind: ChatKind;
  readonly direction: 'in' | 'out';
  /** milliseconds since 1970 */
  readonly time: number;
  /** archive id, by an entity whose ids can be trusted */
  readonly stanzaId: string | undefined;
  /** what will be shown, and is kept as the body */
  readonly text: string;
}

/** milliseconds between our clock, when a line came live, and the room's stamp on its copy */
const CLOCKS_APART = 5 * 60_000;

/**
 * The row that this is another copy of. A shared archive id decides; where one side has none, sender, id and text have
 * to agree and more beside. A bare id hides nothing: senders use theirs again.
 */
export function findCopy(store: MessageStore, account: string, copy: Copy): Message | undefined {
  const { parsed, chat, stanzaId } = copy;
  const known = stanzaId === undefined ? undefined : store.byStanzaId(account, chat, stanzaId);
  if (known !== undefined) return known;
  const ids = new Set([parsed.id, parsed.originId].filter((id) => id !== undefined));
  return [...ids]
    .flatMap((id) => store.byId(account, chat, id))
    .find(
      (row) =>
        sameSender(row, copy) &&
        sameText(store, row, copy) &&
        (isOwn(row, copy) || isForAnotherDevice(row, copy) || isResend(row, copy) || isOneMoment(row, copy)),
    );
}

function sameSender(row: Message, { parsed, kind, direction }: Copy): boolean {
  // What another process of ours with the same data said, there under a nickname of its own.
  if (kind === 'room' && row.direction === 'out' && row.from === parsed.from) return true;
  if (row.direction !== direction) return false;
  // Another device of ours is us; a contact's devices share the bare JID; occupants are told apart by their nick.
  return kind === 'contact'
    ? bareOf(row.from) === bareOf(parsed.from)
    : direction === 'out' || row.from === parsed.from;
}

/** The text it came with: a correction may have replaced what is shown. */
function sameText(store: MessageStore, row: Message, { text, parsed }: Copy): boolean {
  // XEP-0424 §tombstones: it had one.
  if (parsed.tombstone !== undefined) return true;
  if (row.body === text) return true;
  return (row.corrected === true || row.retracted) && store.versions(row.row)[0]?.body === text;
}

/** Our own live message carries no archive id; the ids that we give are random, so the same one is the same message. */
function isOwn(row: Message, { parsed, direction, chat, stanzaId }: Copy): boolean {
  if (direction !== 'out' && row.direction !== 'out') return false;
  // To oneself: archived when it was sent and when it came.
  const toOneself = chat === bareOf(parsed.from) && chat === bareOf(parsed.to);
  return row.source === 'local' || toOneself || row.stanzaId === undefined || stanzaId === undefined;
}

/** A private message in a room goes to each device of ours by itself, and is archived as often. */
function isForAnotherDevice(row: Message, { parsed, kind }: Copy): boolean {
  return kind === 'private' && bareOf(row.to) === bareOf(parsed.to) && row.to !== parsed.to;
}

/**
 * Written again after a lost stream: the later one says so by a delay, and its id is one that its sender calls its
 * origin's. Either may come to us first.
 */
function isResend(row: Message, { parsed }: Copy): boolean {
  const delayed = parsed.delay !== undefined || row.delayed === true;
  return delayed && parsed.originId !== undefined && parsed.originId === row.id;
}

/** Without an archive id on one side: the same stamp. A room's line that came live has ours, its history the room's. */
function isOneMoment(row: Message, { kind, time, stanzaId, parsed }: Copy): boolean {
  if (stanzaId !== undefined && row.stanzaId !== undefined) return false;
  if (parsed.delay === undefined && stanzaId === undefined) return false;
  if (row.from !== parsed.from) return false;
  if (row.time === time) return true;
  return kind === 'room' && Math.abs(row.time - time) < CLOCKS_APART;
}
