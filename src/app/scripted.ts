/** The run of a script: one action by its flag, or `--listen`. Nothing of the menus is loaded for it. */
import type { ActionContext, BareContext } from '../actions/action.ts';
import { bareOf, domainOf } from '../chat/address.ts';
import type { Client } from '../chat/client.ts';
import type { Config } from '../config/config.ts';
import { configuredNewPassword, configuredPassword, type Password } from '../config/passwords.ts';
import type { Catalogue, Language } from '../i18n/catalogue.ts';
import type { Invocation } from '../ui/cli/invocation.ts';
import { type Interrupts, interrupts } from '../ui/interrupts.ts';
import { type Output, output } from '../ui/one-shot/output.ts';
import { type Ask, type Passwords, passwords } from '../ui/one-shot/passwords.ts';
import { standardInput } from '../ui/one-shot/standard-input.ts';
import { runOneShot } from '../ui/one-shot.ts';
import { warningText } from '../ui/sentences.ts';
import type { Theme } from '../ui/theme.ts';
import { UsageError } from '../ui/usage-error.ts';
import { type AccountHost, accountHost, accountOf, overridesOf } from './account-host.ts';

export interface ScriptedOptions {
  readonly invocation: Invocation;
  readonly config: Config;
  /** PEM text of `--ca` */
  readonly ca: string | undefined;
  readonly words: Catalogue;
  readonly language: Language;
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What every scripted run has: the streams, the account, its password. */
interface Stage extends ScriptedOptions {
  /** of standard output; loaded where something is coloured */
  readonly theme: () => Promise<Theme>;
  readonly out: Output;
  readonly err: Output;
  readonly host: AccountHost;
  readonly interrupts: Interrupts;
  readonly passwords: Passwords;
  readonly stdin: ReturnType<typeof standardInput> | undefined;
  readonly ask: Ask | undefined;
  readonly asked: () => Promise<void>;
}

/** Resolves to the exit code when everything is closed. Throws UsageError. */
export async function runScripted(options: ScriptedOptions): Promise<number> {
  const { config, ca, words, language, version, invocation } = options;
  const caught = interrupts();
  const out = output(process.stdout);
  const host = accountHost({
    intake: out.intake,
    reach: { ...config, ca },
    version,
    languages: [language],
    overrides: overridesOf(config),
    reconnects:
      invocation.kind === 'listen' || (invocation.kind === 'action' && invocation.action.lasts === true),
  });
  const asking = questions(options);
  const stdin = process.stdin.isTTY === true ? undefined : standardInput(process.stdin);
  // A terminal would show it line by line; a question does not.
  const typed = invocation.passwordStdin && asking.ask !== undefined;
  const stage: Stage = {
    ...options,
    theme: () => themeOf(options, process.stdout.isTTY === true),
    out,
    err: output(process.stderr),
    host,
    interrupts: caught,
    stdin,
    ask: asking.ask,
    asked: asking.close,
    passwords: passwords({
      words,
      stdin: invocation.passwordStdin && !typed ? (stdin ?? standardInput(process.stdin)) : undefined,
      configured: () => (typed ? undefined : heeded(configuredPassword(config), options)),
      configuredNew: () => heeded(configuredNewPassword(config), options),
      ask: asking.ask,
    }),
  };
  try {
    if (invocation.kind === 'listen') return await runListen(stage, invocation);
    if (invocation.kind === 'action') return await runAction(stage, invocation);
    return 0;
  } finally {
    await host.close();
    await asking.close();
    caught.close();
    // A pipe that somebody keeps open must not keep us.
    process.stdin.destroy();
  }
}

/** The password, once it is said what is wrong with how it is kept. */
function heeded(found: Password | undefined, { config, words }: ScriptedOptions): string | undefined {
  const warnings = config.quiet ? [] : (found?.warnings ?? []);
  for (const warning of warnings) process.stderr.write(`${warningText(warning, words)}\n`);
  return found?.password;
}

function runAction(stage: Stage, invocation: Extract<Invocation, { kind: 'action' }>): Promise<number> {
  const { config, words, theme, out, err, stdin, ask, host } = stage;
  const { action, input } = invocation;
  const account = config.jid === undefined ? undefined : bareOf(config.jid);
  return runOneShot({
    action,
    input,
    words,
    theme,
    json: config.json,
    quiet: config.quiet,
    yes: invocation.yes,
    account,
    domain: account === undefined ? config.domain : domainOf(account),
    out,
    err,
    errStream: process.stderr,
    columns: process.stdout.isTTY === true ? process.stdout.columns : undefined,
    stdin,
    ask,
    asked: stage.asked,
    passwords: stage.passwords,
    signal: stage.interrupts.signal,
    now: Date.now,
    bare: bareContext(stage),
    async prepare() {
      const own = accountOf(stage.config);
      return accountContext(await host.client(own, () => stage.passwords.password(own)));
    },
  });
}

function bareContext(stage: Stage): Pick<BareContext, 'timeout' | 'domain' | 'register' | 'examine'> {
  const { config, host, interrupts } = stage;
  return {
    timeout: config.timeout,
    domain: config.jid === undefined ? config.domain : domainOf(config.jid),
    async register({ jid, password, fields }) {
      const { registerAccount } = await import('../chat/registration.ts');
      if (!jid.includes('@')) throw new UsageError('account-without-server', { jid });
      await registerAccount(host.session(jid, password), fields);
    },
    async examine(domain, tell) {
      // Nobody is asked for a password: who gives one with the account wants to be logged in.
      const own = config.jid === undefined ? undefined : bareOf(config.jid);
      const password = own === undefined ? undefined : await stage.passwords.given();
      return host.examine(domain, {
        account: own === undefined || password === undefined ? undefined : { jid: own, password },
        signal: interrupts.signal,
        tell,
      });
    },
  };
}

function accountContext(client: Client): Pick<ActionContext, 'client' | 'online'> {
  return {
    client,
    async online(need) {
      if (need !== 'nothing' && need !== 'store') await client.online(need);
    },
  };
}

async function runListen(
  stage: Stage,
  { join, status }: Extract<Invocation, { kind: 'listen' }>,
): Promise<number> {
  const { config, words, theme, out, err, host } = stage;
  const account = accountOf(stage.config);
  const client = await host.client(account, () => stage.passwords.password(account));
  if (status !== undefined)
    client.savePresence(status.show as Parameters<Client['savePresence']>[0], status.message);
  const [{ listen }, shades] = await Promise.all([import('../ui/listen.ts'), theme()]);
  return listen({
    client,
    words,
    theme: shades,
    json: config.json,
    out,
    err,
    signal: stage.interrupts.signal,
    about: { account, domain: domainOf(account) },
    now: Date.now,
    async start() {
      await client.online('presence');
      for (const room of join.rooms) {
        await client.rooms.join(await client.rooms.address(room), {
          nick: join.nick,
          password: join.password,
          keep: true,
        });
      }
    },
  });
}

async function themeOf({ config, env }: ScriptedOptions, isTTY: boolean): Promise<Theme> {
  const { backgroundOf, colourLevel, createTheme } = await import('../ui/theme.ts');
  const level = colourLevel(config.noColor ? false : undefined, isTTY, env);
  return createTheme({ level, background: backgroundOf(env) });
}

/** Questions at a terminal, on standard error; the terminal is taken when the first one is asked. */
function questions(options: ScriptedOptions): {
  ask: Ask | undefined;
  close(): Promise<void>;
} {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true)
    return { ask: undefined, close: async () => undefined };
  const { words, env } = options;
  let opened: Promise<Ask & { close(): Promise<void> }> | undefined;
  const terminal = () => {
    opened ??= (async () => {
      const [{ openTerminal }, theme] = await Promise.all([
        import('../ui/terminal/open.ts'),
        themeOf(options, true),
      ]);
      return openTerminal({ input: process.stdin, output: process.stderr, words: words.prompts, theme, env });
    })();
    return opened;
  };
  return {
    ask: {
      text: async (prompt, options) => (await terminal()).text(prompt, options),
      password: async (prompt, options) => (await terminal()).password(prompt, options),
      confirm: async (prompt, options) => (await terminal()).confirm(prompt, options),
    },
    close: async () => (await opened)?.close(),
  };
}
