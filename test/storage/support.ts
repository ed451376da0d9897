import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import type { Stores } from '../../src/chat/stores.ts';
import { type OpenOptions, openDatabase } from '../../src/storage/database.ts';
import { openStores } from '../../src/storage/stores.ts';

const folders: string[] = [];
const open: { close(): void }[] = [];

afterEach(() => {
  for (const one of open.splice(0)) one.close();
  for (const folder of folders.splice(0)) {
    chmodSync(folder, 0o700);
    rmSync(folder, { recursive: true, force: true });
  }
});

/** An empty folder of the test's own, gone after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-chat-storage-'));
  folders.push(folder);
  return folder;
}

export function temporaryStores(
  path = join(temporaryFolder(), 'xmpp-chat.db'),
  options?: OpenOptions,
): Stores {
  const stores = openStores(path, options);
  open.push(stores);
  return stores;
}

export function temporaryDatabase(path = ':memory:', options?: OpenOptions) {
  const database = openDatabase(path, options);
  open.push(database);
  return database;
}

/** Runs a file of test/storage in a process of its own; resolves to its output, rejects unless it ends with 0 or as it shall. */
export async function runScript(
  name: string,
  args: string[],
  { dies, ...more }: { uid?: number; dies?: NodeJS.Signals } = {},
): Promise<string> {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...more,
  });
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  const [code, signal] = await once(child, 'close');
  if (dies === undefined ? code !== 0 : signal !== dies)
    throw new Error(`${name} ended with ${code}: ${errors}`);
  return out;
}
