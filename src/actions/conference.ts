/** Goes on with a conversation of two in a room of its own, with more people. XEP-0045 §7.9. */
import { action } from './action.ts';
import { notice } from './notices.ts';
import { count, jid, many, message, optional, text } from './params.ts';

/** Nothing that was said goes there but these messages, or as many of the last ones as `history` says. */
export const conference = action({
  name: 'conference',
  needs: 'background',
  params: {
    jid: jid(),
    others: many(jid()),
    history: optional(count()),
    messages: many(message('theirs')),
    reason: optional(text()),
  },
  value: 'jid',
  rest: 'reason',
  options: { others: 'with', history: 'send-history', messages: 'message' },
  async run({ client }, { history = 0, messages = [], others, reason, ...input }) {
    const made = await client.conferences.start(input.jid, {
      others,
      history: messages.length > 0 ? messages : history,
      reason,
    });
    const { room, invited, failed, sent } = made;
    const values = { room, invited: invited.join(', '), failed: failed.join(', '), sent };
    return {
      kind: 'done',
      notice: notice('conference', values),
      ...(failed.length > 0 ? { exitCode: 1 } : {}),
    };
  },
});
