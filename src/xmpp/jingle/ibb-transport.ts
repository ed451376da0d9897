/** XEP-0261: Jingle In-Band Bytestreams Transport Method, version 1.0. https://xmpp.org/extensions/xep-0261.html */
import type { InBand } from '../bytestreams/ibb.ts';
import { MAX_BLOCK_SIZE } from '../bytestreams/ibb-blocks.ts';
import type { InboundStream } from '../bytestreams/ibb-inbound.ts';
import { BLOCK_SIZE } from '../bytestreams/ibb-outbound.ts';
import { StanzaError } from '../errors.ts';
import { randomId } from '../session/session.ts';
import { type Element, x } from '../stanza.ts';
import { unsupportedInfo } from './elements.ts';
import type { Transport } from './transports.ts';

export const NS_IBB_TRANSPORT = 'urn:xmpp:jingle:transports:ibb:1';

/** bytes; the block of XEP-0047 §4 */
const SMALL_BLOCK = 4096;
/** characters */
const LONGEST_SID = 256;

interface Offer {
  readonly sid: string;
  readonly blockSize: number;
}

/** Reads `<transport/>`; `undefined` where an attribute is missing or out of range. §2.2 */
export function parseIbbTransport(element: Element): Offer | undefined {
  const { sid, 'block-size': size = '', stanza = 'iq' } = element.attrs;
  const blockSize = /^\d{1,5}$/.test(size) ? Number(size) : 0;
  if (!element.is('transport', NS_IBB_TRANSPORT) || !sid || sid.length > LONGEST_SID) return undefined;
  if (blockSize < 1 || blockSize > MAX_BLOCK_SIZE || (stanza !== 'iq' && stanza !== 'message'))
    return undefined;
  return { sid, blockSize };
}

export const xIbbTransport = ({ sid, blockSize }: Offer): Element =>
  x('transport', { xmlns: NS_IBB_TRANSPORT, 'block-size': String(blockSize), sid });

const malformed = () => new StanzaError('bad-request', 'modify');

export function ibbTransport(inBand: InBand): Transport {
  return {
    name: 'ibb',
    xmlns: NS_IBB_TRANSPORT,

    async sending({ peer }) {
      const sid = randomId();
      const offer: Offer = { sid, blockSize: inBand.largestBlock(peer, sid) };
      let { blockSize } = offer;
      return {
        offer: xIbbTransport(offer),
        accepted(transport) {
          const answer = parseIbbTransport(transport);
          // §2.2: the same stream, and a smaller block where the other side wants one.
          if (answer?.sid !== offer.sid || answer.blockSize > offer.blockSize) throw malformed();
          blockSize = answer.blockSize;
        },
        // §2.4: one stream is enough for one file.
        told() {
          throw unsupportedInfo();
        },
        send: (terms) => inBand.send({ ...terms, sid: offer.sid, peer, blockSize }),
        close() {},
      };
    },

    receiving({ peer }, element) {
      const offer = parseIbbTransport(element);
      if (offer === undefined) throw malformed();
      // What is between the two waits at Prosody for 40 ms, each, where the other side sends one at a time.
      const most = offer.blockSize < BLOCK_SIZE ? SMALL_BLOCK : BLOCK_SIZE;
      const blockSize = Math.min(offer.blockSize, most);
      let stream: InboundStream | undefined;
      return {
        async answer({ size, limit }) {
          stream = inBand.expect({ sid: offer.sid, peer, size, limit, maxBlockSize: blockSize });
          return xIbbTransport({ sid: offer.sid, blockSize });
        },
        told() {
          throw unsupportedInfo();
        },
        bytes() {
          if (stream === undefined) throw new StanzaError('unexpected-request');
          return stream;
        },
        close: () => stream?.close(),
      };
    },
  };
}
