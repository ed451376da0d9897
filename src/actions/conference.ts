/** Goes on with a conversation of two in a room of its own, with more people. XEP-0045 §7.9. */
import { action } from './action.ts';
import { notice } from './notices.ts';
import { count, jid, many, optional, text } from './params.ts';

/** Nothing that was said goes there but as many of the last messages as `history` says. */
export const conference = action({
  name: 'conference',
  needs: 'background',
  params: { jid: jid(), others: many(jid()), history: optional(count()), reason: optional(text()) },
  value: 'jid',
  rest: 'reason',
  options: { others: 'with', history: 'send-history' },
  async run({ client }, { history = 0, others, reason, ...input }) {
    const made = await client.conference(input.jid, { others, history, reason });
    const { room, invited, failed, sent } = made;
    const values = { room, invited: invited.join(', '), failed: failed.join(', '), sent };
    return {
      kind: 'done',
      notice: notice('conference', values),
      ...(failed.length > 0 ? { exitCode: 1 } : {}),
    };
  },
});
