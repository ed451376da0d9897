/** Every setting, once: its name in the config file, its flag, its environment variable, what it takes. */
import type { Kind } from './values.ts';
import * as kinds from './values.ts';

/** Where a value comes from, the weakest first. */
export const SOURCES = ['default', 'config', '.env', 'environment', 'flag'] as const;
export type Source = (typeof SOURCES)[number];

/** `any`, and the names of chat/files/route.ts */
export const FILE_ROUTES = ['any', 'upload', 'jingle-socks5', 'jingle-ibb', 'si-socks5', 'si-ibb'] as const;

/** of chat/settings.ts */
export const ACCEPT_FILES = ['contacts', 'all', 'ask', 'none'] as const;

export interface Values {
  /** user@server; a bare user name where no domain completes it; with the resource where one was given */
  readonly jid?: string | undefined;
  readonly password?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly newPassword?: string | undefined;
  readonly newPasswordFile?: string | undefined;
  /** completes bare user names */
  readonly domain?: string | undefined;
  /** `xmpp://host:port` or `xmpps://host:port`; undefined: found by DNS */
  readonly service?: string | undefined;
  /** file of certificates (PEM) to trust beside the system's */
  readonly ca?: string | undefined;
  readonly resource?: string | undefined;
  readonly dataDir: string;
  readonly filesDir: string;
  /** undefined: by the locale */
  readonly lang?: 'en' | 'es' | undefined;
  readonly json: boolean;
  readonly noColor: boolean;
  readonly quiet: boolean;
  /** milliseconds (written in seconds) */
  readonly timeout: number;
  /** file for the trace */
  readonly debug?: string | undefined;
  readonly acceptFiles: (typeof ACCEPT_FILES)[number];
  readonly autoApprove: boolean;
  /** undefined: as the account's setting says */
  readonly fileRoute?: (typeof FILE_ROUTES)[number] | undefined;
  readonly privateLinks: boolean;
  /** undefined: as the account's setting says */
  readonly directFiles?: 'contacts' | 'all' | 'none' | undefined;
  /** undefined: as the account's setting says */
  readonly keepMessages?: string | undefined;
  /** JID of a service that searches rooms (XEP-0433) */
  readonly roomSearch?: string | undefined;
}

export type Key = keyof Values;

export interface Setting<K extends Key = Key> {
  /** in the config file; the flag is this with two dashes before it */
  readonly name: string;
  readonly env: string;
  readonly kind: Kind<NonNullable<Values[K]>>;
  /** never shown, and no flag takes it */
  readonly secret?: true;
  /** says who we are or whom we trust with it: counts only for the account it was written for */
  readonly ofAccount?: true;
}

type Settings = { readonly [K in Key]-?: Setting<K> };

export const settings: Settings = {
  jid: { name: 'jid', env: 'XMPP_JID', kind: kinds.account },
  password: { name: 'password', env: 'XMPP_PASSWORD', kind: kinds.text, secret: true, ofAccount: true },
  passwordFile: { name: 'password-file', env: 'XMPP_PASSWORD_FILE', kind: kinds.path, ofAccount: true },
  newPassword: {
    name: 'new-password',
    env: 'XMPP_NEW_PASSWORD',
    kind: kinds.text,
    secret: true,
    ofAccount: true,
  },
  newPasswordFile: {
    name: 'new-password-file',
    env: 'XMPP_NEW_PASSWORD_FILE',
    kind: kinds.path,
    ofAccount: true,
  },
  domain: { name: 'domain', env: 'XMPP_DOMAIN', kind: kinds.domain },
  service: { name: 'service', env: 'XMPP_SERVICE', kind: kinds.service, ofAccount: true },
  ca: { name: 'ca', env: 'XMPP_CA', kind: kinds.path, ofAccount: true },
  resource: { name: 'resource', env: 'XMPP_RESOURCE', kind: kinds.resource, ofAccount: true },
  dataDir: { name: 'data-dir', env: 'XMPP_DATA_DIR', kind: kinds.path },
  filesDir: { name: 'files-dir', env: 'XMPP_FILES_DIR', kind: kinds.path },
  lang: { name: 'lang', env: 'XMPP_LANG', kind: kinds.language },
  json: { name: 'json', env: 'XMPP_JSON', kind: kinds.toggle },
  noColor: { name: 'no-color', env: 'XMPP_NO_COLOR', kind: kinds.toggle },
  quiet: { name: 'quiet', env: 'XMPP_QUIET', kind: kinds.toggle },
  timeout: { name: 'timeout', env: 'XMPP_TIMEOUT', kind: kinds.seconds },
  debug: { name: 'debug', env: 'XMPP_DEBUG', kind: kinds.path },
  acceptFiles: {
    name: 'accept-files',
    env: 'XMPP_ACCEPT_FILES',
    kind: kinds.oneOf(...ACCEPT_FILES),
  },
  autoApprove: { name: 'auto-approve', env: 'XMPP_AUTO_APPROVE', kind: kinds.toggle },
  fileRoute: { name: 'file-route', env: 'XMPP_FILE_ROUTE', kind: kinds.oneOf(...FILE_ROUTES) },
  privateLinks: { name: 'private-links', env: 'XMPP_PRIVATE_LINKS', kind: kinds.toggle },
  directFiles: {
    name: 'direct-files',
    env: 'XMPP_DIRECT_FILES',
    kind: kinds.oneOf('contacts', 'all', 'none'),
  },
  keepMessages: { name: 'keep-messages', env: 'XMPP_KEEP_MESSAGES', kind: kinds.keeping },
  roomSearch: { name: 'room-search', env: 'XMPP_ROOM_SEARCH', kind: kinds.domain },
};

export const keys = Object.keys(settings) as readonly Key[];

/** The setting of that key; kinds of different values cannot be told apart in a list. */
export function settingOf(key: Key): Setting {
  return settings[key] as Setting;
}

/** The name most like `wanted`, where one is like it at all: one letter wrong of up to three, three of a long name. */
export function nearest(wanted: string, names: readonly string[]): string | undefined {
  const simple = (name: string) => name.replace(/(?<=[a-z])(?=[A-Z])|_/g, '-').toLowerCase();
  const ranked = names
    .map((name) => ({ name, distance: distance(simple(wanted), simple(name)) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  const most = wanted.length > 6 ? 3 : wanted.length > 3 ? 2 : 1;
  return best !== undefined && best.distance <= most ? best.name : undefined;
}

/** Letters to change, add or leave out. */
function distance(a: string, b: string): number {
  // Nothing of a name that long is like one of ours, and the table would be large.
  if (Math.abs(a.length - b.length) > 3) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...b].entries()) {
      const changed = (row[j] ?? 0) + (left === right ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
