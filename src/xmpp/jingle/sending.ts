/** XEP-0234 §6: a file that is offered to somebody, from the offer to the word that it is there. */
import { StanzaError, TimeoutError, XmppError } from '../errors.ts';
import type { Hash } from '../hashes.ts';
import { type Element, x } from '../stanza.ts';
import { type Deferred, deferred, within } from '../waiting.ts';
import { type Content, outOfOrder, type Reason, tieBreak } from './elements.ts';
import {
  isAbout,
  type JingleFile,
  parseChecksum,
  parseFile,
  parseReceived,
  type Range,
  xChecksum,
  xFile,
} from './file-description.ts';
import { type Application, SessionEndedError } from './session.ts';
import type { JingleSessions } from './sessions.ts';
import type { Reach, SendingWay, Transport, TransportName } from './transports.ts';

export interface FileTerms {
  /** full JID */
  readonly peer: string;
  readonly file: JingleFile & { readonly size: number };
  /** the first is offered, each of the others where the one before makes no connection */
  readonly transports: readonly TransportName[];
  /** the content from a byte on */
  read(from: number): AsyncIterable<Uint8Array>;
  /** the sum of all of it, told behind the last byte, where `file` has only its algorithm */
  checksum?(): Promise<Hash>;
  readonly reach: Reach;
  readonly signal: AbortSignal;
  /** milliseconds that a person has to answer; default 10 minutes */
  readonly patience?: number | undefined;
  /** bytes that the other side has, first 0 when it accepted */
  onProgress(sent: number): void;
  /** one transport made no connection, and the other side agreed to another */
  onFallback?(from: TransportName, to: TransportName): void;
}

/** milliseconds */
export const DEFAULT_PATIENCE = 10 * 60_000;
/** milliseconds for an answer that no person has to give */
const ANSWER = 60_000;
/** milliseconds for the word that it is there, once every byte is */
const LAST_WORD = 30_000;
/** milliseconds for it where the stream did not end as it should */
const FAREWELL = 5_000;
/** the name of the only content */
const CONTENT = { name: 'file', senders: 'initiator' } as const;
/** A peer that wants another transport again and again is left. */
export const MOST_REPLACEMENTS = 3;

const isUnconnected = (error: unknown): boolean =>
  error instanceof XmppError && error.condition === 'no-bytestream';

/** XEP-0166 §7.2.15: the answer to a transport that is not wanted. */
export const rejected = (transport: Element): Element =>
  x('transport', { xmlns: transport.getNS(), sid: transport.attrs.sid });

/** The other side said nothing: neither yes nor no to the offer, or not what became of the file. */
class SilenceError extends XmppError {
  override name = 'SilenceError';
  declare readonly condition: 'no-answer' | 'file-unconfirmed';
}

/** Only so many bytes. XEP-0234 §5: a range may have a length. */
async function* first(source: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array, void> {
  let left = length;
  if (left === 0) return;
  for await (const bytes of source) {
    yield bytes.subarray(0, left);
    left -= bytes.length;
    if (left <= 0) return;
  }
}

function reasonOf(error: unknown, cancelled: boolean): Reason {
  if (cancelled) return { condition: 'cancel' };
  if (error instanceof TimeoutError || error instanceof SilenceError) return { condition: 'timeout' };
  if (!(error instanceof XmppError)) return { condition: 'media-error' };
  // XEP-0260 §3: the initiator ends a session for which no transport is left.
  return { condition: error.condition === 'no-bytestream' ? 'connectivity-error' : 'failed-transport' };
}

/** The part that the other side wants. Throws StanzaError where the file has no such part. */
function rangeOf(description: Element | undefined, size: number): Range & { length: number } {
  const answer = parseFile(description);
  const { offset, length = size - offset } = answer?.range ?? { offset: 0 };
  if (answer === undefined || offset > size || length > size - offset)
    throw new StanzaError('bad-request', 'modify');
  return { offset, length };
}

/**
 * Resolves when the other side has everything. Rejects with StanzaError (its answer to the offer), SessionEndedError
 * (it ended the session: before it accepted, `decline` where a person said no), XmppError `no-answer` after `patience`,
 * `file-unconfirmed` where it does not say that it has the file, `no-bytestream`, TimeoutError, DisconnectedError, what reading throws, or the reason of the signal.
 */
export async function sendFile(
  sessions: JingleSessions,
  transports: ReadonlyMap<TransportName, Transport>,
  terms: FileTerms,
): Promise<void> {
  const { peer, file, signal, patience = DEFAULT_PATIENCE } = terms;
  const over = new AbortController();
  const ended = AbortSignal.any([signal, over.signal]);
  const accepted = deferred<Range & { length: number }>();
  const finished = deferred<void>();
  let way: SendingWay | undefined;
  let replacing: { way: SendingWay; agreed: Deferred<void> } | undefined;
  let refused = 0;
  let taken = false;

  const application: Application = {
    accepted(content: Content) {
      try {
        const range = rangeOf(content.description, file.size);
        if (content.transport !== undefined) way?.accepted(content.transport);
        taken = true;
        accepted.resolve(range);
      } catch (error) {
        over.abort(error);
        throw error;
      }
    },
    transport(action, element) {
      if (element === undefined && action !== 'transport-reject')
        throw new StanzaError('bad-request', 'modify');
      if (element !== undefined && action === 'transport-info') way?.told(element);
      else if (element !== undefined && action === 'transport-replace') othersWish(element);
      else if (replacing === undefined) throw outOfOrder();
      else if (element !== undefined && action === 'transport-accept') {
        replacing.way.accepted(element);
        replacing.agreed.resolve();
      } else replacing.agreed.reject(new XmppError('no-bytestream'));
    },
    told(info) {
      const received = parseReceived(info);
      if (received !== undefined && isAbout(received, session.content)) finished.resolve();
      return received !== undefined || parseChecksum(info) !== undefined;
    },
    ended(error) {
      const isDone = error instanceof SessionEndedError && error.condition === 'success';
      // What is on its way yet may go to its end; without an acceptance there is nothing that could be done.
      if (isDone) finished.resolve();
      if (!isDone || !taken) over.abort(error);
    },
  };

  /** XEP-0166 §7.2.16: of two that replace at once the initiator's counts; and it is ours to choose (XEP-0260 §3). */
  function othersWish(element: Element): void {
    if (replacing !== undefined) throw tieBreak();
    refused++;
    setImmediate(() => {
      if (refused > MOST_REPLACEMENTS) over.abort(new XmppError('no-bytestream'));
      else session.transport('transport-reject', rejected(element)).catch(() => undefined);
    });
  }

  async function replace(by: Transport): Promise<void> {
    const next = await by.sending(session, terms);
    way?.close();
    way = next;
    replacing = { way: next, agreed: deferred() };
    try {
      await session.transport('transport-replace', next.offer);
      await within(replacing.agreed.promise, ANSWER, ended);
    } finally {
      replacing = undefined;
    }
  }

  async function transmit(range: Range & { length: number }): Promise<void> {
    const [, ...others] = terms.transports;
    for (let name = terms.transports[0]; way !== undefined && name !== undefined; ) {
      try {
        return await sendBy(way, range);
      } catch (error) {
        ended.throwIfAborted();
        const by = transports.get(others.shift() ?? name);
        if (!isUnconnected(error) || by === undefined || by.name === name) throw error;
        await replace(by);
        terms.onFallback?.(name, by.name);
        name = by.name;
      }
    }
  }

  /** Whoever has all of it may say so, and go, before the last that we write is answered. */
  async function sendBy(by: SendingWay, { offset, length }: Range & { length: number }): Promise<void> {
    let sent = 0;
    const sending = by.send({
      source: length === file.size - offset ? terms.read(offset) : first(terms.read(offset), length),
      signal: ended,
      onProgress(bytes) {
        sent = bytes;
        if (bytes > 0) terms.onProgress(offset + bytes);
      },
    });
    sending.catch(() => undefined);
    try {
      await Promise.race([sending, finished.promise.then(() => (sent < length ? sending : undefined))]);
    } catch (error) {
      if (sent < length || isUnconnected(error)) throw error;
      await within(finished.promise, FAREWELL, ended).catch(() => {
        throw error;
      });
    }
  }

  const session = sessions.open(peer, CONTENT, application);
  try {
    const transport = transports.get(terms.transports[0] ?? 'ibb');
    if (transport === undefined) throw new XmppError('no-bytestream');
    way = await transport.sending(session, terms);
    await session.initiate(xFile(file), way.offer, { signal: ended });
    const range = await within(accepted.promise, patience, ended).catch((error: unknown) => {
      throw error instanceof TimeoutError ? new SilenceError('no-answer') : error;
    });
    terms.onProgress(0);
    await transmit(range);
    await tellChecksum();
    await lastWord();
  } catch (error) {
    session.terminate(reasonOf(error, signal.aborted));
    throw error;
  } finally {
    way?.close();
  }

  /** §8.2. Who did not wait for it has ended the session, and who does not know of it will say so: neither is a failure. */
  async function tellChecksum(): Promise<void> {
    const hash = await terms.checksum?.();
    if (hash === undefined) return;
    session.inform(xChecksum({ ...session.content, hashes: [hash] })).catch(() => undefined);
  }

  /** §6.6: the one who receives ends the session. That every byte was taken does not say that they were kept. */
  async function lastWord(): Promise<void> {
    await within(finished.promise, LAST_WORD, ended).catch((error: unknown) => {
      throw error instanceof TimeoutError ? new SilenceError('file-unconfirmed') : error;
    });
    session.terminate({ condition: 'success' });
  }
}
