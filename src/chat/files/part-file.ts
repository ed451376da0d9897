/** A file while it arrives: `name.part`, ours alone, that becomes `name` when it is whole, or nothing. */
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, rename, stat, statfs, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ChatError } from '../problem.ts';
import { candidates } from './names.ts';

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException | undefined)?.code ?? '';

const CONDITIONS: ReadonlyMap<string, string> = new Map([
  ...['ENOSPC', 'EDQUOT', 'EFBIG'].map((code) => [code, 'folder-full'] as const),
  ...['EMFILE', 'ENFILE'].map((code) => [code, 'too-many-files'] as const),
]);

/** What the system said of a folder or a file in it, as a condition; errors of other kinds stay what they are. */
export function folderError(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (error instanceof ChatError || !/^E[A-Z0-9]+$/.test(code)) return error;
  return new ChatError(CONDITIONS.get(code) ?? 'folder-unwritable', { path }, { cause: error });
}

/** With those above it. Node's own `recursive` never comes back where nothing can be made, as in /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && dirname(folder) !== folder) {
      await makeFolder(dirname(folder));
      await mkdir(folder, { mode: 0o700 });
    } else if (codeOf(error) !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error;
  }
}

/** Bytes free in the file system of a folder, which is made if missing; undefined where the system does not say. */
export async function freeSpace(folder: string): Promise<number | undefined> {
  await makeFolder(folder);
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (error) {
    if (codeOf(error) === 'ENOSYS') return undefined;
    throw error;
  }
}

/** Creates a file that was not there; `wx` follows no symbolic link. */
async function createNew(folder: string, name: string, suffix: string): Promise<[FileHandle, string]> {
  for (const candidate of candidates(name)) {
    const path = join(folder, candidate + suffix);
    try {
      return [await open(path, 'wx', 0o600), path];
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  throw new ChatError('folder-unwritable', { path: folder });
}

const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Gives the file its name without ever replacing another one; resolves to the path. */
async function settle(part: string, folder: string, name: string): Promise<string> {
  for (const candidate of candidates(name)) {
    const path = join(folder, candidate);
    try {
      await link(part, path);
      await unlink(part);
      return path;
    } catch (error) {
      if (NO_LINKS.has(codeOf(error))) break;
      if (codeOf(error) !== 'EEXIST') throw error;
    }
  }
  // File systems without hard links: the name is taken by an empty file of our own, which is then replaced.
  const [handle, path] = await createNew(folder, name, '');
  await handle.close();
  await rename(part, path).catch(async (error: unknown) => {
    await unlink(path).catch(() => undefined);
    throw error;
  });
  return path;
}

export interface PartFile {
  /** where it is until it is whole */
  readonly path: string;
  /** Copies them; what kept them from the disk is told by a later call. */
  write(bytes: Uint8Array): Promise<void>;
  /** Resolves when everything so far is on the disk: `finish` is quick then. */
  sync(): Promise<void>;
  /** On the disk, under its name; resolves to the path. */
  finish(): Promise<string>;
  /** Removes what has arrived. Never throws. */
  discard(): Promise<void>;
  /** Leaves what has arrived, for a later attempt. Never throws. */
  keep(): Promise<void>;
}

const LEFT = /\.([0-9a-f]{24})\.part$/;

/**
 * Removes what runs left in a folder that died while they received; `isGone` tells by the key in a name whether that run
 * is one of ours and dead. Never rejects.
 */
export async function removeLeftParts(folder: string, isGone: (key: string) => boolean): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const left = names.filter((name) => {
    const key = LEFT.exec(name)?.[1];
    return key !== undefined && isGone(key);
  });
  await Promise.all(left.map((name) => unlink(join(folder, name)).catch(() => undefined)));
}

/**
 * Begins a file in a folder; `name` is safe already. `owner`: the key of this run, which its name tells, so that a later
 * one knows whose it was. Throws what the system says, see folderError.
 */
export async function partFile(folder: string, name: string, owner?: string): Promise<PartFile> {
  const [handle, part] = await createNew(folder, name, owner === undefined ? '.part' : `.${owner}.part`);
  return writing(handle, part, { folder, name });
}

/**
 * Goes on with what an earlier attempt left; undefined where that is not there any more, or is no file of ours alone.
 * Gives its bytes once, for the sums.
 */
export async function resumedFile(
  part: string,
  name: string,
): Promise<(PartFile & { readonly size: number; contents(): AsyncIterable<Uint8Array> }) | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(part, constants.O_RDWR | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
  const { size, nlink, mode } = await handle.stat();
  const isOurs = (mode & constants.S_IFMT) === constants.S_IFREG && nlink === 1 && (mode & 0o077) === 0;
  if (!isOurs || size === 0) {
    await handle.close();
    return undefined;
  }
  return {
    ...writing(handle, part, { folder: dirname(part), name, from: size }),
    size,
    async *contents() {
      for (let at = 0; at < size; ) {
        const { bytesRead, buffer } = await handle.read(
          Buffer.allocUnsafe(CHUNK),
          0,
          Math.min(CHUNK, size - at),
          at,
        );
        if (bytesRead === 0) throw new ChatError('file-incomplete');
        at += bytesRead;
        yield buffer.subarray(0, bytesRead);
      }
    },
  };
}

const CHUNK = 256 * 1024;
/** Milliseconds that what came waits for more: who is killed has lost no more than that. */
const LAG = 200;

/** What comes in pieces is written in large ones: one of two is filled while the disk takes the other. */
function writing(
  handle: FileHandle,
  part: string,
  { folder, name, from = 0 }: { folder: string; name: string; from?: number },
): PartFile {
  let position = from;
  let [filling, resting]: (Buffer | undefined)[] = [];
  let filled = 0;
  let underWay: Promise<void> = Promise.resolve();

  async function put(bytes: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
  }
  let turns: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  /** Begins to write what came together; rejects with what the piece before failed with. One behind the other. */
  function turn(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const next = turns.then(begin);
    turns = next.catch(() => undefined);
    return next;
  }
  async function begin(): Promise<void> {
    await underWay;
    if (filling === undefined || filled === 0) return;
    underWay = put(filling.subarray(0, filled), position);
    // What fails is told with the next piece, or at the end.
    underWay.catch(() => undefined);
    position += filled;
    filled = 0;
    [filling, resting] = [resting, filling];
  }
  async function settled(): Promise<void> {
    await turn();
    await underWay;
  }
  async function sync(): Promise<void> {
    await settled();
    await handle.sync();
  }
  return {
    path: part,
    async write(bytes) {
      for (let at = 0; at < bytes.length; ) {
        filling ??= Buffer.allocUnsafe(CHUNK);
        const piece = bytes.subarray(at, at + CHUNK - filled);
        filling.set(piece, filled);
        filled += piece.length;
        at += piece.length;
        if (filled === CHUNK) await turn();
      }
      if (filled > 0) timer ??= setTimeout(() => turn().catch(() => undefined), LAG);
    },
    sync,
    async finish() {
      await sync();
      await handle.close();
      return settle(part, folder, name);
    },
    async discard() {
      clearTimeout(timer);
      await turns;
      await underWay.catch(() => undefined);
      await handle.close().catch(() => undefined);
      await unlink(part).catch(() => undefined);
    },
    async keep() {
      await settled().catch(() => undefined);
      await handle.close().catch(() => undefined);
    },
  };
}
