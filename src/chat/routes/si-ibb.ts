/** Files by stream initiation and in-band bytestreams (XEP-0095, 0096, 0047): slow, and works wherever messages do. */
import { createHash } from 'node:crypto';
import { type InBand, NS as NS_IBB } from '../../xmpp/bytestreams/ibb.ts';
import {
  NS_FILE_TRANSFER,
  NS as NS_SI,
  type SiOffer,
  type StreamInitiation,
  siCondition,
} from '../../xmpp/bytestreams/si.ts';
import { formatDateTime } from '../../xmpp/datetime.ts';
import { StanzaError } from '../../xmpp/errors.ts';
import { randomId } from '../../xmpp/session/session.ts';
import { type AddressesOptions, fileAddresses } from '../files/addresses.ts';
import type { FileRoute, IncomingOffer, OutgoingFile, Refusal } from '../files/route.ts';
import { ChatError } from '../problem.ts';

export interface SiIbbOptions extends AddressesOptions {
  readonly inBand: InBand;
  readonly streamInitiation: StreamInitiation;
}

const NEEDED = [NS_SI, NS_FILE_TRANSFER, NS_IBB];

const REFUSALS: Record<Refusal, 'forbidden' | 'not-acceptable' | 'resource-constraint'> = {
  declined: 'forbidden',
  'too-large': 'not-acceptable',
  'no-space': 'resource-constraint',
};

/** XEP-0096 §3: the sum, where the sender gave one, is compared when everything is there. */
async function* compared(source: AsyncIterable<Uint8Array>, md5: string): AsyncGenerator<Uint8Array, void> {
  const hash = createHash('md5');
  for await (const bytes of source) {
    hash.update(bytes);
    yield bytes;
  }
  if (hash.digest('hex') !== md5) throw new ChatError('file-corrupt');
}

/** What a person said no to is not tried again by another route; a lack of means is. */
function offerError(error: unknown): unknown {
  if (!(error instanceof StanzaError)) return error;
  const condition = siCondition(error);
  const declined = ['forbidden', 'not-acceptable', 'resource-constraint'].includes(condition);
  return new ChatError(declined ? 'declined' : condition, {}, { cause: error });
}

export function siIbb({ disco, presence, inBand, streamInitiation }: SiIbbOptions): FileRoute {
  function incoming({ id, from, file, signal, accept, decline }: SiOffer): IncomingOffer {
    return {
      peer: from,
      name: file.name,
      size: file.size,
      text: file.description,
      signal,
      accept(limit, stop) {
        const stream = inBand.expect({ sid: id, peer: from, size: file.size, limit });
        stop.addEventListener('abort', () => stream.close(), { once: true });
        accept(NS_IBB);
        return file.hash === undefined ? stream : compared(stream, file.hash);
      },
      decline: (refusal) => decline(REFUSALS[refusal]),
    };
  }

  return {
    name: 'si-ibb',
    addresses: (peer) => fileAddresses(peer, NEEDED, { disco, presence }),
    async send(file: OutgoingFile, address, { signal, onProgress }) {
      // XEP-0095 §6.2: the id of the offer is the id of the stream.
      const id = randomId();
      const date = formatDateTime(file.modified.getTime());
      const request = { id, file: { name: file.name, size: file.size, date }, methods: [NS_IBB] };
      await streamInitiation.offer(address, request, { signal }).catch((error: unknown) => {
        throw offerError(error);
      });
      onProgress(0);
      await inBand.send({ sid: id, peer: address, source: file.read(), signal, onProgress });
    },
    onOffer(listener) {
      streamInitiation.on('offer', (offer) => listener(incoming(offer)));
    },
  };
}
