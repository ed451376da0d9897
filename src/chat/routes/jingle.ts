/** Files by Jingle (XEP-0234): over a connection of its own where one can be made, else in-band. */
import { formatDateTime } from '../../xmpp/datetime.ts';
import { StanzaError } from '../../xmpp/errors.ts';
import { NS_SOCKS5_TRANSPORT } from '../../xmpp/jingle/candidates.ts';
import { isTooLarge } from '../../xmpp/jingle/file-description.ts';
import { type JingleFiles, NS_FILE_TRANSFER, NS as NS_JINGLE } from '../../xmpp/jingle/file-transfer.ts';
import { NS_IBB_TRANSPORT } from '../../xmpp/jingle/ibb-transport.ts';
import type { JingleOffer, Refusal } from '../../xmpp/jingle/offer.ts';
import { SessionEndedError } from '../../xmpp/jingle/session.ts';
import type { Reach, TransportName } from '../../xmpp/jingle/transports.ts';
import { unless } from '../../xmpp/waiting.ts';
import { type AddressesOptions, fileAddresses } from '../files/addresses.ts';
import type { FileRoute, IncomingOffer, RouteName } from '../files/route.ts';
import { ChatError } from '../problem.ts';

export interface JingleOptions extends AddressesOptions {
  readonly jingleFiles: JingleFiles;
  /** how connections are made with one person */
  readonly socks5Terms: (peer: string) => Reach;
}

/** A transport as a route: what the other side has to announce, and what is tried after it in the same session. */
interface Way {
  readonly route: RouteName;
  readonly transport: TransportName;
  readonly xmlns: string;
}

const WAYS: readonly Way[] = [
  { route: 'jingle-socks5', transport: 'socks5', xmlns: NS_SOCKS5_TRANSPORT },
  { route: 'jingle-ibb', transport: 'ibb', xmlns: NS_IBB_TRANSPORT },
];

/** How far it had come. */
type Reached = 'nowhere' | 'accepted' | 'moving';

/** What the other side meant by ending the session; `otherwise`: by a reason that says nothing of the file. */
function endedError(error: SessionEndedError, reached: Reached, otherwise = 'peer-closed'): ChatError {
  const { reason } = error;
  const because = (condition: string) => new ChatError(condition, {}, { cause: error });
  if (isTooLarge(reason)) return because('file-too-large-for-peer');
  switch (reason.condition) {
    case 'decline':
    case 'busy':
    case 'cancel':
    case 'success':
      return because(reached === 'nowhere' ? 'declined' : 'peer-closed');
    case 'media-error':
      return because('file-not-kept');
    case 'connectivity-error':
    case 'failed-transport':
      return because(reached === 'moving' ? 'bytestream-broken' : 'no-bytestream');
    case 'timeout':
      return because(reached === 'nowhere' ? 'no-answer' : 'remote-server-timeout');
    case 'gone':
      return because('recipient-unavailable');
    default:
      // Who took the file knows how.
      return because(reached === 'nowhere' ? 'feature-not-implemented' : otherwise);
  }
}

const REFUSALS: ReadonlyMap<string, Refusal> = new Map([
  ['cancelled', 'cancelled'],
  ['file-corrupt', 'corrupt'],
  ['file-too-large', 'too-large'],
  ['folder-full', 'no-space'],
]);

const refusalOf = (condition: string): Refusal => REFUSALS.get(condition) ?? 'failed';

/** The best sum that is said: SHA-256 first. */
const bestOf = ({ hashes }: JingleOffer['file']) =>
  hashes.find(({ algorithm }) => algorithm === 'sha-256') ?? hashes[0];

/** The same with errors that say what the other side meant. */
function translated(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const blocks = source[Symbol.asyncIterator]();
  let reached: Reached = 'accepted';
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        try {
          const step = await blocks.next();
          reached = 'moving';
          return step;
        } catch (error) {
          // What is here may be of use: only a word of the sender's own says that it is not.
          throw error instanceof SessionEndedError ? endedError(error, reached, 'bytestream-broken') : error;
        }
      },
      return: async () => (await blocks.return?.()) ?? { done: true, value: undefined },
    }),
  };
}

function incoming(offer: JingleOffer, socks5Terms: JingleOptions['socks5Terms']): IncomingOffer {
  const { from, file, signal } = offer;
  const { hashUsed } = file;
  const hash = bestOf(file);
  return {
    peer: from,
    name: file.name ?? '',
    size: file.size,
    text: file.description,
    mime: file.mime,
    hash,
    laterHash:
      hash === undefined && hashUsed !== undefined
        ? { algorithm: hashUsed, hex: () => offer.checksum() }
        : undefined,
    version: file.date,
    ranged: file.range !== undefined,
    signal,
    accept: (limit, stop, begin, onFallback) =>
      translated(
        offer.accept({
          ...{ limit, from: begin, reach: socks5Terms(from), signal: stop },
          onFallback(to) {
            const next = WAYS.find((way) => way.transport === to);
            if (next !== undefined) onFallback?.(next.route, 'no-bytestream');
          },
        }),
      ),
    decline: (refusal) => offer.decline(refusal),
    finished: (failure) => offer.finish(failure === undefined ? undefined : refusalOf(failure)),
  };
}

/** A route for each transport, the most wanted first; within a session those behind it follow where it fails. */
export function jingle({ disco, presence, jingleFiles, socks5Terms }: JingleOptions): FileRoute[] {
  return WAYS.map(({ route, transport, xmlns }, at): FileRoute => {
    const others = WAYS.slice(at + 1);
    return {
      name: route,
      addresses: (peer) => fileAddresses(peer, [NS_JINGLE, NS_FILE_TRANSFER, xmlns], { disco, presence }),
      async send(file, peer, { signal, onProgress, onFallback }) {
        const { name, size, mime, modified } = file;
        const checksum = async () => ({ algorithm: 'sha-256', hex: await unless(signal, file.sha256()) });
        const date = formatDateTime(modified.getTime());
        let reached: Reached = 'nowhere';
        try {
          await jingleFiles.send({
            peer,
            // The sum follows the last byte: nothing is read before it is wanted.
            file: { name, size, mime, date, hashes: [], hashUsed: 'sha-256', range: { offset: 0 } },
            transports: [transport, ...(onFallback === undefined ? [] : others.map((way) => way.transport))],
            read(from) {
              // What is only read in part is summed meanwhile.
              if (from > 0) file.sha256().catch(() => undefined);
              return file.read(from);
            },
            checksum,
            reach: socks5Terms(peer),
            signal,
            onProgress(sent) {
              reached = sent > 0 ? 'moving' : 'accepted';
              onProgress(sent);
            },
            onFallback(_from, to) {
              const next = others.find((way) => way.transport === to);
              if (next !== undefined) onFallback?.(next.route, 'no-bytestream');
            },
          });
        } catch (error) {
          if (error instanceof SessionEndedError) throw endedError(error, reached);
          throw error instanceof StanzaError && error.condition === 'conflict'
            ? new ChatError('no-bytestream', {}, { cause: error })
            : error;
        }
      },
      onOffer(listener) {
        jingleFiles.on('offer', (offer) => {
          if (offer.transport === transport) listener(incoming(offer, socks5Terms));
        });
      },
    };
  });
}
