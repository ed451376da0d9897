/** Files by stream initiation (XEP-0095, 0096): over SOCKS5 (XEP-0065) where a connection can be made, else in-band. */
import { type InBand, NS as NS_IBB } from '../../xmpp/bytestreams/ibb.ts';
import type { InboundStream } from '../../xmpp/bytestreams/ibb-inbound.ts';
import { NS as NS_SOCKS5, type Socks5Bytestreams } from '../../xmpp/bytestreams/s5b.ts';
import {
  NS_FILE_TRANSFER,
  NS as NS_SI,
  type SiAnswer,
  type SiOffer,
  type StreamInitiation,
  siCondition,
} from '../../xmpp/bytestreams/si.ts';
import type { Permit } from '../../xmpp/bytestreams/socks5-connect.ts';
import { formatDateTime } from '../../xmpp/datetime.ts';
import { StanzaError } from '../../xmpp/errors.ts';
import { randomId } from '../../xmpp/session/session.ts';
import { domainOf } from '../address.ts';
import { type AddressesOptions, fileAddresses } from '../files/addresses.ts';
import { conditionOf } from '../files/order.ts';
import type { FileRoute, IncomingOffer, OutgoingFile, Refusal, SendContext } from '../files/route.ts';
import { ChatError } from '../problem.ts';

/** How streams over SOCKS5 are made for one person. */
export interface Socks5Terms {
  /** our own addresses are given to them, and theirs connected to */
  readonly direct: boolean;
  readonly permit: Permit;
}

export interface SiOptions extends AddressesOptions {
  readonly inBand: InBand;
  readonly socks5: Pick<Socks5Bytestreams, 'open' | 'expect' | 'proxies' | 'ownAddresses'>;
  readonly streamInitiation: StreamInitiation;
  readonly socks5Terms: (peer: string) => Socks5Terms;
  /** the account's server, whose proxies we know */
  readonly domain: string;
}

const NEEDED = [NS_SI, NS_FILE_TRANSFER];

const REFUSALS: Record<Refusal, 'forbidden' | 'not-acceptable' | 'resource-constraint'> = {
  busy: 'resource-constraint',
  declined: 'forbidden',
  'too-large': 'not-acceptable',
  'no-space': 'resource-constraint',
};

/** milliseconds that the other side may take to come in-band after SOCKS5 came to nothing */
const SECOND_PATIENCE = 120_000;

/** What a person said no to is not tried again by another route; a lack of means is. */
function offerError(error: unknown): unknown {
  if (!(error instanceof StanzaError)) return error;
  const condition = siCondition(error);
  const declined = ['forbidden', 'not-acceptable', 'resource-constraint'].includes(condition);
  return new ChatError(declined ? 'declined' : condition, {}, { cause: error });
}

/** The part that the other side wants (XEP-0096 §3). */
async function* partOf(file: OutgoingFile, { offset, length }: SiAnswer): AsyncGenerator<Uint8Array, void> {
  let left = length;
  if (left === 0) return;
  // Read to its end where that is meant: the sum is known by then.
  for await (const bytes of file.read(offset)) {
    if (left === 0) return;
    const wanted = bytes.subarray(0, left);
    left -= wanted.length;
    yield wanted;
  }
}

/**
 * The stream that brings bytes first: who finds no way over SOCKS5 may come in-band within the same offer. Throws what
 * the first one failed with.
 */
async function* firstToCome(
  socks5: InboundStream,
  inBand: InboundStream,
  onInBand: () => void,
): AsyncGenerator<Uint8Array, void> {
  const begin = async (stream: InboundStream) => {
    const reader = stream[Symbol.asyncIterator]();
    return { stream, reader, first: await reader.next() };
  };
  const [one, two] = [begin(socks5), begin(inBand)];
  one.catch((error: unknown) => {
    if (conditionOf(error) !== 'no-bytestream') inBand.close();
  });
  try {
    // All have failed: why the other one did says nothing.
    const { stream, reader, first } = await Promise.any([one, two]).catch(() => one);
    if (stream === inBand) {
      socks5.close();
      onInBand();
    } else inBand.close();
    for (let next = first; next.done !== true; next = await reader.next()) yield next.value;
  } finally {
    socks5.close();
    inBand.close();
  }
}

/** By which the same file is known when it is offered again: SI has a date, and MD5, which few compute beforehand. */
const versionOf = ({ date, hash }: SiOffer['file']) =>
  date === undefined && hash === undefined ? undefined : `${date ?? ''} ${hash ?? ''}`;

/** Two routes: one that offers both ways, and one that offers the slow one alone. */
export function si(options: SiOptions): FileRoute[] {
  const { disco, presence, inBand, socks5, streamInitiation, socks5Terms, domain } = options;

  /** Worth a try: they may connect to us or we to them, or their proxies are ours. */
  const mayMeet = (peer: string) => socks5Terms(peer).direct || domainOf(peer) === domain;

  function incoming(offer: SiOffer): IncomingOffer {
    const { id, from, file, methods, ranged, signal, accept, decline } = offer;
    const alsoInBand = methods.includes(NS_IBB);
    const bySocks5 = methods.includes(NS_SOCKS5) && (mayMeet(from) || !alsoInBand);
    return {
      peer: from,
      name: file.name,
      size: file.size,
      text: file.description,
      mime: file.mimeType,
      hash: file.hash === undefined ? undefined : { algorithm: 'md5', hex: file.hash },
      version: versionOf(file),
      ranged,
      signal,
      accept(_limit, stop, begin = 0, onFallback) {
        const terms = { sid: id, peer: from, size: file.size - begin };
        const streams: InboundStream[] = [];
        const expected = (stream: InboundStream) => {
          streams.push(stream);
          return stream;
        };
        const end = () => {
          for (const stream of streams) stream.close();
        };
        stop.addEventListener('abort', end, { once: true });
        const streamToCome = (): AsyncIterable<Uint8Array> => {
          if (!bySocks5) return expected(inBand.expect(terms));
          const over = alsoInBand && expected(inBand.expect({ ...terms, patience: SECOND_PATIENCE }));
          const socks = expected(socks5.expect({ ...terms, permit: socks5Terms(from).permit }));
          return over ? firstToCome(socks, over, () => onFallback?.('si-ibb', 'no-bytestream')) : socks;
        };
        try {
          // An id that is under way with them is not another stream's (XEP-0095 §6.2).
          const stream = streamToCome();
          accept(bySocks5 ? NS_SOCKS5 : NS_IBB, begin);
          return stream;
        } catch (error) {
          decline('not-acceptable');
          throw error;
        }
      },
      decline: (refusal) => decline(REFUSALS[refusal]),
    };
  }

  /** Offers it by these methods; resolves to how it goes on. */
  async function agreed(file: OutgoingFile, peer: string, methods: readonly string[], context: SendContext) {
    const { signal, onProgress } = context;
    // XEP-0095 §6.2: the id of the offer is the id of the stream.
    const id = randomId();
    const date = formatDateTime(file.modified.getTime());
    const described = { name: file.name, size: file.size, date, mimeType: file.mime };
    const answer = await streamInitiation
      .offer(peer, { id, file: described, methods, ranged: true }, { signal })
      .catch((error: unknown) => {
        throw offerError(error);
      });
    onProgress(0);
    return {
      method: answer.method,
      terms: {
        sid: id,
        peer,
        signal,
        source: partOf(file, answer),
        onProgress: (sent: number) => {
          if (sent > 0) onProgress(answer.offset + sent);
        },
      },
    };
  }

  type Terms = Awaited<ReturnType<typeof agreed>>['terms'];

  /** The second way of one offer. Whether the other side knows of that shows when the stream is opened. */
  async function sendInBand(terms: Terms, isOpen: () => void): Promise<void> {
    let opened = false;
    const onProgress = (sent: number) => {
      if (!opened) isOpen();
      opened = true;
      terms.onProgress(sent);
    };
    try {
      await inBand.send({ ...terms, onProgress });
    } catch (error) {
      const unknown = !opened && error instanceof StanzaError;
      throw unknown ? new ChatError('no-bytestream', {}, { cause: error }) : error;
    }
  }

  return [
    {
      name: 'si-socks5',
      silent: true,
      async addresses(peer) {
        if (!socks5Terms(peer).direct || socks5.ownAddresses().length === 0) {
          const proxies = await socks5.proxies();
          if (proxies.length === 0) return [];
        }
        return fileAddresses(peer, [...NEEDED, NS_SOCKS5], { disco, presence });
      },
      async send(file, peer, context) {
        const { signal, onFallback } = context;
        const methods = onFallback === undefined ? [NS_SOCKS5] : [NS_SOCKS5, NS_IBB];
        const { method, terms } = await agreed(file, peer, methods, context);
        if (method === NS_IBB) return sendInBand(terms, () => onFallback?.('si-ibb', 'not-chosen'));
        const { sid } = terms;
        const stream = await socks5
          .open({ sid, peer, signal, ...socks5Terms(peer) })
          .catch((error: unknown) => {
            if (onFallback === undefined || conditionOf(error) !== 'no-bytestream') throw error;
            return undefined;
          });
        return stream === undefined
          ? sendInBand(terms, () => onFallback?.('si-ibb', 'no-bytestream'))
          : stream.send(terms);
      },
      onOffer(listener) {
        streamInitiation.on('offer', (offer) => {
          if (offer.methods.includes(NS_SOCKS5)) listener(incoming(offer));
        });
      },
    },
    {
      name: 'si-ibb',
      silent: true,
      addresses: (peer) => fileAddresses(peer, [...NEEDED, NS_IBB], { disco, presence }),
      async send(file, peer, context) {
        const { terms } = await agreed(file, peer, [NS_IBB], context);
        await inBand.send(terms);
      },
      onOffer(listener) {
        streamInitiation.on('offer', (offer) => {
          if (!offer.methods.includes(NS_SOCKS5)) listener(incoming(offer));
        });
      },
    },
  ];
}
