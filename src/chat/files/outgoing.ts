/** Opens a file of ours to be sent. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ChatError } from '../problem.ts';
import { frugality } from './memory.ts';
import { mimeOf, SNIFFED } from './mime.ts';
import type { OutgoingFile } from './route.ts';

export interface OpenFile extends OutgoingFile {
  close(): Promise<void>;
}

/** The same file, whose sum is known for nothing once it was read from its beginning to its end. */
export function hashedOnTheWay(file: OutgoingFile): OutgoingFile {
  let sum: string | undefined;
  let asked = false;
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
    // Whoever wanted it beforehand has it: nothing is summed twice.
    read: (from = 0) => (from === 0 && !asked ? hashed() : file.read(from)),
    async sha256() {
      if (sum !== undefined) return sum;
      asked = true;
      return file.sha256();
    },
  };
}

const CHUNK = 256 * 1024;

/** Two pieces of memory take turns: one is filled while the other is used. */
async function* content(
  handle: FileHandle,
  size: number,
  path: string,
  from: number,
): AsyncGenerator<Uint8Array, void> {
  if (from >= size) return;
  const piece = Math.min(CHUNK, size - from);
  const buffers = [Buffer.allocUnsafe(piece), Buffer.allocUnsafe(piece)];
  const fill = async (at: number, turn: number) => {
    const buffer = (buffers[turn % 2] as Buffer).subarray(0, size - at);
    let filled = 0;
    while (filled < buffer.length) {
      const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, at + filled);
      // The size was promised to the other side: a file that shrinks cannot be sent.
      if (bytesRead === 0) throw new ChatError('file-changed', { path });
      filled += bytesRead;
    }
    return buffer;
  };
  const begin = (at: number, turn: number) => {
    const filling = fill(at, turn);
    // What fails is told when it is asked for.
    filling.catch(() => undefined);
    return filling;
  };
  let filling = begin(from, 0);
  const memory = frugality();
  try {
    for (let at = from, turn = 1; at < size; turn++) {
      const bytes = await filling;
      at += bytes.length;
      if (at < size) filling = begin(at, turn);
      yield bytes;
      memory.moved(bytes.length);
    }
  } finally {
    memory.end();
    // Nothing is read any more when this has ended: the file may be closed.
    await filling.catch(() => undefined);
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
      sum ??= sumOf(read());
      return sum;
    },
    close: () => handle.close(),
  };
}
