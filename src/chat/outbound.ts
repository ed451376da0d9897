/**
 * Own messages: commit the row → write → acknowledged. A row is committed before its stanza is written, so that
 * nothing typed is lost; it leaves the outbox only by an acknowledgement or an error for it.
 */
import { DisconnectedError } from '../xmpp/errors.ts';
import { randomId } from '../xmpp/session/random-id.ts';
import { covers, following } from '../xmpp/session/stream-state.ts';
import { areLikeOne, bareOf } from './address.ts';
import { ownBody, questionableSize } from './body.ts';
import type { ChatKind, Message, MessageFailure, NewMessage } from './message.ts';
import { isStorageFailure, type MessageStore, type Speaker, type Written } from './stores.ts';

/** What the outbox needs of a connection. */
export interface Wire {
  readonly ready: boolean;
  /** full JID of this connection */
  readonly jid: string;
  /** true where something to this chat can be written now: for a room, that it is joined, and takes a text now */
  reachable(chat: string, kind: ChatKind, what: { text: boolean }): boolean;
  /** `again`: it was written to an earlier stream */
  write(message: Message, again: boolean): void;
  /** number of the next stanza in its stream; undefined where stanzas are not counted */
  readonly nextSequence: number | undefined;
}

export interface OutboundOptions {
  readonly account: string;
  readonly store: MessageStore;
  readonly wire: Wire;
  readonly appended: (message: Message) => void;
  readonly changed: (message: Message) => void;
  /** the store could not keep what the server said; it is tried again with the next that it says */
  readonly failed: (error: Error) => void;
  /** own nickname in a room */
  readonly nick: (room: string) => string | undefined;
  /** this run, among others with the same data; undefined before it has a place */
  readonly instance: () => { readonly key: string; isAlive(key: string): boolean } | undefined;
  /** called before the message of that row is written again or at last, and behind all: what else waits before it */
  readonly before?: (row: number) => void;
}

/** rows of the outbox that are committed together before they are written */
const TOGETHER = 250;
/** milliseconds between two looks at what other processes did */
const LOOK = 100;
const OPEN: readonly (string | undefined)[] = ['queued', 'sent'];
/** states that a receipt or a marker raises */
const LOWER: Readonly<Record<'delivered' | 'read', readonly (string | undefined)[]>> = {
  delivered: ['sent', 'acked'],
  read: ['sent', 'acked', 'delivered'],
};
/** states that no error undoes */
const DONE: readonly string[] = ['delivered', 'read', 'failed'];

/** own messages whose state is remembered as it was told */
const MOST_SHOWN = 1024;

/** What a message has beside its text. */
type Beside = Pick<Message, 'replyTo' | 'thread' | 'url' | 'file'>;

/** milliseconds: a server that was killed is back by then, or nobody waits for that message any more */
const HALF_DONE = 3_600_000;

/** What an earlier stream left. */
interface Left {
  /** of which nobody knows whether they arrived, oldest first */
  readonly rows: readonly number[];
  /** the newest row behind the first of them that is known to have arrived */
  readonly arrived: number | undefined;
}

export function outbound(options: OutboundOptions) {
  const { account, store, wire, failed, nick } = options;
  const waiting = new Map<number, Set<(message: Message | undefined) => void>>();
  /** written in this process and not yet acknowledged, by id */
  const inFlight = new Map<string, { readonly row: number; readonly kind: ChatKind }>();
  /** rows that this process has to write yet; others may be on their way from another process with the same data */
  const waitingHere = new Set<number>();
  /** the states that were told last, by row; what changed last stands last */
  const shown = new Map<number, Message['state']>();
  /** rows whose acknowledgement is not enough by itself, and whether it has come */
  const held = new Map<number, boolean>();
  /** rows acknowledged and not committed as such yet */
  let acknowledged: number[] = [];
  let committing = false;
  /** nothing will be acknowledged any more */
  let closed = false;
  /** whose archive is asked what arrived: what is typed meanwhile waits, or it would overtake what is unknown */
  const recovering = new Map<string, Left>();

  /** Which archive knows of it: the room's, or the account's. */
  const archiveOf = (chat: string, kind: ChatKind) => (kind === 'room' ? chat : account);
  /** What an earlier stream left, and nobody knows whether it arrived. */
  const unknownOf = (archive: string) =>
    store
      .pending(account)
      .filter(
        ({ id, row, state, chat, kind }) =>
          state === 'sent' && !inFlight.has(id) && archiveOf(chat, kind) === archive && isOurs(row),
      );

  /** of the next stanza, or of the one `ahead` stanzas on */
  const here = (ahead = 0): Written => {
    const next = wire.nextSequence;
    return {
      by: options.instance()?.key,
      sequence: next === undefined ? undefined : following(next, ahead),
    };
  };

  /**
   * The message over which the server may have died: it archives what we send before it passes it on, one after the other.
   * That is the newest that the archive holds, if nothing behind it is known to have arrived: once, not long after, and
   * as it was said; who changed it since was there.
   */
  function halfDone(left: Left | undefined): number | undefined {
    const row = left?.rows.findLast((each) => !isOpen(each));
    if (left === undefined || row === undefined) return undefined;
    const message = store.get(row);
    if (message?.state !== 'acked' || message.mayArriveTwice === true) return undefined;
    if (message.corrected === true || message.retracted || Date.now() - message.time > HALF_DONE)
      return undefined;
    return left.arrived !== undefined && left.arrived > row ? undefined : row;
  }

  /** It was on its way from here, or from where nobody knows. */
  function isOurs(row: number): boolean {
    const { by } = store.written(row);
    return by === undefined || by === options.instance()?.key;
  }

  /** What instances left that are gone is ours from now on; each message goes to one of those who ask. */
  function inherit(): void {
    const own = options.instance();
    if (own === undefined) return;
    for (const { row, id, state } of store.pending(account)) {
      const { by } = store.written(row);
      if (state !== 'sent' || inFlight.has(id) || by === undefined || by === own.key) continue;
      if (!own.isAlive(by)) store.inherit(row, by, own.key);
    }
  }

  const isOpen = (row: number) => OPEN.includes(store.get(row)?.state);

  function announce(message: Message | undefined): void {
    if (message === undefined) return;
    changed(message);
    tell(message.row);
  }

  function note({ row, state }: Message): void {
    shown.delete(row);
    shown.set(row, state);
    const [oldest] = shown.keys();
    if (shown.size > MOST_SHOWN && oldest !== undefined) shown.delete(oldest);
  }

  function changed(message: Message): void {
    note(message);
    options.changed(message);
  }

  /** One of this run is new. */
  function appended(message: Message): void {
    note(message);
    options.appended(message);
  }

  /** Where another process with the same data heard first what became of a message of ours, and wrote it down: that. */
  function overtaken(row: number): Message | undefined {
    const message = shown.has(row) ? store.get(row) : undefined;
    return message?.state === shown.get(row) ? undefined : message;
  }

  /** The same of a message and of all before it in its chat, oldest first. */
  function overtakenUpTo({ row, chat }: Message): Message[] {
    const rows = [...shown.keys()].filter((each) => each <= row).sort((a, b) => a - b);
    return rows.flatMap((each) => overtaken(each) ?? []).filter((each) => each.chat === chat);
  }

  /** Who waits for the row hears how it ended. Another process with the same data may have written that down. */
  function tell(row: number): void {
    const waiters = waiting.get(row);
    if (waiters === undefined) return;
    const message = store.get(row);
    if (!OPEN.includes(message?.state)) for (const finish of [...waiters]) finish(message);
  }

  /** Gives the row as it is then. */
  function write(message: Message, again = false): Message {
    inFlight.set(message.id, message);
    try {
      wire.write(message, again);
      return message;
    } catch (error) {
      // The stream went between the look and the write: the next one takes it.
      inFlight.delete(message.id);
      if (!(error instanceof DisconnectedError)) throw error;
      waitingHere.add(message.row);
      const waits = store.setState(message.row, 'queued');
      announce(waits);
      return waits ?? message;
    }
  }

  /**
   * Writes what is kept with the numbers that follow each other from the next one on. `told` is called before each;
   * where somebody who hears of it sends something too, the number that is kept is put right before the write.
   */
  function writeAll(
    rows: readonly { readonly message: Message; readonly again: boolean; readonly written: Written }[],
    told: (message: Message) => void,
  ): Message[] {
    const errors: unknown[] = [];
    const now = rows.map(({ message, again, written }) => {
      try {
        told(message);
      } catch (error) {
        errors.push(error);
      }
      const { sequence } = here();
      if (sequence !== written.sequence) store.write(message.row, 'sent', here());
      return write(message, again);
    });
    // What is kept as written has to be, whoever of those that hear of it fails.
    if (errors.length > 0) throw errors[0];
    return now;
  }

  /** One transaction for all that one `<a h>` acknowledges. An error may have come right behind it: that stays. */
  function commitAcknowledged(): void {
    committing = false;
    const batch = acknowledged;
    acknowledged = [];
    for (const row of batch) if (held.has(row)) held.set(row, true);
    const free = batch.filter((row) => !held.has(row));
    try {
      const rows = store.transaction(() => free.map((row) => store.acknowledge(row) ?? overtaken(row)));
      for (const row of rows) announce(row);
      for (const row of free) tell(row);
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      acknowledged = [...free, ...acknowledged];
      failed(error);
    }
  }

  /** The account stands for what is known only when there is a connection, or we are in the room. */
  function speaker(chat: string, kind: ChatKind): Speaker {
    if (kind === 'contact') return { from: wire.jid || account };
    const own = nick(bareOf(chat));
    return { from: own === undefined || wire.jid === '' ? account : `${bareOf(chat)}/${own}`, nick: own };
  }

  /** What is on its way by that id, where the chat may be how its server writes the one that it was sent to. */
  function onItsWay(chat: string, id: string): Message | undefined {
    const { row } = inFlight.get(id) ?? {};
    const message = row === undefined ? undefined : store.get(row);
    return message !== undefined && areLikeOne(message.chat, chat) ? message : undefined;
  }

  function canWrite(chat: string, kind: ChatKind, what = { text: true }): boolean {
    return !recovering.has(archiveOf(chat, kind)) && wire.ready && wire.reachable(chat, kind, what);
  }

  return {
    /** Whether something to that chat can be written now; `text`: it has a body. */
    canWrite,

    /** As `sendAll`, for one. */
    send(chat: string, kind: ChatKind, text: string, beside?: Beside): Message {
      return this.sendAll(chat, kind, [text], beside)[0] as Message;
    },

    /**
     * Commits the rows of these texts together, then writes them in their order where that is possible now. All of
     * them are kept, or none: throws ChatError `too-long` or a StorageFailure, and then nothing was written.
     */
    sendAll(
      chat: string,
      kind: ChatKind,
      texts: readonly string[],
      { replyTo, thread, url, file }: Beside = {},
    ): Message[] {
      const bodies = texts.map(ownBody);
      // Whatever is heard of a room says that we are in, before it has answered: what waits for that goes first.
      if (kind !== 'contact' && waitingHere.size > 0 && canWrite(chat, kind)) this.reachable(bareOf(chat));
      // A room may count what is said there, and wants to be asked each time.
      const now = canWrite(chat, kind) && (kind === 'contact' || bodies.length === 1);
      const said = speaker(chat, kind);
      const kept = store.transaction(() =>
        bodies.map((body, at) => {
          const content: NewMessage = {
            account,
            chat,
            kind,
            ...said,
            to: chat,
            id: randomId(),
            body,
            time: Date.now(),
            direction: 'out',
            source: 'local',
            state: now ? 'sent' : 'queued',
            encryption: 'none',
            replyTo,
            thread,
            retracted: false,
            reactions: [],
            url,
            file,
            mention: false,
          };
          const written = here(at);
          return { message: store.append(content, now ? { written } : {}), again: false, written };
        }),
      );
      if (now) return writeAll(kept, appended);
      for (const { message } of kept) waitingHere.add(message.row);
      for (const { message } of kept) appended(message);
      if (bodies.length === 1) return kept.map(({ message }) => message);
      this.reachable(bareOf(chat));
      return kept.map(({ message }) => store.get(message.row) ?? message);
    },

    /**
     * Writes what a lost connection or an earlier run left, oldest first, each with its own id. What goes to contacts,
     * one behind the other, shares a commit.
     */
    flush(only?: (message: Message) => boolean): void {
      let together: Message[] = [];
      const writeTogether = () => {
        if (together.length === 0) return;
        const sent = store.transaction(() => {
          const taken: { message: Message; again: boolean; news: boolean; written: Written }[] = [];
          for (const { row, state, chat, kind } of together) {
            const written = here(taken.length);
            const before = state === 'sent' ? 'sent' : 'queued';
            const message = store.write(row, before, written, speaker(chat, kind));
            // Another process was faster.
            if (message === undefined) continue;
            taken.push({ message, again: before === 'sent', news: before === 'queued', written });
          }
          return taken;
        });
        for (const { row } of together) waitingHere.delete(row);
        together = [];
        const news = new Set(sent.filter((one) => one.news).map(({ message }) => message.row));
        writeAll(sent, (message) => {
          options.before?.(message.row);
          if (news.has(message.row)) changed(message);
        });
      };
      for (const message of store.pending(account)) {
        const { id, row, chat, kind, state } = message;
        if (inFlight.has(id) || held.get(row) === true || acknowledged.includes(row)) continue;
        if (only !== undefined && !only(message)) continue;
        if (state === 'sent' && !isOurs(row)) continue;
        waitingHere.add(row);
        // What a room takes is known when what stands before is written.
        if (kind !== 'contact') writeTogether();
        if (!canWrite(chat, kind)) continue;
        together.push(message);
        if (kind !== 'contact' || together.length >= TOGETHER) writeTogether();
      }
      writeTogether();
      options.before?.(Number.POSITIVE_INFINITY);
    },

    /** The old stream goes on: what waited here goes out. What is not known here is another process's. */
    resumed(): void {
      this.flush(({ row }) => waitingHere.has(row));
    },

    /**
     * The server handled `h` stanzas of the stream that an earlier process of this instance wrote to (XEP-0198 §5).
     * Where the stream goes on, what lies behind did not arrive, and goes out with the rest; else it is unknown.
     */
    handled({ h, resumed }: { h: number; resumed: boolean }): void {
      const rows = store.transaction(() =>
        store.pending(account).map(({ row, id, state, kind }) => {
          const { sequence } = store.written(row);
          if (state !== 'sent' || inFlight.has(id) || sequence === undefined || !isOurs(row))
            return undefined;
          if (!covers(h, sequence)) return resumed ? store.setState(row, 'queued') : undefined;
          // That our server has it says nothing of the room.
          return kind === 'room' ? undefined : store.setState(row, 'acked');
        }),
      );
      for (const message of rows) announce(message);
    },

    /**
     * Whether an earlier stream left messages of which nobody knows whether they arrived; then those that this archive
     * knows (the account's, or a room's) wait for `resend`.
     */
    unknown(archive: string = account): boolean {
      inherit();
      const found = unknownOf(archive);
      for (const { row } of found) waitingHere.add(row);
      const [first] = found;
      if (first === undefined) recovering.delete(archive);
      else {
        const arrived = store.arrivedBehind(first.row, options.instance()?.key);
        recovering.set(archive, { rows: found.map(({ row }) => row), arrived });
      }
      return first !== undefined;
    },

    /**
     * Writes what is still unknown again. `certain`: the archive was asked; else it may arrive twice, and says so. So may
     * the newest that the archive holds where the server has `forgotten` the stream: it died, perhaps over that one.
     */
    resend(
      { certain, forgotten = false }: { certain: boolean; forgotten?: boolean },
      archive: string = account,
    ): void {
      const half = forgotten ? halfDone(recovering.get(archive)) : undefined;
      recovering.delete(archive);
      if (!certain) for (const { row } of unknownOf(archive)) store.setTwice(row);
      else if (half !== undefined)
        announce(
          store.transaction(() => {
            store.setTwice(half);
            return store.setState(half, 'sent');
          }),
        );
      this.flush(({ chat, kind }) => archiveOf(chat, kind) === archive);
    },

    /** The server has it (XEP-0198 §4). A room's message is known to be there only by its reflection. */
    acknowledged(id: string): void {
      const written = inFlight.get(id);
      if (written === undefined || written.kind === 'room') return;
      inFlight.delete(id);
      acknowledged.push(written.row);
      if (committing) return;
      committing = true;
      queueMicrotask(commitAcknowledged);
    },

    /**
     * Another copy of a message came: from the room (its reflection acknowledges it, XEP-0045 §7.4), from another
     * device, from the archive. Takes the archive id and the server's stamp that it brought. Gives what tells of it,
     * for when the caller's transaction holds; undefined where nothing changed that anybody sees.
     */
    confirmed(
      message: Message,
      stanzaId: string | undefined,
      time: number | undefined,
    ): (() => void) | undefined {
      if (stanzaId !== undefined) store.setStanzaId(message.row, stanzaId, time);
      if (message.direction !== 'out') return undefined;
      const done = OPEN.includes(message.state) ? store.setState(message.row, 'acked') : undefined;
      return () => {
        inFlight.delete(message.id);
        announce(done ?? overtaken(message.row));
        tell(message.row);
      };
    },

    /** The other side has it (XEP-0184), or has shown it and all before it (XEP-0333). For later, as `confirmed`. */
    raised(chat: string, id: string, state: 'delivered' | 'read'): (() => void) | undefined {
      const message = store.byId(account, chat, id).find((row) => row.direction === 'out');
      if (message === undefined) return undefined;
      if (!LOWER[state].includes(message.state)) {
        const first = overtaken(message.row);
        const late = first && state === 'read' ? overtakenUpTo(message) : [first];
        return first && (() => late.forEach(announce));
      }
      const done = store.setState(message.row, state);
      // XEP-0333 §rules: who displayed one has displayed all before it.
      const before = state === 'read' ? store.readUpTo(account, chat, message.row) : [];
      return () => {
        for (const earlier of before) announce(earlier);
        inFlight.delete(id);
        announce(done);
      };
    },

    /** An error for it came, early or late: `acked` becomes `failed`, `delivered` and `read` stay. */
    failed(chat: string, id: string, failure: MessageFailure): boolean {
      const message =
        store.byId(account, chat, id).find((row) => row.direction === 'out') ?? onItsWay(chat, id);
      if (message === undefined || message.state === undefined) return false;
      if (DONE.includes(message.state)) {
        announce(overtaken(message.row));
        tell(message.row);
        return false;
      }
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

    /**
     * The server ended the stream for something that we wrote. It would do so at every attempt: the largest text on
     * its way that no server has to take counts as refused, and what waits behind it goes out with the next stream.
     * False where there is none of at least `least` bytes.
     */
    refused(condition: string, least = 0): boolean {
      const sizes = [...inFlight].map(([id, { row }]) => {
        const body = isOpen(row) ? store.get(row)?.body : undefined;
        return { id, row, size: body === undefined ? undefined : questionableSize(body) };
      });
      const [largest] = sizes
        .filter(({ size }) => size !== undefined)
        .sort((a, b) => (b.size ?? 0) - (a.size ?? 0));
      if (largest === undefined || (largest.size ?? 0) < least) return false;
      inFlight.delete(largest.id);
      announce(store.setState(largest.row, 'failed', { condition }));
      return true;
    },

    /** The stream is gone: what was in flight is unknown, and written again with the next one. */
    lost(): void {
      inFlight.clear();
      recovering.clear();
    },

    /** A room lost us: what was said there and never came back is unknown, until we are in again. */
    lostRoom(room: string): void {
      for (const [id, { row }] of inFlight) {
        const message = store.get(row);
        if (message?.kind === 'room' && message.chat === room) inFlight.delete(id);
      }
    },

    /** Whether it was on its way when its stream, or its room, was lost. */
    isUnknown: (chat: string, id: string): boolean =>
      !inFlight.has(id) &&
      store.byId(account, chat, id).some(({ direction, state }) => direction === 'out' && state === 'sent'),

    /** It was refused for want of being in the room, and nothing else: it waits until we are. */
    again(chat: string, id: string): void {
      const message = store.byId(account, chat, id).find((row) => row.direction === 'out');
      if (message === undefined || !OPEN.includes(message.state)) return;
      inFlight.delete(id);
      waitingHere.add(message.row);
      announce(store.setState(message.row, 'queued'));
      this.reachable(bareOf(chat));
    },

    /** A room can be spoken to: what waited here for it goes out. */
    reachable(room: string): void {
      this.flush(({ row, chat }) => waitingHere.has(row) && bareOf(chat) === room);
    },

    /** From now on the acknowledgement of a row counts only with `release`. */
    hold(row: number): void {
      held.set(row, false);
    },

    /** `confirmed`: what it was held for has come too. Otherwise the row stays as if nothing had. */
    release(row: number, confirmed: boolean): void {
      if (acknowledged.includes(row)) commitAcknowledged();
      const acked = held.get(row);
      held.delete(row);
      if (acked !== true || !confirmed) return;
      if (isOpen(row)) announce(store.setState(row, 'acked'));
      tell(row);
    },

    /** Takes a row away that never reached a server and shall not; one that was written stays. */
    withdraw(row: number): void {
      if (store.get(row)?.state === 'queued') store.remove(row);
    },

    /** Resolves to the row once it is acknowledged or failed, or as it is when `timeout` ms passed or `signal` fired. */
    settled(
      row: number,
      { timeout, signal }: { timeout: number; signal?: AbortSignal | undefined },
    ): Promise<Message> {
      const now = store.get(row);
      if (now === undefined) return Promise.reject(new Error(`no message in row ${row}`));
      if (closed || !OPEN.includes(now.state)) return Promise.resolve(now);
      return new Promise((resolve) => {
        const finish = (message: Message | undefined) => {
          clearTimeout(timer);
          clearInterval(elsewhere);
          signal?.removeEventListener('abort', giveUp);
          waiting.get(row)?.delete(finish);
          if (waiting.get(row)?.size === 0) waiting.delete(row);
          resolve(message ?? now);
        };
        const giveUp = () => finish(store.get(row));
        const timer = setTimeout(giveUp, timeout);
        // Another process with the same data may have written it, and nobody but the data tells what became of it.
        const elsewhere = setInterval(() => tell(row), LOOK);
        signal?.addEventListener('abort', giveUp);
        const set = waiting.get(row) ?? new Set();
        set.add(finish);
        waiting.set(row, set);
        if (signal?.aborted === true) giveUp();
      });
    },

    /** Nobody waits any longer: what `settled` was asked resolves as it is now. */
    close(): void {
      closed = true;
      for (const row of [...waiting.keys()]) {
        const message = store.get(row);
        for (const finish of [...(waiting.get(row) ?? [])]) finish(message);
      }
    },
  };
}

export type Outbound = ReturnType<typeof outbound>;
