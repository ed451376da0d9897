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

type Step = (message: Incoming) => Incoming | undefined;

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
  const takeTyping: Step = (message) => {
    const { parsed, chat, kind, nick } = message;
    if (parsed.state === undefined || parsed.delay !== undefined || message.direction === 'out')
      return message;
    const from = kind === 'contact' ? chat : parsed.from;
    if (parsed.body === undefined) options.typing({ chat, from, nick, state: parsed.state });
    return message;
  };

  const takeSpoken: Step = (message) => {
    if (says(message.parsed) && message.direction === 'in')
      options.spoke(message.chat, message.kind === 'contact' ? message.chat : message.parsed.from);
    return says(message.parsed) ? message : undefined;
  };

  /** The room's copy of our own message is its acknowledgement (XEP-0045 §7.4). */
  const takeReflection: Step = (message) => {
    if (message.direction !== 'out' || message.parsed.id === undefined) return message;
    const { parsed, chat, stanzaId } = message;
    const known =
      outbound.reflected(chat, parsed.id ?? '', stanzaId, parsed.delay?.time) ||
      (parsed.originId !== undefined &&
        outbound.reflected(chat, parsed.originId, stanzaId, parsed.delay?.time));
    return known ? undefined : message;
  };

  /**
   * The same archive id, or, where there is none, the same sender, id, text and stamp. A bare id hides nothing:
   * senders use theirs again (XEP-0359 §6).
   */
  const dropDuplicate: Step = (message) => {
    const { parsed, chat, stanzaId, time } = message;
    if (stanzaId !== undefined)
      return store.byStanzaId(account, chat, stanzaId) === undefined ? message : undefined;
    if (parsed.delay === undefined || parsed.id === undefined) return message;
    const same = store
      .byId(account, chat, parsed.id)
      .some((row) => row.from === parsed.from && row.body === (parsed.body ?? '') && row.time === time);
    return same ? undefined : message;
  };

  function row({ parsed, source, chat, kind, direction, nick, time, stanzaId }: Incoming): NewMessage {
    const own = kind === 'room' ? options.nick(chat) : undefined;
    const body = parsed.body ?? parsed.link?.url ?? '';
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
      const kept = store.transaction(() => {
        let message = address(parsed, source);
        for (const step of steps) message = message && step(message);
        return message && store.append(row(message));
      });
      if (kept !== undefined) options.received(kept);
    },
  };
}

function says(parsed: ParsedMessage): boolean {
  return (
    parsed.body !== undefined ||
    parsed.link !== undefined ||
    parsed.encryption !== undefined ||
    parsed.styled !== undefined
  );
}

/** Whether a text names a nickname as a word of its own. */
export function mentions(text: string, nick: string): boolean {
  if (nick === '') return false;
  const lower = text.toLocaleLowerCase();
  const name = nick.toLocaleLowerCase();
  const wordy = /[\p{L}\p{N}_]/u;
  for (let at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, at + 1)) {
    const before = lower.slice(0, at).match(/.$/su)?.[0] ?? ' ';
    const after = lower.slice(at + name.length).match(/^./su)?.[0] ?? ' ';
    if (!wordy.test(before) && !wordy.test(after)) return true;
  }
  return false;
}

export type Inbound = ReturnType<typeof inbound>;
