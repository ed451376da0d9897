/** A place in the past of a chat: the message somebody looked for, with what was said before and behind it. */
import type { Client } from '../../chat/client.ts';
import type { Message } from '../../chat/message.ts';
import type { Face, Seat } from '../face.ts';
import { readOnce } from './notes.ts';
import { timeline } from './timeline.ts';
import { timelineOptions } from './timeline-options.ts';

/** messages on each side */
const BESIDE = 8;
/** stands before the message that was looked for */
const HERE = '→ ';

export interface Place {
  readonly messages: readonly Message[];
  /** row of the message that was looked for */
  readonly row: number;
}

export function placeOf(client: Client, { chat, row }: Message, beside = BESIDE): Place {
  const before = client.history.read({ chat, before: row, limit: beside });
  const behind = client.history.read({ chat, after: row, end: 'oldest', limit: beside });
  const message = client.messages.get(row);
  return { row, messages: [...before, ...(message === undefined ? [] : [message]), ...behind] };
}

/** The lines of a place, the message that was looked for marked; without a row none is. */
export function placeLines(
  face: Face,
  seat: Seat,
  chat: string,
  { messages, row }: Omit<Place, 'row'> & Partial<Pick<Place, 'row'>>,
): string[] {
  const lines = timeline(timelineOptions(face, seat, seat.client.chats.kindOf(chat)));
  return readOnce(messages).flatMap((message) => {
    const shown = lines.message(message);
    if (message.row !== row) return shown;
    const last = shown.pop() ?? '';
    return [...shown, face.theme.accent(HERE) + last];
  });
}
