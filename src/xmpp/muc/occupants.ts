/**
 * Who is in a room, as its presence stanzas tell. XEP-0045 §7.1, §7.2. What announces the picture of the room itself is
 * passed over: XEP-0486: MUC Avatars, version 0.1.0. https://xmpp.org/extensions/xep-0486.html
 */
import { bareOf, parseJid, resourceOf } from '../jid.ts';
import { parseOccupantId } from '../occupant-id.ts';
import { shortText } from '../short-text.ts';
import { child, childText, type Element } from '../stanza.ts';

export const NS_MUC_USER = 'http://jabber.org/protocol/muc#user';

export type Affiliation = 'owner' | 'admin' | 'member' | 'none' | 'outcast';
export type Role = 'moderator' | 'participant' | 'visitor' | 'none';
export type OccupantShow = 'available' | 'chat' | 'away' | 'xa' | 'dnd';

const AFFILIATIONS: readonly string[] = ['owner', 'admin', 'member', 'none', 'outcast'];
const ROLES: readonly string[] = ['moderator', 'participant', 'visitor', 'none'];
const SHOWS: readonly string[] = ['chat', 'away', 'xa', 'dnd'];

export const isAffiliation = (text: string | undefined): text is Affiliation =>
  text !== undefined && AFFILIATIONS.includes(text);

export interface Occupant {
  readonly nick: string;
  readonly affiliation: Affiliation;
  readonly role: Role;
  readonly show: OccupantShow;
  readonly status: string;
  /** real JID, where the room tells it */
  readonly jid: string | undefined;
  /** to be believed only where the room announces XEP-0421 (§rules) */
  readonly occupantId?: string | undefined;
}

export interface Destruction {
  /** JID of the room to go to instead */
  readonly alternate: string | undefined;
  readonly reason: string | undefined;
  readonly password: string | undefined;
}

export interface OccupantPresence {
  /** bare JID of the room */
  readonly room: string;
  readonly available: boolean;
  readonly occupant: Occupant;
  readonly codes: readonly number[];
  /** the next nickname, with code 303 */
  readonly newNick: string | undefined;
  readonly actor: string | undefined;
  readonly reason: string | undefined;
  readonly destroyed: Destruction | undefined;
}

/** The codes of `<x xmlns='…muc#user'/>` in a message or presence. */
export const parseStatusCodes = (stanza: Element): number[] => codesOf(child(stanza, 'x', NS_MUC_USER));

function codesOf(x: Element | undefined): number[] {
  const codes: number[] = [];
  for (const node of x?.children ?? []) {
    if (typeof node === 'string' || !node.is('status', NS_MUC_USER)) continue;
    const { code = '' } = node.attrs;
    if (/^\d{3}$/.test(code)) codes.push(Number(code));
  }
  return codes;
}

const text = (element: Element | undefined, name: string): string | undefined =>
  shortText(childText(element, name, NS_MUC_USER)?.trim() ?? '') || undefined;

function parseDestruction(x: Element): Destruction | undefined {
  const destroy = child(x, 'destroy', NS_MUC_USER);
  return (
    destroy && {
      alternate: parseJid(destroy.attrs.jid)?.bare,
      reason: text(destroy, 'reason'),
      password: text(destroy, 'password'),
    }
  );
}

/**
 * Reads the presence of an occupant, whose `from` is normalised, as a session gives it; `undefined` where it is of no
 * room, of type error, or says nothing of the kind.
 */
export function parseOccupantPresence(stanza: Element): OccupantPresence | undefined {
  const { type, from } = stanza.attrs;
  const x = child(stanza, 'x', NS_MUC_USER);
  if (x === undefined || from === undefined || (type !== undefined && type !== 'unavailable'))
    return undefined;
  const room = bareOf(from);
  const destroyed = parseDestruction(x);
  // §10.9 and some services: what concerns the room as a whole may come without a nickname.
  const nick = resourceOf(from) ?? '';
  if (nick === '' && type === undefined) return undefined;
  const item = child(x, 'item', NS_MUC_USER);
  const { affiliation = '', role = '' } = item?.attrs ?? {};
  const show = childText(stanza, 'show') ?? '';
  const actor = child(item, 'actor', NS_MUC_USER);
  return {
    room,
    available: type === undefined,
    occupant: {
      nick,
      affiliation: isAffiliation(affiliation) ? affiliation : 'none',
      role: ROLES.includes(role) ? (role as Role) : 'none',
      show: SHOWS.includes(show) ? (show as OccupantShow) : 'available',
      status: shortText(childText(stanza, 'status') ?? ''),
      jid: parseJid(item?.attrs.jid)?.full,
      occupantId: parseOccupantId(stanza),
    },
    codes: codesOf(x),
    newNick: item?.attrs.nick ? parseJid(`${room}/${item.attrs.nick}`)?.resource : undefined,
    actor: actor?.attrs.nick || parseJid(actor?.attrs.jid)?.bare,
    reason: text(item, 'reason'),
    destroyed,
  };
}
