/**
 * Invitations to rooms: mediated by the room (XEP-0045 §7.8), and
 * XEP-0249 Direct MUC Invitations, version 1.2. https://xmpp.org/extensions/xep-0249.html
 */
import { parseJid } from '../jid.ts';
import { randomId } from '../session/session.ts';
import { shortText } from '../short-text.ts';
import { child, childText, type Element, x } from '../stanza.ts';
import { readThread } from '../thread.ts';
import { NS_MUC_USER } from './occupants.ts';

export const NS_DIRECT = 'jabber:x:conference';

/** The room goes on with a conversation of two (XEP-0045 §7.9); `thread`: that conversation's, where it has one. */
export interface Continued {
  readonly thread: string | undefined;
}

export interface Invitation {
  /** bare JID of the room */
  readonly room: string;
  /** who invites; by a mediated invitation the room's word: a bare or full JID, or an occupant's */
  readonly from: string;
  readonly reason: string | undefined;
  readonly password: string | undefined;
  readonly mediated: boolean;
  readonly continues?: Continued | undefined;
  /** by what the own archive knows it, where the server says so (XEP-0359) */
  readonly archiveId?: string | undefined;
}

export interface Declined {
  readonly room: string;
  /** who will not come, by the room's word */
  readonly from: string;
  readonly reason: string | undefined;
}

const notEmpty = (text: string | undefined) => shortText(text?.trim() ?? '') || undefined;

/** XEP-0045 §7.9, and the attributes that say the same in a direct invitation (XEP-0249 §2). */
function continuedBy(invite: Element | undefined, direct: Element | undefined): Continued | undefined {
  const element = child(invite, 'continue', NS_MUC_USER);
  if (element !== undefined) return { thread: readThread(notEmpty(element.attrs.thread)) };
  const says = direct?.attrs.continue === 'true' || direct?.attrs.continue === '1';
  return says ? { thread: readThread(notEmpty(direct.attrs.thread)) } : undefined;
}

/** A message that speaks for itself: no error, and nothing said in a room. */
const plain = (message: Element) => message.attrs.type !== 'error' && message.attrs.type !== 'groupchat';

function parseMediated(message: Element): Invitation | undefined {
  const element = child(message, 'x', NS_MUC_USER);
  const invite = child(element, 'invite', NS_MUC_USER);
  const room = parseJid(message.attrs.from);
  const from = parseJid(invite?.attrs.from);
  // Only the room itself hands an invitation on: its bare JID, which has a local part.
  if (!room?.local || room.resource !== undefined || from === undefined) return undefined;
  return {
    room: room.bare,
    from: from.full,
    reason: notEmpty(childText(invite, 'reason', NS_MUC_USER)),
    password: notEmpty(childText(element, 'password', NS_MUC_USER)),
    mediated: true,
    continues: continuedBy(invite, undefined),
  };
}

function parseDirect(message: Element): Invitation | undefined {
  const element = child(message, 'x', NS_DIRECT);
  const room = parseJid(element?.attrs.jid);
  const from = parseJid(message.attrs.from);
  if (!room?.local || room.resource !== undefined || from === undefined) return undefined;
  return {
    room: room.bare,
    from: from.full,
    reason: notEmpty(element?.attrs.reason),
    password: notEmpty(element?.attrs.password),
    mediated: false,
    continues: continuedBy(undefined, element),
  };
}

/** Reads an invitation. Where both kinds are in one message the room's own counts (servers add the old element). */
export function parseInvitation(message: Element): Invitation | undefined {
  if (!plain(message)) return undefined;
  const mediated = child(child(message, 'x', NS_MUC_USER), 'invite', NS_MUC_USER) !== undefined;
  return mediated ? parseMediated(message) : parseDirect(message);
}

/** Reads that an invitation of ours was declined. §7.8.2. */
export function parseDeclined(message: Element): Declined | undefined {
  const decline = child(child(message, 'x', NS_MUC_USER), 'decline', NS_MUC_USER);
  const room = parseJid(message.attrs.from);
  const from = parseJid(decline?.attrs.from);
  if (!plain(message) || decline === undefined || room?.resource !== undefined) return undefined;
  if (room === undefined || from === undefined) return undefined;
  return { room: room.bare, from: from.full, reason: notEmpty(childText(decline, 'reason', NS_MUC_USER)) };
}

export const xMediatedInvitation = (room: string, to: string, id: string, reason?: string): Element =>
  x(
    'message',
    { to: room, id },
    x('x', { xmlns: NS_MUC_USER }, x('invite', { to }, reason !== undefined && x('reason', {}, reason))),
  );

export const xDirectInvitation = (
  room: string,
  to: string,
  {
    id = randomId(),
    reason,
    password,
    continues,
  }: {
    id?: string | undefined;
    reason?: string | undefined;
    password?: string | undefined;
    continues?: Continued | undefined;
  } = {},
): Element => {
  const goesOn = continues && { continue: 'true', thread: continues.thread };
  return x('message', { to, id }, x('x', { xmlns: NS_DIRECT, jid: room, reason, password, ...goesOn }));
};

export const xDecline = (room: string, to: string, reason?: string): Element =>
  x(
    'message',
    { to: room, id: randomId() },
    x('x', { xmlns: NS_MUC_USER }, x('decline', { to }, reason !== undefined && x('reason', {}, reason))),
  );
