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
  /** most bytes a block; default, and at most, what our server takes of a stanza; halved when the peer asks for less */
  readonly blockSize?: number | undefined;
  /** most blocks that may be unconfirmed, where the way is quick; default 32 */
  readonly window?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** called with the bytes confirmed so far, first with 0 when the stream is open */
  readonly onProgress?: ((sent: number) => void) | undefined;
}

/**
 * Most bytes a block: a server has as much work with a small one. As Base64, with what stands around it, it stays below
 * the 64 KiB that servers commonly take of a stanza (RFC 6120 §13.12 grants 10,000 bytes).
 */
export const BLOCK_SIZE = 32_768;
const SMALLEST_BLOCK = 256;
/** bytes of a block that fits into what every server takes, with the addresses and the white space around it */
export const SAFE_BLOCK = 4096;
/** bytes of a stanza around its block, without addresses and ids; and of white space before it (transport-socket.ts) */
const AROUND = 256;
const WHITE_SPACE = 4096;
/** blocks to begin with, of SAFE_BLOCK bytes (§4) */
const FIRST_WINDOW = 8;
/** milliseconds */
const QUICK = 300;
/** bytes unconfirmed */
const MOST_UNDER_WAY = 512 * 1024;
/** A reader that is slow confirms late: its answers are waited for longer than usual. */
const BLOCK_TIMEOUT = 120_000;
/** milliseconds: libpurple never answers, and nothing hangs on it */
const CLOSE_TIMEOUT = 2_000;

/**
 * Cuts a stream of bytes into blocks. `next` resolves when another one may go, to its size; only the last one may be
 * shorter.
 */
export async function* blocksOf(
  source: AsyncIterable<Uint8Array>,
  next: () => Promise<number>,
): AsyncGenerator<Uint8Array, void> {
  let rest: Uint8Array = new Uint8Array(0);
  let size: number | undefined;
  for await (const chunk of source) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    for (size ??= await next(); at + size <= bytes.length; size = await next()) {
      yield bytes.subarray(at, at + size);
      at += size;
    }
    // A copy: the source may use its buffer again.
    rest = Uint8Array.from(bytes.subarray(at));
  }
  if (rest.length > 0) yield rest;
}

/** Bytes of a block, as Base64 in a stanza that the server takes. XEP-0478 §4 */
export function largestBlock(maxStanzaBytes: number | undefined, peer: string, sid: string): number {
  if (maxStanzaBytes === undefined) return BLOCK_SIZE;
  // As they are written: a resource may be made of characters that are escaped.
  const named = Buffer.byteLength(x('data', { to: peer, sid }).toString());
  const left = maxStanzaBytes - AROUND - WHITE_SPACE - named;
  return Math.max(SMALLEST_BLOCK, Math.min(BLOCK_SIZE, 3 * Math.floor(left / 4)));
}

async function open(session: Session, terms: OutboundTerms, most: number): Promise<number> {
  const options = terms.signal === undefined ? {} : { signal: terms.signal };
  for (let blockSize = Math.min(terms.blockSize ?? most, most); ; blockSize = Math.floor(blockSize / 2)) {
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

/**
 * Everything under way; `room` waits until one more fits, `empty` until all are confirmed, both throw a failure. What is
 * under way holds chat messages back, on a slow way for seconds: blocks grow with quick answers, to `largest` bytes, then
 * their number does, to `most`; with slow ones both fall again. §2.1: `block-size` is the maximum.
 */
function flight(largest: number, most: number, ended: AbortSignal) {
  const smallest = Math.min(SAFE_BLOCK, largest);
  let size = smallest;
  let window = Math.min(FIRST_WINDOW, most);
  let underWay = 0;
  let bytes = 0;
  let fault: unknown;
  let wake = () => {};
  const until = async (isEnough: () => boolean) => {
    while (!isEnough() && fault === undefined) {
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
  const answered = (quick: boolean) => {
    if (quick && size < largest) size = Math.min(2 * size, largest);
    else if (quick) window = Math.min(window + 1, most);
    else if (window > 1) window = Math.ceil(window / 2);
    else size = Math.max(Math.ceil(size / 2), smallest);
  };
  // One listener for the whole stream: one for each block would pile up.
  ended.addEventListener('abort', () => fail(ended.reason), { once: true });
  return {
    add(block: Promise<void>, length: number) {
      underWay++;
      bytes += length;
      const begun = performance.now();
      block
        .then(() => answered(performance.now() - begun < QUICK), fail)
        .finally(() => {
          underWay--;
          bytes -= length;
          wake();
        });
    },
    /** Resolves to the bytes of the next block. */
    async room() {
      await until(() => underWay < window && (bytes === 0 || bytes + size <= MOST_UNDER_WAY));
      return size;
    },
    empty: () => until(() => underWay === 0),
  };
}

/** What the table of all streams knows of one that is sent. */
export interface Sending {
  /** bytes of a block, at most */
  readonly most: number;
  /** is given what to call when the peer closes the stream */
  onClose(closer: () => void): void;
  /** A block of so many bytes goes out; gives what `answer` does. */
  transmit<T>(bytes: number, answer: Promise<T>): Promise<T>;
}

/** See {@link InBand.send}. */
export async function sendInBand(
  session: Session,
  terms: OutboundTerms,
  { most, onClose, transmit: followed }: Sending,
): Promise<void> {
  const { sid, peer, signal, onProgress } = terms;
  signal?.throwIfAborted();
  const stop = new AbortController();
  const ended = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const set = (payload: Element) => x('iq', { type: 'set', to: peer }, payload);
  onClose(() => stop.abort(new XmppError('peer-closed')));

  const blockSize = await open(session, terms, most);
  onProgress?.(0);
  let sent = 0;
  let seq = 0;
  const blocks = flight(blockSize, terms.window ?? 32, ended);
  const transmit = async (block: Uint8Array) => {
    const iq = set(xData(sid, seq, block));
    seq = (seq + 1) % 65_536;
    await followed(block.length, session.request(iq, { timeout: BLOCK_TIMEOUT }));
    sent += block.length;
    onProgress?.(sent);
  };
  try {
    for await (const block of blocksOf(terms.source, blocks.room)) {
      ended.throwIfAborted();
      blocks.add(transmit(block), block.length);
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
