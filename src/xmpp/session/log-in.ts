/**
 * The negotiation of a stream as one linear story: features, SASL, restart, features, resume or bind and enable.
 * RFC 6120 §4.3, §6, §7; XEP-0198 §3, §5, https://xmpp.org/extensions/xep-0198.html.
 */
import type { TLSSocket } from 'node:tls';
import { ConnectionError, StanzaError, StreamError } from '../errors.ts';
import { parseJid } from '../jid.ts';
import type { ClientStream } from './client-adapter.ts';
import type { Deadline } from './deadline.ts';
import { ask, features, type Inbox } from './inbox.ts';
import { type PreAuthStream, preAuthStream } from './pre-auth-stream.ts';
import { authenticate, type Choice, type Credentials, choose, parseOffer } from './sasl.ts';
import { parseHandled, type StreamState } from './stream-state.ts';
import { type Element, x } from './xml.ts';

export const NS_BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
export const NS_SESSION = 'urn:ietf:params:xml:ns:xmpp-session';
export const NS_SM = 'urn:xmpp:sm:3';

export interface LogInOptions {
  account: string;
  domain: string;
  resource: string | undefined;
  /** milliseconds for an answer to what is asked before authentication */
  timeout: number;
  credentials: Credentials;
  strongestSeen: string | undefined;
  allowDowngrade: boolean;
  /** XEP-0198 is used where the server offers it */
  managed: boolean;
  state: StreamState;
  /** runs on the secure stream before authentication, outside of the deadline */
  beforeAuthentication: ((stream: PreAuthStream) => Promise<void>) | undefined;
  /** the mechanism that proved both sides */
  authenticated(choice: Choice): void;
  /** how much the server handled of a stream that an earlier process wrote to, and whether that goes on here */
  inherited(info: { h: number; resumed: boolean }): void;
  /** the server does not know the old stream any more, and does not say how much of it was handled */
  forgotten(): void;
  /** stanzas that the server acknowledged in the old stream */
  acknowledged(stanzas: Element[]): void;
  /** the old stream is over for good; whether these stanzas of it arrived is unknown */
  renewed(unconfirmed: Element[]): void;
}

export interface LoggedIn {
  /** the bound full JID */
  jid: string;
  /** the old stream goes on: one of this process, or one that an earlier process left; `undefined` for a new one */
  resumed: 'own' | 'inherited' | undefined;
  features: Element;
  /** true where the stream has XEP-0198 */
  managed: boolean;
  /** what came before the stream was managed, and is not counted */
  early: Element[];
}

/** tls-exporter (RFC 9266) is unique for TLS 1.3 only, unless an extension of TLS 1.2 was negotiated. */
export function exporter(tls: TLSSocket | undefined): (() => Buffer) | undefined {
  if (tls?.getProtocol() !== 'TLSv1.3') return undefined;
  return () => tls.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
}

/** Takes a connected stream whose first header came; rejects with XmppError. The caller ends the stream then. */
export async function logIn(
  stream: ClientStream,
  inbox: Inbox,
  deadline: Deadline,
  options: LogInOptions,
): Promise<LoggedIn> {
  const offered = await features(inbox);
  if (options.beforeAuthentication !== undefined) {
    deadline.stop();
    await options.beforeAuthentication(preAuthStream(inbox, offered, options.domain, options.timeout));
    deadline.start();
  }
  const tls = stream.established?.tls;
  const choice = choose(parseOffer(offered), {
    exporter: exporter(tls),
    strongestSeen: options.strongestSeen,
    allowDowngrade: options.allowDowngrade,
    secure: tls !== undefined,
  });
  await authenticate(inbox, choice, options.credentials);
  options.authenticated(choice);
  // What stands behind <success/> belongs to a stream that is over (RFC 6120 §6.4.6).
  inbox.drain();
  await stream.restart();
  const available = await features(inbox);
  const canManage = options.managed && available.getChild('sm', NS_SM) !== undefined;
  const { resumption, inherited } = options.state;
  if (canManage && resumption !== undefined && (await resume(inbox, resumption.id, options)))
    return {
      jid: resumption.jid,
      resumed: inherited ? 'inherited' : 'own',
      features: available,
      managed: true,
      early: [],
    };
  return bind(inbox, available, canManage, options);
}

/** Resolves to true when the old stream goes on (§5); the stanzas to send again stand in the state then. */
async function resume(inbox: Inbox, id: string, options: LogInOptions): Promise<boolean> {
  const { state } = options;
  const { inherited } = state;
  inbox.write(x('resume', { xmlns: NS_SM, h: String(state.inbound), previd: id }));
  const answer = await inbox.next();
  const resumed = answer.is('resumed', NS_SM);
  if (!resumed && !answer.is('failed', NS_SM)) {
    // A server that cannot resume would say the same for ever.
    options.renewed(state.ended());
    throw new StreamError('bad-format', `<${answer.getName()}/> instead of <resumed/>`);
  }
  // §5: whatever goes on there, it is not what we know the counters of.
  if (resumed && (answer.attrs.previd ?? id) !== id) {
    options.renewed(state.ended());
    throw new StreamError('undefined-condition', 'the server resumed another stream');
  }
  // §5: <failed/> may carry an `h` too: what it names has arrived.
  const h = parseHandled(answer.attrs.h);
  const done = h === undefined ? undefined : state.acknowledged(h);
  if (inherited && h !== undefined) options.inherited({ h, resumed });
  if (!resumed && h === undefined) options.forgotten();
  if (done !== undefined) options.acknowledged(done);
  else if (resumed) {
    options.renewed(state.ended());
    throw new StreamError('undefined-condition', 'the server acknowledged more than was sent');
  }
  return resumed;
}

async function bind(
  inbox: Inbox,
  available: Element,
  canManage: boolean,
  options: LogInOptions,
): Promise<LoggedIn> {
  const { state, resource, account } = options;
  const early: Element[] = [];
  options.renewed(state.ended());
  if (available.getChild('bind', NS_BIND) === undefined)
    throw new StreamError('unsupported-feature', 'the server does not offer resource binding');
  const answer = await bound(inbox, resource, early);
  const jid = parseJid(answer.getChild('bind', NS_BIND)?.getChild('jid', NS_BIND)?.getText());
  if (jid?.resource === undefined || jid.bare !== account)
    throw new ConnectionError('policy', `the server bound ${jid?.full ?? 'no JID'} instead of ${account}`);
  await establishSession(inbox, available, early);
  const loggedIn = { jid: jid.full, resumed: undefined, features: available, early };
  if (!canManage) return { ...loggedIn, managed: false };

  state.started();
  inbox.write(x('enable', { xmlns: NS_SM, resume: 'true' }));
  return { ...loggedIn, managed: await enabled(inbox, jid.full, state, early) };
}

/** The resource is another one's, or the server gives its own only (RFC 6120 §7.7.2.2, §7.7.2.3). */
const ANOTHER: readonly string[] = ['conflict', 'not-allowed'];

/** The server's answer to the resource that is wanted, else to none; an error that passes is one of the connection. */
async function bound(inbox: Inbox, resource: string | undefined, early: Element[]): Promise<Element> {
  try {
    const wanted = resource !== undefined && x('resource', {}, resource);
    return await ask(inbox, x('iq', { type: 'set' }, x('bind', { xmlns: NS_BIND }, wanted)), early);
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    if (resource !== undefined && ANOTHER.includes(error.condition)) return bound(inbox, undefined, early);
    // §7.6.2.1: too many resources, or a server that is busy: to be tried again, for which the stream ends.
    if (error.type === 'wait') throw new StreamError(error.condition, error.text);
    throw error;
  }
}

/** RFC 3921 §3, for servers that still want it and do not say that it is optional. */
async function establishSession(inbox: Inbox, available: Element, early: Element[]): Promise<void> {
  const session = available.getChild('session', NS_SESSION);
  if (session === undefined || session.getChildElements().some((node) => node.getName() === 'optional'))
    return;
  await ask(inbox, x('iq', { type: 'set' }, x('session', { xmlns: NS_SESSION })), early);
}

/** XEP-0198 §3: resolves to whether the stream is managed. */
async function enabled(inbox: Inbox, jid: string, state: StreamState, early: Element[]): Promise<boolean> {
  for (;;) {
    const answer = await inbox.next();
    if (answer.is('failed', NS_SM)) return false;
    if (!answer.is('enabled', NS_SM)) {
      early.push(answer);
      continue;
    }
    const { id, resume, location } = answer.attrs;
    const resumable = id !== undefined && id !== '' && (resume === 'true' || resume === '1');
    state.enabled(resumable ? { id, jid, location } : undefined);
    return true;
  }
}
