/** Deleting the account: the whole JID typed out, since nothing brings it back. */
import { parseAddress } from '../../chat/address.ts';
import { sanitize } from '../sanitize.ts';
import type { Screen } from './main.ts';
import { runFromMenu } from './run.ts';

export const deleteAccount: Screen = async (app, seat) => {
  const { terminal, words, theme } = app;
  const { deleteAccount: labels } = words.menus;
  const jid = seat.client.account;
  terminal.log(theme.warning(labels.warning(sanitize(jid))));
  const typed = await terminal.text({ message: labels.confirm(sanitize(jid)) });
  if (typed.trim() === '' || parseAddress(typed) !== jid) {
    terminal.log(labels.mismatch);
    return undefined;
  }
  const wipe = await terminal.confirm({ message: labels.wipe, initial: false });
  return (await runFromMenu(app, seat, 'delete-account', { preset: { wipe } })) ? 'deleted' : undefined;
};
