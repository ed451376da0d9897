/** What became of the newest own message since its line was printed, until something newer is there. */
import type { Message } from '../../chat/message.ts';
import { type NoteOptions, stateMark } from './notes.ts';

export interface LastState {
  /** the newest line is that of this message */
  shown(message: Message): void;
  /** `printed`: with a new line of its own, which has its mark */
  changed(message: Message, more: { printed: boolean }): void;
  /** `✓✓ delivered`; '' where its line says as much */
  text(): string;
}

export function lastState(options: NoteOptions): LastState {
  let last: { readonly message: Message; readonly printed: Message['state'] } | undefined;
  return {
    shown(message) {
      last = message.direction === 'out' ? { message, printed: message.state } : undefined;
    },
    changed(message, { printed }) {
      if (last?.message.row !== message.row) return;
      last = { message, printed: printed ? message.state : last.printed };
    },
    text() {
      if (last === undefined) return '';
      const { message, printed } = last;
      if (message.state === printed || message.state === 'failed' || message.retracted) return '';
      const mark = stateMark(message, options);
      const { theme, words } = options;
      return message.state === 'delivered'
        ? `${mark} ${theme.dim(words.conversation.states.delivered)}`
        : mark;
    },
  };
}
