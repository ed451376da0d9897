/**
 * Messages in, in one visible order. Each step gives the message on, changed or not, or ends its way. All of it
 * runs synchronously inside one transaction, so that a stanza counts as handled only when it is kept.
 */
import type { ParsedMessage } from '../xmpp/messages.ts';
import { bareOf, resourceOf } from './address.ts';
import type { TypingState } from './events.ts';
import type { ChatKind, Message, MessageSource, NewMessage } from './message.ts';
import type { Outbound } from './outbound.ts';
import type { MessageStore } from './stores.ts';

/** A message on its way in. */
interface Incoming {
  readonly parsed: ParsedMessage;
  readonly source: MessageSource;
  readonly chat: string;
  readonly kind: ChatKind;
  readonly direction: 'in' | 'out';
  readonly nick: string | undefined;
  readonly time: number;
  /** archive id, by an entity whose ids can be trusted */
  readonly stanzaId: string | undefined;
}

export interface InboundOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly outbound: Outbound;
  /** a room that we are in, or were and shall be again */
  readonly isRoom: (bare: string) => boolean;
  /** own nickname in a room */
  readonly nick: (room: string) => string | undefined;
  /** whether archive ids by this JID mean something (XEP-0359 §6: it announces them) */
  readonly trusts: (by: string) => boolean;
  readonly typing: (event: {
    chat: string;
    from: string;
    nick: string | undefined;
    state: TypingState;
  }) => void;
  /** a person said something: its typing is over */
  readonly spoke: (chat: string, from: string) => void;
  readonly received: (message: Message) => void;
}

/** `later`: what is told once the transaction holds; a listener that throws must not undo it */
type Step = (message: Incoming, later: (tell: () => void) => void) => Incoming | undefined;

/** milliseconds between our clock, when a line came live, and the room's stamp on its copy */
const CLOCKS_APART = 5 * 60_000;

export function inbound(options: InboundOptions) {
  const { account, store, outbound } = options;

  /** Where it belongs. Room messages of rooms we are not in are nobody's. */
  function address(parsed: ParsedMessage, source: MessageSource): Incoming | undefined {
    const bare = bareOf(parsed.from);
    const inRoom = options.isRoom(bare);
    if (parsed.type === 'groupchat' && !inRoom) return undefined;
    const kind: ChatKind =
      parsed.type === 'groupchat'
        ? 'room'
        : inRoom && resourceOf(parsed.from) !== undefined
          ? 'private'
          : 'contact';
    const nick = kind === 'contact' ? undefined : resourceOf(parsed.from);
    const by = kind === 'room' ? bare : account;
    return {
      parsed,
      source,
      kind,
      nick,
      chat: kind === 'private' ? parsed.from : bare,
      direction: kind === 'room' && nick !== undefined && nick === options.nick(bare) ? 'out' : 'in',
      time: parsed.delay?.time ?? Date.now(),
      stanzaId: options.trusts(by) ? parsed.stanzaIds.find((entry) => entry.by === by)?.id : undefined,
    };
  }

  /** XEP-0085: states are shown, never stored. One that came late (§5: offline, history) says nothing any more. */
  const takeTyping: Step = (message, later) => {
    const { parsed, chat, kind, nick, direction } = message;
    const { state, body, delay } = parsed;
    if (state === undefined || body !== undefined || delay !== undefined || direction === 'out')
      return message;
    const from = kind === 'contact' ? chat : parsed.from;
    later(() => options.typing({ chat, from, nick, state }));
    return message;
  };

  const takeSpoken: Step = (message, later) => {
    const { parsed, chat, kind, direction } = message;
    if (!says(parsed)) return undefined;
    if (direction === 'in' && parsed.delay === undefined)
      later(() => options.spoke(chat, kind === 'contact' ? chat : parsed.from));
    return message;
  };

  /** The room's copy of our own message is its acknowledgement (XEP-0045 §7.4). */
  const takeReflection: Step = (message, later) => {
    const { direction, parsed, chat, stanzaId } = message;
    if (direction !== 'out') return message;
    for (const id of [parsed.id, parsed.originId]) {
      const tell = id === undefined ? undefined : outbound.reflected(chat, id, stanzaId, parsed.delay?.time);
      if (tell === undefined) continue;
      later(tell);
      return undefined;
    }
    return message;
  };

  /**
   * The same archive id, or, where one of the two has none, the same sender, id, text and stamp. A bare id hides
   * nothing: senders use theirs again (XEP-0359 §6).
   */
  const dropDuplicate: Step = (message) => {
    const { parsed, chat, stanzaId, time } = message;
    if (stanzaId !== undefined && store.byStanzaId(account, chat, stanzaId) !== undefined) return undefined;
    if (parsed.delay === undefined || parsed.id === undefined) return message;
    const same = store
      .byId(account, chat, parsed.id)
      .find(
        (row) =>
          row.from === parsed.from &&
          row.body === textOf(parsed) &&
          (stanzaId === undefined || row.stanzaId === undefined) &&
          isOneMoment(row, message),
      );
    if (same === undefined) return message;
    if (stanzaId !== undefined) store.setStanzaId(same.row, stanzaId, time);
    return undefined;
  };

  /** A room's line that came live has our stamp, its copy in the history the room's (XEP-0045 §7.2.14). */
  function isOneMoment(row: Message, { kind, time }: Incoming): boolean {
    if (row.time === time) return true;
    return kind === 'room' && Math.abs(row.time - time) < CLOCKS_APART;
  }

  function row({ parsed, source, chat, kind, direction, nick, time, stanzaId }: Incoming): NewMessage {
    const own = kind === 'room' ? options.nick(chat) : undefined;
    const body = textOf(parsed);
    return {
      account,
      chat,
      kind,
      from: parsed.from,
      nick,
      to: parsed.to,
      id: parsed.id ?? '',
      stanzaId,
      body,
      subject: parsed.subject,
      time,
      direction,
      source,
      state: direction === 'out' ? 'acked' : undefined,
      encryption: parsed.encryption?.name ?? 'none',
      retracted: false,
      reactions: [],
      url: parsed.link?.url,
      styled: parsed.styled,
      mention: own !== undefined && direction === 'in' && mentions(body, own),
    };
  }

  const steps: readonly Step[] = [takeTyping, takeSpoken, takeReflection, dropDuplicate];

  return {
    /** Takes one parsed message through all steps and keeps it, in one transaction; tells of it when that holds. */
    take(parsed: ParsedMessage, source: MessageSource): void {
      const told: (() => void)[] = [];
      const kept = store.transaction(() => {
        let message = address(parsed, source);
        for (const step of steps) message = message && step(message, (tell) => told.push(tell));
        return message && store.append(row(message));
      });
      for (const tell of told) tell();
      if (kept !== undefined) options.received(kept);
    },
  };
}

function textOf(parsed: ParsedMessage): string {
  return parsed.body ?? parsed.link?.url ?? '';
}

function says(parsed: ParsedMessage): boolean {
  return (
    parsed.body !== undefined ||
    parsed.link !== undefined ||
    parsed.encryption !== undefined ||
    parsed.styled !== undefined
  );
}

const WORDY = /[\p{L}\p{M}\p{N}_]/u;

/** Whether a text names a nickname as a word of its own. Takes time in proportion to the text. */
export function mentions(text: string, nick: string): boolean {
  const lower = text.toLowerCase();
  const name = nick.toLowerCase();
  if (name === '') return false;
  for (let at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, at + 1)) {
    const end = at + name.length;
    // Two units: a character beyond the first 65,536 is a pair of them.
    const before = [...lower.slice(Math.max(0, at - 2), at)].at(-1) ?? ' ';
    const [after = ' '] = lower.slice(end, end + 2);
    if (!WORDY.test(before) && !WORDY.test(after)) return true;
  }
  return false;
}

export type Inbound = ReturnType<typeof inbound>;
