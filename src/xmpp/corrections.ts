/** XEP-0308: Last Message Correction, version 1.2.1. https://xmpp.org/extensions/xep-0308.html */
import { isId } from './ids.ts';
import { child, type Element, x } from './stanza.ts';

export const NS_CORRECT = 'urn:xmpp:message-correct:0';

/**
 * The id of the message that this one takes the place of: the id its sender gave it, in rooms too. Whether it may is
 * to be judged by who sent both (§rules); `undefined` where the message corrects nothing, or itself.
 */
export function parseReplace(stanza: Element): string | undefined {
  const id = child(stanza, 'replace', NS_CORRECT)?.attrs.id;
  return isId(id) && id !== stanza.attrs.id ? id : undefined;
}

/** `id` of the first version, however often it was corrected since (§rules). */
export function xReplace(id: string): Element {
  return x('replace', { xmlns: NS_CORRECT, id });
}
