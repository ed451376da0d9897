/** What a search found, a line each: when, who, where, and the words around the first one that was looked for. */
import { bareOf } from '../../chat/address.ts';
import type { Message } from '../../chat/message.ts';
import type { Face, Seat } from '../face.ts';
import { stamp } from '../render/formats.ts';
import { sanitize } from '../sanitize.ts';
import { width } from '../screen/width.ts';
import { chatLabel, senderName } from './names.ts';
import { excerpt, shorten } from './notes.ts';

/** cells of a line that are left for the text at least */
const LEAST = 12;
/** below that many cells a line has no room for whole dates and names */
const NARROW = 64;
/** UTF-16 units before the word that are shown */
const LEAD = 16;
/** cells of a name at most */
const NAME = { wide: 20, narrow: 10 } as const;

export interface FoundOptions {
  /** what was looked for */
  readonly text: string;
  /** cells that a line may take */
  readonly columns: number;
  /** the chat is known: it is not named again */
  readonly chat?: string | undefined;
}

export function foundLine(face: Face, seat: Seat, message: Message, options: FoundOptions): string {
  const narrow = options.columns < NARROW;
  const most = narrow ? NAME.narrow : NAME.wide;
  const name = shorten(senderName(seat, face.words, message), most);
  const where = options.chat === undefined ? shorten(whereOf(seat, message), most) : '';
  const when = narrow ? shortStamp(message.time, face.now()) : stamp(message.time);
  const head = `${when}  ${sanitize(where === '' ? name : `${name} · ${where}`)}`;
  const room = Math.max(LEAST, options.columns - width(head) - 2);
  const shown = { ...message, body: fromFirst(message.body, options.text) };
  return `${head}  ${excerpt(shown, face, room)}`;
}

/** Room and nick are always named together; with a contact, whom we wrote to. */
function whereOf(seat: Seat, { kind, chat, direction }: Message): string {
  if (kind === 'contact') return direction === 'out' ? chatLabel(seat, chat) : '';
  return bareOf(chat);
}

/** `14:03` of today, `11-20` of another day. */
function shortStamp(time: number, now: number): string {
  const [day = '', clock = ''] = stamp(time).split(' ');
  return day === stamp(now).split(' ')[0] ? clock : day.slice('2026-'.length);
}

/** The text from shortly before the first word that was looked for. */
export function fromFirst(body: string, text: string): string {
  const [word = ''] = folded(text).match(/[\p{L}\p{N}]+/u) ?? [text.trim()];
  const line = body.replace(/\s+/g, ' ').trim();
  const at = word === '' ? -1 : folded(line).indexOf(word);
  if (at <= LEAD) return line;
  const start = line.indexOf(' ', at - LEAD) + 1;
  return `…${line.slice(start > 0 && start <= at ? start : at)}`;
}

/** Without accents and capitals, as the index has it; as long as the text, so that places are the same. */
function folded(text: string): string {
  return [...text]
    .map((character) => {
      const [base = ''] = character.normalize('NFD').toLowerCase();
      return base.length === character.length ? base : character;
    })
    .join('');
}
