/** Our own typing states, made from what happens in the input line (XEP-0085 §5). */

import type { TypingState } from '../../chat/events.ts';
import type { ChatKind } from '../../chat/message.ts';

/** milliseconds without a key until `paused`; XEP-0085 §3 gives 30 s as an example, people expect less */
export const PAUSE_AFTER = 5000;

export interface OwnTyping {
  /** what stands in the input now */
  typed(line: string): void;
  /** a message went out; it carries `active` itself, so nothing more is sent */
  sent(): void;
  /** the view closes */
  close(): void;
}

/** Takes the sender of a state; sends each change once. `close` clears the timer. */
export function ownTyping({
  kind,
  send,
  pauseAfter = PAUSE_AFTER,
}: {
  kind: ChatKind;
  send: (state: TypingState) => void;
  pauseAfter?: number;
}): OwnTyping {
  let state: TypingState = 'active';
  let pause: NodeJS.Timeout | undefined;
  const become = (next: TypingState) => {
    if (next === state) return;
    state = next;
    send(next);
  };
  return {
    typed(line) {
      clearTimeout(pause);
      // A command is no message: nobody learns that one is being typed.
      const composing = line.trim() !== '' && (!line.startsWith('/') || /^\/(\/|me\s)/.test(line));
      become(composing ? 'composing' : 'active');
      if (composing) pause = setTimeout(() => become('paused'), pauseAfter);
    },
    sent() {
      clearTimeout(pause);
      state = 'active';
    },
    close() {
      clearTimeout(pause);
      // §5.5: no <gone/> in a room; who left it is told by the room itself.
      become(kind === 'room' ? 'active' : 'gone');
    },
  };
}
