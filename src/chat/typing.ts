/** Who is typing where. Nothing of it is stored; a state that is never ended fades by itself (XEP-0085 §5.4 leaves that to us). */
import type { TypingState } from './events.ts';

/** milliseconds after which a `composing` that nobody renewed is taken for over */
export const COMPOSING_FADES = 60_000;

/** people remembered as typing; a flood of states pushes out the oldest */
export const MOST_TYPING = 500;

export interface TypingChange {
  readonly chat: string;
  readonly from: string;
  readonly nick: string | undefined;
  readonly state: TypingState;
}

/** `changed` is called for each change, also when a state fades. */
export function typingStates(changed: (event: TypingChange) => void) {
  /** by chat and sender, the oldest first */
  const people = new Map<string, { event: TypingChange; timer: NodeJS.Timeout }>();
  const keyOf = (chat: string, from: string) => `${chat}\n${from}`;

  function forget(key: string): TypingChange | undefined {
    const entry = people.get(key);
    clearTimeout(entry?.timer);
    people.delete(key);
    return entry?.event;
  }

  function over(key: string, state: TypingState): void {
    const event = forget(key);
    if (event !== undefined) changed({ ...event, state });
  }

  return {
    /** Takes a state that arrived. */
    set(event: TypingChange): void {
      const key = keyOf(event.chat, event.from);
      const was = forget(key) !== undefined;
      if (event.state === 'composing') {
        const timer = setTimeout(() => over(key, 'paused'), COMPOSING_FADES);
        timer.unref();
        people.set(key, { event, timer });
        const [oldest] = people.keys();
        if (people.size > MOST_TYPING && oldest !== undefined) over(oldest, 'paused');
        if (was) return;
      }
      changed(event);
    },
    /** A message or a departure ends the typing without a state of its own. */
    stop(chat: string, from: string): void {
      over(keyOf(chat, from), 'active');
    },
    /** nicknames in rooms, bare JIDs else */
    who(chat: string): string[] {
      return [...people.values()]
        .filter(({ event }) => event.chat === chat)
        .map(({ event }) => event.nick ?? event.from);
    },
    /** The connection is gone: nobody is known to type any more. */
    clear(): void {
      for (const key of [...people.keys()]) over(key, 'paused');
    },
  };
}

export type TypingStates = ReturnType<typeof typingStates>;
