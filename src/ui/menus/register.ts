/** Registering a new account by the server's own form, then logging in with it. */
import { domainOf } from '../../chat/address.ts';
import type { Client } from '../../chat/client.ts';
import type { FilledForm } from '../../chat/form.ts';
import { sanitize } from '../sanitize.ts';
import type { Credentials, MenuApp } from './accounts.ts';
import { askNewPassword } from './ask.ts';
import { submitForm } from './form.ts';
import { askAccount, logInto } from './own-account.ts';
import { whileWorking } from './working.ts';

/** Resolves to a client that is logged in with the new account, undefined where the user goes back. */
export async function register(app: MenuApp): Promise<Client | undefined> {
  const { register: labels, login } = app.words.menus;
  const jid = await askAccount(app, labels.jid);
  if (jid === undefined) return undefined;
  const form = await whileWorking(app, { message: login.connecting(sanitize(domainOf(jid))) }, (signal) =>
    app.accounts.registrationForm(jid, { signal }),
  );
  if (form.url !== undefined && form.fields.length === 0) {
    app.terminal.log(labels.redirect(sanitize(form.url)));
    return undefined;
  }
  const password = await askNewPassword(app, labels.password);
  return password === undefined ? undefined : createAccount(app, { jid, password }, form);
}

/** Fills in the form, creates the account, logs in; undefined where the user gives up. Rejects with what the server says. */
export async function createAccount(
  app: MenuApp,
  credentials: Credentials,
  form: FilledForm,
): Promise<Client | undefined> {
  const { register: labels } = app.words.menus;
  const domain = sanitize(domainOf(credentials.jid));
  if (form.fields.length > 0) app.terminal.log(labels.form(domain));
  const sent = await submitForm(app, form, (fields) =>
    whileWorking(app, { message: app.words.menus.login.connecting(domain) }, (signal) =>
      app.accounts.register({ ...credentials, fields: { ...form.hidden, ...fields } }, { signal }),
    ),
  );
  if (sent === false) return undefined;
  app.terminal.log(app.theme.success(labels.done(sanitize(credentials.jid))));
  return logInto(app, credentials);
}
