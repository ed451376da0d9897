/** Throw-away servers of either kind behind one handle: `--server prosody|ejabberd` chooses. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Prosody, ProsodyStart } from '../../src/demo/prosody.ts';
import type { CertificateKind, Certificates } from './certificates.ts';
import { startEjabberd } from './ejabberd.ts';
import { startProsodyServer } from './prosody.ts';

export type ServerKind = 'ejabberd' | 'prosody';

/** What both kinds understand; what only Prosody has (`modules`, `settings`, …) ejabberd passes over. */
export interface ServerOptions extends ProsodyStart {
  /** bytes of a stanza that are taken of a client at most */
  readonly stanzaBytes?: number;
  /** ejabberd: a directory search without words lists everybody; default false, as it comes. */
  readonly directoryListsAll?: boolean;
  /** ejabberd: program that makes the picture of a word, its argument, for who enters a room that asks (XEP-0158) */
  readonly captcha?: string;
  /** ejabberd: a module in Erlang that is compiled and started beside it: `start/1`, which gets a path */
  readonly faults?: { readonly module: string; readonly path: string };
}

/** See Prosody for what each member promises. */
export interface Server extends Prosody {
  readonly kind: ServerKind;
}

/** The kind this run is about: TEST_SERVER, set by `npm run test:server -- --server NAME`. */
export function serverKind(): ServerKind {
  return process.env.TEST_SERVER === 'ejabberd' ? 'ejabberd' : 'prosody';
}

/** Starts a server with its own folder and free ports. Whoever starts it calls `stop()` in afterAll. */
export function startServer(kind: ServerKind = serverKind(), options: ServerOptions = {}): Promise<Server> {
  return kind === 'ejabberd' ? startEjabberd(options) : startProsodyServer(options);
}

/** Puts another certificate in the place of the server's; gives what puts the old one back. Both take a restart. */
export async function replaceCertificate(
  server: Server,
  certificates: Certificates,
  kind: CertificateKind,
): Promise<() => Promise<void>> {
  const files = [server.caFile, join(server.folder, 'server.key')] as const;
  const old = files.map((file) => readFileSync(file, 'utf8'));
  const put = async (texts: readonly string[]) => {
    files.forEach((file, at) => {
      writeFileSync(file, texts[at] ?? '');
    });
    await server.restart();
  };
  const { cert, key } = certificates.of(kind);
  await put([cert, key]);
  return () => put(old);
}
