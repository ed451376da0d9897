/** What we change of messages that are printed: in the live block until the server has it, then a line. */
import type { ChatEvents } from '../../chat/events.ts';
import type { Message, MessageAmendment } from '../../chat/message.ts';

type Change = Exclude<ChatEvents['messageChanged'][1], 'state'>;
const CHANGES: Readonly<Record<MessageAmendment['kind'], Change>> = {
  correction: 'corrected',
  retraction: 'retracted',
  reaction: 'reacted',
};

export interface ChangingOptions {
  /** the message as it is changed, with what became of that */
  line(message: Message, change: Change): string;
  print(lines: readonly string[]): void;
}

export interface Changing {
  /** The line of a message is printed: what of it still waits, or failed, is known from now on. */
  printed(message: Message): void;
  /** True where nothing else is to be printed: the change waits, or its line was printed just now. */
  take(message: Message, change: Change | 'state'): boolean;
  /** the live lines */
  above(): string[];
  /** resolves when nothing waits any more, or after `timeout` ms */
  settle(timeout: number): Promise<void>;
  /** prints what still waits with the mark it has */
  close(): void;
}

const isOpen = ({ state }: MessageAmendment) => state === 'queued' || state === 'sent';

export function changing({ line, print }: ChangingOptions): Changing {
  /** by row and change */
  const held = new Map<string, { message: Message; change: Change }>();
  /** ids of changes that were told to have failed */
  const failed = new Set<string>();
  const done = new Set<() => void>();
  const lineOf = ({ message, change }: { message: Message; change: Change }) => line(message, change);
  const keyOf = ({ row }: Message, change: Change) => `${row} ${change}`;

  /** A message tells what became of the newest change only: those before it are no longer waited for. */
  function letGo(message: Message, but: Change): void {
    for (const [key, entry] of held)
      if (entry.message.row === message.row && entry.change !== but) {
        held.delete(key);
        print([lineOf(entry)]);
      }
  }

  function ended(message: Message, change: Change): void {
    held.delete(keyOf(message, change));
    print([line(message, change)]);
    if (held.size === 0) for (const call of [...done]) call();
  }

  return {
    printed(message) {
      const { amendment } = message;
      if (amendment === undefined) return;
      if (amendment.state === 'failed') failed.add(amendment.id);
      const change = CHANGES[amendment.kind];
      if (isOpen(amendment)) held.set(keyOf(message, change), { message, change });
    },

    take(message, change) {
      const { amendment } = message;
      if (amendment === undefined) return false;
      const own = CHANGES[amendment.kind];
      const waited = held.has(keyOf(message, own));
      if (change !== own && change !== 'state') return false;
      if (isOpen(amendment) && (change === own || waited)) {
        letGo(message, own);
        held.set(keyOf(message, own), { message, change: own });
        return true;
      }
      const fails = amendment.state === 'failed' && !failed.has(amendment.id);
      if (!waited && !fails) return false;
      if (fails) failed.add(amendment.id);
      ended(message, own);
      return true;
    },

    above: () => [...held.values()].map(lineOf),

    settle(timeout) {
      if (held.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        const finish = () => {
          clearTimeout(timer);
          done.delete(finish);
          resolve();
        };
        const timer = setTimeout(finish, timeout);
        done.add(finish);
      });
    },

    close() {
      for (const entry of held.values()) print([lineOf(entry)]);
      held.clear();
      for (const call of [...done]) call();
    },
  };
}
