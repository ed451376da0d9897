/** Where the measuring happens: a server with accounts, a folder, the programs to measure. */
import { accessSync, constants } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Prosody, type ProsodyStart, startProsody } from '../src/demo/prosody.ts';
import type { Account } from '../src/demo/prosody-accounts.ts';
import { createSession } from '../src/xmpp/session/create-session.ts';
import type { Session } from '../src/xmpp/session/session.ts';
import { x } from '../src/xmpp/stanza.ts';

/** The launcher as `npx` starts it, and what it loads. */
export const LAUNCHER = fileURLToPath(new URL('../bin/xmpp-chat.js', import.meta.url));
export const PROGRAM = fileURLToPath(new URL('../dist/main.js', import.meta.url));
/** The sockets-only sender. */
export const RAW_SEND = fileURLToPath(new URL('raw-send.js', import.meta.url));

export const PASSWORD = 'bench-password';

export interface Place {
  readonly server: Prosody;
  readonly folder: string;
  /** what a measured program finds in its environment: none of ours but the path */
  env(home: string): Record<string, string>;
}

/** Starts the server for `work` and takes everything away after it. */
export async function inPlace(
  accounts: readonly Omit<Account, 'password'>[],
  work: (place: Place) => Promise<void>,
  options: ProsodyStart = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-bench-'));
  try {
    const server = await startProsody({
      archive: 'memory',
      ...options,
      users: accounts.map((account) => ({ ...account, password: PASSWORD })),
    });
    try {
      await work({ server, folder, env: environment });
    } finally {
      await server.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function environment(home: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local/share'),
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
  };
}

/** Somebody online on the server, in this process; ended by `close`. */
export async function online(server: Prosody, name: string): Promise<Session & { close(): Promise<void> }> {
  const session = createSession({
    jid: `${name}@${server.domain}`,
    password: PASSWORD,
    resource: 'bench',
    service: server.service,
    ca: await readFile(server.caFile, 'utf8'),
  });
  await session.connect();
  session.send(x('presence'));
  return session;
}

/** Whether a program can be started by its name. */
export function installed(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
