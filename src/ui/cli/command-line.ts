/** The command line that does the same as an action with its input: what menus can print. */
import type { Action } from '../../actions/action.ts';
import type { Param } from '../../actions/params.ts';
import { optionName } from '../parameters.ts';

/**
 * Resolves to a command line for a POSIX shell, or undefined where the action has no flag.
 * Secrets, passwords of rooms too, are left out: they would stand in the shell's history.
 */
export function commandLine(
  action: Action,
  input: Readonly<Record<string, unknown>>,
  account?: string,
): string | undefined {
  if (action.flag === false) return undefined;
  const words = ['xmpp-chat'];
  if (account !== undefined) words.push('-j', quote(account));
  words.push(...option(action.name, action.value === undefined ? true : textOf(input, action, action.value)));
  for (const [name, param] of Object.entries(action.params)) {
    if (name === action.value || name === action.rest || isSecret(name, param)) continue;
    const values = param.many ? ((input[name] ?? []) as readonly unknown[]) : [input[name]];
    for (const value of values) words.push(...option(optionName(action, name), asText(param, value)));
  }
  if (action.confirm === true) words.push('--yes');
  const rest = action.rest === undefined ? undefined : textOf(input, action, action.rest);
  if (typeof rest === 'string' && rest !== '')
    words.push(...(rest.startsWith('-') ? ['--', quote(rest)] : [quote(rest)]));
  return words.join(' ');
}

/** Quotes one word for a POSIX shell (IEEE 1003.1 §2.2.2). */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function option(name: string, value: string | boolean | undefined): string[] {
  if (value === undefined || value === false) return [];
  if (value === true) return [`--${name}`];
  // A value that looks like an option must hang on its own one.
  return value.startsWith('-') ? [`--${name}=${quote(value)}`] : [`--${name}`, quote(value)];
}

function textOf(input: Readonly<Record<string, unknown>>, action: Action, name: string): string | true {
  const param = action.params[name];
  const value = param === undefined ? undefined : asText(param, input[name]);
  return typeof value === 'string' ? value : true;
}

function asText(param: Param<unknown>, value: unknown): string | boolean | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'boolean') return value;
  if (param.kind === 'date' && typeof value === 'number') return new Date(value).toISOString();
  return String(value);
}

function isSecret(name: string, param: Param<unknown>): boolean {
  return param.secret || /password/i.test(name);
}
