/** The sending half of an in-band bytestream: blocks, several under way. XEP-0047 §2.1–§2.3. */
import { DisconnectedError, StanzaError, XmppError } from '../errors.ts';
import type { Session } from '../session/session.ts';
import { type Element, x } from '../stanza.ts';
import { xClose, xData, xOpen } from './ibb-blocks.ts';

export interface OutboundTerms {
  readonly sid: string;
  /** full JID */
  readonly peer: string;
  readonly source: AsyncIterable<Uint8Array>;
  /** bytes a block; default 4096 (§4), halved when the peer asks for less */
  readonly blockSize?: number | undefined;
  /** most blocks that may be unconfirmed, where the way is quick; default 32 */
  readonly window?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** called with the bytes confirmed so far, first with 0 when the stream is open */
  readonly onProgress?: ((sent: number) => void) | undefined;
}

const SMALLEST_BLOCK = 256;
const FIRST_WINDOW = 8;
/** milliseconds */
const QUICK = 300;
/** A reader that is slow confirms late: its answers are waited for longer than usual. */
const BLOCK_TIMEOUT = 120_000;
/** milliseconds: libpurple never answers, and nothing hangs on it */
const CLOSE_TIMEOUT = 2_000;

/** Cuts a stream of bytes into blocks of exactly `size` bytes; only the last one may be shorter. */
export async function* blocksOf(
  source: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of source) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (; at + size <= bytes.length; at += size) yield bytes.subarray(at, at + size);
    // A copy: the source may use its buffer again.
    rest = Uint8Array.from(bytes.subarray(at));
  }
  if (rest.length > 0) yield rest;
}

async function open(session: Session, terms: OutboundTerms): Promise<number> {
  const options = terms.signal === undefined ? {} : { signal: terms.signal };
  for (let blockSize = terms.blockSize ?? 4096; ; blockSize = Math.floor(blockSize / 2)) {
    try {
      const payload = xOpen({ sid: terms.sid, blockSize, stanza: 'iq' });
      await session.request(x('iq', { type: 'set', to: terms.peer }, payload), options);
      return blockSize;
    } catch (error) {
      const smaller = error instanceof StanzaError && error.condition === 'resource-constraint';
      if (!smaller || blockSize / 2 < SMALLEST_BLOCK) throw error;
    }
  }
}

/** Everything under way; `room` waits until one more fits, `empty` until all are confirmed, both throw a failure. */
function flight(most: number, ended: AbortSignal) {
  // On a slow way a full window would hold chat messages back for seconds: it grows with quick answers only.
  let window = Math.min(FIRST_WINDOW, most);
  let underWay = 0;
  let fault: unknown;
  let wake = () => {};
  const until = async (left: () => number) => {
    while (underWay > left() && fault === undefined) {
      await new Promise<void>((go) => {
        wake = go;
      });
    }
    if (fault !== undefined) throw fault;
  };
  const fail = (error: unknown) => {
    fault ??= error;
    wake();
  };
  // One listener for the whole stream: one for each block would pile up.
  ended.addEventListener('abort', () => fail(ended.reason), { once: true });
  return {
    add(block: Promise<void>) {
      underWay++;
      const begun = performance.now();
      const answered = () => {
        const quick = performance.now() - begun < QUICK;
        window = quick ? Math.min(window + 1, most) : Math.max(Math.ceil(window / 2), 1);
      };
      block.then(answered, fail).finally(() => {
        underWay--;
        wake();
      });
    },
    room: () => until(() => window - 1),
    empty: () => until(() => 0),
  };
}

/** See {@link InBand.send}. `onClose` is given what to call when the peer closes the stream. */
export async function sendInBand(
  session: Session,
  terms: OutboundTerms,
  onClose: (closer: () => void) => void,
): Promise<void> {
  const { sid, peer, signal, onProgress } = terms;
  signal?.throwIfAborted();
  const stop = new AbortController();
  const ended = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const set = (payload: Element) => x('iq', { type: 'set', to: peer }, payload);
  onClose(() => stop.abort(new XmppError('peer-closed')));

  const blockSize = await open(session, terms);
  onProgress?.(0);
  let sent = 0;
  let seq = 0;
  const blocks = flight(terms.window ?? 32, ended);
  const transmit = async (block: Uint8Array) => {
    const iq = set(xData(sid, seq, block));
    seq = (seq + 1) % 65_536;
    await session.request(iq, { timeout: BLOCK_TIMEOUT });
    sent += block.length;
    onProgress?.(sent);
  };
  try {
    for await (const block of blocksOf(terms.source, blockSize)) {
      ended.throwIfAborted();
      await blocks.room();
      blocks.add(transmit(block));
    }
    await blocks.empty();
  } catch (error) {
    await tellClosed(session, set(xClose(sid)), stop.signal.aborted, error);
    throw ended.aborted ? ended.reason : error;
  }
  // Everything is confirmed: what the peer says to the close changes nothing (§2.3), and some close by themselves.
  if (!stop.signal.aborted)
    await session.request(set(xClose(sid)), { timeout: CLOSE_TIMEOUT }).catch(() => undefined);
}

/** Only where somebody is left who does not know yet. */
async function tellClosed(session: Session, iq: Element, byPeer: boolean, error: unknown): Promise<void> {
  if (byPeer || error instanceof DisconnectedError || !session.online) return;
  await session.request(iq, { timeout: 5000 }).catch(() => undefined);
}
