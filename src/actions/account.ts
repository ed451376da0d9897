/** The account itself, its presence, its settings. */

import { ChatError } from '../chat/problem.ts';
import { isSettingName } from '../chat/settings.ts';
import { action } from './action.ts';
import { notice } from './notices.ts';
import { choice, optional, password, text, toggle, word } from './params.ts';

export const status = action({
  name: 'status',
  needs: 'store',
  params: { show: choice('available', 'chat', 'away', 'xa', 'dnd'), message: optional(text()) },
  value: 'show',
  rest: 'message',
  async run({ client, oneShot }, input) {
    const values = { show: input.show, status: input.message ?? '' };
    if (oneShot) {
      client.savePresence(input.show, values.status);
      return { kind: 'done', notice: notice('presence-saved', values) };
    }
    await client.setPresence(input.show, values.status);
    return { kind: 'done', notice: notice('presence-set', values) };
  },
});

export const changePassword = action({
  name: 'change-password',
  needs: 'stream',
  params: { newPassword: password() },
  async run({ client }, input) {
    await client.changePassword(input.newPassword);
    return { kind: 'done', notice: notice('password-changed', { jid: client.account }) };
  },
});

export const deleteAccount = action({
  name: 'delete-account',
  needs: 'stream',
  params: { wipe: toggle() },
  confirm: true,
  async run({ client }, input) {
    const jid = client.account;
    await client.deleteAccount({ wipe: input.wipe === true });
    return { kind: 'done', notice: notice('account-deleted', { jid, wiped: input.wipe === true ? 1 : 0 }) };
  },
});

/** Of this computer only: the account, its contacts and its archive stay on the server. */
export const wipeData = action({
  name: 'wipe-data',
  needs: 'store',
  params: { all: toggle() },
  options: { all: 'all-accounts' },
  confirm: true,
  async run({ client }, input) {
    const jid = client.account;
    const all = input.all === true;
    await client.wipe({ all });
    return { kind: 'done', notice: all ? notice('all-wiped', {}) : notice('wiped', { jid }) };
  },
});

export const setting = action({
  name: 'setting',
  needs: 'store',
  flag: false,
  params: { name: word(), value: word() },
  value: 'name',
  rest: 'value',
  async run({ client }, input) {
    if (!isSettingName(input.name)) throw new ChatError('no-such-setting', { name: input.name });
    client.setSetting(input.name, input.value);
    return { kind: 'done', notice: notice('setting-saved', { name: input.name, value: input.value }) };
  },
});

export const logout = action({
  name: 'logout',
  needs: 'presence',
  flag: false,
  params: {},
  async run({ client }) {
    const jid = client.account;
    await client.logout();
    return { kind: 'done', notice: notice('logged-out', { jid }) };
  },
});
