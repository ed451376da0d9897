/** XEP-0234 §6: a file that somebody offers, from the offer to the word that it is there. */
import { StanzaError, TimeoutError, XmppError } from '../errors.ts';
import type { Element } from '../stanza.ts';
import { deferred, within } from '../waiting.ts';
import { outOfOrder, type Reason } from './elements.ts';
import { type JingleFile, parseChecksum, parseReceived, xFile } from './file-description.ts';
import { type AcceptTerms, type JingleOffer, REASONS } from './offer.ts';
import { DEFAULT_PATIENCE, MOST_REPLACEMENTS, rejected } from './sending.ts';
import { type Application, type JingleSession, SessionEndedError } from './session.ts';
import type { ReceiveTerms, ReceivingWay, Transport } from './transports.ts';

/** milliseconds until the other side has agreed, connected, or chosen another transport */
const ANSWER = 60_000;
/** milliseconds that a stream may stay open behind its last byte */
const LINGER = 5_000;
/** milliseconds for a sum, once every byte is there */
const SUM = 10_000;
/** bytes a millisecond that a sender sums at least: who was asked for the end alone reads all of it for that */
const SLOWEST_SUM = 5_000;
/** milliseconds between two questions whether the session lives, while a sum is waited for */
const PULSE = 10_000;

const malformed = () => new StanzaError('bad-request', 'modify');

export interface Taking {
  readonly byNamespace: ReadonlyMap<string, Transport>;
  readonly patience?: number | undefined;
  /** called behind the acknowledgement */
  offered(offer: JingleOffer): void;
}

interface Beginning {
  readonly file: JingleFile;
  readonly session: JingleSession;
  readonly transport: Transport;
  readonly way: ReceivingWay;
}

/** An offer that waits for an answer, and its content. */
export function reception(
  { file, session, transport, way: offeredWay }: Beginning,
  taking: Taking,
): Application {
  const over = new AbortController();
  const sum = deferred<string | undefined>();
  const replaced = deferred<void>();
  let way = offeredWay;
  let stage: 'offered' | 'accepted' | 'moving' | 'whole' = 'offered';
  let replacements = 0;
  let terms: ReceiveTerms | undefined;
  let onFallback: AcceptTerms['onFallback'];

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
      // One of another kind than was announced is all that there will be.
      if (checksum !== undefined) sum.resolve(known?.hex);
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
    if (terms === undefined || stage !== 'accepted' || replacements > 1 || !by || by === transport) {
      setImmediate(() => {
        session.transport('transport-reject', rejected(element)).catch(() => undefined);
      });
      return;
    }
    const next = by.receiving(session, element);
    const agreed = terms;
    way.close();
    way = next;
    setImmediate(async () => {
      try {
        if (over.signal.aborted) return;
        const answer = await next.answer(agreed);
        await session.transport('transport-accept', answer);
        onFallback?.(by.name);
        replaced.resolve();
      } catch (error) {
        replaced.reject(error);
      }
    });
  }

  /** Session-accept; resolves to the way that the bytes then come. */
  async function begin(from: number, agreed: ReceiveTerms): Promise<ReceivingWay> {
    over.signal.throwIfAborted();
    const source = way;
    const answer = await within(source.answer(agreed), ANSWER, over.signal);
    const range = file.range && { offset: from };
    await within(session.accept(xFile({ ...file, range }), answer), ANSWER, over.signal);
    return source;
  }

  /** The way that follows one that made no connection; throws `error` where that is not what happened. */
  async function next(source: ReceivingWay, error: unknown): Promise<ReceivingWay> {
    const isUnconnected = error instanceof XmppError && error.condition === 'no-bytestream';
    if (stage === 'moving' || (!isUnconnected && way === source)) throw error;
    // The initiator decides what it is (XEP-0260 §3).
    await within(replaced.promise, ANSWER, over.signal);
    return way;
  }

  // One loop for everything: in-band, each further generator would be passed by every four kilobytes.
  async function* accepted(
    from: number,
    agreed: ReceiveTerms,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void> {
    const abort = () => end(signal.reason, { condition: 'cancel' });
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      let source = await begin(from, agreed);
      let blocks = source.bytes(agreed)[Symbol.asyncIterator]();
      for (let received = 0; ; ) {
        const step = await blockOf(blocks, received === agreed.size).catch(async (error: unknown) => {
          source = await next(source, error);
          blocks = source.bytes(agreed)[Symbol.asyncIterator]();
          return blocks.next();
        });
        if (step === undefined || step.done) break;
        stage = 'moving';
        received += step.value.length;
        yield step.value;
      }
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

  /** §8.2: "At any time during the lifetime of the file transfer session"; while the other side answers for it. */
  async function checksum(): Promise<string | undefined> {
    const pulse = setInterval(() => {
      session.inform().catch((error: unknown) => {
        if (isGone(error)) sum.resolve(undefined);
      });
    }, PULSE);
    try {
      return await within(sum.promise, SUM + (file.size ?? 0) / SLOWEST_SUM);
    } catch {
      return undefined;
    } finally {
      clearInterval(pulse);
    }
  }

  const offer: JingleOffer = {
    from: session.peer,
    file,
    transport: transport.name,
    signal: over.signal,
    checksum,
    accept({ limit, from = 0, reach, signal, onFallback: fellBack }) {
      clearTimeout(timer);
      onFallback = fellBack;
      stage = 'accepted';
      const size = file.size === undefined ? undefined : file.size - from;
      terms = { size, limit: limit - from, reach, signal: over.signal };
      return accepted(from, terms, signal);
    },
    decline: (refusal) => end(new XmppError('cancelled'), REASONS[refusal]()),
    finish(refusal) {
      sum.resolve(undefined);
      if (refusal === undefined) session.terminate({ condition: 'success' });
      else session.terminate(REASONS[refusal]());
    },
  };
  return application;
}

/** Nobody answers for the session any more; a program that does not know the question is there. */
function isGone(error: unknown): boolean {
  if (error instanceof TimeoutError) return true;
  const unknown = ['feature-not-implemented', 'bad-request', 'unexpected-request'];
  return error instanceof StanzaError && !unknown.includes(error.condition);
}

/** The next one. Behind the last: some senders leave the stream open, and wait for the session to end. */
function blockOf(
  blocks: AsyncIterator<Uint8Array>,
  isWhole: boolean,
): Promise<IteratorResult<Uint8Array> | undefined> {
  const next = blocks.next();
  if (!isWhole) return next;
  return within(next, LINGER).catch((error: unknown) => {
    if (!(error instanceof TimeoutError)) throw error;
    return undefined;
  });
}
