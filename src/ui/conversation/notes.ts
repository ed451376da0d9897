/** What stands around a message: whom it answers, what others think of it, which signs it carries. Safe text. */
import { bareOf, resourceOf } from '../../chat/address.ts';
import type { ChatKind, Message, MessageFailure, MessageState } from '../../chat/message.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { brief, sanitize } from '../sanitize.ts';
import { characters, width } from '../screen/width.ts';
import type { Theme } from '../theme.ts';

/** signs of what became of an own message; those that look alike are told apart by a word */
export const MARKS: Readonly<Record<MessageState, string>> = {
  queued: '…',
  sent: '·',
  acked: '✓',
  delivered: '✓✓',
  read: '✓✓',
  failed: '✗',
};

/** cells of a message's text where it is only pointed at */
const LONGEST = 40;

export interface NoteOptions {
  readonly words: Catalogue;
  readonly theme: Theme;
  /** why a message to a chat of that kind failed, and what to try */
  failure(failure: MessageFailure, kind: ChatKind): string;
  /** what the sender of a message is called here */
  nameOf(message: Message): string;
  /** what somebody who reacted is called here */
  reactorOf(message: Message, jid: string): string;
}

/** Who took a message away, where the room says so: an occupant by the nickname of then, else a JID. Safe text. */
export function moderatorOf({ chat, moderated }: Message): string {
  const by = moderated?.by ?? '';
  if (bareOf(by) === bareOf(chat)) return brief(resourceOf(by) ?? '');
  return sanitize(by);
}

/** What stands in the place of a message that was taken back, by its sender or by a moderator. */
export function goneText(message: Message, { conversation }: Catalogue): string {
  const { moderated } = message;
  if (moderated === undefined) return conversation.retracted;
  return conversation.moderated(moderatorOf(message), brief(moderated.reason ?? ''));
}

/** What a message says, in a few words on one line. */
export function excerpt(message: Message, { words }: Pick<NoteOptions, 'words'>, longest = LONGEST): string {
  const { conversation } = words;
  if (message.retracted) return goneText(message, words);
  if (message.body === '' && message.encryption !== 'none') return conversation.encryptedUnknown;
  // Cut before it is made safe: what that puts around a text has to stay whole.
  return sanitize(shorten(message.body.replace(/\s+/g, ' ').trim(), longest));
}

/** `alice: “Are you coming?”` */
export function pointedAt(message: Message, options: NoteOptions): string {
  const name = sanitize(options.nameOf(message));
  const text = excerpt(message, options);
  return message.retracted ? `${name}: ${text}` : `${name}: “${text}”`;
}

/** `👍 alice, me · ❤️ bob`; '' where nobody said anything. */
export function reactionsText(message: Message, { reactorOf }: NoteOptions): string {
  const names = new Map<string, string[]>();
  for (const { from, emojis } of message.reactions)
    for (const emoji of emojis) {
      const known = names.get(emoji) ?? [];
      names.set(emoji, [...known, sanitize(reactorOf(message, from))]);
    }
  return [...names].map(([emoji, who]) => `${sanitize(emoji)} ${who.join(', ')}`).join(' · ');
}

/** What stands behind a message: that it was changed, what became of it. */
export function markOf(message: Message, options: NoteOptions): string {
  const { words, theme } = options;
  const { edited, mayArriveTwice } = words.conversation;
  const changed = message.corrected === true || message.replaces !== undefined;
  return [
    changed && !message.retracted ? theme.dim(`(${edited})`) : '',
    message.mayArriveTwice === true ? theme.dim(`(${mayArriveTwice})`) : '',
    message.direction === 'in' || message.retracted ? '' : stateMark(message, options),
    amendmentMark(message, options),
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** What we changed of it has not reached the server, or was refused: `edit not sent yet`. */
export function amendmentMark({ amendment, state, kind }: Message, options: NoteOptions): string {
  const { words, theme } = options;
  // One that waits itself says so.
  if (amendment === undefined || state === 'queued') return '';
  const { waits, fails } = words.conversation.changes[amendment.kind];
  if (amendment.state === 'queued') return theme.dim(`${MARKS.queued} ${waits}`);
  if (amendment.state === 'sent') return theme.dim(MARKS.sent);
  if (amendment.state !== 'failed') return '';
  const why = amendment.failure === undefined ? '' : `: ${options.failure(amendment.failure, kind)}`;
  return theme.error(`${MARKS.failed} ${fails}${why}`);
}

/** `✓✓ read`: what became of an own message, readable without colours. */
export function stateMark({ state, failure, kind }: Message, options: NoteOptions): string {
  const { words, theme } = options;
  if (state === undefined) return '';
  if (state === 'failed') return theme.error(`${MARKS.failed} ${failureText({ failure, kind }, options)}`);
  if (state === 'read') return theme.accent(`${MARKS.read} ${words.conversation.states.read}`);
  return theme.dim(MARKS[state]);
}

export function failureText(
  { failure, kind }: Pick<Message, 'failure' | 'kind'>,
  { words, ...options }: NoteOptions,
): string {
  const { states, failed } = words.conversation;
  return failure === undefined ? states.failed : failed(options.failure(failure, kind));
}

/** Cut at a width in cells, between characters. */
export function shorten(text: string, longest = LONGEST): string {
  if (width(text) <= longest) return text;
  let kept = '';
  let used = 0;
  for (const character of characters(text)) {
    used += width(character);
    if (used > longest - 1) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/**
 * Who displayed one has read all before it (XEP-0333 §rules): the word stands once, behind the newest one.
 * Gives the messages as they are to be shown.
 */
export function readOnce(messages: readonly Message[]): Message[] {
  const newest = new Map<string, Message>();
  for (const message of messages) if (message.state === 'read') newest.set(message.chat, message);
  return messages.map((message) =>
    message.state === 'read' && newest.get(message.chat) !== message
      ? { ...message, state: 'delivered' }
      : message,
  );
}
