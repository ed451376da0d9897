/** XEP-0047 In-Band Bytestreams, version 2.0.1. https://xmpp.org/extensions/xep-0047.html */
import { StanzaError } from '../errors.ts';
import type { Session } from '../session/session.ts';
import { child } from '../stanza.ts';
import { whenGone } from './gone.ts';
import { NS, parseData, parseOpen } from './ibb-blocks.ts';
import { type InboundStream, type InboundTerms, inboundStream, type Receiver } from './ibb-inbound.ts';
import { type OutboundTerms, sendInBand } from './ibb-outbound.ts';
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
   * `signal` is aborted, with its reason, after closing the stream.
   */
  send(terms: OutboundTerms): Promise<void>;
}

/** In-band streams in both directions. Only what was negotiated with that full JID before is let in. */
export function inBand(
  session: Session,
  { disco }: { disco: { addFeature(feature: string): void } },
): InBand {
  const receivers = new Map<string, Receiver>();
  const closers = new Map<string, () => void>();
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
  // Nobody else tells that a peer is gone that only sends: an answer to it would be dropped.
  whenGone(session, (error, peer) => {
    for (const [key, receiver] of [...receivers])
      if (peer === undefined || peerOf(key) === peer) receiver.lost(error);
  });

  return {
    expect(terms) {
      const key = keyOf(terms.peer, terms.sid);
      if (receivers.has(key)) throw new StanzaError('conflict');
      return inboundStream(session, terms, {
        enter: (receiver) => receivers.set(key, receiver),
        leave: () => receivers.delete(key),
      });
    },
    async send(terms) {
      const key = keyOf(terms.peer, terms.sid);
      try {
        await sendInBand(session, terms, (closer) => closers.set(key, closer));
      } finally {
        closers.delete(key);
      }
    },
  };
}
