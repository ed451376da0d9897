/** Logging in, with the account of the last time at hand. */
import { domainOf } from '../../chat/address.ts';
import type { Client } from '../../chat/client.ts';
import type { FilledForm } from '../../chat/form.ts';
import { named } from '../exit-codes.ts';
import { attempt, complain } from '../run-action.ts';
import { sanitize } from '../sanitize.ts';
import { InterruptedError } from '../terminal.ts';
import type { Credentials, MenuApp } from './accounts.ts';
import { askAccount, logInto } from './own-account.ts';
import { createAccount } from './register.ts';
import { whileWorking } from './working.ts';

/** Resolves to a client that is logged in, undefined where the user goes back or it failed, which is said. */
export async function login(app: MenuApp): Promise<Client | undefined> {
  const { terminal, words, accounts } = app;
  const jid = await askAccount(app, words.menus.login.jid, accounts.lastJid);
  if (jid === undefined) return undefined;
  const password = await terminal.password({ message: words.menus.login.password });
  if (password === '') return undefined;
  const credentials = { jid, password };
  try {
    return await logInto(app, credentials);
  } catch (error) {
    if (isDamaged(error)) return offerAnew(app, credentials, error);
    complain(app, error, { action: 'login', values: { jid, domain: domainOf(jid) } });
    if (isRefusal(error)) return offerRegistration(app, credentials);
    return offerOffline(app, credentials, error);
  }
}

/** How one wants to be seen from the start. */
type Presence = { readonly show: Parameters<Client['setPresence']>[0]; readonly message: string } | undefined;

/** Logs in with what the configuration says, and tells what fails; where it is the network one may go on without. */
export async function loginAtStart(
  app: MenuApp,
  credentials: Credentials,
  { presence, signal }: { readonly presence: Presence; readonly signal: AbortSignal },
): Promise<Client | undefined> {
  const { accounts, terminal } = app;
  let client: Client | undefined;
  try {
    client = await accounts.login(credentials, { signal });
  } catch (error) {
    terminal.log(app.theme.error(app.render.problem(error)));
    // What is piped in are choices of the menu; Ctrl-C at the question goes on to it.
    if (terminal.interactive)
      client = await offerOffline(app, credentials, error).catch((reason: unknown) => {
        if (!(reason instanceof InterruptedError)) throw reason;
        return undefined;
      });
  }
  if (client !== undefined) await appear(app, client, presence);
  return client;
}

/** Shows the presence that was asked for, now or with the connection that is waited for. Never rejects. */
export async function appear(app: MenuApp, client: Client, presence: Presence): Promise<void> {
  if (presence === undefined) return;
  const { show, message } = presence;
  if (client.state === 'offline' || client.state === 'connecting') return client.savePresence(show, message);
  try {
    await client.setPresence(show, message);
  } catch (error) {
    app.terminal.log(app.theme.error(app.render.problem(error)));
  }
}

/** conditions of a ConnectionError that pass */
const PASSING = ['dns-not-found', 'dns-failed', 'refused', 'unreachable', 'timeout', 'closed'];

/**
 * What is kept here can be read without a connection, and written to: of an account that has something here, where it
 * is the network that fails. Resolves to undefined where not, and where the user does not want to.
 */
async function offerOffline(
  app: MenuApp,
  credentials: Credentials,
  failure: unknown,
): Promise<Client | undefined> {
  const { terminal, words, accounts } = app;
  const { name, condition = '' } = named(failure);
  const passes = name === 'TimeoutError' || (name === 'ConnectionError' && PASSING.includes(condition));
  if (!passes || !accounts.knownAccounts().includes(credentials.jid)) return undefined;
  if (!(await terminal.confirm({ message: words.menus.login.workOffline, initial: false }))) return undefined;
  let client: Client | undefined;
  await attempt(app, async () => {
    client = await accounts.workOffline(credentials);
  });
  return client;
}

function isDamaged(error: unknown): error is Error {
  const { name, condition } = named(error);
  return name === 'StorageError' && condition === 'corrupt';
}

/** What cannot be read is moved aside only if the user says so; then the archive fills what is new. */
async function offerAnew(app: MenuApp, credentials: Credentials, damage: Error): Promise<Client | undefined> {
  const { terminal, words, theme } = app;
  complain(app, damage, { action: 'login', values: {} });
  if (!(await terminal.confirm({ message: words.menus.login.moveAside, initial: false }))) return undefined;
  let client: Client | undefined;
  await attempt(app, async () => {
    const kept = await app.accounts.moveAside();
    terminal.log(theme.success(words.menus.login.movedAside(sanitize(kept))));
    client = await logInto(app, credentials);
  });
  return client;
}

/** The server does not know the account, or not with this password: SASL does not say which (RFC 6120 §6.5.10). */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'condition' in error && error.condition === 'not-authorized';
}

/** Only where the server registers accounts at all. */
async function offerRegistration(app: MenuApp, credentials: Credentials): Promise<Client | undefined> {
  const { jid } = credentials;
  let form: FilledForm | undefined;
  try {
    form = await whileWorking(
      app,
      { message: app.words.menus.login.connecting(sanitize(domainOf(jid))) },
      (signal) => app.accounts.registrationForm(jid, { signal }),
    );
  } catch {
    return undefined; // it registers nobody: the refusal was said already
  }
  if (form.url !== undefined && form.fields.length === 0) return undefined;
  const message = app.words.menus.login.offerRegister(sanitize(jid));
  if (!(await app.terminal.confirm({ message, initial: false }))) return undefined;
  let client: Client | undefined;
  await attempt(app, async () => {
    client = await createAccount(app, credentials, form);
  });
  return client;
}
