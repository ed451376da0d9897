/** `/search` in an open chat: what it found by numbers, and `/around 2`, which shows the place of the second. */
import type { Action } from '../../actions/action.ts';
import type { Message } from '../../chat/message.ts';
import { ChatError } from '../../chat/problem.ts';
import type { Face, Seat } from '../face.ts';
import { type Input, runAction } from '../run-action.ts';
import { sanitize } from '../sanitize.ts';
import { placeLines, placeOf } from './around.ts';
import { foundLine } from './found.ts';
import { chatLabel } from './names.ts';

/** results that are listed where no number is asked for */
const LISTED = 10;
/** cells that stand before a result */
const MARGIN = 5;

export interface Finding {
  /** Prints the results, the newest first. */
  search(action: Action, input: Input): Promise<void>;
  /** Prints what was said around a result of the last search; throws ChatError `no-such-result`. */
  around(number: string): void;
}

export function finding(face: Face, seat: Seat, chat: string): Finding {
  const { terminal, words, theme } = face;
  let found: readonly Message[] = [];

  const listed = (input: Input): string => {
    const shown = { text: String(input.text), columns: terminal.columns - MARGIN };
    const lines = found.map((message, at) => {
      const line = foundLine(face, seat, message, {
        ...shown,
        chat: message.chat === chat ? chat : undefined,
      });
      return `${theme.accent(String(at + 1).padStart(3))}  ${line}`;
    });
    return [...lines, theme.dim(words.conversation.aroundHint)].join('\n');
  };

  return {
    async search(action, asked) {
      const input = { ...asked, limit: asked.limit ?? LISTED };
      await runAction(face, seat, action, input, {
        text(outcome) {
          const rows = outcome.kind === 'rows' ? outcome.rows : [];
          found = rows.flatMap((row) => (row.type === 'message' ? [row.message] : []));
          return found.length === 0 ? face.render.outcome(outcome) : listed(input);
        },
      });
    },

    around(number) {
      const message = found[Number(number || '1') - 1];
      if (message === undefined) throw new ChatError('no-such-result', { value: number });
      const lines = placeLines(face, seat, message.chat, placeOf(seat.client, message));
      const title = `── ${sanitize(chatLabel(seat, message.chat))} ──`;
      terminal.log(
        [theme.bold(title), ...lines, theme.dim(`── ${words.conversation.newerAbove} ──`)].join('\n'),
      );
    },
  };
}
