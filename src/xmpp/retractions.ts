/**
 * XEP-0424: Message Retraction, version 0.4.2, and its older form of version 0.3.0.
 * https://xmpp.org/extensions/xep-0424.html
 * XEP-0422: Message Fastening, version 0.2.0 (as the older form needs it). https://xmpp.org/extensions/xep-0422.html
 */
import { isId } from './ids.ts';
import { child, type Element, elements, x } from './stanza.ts';

export const NS_RETRACT = 'urn:xmpp:message-retract:1';
export const NS_RETRACT_0 = 'urn:xmpp:message-retract:0';
export const NS_FASTEN = 'urn:xmpp:fasten:0';

/** Its sender takes a message back. Whether it may is to be judged by who sent both (§rules). */
export interface Retraction {
  /** of the message: its id; in rooms the stanza-id that the room gave it, or its origin-id where rooms give none */
  readonly id: string;
  /** its origin-id, where the older form says it */
  readonly originId: string | undefined;
}

/** Reads either form. What is said to be a moderator's act is none of the sender's: it counts as moderation or not at all. */
export function parseRetraction(stanza: Element): Retraction | undefined {
  if (stanza.attrs.type === 'error') return undefined;
  const retract = child(stanza, 'retract', NS_RETRACT);
  const applyTo = child(stanza, 'apply-to', NS_FASTEN);
  if (isModerated(retract) || isModerated(applyTo)) return undefined;
  const older = child(applyTo, 'retract', NS_RETRACT_0) === undefined ? undefined : applyTo;
  // XEP-0422 §3.4: takes a fastening away, but nothing undoes a retraction.
  const originId = older?.attrs.clear === 'true' ? undefined : older?.attrs.id;
  const newer = retract?.attrs.id;
  const id = isId(newer) ? newer : originId;
  return isId(id) ? { id, originId: isId(originId) ? originId : undefined } : undefined;
}

/** XEP-0425, of either version */
function isModerated(element: Element | undefined): boolean {
  return element !== undefined && elements(element).some((each) => each.getName() === 'moderated');
}

/** Both forms side by side, each for those who know it. `originId`: as sent; the id where it is not given. */
export function xRetraction({ id, originId = id }: { id: string; originId?: string | undefined }): Element[] {
  return [
    x('retract', { xmlns: NS_RETRACT, id }),
    x('apply-to', { xmlns: NS_FASTEN, id: originId }, x('retract', { xmlns: NS_RETRACT_0 })),
  ];
}
