/** Command lines: the words of one run become an `Invocation`, by the table of actions (product: at most one action). */
import type { Action } from '../actions/action.ts';
import type { Invocation, ListenRooms, StartPresence, Wish } from './cli/invocation.ts';
import { COMMON_OPTIONS, camel, flagActions, MODES, sideOptions } from './cli/options.ts';
import { type Split, splitArguments } from './cli/program.ts';
import { optionName, type RawInput } from './parameters.ts';
import { UsageError } from './usage-error.ts';

/** Takes the words after the program's name. Throws UsageError. Values are read later, where the domain is known. */
export function parseArguments(argv: readonly string[], actions: readonly Action[]): Invocation {
  const split = splitArguments(argv, actions);
  const { given } = split;
  for (const [name, values] of given)
    if (values.length > 1 && !mayRepeat(name, actions))
      throw new UsageError('given-twice', { option: `--${name}` });
  const common = {
    flags: commonFlags(given),
    passwordStdin: given.has('password-stdin'),
    yes: given.has('yes'),
  };
  // Whoever asks for help gets it, whatever else stands there.
  if (given.has('help')) return { kind: 'help', ...common };
  if (given.has('version')) return { kind: 'version', ...common };
  return { ...wishOf(split, actions), ...common };
}

function wishOf(split: Split, actions: readonly Action[]): Wish {
  const { given } = split;
  const asked = flagActions(actions).filter(({ name }) => given.has(name));
  const modes = MODES.filter((name) => given.has(name));
  const mode = modes[0];
  const companions = mode === 'listen' ? ['join', 'status'] : mode === 'demo' ? ['status'] : [];
  const own = asked.filter(({ name }) => !companions.includes(name));
  const first = [...modes, ...own.map(({ name }) => name)];
  if (first.length > 1)
    throw new UsageError('two-actions', { first: `--${first[0]}`, second: `--${first[1]}` });
  const rest = asked.find((action) => action.rest !== undefined);
  if (split.words.length > 0 && rest === undefined)
    throw new UsageError('stray-words', { words: split.words.join(' ') });
  checkSideOptions(given, asked, actions);
  if (mode === 'listen')
    return { kind: 'listen', join: roomsOf(given, asked), status: presenceOf(split, asked) };
  if (mode === 'demo') return { kind: 'demo', status: presenceOf(split, asked) };
  const action = own[0];
  if (action === undefined) return { kind: 'menu' };
  if ((given.get(action.name)?.length ?? 0) > 1)
    throw new UsageError('given-twice', { option: `--${action.name}` });
  return { kind: 'action', action, input: inputOf(action, split) };
}

function mayRepeat(name: string, actions: readonly Action[]): boolean {
  if (name === 'join') return true;
  return flagActions(actions).some((action) =>
    sideOptions(action).some((side) => side.name === name && action.params[side.param]?.many === true),
  );
}

function inputOf(action: Action, { given, words }: Split): RawInput {
  const input: Record<string, string | readonly string[] | boolean> = {};
  const own = given.get(action.name)?.[0];
  if (action.value !== undefined && own !== undefined)
    input[action.value] = undashed(action, action.value, own);
  if (action.rest !== undefined && words.length > 0) input[action.rest] = words.join(' ');
  for (const { name, param } of sideOptions(action)) {
    const values = given.get(name);
    if (values === undefined) continue;
    if (action.params[param]?.kind === 'switch') input[param] = true;
    else if (action.params[param]?.many === true) input[param] = values;
    else input[param] = undashed(action, param, values[0] ?? '');
  }
  return input;
}

/** A JID that starts with `-` is a forgotten value (product: wrong usage). */
function undashed(action: Action, param: string, value: string): string {
  const kind = action.params[param]?.kind;
  const address = kind === 'jid' || kind === 'full-jid' || kind === 'room';
  if (address && value.startsWith('-'))
    throw new UsageError('starts-with-dash', { option: `--${action.name}`, value });
  return value;
}

/** `--nick` without `--join` or `--send-room` means nothing. */
function checkSideOptions(
  given: ReadonlyMap<string, unknown>,
  asked: readonly Action[],
  actions: readonly Action[],
): void {
  const all = flagActions(actions).flatMap(sideOptions);
  for (const name of given.keys()) {
    const owners = all.filter((side) => side.name === name).map(({ action }) => action);
    if (name === 'yes') owners.push(...flagActions(actions).filter(({ confirm }) => confirm === true));
    if (owners.length === 0 || owners.some((owner) => asked.includes(owner))) continue;
    throw new UsageError('option-without-action', {
      option: `--${name}`,
      actions: [...new Set(owners.map((owner) => `--${owner.name}`))].join(', '),
    });
  }
}

function roomsOf(given: ReadonlyMap<string, readonly string[]>, asked: readonly Action[]): ListenRooms {
  const join = asked.find(({ name }) => name === 'join');
  if (join === undefined || join.value === undefined) return { rooms: [] };
  const value = join.value;
  const option = (param: string) => given.get(optionName(join, param))?.[0];
  return {
    rooms: (given.get('join') ?? []).map((room) => undashed(join, value, room)),
    nick: option('nick'),
    password: option('password'),
  };
}

function presenceOf(split: Split, asked: readonly Action[]): StartPresence | undefined {
  const status = asked.find(({ name }) => name === 'status');
  const show = split.given.get('status')?.[0];
  if (status === undefined || show === undefined) return undefined;
  const choices = (status.value === undefined ? undefined : status.params[status.value])?.choices;
  if (choices !== undefined && !choices.includes(show))
    throw new UsageError('not-a-choice', { option: '--status', value: show, choices: choices.join(', ') });
  return { show, message: split.words.join(' ') };
}

function commonFlags(given: ReadonlyMap<string, readonly string[]>): Record<string, string | boolean> {
  const flags: Record<string, string | boolean> = {};
  for (const { name, value, choices } of COMMON_OPTIONS) {
    const values = given.get(name);
    if (values === undefined || name === 'password-stdin') continue;
    const text = values[0] ?? '';
    if (name === 'jid' && text.startsWith('-'))
      throw new UsageError('starts-with-dash', { option: '--jid', value: text });
    if (choices !== undefined && name !== 'lang' && !choices.includes(text))
      throw new UsageError('not-a-choice', { option: `--${name}`, value: text, choices: choices.join(', ') });
    flags[camel(name)] = value === undefined ? true : text;
  }
  return flags;
}
