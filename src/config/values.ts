/** Text to values: one total function per kind. Each gives undefined for what it does not take. */
import { parseJid } from '../xmpp/jid.ts';
import type { Takes } from './errors.ts';
import { homeFolder, type Machine, pathsOf } from './paths.ts';

/** Where a value was written: relative paths count from `folder`. */
export interface Origin extends Machine {
  readonly folder: string;
}

export interface Kind<T> {
  /** what JSON must hold for it */
  readonly json: 'string' | 'boolean' | 'number';
  readonly takes: Takes;
  readonly choices?: string | undefined;
  parse(text: string, origin: Origin): T | undefined;
}

function kind<T>(takes: Takes, parse: Kind<T>['parse'], json: Kind<T>['json'] = 'string'): Kind<T> {
  return { takes, parse, json };
}

export const text = kind('text', (value) => value);

/** user@server, or a user name that the domain completes. */
export const account = kind('account', (value) => {
  if (value.includes('@')) {
    const jid = parseJid(value);
    return jid?.local === undefined ? undefined : jid.full;
  }
  return value.includes('/') ? undefined : parseJid(`${value}@localhost`)?.local;
});

export const domain = kind('domain', (value) => {
  const jid = parseJid(value);
  return jid?.local === undefined && jid?.resource === undefined ? jid?.bare : undefined;
});

export const resource = kind('resource', (value) => parseJid(`localhost/${value}`)?.resource);

const SERVICE = /^(xmpps?):\/\/(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+)(?::(\d{1,5}))?\/?$/i;

/** Always with its port: 5222 for STARTTLS (RFC 6120 §3.2.2), 5223 for TLS from the start. */
export const service = kind('service', (value) => {
  const [, scheme = '', host = '', port] = SERVICE.exec(value) ?? [];
  if (host === '') return undefined;
  const number = port === undefined ? (scheme.toLowerCase() === 'xmpps' ? 5223 : 5222) : Number(port);
  if (number < 1 || number > 65535) return undefined;
  return `${scheme.toLowerCase()}://${host.toLowerCase()}:${number}`;
});

/** Made absolute; `~/` is the home folder, which no shell has put in where a file holds the value. */
export const path = kind('path', (value, origin) => {
  if (value.includes('\0')) return undefined;
  const paths = pathsOf(origin);
  const home = /^~(?=$|[/\\])/.test(value) ? homeFolder(origin) + value.slice(1) : value;
  return paths.resolve(origin.folder, home);
});

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['yes', true],
  ['on', true],
  ['0', false],
  ['false', false],
  ['no', false],
  ['off', false],
]);

export const toggle = kind('toggle', (value) => WORDS.get(value.toLowerCase()), 'boolean');

/** Seconds as written, milliseconds as given. A day at most: a timer takes no more than 24 days. */
export const seconds = kind(
  'seconds',
  (value) => {
    const number = /^\d{1,5}(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    return number >= 0.1 && number <= 86_400 ? Math.round(number * 1000) : undefined;
  },
  'number',
);

export function oneOf<const T extends string>(...choices: readonly T[]): Kind<T> {
  const one = kind('one-of', (value) => choices.find((choice) => choice === value));
  return { ...one, choices: choices.join(', ') };
}

/** How long messages are kept: as the setting of that name (src/chat/settings.ts). */
export const keeping = kind('keeping', (value) =>
  /^(forever|nothing|[1-9]\d{0,3}(d|w|mo|y))$/.test(value) ? value : undefined,
);

/** `es`, `es-ES`, `es_ES.UTF-8`. */
export const language = kind('language', (value) => {
  const code = value.toLowerCase().split(/[-_.@]/, 1)[0];
  return code === 'en' || code === 'es' ? code : undefined;
});
