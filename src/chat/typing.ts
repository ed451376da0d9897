/** Who is typing where. Nothing of it is stored; a state that is never ended fades by itself (XEP-0085 §5.4 leaves that to us). */
import type { TypingState } from './events.ts';

/** milliseconds after which a `composing` that nobody renewed is taken for over */
export const COMPOSING_FADES = 60_000;

export interface TypingChange {
  readonly chat: string;
  readonly from: string;
  readonly nick: string | undefined;
  readonly state: TypingState;
}

/** `changed` is called for each change, also when a state fades. */
export function typingStates(changed: (event: TypingChange) => void) {
  const chats = new Map<string, Map<string, { name: string; timer: NodeJS.Timeout }>>();

  function forget(chat: string, from: string): boolean {
    const people = chats.get(chat);
    const entry = people?.get(from);
    if (people === undefined || entry === undefined) return false;
    clearTimeout(entry.timer);
    people.delete(from);
    if (people.size === 0) chats.delete(chat);
    return true;
  }

  return {
    /** Takes a state that arrived. */
    set(event: TypingChange): void {
      const was = forget(event.chat, event.from);
      if (event.state === 'composing') {
        const timer = setTimeout(() => {
          forget(event.chat, event.from);
          changed({ ...event, state: 'paused' });
        }, COMPOSING_FADES);
        timer.unref();
        const people = chats.get(event.chat) ?? new Map<string, { name: string; timer: NodeJS.Timeout }>();
        people.set(event.from, { name: event.nick ?? event.from, timer });
        chats.set(event.chat, people);
        if (was) return;
      }
      changed(event);
    },
    /** A message or a departure ends the typing without a state of its own. */
    stop(chat: string, from: string): void {
      if (forget(chat, from)) changed({ chat, from, nick: undefined, state: 'active' });
    },
    /** nicknames in rooms, bare JIDs else */
    who(chat: string): string[] {
      return [...(chats.get(chat)?.values() ?? [])].map((entry) => entry.name);
    },
    clear(): void {
      for (const people of chats.values()) for (const { timer } of people.values()) clearTimeout(timer);
      chats.clear();
    },
  };
}

export type TypingStates = ReturnType<typeof typingStates>;
