/**
 * A throw-away ejabberd (23.01, as Debian 12 has it) on loopback, with the handle that Prosody has. The
 * Erlang machine is started directly, as the user we are: `ejabberdctl` insists on root or on its own user
 * and leaves wrappers between us and the process to end. Without a node name it needs neither epmd nor a
 * port for distribution.
 */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, createCertificate } from '../../src/demo/certificate.ts';
import { freePorts } from '../../src/demo/free-ports.ts';
import { findProgram } from '../../src/demo/programs.ts';
import { ServerStartError } from '../../src/demo/prosody.ts';
import type { Account } from '../../src/demo/prosody-accounts.ts';
import { waitUntilReady } from '../../src/demo/readiness.ts';
import { type ServerProcess, startServerProcess } from '../../src/demo/server-process.ts';
import type { Server, ServerOptions } from './server.ts';

interface Ports {
  readonly c2s: number;
  readonly directTls: number;
  readonly http: number;
  readonly proxy: number;
}

interface Places {
  readonly folder: string;
  readonly logFile: string;
  readonly ports: Ports;
  readonly faults?: ServerOptions['faults'];
}

function modules(options: ServerOptions, { folder, ports }: Places): Record<string, unknown> {
  const { archive = 'disk', directory = 'component', registration = true, rooms = true } = options;
  return {
    mod_adhoc: {},
    mod_admin_extra: {},
    mod_blocking: {},
    mod_caps: {},
    mod_carboncopy: {},
    mod_client_state: {},
    mod_disco: {},
    mod_last: {},
    mod_offline: {},
    mod_ping: {},
    mod_privacy: {},
    mod_private: {},
    mod_pubsub: { plugins: ['flat', 'pep'], access_createnode: 'all' },
    mod_roster: { versioning: true },
    mod_stream_mgmt: {},
    mod_time: {},
    mod_vcard:
      directory === 'none'
        ? { search: false }
        : { search: true, matches: 'infinity', allow_return_all: options.directoryListsAll ?? false },
    mod_version: {},
    ...(archive === 'none' ? {} : { mod_mam: { default: 'always' } }),
    ...(registration
      ? {
          mod_register: { access: 'all', ip_access: 'all', captcha_protected: options.captcha !== undefined },
        }
      : {}),
    ...(rooms
      ? {
          mod_muc: {
            access: 'all',
            access_create: 'all',
            access_persistent: 'all',
            access_mam: 'all',
            default_room_options: { mam: archive !== 'none', public: true },
          },
        }
      : {}),
    ...(options.upload === true
      ? {
          mod_http_upload: {
            put_url: `http://127.0.0.1:${ports.http}/upload`,
            docroot: join(folder, 'upload'),
            max_size: 314_572_800,
            access: 'all',
          },
        }
      : {}),
    ...(options.proxy === true ? { mod_proxy65: { ip: '127.0.0.1', port: ports.proxy, access: 'all' } } : {}),
  };
}

/** The configuration; JSON is YAML. */
function config(options: ServerOptions, places: Places, certificate: Certificate): string {
  const { ports } = places;
  const { stanzaBytes = 1_048_576 } = options;
  const c2s = { ip: '127.0.0.1', module: 'ejabberd_c2s', max_stanza_size: stanzaBytes, access: 'all' };
  const handlers = {
    '/api': 'mod_http_api',
    ...(options.upload === true ? { '/upload': 'mod_http_upload' } : {}),
  };
  return JSON.stringify({
    hosts: [options.domain ?? 'localhost'],
    loglevel: options.logLevel ?? 'info',
    certfiles: [certificate.certFile, certificate.keyFile],
    listen: [
      { ...c2s, port: ports.c2s, starttls_required: true },
      { ...c2s, port: ports.directTls, tls: true },
      { port: ports.http, ip: '127.0.0.1', module: 'ejabberd_http', request_handlers: handlers },
    ],
    // Accounts are made by HTTP from this machine; nobody else can reach the port.
    api_permissions: { loopback: { who: { ip: '127.0.0.1/8' }, what: ['*'] } },
    registration_timeout: 'infinity',
    s2s_access: 'none',
    // All SCRAMs are offered only while the passwords are kept as they are.
    auth_password_format: 'plain',
    shaper_rules: { max_user_sessions: 'infinity' },
    modules: modules(options, places),
    ...(options.captcha === undefined ? {} : { captcha_cmd: options.captcha }),
  });
}

/** Where Debian keeps ejabberd's compiled files: it differs by processor, and `ejabberdctl` knows it. */
async function libraries(): Promise<string> {
  const script = await readFile(findProgram('ejabberdctl', 'ejabberd'), 'utf8');
  return /^ERL_LIBS='(.+)'$/m.exec(script)?.[1] ?? '/usr/lib/erlang/lib';
}

function logOf({ logFile }: Places): Promise<string> {
  return readFile(logFile, 'utf8').catch(() => '');
}

/** Erlang that compiles and starts a module in the machine that runs. */
function starting({ module, path }: NonNullable<ServerOptions['faults']>): string {
  const [file, argument] = [module, path].map((text) => JSON.stringify(text));
  return `{ok, M, B} = compile:file(${file}, [binary]), {module, M} = code:load_binary(M, ${file}, B), M:start(${argument}).`;
}

/** Starts the program once. Undefined when one of its ports was taken in the meantime. */
async function launch(program: string, domain: string, places: Places): Promise<ServerProcess | undefined> {
  const { folder, logFile, ports, faults } = places;
  const outputFile = join(folder, 'output.log');
  await rm(logFile, { force: true });
  const spool = join(folder, 'spool');
  const server = await startServerProcess({
    program,
    args: [
      ...['-noinput', '-mnesia', 'dir', JSON.stringify(spool), '-s', 'ejabberd'],
      ...(faults === undefined ? [] : ['-eval', starting(faults)]),
    ],
    env: {
      HOME: folder,
      EJABBERD_CONFIG_PATH: join(folder, 'ejabberd.yml'),
      EJABBERD_LOG_PATH: logFile,
      ERL_INETRC: join(folder, 'inetrc'),
      ERL_LIBS: await libraries(),
      ERL_CRASH_DUMP_BYTES: '0',
    },
    folder,
    outputFile,
  });
  const taken = async (): Promise<boolean> => /eaddrinuse|address already in use/i.test(await logOf(places));
  const ready = await waitUntilReady(ports.c2s, domain, {
    started: async () => {
      const log = await logOf(places);
      const listening = [ports.c2s, ports.directTls, ports.http].map((port) => ` at 127.0.0.1:${port} for `);
      return listening.every((text) => log.includes(text)) && log.includes('is started in the node');
    },
    failed: async () => !server.alive() || (await taken()),
  });
  if (ready) return server;
  await server.kill();
  if (await taken()) return undefined;
  throw new ServerStartError('ejabberd', `${await logOf(places)}${await readFile(outputFile, 'utf8')}`);
}

async function launchOnFreePorts(
  program: string,
  options: ServerOptions,
  folder: string,
  certificate: Certificate,
): Promise<{ server: ServerProcess; places: Places }> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const [c2s = 0, directTls = 0, http = 0, proxy = 0] = await freePorts(4);
    const ports = { c2s, directTls, http, proxy };
    const places: Places = { folder, logFile: join(folder, 'ejabberd.log'), ports, faults: options.faults };
    await writeFile(join(folder, 'ejabberd.yml'), config(options, places, certificate), { mode: 0o600 });
    const server = await launch(program, options.domain ?? 'localhost', places);
    if (server !== undefined) return { server, places };
  }
  throw new ServerStartError('ejabberd', 'no free port');
}

/** One command of ejabberd's HTTP interface (mod_http_api); throws with the server's words when refused. */
async function command(port: number, name: string, args: Record<string, unknown>): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/api/${name}`, {
    method: 'POST',
    body: JSON.stringify(args),
  });
  if (!response.ok) throw new Error(`ejabberd ${name}: ${response.status} ${await response.text()}`);
}

async function register(port: number, domain: string, account: Account): Promise<void> {
  const { name, password, contacts = [] } = account;
  await command(port, 'register', { user: name, host: domain, password });
  for (const { jid, name: nick = '', groups = [], subscription = 'both' } of contacts) {
    const [user = '', host = ''] = jid.split('@');
    await command(port, 'add_rosteritem', {
      localuser: name,
      localhost: domain,
      user,
      host,
      nick,
      group: groups.join(';'),
      subs: subscription,
    });
  }
}

/**
 * Starts a throw-away ejabberd; resolves when it answers.
 * @throws {MissingProgramError} when ejabberd, Erlang or openssl is not installed
 * @throws {ServerStartError} when it does not come up
 */
export async function startEjabberd(options: ServerOptions = {}): Promise<Server> {
  const program = findProgram('erl', 'ejabberd');
  const { domain = 'localhost', users = [] } = options;
  const folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-ejabberd-'));
  try {
    await mkdir(join(folder, 'spool'), { mode: 0o700 });
    await cp('/etc/ejabberd/inetrc', join(folder, 'inetrc')).catch(() =>
      writeFile(join(folder, 'inetrc'), '{lookup,["file","native"]}.\n{host,{127,0,0,1}, ["localhost"]}.\n'),
    );
    const names = [domain, ...['conference', 'vjud', 'upload', 'proxy'].map((name) => `${name}.${domain}`)];
    const certificate = await createCertificate(folder, [...names, '127.0.0.1']);
    const { server, places } = await launchOnFreePorts(program, options, folder, certificate);
    try {
      for (const account of users) await register(places.ports.http, domain, account);
    } catch (error) {
      await server.kill();
      throw error;
    }
    return running(program, domain, { server, places, caFile: certificate.certFile });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

function running(
  program: string,
  domain: string,
  { server: first, places, caFile }: { server: ServerProcess; places: Places; caFile: string },
): Server {
  let server = first;
  const { ports, folder } = places;
  const start = async (): Promise<void> => {
    if (server.alive()) return;
    const again = await launch(program, domain, places);
    if (again === undefined) throw new ServerStartError('ejabberd', `port ${ports.c2s} was taken`);
    server = again;
  };
  const halt = (): Promise<void> => server.end();
  return {
    kind: 'ejabberd',
    domain,
    host: '127.0.0.1',
    port: ports.c2s,
    directTlsPort: ports.directTls,
    caFile,
    service: `xmpp://127.0.0.1:${ports.c2s}`,
    rooms: `conference.${domain}`,
    directory: `vjud.${domain}`,
    folder,
    pid: () => server.pid,
    addUser: (account) => register(ports.http, domain, account),
    removeUser: (user) => command(ports.http, 'unregister', { user, host: domain }),
    // Its database writes with a delay: what it was told in the last seconds is lost.
    kill: () => server.kill(),
    halt,
    start,
    restart: async () => {
      await halt();
      await start();
    },
    stop: async () => {
      await halt();
      await rm(folder, { recursive: true, force: true });
    },
    log: () => logOf(places),
  };
}
