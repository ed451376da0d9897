/** The receiving half of an in-band bytestream: order, bounds, backpressure. XEP-0047 §2.2, §2.3. */
import { StanzaError, TimeoutError, XmppError } from '../errors.ts';
import type { Session } from '../session/session.ts';
import { x } from '../stanza.ts';
import { type Data, MAX_BLOCK_SIZE, type Open, xClose } from './ibb-blocks.ts';

export interface InboundTerms {
  readonly sid: string;
  /** full JID; nobody else's blocks count */
  readonly peer: string;
  /** bytes the peer declared; fewer or more is an error */
  readonly size?: number | undefined;
  /** most bytes taken where no size was declared */
  readonly limit?: number | undefined;
  /** largest block accepted, by default any; a larger one is negotiated down */
  readonly maxBlockSize?: number | undefined;
  /** milliseconds until the peer must have opened the stream, and between blocks; default 60,000 */
  readonly patience?: number | undefined;
}

/** The bytes in order, at the reader's speed. `close` ends it and tells the peer; it may be called at any time. */
export interface InboundStream extends AsyncIterable<Uint8Array> {
  close(): void;
}

/** What the router of stanzas calls. */
export interface Receiver {
  open(open: Open): void;
  data(data: Data, by: 'iq' | 'message'): Promise<void>;
  closed(): void;
  lost(error: XmppError): void;
}

/** Answers are held back from here on: a sender that waits for them slows down. */
const HIGH_WATER = 128 * 1024;
/** The same in blocks: of small ones each costs more than its bytes. */
const HIGH_WATER_BLOCKS = 256;
/** A sender that does not wait (or sends messages) is cut off here: memory stays bounded. */
const MOST_WAITING = 4 * 1024 * 1024;
const MOST_WAITING_BLOCKS = 4096;

export function inboundStream(
  session: Session,
  terms: InboundTerms,
  place: { enter(receiver: Receiver): void; leave(): void },
): InboundStream {
  const { sid, peer, size, patience = 60_000, maxBlockSize = MAX_BLOCK_SIZE } = terms;
  const bound = size ?? terms.limit ?? Number.MAX_SAFE_INTEGER;
  const queue: Uint8Array[] = [];
  let queued = 0;
  let received = 0;
  let seq = 0;
  let opened: Open | undefined;
  let end: { error: XmppError | undefined } | undefined;
  let wakeReader = () => {};
  const drained: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;

  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => fail(new TimeoutError('no block came in time')), patience);
  };
  const isFull = () => queued > HIGH_WATER || queue.length > HIGH_WATER_BLOCKS;
  const release = () => {
    for (const go of drained.splice(0)) go();
  };
  const finish = (error: XmppError | undefined) => {
    if (end !== undefined) return;
    end = { error };
    clearTimeout(timer);
    place.leave();
    wakeReader();
    release();
  };
  const tellClosed = () => {
    if (opened === undefined || !session.online) return;
    session.request(x('iq', { type: 'set', to: peer }, xClose(sid))).catch(() => undefined);
  };
  // §2.2: after a block that cannot be used the stream is closed, and nothing after it is processed.
  const fail = (error: XmppError): XmppError => {
    if (end === undefined) {
      finish(error);
      queueMicrotask(tellClosed);
    }
    return error;
  };

  const faultOf = (data: Data, by: 'iq' | 'message'): XmppError | undefined => {
    if (opened === undefined || opened.stanza !== by) return new StanzaError('unexpected-request');
    if (data.seq !== seq) return new StanzaError('unexpected-request');
    if (data.bytes === undefined) return new StanzaError('bad-request');
    if (data.bytes.length > opened.blockSize) return new StanzaError('bad-request');
    if (received + data.bytes.length > bound) return new StanzaError('policy-violation');
    const blocks = Math.max(queue.length, drained.length);
    if (queued + data.bytes.length > MOST_WAITING || blocks >= MOST_WAITING_BLOCKS)
      return new StanzaError('resource-constraint', 'wait');
    return undefined;
  };

  place.enter({
    open(open) {
      if (opened !== undefined) throw new StanzaError('not-acceptable');
      // §2.1: "would prefer a smaller block-size"; the peer asks again.
      if (open.blockSize > maxBlockSize) throw new StanzaError('resource-constraint', 'modify');
      opened = open;
      wait();
    },
    async data(data, by) {
      const fault = faultOf(data, by);
      if (fault !== undefined || data.bytes === undefined)
        throw fail(fault ?? new StanzaError('bad-request'));
      seq = (seq + 1) % 65_536;
      received += data.bytes.length;
      queued += data.bytes.length;
      // Empty ones bring nothing: they do not keep a stream alive.
      if (data.bytes.length > 0) {
        queue.push(data.bytes);
        wait();
        wakeReader();
      }
      if (isFull()) await new Promise<void>((go) => drained.push(go));
    },
    closed() {
      finish(
        size !== undefined && received < size ? new XmppError('peer-closed', 'closed too early') : undefined,
      );
    },
    lost: finish,
  });
  wait();

  const close = () => {
    if (end !== undefined) return;
    finish(new XmppError('cancelled'));
    queue.length = 0;
    tellClosed();
  };

  async function* read(): AsyncGenerator<Uint8Array, void> {
    try {
      for (;;) {
        const block = queue.shift();
        if (block !== undefined) {
          queued -= block.length;
          if (!isFull()) release();
          yield block;
        } else if (end !== undefined) {
          if (end.error !== undefined) throw end.error;
          return;
        } else {
          await new Promise<void>((go) => {
            wakeReader = go;
          });
        }
      }
    } finally {
      close();
    }
  }
  const reader = read();
  return { [Symbol.asyncIterator]: () => reader, close };
}
