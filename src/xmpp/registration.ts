/** XEP-0077 In-Band Registration, version 2.4. https://xmpp.org/extensions/xep-0077.html */
import type { EventEmitter } from 'node:events';
import { type BitOfBinary, dataIn } from './bob.ts';
import { DisconnectedError, StanzaError, StreamError, XmppError } from './errors.ts';
import { type Form, type FormValues, parseForm, xSubmit } from './forms.ts';
import { localOf } from './jid.ts';
import type { RequestOptions, Session, SessionEvents } from './session/session.ts';
import { child, childText, type Element, elements, x } from './stanza.ts';

export const NS = 'jabber:iq:register';
/** The stream feature that says registration is open before authentication (§8). */
export const NS_STREAM_FEATURE = 'http://jabber.org/features/iq-register';
const NS_OOB = 'jabber:x:oob';

export interface RegistrationForm {
  readonly instructions: string | undefined;
  /** the server's data form; it counts before `fields` (§7) */
  readonly form: Form | undefined;
  /** names of the server's own fields: username, password, email, … (§14.1) */
  readonly fields: readonly string[];
  /** http(s) address where an account is made instead (§6) */
  readonly url: string | undefined;
  /** pictures and sounds of the form that came along (XEP-0231) */
  readonly data: readonly BitOfBinary[];
  /** the account exists, and these are its data */
  readonly registered: boolean;
}

/** What can ask: a session, or a stream before authentication. */
export type Requester = Pick<Session, 'request'>;

const NOT_FIELDS = new Set(['instructions', 'registered', 'remove', 'key']);

/** Reads what the server wants to know (§3.1, §5, §6). */
export function parseRegistration(iq: Element): RegistrationForm | undefined {
  const query = child(iq, 'query', NS);
  if (query === undefined) return undefined;
  const own = elements(query).filter((node) => node.getNS() === NS);
  const url = childText(child(query, 'x', NS_OOB), 'url', NS_OOB)?.trim();
  return {
    instructions: childText(query, 'instructions', NS)?.trim() || undefined,
    form: parseForm(query),
    fields: own.map((node) => node.getName()).filter((name) => !NOT_FIELDS.has(name)),
    url: url !== undefined && /^https?:\/\//i.test(url) ? url : undefined,
    data: dataIn(query),
    registered: child(query, 'registered', NS) !== undefined,
  };
}

const xRegister = (type: 'get' | 'set', to: string | undefined, ...payload: Element[]): Element =>
  x('iq', { type, to }, x('query', { xmlns: NS }, ...payload));

/**
 * Sends a request that may hold a password. The element of an error answer may repeat it (§3.1): only condition, type
 * and text go on, and a text that holds a secret does not.
 */
async function request(
  requester: Requester,
  iq: Element,
  secrets: readonly string[],
  options?: RequestOptions,
): Promise<Element> {
  try {
    return await requester.request(iq, options);
  } catch (error) {
    if (!(error instanceof StanzaError)) throw error;
    const told = error.text !== undefined && secrets.some((secret) => secret && error.text?.includes(secret));
    throw new StanzaError(error.condition, error.type, told ? undefined : error.text, { by: error.by });
  }
}

/**
 * Gets what the server wants to know of a new account, or of the own one.
 * Rejects with StanzaError: `service-unavailable`, `not-allowed`, `forbidden` where registration is closed; XmppError
 * `undefined-condition` where the answer is none. §3.1.
 */
export async function registrationForm(
  requester: Requester,
  domain: string,
  options?: RequestOptions,
): Promise<RegistrationForm> {
  const form = parseRegistration(await requester.request(xRegister('get', domain), options));
  if (form === undefined) throw new XmppError('undefined-condition');
  return form;
}

/** Fills in the server's form, or its own fields; never both (§5). What it does not ask for is not sent. */
export function xRegistration(form: RegistrationForm, values: ReadonlyMap<string, string>): Element[] {
  if (form.form !== undefined) return [xSubmit(form.form, values as FormValues)];
  return form.fields.map((name) => x(name, {}, values.get(name) ?? ''));
}

/** Names of what the server asks for and `values` leaves empty: to be asked of the person. */
export function missingFields(form: RegistrationForm, values: ReadonlyMap<string, string>): string[] {
  const asked =
    form.form === undefined
      ? form.fields
      : form.form.fields
          .filter((field) => field.required && field.values.length === 0)
          .map(({ name }) => name);
  return asked.filter((name) => !values.get(name));
}

/**
 * Makes an account; `values` by name of field, with `username` and `password`. Do it after TLS and before
 * authentication, then log in on the same stream. Rejects with StanzaError: `conflict` (the name is taken),
 * `not-acceptable` (something is missing, or the password too weak), `resource-constraint` (too many or too fast),
 * `not-allowed`, `forbidden`; XmppError `redirected` where accounts are made at `form.url` only. §3.1, §6.
 */
export async function register(
  requester: Requester,
  domain: string,
  form: RegistrationForm,
  values: ReadonlyMap<string, string>,
  options?: RequestOptions,
): Promise<void> {
  if (form.form === undefined && form.fields.length === 0) throw new XmppError('redirected', form.url);
  const secrets = [values.get('password') ?? ''];
  await request(requester, xRegister('set', domain, ...xRegistration(form, values)), secrets, options);
}

/**
 * Changes the password of the own account, over the session that is logged in. Rejects with StanzaError
 * `not-authorized`, `not-allowed`, `bad-request`, `not-acceptable`; `not-acceptable` of our own for an empty one,
 * which the server would ignore. §3.3.
 */
export async function changePassword(
  requester: Requester,
  domain: string,
  userName: string,
  password: string,
): Promise<void> {
  if (password === '') throw new StanzaError('not-acceptable', 'modify');
  const iq = xRegister('set', domain, x('username', {}, userName), x('password', {}, password));
  await request(requester, iq, [password]);
}

/** Stream errors by which a server ends the stream of an account it has just removed (§3.2; ejabberd: conflict). */
const REMOVED: readonly string[] = ['not-authorized', 'conflict'];

/**
 * Removes the own account from the server. Resolves when it is gone: with the server's result, after which the stream
 * ends with an error `not-authorized`, a reset or nothing; or, as ejabberd sends no result, with a stream error that
 * says so. Nothing must reconnect. A stream that ends otherwise before the result leaves it open (DisconnectedError):
 * a log-in refused with `not-authorized` says that the account is gone. Rejects with StanzaError `not-allowed`,
 * `forbidden`. §3.2.
 */
export async function removeAccount(
  session: Pick<Session, 'request' | 'online'> & Pick<EventEmitter<SessionEvents>, 'once' | 'off'>,
  options?: RequestOptions,
): Promise<void> {
  if (!session.online) throw new DisconnectedError();
  let ended: (reason: XmppError | undefined) => void = () => {};
  const end = new Promise<XmppError | undefined>((resolve) => {
    ended = resolve;
  });
  const listen = ({ reason }: { reason: XmppError | undefined }) => ended(reason);
  session.once('offline', listen);
  try {
    // §3.2: neither 'from' nor 'to' to the own server.
    await session.request(xRegister('set', undefined, x('remove')), options);
  } catch (error) {
    // A request ends like this only when the stream does: `offline` has come, or comes now.
    const reason = error instanceof DisconnectedError ? await end : undefined;
    if (!(reason instanceof StreamError) || !REMOVED.includes(reason.condition)) throw error;
  } finally {
    session.off('offline', listen);
  }
}

export interface Registration {
  /** The own account's data; see registrationForm. */
  form(): Promise<RegistrationForm>;
  /** See changePassword. */
  changePassword(password: string): Promise<void>;
  /** See removeAccount. */
  remove(): Promise<void>;
}

/** What an account that is logged in can do with its registration. */
export function registration(session: Session): Registration {
  return {
    form: () => registrationForm(session, session.domain),
    changePassword: (password) =>
      changePassword(session, session.domain, localOf(session.account) ?? '', password),
    remove: () => removeAccount(session),
  };
}
