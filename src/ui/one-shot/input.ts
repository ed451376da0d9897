/** The values of an action for a run by flag: read, completed from standard input, asked for at a terminal. */
import type { Action } from '../../actions/action.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { missingParams, optionName, type RawInput, readInput, readValue } from '../parameters.ts';
import { sanitize } from '../sanitize.ts';
import { UsageError } from '../usage-error.ts';
import type { Ask, Passwords } from './passwords.ts';
import type { StandardInput } from './standard-input.ts';

export interface InputSources {
  readonly words: Catalogue;
  readonly raw: RawInput;
  /** completes bare user names */
  readonly domain?: string | undefined;
  /** bare JID of the account, where one is given */
  readonly account?: string | undefined;
  /** standard input, where it is no terminal */
  readonly stdin?: StandardInput | undefined;
  readonly ask?: Ask | undefined;
  readonly passwords: Passwords;
  readonly yes: boolean;
  /** milliseconds since 1970 */
  readonly now: number;
}

/** Resolves to what `run` gets; required values are there. Throws UsageError. */
export async function completeInput(action: Action, sources: InputSources): Promise<Record<string, unknown>> {
  const { domain, now } = sources;
  const input = readInput(action, sources.raw, { domain, now });
  // A text of blanks, or of nothing, was meant: nobody is asked for another, and standard input stays unread.
  const blank = missingParams(action, input).find((name) => sources.raw[name] !== undefined);
  if (blank !== undefined) throw wanted(action, blank);
  for (const name of missingParams(action, input)) input[name] = await missing(action, name, input, sources);
  const empty = missingParams(action, input)[0];
  if (empty !== undefined) throw wanted(action, empty);
  if (action.stdin === 'lines') {
    if (sources.stdin === undefined) throw new UsageError('no-lines');
    // Otherwise the password would be sent as the first line.
    await sources.passwords.taken();
  }
  await confirmed(action, input, sources);
  return input;
}

async function missing(
  action: Action,
  name: string,
  input: Readonly<Record<string, unknown>>,
  sources: InputSources,
): Promise<unknown> {
  const param = action.params[name];
  if (param === undefined) return undefined;
  const { words, stdin, ask, passwords, domain, now } = sources;
  if (param.secret) {
    const account = String(input.jid ?? sources.account ?? '');
    if (name !== 'newPassword') return passwords.password(account, { twice: action.name === 'register' });
    // As people know it: the old one first. Without an account there is nothing to log in to.
    if (account !== '') await passwords.password(account);
    return passwords.newPassword(account);
  }
  if (action.stdin === true && name === action.rest && stdin !== undefined) {
    // Otherwise the password would be sent as the first line of the text.
    await passwords.taken();
    return stdin.rest();
  }
  if (ask === undefined) return undefined;
  const question = words.help.questions[name] ?? name;
  const choices = param.choices === undefined ? '' : ` (${param.choices.join(', ')})`;
  const typed = await ask.text({ message: question + choices });
  return readValue(param, typed, { domain, now, label: question });
}

function wanted(action: Action, name: string): UsageError {
  if (action.stdin === true && name === action.rest) return new UsageError('missing-text');
  const own = name === action.value || name === action.rest;
  return new UsageError('missing-parameter', { option: `--${own ? action.name : optionName(action, name)}` });
}

/** What cannot be undone is asked for at a terminal, and needs `--yes` without one. */
async function confirmed(
  action: Action,
  input: Readonly<Record<string, unknown>>,
  { words, ask, yes, account }: InputSources,
): Promise<void> {
  if (action.confirm !== true || yes) return;
  if (ask === undefined) throw new UsageError('needs-yes');
  const message = questionOf(action.name, input.all === true, words, account);
  if (!(await ask.confirm({ message, initial: false }))) throw new UsageError('needs-yes');
}

function questionOf(
  action: string,
  all: boolean,
  { help: { confirm } }: Catalogue,
  account: string | undefined,
): string {
  if (action === 'wipe-data' && all) return confirm['wipe-all'];
  if (account === undefined || (action !== 'delete-account' && action !== 'wipe-data')) return confirm.any;
  return confirm[action](sanitize(account));
}
