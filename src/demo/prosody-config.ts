/** The configuration of a throw-away Prosody (written for 0.12, as Debian 12 has it). */
import type { Certificate } from './certificate.ts';

export interface ProsodyOptions {
  /** Served domain, default `localhost`; rooms are at `conference.` before it. */
  readonly domain?: string;
  /** Where the message archives (XEP-0313) are kept: `disk` (default) survives a crash, `memory` is fast. */
  readonly archive?: 'disk' | 'memory' | 'none';
  /** User directory (XEP-0055): on `vjud.` before the domain (default), on the domain itself, or none. */
  readonly directory?: 'component' | 'domain' | 'none';
  /** In-band registration (XEP-0077); default true. */
  readonly registration?: boolean;
  /** Group chat (XEP-0045); default true. */
  readonly rooms?: boolean;
  /** HTTP upload (XEP-0363) on `upload.` before the domain; default false. */
  readonly upload?: boolean;
  /** SOCKS5 proxy (XEP-0065) on `proxy.` before the domain; default false. */
  readonly proxy?: boolean;
  /** Which SCRAM is offered; default SHA-256. */
  readonly passwordHash?: 'SHA-1' | 'SHA-256';
  /** More modules to load, and modules not to load. */
  readonly modules?: readonly string[];
  readonly withoutModules?: readonly string[];
  /** More modules of the room service. */
  readonly roomModules?: readonly string[];
  /** Further lines for the global section, in Lua. */
  readonly settings?: string;
  readonly logLevel?: 'debug' | 'info';
}

/** Places on the machine that the configuration names. */
export interface ProsodyPlaces {
  readonly folder: string;
  readonly logFile: string;
  readonly dataFolder: string;
  readonly certificate: Certificate;
  readonly ports: ProsodyPorts;
}

export interface ProsodyPorts {
  readonly c2s: number;
  readonly directTls: number;
  readonly http: number;
  readonly proxy: number;
}

const MODULES = [
  ...['roster', 'saslauth', 'tls', 'disco', 'presence', 'message', 'iq', 'offline', 'register_ibr'],
  ...['user_account_management', 'private', 'vcard', 'pep', 'blocklist', 'carbons', 'smacks', 'csi'],
  ...['bookmarks', 'ping', 'time', 'version', 'lastactivity', 'uptime'],
];

/** Debian's community modules stand beside Prosody's own; elsewhere they may have a folder of their own. */
const PLUGIN_FOLDERS = ['/usr/lib/prosody/modules', '/usr/local/lib/prosody/community-modules'];

// A path or a name as a Lua string; JSON's escapes are a subset of Lua's for what can occur in one.
const text = (value: string): string => JSON.stringify(value);
const list = (values: readonly string[]): string => `{ ${values.map(text).join(', ')} }`;

function archiveStorage(archive: NonNullable<ProsodyOptions['archive']>): string {
  return archive === 'memory' ? 'storage = { archive = "memory", muc_log = "memory" }' : '';
}

function components(domain: string, options: ProsodyOptions, port: number): string {
  const { rooms = true, directory = 'component', archive = 'disk' } = options;
  const parts: string[] = [];
  if (rooms) {
    const modules = [...(archive === 'none' ? [] : ['muc_mam']), ...(options.roomModules ?? [])];
    const logged = archive === 'none' ? '' : '\n  muc_log_by_default = true';
    parts.push(`Component "conference.${domain}" "muc"
  restrict_room_creation = false
  muc_room_default_public = true
  modules_enabled = ${list(modules)}${logged}`);
  }
  if (directory === 'component') {
    parts.push(`Component "vjud.${domain}" "vjud"\n  vjud_mode = "all"`);
  }
  if (options.upload === true) {
    parts.push(`Component "upload.${domain}" "http_file_share"
  http_host = "127.0.0.1"
  http_external_url = "http://127.0.0.1:${port}/"
  http_file_share_size_limit = 314572800
  http_file_share_daily_quota = 10737418240`);
  }
  if (options.proxy === true) {
    parts.push(`Component "proxy.${domain}" "proxy65"
  proxy65_address = "127.0.0.1"
  proxy65_acl = { ${text(domain)} }`);
  }
  return parts.join('\n\n');
}

/** The text of prosody.cfg.lua. */
export function prosodyConfig(options: ProsodyOptions, places: ProsodyPlaces): string {
  const { domain = 'localhost', archive = 'disk', directory = 'component' } = options;
  const { ports, certificate } = places;
  const modules = [
    ...MODULES,
    ...(archive === 'none' ? [] : ['mam']),
    ...(directory === 'domain' ? ['vjud'] : []),
    ...(options.modules ?? []),
  ].filter((name) => !options.withoutModules?.includes(name));
  return `run_as_root = true
pidfile = ${text(`${places.folder}/prosody.pid`)}
data_path = ${text(places.dataFolder)}
certificates = ${text(places.folder)}
plugin_paths = ${list(PLUGIN_FOLDERS)}
log = { ${options.logLevel ?? 'info'} = ${text(places.logFile)} }

interfaces = { "127.0.0.1" }
c2s_ports = { ${ports.c2s} }
c2s_direct_tls_ports = { ${ports.directTls} }
http_ports = { ${ports.http} }
https_ports = {}
http_interfaces = { "127.0.0.1" }
http_default_host = ${text(`upload.${domain}`)}
proxy65_ports = { ${ports.proxy} }
proxy65_interfaces = { "127.0.0.1" }

ssl = { certificate = ${text(certificate.certFile)}, key = ${text(certificate.keyFile)} }
c2s_require_encryption = true
authentication = "internal_hashed"
password_hash = ${text(options.passwordHash ?? 'SHA-256')}
allow_registration = ${options.registration ?? true}
vjud_mode = "all"
${archiveStorage(archive)}
default_archive_policy = true
modules_enabled = ${list(modules)}
modules_disabled = { "s2s", "limits" }
${options.settings ?? ''}

VirtualHost ${text(domain)}

${components(domain, options, ports.http)}
`;
}
