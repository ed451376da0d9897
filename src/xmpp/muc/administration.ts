/** Roles and affiliations, for moderators and admins. XEP-0045 §8.2–§8.4, §9. */
import { parseJid } from '../jid.ts';
import type { Session } from '../session/session.ts';
import { child, type Element, x } from '../stanza.ts';
import type { Affiliation, Role } from './occupants.ts';

export const NS_MUC_ADMIN = 'http://jabber.org/protocol/muc#admin';

type Requests = Pick<Session, 'request'>;

export interface Affiliated {
  /** bare JID */
  readonly jid: string;
  readonly nick: string | undefined;
  readonly reason: string | undefined;
}

function xChange(room: string, item: Record<string, string>, reason: string | undefined): Element {
  const change = x('item', item, reason !== undefined && x('reason', {}, reason));
  return x('iq', { type: 'set', to: room }, x('query', { xmlns: NS_MUC_ADMIN }, change));
}

async function listed(session: Requests, room: string, item: Record<string, string>): Promise<Element[]> {
  const question = x('query', { xmlns: NS_MUC_ADMIN }, x('item', item));
  const answer = await session.request(x('iq', { type: 'get', to: room }, question));
  return child(answer, 'query', NS_MUC_ADMIN)?.getChildren('item', NS_MUC_ADMIN) ?? [];
}

/** Gives an occupant another role; `none` kicks (§8.2). Rejects with StanzaError `not-allowed`, `forbidden`. */
export async function setRole(
  session: Requests,
  room: string,
  nick: string,
  role: Role,
  reason?: string,
): Promise<void> {
  await session.request(xChange(room, { nick, role }, reason));
}

/**
 * Gives a bare JID, or an occupant whose JID the room does not show, another affiliation; `outcast` bans (§9.1).
 * Rejects with StanzaError `not-allowed`, `forbidden`, `conflict` (the last owner, or oneself).
 */
export async function setAffiliation(
  session: Requests,
  room: string,
  who: string | { readonly nick: string },
  affiliation: Affiliation,
  reason?: string,
): Promise<void> {
  const item = typeof who === 'string' ? { jid: who } : who;
  await session.request(xChange(room, { ...item, affiliation }, reason));
}

/** Who of those in the room has that role: the voice list (§8.5), the list of moderators (§9.8). Rejects with StanzaError. */
export async function withRole(
  session: Requests,
  room: string,
  role: Exclude<Role, 'none'>,
): Promise<string[]> {
  const items = await listed(session, room, { role });
  return items.flatMap(({ attrs }) => attrs.nick || []);
}

/** Who has that affiliation. Rejects with StanzaError `forbidden`. §9.2, §9.5. */
export async function affiliated(
  session: Requests,
  room: string,
  affiliation: Exclude<Affiliation, 'none'>,
): Promise<Affiliated[]> {
  const items = await listed(session, room, { affiliation });
  return items.flatMap((item) => {
    const jid = parseJid(item.attrs.jid)?.bare;
    const reason = child(item, 'reason', NS_MUC_ADMIN)?.getText() || undefined;
    return jid === undefined ? [] : [{ jid, nick: item.attrs.nick || undefined, reason }];
  });
}
