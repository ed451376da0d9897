/** The settings of one run: defaults < config file < `.env` < environment < flags. */
import { parseJid } from '../xmpp/jid.ts';
import type { ConfigWarning } from './errors.ts';
import { configLayer, dotenvLayer, environmentLayer, type Flags, flagLayer, type Layer } from './layers.ts';
import { type Key, keys, SOURCES, type Source, settingOf, type Values } from './names.ts';
import { dataFolder, type Machine, pathsOf } from './paths.ts';

export interface Config extends Values {
  /** where each value comes from; `default` for those that nobody set */
  readonly sources: Readonly<Record<Key, Source>>;
  readonly warnings: readonly ConfigWarning[];
}

export interface ConfigInput extends Machine {
  /** as read from the command line, by key; undefined where not given */
  readonly flags?: Flags | undefined;
  /** the current folder */
  readonly cwd: string;
}

/** Reads everything anew. Throws ConfigError. Nothing is written, and the process environment stays as it is. */
export function loadConfig(input: ConfigInput): Config {
  const warnings: ConfigWarning[] = [];
  const warn = (warning: ConfigWarning) => warnings.push(warning);
  const layers = [
    defaultLayer(input),
    configLayer(input, warn),
    dotenvLayer(input, input.cwd, warn),
    environmentLayer(input, input.cwd),
    flagLayer(input, input.cwd, input.flags ?? {}),
  ];
  const jid = accountOf(layers);
  const { values, sources } = merge(layers.map((layer) => ofThisAccount(layer, layers, jid, warn)));
  return { ...NOTHING, ...defaults(input), ...values, jid, sources, warnings };
}

/** Every key is there, whether anybody set it or not. */
const NOTHING = Object.fromEntries(keys.map((key) => [key, undefined])) as Record<Key, undefined>;

function defaults(input: ConfigInput) {
  return {
    dataDir: dataFolder(input),
    filesDir: pathsOf(input).resolve(input.cwd, 'files_received'),
    json: false,
    noColor: false,
    quiet: false,
    timeout: 30_000,
    acceptFiles: 'contacts',
    autoApprove: false,
    privateLinks: false,
  } as const satisfies Partial<Values>;
}

function defaultLayer(input: ConfigInput): Layer {
  return { source: 'default', values: defaults(input) };
}

function merge(layers: readonly Layer[]): { values: Partial<Values>; sources: Record<Key, Source> } {
  const sources = Object.fromEntries(keys.map((key) => [key, 'default'])) as Record<Key, Source>;
  const values: Partial<Values> = {};
  for (const layer of layers) {
    Object.assign(values, layer.values);
    for (const key of Object.keys(layer.values) as Key[]) sources[key] = layer.source;
  }
  return { values, sources };
}

/** The JID of a layer, completed by the domain in force. */
function completed(layer: Layer, layers: readonly Layer[]): string | undefined {
  const { jid } = layer.values;
  // The folder one stands in must not lead the account of the user's own file to another server.
  const domains = layers.filter((other) => layer.source !== 'config' || other.source !== '.env');
  return jid === undefined ? undefined : completeJid(jid, merge(domains).values.domain);
}

function accountOf(layers: readonly Layer[]): string | undefined {
  return layers.map((layer) => completed(layer, layers)).findLast((jid) => jid !== undefined);
}

/**
 * Leaves out what a file says for another account than the one in force: a password must not go to a server it was
 * not written for, and a stray `.env` must not choose the server or the CA of the user's account.
 */
function ofThisAccount(
  layer: Layer,
  layers: readonly Layer[],
  jid: string | undefined,
  warn: (warning: ConfigWarning) => void,
): Layer {
  if (layer.path === undefined) return layer;
  const own = completed(layer, layers);
  const foreign = (key: Key) =>
    own === undefined
      ? layer.source === '.env' && (key === 'service' || key === 'ca')
      : settingOf(key).ofAccount === true && !sameAccount(own, jid);
  const values: Partial<Values> = {};
  for (const key of Object.keys(layer.values) as Key[]) {
    if (!foreign(key)) Object.assign(values, { [key]: layer.values[key] });
    else warn({ condition: 'not-taken', path: layer.path, name: writtenName(layer, key) });
  }
  return { ...layer, values };
}

const writtenName = (layer: Layer, key: Key) =>
  layer.source === 'config' ? settingOf(key).name : settingOf(key).env;

function sameAccount(one: string, other: string | undefined): boolean {
  return (parseJid(one)?.bare ?? one) === (parseJid(other)?.bare ?? other);
}

/** A bare user name becomes user@domain; everything else stays. Both are what `values.ts` lets through. */
export function completeJid(text: string, domain: string | undefined): string {
  if (text.includes('@') || domain === undefined) return text;
  return parseJid(`${text}@${domain}`)?.full ?? text;
}

/** True where `one` overrides `other`. */
export function stronger(one: Source, other: Source): boolean {
  return SOURCES.indexOf(one) > SOURCES.indexOf(other);
}
