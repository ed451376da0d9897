/** Bundles programs/actor.ts once a run: hundreds of actors start, and each would load hundreds of files. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';

/** beside the packages: the SQLite driver is found from there */
const place = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));
const program = fileURLToPath(new URL('./programs/actor.ts', import.meta.url));
let folder: string | undefined;

/** Tells the tests by FAULT_ACTOR where it is. */
export async function setup(): Promise<void> {
  await mkdir(place, { recursive: true });
  folder = await mkdtemp(join(place, 'xmpp-chat-faults-'));
  await build({
    config: false,
    entry: [program],
    outDir: folder,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    dts: false,
    logLevel: 'error',
    deps: {
      alwaysBundle: [/^(?!node:|@photostructure\/)/],
      neverBundle: [/^@photostructure\//],
      onlyBundle: false,
    },
  });
  process.env.FAULT_ACTOR = join(folder, 'actor.mjs');
}

export async function teardown(): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}
