/**
 * XEP-0260: Jingle SOCKS5 Bytestreams Transport Method, version 1.0.3. https://xmpp.org/extensions/xep-0260.html
 */
import type { Socks5Bytestreams } from '../bytestreams/s5b.ts';
import { listenFor } from '../bytestreams/socks5-listen.ts';
import { StanzaError } from '../errors.ts';
import { randomId, type Session } from '../session/session.ts';
import { type Candidate, NS_SOCKS5_TRANSPORT, parseSocks5Transport, priorityOf } from './candidates.ts';
import { type Gathered, negotiation, noBytestream } from './negotiation.ts';
import type { JingleSession } from './session.ts';
import type { Reach, Transport } from './transports.ts';

const malformed = () => new StanzaError('bad-request', 'modify');

export function socks5Transport(
  session: Session,
  { socks5 }: { socks5: Pick<Socks5Bytestreams, 'activate' | 'ownAddresses' | 'proxies'> },
): Transport {
  /** Where we can be reached: by ourselves, and by the proxies of our server, unless the other side named those. */
  async function gather(
    destination: string,
    { direct }: Reach,
    theirs: readonly Candidate[],
  ): Promise<Gathered> {
    const [listening, proxies] = await Promise.all([
      direct ? listenFor(destination, socks5.ownAddresses()) : undefined,
      socks5.proxies(),
    ]);
    const own = (listening?.places ?? []).map((place, at) => ({
      ...place,
      ...{ cid: randomId(), jid: session.jid, type: 'direct' as const },
      priority: priorityOf('direct', 65_535 - at),
    }));
    // §2.2: what the initiator offered already is not offered again; both would wait at it for the other.
    const isNew = ({ host, port }: { host: string; port: number }) =>
      !theirs.some((other) => other.host.toLowerCase() === host.toLowerCase() && other.port === port);
    const relayed = proxies.filter(isNew).map((proxy, at) => ({
      ...proxy,
      ...{ cid: randomId(), type: 'proxy' as const, priority: priorityOf('proxy', 65_535 - at) },
    }));
    return { listening, candidates: [...own.filter(isNew), ...relayed] };
  }

  const negotiate = (of: JingleSession, sid: string) =>
    negotiation(of, sid, { own: session.jid, socks5, gather });

  return {
    name: 'socks5',
    xmlns: NS_SOCKS5_TRANSPORT,

    async sending(of, { reach }) {
      const sid = randomId();
      const talk = negotiate(of, sid);
      const offer = await talk.prepare(reach);
      // Nowhere to be reached: nobody need be asked.
      if (talk.isEmpty) throw noBytestream();
      return {
        offer,
        accepted(transport) {
          const answer = parseSocks5Transport(transport);
          if (answer?.sid !== sid) throw malformed();
          talk.heard(answer);
        },
        told: talk.told,
        async send({ source, signal, onProgress }) {
          const stream = await talk.connection(reach, signal);
          await stream.send({ source, signal, onProgress });
        },
        close: talk.close,
      };
    },

    receiving(of, element) {
      const offer = parseSocks5Transport(element);
      if (offer === undefined) throw malformed();
      if (offer.mode === 'udp') throw new StanzaError('feature-not-implemented');
      const talk = negotiate(of, offer.sid);
      talk.heard(offer);
      return {
        answer: ({ reach }) => talk.prepare(reach),
        told: talk.told,
        async *bytes({ size, limit, reach, signal }) {
          const stream = await talk.connection(reach, signal);
          yield* stream.receive({ size, limit });
        },
        close: talk.close,
      };
    },
  };
}
