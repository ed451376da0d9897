/** XEP-0047 In-Band Bytestreams, version 2.0.1. https://xmpp.org/extensions/xep-0047.html */
import { DisconnectedError, StanzaError, StreamError } from '../errors.ts';
import type { Session } from '../session/session.ts';
import { RemoteStreamError } from '../session/stream-error.ts';
import { child } from '../stanza.ts';
import { LEAST_STANZA } from '../stream-limits.ts';
import { deferred, within } from '../waiting.ts';
import { whenGone } from './gone.ts';
import { NS, parseData, parseOpen } from './ibb-blocks.ts';
import { type InboundStream, type InboundTerms, inboundStream, type Receiver } from './ibb-inbound.ts';
import { largestBlock, type OutboundTerms, SAFE_BLOCK, sendInBand } from './ibb-outbound.ts';
import { keyOf, peerOf } from './keys.ts';

export { NS };

export interface InBand {
  /**
   * Lets exactly that full JID open exactly that stream, and gives its bytes. The iteration throws an XmppError
   * (`peer-closed` when closed before `size` bytes, `policy-violation` when more came, `unexpected-request` for a
   * wrong sequence, `bad-request` for bad data, `remote-server-timeout`, `disconnected`); ending it early closes
   * the stream and tells the peer. Throws StanzaError `conflict` where that one is expected already: it goes on.
   */
  expect(terms: InboundTerms): InboundStream;
  /**
   * Opens a stream and sends everything `source` gives; resolves when the peer has confirmed every block.
   * Rejects with StanzaError (the peer's answer), XmppError `peer-closed`, TimeoutError or DisconnectedError; when
   * `signal` is aborted, with its reason, after closing the stream. Where it was lost for DisconnectedError and `small`
   * became true, our server takes no blocks of that size: another attempt makes them small.
   */
  send(terms: OutboundTerms): Promise<void>;
  /** Our server ended a stream over a block: none is larger than every server takes any more. */
  readonly small: boolean;
  /** Bytes of a block to that full JID, at most: what our server takes of a stanza. */
  largestBlock(peer: string, sid: string): number;
}

/** milliseconds that a stream may take to close */
const CLOSING = 5_000;

/** In-band streams in both directions. Only what was negotiated with that full JID before is let in. */
export function inBand(
  session: Session,
  { disco }: { disco: { addFeature(feature: string): void } },
): InBand {
  const receivers = new Map<string, Receiver>();
  const closers = new Map<string, () => void>();
  const underWay = new Set<{ readonly bytes: number }>();
  /** bytes of a block that our server takes, as far as is known */
  let taken = SAFE_BLOCK;
  /** streams in a row that ended with a larger one under way */
  let ended = 0;
  let small = false;
  /** the stream has ended */
  let over = deferred<void>();
  session.on('offline', () => over.resolve());
  for (const begins of ['online', 'resumed'] as const)
    session.on(begins, () => {
      over = deferred();
    });
  disco.addFeature(NS);

  session.respond('set', 'open', NS, (iq, payload) => {
    const open = parseOpen(payload);
    if (open === undefined) throw new StanzaError('bad-request', 'modify');
    const receiver = receivers.get(keyOf(iq.attrs.from ?? '', open.sid));
    // §2.1: the answer of somebody who does not wish to proceed; a stranger learns nothing more.
    if (receiver === undefined) throw new StanzaError('not-acceptable');
    receiver.open(open);
    return undefined;
  });
  session.respond('set', 'data', NS, async (iq, payload) => {
    const data = parseData(payload);
    if (data === undefined) throw new StanzaError('bad-request');
    const receiver = receivers.get(keyOf(iq.attrs.from ?? '', data.sid));
    if (receiver === undefined) throw new StanzaError('item-not-found');
    await receiver.data(data, 'iq');
    return undefined;
  });
  session.respond('set', 'close', NS, (iq, payload) => {
    const key = keyOf(iq.attrs.from ?? '', payload.attrs.sid ?? '');
    const receiver = receivers.get(key);
    const closer = closers.get(key);
    if (receiver === undefined && closer === undefined) throw new StanzaError('item-not-found');
    receiver?.closed();
    closer?.();
    return undefined;
  });
  session.on('message', (stanza) => {
    const element = stanza.attrs.type === 'error' ? undefined : child(stanza, 'data', NS);
    const data = element && parseData(element);
    const receiver = data && receivers.get(keyOf(stanza.attrs.from ?? '', data.sid));
    // A message has no answer: the receiver itself closes the stream when something is wrong with it.
    if (data) receiver?.data(data, 'message').catch(() => undefined);
  });
  session.explainEnd((reason) => {
    const said = reason?.condition === 'policy-violation';
    // Who says conflict or shutdown says why.
    if (!said && reason instanceof RemoteStreamError) return undefined;
    // A stanza is its block and what stands around it, and a limit may have changed: what was taken once proves little
    // against a server that says so.
    const least = said ? SAFE_BLOCK : taken;
    if (![...underWay].some(({ bytes }) => bytes > least)) return undefined;
    ended++;
    // Whoever writes on while the server closes does not always get to read why; resumed, it would end again.
    if (!said && ended === 1) return undefined;
    small = true;
    return new StreamError('stanza-too-large', undefined, { cause: reason });
  });
  // Nobody else tells that a peer is gone that only sends: an answer to it would be dropped.
  whenGone(session, (error, peer) => {
    for (const [key, receiver] of [...receivers])
      if (peer === undefined || peerOf(key) === peer) receiver.lost(error);
  });

  const most = (peer: string, sid: string) =>
    small
      ? Math.min(SAFE_BLOCK, largestBlock(LEAST_STANZA, peer, sid))
      : largestBlock(session.maxStanzaBytes, peer, sid);
  async function transmit<T>(bytes: number, answer: Promise<T>): Promise<T> {
    const block = { bytes };
    underWay.add(block);
    try {
      const result = await answer;
      taken = Math.max(taken, bytes);
      ended = 0;
      return result;
    } finally {
      underWay.delete(block);
    }
  }

  return {
    expect(terms) {
      const key = keyOf(terms.peer, terms.sid);
      if (receivers.has(key)) throw new StanzaError('conflict');
      return inboundStream(session, terms, {
        enter: (receiver) => receivers.set(key, receiver),
        leave: () => receivers.delete(key),
      });
    },
    largestBlock: most,
    get small() {
      return small;
    },
    async send(terms) {
      const key = keyOf(terms.peer, terms.sid);
      try {
        await sendInBand(session, terms, {
          most: most(terms.peer, terms.sid),
          onClose: (closer) => closers.set(key, closer),
          transmit,
        });
      } catch (error) {
        if (error instanceof DisconnectedError) {
          // Nothing can be written to a stream that is closing: why it does is known when it is over.
          await within(over.promise, CLOSING).catch(() => undefined);
          if (ended > 0) small = true;
        }
        throw error;
      } finally {
        // A stream that ended proves nothing once all that was on its way is given up.
        if (underWay.size === 0) ended = 0;
        closers.delete(key);
      }
    },
  };
}
