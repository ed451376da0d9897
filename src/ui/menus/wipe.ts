/** Erasing what is kept on this computer; it is said what goes, and what stays. */
import { sanitize } from '../sanitize.ts';
import type { Screen } from './main.ts';
import { runFromMenu } from './run.ts';
import { choose } from './screen.ts';

/** Ends with the log-out of the account: without its data it cannot go on. */
export const wipe: Screen = async (app, seat) => {
  const { terminal, words, theme } = app;
  const { wipe: labels } = words.menus;
  const { client } = seat;
  const jid = sanitize(client.account);
  const all = await choose(app, labels.title, [
    { name: labels.one(jid), value: false },
    { name: labels.all, value: true },
  ]);
  if (all === undefined) return undefined;
  terminal.log(theme.warning(labels.goes));
  terminal.log(labels.stays);
  const unsent = client.messages.unsent();
  if (unsent > 0) terminal.log(theme.warning(labels.unsent(unsent)));
  const message = all ? labels.confirmAll : labels.confirm(jid);
  if (!(await terminal.confirm({ message, initial: false }))) return undefined;
  return (await runFromMenu(app, seat, 'wipe-data', { preset: { all } })) ? 'logout' : undefined;
};
