/** The composition root: reads what the run is asked for and puts the rooms together for it. */
import about from '../package.json' with { type: 'json' };
import { actions } from './actions/table.ts';
import { parseAddress } from './chat/address.ts';
import { type Config, loadConfig } from './config/config.ts';
import { configuredPassword, type Password, readCertificates } from './config/passwords.ts';
import { checkTrace } from './config/trace.ts';
import { type Catalogue, catalogueFor, chooseLanguage, type Language } from './i18n/catalogue.ts';
import { wantedLanguage, wantsJson } from './ui/cli/early.ts';
import type { Invocation } from './ui/cli/invocation.ts';
import { parseArguments } from './ui/cli.ts';
import { exitCodeOf, READER_GONE } from './ui/exit-codes.ts';
import { output } from './ui/one-shot/output.ts';
import { problemLine, problemOf, warningText } from './ui/sentences.ts';

/** Everything of the process that a run looks at. */
export interface Surroundings {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** Runs the program; resolves to its exit code. What goes wrong has been said then, in one line. */
export async function run({ argv, env, cwd }: Surroundings): Promise<number> {
  // Where nobody reads what went wrong, the exit code says it.
  process.stderr.on('error', () => {});
  let words = await catalogueFor(chooseLanguage(wantedLanguage(argv), env));
  try {
    const invocation = parseArguments(argv, actions);
    if (invocation.kind === 'version') return await print(about.version);
    if (invocation.kind === 'help') return await print(await help(words));
    const config = loadConfig({ env, cwd, flags: flagsOf(invocation), about: aboutOf(invocation) });
    const language = chooseLanguage(config.lang, env);
    words = await catalogueFor(language);
    const ca = readCertificates(config);
    checkTrace(config);
    warn(config.warnings, config, words);
    return await perform(invocation, { config, ca, language, words, env, version: about.version });
  } catch (error) {
    await complain(error, words, wantsJson(argv));
    return exitCodeOf(error);
  }
}

interface Scene {
  readonly config: Config;
  /** PEM text of `--ca` */
  readonly ca: string | undefined;
  readonly language: Language;
  readonly words: Catalogue;
  readonly env: Surroundings['env'];
  readonly version: string;
}

async function perform(invocation: Invocation, scene: Scene): Promise<number> {
  if (invocation.kind === 'action' || invocation.kind === 'listen') {
    const { runScripted } = await import('./app/scripted.ts');
    return runScripted({ ...scene, invocation });
  }
  const demo = invocation.kind === 'demo';
  const password = demo ? undefined : configuredPassword(scene.config);
  warn(password?.warnings ?? [], scene.config, scene.words);
  const { runMenus } = await import('./app/interactive.ts');
  const status = demo ? invocation.status : undefined;
  return runMenus({ ...scene, password: password?.password, demo, status });
}

/** `--register <jid>` says which account the files must be written for, as `--jid` does. */
function flagsOf(invocation: Invocation): Invocation['flags'] {
  if (invocation.kind !== 'action' || invocation.action.needs !== 'nothing') return invocation.flags;
  const { jid } = invocation.input;
  if (typeof jid !== 'string' || invocation.flags.jid !== undefined) return invocation.flags;
  // What is no JID is the action's to refuse, by the name that it was given by.
  if (parseAddress(jid, 'localhost') === undefined) return invocation.flags;
  return { ...invocation.flags, jid };
}

/** What `--register` creates and `--doctor` checks, whosever account stands beside it. */
function aboutOf(invocation: Invocation): string | undefined {
  if (invocation.kind !== 'action' || invocation.action.needs !== 'nothing') return undefined;
  const { jid, domain } = invocation.input;
  if (typeof jid === 'string' && jid.includes('@')) return jid;
  return typeof domain === 'string' ? domain : undefined;
}

async function help(words: Catalogue): Promise<string> {
  const [{ helpText }, { colourLevel, createTheme }] = await Promise.all([
    import('./ui/cli/help.ts'),
    import('./ui/theme.ts'),
  ]);
  const level = colourLevel(undefined, process.stdout.isTTY === true, process.env);
  return helpText(actions, words, createTheme({ level, background: 'dark' }), process.stdout.columns ?? 80);
}

function warn(warnings: Password['warnings'], config: Config, words: Catalogue): void {
  if (config.quiet) return;
  for (const warning of warnings) process.stderr.write(`${warningText(warning, words)}\n`);
}

/** As an error of an action would be told: a JSON line, or one line for a person. */
async function complain(error: unknown, words: Catalogue, json: boolean): Promise<void> {
  const problem = problemOf(error, words);
  if (json) {
    const { jsonOutput } = await import('./ui/json.ts');
    const out = output(process.stdout);
    jsonOutput(out.line).fail(problem);
    await out.flush();
    if (!out.closed.aborted) return;
  }
  if (problem.exitCode !== READER_GONE) process.stderr.write(`${problemLine(problem, words)}\n`);
}

/** Resolves to exit code 0 when it is written; rejects with OutputError where nobody takes it (`| true`). */
async function print(text: string): Promise<number> {
  const out = output(process.stdout);
  out.line(text);
  await out.flush();
  out.closed.throwIfAborted();
  return 0;
}
