/** The commander program, made from the table of actions. It only splits the words; `cli.ts` says what they mean. */
import { Command, CommanderError, Option } from 'commander';
import type { Action } from '../../actions/action.ts';
import { nearest } from '../../actions/nearest.ts';
import { UsageError } from '../usage-error.ts';
import { COMMON_OPTIONS, flagActions, MODES, sideOptions } from './options.ts';

export interface Split {
  /** every option that was given, by its name without dashes, with its values; none for a switch */
  readonly given: ReadonlyMap<string, readonly string[]>;
  /** the words that belong to no option */
  readonly words: readonly string[];
}

interface Known {
  readonly name: string;
  readonly value: 'none' | 'optional' | 'required';
  readonly short?: string | undefined;
}

/** Takes the words after the program's name. Throws UsageError. */
export function splitArguments(argv: readonly string[], actions: readonly Action[]): Split {
  const known = knownOptions(actions);
  const end = textMark(argv, known);
  const head = argv.slice(0, end);
  const given = new Map<string, string[]>();
  const program = new Command('xmpp-chat')
    .helpOption(false)
    .argument('[words...]')
    .allowExcessArguments()
    .exitOverride()
    // commander's own sentences are English; ours are made from conditions.
    .configureOutput({ writeOut: () => {}, writeErr: () => {}, outputError: () => {} });
  for (const option of known) program.addOption(commanderOption(option));
  for (const { name } of known)
    program.on(`option:${name}`, (value: string | null) => {
      given.set(name, [...(given.get(name) ?? []), ...(value === null ? [] : [value])]);
    });
  parse(program, head, known);
  const dashed = program.args.find((word) => word.length > 1 && word.startsWith('-'));
  if (dashed !== undefined) throw unknownOption(dashed, known);
  return { given, words: [...program.args, ...argv.slice(end + 1)] };
}

function parse(program: Command, head: readonly string[], known: readonly Known[]): void {
  try {
    program.parse(head, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw usageError(error.code, head, known);
  }
}

function commanderOption({ name, short, value }: Known): Option {
  const takes = { none: '', optional: ' [value]', required: ' <value>' }[value];
  return new Option(`${short === undefined ? '' : `-${short}, `}--${name}${takes}`);
}

function knownOptions(actions: readonly Action[]): Known[] {
  const known: Known[] = [
    ...MODES.map((name) => ({ name, value: 'none' as const, short: name === 'help' ? 'h' : undefined })),
    ...COMMON_OPTIONS.map(({ name, short, value }) => ({
      name,
      short,
      value: value === undefined ? ('none' as const) : ('required' as const),
    })),
    { name: 'yes', value: 'none' },
  ];
  const add = (option: Known) => {
    if (!known.some(({ name }) => name === option.name)) known.push(option);
  };
  for (const action of flagActions(actions)) {
    const own = action.value === undefined ? undefined : action.params[action.value];
    add({
      name: action.name,
      value: own === undefined ? 'none' : own.required ? 'required' : 'optional',
    });
    for (const { name, param } of sideOptions(action))
      add({ name, value: action.params[param]?.kind === 'switch' ? 'none' : 'required' });
  }
  return known;
}

/** Where the `--` stands behind which everything is text; a value that happens to be `--` is none. */
function textMark(argv: readonly string[], known: readonly Known[]): number {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (word === '--') return i;
    const option = exactly(word, known);
    if (option?.value !== 'required') continue;
    const value = argv[i + 1];
    // An option where a value should stand: the value was forgotten.
    if (value === undefined || value === '--' || exactly(value, known) !== undefined)
      throw new UsageError('missing-value', { option: word });
    i++;
  }
  return argv.length;
}

function exactly(word: string, known: readonly Known[]): Known | undefined {
  return known.find(
    ({ name, short }) => word === `--${name}` || (short !== undefined && word === `-${short}`),
  );
}

/** commander tells what is wrong by a code; which option it was is found in the words themselves. */
function usageError(code: string, head: readonly string[], known: readonly Known[]): UsageError {
  const dashed = head.filter((word) => /^-./.test(word));
  const nameOf = (word: string) => word.replace(/=[\s\S]*$/, '');
  const overfed = dashed.find((word) => word.includes('=') && exactly(nameOf(word), known)?.value === 'none');
  if (overfed !== undefined) return new UsageError('unexpected-value', { option: nameOf(overfed) });
  if (code !== 'commander.unknownOption')
    return new UsageError('missing-value', { option: dashed.at(-1) ?? '' });
  const cluster = (word: string) =>
    known.some(({ short }) => short !== undefined && word.startsWith(`-${short}`));
  const unknown = dashed.find((word) => exactly(nameOf(word), known) === undefined && !cluster(word));
  return unknownOption(unknown ?? dashed.at(-1) ?? '', known);
}

function unknownOption(word: string, known: readonly Known[]): UsageError {
  const option = word.replace(/=[\s\S]*$/, '');
  const like = nearest(
    option,
    known.map(({ name }) => `--${name}`),
  );
  // `-5 °C` was a text, where nothing else can have been meant.
  if (like === undefined && /^-[^-]/.test(option)) return new UsageError('dashed-text', { option });
  return new UsageError('unknown-option', { option, nearest: like ?? '' });
}
