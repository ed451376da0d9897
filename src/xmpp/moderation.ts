/**
 * XEP-0425: Moderated Message Retraction, version 0.3.0, and its older form of version 0.2.1; with the tombstones of
 * XEP-0424. https://xmpp.org/extensions/xep-0425.html
 */
import { parseDateTime } from './datetime.ts';
import { clampTime } from './delay.ts';
import { isId } from './ids.ts';
import { parseJid } from './jid.ts';
import { parseOccupantId } from './occupant-id.ts';
import { NS_FASTEN, NS_RETRACT, NS_RETRACT_0 } from './retractions.ts';
import { child, childText, type Element } from './stanza.ts';

export const NS_MODERATE = 'urn:xmpp:message-moderate:1';
export const NS_MODERATE_0 = 'urn:xmpp:message-moderate:0';

/** Who did it, as the room says. */
export interface ModeratedBy {
  /** normalised JID: the occupant, or what the room names else */
  readonly by: string | undefined;
  /** to be believed as far as those of XEP-0421 are */
  readonly occupantId: string | undefined;
  readonly reason: string | undefined;
}

/** A moderator took somebody's message away. */
export interface Moderation extends ModeratedBy {
  /** the stanza-id that the room gave the message; no other id counts (§usecase-success) */
  readonly id: string;
}

/** What stands in an archive in the place of a message that was taken back. XEP-0424 §tombstones */
export interface Tombstone {
  /** when it was taken back: milliseconds since 1970, clamped to what can be */
  readonly time: number | undefined;
  /** id of the retraction (the newer form) */
  readonly retraction: string | undefined;
  /** set where a moderator did it */
  readonly moderated: ModeratedBy | undefined;
}

/** Reads either form, from the room itself only: from anybody in it, it is forged (§rules). */
export function parseModeration(stanza: Element): Moderation | undefined {
  const from = parseJid(stanza.attrs.from);
  if (stanza.attrs.type !== 'groupchat' || from === undefined || from.resource !== undefined)
    return undefined;
  const retract = child(stanza, 'retract', NS_RETRACT);
  const moderated = child(retract, 'moderated', NS_MODERATE);
  if (moderated !== undefined && isId(retract?.attrs.id))
    return { id: retract.attrs.id, ...readModerated(moderated, retract) };
  const applyTo = child(stanza, 'apply-to', NS_FASTEN);
  const older = child(applyTo, 'moderated', NS_MODERATE_0);
  // Other acts of moderation than taking away are possible there.
  if (older === undefined || child(older, 'retract', NS_RETRACT_0) === undefined) return undefined;
  return isId(applyTo?.attrs.id) ? { id: applyTo.attrs.id, ...readModerated(older) } : undefined;
}

/** Reads the tombstone of either form; to be believed only in what an archive or a room keeps. */
export function parseTombstone(stanza: Element, now?: number): Tombstone | undefined {
  const older = child(stanza, 'moderated', NS_MODERATE_0);
  const retracted =
    child(stanza, 'retracted', NS_RETRACT) ??
    child(stanza, 'retracted', NS_RETRACT_0) ??
    child(older, 'retracted', NS_RETRACT_0);
  if (retracted === undefined || stanza.attrs.type === 'error') return undefined;
  const moderated = child(retracted, 'moderated', NS_MODERATE) ?? older;
  const time = parseDateTime(retracted.attrs.stamp);
  return {
    time: time === undefined ? undefined : clampTime(time, now),
    retraction: isId(retracted.attrs.id) ? retracted.attrs.id : undefined,
    moderated: moderated && readModerated(moderated, retracted),
  };
}

/** The reason stands in `<moderated/>` in the older form, beside it in the newer. */
function readModerated(moderated: Element, beside?: Element): ModeratedBy {
  const reason =
    childText(moderated, 'reason', moderated.getNS()) ?? childText(beside, 'reason', beside?.getNS());
  return {
    by: parseJid(moderated.attrs.by)?.full,
    occupantId: parseOccupantId(moderated),
    reason: reason?.trim() || undefined,
  };
}
