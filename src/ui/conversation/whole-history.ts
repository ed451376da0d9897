/** All that is kept of a chat, in the user's pager. */
import type { Face, Seat } from '../face.ts';
import { styledText } from '../render/styled.ts';
import { createTheme } from '../theme.ts';
import { chatTitle } from './names.ts';
import { timeline } from './timeline.ts';
import { timelineOptions } from './timeline-options.ts';

/** messages that are in memory at once */
const PAGE = 200;

export interface Span {
  /** milliseconds since 1970 */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

/** Resolves when the user has seen enough. What came meanwhile was not seen before that. */
export async function pageHistory(face: Face, seat: Seat, chat: string, span: Span = {}): Promise<void> {
  const { terminal, words } = face;
  const { client } = seat;
  if (client.history.read({ chat, ...span, limit: 1 }).length === 0) {
    terminal.log(face.theme.dim(words.conversation.empty));
    return;
  }
  await terminal.page({ pieces: (colours) => pieces(colours ? face : plain(face), seat, chat, span) });
}

function* pieces(face: Face, seat: Seat, chat: string, span: Span): Iterable<string> {
  const { words, theme } = face;
  const { client } = seat;
  yield theme.bold(chatTitle(seat, words, chat));
  yield theme.dim(`── ${words.conversation.beginning} ──`);
  const lines = timeline(timelineOptions(face, seat, client.chats.kindOf(chat)));
  let after: number | undefined;
  for (;;) {
    const messages = client.history.read({ chat, ...span, after, end: 'oldest', limit: PAGE });
    if (messages.length === 0) return;
    yield messages.flatMap((message) => lines.message(message)).join('\n');
    after = messages.at(-1)?.row;
  }
}

/** For a program that would show the codes of colours. */
function plain(face: Face): Face {
  const theme = createTheme({ level: 0, background: 'dark' });
  return { ...face, theme, render: { ...face.render, styled: (text) => styledText(text, theme) } };
}
