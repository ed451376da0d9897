/**
 * Which message a command means: `/reply 2 yes`, 1 is the newest of the chat. While such a command is typed the
 * messages stand above the input with their numbers, and the numbers stay as they are shown, whatever arrives.
 */
import type { Action } from '../../actions/action.ts';
import type { Meant, Param } from '../../actions/params.ts';
import type { Message } from '../../chat/message.ts';
import { ChatError } from '../../chat/problem.ts';

/** messages that can be named by a number */
const MOST = 999;
/** lines above the input while a command is typed, and those of /last */
const ABOVE = 5;
export const LISTED = 10;

export interface PointingOptions {
  readonly actions: readonly Action[];
  /** the newest messages of the chat, oldest first */
  recent(limit: number): Message[];
  /** one line */
  describe(message: Message): string;
  /** a line that is not the one meant, and one that is */
  dim(text: string): string;
  accent(text: string): string;
}

export interface Pointing {
  /** at every change of what is typed */
  typed(line: string): void;
  /** what stands above the input while a message is being pointed at */
  above(): string[];
  /** Gives the row; throws ChatError `no-such-message`. */
  numbered(text: string): number;
  /** The row meant without a number; throws ChatError `nothing-meant`. */
  meant(param: Pick<Param<unknown>, 'meant'>): number;
  /** the newest ones with their numbers, the newest last */
  list(count: number): string[];
}

export function pointing(options: PointingOptions): Pointing {
  const { recent, describe, dim, accent } = options;
  const commands = new Map(
    options.actions.flatMap((action): [string, Param<unknown>][] => {
      const param = Object.values(action.params).find(({ kind }) => kind === 'message');
      return param === undefined ? [] : [[action.name, param]];
    }),
  );
  /** the messages as they were when the command began, newest first */
  let held: readonly Message[] | undefined;
  let command: { readonly param: Param<unknown>; readonly number: string } | undefined;

  const newestFirst = (count = MOST) => held ?? recent(count).reverse();

  function indexMeant({ meant }: Pick<Param<unknown>, 'meant'>, messages: readonly Message[]): number {
    return messages.findIndex((message) => suits(message, meant));
  }

  const shown = (message: Message, at: number, isMeant: boolean): string => {
    const number = `${isMeant ? '→' : ' '}${String(at + 1).padStart(2)}`;
    return isMeant ? `${accent(number)}  ${describe(message)}` : dim(`${number}  ${describe(message)}`);
  };

  return {
    typed(line) {
      const [, name = '', number = ''] = /^\/([a-z]+)\s+(?:(\d{1,9})(?:\s|$))?/.exec(line) ?? [];
      const param = commands.get(name);
      command = param === undefined ? undefined : { param, number };
      held = command === undefined ? undefined : (held ?? recent(MOST).reverse());
    },

    above() {
      if (command === undefined || held === undefined) return [];
      const { param, number } = command;
      const meant = number === '' ? indexMeant(param, held) : Number(number) - 1;
      const message = held[meant];
      // Once there is a number, or none is needed, the one meant is enough.
      if (number !== '') return message === undefined ? [] : [shown(message, meant, true)];
      const last = held.slice(0, ABOVE).map((entry, at) => shown(entry, at, at === meant));
      const further = message !== undefined && meant >= ABOVE ? [shown(message, meant, true)] : [];
      return [...further, ...last.reverse()];
    },

    numbered(text) {
      const message = /^\d{1,9}$/.test(text) ? newestFirst()[Number(text) - 1] : undefined;
      if (message === undefined) throw new ChatError('no-such-message', { value: text });
      return message.row;
    },

    meant(param) {
      const messages = newestFirst();
      const message = messages[indexMeant(param, messages)];
      if (message === undefined) throw new ChatError('nothing-meant');
      return message.row;
    },

    list: (count) =>
      newestFirst(count)
        .slice(0, count)
        .map((message, at) => shown(message, at, false))
        .reverse(),
  };
}

function suits(message: Message, meant: Meant | undefined): boolean {
  const { direction, retracted, corrected, state } = message;
  switch (meant) {
    case 'own':
      // What was refused is nowhere else to be changed.
      return direction === 'out' && !retracted && state !== 'failed';
    case 'theirs':
      return direction === 'in' && !retracted;
    case 'changed':
      return retracted || corrected === true;
    default:
      return true;
  }
}

/** The newest own message that can be changed. */
export function lastOwn(messages: readonly Message[]): Message | undefined {
  return messages.findLast((message) => suits(message, 'own'));
}
