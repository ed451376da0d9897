/** XEP-0421: Occupant identifiers for semi-anonymous MUCs, version 1.0.1. https://xmpp.org/extensions/xep-0421.html */
import { isId } from './ids.ts';
import type { Element } from './stanza.ts';

export const NS_OCCUPANT_ID = 'urn:xmpp:occupant-id:0';

const LONGEST = 128;

/** Whether an attribute can be such an id. */
export const isOccupantId = (id: string | undefined): id is string => isId(id) && id.length <= LONGEST;

/**
 * What names an occupant whatever its nick is; `element` may be any that holds it. To be believed only from a room
 * that announces NS_OCCUPANT_ID: others pass on what the sender forged (§rules). Of two, neither counts.
 */
export function parseOccupantId(element: Element): string | undefined {
  const [only, second] = element.getChildren('occupant-id', NS_OCCUPANT_ID);
  const id = only?.attrs.id;
  return second === undefined && isOccupantId(id) ? id : undefined;
}
