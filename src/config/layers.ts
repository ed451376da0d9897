/** One layer of settings each: the config file, `.env`, the environment, the flags. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { ConfigError, type ConfigFault, type ConfigWarning } from './errors.ts';
import { type Key, keys, nearest, type Source, settingOf, type Values } from './names.ts';
import { configFile, type Machine } from './paths.ts';
import type { Kind, Origin } from './values.ts';

export interface Layer {
  readonly source: Source;
  readonly path?: string | undefined;
  readonly values: Partial<Values>;
}

type Variables = Readonly<Record<string, string | undefined>>;
type Written = { name: string; source: Source; path?: string | undefined; origin: Origin };

const MOST_BYTES = 1 << 20;
const posix = process.platform !== 'win32';

/** Takes what was written for one setting. Throws ConfigError; an empty text is no value at all. */
function read(key: Key, value: string, written: Written): Partial<Values> {
  if (value === '') return {};
  const { kind, secret } = settingOf(key);
  const parsed = kind.parse(value, written.origin);
  if (parsed === undefined)
    throw new ConfigError('wrong-value', {
      ...whatItTakes(kind),
      name: written.name,
      value: secret === true ? '' : value,
      source: written.source,
      path: written.path,
      file: written.path,
    });
  return { [key]: parsed };
}

function whatItTakes({ takes, choices }: Kind<unknown>): Pick<ConfigFault, 'takes' | 'choices' | 'reason'> {
  return { takes, choices, reason: `takes ${choices ?? takes}` };
}

/** The content of a regular file of sensible size; undefined where none is. Throws what the file system throws. */
function readRegular(path: string): { text: string; mode: number } | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile() || found.size > MOST_BYTES) throw new Error('not a file of less than 1 MiB');
  return { text: readFileSync(path, 'utf8').replace(/^\uFEFF/, ''), mode: found.mode };
}

const readableByOthers = (mode: number) => posix && (mode & 0o044) !== 0;

/** The config file of the user. Throws ConfigError for anything that is not as it should be. */
export function configLayer(machine: Machine, warn: (warning: ConfigWarning) => void): Layer {
  const path = configFile(machine);
  const fault = { name: '', source: 'config', path } as const;
  let file: ReturnType<typeof readRegular>;
  try {
    file = readRegular(path);
  } catch (cause) {
    throw new ConfigError('unreadable', { ...fault, reason: (cause as Error).message }, { cause });
  }
  if (file === undefined) return { source: 'config', path, values: {} };
  const origin = { ...machine, folder: dirname(path) };
  const values: Partial<Values> = {};
  for (const [name, value] of entries(file.text, path)) {
    const key = keys.find((candidate) => settingOf(candidate).name === name);
    if (key === undefined) throw unknownKey(name, path);
    Object.assign(values, read(key, textOf(key, value, path), { name, source: 'config', path, origin }));
  }
  if (values.password !== undefined && readableByOthers(file.mode))
    warn({ condition: 'readable-by-others', path, name: 'password' });
  return { source: 'config', path, values };
}

function entries(json: string, path: string): [string, unknown][] {
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch (cause) {
    // The message of JSON.parse quotes the text, which may be a password.
    throw new ConfigError('not-json', { name: '', source: 'config', path, reason: 'not JSON' }, { cause });
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    throw new ConfigError('syntax', { name: '', source: 'config', path, reason: 'no JSON object' });
  return Object.entries(content);
}

function unknownKey(name: string, path: string): ConfigError {
  const known = keys.map((key) => settingOf(key).name);
  const like = nearest(name, known);
  const reason = like === undefined ? `no setting; there are ${known.join(', ')}` : `did you mean ${like}?`;
  return new ConfigError('unknown-key', { name, source: 'config', path, reason, nearest: like });
}

function textOf(key: Key, value: unknown, path: string): string {
  const { name, kind } = settingOf(key);
  if (typeof value !== kind.json)
    throw new ConfigError('wrong-type', {
      name,
      source: 'config',
      path,
      file: path,
      takes: kind.json,
      reason: `takes a ${kind.json}`,
    });
  return String(value);
}

/** `.env` of the current folder: names that start with XMPP_ and nothing else; the process environment stays as it is. */
export function dotenvLayer(machine: Machine, cwd: string, warn: (warning: ConfigWarning) => void): Layer {
  const path = join(cwd, '.env');
  let file: ReturnType<typeof readRegular>;
  try {
    file = readRegular(path);
  } catch {
    // A folder one happens to stand in must not keep the program from working.
    warn({ condition: 'unreadable', path });
    return { source: '.env', path, values: {} };
  }
  if (file === undefined) return { source: '.env', path, values: {} };
  const variables = parseEnv(file.text);
  const values = fromVariables(variables, { source: '.env', path, origin: { ...machine, folder: cwd } });
  for (const warning of unknownNames(variables, path)) warn(warning);
  for (const key of ['password', 'newPassword'] as const)
    if (values[key] !== undefined && readableByOthers(file.mode))
      warn({ condition: 'readable-by-others', path, name: settingOf(key).env });
  return { source: '.env', path, values };
}

function unknownNames(variables: Variables, path: string): ConfigWarning[] {
  // What all names have in common makes none of them alike.
  const rest = (name: string) => name.slice('XMPP_'.length);
  const known = keys.map((key) => rest(settingOf(key).env));
  return Object.keys(variables)
    .filter((name) => name.startsWith('XMPP_') && !known.includes(rest(name)))
    .flatMap((name) => {
      const like = nearest(rest(name), known);
      return like === undefined ? [] : [{ condition: 'unknown-name', path, name, nearest: `XMPP_${like}` }];
    });
}

function fromVariables(variables: Variables, written: Omit<Written, 'name'>): Partial<Values> {
  const values: Partial<Values> = {};
  for (const key of keys) {
    const name = settingOf(key).env;
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value !== undefined) Object.assign(values, read(key, value, { ...written, name }));
  }
  return values;
}

/** The environment of the process. NO_COLOR counts with any value that is not empty (https://no-color.org). */
export function environmentLayer(machine: Machine, cwd: string): Layer {
  const origin = { ...machine, folder: cwd };
  const values = fromVariables(machine.env, { source: 'environment', origin });
  const noColor = values.noColor ?? (machine.env.NO_COLOR ? true : undefined);
  return { source: 'environment', values: noColor === undefined ? values : { ...values, noColor } };
}

/** What stood on the command line, by key; a secret has no flag. */
export type Flags = Readonly<Partial<Record<Key, string | number | boolean | undefined>>>;

/** Throws ConfigError with the flag as its name. */
export function flagLayer(machine: Machine, cwd: string, flags: Flags): Layer {
  const values: Partial<Values> = {};
  for (const key of keys) {
    const value = flags[key];
    const name = `--${settingOf(key).name}`;
    const written = { name, source: 'flag', origin: { ...machine, folder: cwd } } as const;
    if (value === undefined) continue;
    // An empty variable means “not set”; an empty flag is a mistake, often of quoting.
    if (value === '')
      throw new ConfigError('wrong-value', {
        ...whatItTakes(settingOf(key).kind),
        name,
        value,
        source: 'flag',
      });
    Object.assign(values, read(key, String(value), written));
  }
  return { source: 'flag', values };
}
