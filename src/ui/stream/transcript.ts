/** Messages as a text that lasts: whole dates, JIDs, no colours; every text that a message had, what was taken back. */
import { bareOf, resourceOf } from '../../chat/address.ts';
import type { Message, MessageVersion } from '../../chat/message.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { goneText } from '../conversation/notes.ts';
import { stamp } from '../render/formats.ts';
import { sanitize } from '../sanitize.ts';
import { whyNotDelivered } from '../sentences.ts';

/** stands before every further line of a message, so that a line break cannot forge another */
const CONTINUATION = '    │ ';
const BEFORE = '    ✎ ';
const BELOW = '    ╰ ';

export interface Transcribed {
  readonly message: Message;
  readonly versions?: readonly MessageVersion[] | undefined;
}

/** Takes messages in the order they are written in, chat after chat; gives lines. */
export function transcript(words: Catalogue): (entry: Transcribed) => string[] {
  let chat: string | undefined;
  return (entry) => {
    const head = entry.message.chat === chat ? [] : headOf(entry.message, chat === undefined);
    chat = entry.message.chat;
    return [...head, ...linesOf(entry, words)];
  };
}

function headOf({ chat }: Message, first: boolean): string[] {
  return [...(first ? [] : ['']), `── ${sanitize(chat)} ──`];
}

function linesOf({ message, versions = [] }: Transcribed, words: Catalogue): string[] {
  const text = [subjectOf(message), bodyOf(message, words), linkOf(message)].filter((part) => part !== '');
  const marks = marksOf(message, words);
  const reactions = message.reactions.map(
    ({ from, emojis }) => `${sanitize(emojis.join(' '))} ${sanitize(authorOf(message, from))}`,
  );
  return [
    `${dated(message.time)}  ${sanitize(nameOf(message))}: ${text.join(`\n${CONTINUATION}`)}${marks}`,
    ...versions.map(({ body, time }) => BEFORE + before(body, time, words)),
    ...(reactions.length === 0 ? [] : [BELOW + reactions.join(' · ')]),
  ];
}

/** Local time, to the second. */
function dated(time: number): string {
  return `${stamp(time)}:${String(new Date(time).getSeconds()).padStart(2, '0')}`;
}

function nameOf(message: Message): string {
  if (message.kind !== 'contact') return message.nick ?? resourceOf(message.from) ?? message.from;
  return bareOf(message.from);
}

function authorOf({ kind }: Message, from: string): string {
  return kind === 'contact' ? bareOf(from) : (resourceOf(from) ?? from);
}

const subjectOf = ({ subject }: Message) => (subject === undefined ? '' : sanitize(subject));

const linkOf = ({ url, body }: Message) => (url === undefined || url === body ? '' : sanitize(url));

function bodyOf(message: Message, words: Catalogue): string {
  const { conversation } = words;
  if (message.retracted) return goneText(message, words);
  if (message.body === '' && message.encryption !== 'none')
    return message.encryption === ''
      ? conversation.encryptedUnknown
      : conversation.unreadable(sanitize(message.encryption));
  return sanitize(message.styled ?? message.body, { lines: CONTINUATION });
}

function marksOf(message: Message, words: Catalogue): string {
  const { conversation } = words;
  const { state, failure } = message;
  const undelivered = state === 'failed' || state === 'queued' || state === 'sent';
  const marks = [
    !message.retracted && (message.corrected === true || message.replaces !== undefined)
      ? conversation.edited
      : '',
    message.mayArriveTwice === true ? conversation.mayArriveTwice : '',
    undelivered ? conversation.states[state] : '',
    failure === undefined ? '' : whyNotDelivered(words, failure, message.kind),
  ].filter((mark) => mark !== '');
  return marks.map((mark) => ` (${mark})`).join('');
}

function before(body: string, time: number, { conversation }: Catalogue): string {
  return `${conversation.until(dated(time))}: ${sanitize(body, { lines: CONTINUATION })}`;
}
