/** XEP-0444: Message Reactions, version 0.2.1. https://xmpp.org/extensions/xep-0444.html */
import { isId } from './ids.ts';
import { type Element, x } from './stanza.ts';

export const NS_REACTIONS = 'urn:xmpp:reactions:0';

/** All that one sender thinks of one message; it takes the place of what that sender said of it before. */
export interface Reactions {
  /** of the message; in rooms the stanza-id that the room gave it (§business-id) */
  readonly id: string;
  /** each once; empty: taken back */
  readonly emojis: readonly string[];
}

/** more from one sender on one message are not looked at */
const MOST = 16;
const LONGEST = 40;

const PICTURE = String.raw`(?:\p{RI}\p{RI}|[0-9#*]\ufe0f?\u20e3|(?![0-9#*\p{RI}])[\p{Emoji}\p{Extended_Pictographic}](?:\p{EMod}|[\ufe0e\ufe0f]|[\u{e0020}-\u{e007e}]+\u{e007f})?)`;
/** what can be one emoji by its structure (UTS #51 §1.4.9), also one that is newer than our tables */
const EMOJI = String.raw`^${PICTURE}(?:\u200d${PICTURE})*$`;
let emoji: RegExp | undefined;

/** Whether a text may stand as a reaction: a single emoji, nothing that could pass for a line of text. */
export function isEmoji(text: string): boolean {
  // Made by the first reaction: it loads Unicode's tables.
  emoji ??= new RegExp(EMOJI, 'u');
  return text.length <= LONGEST && emoji.test(text);
}

/** The reactions of a message; what is no emoji or there twice is left out. §rules: only one element may be there. */
export function parseReactions(stanza: Element): Reactions | undefined {
  const [element, second] = stanza.getChildren('reactions', NS_REACTIONS);
  const id = element?.attrs.id;
  if (element === undefined || second !== undefined || !isId(id)) return undefined;
  const emojis = element
    .getChildren('reaction', NS_REACTIONS)
    .slice(0, MOST)
    .map((reaction) => reaction.getText().trim())
    .filter(isEmoji);
  return { id, emojis: [...new Set(emojis)] };
}

/** All that the user thinks of the message, old and new; none takes back. §updating-reactions */
export function xReactions({ id, emojis }: Reactions): Element {
  const each = [...new Set(emojis)].map((emoji) => x('reaction', {}, emoji));
  return x('reactions', { xmlns: NS_REACTIONS, id }, ...each);
}
