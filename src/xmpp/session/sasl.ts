/**
 * Which mechanism, and the exchange over the stream. RFC 6120 §6; XEP-0440: SASL Channel-Binding Type Capability,
 * version 0.4, https://xmpp.org/extensions/xep-0440.html.
 */
import { AuthenticationError } from '../errors.ts';
import { type Binding, type SaltedPasswords, Scram, type ScramHash } from './scram.ts';
import { type Element, x } from './xml.ts';

export const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
export const NS_CHANNEL_BINDING = 'urn:xmpp:sasl-cb:0';

/** Strongest first. What is not here is never used: no ANONYMOUS, EXTERNAL, DIGEST-MD5, LOGIN. */
const MECHANISMS: readonly { name: string; hash?: ScramHash; plus?: boolean }[] = [
  { name: 'SCRAM-SHA-512-PLUS', hash: 'sha512', plus: true },
  { name: 'SCRAM-SHA-256-PLUS', hash: 'sha256', plus: true },
  { name: 'SCRAM-SHA-1-PLUS', hash: 'sha1', plus: true },
  { name: 'SCRAM-SHA-512', hash: 'sha512' },
  { name: 'SCRAM-SHA-256', hash: 'sha256' },
  { name: 'SCRAM-SHA-1', hash: 'sha1' },
  { name: 'PLAIN' },
];

/** 0 for the strongest; past the end for one that is not known. */
function rank(mechanism: string): number {
  const index = MECHANISMS.findIndex(({ name }) => name === mechanism);
  return index < 0 ? MECHANISMS.length : index;
}

/** The one that protects better; what is not known protects nothing. */
export function stronger(a: string | undefined, b: string): string {
  return a !== undefined && rank(a) <= rank(b) ? a : b;
}

export interface Offer {
  mechanisms: readonly string[];
  /** types of channel binding the server names; empty when it says nothing */
  bindings: readonly string[];
}

/** Reads what the stream features offer; names of other namespaces do not count. */
export function parseOffer(features: Element): Offer {
  const list = features.getChild('mechanisms', NS_SASL)?.getChildren('mechanism', NS_SASL) ?? [];
  const types = features.getChild('sasl-channel-binding', NS_CHANNEL_BINDING);
  return {
    mechanisms: list.map((node) => node.getText().trim()),
    bindings: (types?.getChildren('channel-binding', NS_CHANNEL_BINDING) ?? []).flatMap(
      (node) => node.attrs.type ?? [],
    ),
  };
}

export interface Choice {
  mechanism: string;
  hash: ScramHash | undefined;
  binding: Binding;
}

/**
 * Takes the best mechanism offered. `exporter` gives the tls-exporter bytes of a TLS 1.3 connection (RFC 9266).
 * Throws AuthenticationError: `no-mechanism`, or `downgrade` when it is weaker than `strongestSeen`.
 */
export function choose(
  offer: Offer,
  options: {
    exporter: (() => Buffer) | undefined;
    strongestSeen: string | undefined;
    allowDowngrade: boolean;
    secure: boolean;
  },
): Choice {
  const { exporter } = options;
  const bound = exporter !== undefined && offer.bindings.includes('tls-exporter') ? exporter : undefined;
  const best = MECHANISMS.find(
    ({ name, plus }) =>
      offer.mechanisms.includes(name) &&
      (plus !== true || bound !== undefined) &&
      (name !== 'PLAIN' || options.secure),
  );
  if (best === undefined)
    throw new AuthenticationError(
      'no-mechanism',
      `only ${offer.mechanisms.join(', ') || 'nothing'} is offered`,
    );
  const seen = options.strongestSeen;
  if (seen !== undefined && !options.allowDowngrade && rank(best.name) > rank(seen))
    throw new AuthenticationError('downgrade', `${best.name} is offered where ${seen} was used before`);
  return {
    mechanism: best.name,
    hash: best.hash,
    binding: bindingFor(best.plus === true, offer, exporter, bound),
  };
}

/** RFC 5802 §6: `y` tells a server that offers no binding that we could have; one that offers some refuses it. */
function bindingFor(
  plus: boolean,
  offer: Offer,
  exporter: (() => Buffer) | undefined,
  bound: (() => Buffer) | undefined,
): Binding {
  if (plus && bound !== undefined) return { type: 'tls-exporter', data: bound() };
  const offersSome = offer.bindings.length > 0 || offer.mechanisms.some((name) => name.endsWith('-PLUS'));
  return exporter !== undefined && !offersSome ? 'none-offered' : 'unusable';
}

/** A stream during negotiation: what was written is answered by the next element. */
export interface Exchange {
  write(element: Element): void;
  next(): Promise<Element>;
}

export interface Credentials {
  username: string;
  password: string;
  salted?: SaltedPasswords;
}

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64');
const decode = (element: Element) => Buffer.from(element.getText(), 'base64').toString('utf8');

/** Reads `<failure/>`; the condition is the server's. RFC 6120 §6.5. */
function failure(element: Element): AuthenticationError {
  const named = element.getChildElements().filter((node) => node.getNS() === NS_SASL);
  const condition = named.find((node) => node.getName() !== 'text')?.getName();
  return new AuthenticationError(condition ?? 'not-authorized', element.getChild('text', NS_SASL)?.getText());
}

/** The next element of the exchange; throws what the server or its breach of the protocol calls for. */
async function answer(stream: Exchange): Promise<Element> {
  const element = await stream.next();
  if (element.is('failure', NS_SASL)) throw failure(element);
  if (element.is('challenge', NS_SASL) || element.is('success', NS_SASL)) return element;
  throw new AuthenticationError('malformed-challenge', `<${element.getName()}/> during authentication`);
}

/** Resolves when both sides have proved themselves; the stream is to be restarted then. */
export async function authenticate(
  stream: Exchange,
  choice: Choice,
  credentials: Credentials,
): Promise<void> {
  if (choice.hash === undefined) return plain(stream, credentials);
  const { hash, binding } = choice;
  const scram = new Scram({ ...credentials, hash, binding });
  stream.write(x('auth', { xmlns: NS_SASL, mechanism: choice.mechanism }, base64(scram.clientFirst())));
  const first = await answer(stream);
  // A success here would skip the proof of both sides.
  if (!first.is('challenge', NS_SASL)) throw new AuthenticationError('server-not-verified');
  stream.write(x('response', { xmlns: NS_SASL }, base64(await scram.clientFinal(decode(first)))));
  let last = await answer(stream);
  if (last.is('challenge', NS_SASL)) {
    // RFC 6120 §6.3.10: the server's signature in a challenge of its own, answered by an empty response.
    scram.verify(decode(last));
    stream.write(x('response', { xmlns: NS_SASL }));
    last = await answer(stream);
  } else scram.verify(decode(last));
  if (!last.is('success', NS_SASL))
    throw new AuthenticationError('malformed-challenge', 'one challenge too many');
}

/** RFC 4616, in TLS only: `choose` sees to it. */
async function plain(stream: Exchange, { username, password }: Credentials): Promise<void> {
  stream.write(x('auth', { xmlns: NS_SASL, mechanism: 'PLAIN' }, base64(`\0${username}\0${password}`)));
  const last = await answer(stream);
  if (!last.is('success', NS_SASL))
    throw new AuthenticationError('malformed-challenge', 'a challenge to PLAIN');
}
