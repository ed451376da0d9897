/** What logging in and registering have in common: whose account, and entering it. */
import { domainOf, parseUserAddress } from '../../chat/address.ts';
import type { Client } from '../../chat/client.ts';
import { sanitize } from '../sanitize.ts';
import type { Credentials, MenuApp } from './accounts.ts';
import { completeFrom } from './person.ts';
import { whileWorking } from './working.ts';

/** Logs in and says so. */
export async function logInto(app: MenuApp, credentials: Credentials): Promise<Client> {
  const { login: labels } = app.words.menus;
  const client = await whileWorking(
    app,
    { message: labels.connecting(sanitize(domainOf(credentials.jid))) },
    (signal) => app.accounts.login(credentials, { signal }),
  );
  app.terminal.log(app.theme.success(labels.done(sanitize(credentials.jid))));
  return client;
}

/** Asks for a JID of a user; a bare name gets the configured domain. Undefined where nothing was typed. */
export async function askAccount(
  { terminal, words, accounts }: MenuApp,
  message: string,
  initial?: string,
): Promise<string | undefined> {
  const read = (text: string) => parseUserAddress(text, accounts.domain);
  const typed = await terminal.text({
    message,
    initial,
    validate: (text) =>
      text.trim() === '' || read(text) !== undefined ? undefined : words.prompts.notAJid(sanitize(text)),
    complete: (line, cursor) => completeFrom(accounts.knownAccounts(), line, cursor),
  });
  return read(typed) ?? (typed.trim() === '' ? initial : undefined);
}
