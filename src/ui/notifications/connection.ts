/** The connection as a person sees it: lost once, back once, however many attempts lie between. */
import type { ChatEvents } from '../../chat/events.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { whyOf } from '../sentences.ts';

/**
 * Gives a function that turns each change into a line, or `undefined`. `awaited`: there is no connection, which was said,
 * and the first one is waited for.
 */
export function connectionLines(
  words: Catalogue,
  awaited = false,
): (event: ChatEvents['connection'][0]) => string | undefined {
  const { connection } = words.notifications;
  /** `new` until the first time online, where the log-in waits for that */
  let state: 'new' | 'up' | 'down' = awaited ? 'down' : 'new';
  return (event) => {
    const before = state;
    switch (event.state) {
      case 'connecting':
        return undefined;
      case 'online':
      case 'resumed':
        state = 'up';
        return before === 'down' ? connection.back : undefined;
      case 'offline': {
        // Before the first log-in, and when the user logs out, the action itself tells.
        if (before === 'new' || (event.final === true && event.condition === undefined)) return undefined;
        const why = event.condition === undefined ? '' : whyOf(words, event.condition, event.text, 'stream');
        state = event.final === true ? 'new' : 'down';
        if (event.final === true) return connection.ended(why);
        if (before === 'down') return undefined;
        return connection.lost(why, Math.ceil((event.retryIn ?? 0) / 1000));
      }
    }
  };
}
