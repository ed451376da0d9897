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

/** Gives a bare JID another affiliation; `outcast` bans (§9.1). Rejects with StanzaError `not-allowed`, `forbidden`. */
export async function setAffiliation(
  session: Requests,
  room: string,
  jid: string,
  affiliation: Affiliation,
  reason?: string,
): Promise<void> {
  await session.request(xChange(room, { jid, affiliation }, reason));
}

/** Who has that affiliation. Rejects with StanzaError `forbidden`. §9.2, §9.5. */
export async function affiliated(
  session: Requests,
  room: string,
  affiliation: Exclude<Affiliation, 'none'>,
): Promise<Affiliated[]> {
  const question = x('query', { xmlns: NS_MUC_ADMIN }, x('item', { affiliation }));
  const answer = await session.request(x('iq', { type: 'get', to: room }, question));
  const items = child(answer, 'query', NS_MUC_ADMIN)?.getChildren('item', NS_MUC_ADMIN) ?? [];
  return items.flatMap((item) => {
    const jid = parseJid(item.attrs.jid)?.bare;
    const reason = child(item, 'reason', NS_MUC_ADMIN)?.getText() || undefined;
    return jid === undefined ? [] : [{ jid, nick: item.attrs.nick || undefined, reason }];
  });
}
