/**
 * A throw-away Prosody on loopback: its own folder, free ports, a certificate of its own, accounts as asked.
 * The demonstration runs on it, and the tests do. https://prosody.im
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCertificate } from './certificate.ts';
import { freePorts } from './free-ports.ts';
import { findProgram } from './programs.ts';
import { type Account, removeAccount, writeAccount } from './prosody-accounts.ts';
import {
  type ProsodyOptions,
  type ProsodyPlaces,
  type ProsodyPorts,
  prosodyConfig,
} from './prosody-config.ts';
import { waitUntilReady } from './readiness.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

export interface ProsodyStart extends ProsodyOptions {
  readonly users?: readonly Account[];
}

/** A running server and what its clients have to know. */
export interface Prosody {
  readonly domain: string;
  readonly host: string;
  /** STARTTLS (RFC 6120 §5). */
  readonly port: number;
  /** Direct TLS (XEP-0368). */
  readonly directTlsPort: number;
  /** PEM file to trust: what `--ca` takes. */
  readonly caFile: string;
  /** What `--service` takes: `xmpp://127.0.0.1:<port>`. */
  readonly service: string;
  /** JID of the room service. */
  readonly rooms: string;
  /** JID that answers user directory searches (XEP-0055). */
  readonly directory: string;
  /** The throw-away folder. */
  readonly folder: string;
  /** Process id since the last start. */
  pid(): number;
  addUser(account: Account): Promise<void>;
  removeUser(name: string): Promise<void>;
  /** Crashes the server (SIGKILL); its data stay, `start()` brings it back on the same ports. */
  kill(): Promise<void>;
  /** Shuts the server down in order; its data stay, `start()` brings it back on the same ports. */
  halt(): Promise<void>;
  start(): Promise<void>;
  restart(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
  log(): Promise<string>;
}

/** The server did not come up; `log` is the end of what it wrote. */
export class ServerStartError extends Error {
  override name = 'ServerStartError';
  readonly condition = 'server-not-started';
  readonly log: string;
  constructor(program: string, log: string) {
    super(`${program} did not start: ${log.trim().split('\n').at(-1) ?? ''}`);
    this.log = log;
  }
}

const PACKAGES = 'prosody prosody-modules';

async function portsFor(): Promise<ProsodyPorts> {
  const [c2s = 0, directTls = 0, http = 0, proxy = 0] = await freePorts(4);
  return { c2s, directTls, http, proxy };
}

/** The log since the last start: each start begins a new file. */
function logOf(places: ProsodyPlaces): Promise<string> {
  return readFile(places.logFile, 'utf8').catch(() => '');
}

/** Starts the program once. Undefined when one of its ports was taken in the meantime. */
async function launch(
  program: string,
  domain: string,
  places: ProsodyPlaces,
): Promise<ServerProcess | undefined> {
  const outputFile = join(places.folder, 'output.log');
  await rm(places.logFile, { force: true });
  const server = await startServerProcess({
    program,
    args: ['-F', '--config', join(places.folder, 'prosody.cfg.lua')],
    env: { HOME: places.folder },
    folder: places.folder,
    outputFile,
  });
  const taken = async (): Promise<boolean> => (await logOf(places)).includes('Failed to open server port');
  const ready = await waitUntilReady(places.ports.c2s, domain, {
    started: async () => (await logOf(places)).includes(`[127.0.0.1]:${places.ports.c2s}`),
    failed: async () => !server.alive() || (await taken()),
  });
  if (ready) return server;
  await server.kill();
  if (await taken()) return undefined;
  throw new ServerStartError('prosody', `${await logOf(places)}${await readFile(outputFile, 'utf8')}`);
}

/** Tries a few sets of ports: others look for free ones at the same time. */
async function launchOnFreePorts(
  program: string,
  options: ProsodyOptions,
  places: Omit<ProsodyPlaces, 'ports'>,
): Promise<{ server: ServerProcess; places: ProsodyPlaces }> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const placed = { ...places, ports: await portsFor() };
    await writeFile(join(places.folder, 'prosody.cfg.lua'), prosodyConfig(options, placed), { mode: 0o600 });
    const server = await launch(program, options.domain ?? 'localhost', placed);
    if (server !== undefined) return { server, places: placed };
  }
  throw new ServerStartError('prosody', 'no free port');
}

/**
 * Starts a throw-away Prosody; resolves when it answers.
 * @throws {MissingProgramError} when Prosody or openssl is not installed
 * @throws {ServerStartError} when it does not come up
 */
export async function startProsody(options: ProsodyStart = {}): Promise<Prosody> {
  const program = findProgram('prosody', PACKAGES);
  const { domain = 'localhost', passwordHash, users = [] } = options;
  const folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-prosody-'));
  const dataFolder = join(folder, 'data');
  const addUser = (account: Account): Promise<void> =>
    writeAccount(dataFolder, domain, account, passwordHash);
  try {
    await mkdir(dataFolder, { mode: 0o700 });
    const names = [domain, ...['conference', 'vjud', 'upload', 'proxy'].map((name) => `${name}.${domain}`)];
    const certificate = await createCertificate(folder, [...names, '127.0.0.1']);
    await Promise.all(users.map(addUser));
    const logFile = join(folder, 'prosody.log');
    const first = await launchOnFreePorts(program, options, { folder, logFile, dataFolder, certificate });
    return running(program, options, { ...first, addUser });
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The handle of a server that has come up. */
function running(
  program: string,
  options: ProsodyOptions,
  {
    server: first,
    places,
    addUser,
  }: Pick<Prosody, 'addUser'> & { server: ServerProcess; places: ProsodyPlaces },
): Prosody {
  let server = first;
  const { domain = 'localhost' } = options;
  const { ports, folder, dataFolder, certificate } = places;
  const start = async (): Promise<void> => {
    if (server.alive()) return;
    const again = await launch(program, domain, places);
    if (again === undefined) throw new ServerStartError('prosody', `port ${ports.c2s} was taken`);
    server = again;
  };
  const halt = (): Promise<void> => server.end();
  return {
    domain,
    host: '127.0.0.1',
    port: ports.c2s,
    directTlsPort: ports.directTls,
    caFile: certificate.certFile,
    service: `xmpp://127.0.0.1:${ports.c2s}`,
    rooms: `conference.${domain}`,
    directory: options.directory === 'domain' ? domain : `vjud.${domain}`,
    folder,
    pid: () => server.pid,
    addUser,
    removeUser: (name) => removeAccount(dataFolder, domain, name),
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
