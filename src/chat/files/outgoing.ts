/** Opens a file of ours to be sent. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ChatError } from '../problem.ts';
import { mimeOf, SNIFFED } from './mime.ts';
import type { OutgoingFile } from './route.ts';

export interface OpenFile extends OutgoingFile {
  close(): Promise<void>;
}

/** The same file, whose sum is known for nothing once it was read from its beginning to its end. */
export function hashedOnTheWay(file: OutgoingFile): OutgoingFile {
  let sum: string | undefined;
  async function* hashed(): AsyncGenerator<Uint8Array, void> {
    const hash = createHash('sha256');
    for await (const bytes of file.read()) {
      hash.update(bytes);
      yield bytes;
    }
    sum = hash.digest('hex');
  }
  return {
    ...file,
    read: (from = 0) => (from === 0 ? hashed() : file.read(from)),
    sha256: async () => sum ?? file.sha256(),
  };
}

const CHUNK = 256 * 1024;

async function* content(
  handle: FileHandle,
  size: number,
  path: string,
  from: number,
  again?: Buffer,
): AsyncGenerator<Uint8Array, void> {
  for (let at = from; at < size; ) {
    const buffer = again ?? Buffer.allocUnsafe(Math.min(CHUNK, size - at));
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, size - at), at);
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

/** As many bytes as tell one kind of file from another. */
async function beginning(handle: FileHandle): Promise<Uint8Array> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(SNIFFED), 0, SNIFFED, 0);
  return buffer.subarray(0, bytesRead);
}

async function sumOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of source) hash.update(bytes);
  return hash.digest('hex');
}

async function opened(path: string): Promise<OpenFile> {
  const handle = await open(path, 'r');
  const { size, mtime } = await handle.stat();
  const read = (from = 0) => content(handle, size, path, from);
  let sum: Promise<string> | undefined;
  return {
    name: basename(path),
    size,
    modified: mtime,
    mime: mimeOf(basename(path), await beginning(handle)),
    read,
    sha256() {
      // Nobody keeps what a sum is made of: one piece of memory is enough.
      sum ??= sumOf(content(handle, size, path, 0, Buffer.allocUnsafe(CHUNK)));
      return sum;
    },
    close: () => handle.close(),
  };
}
