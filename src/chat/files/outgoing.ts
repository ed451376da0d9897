/** Opens a file of ours to be sent. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ChatError } from '../problem.ts';
import type { OutgoingFile } from './route.ts';

export interface OpenFile extends OutgoingFile {
  close(): Promise<void>;
}

const CHUNK = 64 * 1024;

async function* content(handle: FileHandle, size: number, path: string): AsyncGenerator<Uint8Array, void> {
  for (let at = 0; at < size; ) {
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK, size - at));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    // The size was promised to the other side: a file that shrinks cannot be sent.
    if (bytesRead === 0) throw new ChatError('file-changed', { path });
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function readError(error: unknown, path: string): ChatError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const conditions = new Map([
    ['ENOENT', 'file-not-found'],
    ['ENOTDIR', 'file-not-found'],
    ['EISDIR', 'not-a-file'],
    ['EMFILE', 'too-many-files'],
    ['ENFILE', 'too-many-files'],
  ]);
  return new ChatError(conditions.get(code) ?? 'file-unreadable', { path }, { cause: error });
}

/** Rejects with ChatError `file-not-found`, `not-a-file`, `file-unreadable`, `too-many-files`. */
export async function openFile(path: string): Promise<OpenFile> {
  try {
    // Opening a named pipe would wait for its writer for ever: only what is known to be a file is opened.
    if (!(await stat(path)).isFile()) throw new ChatError('not-a-file', { path });
    return await opened(path);
  } catch (error) {
    throw error instanceof ChatError ? error : readError(error, path);
  }
}

async function opened(path: string): Promise<OpenFile> {
  const handle = await open(path, 'r');
  const { size, mtime } = await handle.stat();
  return {
    name: basename(path),
    size,
    modified: mtime,
    read: () => content(handle, size, path),
    close: () => handle.close(),
  };
}
