/** Receives one file: bounded, hashed on the way, whole or not at all. */
import { createHash, type Hash } from 'node:crypto';
import { ChatError } from '../problem.ts';
import { folderError, freeSpace, partFile } from './part-file.ts';
import type { IncomingOffer, Refusal } from './route.ts';

export interface Reception {
  readonly folder: string;
  /** made safe already */
  readonly name: string;
  /** key of this run among others with the same data */
  readonly owner?: string | undefined;
  /** most bytes taken */
  readonly maxSize: number;
  readonly signal: AbortSignal;
  onProgress(received: number): void;
  /** bytes free in a folder, undefined where unknown; tests put their own in */
  readonly freeSpace?: ((folder: string) => Promise<number | undefined>) | undefined;
}

/** left free for everything else on the disk */
const MARGIN = 1024 * 1024;

/** Throws ChatError where the file has no place; to be asked before accepting. */
export async function checkPlace(offer: IncomingOffer, reception: Reception): Promise<void> {
  const { folder, maxSize } = reception;
  if (offer.size !== undefined && offer.size > maxSize) throw new ChatError('file-too-large');
  const free = await (reception.freeSpace ?? freeSpace)(folder).catch((error: unknown) => {
    throw folderError(error, folder);
  });
  if (free !== undefined && free < (offer.size ?? 0) + MARGIN)
    throw new ChatError('folder-full', { path: folder });
}

/** What the other side is told of an error found before accepting. */
export function refusalFor(error: unknown): Refusal {
  const condition = error instanceof ChatError ? error.condition : '';
  return condition === 'file-too-large'
    ? 'too-large'
    : condition.startsWith('folder-')
      ? 'no-space'
      : 'declined';
}

/** Names of XEP-0300 §4 that are good enough to compare by, as OpenSSL calls them. */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['sha-256', 'sha256'],
  ['sha-512', 'sha512'],
  ['sha3-256', 'sha3-256'],
  ['sha3-512', 'sha3-512'],
  ['blake2b-512', 'blake2b512'],
  ['sha-1', 'sha1'],
  ['md5', 'md5'],
]);

function claimedHash(hash: IncomingOffer['hash']): Hash | undefined {
  const algorithm = ALGORITHMS.get(hash?.algorithm ?? '');
  return algorithm === undefined ? undefined : createHash(algorithm);
}

/** Accepts and receives. Resolves to path and SHA-256 (hex); rejects with an error that has a `condition`. */
export async function receive(
  offer: IncomingOffer,
  reception: Reception,
): Promise<{ path: string; sha256: string; size: number }> {
  const { folder, name, signal, onProgress } = reception;
  const bound = offer.size ?? reception.maxSize;
  const part = await partFile(folder, name, reception.owner).catch((error: unknown) => {
    offer.decline('no-space');
    throw folderError(error, folder);
  });
  try {
    if (signal.aborted) offer.decline('declined');
    signal.throwIfAborted();
    const hash = createHash('sha256');
    const claimed = claimedHash(offer.hash);
    let size = 0;
    for await (const bytes of offer.accept(bound, signal)) {
      size += bytes.length;
      if (size > bound) throw new ChatError('file-too-large');
      hash.update(bytes);
      claimed?.update(bytes);
      await part.write(bytes);
      onProgress(size);
    }
    signal.throwIfAborted();
    if (offer.size !== undefined && size < offer.size) throw new ChatError('file-incomplete');
    if (claimed !== undefined && claimed.digest('hex') !== offer.hash?.hex)
      throw new ChatError('file-corrupt');
    return { path: await part.finish(), sha256: hash.digest('hex'), size };
  } catch (error) {
    await part.discard();
    throw signal.aborted ? signal.reason : folderError(error, folder);
  }
}
