/** Entry 4 of the start menu: is there a way to a server, and what does it offer? */
import { bareOf, domainOf, localOf, parseAddress } from '../../chat/address.ts';
import { actionNamed, attempt } from '../run-action.ts';
import { sanitize } from '../sanitize.ts';
import type { Credentials, MenuApp } from './accounts.ts';
import { completeFrom } from './person.ts';
import { cancellable } from './working.ts';

/** Asks for a domain or a JID, then tells each check as it comes. Of a JID a password may be given, to see more. */
export async function checkAConnection(app: MenuApp): Promise<void> {
  const { terminal, words, accounts, theme } = app;
  const initial =
    accounts.domain ?? (accounts.lastJid === undefined ? undefined : domainOf(accounts.lastJid));
  const typed = await terminal.text({
    message: words.menus.doctor.which,
    initial,
    validate: (text) =>
      text.trim() === '' || parseAddress(text) !== undefined
        ? undefined
        : words.prompts.notAJid(sanitize(text)),
    complete: (line, cursor) => completeFrom(accounts.knownAccounts(), line, cursor),
  });
  const address = parseAddress(typed) ?? initial;
  if (address === undefined) return;
  const account = await askToLogIn(app, address);
  const domain = domainOf(address);
  terminal.log(theme.dim(words.doctor.checking(sanitize(domain))));
  const action = actionNamed(app, 'doctor');
  if (action.needs !== 'nothing') return;
  await attempt(
    app,
    () =>
      cancellable(app, async (signal) => {
        const outcome = await action.run(app.bare({ signal, account }), { domain });
        if (outcome.kind === 'done') terminal.log(app.render.outcome(outcome));
      }),
    { action: action.name, values: { domain } },
  );
}

/** Nothing typed: nobody logs in. */
async function askToLogIn({ terminal, words }: MenuApp, address: string): Promise<Credentials | undefined> {
  if (localOf(address) === undefined) return undefined;
  const password = await terminal.password({ message: words.menus.doctor.password });
  return password === '' ? undefined : { jid: bareOf(address), password };
}
