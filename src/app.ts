/** The composition root: reads what the run is asked for and puts the rooms together for it. */
import about from '../package.json' with { type: 'json' };
import { actions } from './actions/table.ts';
import { type Config, loadConfig } from './config/config.ts';
import { configuredPassword, readCertificates } from './config/passwords.ts';
import { type Catalogue, catalogueFor, chooseLanguage, type Language } from './i18n/catalogue.ts';
import type { Invocation } from './ui/cli/invocation.ts';
import { parseArguments } from './ui/cli.ts';
import { exitCodeOf } from './ui/exit-codes.ts';
import { fatalLine } from './ui/sentences.ts';

/** Everything of the process that a run looks at. */
export interface Surroundings {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** Runs the program; resolves to its exit code. What goes wrong has been said then, in one line. */
export async function run({ argv, env, cwd }: Surroundings): Promise<number> {
  let words = await catalogueFor(chooseLanguage(languageIn(argv), env));
  try {
    const invocation = parseArguments(argv, actions);
    if (invocation.kind === 'version') return print(`${about.version}\n`);
    const config = loadConfig({ env, cwd, flags: flagsOf(invocation) });
    const language = chooseLanguage(config.lang, env);
    words = await catalogueFor(language);
    return await perform(invocation, { config, language, words, env });
  } catch (error) {
    process.stderr.write(`${fatalLine(error, words)}\n`);
    return exitCodeOf(error);
  }
}

interface Scene {
  readonly config: Config;
  readonly language: Language;
  readonly words: Catalogue;
  readonly env: Surroundings['env'];
}

async function perform(invocation: Invocation, scene: Scene): Promise<number> {
  const ca = readCertificates(scene.config);
  const shared = { ...scene, ca, version: about.version };
  if (invocation.kind === 'action' || invocation.kind === 'listen') {
    const { runScripted } = await import('./app/scripted.ts');
    return runScripted({ ...shared, invocation });
  }
  const { runMenus } = await import('./app/interactive.ts');
  return runMenus({
    ...shared,
    password: configuredPassword(scene.config)?.password,
    demo: invocation.kind === 'demo',
    status: invocation.kind === 'demo' ? invocation.status : undefined,
  });
}

/** `--register <jid>` says which account the files must be written for, as `--jid` does. */
function flagsOf(invocation: Invocation): Invocation['flags'] {
  if (invocation.kind !== 'action' || invocation.action.needs !== 'nothing') return invocation.flags;
  const { jid } = invocation.input;
  return typeof jid === 'string' && invocation.flags.jid === undefined
    ? { ...invocation.flags, jid }
    : invocation.flags;
}

/** The language asked for, before anything else is read: errors are told in it. */
function languageIn(argv: readonly string[]): string | undefined {
  const at = argv.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  const word = argv[at];
  return word === '--lang' ? argv[at + 1] : word?.slice('--lang='.length);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}
