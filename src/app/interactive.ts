/** The run of a person: a terminal, the menus, one account at a time. */
import type { ActionContext, BareContext } from '../actions/action.ts';
import type { Row } from '../actions/rows.ts';
import { actions } from '../actions/table.ts';
import { domainOf } from '../chat/address.ts';
import type { Client } from '../chat/client.ts';
import { fetchRegistrationForm, registerAccount } from '../chat/registration.ts';
import type { Config } from '../config/config.ts';
import type { Demo } from '../demo/demo.ts';
import type { Catalogue, Language } from '../i18n/catalogue.ts';
import type { StartPresence } from '../ui/cli/invocation.ts';
import { noConnection } from '../ui/connection-ended.ts';
import { menuLoop } from '../ui/menu.ts';
import type { Accounts, Credentials, MenuApp } from '../ui/menus/accounts.ts';
import { appear, loginAtStart } from '../ui/menus/login.ts';
import { type Tellings, type TellingsOptions, tellings } from '../ui/notifications/tellings.ts';
import { renderer } from '../ui/render.ts';
import { openTerminal } from '../ui/terminal/open.ts';
import { EXIT_CODES } from '../ui/terminal/signals.ts';
import { backgroundOf, colourLevel, createTheme } from '../ui/theme.ts';
import { type AccountHost, accountHost, accountOf, overridesOf, type Reach } from './account-host.ts';

export interface InteractiveOptions {
  readonly config: Config;
  /** PEM text of `--ca` */
  readonly ca: string | undefined;
  readonly words: Catalogue;
  readonly language: Language;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** password of the configuration */
  readonly password: string | undefined;
  /** begins with the demo (`--demo`) */
  readonly demo: boolean;
  readonly status: StartPresence | undefined;
}

/** Runs until the user leaves or a signal ends it; resolves to the exit code. */
export async function runMenus(options: InteractiveOptions): Promise<number> {
  const { config, words, env } = options;
  const level = colourLevel(config.noColor ? false : undefined, process.stdout.isTTY === true, env);
  const theme = createTheme({ level, background: backgroundOf(env) });
  const terminal = openTerminal({
    input: process.stdin,
    output: process.stdout,
    words: words.prompts,
    theme,
    env,
  });
  terminal.warm();
  const ended = new AbortController();
  const signalled = new Promise<number>((resolve) => {
    terminal.onSignal((signal) => {
      ended.abort();
      resolve(EXIT_CODES[signal]);
    });
    terminal.onGone(() => resolve(0));
  });
  const render = renderer({
    words,
    theme,
    // What is piped on is not cut to the width of a terminal that nobody has.
    columns: () => (terminal.interactive ? terminal.columns : undefined),
    now: Date.now,
  });
  const seats = accountSeats(options, {
    log: terminal.log,
    show: (row) => terminal.log(render.row(row)),
    tell: (client, more) => tellings({ client, words, theme, terminal, ...more }),
  });
  const app: MenuApp = {
    terminal,
    words,
    theme,
    actions,
    render,
    now: Date.now,
    accounts: seats.accounts,
    bare: seats.bare,
    context: seats.context,
    notify: seats.notify,
  };
  try {
    return await Promise.race([start(app, seats, options, ended.signal), signalled]);
  } finally {
    ended.abort();
    await seats.close();
    await terminal.close();
  }
}

/** With an account and its password in the configuration one is logged in at once. */
async function start(
  app: MenuApp,
  seats: Seats,
  { demo, config, password, status }: InteractiveOptions,
  signal: AbortSignal,
): Promise<number> {
  let client: Client | undefined;
  const presence = status && { show: seats.show(status), message: status.message };
  if (demo) {
    try {
      client = await app.accounts.demo?.({ signal });
    } catch (error) {
      app.terminal.log(app.theme.error(app.render.problem(error)));
      return 1;
    }
    if (client !== undefined) await appear(app, client, presence);
  } else if (config.jid !== undefined && password !== undefined)
    client = await loginAtStart(app, { jid: accountOf(config), password }, { presence, signal });
  return menuLoop(app, client);
}

interface Seats {
  readonly accounts: Accounts;
  bare: MenuApp['bare'];
  context: MenuApp['context'];
  notify: MenuApp['notify'];
  show(status: StartPresence): Parameters<Client['setPresence']>[0];
  close(): Promise<void>;
}

/** Where a seat's news goes. */
interface Telling {
  log(text: string): void;
  show(row: Row): void;
  tell(client: Client, more?: Pick<TellingsOptions, 'awaitsConnection'>): Tellings;
}

/** Logging in and registering; each server is reached as the configuration says, the demo's as the demo says. */
function accountSeats(options: InteractiveOptions, { log, show, tell }: Telling): Seats {
  const { config, version, language } = options;
  const languages = [language];
  const overrides = overridesOf(config);
  const host = accountHost({
    reach: { ...config, ca: options.ca },
    version,
    languages,
    overrides,
    reconnects: true,
  });
  const hosts: AccountHost[] = [host];
  const last = lastAccount(host);
  let demo: Demo | undefined;
  const told = new WeakMap<Client, Tellings>();
  /** which way a client has come */
  const hostOf = new WeakMap<Client, AccountHost>();
  /** the account of this run that was logged in last, and still exists */
  let used: string | undefined;

  function remember(client: Client): void {
    used = client.account;
    client.on('account', ({ kind }) => {
      if (kind === 'deleted') used = undefined;
    });
  }

  async function logIn(
    from: AccountHost,
    jid: string,
    password: string,
    signal: AbortSignal,
  ): Promise<Client> {
    const client = await from.client(jid, async () => password);
    hostOf.set(client, from);
    const telling = tell(client);
    const cancel = () => void client.close();
    signal.addEventListener('abort', cancel);
    try {
      await client.online('presence');
      signal.throwIfAborted();
      told.set(client, telling);
      if (from === host) remember(client);
      return client;
    } catch (error) {
      telling.close();
      await client.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  }

  async function workOffline({ jid, password }: Credentials): Promise<Client> {
    const client = await host.client(jid, async () => password, { insists: true });
    hostOf.set(client, host);
    told.set(client, tell(client, { awaitsConnection: true }));
    remember(client);
    // What ends it for good is told as the end of a connection.
    client.online('presence').catch(() => undefined);
    return client;
  }

  const accounts: Accounts = {
    get lastJid() {
      return used ?? config.jid ?? last.jid;
    },
    domain: config.domain ?? (config.jid === undefined ? undefined : domainOf(config.jid)),
    knownAccounts: () => [...new Set([...(used === undefined ? [] : [used]), ...last.all])],
    login: ({ jid, password }, { signal }) => logIn(host, jid, password, signal),
    workOffline,
    moveAside: () => host.moveAside(),
    registrationForm: (jid, { signal }) =>
      fetchRegistrationForm(host.session(jid, ''), { signal, folder: config.filesDir }),
    register: ({ jid, password, fields }) => registerAccount(host.session(jid, password), fields),
    async demo({ signal }) {
      log(options.words.menus.demoStarting);
      const { startDemo } = await import('../demo/demo.ts');
      demo ??= await startDemo({ language, version });
      const { service, ca, dataDir } = demo;
      const own = [domainOf(demo.jid)];
      const writtenFor = { service: own, ca: own };
      const reach: Reach = { ...config, resource: undefined, service, ca, writtenFor, dataDir };
      const demoHost = accountHost({ reach, version, languages, overrides, reconnects: true });
      hosts.push(demoHost);
      const client = await logIn(demoHost, demo.jid, demo.password, signal);
      await client.contacts.settled();
      return client;
    },
  };

  const bare = (
    from: AccountHost,
    { signal, account, domain }: Parameters<MenuApp['bare']>[0] & { domain: string | undefined },
  ): BareContext => ({
    signal,
    oneShot: false,
    timeout: config.timeout,
    domain,
    register: ({ jid, password, fields }) => registerAccount(host.session(jid, password), fields),
    examine: (name, tell) => from.examine(name, { account, signal, tell }),
    show,
    progress: () => {},
  });

  return {
    accounts,
    bare: (wish) => bare(host, { ...wish, domain: accounts.domain }),
    context: (client, { signal, progress }): ActionContext => ({
      ...bare(hostOf.get(client) ?? host, { signal, domain: domainOf(client.account) }),
      client,
      online: async (need) => {
        // The session comes back by itself; what needs it says so when it is asked.
        if (need !== 'nothing' && need !== 'store' && client.state === 'offline') throw noConnection(client);
      },
      progress,
    }),
    notify: (client, openChat) => (told.get(client) ?? tell(client)).start(openChat),
    show: ({ show }) => show as Parameters<Client['setPresence']>[0],
    async close() {
      await Promise.all(hosts.map((each) => each.close()));
      await demo?.stop();
    },
  };
}

/** Accounts with data here, by name; loaded behind the first menu. */
function lastAccount(host: AccountHost): {
  readonly jid: string | undefined;
  readonly all: readonly string[];
} {
  let all: readonly string[] = [];
  host.stores().then(
    (stores) => {
      all = stores.accounts.accounts().map(({ account }) => account);
    },
    // A data folder that cannot be used says so at the log-in.
    () => undefined,
  );
  return {
    get jid() {
      return all.length === 1 ? all[0] : undefined;
    },
    get all() {
      return all;
    },
  };
}
