/** The configuration of a room by its owners, its creation and its end. XEP-0045 §10.1, §10.2, §10.9. */
import { type Form, type FormValues, NS_FORMS, parseForm, xCancel, xSubmit } from '../forms.ts';
import type { Session } from '../session/session.ts';
import { child, type Element, x } from '../stanza.ts';

export const NS_MUC_OWNER = 'http://jabber.org/protocol/muc#owner';

type Requests = Pick<Session, 'request'>;

const xOwner = (type: 'get' | 'set', room: string, ...payload: Element[]) =>
  x('iq', { type, to: room }, x('query', { xmlns: NS_MUC_OWNER }, ...payload));

/** Opens a new room as it is (an instant room, §10.1.2). Rejects with StanzaError. */
export async function acceptDefaults(session: Requests, room: string): Promise<void> {
  await session.request(xOwner('set', room, x('x', { xmlns: NS_FORMS, type: 'submit' })));
}

/** Gets the form of a room; `undefined` where nothing can be configured (§10.1.3). Rejects with StanzaError. */
export async function configurationOf(session: Requests, room: string): Promise<Form | undefined> {
  const answer = await session.request(xOwner('get', room));
  return parseForm(child(answer, 'query', NS_MUC_OWNER));
}

/** Submits the form of a room; a new room opens by it. Rejects with StanzaError `not-acceptable`, `forbidden`. */
export async function configure(
  session: Requests,
  room: string,
  form: Form,
  values: FormValues,
): Promise<void> {
  await session.request(xOwner('set', room, xSubmit(form, values)));
}

/** Gives up configuring: a new room is destroyed by it, another stays as it was. §10.1.3, §10.2. */
export async function cancelConfiguration(session: Requests, room: string): Promise<void> {
  await session.request(xOwner('set', room, xCancel()));
}

/** Ends a room for everybody. Rejects with StanzaError `forbidden`. §10.9. */
export async function destroyRoom(
  session: Requests,
  room: string,
  { reason, alternate }: { reason?: string | undefined; alternate?: string | undefined } = {},
): Promise<void> {
  const destroy = x('destroy', { jid: alternate }, reason !== undefined && x('reason', {}, reason));
  await session.request(xOwner('set', room, destroy));
}
