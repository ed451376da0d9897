/** Kept messages as lines: the timeline of the conversation view, with the chat named where there are several. */
import { bareOf, resourceOf } from '../../chat/address.ts';
import type { Message, MessageVersion } from '../../chat/message.ts';
import { readOnce } from '../conversation/notes.ts';
import { timeline } from '../conversation/timeline.ts';
import { sanitize } from '../sanitize.ts';
import { whyNotDelivered } from '../sentences.ts';
import { stamp } from './formats.ts';
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
    failure: (failure, kind) => whyNotDelivered(words, failure, kind),
    nameOf: (message) => (several ? withChat(message, options) : sender(message, options)),
    reactorOf: (message, from) => reactor(message, from, options),
    answeredBy: answersIn(messages),
  });
  return readOnce(messages)
    .flatMap((message) => lines.message(message))
    .join('\n');
}

/** The texts that a message had, each with when it was written; the newest last. */
export function versionsText(versions: readonly MessageVersion[], { theme }: RenderOptions): string {
  return versions
    .map(({ body, time }) => `${theme.dim(stamp(time))}  ${sanitize(body, { lines: INDENT })}`)
    .join('\n');
}

const INDENT = '                │ ';

/** What is shown beside it is all that is known here. */
function answersIn(messages: readonly Message[]): (message: Message) => Message | undefined {
  const named = new Map<string, Message>();
  for (const message of messages)
    for (const id of [message.id, message.stanzaId]) if (id) named.set(`${message.chat} ${id}`, message);
  return ({ chat, replyTo }) => named.get(`${chat} ${replyTo}`);
}

function reactor(message: Message, from: string, { words }: RenderOptions): string {
  if (message.kind === 'contact') return from === message.account ? words.words.me : from;
  return resourceOf(from) ?? from;
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
