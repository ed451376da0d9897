/**
 * How far a stream to one target comes, and what is offered on it: connected, proved and opened exactly as a log-in
 * does it, then closed. Nobody logs in.
 */
import type { TLSSocket } from 'node:tls';
import { AuthenticationError, ConnectionError, XmppError } from '../errors.ts';
import { NS_STREAM_FEATURE } from '../registration.ts';
import { type CertificateFacts, certificateFacts } from './certificate.ts';
import { attempt } from './connection.ts';
import { traffic } from './debug.ts';
import { features } from './inbox.ts';
import { exporter } from './log-in.ts';
import type { SessionOptions } from './options.ts';
import { choose, type Offer, parseOffer } from './sasl.ts';
import type { Target } from './targets.ts';
import type { Element } from './xml.ts';

export interface Handshake {
  /** `TLSv1.3`, `TLSv1.2` */
  readonly version: string;
  readonly cipher: string;
  readonly certificate: CertificateFacts | undefined;
}

export interface StreamOffer {
  readonly sasl: Offer;
  /** what we would take; `undefined` where nothing is safe enough */
  readonly mechanism: string | undefined;
  /** the TLS connection has a type of channel binding that we know (tls-exporter, RFC 9266) */
  readonly bindable: boolean;
  /** XEP-0077 §2.3: the server registers accounts */
  readonly registration: boolean;
  /** the first features of the stream, by element and namespace */
  readonly features: readonly { readonly name: string; readonly xmlns: string }[];
  /** so many more */
  readonly more: number;
}

export interface Examined {
  /** absent where no handshake came through */
  readonly handshake?: Handshake | undefined;
  readonly offer?: StreamOffer | undefined;
  /** where it ended too early */
  readonly error?: XmppError | undefined;
  /** what TLS itself calls it: `CERT_HAS_EXPIRED`, `ECONNRESET`, … */
  readonly code?: string | undefined;
}

export interface ExamineOptions extends Pick<SessionOptions, 'ca' | 'lang' | 'debug'> {
  readonly domain: string;
  readonly target: Target;
  /** milliseconds that the server may be silent; ten times that in all */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** No server has more to say before anybody logs in. */
const LIMITS = { stanza: 64 * 1024, depth: 20 };
const MOST_FEATURES = 30;
const MOST_MECHANISMS = 30;
const LONGEST = 128;

/** Never rejects but with the signal's reason. */
export async function examineStream(options: ExamineOptions): Promise<Examined> {
  const { domain, target, ca, lang, timeout, signal } = options;
  let handshake: Handshake | undefined;
  try {
    const { stream, negotiated } = await attempt(
      {
        establish: {
          domain,
          ca,
          targetTimeout: timeout,
          handshaken: (tls) => {
            handshake = handshakeOf(tls);
          },
        },
        target,
        from: undefined,
        lang,
        limits: LIMITS,
        goodbye: 'said',
        traffic: options.debug && traffic(options.debug),
        timeout,
        signal,
      },
      async ({ established }, inbox) => offerOf(await features(inbox), established?.tls),
    );
    await stream.close();
    return { handshake, offer: negotiated };
  } catch (error) {
    signal.throwIfAborted();
    return { handshake, error: asXmppError(error), code: codeOf(error) };
  }
}

function handshakeOf(tls: TLSSocket): Handshake {
  return {
    version: tls.getProtocol() ?? '',
    cipher: tls.getCipher().name,
    certificate: certificateFacts(tls.getPeerCertificate()),
  };
}

function offerOf(offered: Element, tls: TLSSocket | undefined): StreamOffer {
  const brief = (text: string) => text.slice(0, LONGEST);
  const { mechanisms, bindings } = parseOffer(offered);
  const sasl = {
    mechanisms: mechanisms.slice(0, MOST_MECHANISMS).map(brief),
    bindings: bindings.slice(0, MOST_MECHANISMS).map(brief),
  };
  const all = offered.getChildElements();
  return {
    sasl,
    mechanism: mechanismFor({ mechanisms, bindings }, tls),
    bindable: exporter(tls) !== undefined,
    registration: offered.getChild('register', NS_STREAM_FEATURE) !== undefined,
    features: all
      .slice(0, MOST_FEATURES)
      .map((node) => ({ name: brief(node.getName()), xmlns: brief(node.getNS() ?? '') })),
    more: Math.max(0, all.length - MOST_FEATURES),
  };
}

function mechanismFor(offer: Offer, tls: TLSSocket | undefined): string | undefined {
  const wanted = {
    exporter: exporter(tls),
    strongestSeen: undefined,
    allowDowngrade: false,
    secure: tls !== undefined,
  };
  try {
    return choose(offer, wanted).mechanism;
  } catch (error) {
    if (error instanceof AuthenticationError) return undefined;
    throw error;
  }
}

function asXmppError(error: unknown): XmppError {
  return error instanceof XmppError ? error : new ConnectionError('closed', String(error), { cause: error });
}

function codeOf(error: unknown): string | undefined {
  const { cause } = error as { cause?: unknown };
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : undefined;
}
