/** XEP-0297: Stanza Forwarding, version 1.0. https://xmpp.org/extensions/xep-0297.html */
import { type Delay, parseDelay } from './delay.ts';
import { type Element, NS_CLIENT } from './stanza.ts';

export const NS_FORWARD = 'urn:xmpp:forward:0';

/** A message within another. Whether to believe it is the enclosing protocol's question (§7.2). */
export interface Forwarded {
  /** `undefined` where it was taken out and only its place is told (XEP-0313 §3.2) */
  readonly message: Element | undefined;
  /** when the forwarding entity got it (§3.2): its word, not the sender's */
  readonly delay: Delay | undefined;
}

/** Reads the one `<forwarded/>` in that element; of two, nobody could say which is meant, so neither counts. */
export function parseForwarded(parent: Element): Forwarded | undefined {
  const [forwarded, another] = parent.getChildren('forwarded', NS_FORWARD);
  if (forwarded === undefined || another !== undefined) return undefined;
  // §3.2: the namespace is the stanza's own; one that inherits ours is none.
  const messages = forwarded.getChildren('message', NS_CLIENT);
  if (messages.length > 1) return undefined;
  return { message: messages[0], delay: parseDelay(forwarded) };
}
