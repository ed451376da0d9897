/** Rows of a chat become lines: day lines, who, text, marks. Printed once; a later mark is a new line. */
import type { ChatKind, Message, MessageFailure, MessageState } from '../../chat/message.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { sanitize } from '../sanitize.ts';
import type { Theme } from '../theme.ts';

/** signs of what became of an own message */
const MARKS: Readonly<Record<MessageState, string>> = {
  queued: '…',
  sent: '·',
  acked: '✓',
  delivered: '✓✓',
  read: '✓✓',
  failed: '✗',
};

/** stands before every further line of one message, so that a line break cannot forge a message */
const CONTINUATION = '      │ ';

export interface TimelineOptions {
  readonly kind: ChatKind;
  readonly words: Catalogue;
  readonly theme: Theme;
  /** colours the marks of XEP-0393 in a text that is already safe; line breaks stay */
  styled(text: string): string;
  /** why a message failed, as a clause */
  failure(failure: MessageFailure): string;
  /** what the sender of a message is called here */
  nameOf(message: Message): string;
  /** milliseconds since 1970 */
  now(): number;
}

export interface Timeline {
  /** lines of one message: a day line before it where the day changes, then, if wanted, the "new messages" line */
  message(message: Message, options?: { readonly firstNew: boolean }): string[];
  /** an own message in the live block: as it will be logged, with the mark it has now */
  pending(message: Message): string;
  /** one line of an event in a room, made safe by the caller */
  event(text: string, time: number): string[];
  /** an own message that failed after its line was printed */
  failed(message: Message): string;
}

export function timeline(options: TimelineOptions): Timeline {
  const { words, theme } = options;
  let day: string | undefined;

  const dayLine = (time: number): string[] => {
    const key = dayKey(time);
    if (key === day) return [];
    day = key;
    return [theme.dim(`── ${dayName(time, options)} ──`)];
  };

  const line = (message: Message): string => {
    const name = sanitize(options.nameOf(message));
    const shown = theme.person(personOf(message), name);
    const [first = '', ...more] = bodyOf(message, options).split('\n');
    const action = isAction(message);
    const head = action ? `* ${shown} ${first}` : `${shown}  ${first}`;
    const text = [
      `${theme.dim(clockTime(message.time))} ${head}`,
      ...more.map((part) => CONTINUATION + part),
    ];
    return [text.join('\n'), markOf(message, options)].filter((part) => part !== '').join(' ');
  };

  return {
    message: (message, { firstNew } = { firstNew: false }) => [
      ...dayLine(message.time),
      ...(firstNew ? [theme.accent(`── ${words.conversation.newMessages} ──`)] : []),
      line(message),
    ],
    pending: line,
    event: (text, time) => [...dayLine(time), theme.dim(`${clockTime(time)} ── ${text}`)],
    failed: (message) => {
      const start = shorten(sanitize(message.body));
      return theme.error(
        `${MARKS.failed} ${clockTime(message.time)} “${start}”: ${failureOf(message, options)}`,
      );
    },
  };
}

/** Whose colour it is (XEP-0392 §3): the nickname in a room, else the bare JID. */
function personOf(message: Message): string {
  if (message.kind === 'room' && message.nick !== undefined) return message.nick;
  return message.kind === 'contact' ? (message.from.split('/')[0] ?? message.from) : message.from;
}

/** `/me ` at the very beginning, with its blank (XEP-0245 §3). */
function isAction(message: Message): boolean {
  return message.body.startsWith('/me ') && !message.retracted;
}

function bodyOf(message: Message, options: TimelineOptions): string {
  const { words, theme } = options;
  if (message.retracted) return theme.dim(words.conversation.retracted);
  if (message.body === '' && message.encryption !== 'none')
    return theme.dim(
      message.encryption === ''
        ? words.conversation.encryptedUnknown
        : words.conversation.unreadable(sanitize(message.encryption)),
    );
  const text = message.styled ?? (isAction(message) ? message.body.slice('/me '.length) : message.body);
  const safe = options.styled(sanitize(text, { lines: '' }));
  const parts = [
    message.subject === undefined ? '' : theme.bold(sanitize(message.subject)),
    message.mention ? theme.mention(safe) : safe,
    message.url === undefined || message.url === message.body
      ? ''
      : `${words.conversation.link}: ${sanitize(message.url)}`,
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function markOf(message: Message, options: TimelineOptions): string {
  const { words, theme } = options;
  const edited = message.replaces === undefined ? '' : theme.dim(`(${words.conversation.edited})`);
  if (message.direction === 'in' || message.state === undefined) return edited;
  const mark =
    message.state === 'failed'
      ? theme.error(`${MARKS.failed} ${failureOf(message, options)}`)
      : message.state === 'read'
        ? theme.accent(MARKS.read)
        : theme.dim(MARKS[message.state]);
  return edited === '' ? mark : `${edited} ${mark}`;
}

function failureOf(message: Message, { words, failure }: TimelineOptions): string {
  const { states, failed } = words.conversation;
  return message.failure === undefined ? states.failed : failed(failure(message.failure));
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function dayName(time: number, { words, now }: TimelineOptions): string {
  const key = dayKey(time);
  if (key === dayKey(now())) return words.conversation.today;
  if (key === dayKey(now() - 86_400_000)) return words.conversation.yesterday;
  return new Intl.DateTimeFormat(words.language, { dateStyle: 'full' }).format(time);
}

function dayKey(time: number): string {
  return new Date(time).toDateString();
}

/** Local time of day, `14:03`. */
export function clockTime(time: number): string {
  const date = new Date(time);
  return `${String(date.getHours()).padStart(2, '0')}:${String(date.getMinutes()).padStart(2, '0')}`;
}
