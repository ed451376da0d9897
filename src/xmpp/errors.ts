/** The errors that cross rooms. Everyone matches on `condition`, nobody on message text. */
import { childText, type Element, elements, NS_CLIENT, NS_STANZAS, x } from './stanza.ts';

export type ErrorType = 'auth' | 'cancel' | 'continue' | 'modify' | 'wait';

/** Base of all errors of the protocol rooms. */
export class XmppError extends Error {
  override name = 'XmppError';
  readonly condition: string;
  constructor(condition: string, text?: string, options?: ErrorOptions) {
    super(text === undefined || text === '' ? condition : text, options);
    this.condition = condition;
  }
}

/** An error answer to a stanza (RFC 6120 §8.3). `application` is the element of another namespace in it, if any. */
export class StanzaError extends XmppError {
  override name = 'StanzaError';
  readonly type: ErrorType;
  readonly text: string | undefined;
  readonly by: string | undefined;
  readonly application: Element | undefined;
  constructor(
    condition: string,
    type: ErrorType = 'cancel',
    text?: string,
    more: { by?: string | undefined; application?: Element | undefined } = {},
  ) {
    super(condition, text);
    this.type = type;
    this.text = text;
    this.by = more.by;
    this.application = more.application;
  }
}

/** The stream ended with an error (RFC 6120 §4.9) or was ended by us for one. */
export class StreamError extends XmppError {
  override name = 'StreamError';
}

/** SASL said no (RFC 6120 §6.5), or what it offered is not acceptable. Exit code 3 when the credentials are at fault. */
export class AuthenticationError extends XmppError {
  override name = 'AuthenticationError';
}

/** Why no trusted connection could be made. */
export type ConnectionCondition =
  | 'dns-not-found'
  | 'dns-failed'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'closed'
  | 'no-tls'
  | 'tls-failed'
  | 'certificate-untrusted'
  | 'certificate-expired'
  | 'certificate-not-yet-valid'
  | 'certificate-wrong-host'
  | 'policy';

/** No connection, or one that cannot be trusted. Exit code 4. `detail` is for the debug file and the hint. */
export class ConnectionError extends XmppError {
  override name = 'ConnectionError';
  declare readonly condition: ConnectionCondition;
  constructor(condition: ConnectionCondition, detail?: string, options?: ErrorOptions) {
    super(condition, detail, options);
  }
}

/** The stream was lost before the answer came. */
export class DisconnectedError extends XmppError {
  override name = 'DisconnectedError';
  constructor(text?: string) {
    super('disconnected', text);
  }
}

/** No answer in time. */
export class TimeoutError extends XmppError {
  override name = 'TimeoutError';
  constructor(text?: string) {
    super('remote-server-timeout', text);
  }
}

/** The peer or server does not have the feature. */
export class UnsupportedFeatureError extends XmppError {
  override name = 'UnsupportedFeatureError';
  readonly feature: string;
  readonly entity: string;
  constructor(feature: string, entity: string) {
    super('feature-not-implemented', `${entity} does not offer ${feature}`);
    this.feature = feature;
    this.entity = entity;
  }
}

const TYPES: readonly string[] = ['auth', 'cancel', 'continue', 'modify', 'wait'];

/** Reads `<error/>` of a stanza of type error; an absent or malformed one is `undefined-condition`. RFC 6120 §8.3. */
export function parseStanzaError(stanza: Element): StanzaError {
  const error = stanza.getChild('error', NS_CLIENT);
  const named = error === undefined ? [] : elements(error);
  const condition = named.find((node) => node.getNS() === NS_STANZAS && node.getName() !== 'text')?.getName();
  const type = error?.attrs.type;
  return new StanzaError(
    condition ?? 'undefined-condition',
    type !== undefined && TYPES.includes(type) ? (type as ErrorType) : 'cancel',
    error === undefined ? undefined : childText(error, 'text', NS_STANZAS),
    { by: error?.attrs.by, application: named.find((node) => node.getNS() !== NS_STANZAS) },
  );
}

/** Builds `<error/>` for an answer. */
export function xStanzaError(error: StanzaError): Element {
  return x(
    'error',
    { type: error.type },
    x(error.condition, { xmlns: NS_STANZAS }),
    error.text !== undefined && x('text', { xmlns: NS_STANZAS }, error.text),
    error.application,
  );
}
