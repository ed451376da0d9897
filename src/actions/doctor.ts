/** The way to a server, checked step by step. */
import { ChatError } from '../chat/problem.ts';
import { action } from './action.ts';
import { notice } from './notices.ts';
import { domain, optional } from './params.ts';

export const doctor = action({
  name: 'doctor',
  needs: 'nothing',
  params: { domain: optional(domain()) },
  value: 'domain',
  async run(context, input) {
    const name = input.domain ?? context.domain;
    if (name === undefined) throw new ChatError('no-domain');
    const { reachable, unauthorised, failed, warned } = await context.examine(name, (check) =>
      context.show({ type: 'check', check }),
    );
    if (!reachable) throw new ChatError('unreachable-server', { domain: name });
    if (unauthorised) throw new ChatError('log-in-refused', { domain: name });
    if (failed > 0) throw new ChatError('checks-failed', { domain: name, count: failed });
    return {
      kind: 'done',
      notice:
        warned > 0
          ? notice('checked-warned', { domain: name, count: warned })
          : notice('checked', { domain: name }),
    };
  },
});
