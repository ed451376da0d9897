/** In-band registration (XEP-0077), before there is an account to log in with. */
import { action } from './action.ts';
import { notice } from './notices.ts';
import { jid, password } from './params.ts';

export const register = action({
  name: 'register',
  needs: 'nothing',
  params: { jid: jid(), password: password() },
  value: 'jid',
  async run(context, input) {
    await context.register({ jid: input.jid, password: input.password });
    return { kind: 'done', notice: notice('registered', { jid: input.jid }) };
  },
});
