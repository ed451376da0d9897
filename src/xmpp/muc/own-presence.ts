/** The presence we send to rooms. XEP-0045 §7.2, §7.7, §7.14. */
import { formatDateTime } from '../datetime.ts';
import { XmppError } from '../errors.ts';
import { parseJid } from '../jid.ts';
import { randomId } from '../session/session.ts';
import { type Element, type Node, x } from '../stanza.ts';
import type { OccupantShow } from './occupants.ts';

export const NS = 'http://jabber.org/protocol/muc';

export interface History {
  /** most messages; 0 for none */
  readonly maxStanzas?: number | undefined;
  /** milliseconds since 1970: only later ones */
  readonly since?: number | undefined;
}

export interface OwnPresence {
  readonly show: OccupantShow;
  readonly status: string;
}

interface Stamped extends OwnPresence {
  readonly id?: string;
}

/** The full JID of a nickname in a room. Throws XmppError `jid-malformed`. */
export function occupantJid(room: string, nick: string): string {
  const jid = parseJid(`${room}/${nick}`);
  if (!jid?.resource || !jid.local) throw new XmppError('jid-malformed');
  return jid.full;
}

export const xPresence = (to: string, { show, status, id = randomId() }: Stamped, ...more: Node[]): Element =>
  x(
    'presence',
    { to, id },
    show !== 'available' && x('show', {}, show),
    status !== '' && x('status', {}, status),
    ...more,
  );

export const xUnavailable = (to: string, status?: string): Element =>
  x('presence', { to, type: 'unavailable' }, status !== undefined && x('status', {}, status));

/** What tells an entrance from a change of presence (§7.2.1), with the past to be told (§7.2.14) and the password. */
export function xEnter(history: History | undefined, password: string | undefined): Element {
  const { maxStanzas, since } = history ?? {};
  return x(
    'x',
    { xmlns: NS },
    history &&
      x('history', {
        maxstanzas: maxStanzas === undefined ? undefined : String(maxStanzas),
        since: since === undefined ? undefined : formatDateTime(since),
      }),
    password !== undefined && x('password', {}, password),
  );
}
