/** XEP-0234 §6: a file that somebody offers, from the offer to the word that it is there. */
import { StanzaError, TimeoutError, XmppError } from '../errors.ts';
import type { Element } from '../stanza.ts';
import { type Content, outOfOrder, type Reason } from './elements.ts';
import {
  type JingleFile,
  notAvailable,
  parseChecksum,
  parseFile,
  parseReceived,
  tooLarge,
  xFile,
} from './file-description.ts';
import { DEFAULT_PATIENCE, MOST_REPLACEMENTS, rejected } from './sending.ts';
import { type Application, type JingleSession, SessionEndedError } from './session.ts';
import type { ReceivingWay, Transport, TransportName } from './transports.ts';
import { deferred, within } from './waiting.ts';

/** Why it is not taken, or could not be kept. */
export type Refusal = 'declined' | 'too-large' | 'no-space' | 'corrupt' | 'failed';

export interface JingleOffer {
  /** full JID */
  readonly from: string;
  readonly file: JingleFile;
  readonly transport: TransportName;
  /** aborted when the session ended, however that came */
  readonly signal: AbortSignal;
  /** the sum that comes later (§8.2); undefined where none came in time */
  checksum(): Promise<string | undefined>;
  /**
   * Takes it, from byte `from` on; at most `limit` bytes of the file come. The iteration throws SessionEndedError (the
   * other side ended it), XmppError (`no-bytestream`, or as the transport says), DisconnectedError, TimeoutError, or the
   * reason of `signal`. Ending it early tells the other side.
   */
  accept(terms: { limit: number; from?: number | undefined; signal: AbortSignal }): AsyncIterable<Uint8Array>;
  decline(refusal: Refusal): void;
  /** To be called after the iteration: the file is kept, or why it is not. Does nothing where the session has ended. */
  finish(refusal?: Refusal): void;
}

/** milliseconds until the other side has agreed, connected, or chosen another transport */
const ANSWER = 60_000;
/** milliseconds that a stream may stay open behind its last byte */
const LINGER = 5_000;
/** milliseconds for a sum, once every byte is there */
const SUM = 10_000;

const REASONS: Readonly<Record<Refusal, () => Reason>> = {
  declined: () => ({ condition: 'decline' }),
  'too-large': () => tooLarge('The file is too large'),
  'no-space': () => tooLarge('There is no room for it'),
  corrupt: () => ({ condition: 'media-error', text: 'The file arrived damaged' }),
  failed: () => ({ condition: 'media-error' }),
};

const malformed = () => new StanzaError('bad-request', 'modify');

export interface Taking {
  readonly byNamespace: ReadonlyMap<string, Transport>;
  readonly patience?: number | undefined;
  /** called behind the acknowledgement */
  offered(offer: JingleOffer): void;
}

/** What becomes of an offer. Throws StanzaError where it is malformed. */
export function takeOffer(content: Content, session: JingleSession, taking: Taking): Application | Reason {
  const { senders, description } = content;
  if (senders === 'none') throw malformed();
  // §4.1, §9.1: somebody asks for a file; nothing is given out that was not sent.
  if (senders === 'responder') return notAvailable();
  const file = parseFile(description);
  if (file === undefined) throw malformed();
  // §6.4: a part is only taken where we asked for it.
  if ((file.range?.offset ?? 0) > 0 || file.range?.length !== undefined)
    return { condition: 'incompatible-parameters' };
  const element = content.transport as Element;
  const transport = taking.byNamespace.get(element.getNS() ?? '');
  if (transport === undefined) return { condition: 'unsupported-transports' };
  const way = transport.receiving(session, element);
  return reception({ file, session, transport, way }, taking);
}

interface Beginning {
  readonly file: JingleFile;
  readonly session: JingleSession;
  readonly transport: Transport;
  readonly way: ReceivingWay;
}

function reception({ file, session, transport, way: offeredWay }: Beginning, taking: Taking): Application {
  const over = new AbortController();
  const sum = deferred<string | undefined>();
  const replaced = deferred<void>();
  let way = offeredWay;
  let stage: 'offered' | 'accepted' | 'moving' | 'whole' = 'offered';
  let terms = { size: file.size, limit: Number.MAX_SAFE_INTEGER };
  let replacements = 0;

  /** Over for us, and for the other side too. */
  function end(error: unknown, reason: Reason): void {
    session.terminate(reason);
    stop(error);
  }
  function stop(error: unknown): void {
    clearTimeout(timer);
    over.abort(error);
    sum.resolve(undefined);
    way.close();
  }
  const timer = setTimeout(
    () => end(new XmppError('remote-server-timeout'), { condition: 'timeout' }),
    taking.patience ?? DEFAULT_PATIENCE,
  );

  const application: Application = {
    begun() {
      if (!over.signal.aborted) taking.offered(offer);
    },
    transport(action, element) {
      if (action === 'transport-accept' || action === 'transport-reject') throw outOfOrder();
      if (element === undefined) throw malformed();
      if (action === 'transport-info') way.told(element);
      else replace(element);
    },
    told(info) {
      const checksum = parseChecksum(info);
      // There is one file a session: whatever name it has there, this is its sum.
      const known = checksum?.hashes.find(({ algorithm }) => algorithm === file.hashUsed);
      if (known !== undefined) sum.resolve(known.hex);
      return checksum !== undefined || parseReceived(info) !== undefined;
    },
    ended(error) {
      const isDone = error instanceof SessionEndedError && error.condition === 'success';
      // What is on its way yet may go to its end.
      if (isDone && stage !== 'offered') sum.resolve(undefined);
      else stop(error);
    },
  };

  /** XEP-0260 §3: no connection was made that way, the initiator wishes another; once, and before any byte. */
  function replace(element: Element): void {
    const by = taking.byNamespace.get(element.getNS() ?? '');
    replacements++;
    if (replacements > MOST_REPLACEMENTS) {
      setImmediate(() => end(new XmppError('no-bytestream'), { condition: 'failed-transport' }));
      return;
    }
    if (stage !== 'accepted' || replacements > 1 || by === undefined || by === transport) {
      setImmediate(() => {
        session.transport('transport-reject', rejected(element)).catch(() => undefined);
      });
      return;
    }
    const next = by.receiving(session, element);
    way.close();
    way = next;
    setImmediate(async () => {
      try {
        if (over.signal.aborted) return;
        const answer = await next.answer(terms);
        await session.transport('transport-accept', answer);
        replaced.resolve();
      } catch (error) {
        replaced.reject(error);
      }
    });
  }

  /** Session-accept, and all the bytes by whichever way they come. */
  async function* bytes(from: number): AsyncGenerator<Uint8Array, void> {
    const answer = await within(way.answer(terms), ANSWER, over.signal);
    const range = file.range && { offset: from };
    await within(session.accept(xFile({ ...file, range }), answer), ANSWER, over.signal);
    let received = 0;
    const source = way;
    try {
      for await (const block of counted(source.bytes(), terms.size)) {
        stage = 'moving';
        received += block.length;
        yield block;
      }
    } catch (error) {
      const isUnconnected = error instanceof XmppError && error.condition === 'no-bytestream';
      if (received > 0 || (!isUnconnected && way === source)) throw error;
      // The initiator decides what is next (XEP-0260 §3).
      await within(replaced.promise, ANSWER, over.signal);
      yield* counted(way.bytes(), terms.size);
    }
  }

  async function* accepted(from: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void> {
    const abort = () => end(signal.reason, { condition: 'cancel' });
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      over.signal.throwIfAborted();
      yield* bytes(from);
      stage = 'whole';
    } catch (error) {
      const isTimeout = error instanceof TimeoutError;
      if (!over.signal.aborted) end(error, { condition: isTimeout ? 'timeout' : 'failed-transport' });
      throw over.signal.reason;
    } finally {
      signal.removeEventListener('abort', abort);
      // Whoever reads no further wants no more.
      if (stage !== 'whole') end(new XmppError('cancelled'), { condition: 'cancel' });
      way.close();
    }
  }

  const offer: JingleOffer = {
    from: session.peer,
    file,
    transport: transport.name,
    signal: over.signal,
    checksum: () => within(sum.promise, SUM).catch(() => undefined),
    accept({ limit, from = 0, signal }) {
      clearTimeout(timer);
      stage = 'accepted';
      terms = { size: file.size === undefined ? undefined : file.size - from, limit: limit - from };
      return accepted(from, signal);
    },
    decline: (refusal) => end(new XmppError('cancelled'), REASONS[refusal]()),
    finish(refusal) {
      if (refusal === undefined) session.terminate({ condition: 'success' });
      else session.terminate(REASONS[refusal]());
    },
  };
  return application;
}

/** The bytes, until all have come: some senders leave the stream open, and wait for the session to end. */
async function* counted(
  source: AsyncIterable<Uint8Array>,
  size: number | undefined,
): AsyncGenerator<Uint8Array, void> {
  const iterator = source[Symbol.asyncIterator]();
  for (let received = 0; ; ) {
    const next = iterator.next();
    const isWhole = size !== undefined && received === size;
    const step = isWhole ? await within(next, LINGER).catch(endedWell) : await next;
    if (step === undefined || step.done) return;
    received += step.value.length;
    yield step.value;
  }
}

function endedWell(error: unknown): undefined {
  if (!(error instanceof TimeoutError)) throw error;
}
