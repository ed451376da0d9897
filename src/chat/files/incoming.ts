/** Receives one file: bounded, hashed on the way, whole or not at all. */
import { createHash, type Hash } from 'node:crypto';
import { unless } from '../../xmpp/waiting.ts';
import { ChatError } from '../problem.ts';
import { frugality } from './memory.ts';
import { falseClaim, mimeOf, SNIFFED } from './mime.ts';
import { folderError, type PartFile, partFile, type resumedFile } from './part-file.ts';
import type { IncomingOffer, Refusal, SendContext } from './route.ts';

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
  /** every byte is here, and the sum that the sender announced is waited for */
  readonly onSumAwaited?: (() => void) | undefined;
  /** it comes by another route than the one it was offered by, which failed with `condition` */
  readonly onFallback?: SendContext['onFallback'];
  /** where what arrives may be gone on with by a later attempt */
  readonly resume?: Resumption | undefined;
  /** bytes of a folder, made if missing, that nothing else is to have; undefined where unknown */
  readonly freeSpace: (folder: string) => Promise<number | undefined>;
}

/** How an attempt goes on where one before ended. */
export interface Resumption {
  /** an earlier attempt's part, where the sender begins behind it */
  readonly part: Awaited<ReturnType<typeof resumedFile>>;
  /** bytes at its end that are asked for again and compared, where no sum will say that both halves are of one file */
  readonly overlap?: number | undefined;
  /** the file is being written there */
  began(path: string): void;
  /** it broke off; a later attempt may go on */
  kept(path: string): void;
  /** it is whole, or gone */
  ended(): void;
}

/** What a later attempt does not help with: the file is not the one that was meant, or nobody wants it. */
const HOPELESS: readonly string[] = [
  ...['cancelled', 'file-too-large', 'file-corrupt', 'file-incomplete', 'folder-full'],
  ...['folder-unwritable', 'peer-closed', 'policy-violation', 'bad-request', 'unexpected-request'],
];

/** milliseconds before it is told that a sum is waited for */
const PATIENCE_FOR_SUM = 2_000;

/** left free for everything else on the disk */
const MARGIN = 1024 * 1024;

/** Throws ChatError where the file has no place; to be asked before accepting. */
export async function checkPlace(offer: IncomingOffer, reception: Reception): Promise<void> {
  const { folder, maxSize } = reception;
  if (offer.size !== undefined && offer.size > maxSize) throw new ChatError('file-too-large');
  const free = await reception.freeSpace(folder).catch((error: unknown) => {
    throw folderError(error, folder);
  });
  if (free !== undefined && free < (offer.size ?? 0) - (reception.resume?.part?.size ?? 0) + MARGIN)
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

/** told of every file */
const OWN_ALGORITHM = 'sha256';

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

/** What the file is summed by beside `own`, or that itself where it is of the kind announced; undefined where none is. */
function claimedHash({ hash, laterHash }: IncomingOffer, own: Hash): Hash | undefined {
  const algorithm = ALGORITHMS.get((hash ?? laterHash)?.algorithm ?? '');
  if (algorithm === undefined) return undefined;
  return algorithm === OWN_ALGORITHM ? own : createHash(algorithm);
}

export interface Received {
  readonly path: string;
  /** hex */
  readonly sha256: string;
  /** bytes */
  readonly size: number;
  /** MIME type by content, then name */
  readonly mime: string;
  /** MIME type that was claimed, where the content shows another */
  readonly claimed: string | undefined;
  /** a sum was announced, and did not come or is of a kind that we do not know */
  readonly unverified: true | undefined;
}

/** What comes behind the bytes that are here; throws ChatError where it does not begin with those. */
async function* behind(
  known: Uint8Array,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  let left = known;
  for await (const bytes of source) {
    const again = Math.min(left.length, bytes.length);
    if (Buffer.compare(bytes.subarray(0, again), left.subarray(0, again)) !== 0)
      throw new ChatError('file-corrupt');
    left = left.subarray(again);
    if (again < bytes.length) yield bytes.subarray(again);
  }
  if (left.length > 0) throw new ChatError('file-incomplete');
}

/** The sum that the sender says later; undefined where there is none. */
async function sumOf(
  { laterHash }: IncomingOffer,
  { signal, onSumAwaited }: Reception,
): Promise<string | undefined> {
  if (laterHash === undefined) return undefined;
  const timer = setTimeout(() => onSumAwaited?.(), PATIENCE_FOR_SUM);
  try {
    return await unless(signal, laterHash.hex());
  } finally {
    clearTimeout(timer);
  }
}

/** Accepts and receives. Resolves to path and SHA-256 (hex); rejects with an error that has a `condition`. */
export async function receive(offer: IncomingOffer, reception: Reception): Promise<Received> {
  const { folder, name, signal, onProgress, onFallback, resume } = reception;
  const bound = offer.size ?? reception.maxSize;
  const before = resume?.part;
  // What a later run may go on with is not removed as left by one that died.
  const owner = resume === undefined ? reception.owner : undefined;
  const begun = before === undefined ? partFile(folder, name, owner) : Promise.resolve(before);
  const part: PartFile = await begun.catch((error: unknown) => {
    offer.decline('no-space');
    resume?.ended();
    throw folderError(error, folder);
  });
  resume?.began(part.path);
  let size = 0;
  let begins: Uint8Array = new Uint8Array(0);
  const { overlap = 0 } = resume ?? {};
  let tail: Uint8Array = new Uint8Array(0);
  const memory = frugality();
  const look = (bytes: Uint8Array) => {
    if (begins.length < SNIFFED) begins = Buffer.concat([begins, bytes.subarray(0, SNIFFED)]);
  };
  try {
    if (signal.aborted) offer.decline('declined');
    signal.throwIfAborted();
    const hash = createHash(OWN_ALGORITHM);
    const claimed = claimedHash(offer, hash);
    const sums = new Set(claimed === undefined ? [hash] : [hash, claimed]);
    for await (const bytes of before?.contents() ?? []) {
      look(bytes);
      size += bytes.length;
      for (const each of sums) each.update(bytes);
      if (overlap > 0) tail = Buffer.concat([tail, bytes.subarray(-overlap)]).subarray(-overlap);
    }
    const source = offer.accept(bound, signal, size - tail.length, onFallback);
    for await (const bytes of tail.length === 0 ? source : behind(tail, source)) {
      size += bytes.length;
      if (size > bound) throw new ChatError('file-too-large');
      look(bytes);
      for (const each of sums) each.update(bytes);
      await part.write(bytes);
      memory.moved(bytes.length);
      onProgress(size);
    }
    signal.throwIfAborted();
    if (offer.size !== undefined && size < offer.size) throw new ChatError('file-incomplete');
    const sha256 = hash.digest('hex');
    const found = claimed === hash ? sha256 : claimed?.digest('hex');
    // The disk writes while the sender sums, and says it.
    const [later] = await Promise.all([claimed && sumOf(offer, reception), part.sync()]);
    const sum = claimed && (offer.hash?.hex ?? later);
    if (sum !== undefined && found !== sum) throw new ChatError('file-corrupt');
    const announced = offer.hash ?? offer.laterHash;
    const unverified = announced !== undefined && sum === undefined ? true : undefined;
    const path = await part.finish();
    resume?.ended();
    const mime = mimeOf(name, begins);
    const claim = falseClaim({ name, mime: offer.mime }, begins);
    return { path, sha256, size, mime: claim?.content ?? mime, claimed: claim?.claimed, unverified };
  } catch (error) {
    const reason = signal.aborted ? signal.reason : folderError(error, folder);
    const { condition = '' } = reason as { condition?: string };
    if (resume !== undefined && size > 0 && !HOPELESS.includes(condition)) {
      await part.keep();
      resume.kept(part.path);
    } else {
      await part.discard();
      resume?.ended();
    }
    throw reason;
  } finally {
    memory.end();
  }
}
