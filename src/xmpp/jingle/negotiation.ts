/** XEP-0260 §2.3, §2.4: what both sides tell each other of their candidates, until one connection is agreed on. */
import type { Socks5Bytestreams } from '../bytestreams/s5b.ts';
import type { SocketStream } from '../bytestreams/socket-stream.ts';
import { connectTo } from '../bytestreams/socks5-connect.ts';
import type { Listening } from '../bytestreams/socks5-listen.ts';
import { destinationOf, MOST_STREAMHOSTS } from '../bytestreams/streamhosts.ts';
import { StanzaError, XmppError } from '../errors.ts';
import type { Element } from '../stanza.ts';
import { deferred, within } from '../waiting.ts';
import {
  type Candidate,
  type Nominated,
  nominate,
  parseSocks5Info,
  type Socks5Offer,
  xSocks5Info,
  xSocks5Transport,
} from './candidates.ts';
import { type Dialling, dial } from './dialling.ts';
import { outOfOrder } from './elements.ts';
import type { JingleSession } from './session.ts';
import type { Reach } from './transports.ts';

/** Where we can be reached. */
export interface Gathered {
  readonly listening: Listening | undefined;
  readonly candidates: readonly Candidate[];
}

export interface NegotiationOptions {
  /** our full JID */
  readonly own: string;
  readonly socks5: Pick<Socks5Bytestreams, 'activate'>;
  /** `destination`: what is asked for at ours; `theirs` are not offered again */
  readonly gather: (destination: string, reach: Reach, theirs: readonly Candidate[]) => Promise<Gathered>;
}

/** milliseconds until the other side has tried everything, or told a proxy */
const THEIR_TURN = 45_000;

const malformed = () => new StanzaError('bad-request', 'modify');
export const noBytestream = (cause?: unknown) => new XmppError('no-bytestream', undefined, { cause });

/** What both sides tell each other, until one connection is agreed on. */
export function negotiation(of: JingleSession, sid: string, { own, socks5, gather }: NegotiationOptions) {
  const { peer, role } = of;
  const destination = destinationOf(sid, own, peer);
  const over = new AbortController();
  const decided = deferred<Nominated | undefined>();
  const activated = deferred<void>();
  let listening: Listening | undefined;
  let ours: readonly Candidate[] = [];
  let theirs: Socks5Offer | undefined;
  let dialling: Dialling | undefined;
  /** the candidate that each side reached, once it has tried */
  let ourChoice: { readonly candidate: Candidate | undefined } | undefined;
  let theirChoice: { readonly candidate: Candidate | undefined } | undefined;
  let nominated: Nominated | undefined;
  let stream: SocketStream | undefined;

  const tell = (told: Parameters<typeof xSocks5Info>[1], cid?: string) =>
    of.transport('transport-info', xSocks5Info(sid, told, cid)).catch(() => undefined);

  function chosen(candidate: Candidate | undefined): void {
    if (theirChoice !== undefined) throw outOfOrder();
    theirChoice = { candidate };
    dialling?.settleFor(candidate?.priority ?? 0);
    decide();
  }

  /** At once with the last of both: what is told next may be about what is nominated. */
  function decide(): void {
    if (ourChoice === undefined || theirChoice === undefined) return;
    nominated = nominate(role, { ours: ourChoice.candidate, theirs: theirChoice.candidate });
    decided.resolve(nominated);
  }

  function told(element: Element): void {
    const info = parseSocks5Info(element, sid);
    switch (info?.told) {
      case 'used': {
        const candidate = ours.find(({ cid }) => cid === info.cid);
        if (candidate === undefined) throw malformed();
        chosen(candidate);
        break;
      }
      case 'none-worked':
        chosen(undefined);
        break;
      case 'activated':
        if (nominated?.of !== 'them' || nominated.candidate.type !== 'proxy') throw outOfOrder();
        if (nominated.candidate.cid !== info.cid) throw malformed();
        activated.resolve();
        break;
      case 'proxy-failed':
        if (nominated?.candidate.type !== 'proxy') throw outOfOrder();
        activated.reject(noBytestream());
        break;
      case 'candidates':
        // §2.2: they may come one by one; those that come while they are tried come too late.
        if (theirs !== undefined && dialling === undefined) {
          const candidates = [...theirs.candidates, ...info.candidates].slice(0, MOST_STREAMHOSTS);
          theirs = { ...theirs, candidates };
        }
        break;
      default:
        throw malformed();
    }
  }

  /** §2.4: the proxy is ours, so that we tell it, and the other side. */
  async function activate(proxy: Candidate, { permit }: Reach, signal: AbortSignal): Promise<SocketStream> {
    try {
      stream = await connectTo(proxy, { destination, permit, signal });
      await socks5.activate(proxy.jid, sid, peer, { signal });
      void tell('activated', proxy.cid);
      return stream;
    } catch (error) {
      void tell('proxy-failed');
      throw error;
    }
  }

  async function agree(reach: Reach, signal: AbortSignal): Promise<SocketStream> {
    const { permit } = reach;
    const asked = theirs?.destination ?? destinationOf(sid, peer, own);
    dialling = dial(
      theirs?.candidates ?? [],
      (candidate, ended) => connectTo(candidate, { destination: asked, permit, signal: ended }),
      signal,
    );
    dialling.settleFor(theirChoice?.candidate?.priority ?? 0);
    const reached = await dialling.reached;
    stream = reached?.stream;
    ourChoice = { candidate: reached?.candidate };
    void tell(reached === undefined ? 'none-worked' : 'used', reached?.candidate.cid);
    decide();
    const made = await within(decided.promise, THEIR_TURN, signal);
    if (made === undefined) throw noBytestream();
    if (made.of === 'them' && reached !== undefined) {
      if (made.candidate.type === 'proxy') await within(activated.promise, THEIR_TURN, signal);
      return reached.stream;
    }
    reached?.stream.close();
    if (made.candidate.type === 'proxy') {
      // The other side may find that it cannot reach it after all.
      const refused = activated.promise.then(() => Promise.reject(noBytestream()));
      return Promise.race([activate(made.candidate, reach, signal), refused]);
    }
    if (listening === undefined) throw noBytestream();
    return listening.connection({ signal });
  }

  return {
    destination,
    told,
    /** What the other side offers. */
    heard(offer: Socks5Offer): void {
      theirs = offer;
    },
    async prepare(reach: Reach): Promise<Element> {
      const gathered = await gather(destination, reach, theirs?.candidates ?? []);
      listening = gathered.listening;
      ours = gathered.candidates;
      if (over.signal.aborted) listening?.close();
      return xSocks5Transport(role, { sid, destination, candidates: ours });
    },
    get isEmpty() {
      return ours.length === 0;
    },
    /** Rejects with XmppError `no-bytestream`, or the reason of the signal. */
    async connection(reach: Reach, signal: AbortSignal): Promise<SocketStream> {
      try {
        stream = await agree(reach, AbortSignal.any([signal, over.signal]));
        return stream;
      } catch (error) {
        stream?.close();
        signal.throwIfAborted();
        throw noBytestream(error);
      } finally {
        listening?.close();
      }
    },
    close() {
      over.abort(new XmppError('cancelled'));
      listening?.close();
      stream?.close();
    },
  };
}
