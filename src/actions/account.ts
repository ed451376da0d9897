/** The account itself, its presence, its settings. */

import { ChatError } from '../chat/problem.ts';
import { isSettingName, SETTINGS, type SettingName, settingValues } from '../chat/settings.ts';
import { action, type Ended } from './action.ts';
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

/** Changes a setting; without a value tells what it is, without a name what all are. */
export const setting = action({
  name: 'setting',
  needs: 'store',
  flag: false,
  params: { name: optional(word()), value: optional(word()) },
  value: 'name',
  rest: 'value',
  async run({ client }, { name, value }): Promise<Ended> {
    if (name !== undefined && !isSettingName(name)) throw new ChatError('no-such-setting', { name });
    if (name !== undefined && value !== undefined) {
      client.settings.set(name, value);
      return { kind: 'done', notice: notice('setting-saved', { name, value }) };
    }
    const names = name === undefined ? (Object.keys(SETTINGS) as SettingName[]) : [name];
    const rows = names.map((each) => ({
      type: 'setting' as const,
      setting: { name: each, value: client.settings.get(each), values: settingValues(each) },
    }));
    return { kind: 'rows', rows, empty: notice('no-settings', {}) };
  },
});

/** Waits for no further attempt to connect. */
export const reconnect = action({
  name: 'reconnect',
  needs: 'store',
  flag: false,
  params: {},
  async run({ client }) {
    const jid = client.account;
    const trying = client.reconnect() || client.state === 'connecting';
    if (!trying && client.state === 'offline') throw new ChatError('offline');
    return { kind: 'done', notice: trying ? notice('reconnecting', { jid }) : notice('connected', { jid }) };
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
