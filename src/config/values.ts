/** Text to values: one total function per kind. Each gives undefined for what it does not take. */
import { parseJid } from '../xmpp/jid.ts';
import { homeFolder, type Machine, pathsOf } from './paths.ts';

/** Where a value was written: relative paths count from `folder`. */
export interface Origin extends Machine {
  readonly folder: string;
}

export interface Kind<T> {
  /** what JSON must hold for it */
  readonly json: 'string' | 'boolean' | 'number';
  /** in English, after “takes” */
  readonly takes: string;
  parse(text: string, origin: Origin): T | undefined;
}

function kind<T>(takes: string, parse: Kind<T>['parse'], json: Kind<T>['json'] = 'string'): Kind<T> {
  return { takes, parse, json };
}

export const text = kind('text', (value) => value);

/** user@server, or a user name that the domain completes. */
export const account = kind('a JID (user@server) or a user name', (value) => {
  if (value.includes('@')) {
    const jid = parseJid(value);
    return jid?.local === undefined ? undefined : jid.full;
  }
  return value.includes('/') ? undefined : parseJid(`${value}@localhost`)?.local;
});

export const domain = kind('a domain', (value) => {
  const jid = parseJid(value);
  return jid?.local === undefined && jid?.resource === undefined ? jid?.bare : undefined;
});

export const resource = kind('a resource of a JID', (value) => parseJid(`localhost/${value}`)?.resource);

const SERVICE = /^(xmpps?):\/\/(\[[0-9a-f:.]+\]|[^\s:/?#@[\]]+)(?::(\d{1,5}))?\/?$/i;

/** Always with its port: 5222 for STARTTLS (RFC 6120 §3.2.2), 5223 for TLS from the start. */
export const service = kind('xmpp://host:port or xmpps://host:port', (value) => {
  const [, scheme = '', host = '', port] = SERVICE.exec(value) ?? [];
  if (host === '') return undefined;
  const number = port === undefined ? (scheme.toLowerCase() === 'xmpps' ? 5223 : 5222) : Number(port);
  if (number < 1 || number > 65535) return undefined;
  return `${scheme.toLowerCase()}://${host.toLowerCase()}:${number}`;
});

/** Made absolute; `~/` is the home folder, which no shell has put in where a file holds the value. */
export const path = kind('a path', (value, origin) => {
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

export const toggle = kind('1 or 0', (value) => WORDS.get(value.toLowerCase()), 'boolean');

/** Seconds as written, milliseconds as given. A day at most: a timer takes no more than 24 days. */
export const seconds = kind(
  'seconds, from 0.1 to 86400',
  (value) => {
    const number = /^\d{1,5}(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
    return number >= 0.1 && number <= 86_400 ? Math.round(number * 1000) : undefined;
  },
  'number',
);

export function oneOf<const T extends string>(...choices: readonly T[]): Kind<T> {
  return kind(`one of: ${choices.join(', ')}`, (value) => choices.find((choice) => choice === value));
}

/** How long messages are kept: as the setting of that name (src/chat/settings.ts). */
export const keeping = kind('forever, nothing, or a time such as 30d, 6w, 6mo or 1y', (value) =>
  /^(forever|nothing|[1-9]\d{0,3}(d|w|mo|y))$/.test(value) ? value : undefined,
);

/** `es`, `es-ES`, `es_ES.UTF-8`. */
export const language = kind('en or es', (value) => {
  const code = value.toLowerCase().split(/[-_.@]/, 1)[0];
  return code === 'en' || code === 'es' ? code : undefined;
});
