/** What the routes of files are tried with: a clock, a file, a memory of what broke off. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileTransfer } from '../../../src/chat/events.ts';
import type { Files } from '../../../src/chat/files.ts';
import type { PartialFile } from '../../../src/chat/stores.ts';

/** A clock that is a second later each time: every step is told. */
export function everyStep(): () => number {
  let now = 0;
  return () => {
    now += 1000;
    return now;
  };
}

/** Writes `report.txt` of that many bytes. */
export async function report(folder: string, size: number): Promise<{ path: string; sha256: string }> {
  const bytes = Buffer.alloc(size, 'some content of a file\n');
  const path = join(folder, 'report.txt');
  await writeFile(path, bytes);
  return { path, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** What is known of files that broke off, kept in memory. */
export function partialFiles() {
  const kept = new Map<string, PartialFile & { busy: boolean }>();
  return {
    kept,
    take(key: string) {
      const found = kept.get(key);
      if (found !== undefined) kept.delete(key);
      return found;
    },
    put: (key: string, file: PartialFile, { busy }: { busy: boolean }) =>
      void kept.set(key, { ...file, busy }),
    remove: (key: string) => void kept.delete(key),
    list: () => [],
  };
}

/** Resolves to the next transfer that ends. */
export const ended = (api: Files): Promise<FileTransfer> =>
  new Promise((resolve) => {
    const watch = (file: FileTransfer) => {
      if (file.state === 'offered' || file.state === 'active') return;
      api.off('changed', watch);
      resolve(file);
    };
    api.on('changed', watch);
  });
