/** Our own typing states, made from what happens in the input line (XEP-0085 §5). */

import type { TypingState } from '../../chat/events.ts';
import type { ChatKind } from '../../chat/message.ts';

export interface OwnTyping {
  /** what stands in the input now */
  typed(line: string): void;
  /** a message went out; it carries `active` itself, so nothing more is sent */
  sent(): void;
  /** the view closes */
  close(): void;
}

/**
 * Takes the sender of a state. Every key counts as `composing`: the sender tells the other side once, and of the
 * pause when no key comes any more. The other states are sent at each change.
 */
export function ownTyping({ kind, send }: { kind: ChatKind; send: (state: TypingState) => void }): OwnTyping {
  let state: TypingState = 'active';
  const become = (next: TypingState) => {
    if (next === state && next !== 'composing') return;
    state = next;
    send(next);
  };
  return {
    typed(line) {
      // A command is no message: nobody learns that one is being typed.
      const composing = line.trim() !== '' && (!line.startsWith('/') || /^\/(\/|me\s)/.test(line));
      become(composing ? 'composing' : 'active');
    },
    sent() {
      state = 'active';
    },
    close() {
      // §5.5: no <gone/> in a room; who left it is told by the room itself.
      become(kind === 'room' ? 'active' : 'gone');
    },
  };
}
