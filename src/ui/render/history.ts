/** Kept messages as lines: the timeline of the conversation view, with the chat named where there are several. */
import { bareOf } from '../../chat/address.ts';
import type { Message } from '../../chat/message.ts';
import { timeline } from '../conversation/timeline.ts';
import { whyOf } from '../sentences.ts';
import type { RenderOptions } from './options.ts';
import { styledText } from './styled.ts';

export function historyText(messages: readonly Message[], options: RenderOptions): string {
  const { words, theme, now } = options;
  const several = new Set(messages.map(({ chat }) => chat)).size > 1;
  const lines = timeline({
    kind: messages[0]?.kind ?? 'contact',
    words,
    theme,
    now,
    styled: (text) => styledText(text, theme),
    failure: ({ condition, text }) => whyOf(words, condition, text, 'send'),
    nameOf: (message) => (several ? withChat(message, options) : sender(message, options)),
  });
  return messages.flatMap((message) => lines.message(message)).join('\n');
}

function sender(message: Message, { words }: RenderOptions): string {
  if (message.direction === 'out') return message.nick ?? words.words.me;
  return message.kind === 'contact' ? bareOf(message.from) : (message.nick ?? message.from);
}

/** Room and nick are always named together: a nick may look like a contact. */
function withChat(message: Message, options: RenderOptions): string {
  const name = sender(message, options);
  if (message.kind !== 'contact') return options.words.notifications.inRoom(name, bareOf(message.chat));
  return message.direction === 'out' ? `${name} → ${message.chat}` : name;
}
