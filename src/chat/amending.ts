/**
 * Own corrections (XEP-0308), retractions (XEP-0424) and reactions (XEP-0444) on their way: committed with what they do
 * here, written behind the message they are about, acknowledged. One that comes twice does no more than once, so
 * whatever an earlier stream left is written again with the same id.
 */
import { DisconnectedError } from '../xmpp/errors.ts';
import { questionableSize } from './body.ts';
import type { AmendmentKind, ChatKind, Message, MessageFailure } from './message.ts';
import { type Amendment, type AmendmentStore, isStorageFailure, type MessageStore } from './stores.ts';

export type AmendmentChange = 'corrected' | 'retracted' | 'reacted' | 'state';

export interface AmendingOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly amendments: AmendmentStore;
  /** the instance that writes here; undefined: nobody else shares the data */
  readonly instance: () => { readonly key: string; isAlive(key: string): boolean } | undefined;
  /** whether an amendment may be written to that chat now */
  readonly canWrite: (chat: string, kind: ChatKind, what: AmendmentKind) => boolean;
  /** `again`: it was written to an earlier stream. Throws DisconnectedError. */
  readonly write: (amendment: Amendment, message: Message, again: boolean) => void;
  readonly changed: (message: Message, change: AmendmentChange) => void;
  /** the room has named the message, and it is not known yet whether that counts */
  readonly awaitsName: (message: Message) => boolean;
  /** the store could not keep what the server said */
  readonly failed: (error: Error) => void;
}

/** What is to be changed, and what that does to the message here; undefined where it is gone. */
export interface NewAmendment {
  readonly kind: AmendmentKind;
  readonly content: string;
  readonly id: string;
  /** milliseconds since 1970 */
  readonly time: number;
  readonly apply: () => Message | undefined;
}

const CHANGES = { correction: 'corrected', retraction: 'retracted', reaction: 'reacted' } as const;

/** What is written of a message takes the place of this, if that was never written. */
const REPLACES: Readonly<Record<AmendmentKind, readonly AmendmentKind[]>> = {
  correction: ['correction'],
  retraction: ['correction', 'retraction'],
  reaction: ['reaction'],
};

/** Rooms name a message by the id that the room gave it; people by the sender's (XEP-0424, XEP-0444 §business-id). */
export function nameOf({ kind, stanzaId, id }: Message, amendment: AmendmentKind): string | undefined {
  const name = kind === 'room' && amendment !== 'correction' ? stanzaId : id;
  return name === '' ? undefined : name;
}

/** Own, and not known to have reached the server: its id in a room, and whether it failed, are still to come. */
const isUnderWay = ({ state }: Message) => state === 'queued' || state === 'sent';

export function amending(options: AmendingOptions) {
  const { account, store, amendments, canWrite, changed, failed } = options;
  /** written to this stream and not yet acknowledged: id → what */
  const inFlight = new Map<string, Amendment>();
  /** rows written to an earlier stream, to be written again */
  const unknown = new Set<number>();

  /** It was on its way from here, from an instance that is gone, or from where nobody knows. */
  function isOurs(by: string | undefined): boolean {
    const own = options.instance();
    return by === undefined || own === undefined || by === own.key || !own.isAlive(by);
  }

  function announce(message: number, change: AmendmentChange = 'state'): void {
    const now = store.get(message);
    if (now !== undefined) changed(now, change);
  }

  function settle(
    { row, id, message }: Amendment,
    state: 'acked' | 'failed',
    failure?: MessageFailure,
  ): void {
    inFlight.delete(id);
    unknown.delete(row);
    amendments.setState(row, state, failure);
    announce(message);
  }

  function write(amendment: Amendment, message: Message, again: boolean): void {
    inFlight.set(amendment.id, amendment);
    try {
      options.write(amendment, message, again);
    } catch (error) {
      inFlight.delete(amendment.id);
      if (!(error instanceof DisconnectedError)) throw error;
      // The stream went between the look and the write: the next one takes it.
      amendments.setState(amendment.row, 'queued');
      announce(message.row);
    }
  }

  /** Whether it can go out behind what it is about; where it never can, why. */
  function ready(message: Message, kind: AmendmentKind): boolean | MessageFailure {
    const own = message.direction === 'out';
    if (own && message.state === 'failed') return message.failure ?? { condition: 'undefined-condition' };
    if (own && message.state === 'queued') return false;
    if (!canWrite(message.chat, message.kind, kind)) return false;
    if (nameOf(message, kind) !== undefined) return true;
    if (own && isUnderWay(message)) return false;
    return options.awaitsName(message) ? false : { condition: 'message-without-id' };
  }

  function attempt(amendment: Amendment): void {
    const message = store.get(amendment.message);
    if (message === undefined) return;
    const go = ready(message, amendment.kind);
    if (go === false) return;
    if (go !== true) {
      settle(amendment, 'failed', go);
      return;
    }
    const again = unknown.delete(amendment.row);
    // Another process with the same data may have been faster.
    if (again && !isOurs(amendment.by)) return;
    if (!amendments.write(amendment.row, amendment, options.instance()?.key)) return;
    if (!again) announce(amendment.message);
    write(amendment, message, again);
  }

  /** What is still waiting and would be undone by it goes nowhere. */
  function makeRoom(row: number, kind: AmendmentKind): void {
    for (const waiting of amendments.pending(account))
      if (waiting.message === row && waiting.state === 'queued' && REPLACES[kind].includes(waiting.kind))
        amendments.remove(waiting.row);
  }

  /** Largest first. */
  const sizes = () =>
    [...inFlight.values()]
      .filter(({ kind }) => kind === 'correction')
      .map((amendment) => ({ amendment, size: questionableSize(amendment.content) ?? 0 }))
      .filter(({ size }) => size > 0)
      .sort((one, other) => other.size - one.size);

  return {
    /** Commits it with what it does here, and writes it where that is possible now. Undefined: the message is gone. */
    make(row: number, { kind, content, id, time, apply }: NewAmendment): Message | undefined {
      const before = store.get(row);
      const now = before !== undefined && ready(before, kind) === true;
      const made = store.transaction(() => {
        makeRoom(row, kind);
        if (apply() === undefined) return undefined;
        const state = now ? 'sent' : 'queued';
        return amendments.add({ message: row, id, kind, content, time, state, by: options.instance()?.key });
      });
      if (made === undefined) return undefined;
      announce(row, CHANGES[kind]);
      const message = store.get(row);
      if (now && message !== undefined) write(made, message, false);
      return store.get(row);
    },

    /** Writes what waits and was made before the message of that row, or all of it. */
    flush(before = Number.POSITIVE_INFINITY): void {
      for (const amendment of amendments.pending(account)) {
        const { id, row, state, after } = amendment;
        if (after >= before) return;
        if (!inFlight.has(id) && (state === 'queued' || unknown.has(row))) attempt(amendment);
      }
    },

    /** The server has it (XEP-0198 §4). What goes to a room is known to be there by its reflection alone. */
    acknowledged(id: string): void {
      const amendment = inFlight.get(id);
      if (amendment === undefined || store.get(amendment.message)?.kind === 'room') return;
      try {
        settle(amendment, 'acked');
      } catch (error) {
        // The next stream writes it again.
        if (!isStorageFailure(error)) throw error;
        failed(error);
      }
    },

    /**
     * A copy of it came, from the room or an archive. Gives what tells of it; undefined where it was known to be there.
     * Another process with the same data may have heard that first.
     */
    confirmed(chat: string, ids: readonly (string | undefined)[]): (() => void) | undefined {
      const found = ids
        .map((id) => (id === undefined ? undefined : amendments.byId(account, chat, id)))
        .find((amendment) => amendment !== undefined);
      if (found === undefined) return undefined;
      if (found.state === 'queued' || found.state === 'sent') amendments.setState(found.row, 'acked');
      else if (!inFlight.has(found.id)) return undefined;
      return () => {
        inFlight.delete(found.id);
        unknown.delete(found.row);
        announce(found.message);
      };
    },

    /** An error for it came. False where the id is none of ours. */
    bounced(chat: string, id: string, failure: MessageFailure): boolean {
      const amendment = amendments.byId(account, chat, id);
      if (amendment === undefined) return false;
      if (amendment.state !== 'failed') settle(amendment, 'failed', failure);
      return true;
    },

    /** It did not arrive, and may go out again. False where the id is none of ours. */
    again(chat: string, id: string): boolean {
      const amendment = amendments.byId(account, chat, id);
      if (amendment === undefined) return false;
      inFlight.delete(id);
      const waits = amendments.setState(amendment.row, 'queued');
      announce(amendment.message);
      if (waits !== undefined) attempt(waits);
      return true;
    },

    /** A message has a state or an id that it did not have: what waited for that goes out. */
    known({ row, state }: Message): void {
      if (state === 'queued' || state === 'sent') return;
      for (const amendment of amendments.pending(account))
        if (amendment.message === row && amendment.state === 'queued') attempt(amendment);
    },

    /** ids written and not acknowledged, in the order of writing */
    open: (): string[] => [...inFlight.keys()],

    /** bytes of the largest text on its way that a server may refuse for its size; 0 where there is none */
    largest: (): number => sizes()[0]?.size ?? 0,

    /** The server ended the stream for that one. */
    refused(condition: string): void {
      const [largest] = sizes();
      if (largest !== undefined) settle(largest.amendment, 'failed', { condition });
    },

    /** The stream is gone: what was written to it is unknown. */
    lost(): void {
      inFlight.clear();
      for (const { row, state, by } of amendments.pending(account))
        if (state === 'sent' && isOurs(by)) unknown.add(row);
    },
  };
}

export type Amending = ReturnType<typeof amending>;
