/** Whom we do not want to hear of. */
import { domainOf, parseAddress } from '../../chat/address.ts';
import { sanitize } from '../sanitize.ts';
import type { Screen } from './main.ts';
import { runFromMenu } from './run.ts';
import { choose } from './screen.ts';
import { whileWorking } from './working.ts';

export const blockList: Screen = async (app, seat) => {
  const { terminal, words } = app;
  const { blockList: labels } = words.menus;
  const { client } = seat;
  const blocked = await whileWorking(app, { message: labels.title }, () => client.contacts.blocked());
  if (blocked.length === 0) terminal.log(labels.empty);
  const chosen = await choose<string | null>(app, labels.title, [
    ...blocked.map((jid) => ({ name: sanitize(jid), value: jid })),
    { key: 'B', name: labels.add, value: null },
  ]);
  if (chosen === undefined) return undefined;
  if (chosen !== null) {
    if (await terminal.confirm({ message: labels.unblock(sanitize(chosen)), initial: true }))
      await runFromMenu(app, seat, 'unblock', { preset: { jid: chosen } });
    return undefined;
  }
  // A whole server can be blocked as well, so a domain is an address here (XEP-0191 §3.1).
  const read = (text: string) =>
    parseAddress(text, text.includes('.') ? undefined : domainOf(client.account));
  const typed = await terminal.text({
    message: labels.jid,
    validate: (text) =>
      text.trim() === '' || read(text) !== undefined ? undefined : words.prompts.notAJid(sanitize(text)),
  });
  const jid = read(typed);
  if (jid !== undefined) await runFromMenu(app, seat, 'block', { preset: { jid } });
  return undefined;
};
