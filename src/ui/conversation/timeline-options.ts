/** How the messages of one account are shown: names from its contacts and rooms, words and colours of the face. */
import type { ChatKind } from '../../chat/message.ts';
import type { Face, Seat } from '../face.ts';
import { reactorName, senderName } from './names.ts';
import type { TimelineOptions } from './timeline.ts';

export function timelineOptions(face: Face, seat: Seat, kind: ChatKind): TimelineOptions {
  const { words, theme, render } = face;
  const { client } = seat;
  return {
    kind,
    words,
    theme,
    styled: render.styled,
    failure: render.failure,
    nameOf: (message) => senderName(seat, words, message),
    reactorOf: (message, from) => reactorName(seat, words, message, from),
    answeredBy: ({ chat, replyTo = '' }) => client.messages.named(chat, replyTo),
    now: face.now,
  };
}
