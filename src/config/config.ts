/** The settings of one run: defaults < config file < `.env` < environment < flags. */
import { parseJid } from '../xmpp/jid.ts';
import type { ConfigWarning } from './errors.ts';
import { configLayer, dotenvLayer, environmentLayer, type Flags, flagLayer, type Layer } from './layers.ts';
import { type Key, keys, SOURCES, type Source, settingOf, type Values } from './names.ts';
import { dataFolder, type Machine, pathsOf } from './paths.ts';

export interface Config extends Values {
  /** where each value comes from; `default` for those that nobody set */
  readonly sources: Readonly<Record<Key, Source>>;
  /** the domains that the server and the authorities count for, each other has its own; undefined: whatever is asked for */
  readonly writtenFor: WrittenFor;
  readonly warnings: readonly ConfigWarning[];
}

/** What leads to a server, and to no other domain's. */
const WAY = ['service', 'ca'] as const;
export type WrittenFor = Readonly<Record<(typeof WAY)[number], readonly string[] | undefined>>;

export interface ConfigInput extends Machine {
  /** as read from the command line, by key; undefined where not given */
  readonly flags?: Flags | undefined;
  /** the JID or the domain that the command line is about, where that is not its account: what is registered or checked */
  readonly about?: string | undefined;
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
  const counting = layers.map((layer) => ofThisAccount(layer, layers, jid, warn));
  const { values, sources } = merge(counting);
  const writtenFor = domainsOfWays(counting, { ...values, jid }, input.about);
  return { ...NOTHING, ...defaults(input), ...values, jid, sources, writtenFor, warnings };
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

/**
 * A server and authorities are those of the account that they are written with, or else of the one in force: who logs in
 * to another domain is led there by its DNS, and nobody vouches for it but who is trusted anyway. Flags count for all
 * that the command line names, and for whatever is asked for in that run where it names nothing.
 */
function domainsOfWays(
  layers: readonly Layer[],
  inForce: Partial<Values>,
  about: string | undefined,
): WrittenFor {
  const domains = (key: (typeof WAY)[number]) => {
    const layer = layers.findLast(({ values }) => values[key] !== undefined);
    if (layer === undefined) return undefined;
    const own = domainNamed({ ...layer.values, jid: completed(layer, layers) });
    if (layer.source !== 'flag') return listed(own ?? domainNamed(inForce));
    return listed(own, about === undefined ? undefined : parseJid(about)?.domain);
  };
  return { service: domains('service'), ca: domains('ca') };
}

const domainNamed = ({ jid, domain }: Partial<Values>): string | undefined =>
  jid?.includes('@') ? parseJid(jid)?.domain : domain;

function listed(...domains: readonly (string | undefined)[]): readonly string[] | undefined {
  const known = domains.filter((domain) => domain !== undefined);
  return known.length === 0 ? undefined : known;
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
