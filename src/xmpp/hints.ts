/** XEP-0334: Message Processing Hints, version 1.0.0. https://xmpp.org/extensions/xep-0334.html */
import { type Element, x } from './stanza.ts';

export const NS_HINTS = 'urn:xmpp:hints';

/** What the sender would like done with a message; nobody has to (§5). */
export type Hint = 'no-permanent-store' | 'no-store' | 'no-copy' | 'store';

const HINTS: readonly string[] = ['no-permanent-store', 'no-store', 'no-copy', 'store'];
const NONE: readonly Hint[] = [];

/** The hints of a message, each once; none of an error, which carries those of what it answers (§5). */
export function parseHints(stanza: Element): readonly Hint[] {
  if (stanza.attrs.type === 'error') return NONE;
  let found: Hint[] | undefined;
  for (const node of stanza.children) {
    if (typeof node === 'string' || !HINTS.includes(node.getName()) || node.getNS() !== NS_HINTS) continue;
    const hint = node.getName() as Hint;
    found ??= [];
    if (!found.includes(hint)) found.push(hint);
  }
  return found ?? NONE;
}

/** §4.3: `no-copy` goes only to full JIDs. */
export function xHint(hint: Hint): Element {
  return x(hint, { xmlns: NS_HINTS });
}
