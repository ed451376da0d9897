/**
 * Own messages: commit the row → write → acknowledged. A row is committed before its stanza is written, so that
 * nothing typed is lost; it leaves the outbox only by an acknowledgement or an error for it.
 */
import { randomId } from '../xmpp/session/random-id.ts';
import { bareOf } from './address.ts';
import type { ChatKind, Message, MessageFailure } from './message.ts';
import type { MessageStore } from './stores.ts';

/** What the outbox needs of a connection. */
export interface Wire {
  readonly ready: boolean;
  /** full JID of this connection */
  readonly jid: string;
  /** true where a message to this chat can be written now: for a room, that it is joined */
  reachable(chat: string, kind: ChatKind): boolean;
  write(message: Message): void;
}

export interface OutboundOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly wire: Wire;
  readonly appended: (message: Message) => void;
  readonly changed: (message: Message) => void;
  /** own nickname in a room */
  readonly nick: (room: string) => string | undefined;
}

const OPEN: readonly (string | undefined)[] = ['queued', 'sent'];

export function outbound({ account, store, wire, appended, changed, nick }: OutboundOptions) {
  const waiting = new Map<number, Set<(message: Message) => void>>();
  /** written in this process and not yet acknowledged: id → row */
  const inFlight = new Map<string, number>();
  let acknowledged: Message[] = [];

  function announce(message: Message | undefined): void {
    if (message === undefined) return;
    changed(message);
    if (OPEN.includes(message.state)) return;
    for (const resolve of waiting.get(message.row) ?? []) resolve(message);
    waiting.delete(message.row);
  }

  function write(message: Message): void {
    inFlight.set(message.id, message.row);
    wire.write(message);
  }

  /** One transaction for all that one `<a h>` acknowledges. */
  function commitAcknowledged(): void {
    const batch = acknowledged;
    acknowledged = [];
    const rows = store.transaction(() => batch.map((message) => store.setState(message.row, 'acked')));
    for (const row of rows) announce(row);
  }

  function canWrite(chat: string, kind: ChatKind): boolean {
    return wire.ready && wire.reachable(chat, kind);
  }

  return {
    /** Commits the row and writes it where that is possible now. */
    send(chat: string, kind: ChatKind, body: string): Message {
      const now = canWrite(chat, kind);
      const message = store.append({
        account,
        chat,
        kind,
        from:
          kind === 'contact' || wire.jid === ''
            ? wire.jid || account
            : `${bareOf(chat)}/${nick(bareOf(chat)) ?? ''}`,
        nick: kind === 'contact' ? undefined : nick(bareOf(chat)),
        to: chat,
        id: randomId(),
        body,
        time: Date.now(),
        direction: 'out',
        source: 'local',
        state: now ? 'sent' : 'queued',
        encryption: 'none',
        retracted: false,
        reactions: [],
        mention: false,
      });
      appended(message);
      if (now) write(message);
      return message;
    },

    /** Writes what a lost connection or an earlier run left, oldest first, each with its own id. */
    flush(only?: (message: Message) => boolean): void {
      for (const message of store.pending(account)) {
        if (
          inFlight.has(message.id) ||
          (only !== undefined && !only(message)) ||
          !canWrite(message.chat, message.kind)
        )
          continue;
        const sent = message.state === 'sent' ? message : store.setState(message.row, 'sent');
        if (sent === undefined) continue;
        if (sent !== message) changed(sent);
        write(sent);
      }
    },

    /** The server has it (XEP-0198 §4). A room's message is known to be there only by its reflection. */
    acknowledged(id: string): void {
      const row = inFlight.get(id);
      const message = row === undefined ? undefined : store.get(row);
      if (message === undefined || message.kind === 'room') return;
      inFlight.delete(id);
      if (!OPEN.includes(message.state)) return;
      if (acknowledged.length === 0) queueMicrotask(commitAcknowledged);
      acknowledged.push(message);
    },

    /** The room sent our message back: it stands in the room's order. RFC 6120 ids, XEP-0045 §7.4, XEP-0359. */
    reflected(room: string, id: string, stanzaId: string | undefined, time: number | undefined): boolean {
      const message = store.byId(account, room, id).find((row) => row.direction === 'out');
      if (message === undefined) return false;
      inFlight.delete(id);
      const done = store.transaction(() => {
        if (stanzaId !== undefined) store.setStanzaId(message.row, stanzaId, time);
        return OPEN.includes(message.state) ? store.setState(message.row, 'acked') : undefined;
      });
      announce(done);
      return true;
    },

    /** An error for it came, early or late: `acked` becomes `failed`, `delivered` and `read` stay. */
    failed(chat: string, id: string, failure: MessageFailure): boolean {
      const message = store.byId(account, chat, id).find((row) => row.direction === 'out');
      if (message === undefined || message.state === 'delivered' || message.state === 'read') return false;
      inFlight.delete(id);
      announce(store.setState(message.row, 'failed', failure));
      return true;
    },

    /** Without XEP-0198: our server answered a ping written behind these, so it has them. */
    answered(ids: readonly string[]): void {
      for (const id of ids) this.acknowledged(id);
    },

    /** ids written and not acknowledged, in the order of writing */
    open(): string[] {
      return [...inFlight.keys()];
    },

    /** The stream is gone: what was in flight is unknown, and written again with the next one. */
    lost(): void {
      inFlight.clear();
    },

    /** Takes a row away that never reached a server and shall not. */
    withdraw(row: number): void {
      store.remove(row);
    },

    /** Resolves to the row once it is acknowledged or failed, or as it is when `timeout` ms passed or `signal` fired. */
    settled(
      row: number,
      { timeout, signal }: { timeout: number; signal?: AbortSignal | undefined },
    ): Promise<Message> {
      const now = store.get(row);
      if (now === undefined) return Promise.reject(new Error(`no message in row ${row}`));
      if (!OPEN.includes(now.state)) return Promise.resolve(now);
      return new Promise((resolve) => {
        const finish = (message: Message) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', giveUp);
          waiting.get(row)?.delete(finish);
          resolve(message);
        };
        const giveUp = () => finish(store.get(row) ?? now);
        const timer = setTimeout(giveUp, timeout);
        signal?.addEventListener('abort', giveUp);
        const set = waiting.get(row) ?? new Set();
        set.add(finish);
        waiting.set(row, set);
        if (signal?.aborted === true) giveUp();
      });
    },
  };
}

export type Outbound = ReturnType<typeof outbound>;
