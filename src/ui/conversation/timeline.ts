/** Rows of a chat become lines: day lines, who, text, marks. Printed once; a later mark is a new line. */
import type { ChatKind, Message } from '../../chat/message.ts';
import { size } from '../render/formats.ts';
import { brief, sanitize } from '../sanitize.ts';
import {
  amendmentMark,
  excerpt,
  failureText,
  goneText,
  MARKS,
  markOf,
  type NoteOptions,
  pointedAt,
  reactionsText,
} from './notes.ts';

/** stands before every further line of one message, so that a line break cannot forge a message */
const CONTINUATION = '      │ ';
/** stand before what a message answers, and before what is thought of it */
const ABOVE = '      ╭ ';
const BELOW = '      ╰ ';
/** stand before lines that point back at a message */
const CHANGED = { corrected: '✎', retracted: '⊘', reacted: '↳' } as const;

export interface TimelineOptions extends NoteOptions {
  readonly kind: ChatKind;
  /** colours the marks of XEP-0393 in a text that is already safe; line breaks stay */
  styled(text: string): string;
  /** the message that this one answers, where it is known */
  answeredBy(message: Message): Message | undefined;
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
  /** a message that changed after its line was printed: points back at it by its time */
  changed(message: Message, change: keyof typeof CHANGED): string;
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

  /** The message with what stands above and below it. */
  const entry = (message: Message): string[] => {
    const reactions = message.retracted ? '' : reactionsText(message, options);
    return [
      ...(message.replyTo === undefined || message.retracted ? [] : [theme.dim(ABOVE + answered(message))]),
      line(message),
      ...(reactions === '' ? [] : [theme.dim(BELOW + reactions)]),
    ];
  };

  const answered = (message: Message): string => {
    const known = options.answeredBy(message);
    return known === undefined ? words.conversation.answersUnknown : pointedAt(known, options);
  };

  const pointBack = (message: Message, change: keyof typeof CHANGED): string => {
    const start = `${theme.accent(CHANGED[change])} `;
    if (change === 'corrected') return start + line(message);
    const at = theme.dim(clockTime(message.time));
    const waits = amendmentMark(message, options);
    const end = waits === '' ? '' : ` ${waits}`;
    if (change === 'retracted') return `${start}${at} ${pointedAt(message, options)}${end}`;
    const said = reactionsText(message, options) || words.conversation.noReactions;
    return `${start}${at} ${theme.dim(pointedAt(message, options))} ${said}${end}`;
  };

  return {
    message: (message, { firstNew } = { firstNew: false }) => [
      ...dayLine(message.time),
      ...(firstNew ? [theme.accent(`── ${words.conversation.newMessages} ──`)] : []),
      ...entry(message),
    ],
    pending: (message) => entry(message).join('\n'),
    event: (text, time) => [...dayLine(time), theme.dim(`${clockTime(time)} ── ${text}`)],
    failed: (message) => {
      const why = failureText(message, options);
      return theme.error(`${MARKS.failed} ${clockTime(message.time)} “${excerpt(message, options)}”: ${why}`);
    },
    changed: pointBack,
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
  if (message.retracted) return theme.dim(goneText(message, words));
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
    message.url === undefined ? '' : theme.dim(linkedFile(message, options)),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

/** `file photo.jpg, 1.2 MiB, image/jpeg · /get`, as far as the sender said. */
function linkedFile({ file, url = '', direction }: Message, { words }: TimelineOptions): string {
  const last = URL.canParse(url) ? new URL(url).pathname.split('/').at(-1) : undefined;
  const parts = [
    brief(file?.name ?? last ?? ''),
    file?.size === undefined ? '' : size(file.size, words),
    file?.mime === undefined ? '' : sanitize(file.mime),
  ].filter((part) => part !== '');
  return `${words.conversation.file(parts.join(', '))}${direction === 'in' ? ' · /get' : ''}`;
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
