/** A nickname of one's own in a room: registering it, and asking which it is. XEP-0045 §7.10, §7.12. */
import { type Form, type FormValues, parseForm, xSubmit } from '../forms.ts';
import type { Session } from '../session/session.ts';
import { child, x } from '../stanza.ts';

const NS_REGISTER = 'jabber:iq:register';
const NS_INFO = 'http://jabber.org/protocol/disco#info';
/** the node that tells one's own nickname (§7.12) */
const NODE = 'x-roomuser-item';

type Requests = Pick<Session, 'request'>;

export interface RoomRegistration {
  /** undefined where the room asks nothing by a form */
  readonly form: Form | undefined;
  readonly registered: boolean;
}

/** What the room wants to know. Rejects with StanzaError `not-allowed`, `service-unavailable`, `item-not-found`. §7.10 */
export async function roomRegistration(session: Requests, room: string): Promise<RoomRegistration> {
  const answer = await session.request(
    x('iq', { type: 'get', to: room }, x('query', { xmlns: NS_REGISTER })),
  );
  const query = child(answer, 'query', NS_REGISTER);
  return { form: parseForm(query), registered: child(query, 'registered', NS_REGISTER) !== undefined };
}

/** Registers. Rejects with StanzaError `conflict` (the nickname is somebody's), `not-acceptable`, `bad-request`. §7.10 */
export async function registerWith(
  session: Requests,
  room: string,
  form: Form,
  values: FormValues,
): Promise<void> {
  await session.request(
    x('iq', { type: 'set', to: room }, x('query', { xmlns: NS_REGISTER }, xSubmit(form, values))),
  );
}

/** Gives the registration up. Rejects with StanzaError. XEP-0077 §3.2 */
export async function unregisterFrom(session: Requests, room: string): Promise<void> {
  const query = x('query', { xmlns: NS_REGISTER }, x('remove'));
  await session.request(x('iq', { type: 'set', to: room }, query));
}

/** The nickname that the room keeps for us; undefined where it keeps none, or does not say. §7.12 */
export async function reservedNick(session: Requests, room: string): Promise<string | undefined> {
  const question = x('query', { xmlns: NS_INFO, node: NODE });
  const answer = await session.request(x('iq', { type: 'get', to: room }, question)).catch(() => undefined);
  const identity = child(child(answer, 'query', NS_INFO), 'identity', NS_INFO);
  return identity?.attrs.category === 'conference' ? identity.attrs.name || undefined : undefined;
}
