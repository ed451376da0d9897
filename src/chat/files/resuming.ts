/** Offers that go on where an earlier one of the same file broke off: the same sender, size, and sum or version. */
import { lstat, unlink } from 'node:fs/promises';
import { bareOf } from '../address.ts';
import type { PartialFiles } from '../stores.ts';
import type { Resumption } from './incoming.ts';
import { resumedFile } from './part-file.ts';
import type { IncomingOffer } from './route.ts';

/** Sums that nobody can make another file for. */
const STRONG: readonly string[] = ['sha-256', 'sha-512', 'sha3-256', 'sha3-512', 'blake2b-512'];

/** Bytes compared of a file that is known by its name, size and time alone. */
const OVERLAP = 64 * 1024;
/** characters of name and version that are remembered */
const LONGEST_KNOWN = 2000;

function keyOf({ peer, name, size, hash, version, ranged }: IncomingOffer): string | undefined {
  if (ranged !== true || size === undefined) return undefined;
  if (hash !== undefined && STRONG.includes(hash.algorithm))
    return `offer:${bareOf(peer)}:${hash.algorithm}:${hash.hex}:${size}`;
  if (version === undefined || version.length + name.length > LONGEST_KNOWN) return undefined;
  return `offer:${JSON.stringify([bareOf(peer), name, size, version])}`;
}

/** Notes what becomes of a part under `key`. `validator`: by which its sender knows the content again. */
export const keptUnder = (
  partials: PartialFiles,
  key: string,
  validator: string,
): Omit<Resumption, 'part'> => ({
  began: (path) => partials.put(key, { path, validator }, { busy: true }),
  kept: (path) => partials.put(key, { path, validator }, { busy: false }),
  ended: () => partials.remove(key),
});

/**
 * Undefined where the offer says too little to be known again, the sender cannot begin at a later byte, or the same is
 * coming already. Else the key is taken: `kept` or `ended` has to follow.
 */
export async function resumptionOf(
  offer: IncomingOffer,
  name: string,
  partials: PartialFiles,
): Promise<Resumption | undefined> {
  const key = keyOf(offer);
  const kept = key === undefined ? 'busy' : partials.take(key);
  if (key === undefined || kept === 'busy') return undefined;
  const part = kept && (await resumedFile(kept.path, name));
  const fits = part !== undefined && part.size <= (offer.size ?? 0);
  if (part !== undefined && !fits) await part.discard();
  return {
    part: fits ? part : undefined,
    overlap: offer.hash === undefined ? OVERLAP : 0,
    ...keptUnder(partials, key, offer.hash?.hex ?? ''),
  };
}

/** What is kept of files that broke off, of one account, the newest first. */
const MOST_KEPT = 20;
const MOST_KEPT_BYTES = 8 * 1024 ** 3;
const LONGEST_KEPT = 14 * 24 * 60 * 60 * 1000;

/** Removes what nobody came back for: beyond a number, an amount of bytes, or an age. Never rejects. */
export async function tidyParts(partials: PartialFiles, now = Date.now()): Promise<void> {
  const all = await Promise.all(
    partials.list().map(async ({ key, path }) => ({ key, path, ...(await partAt(path)) })),
  );
  let [number, bytes] = [0, 0];
  for (const { key, path, size, changed } of all.sort((one, other) => other.changed - one.changed)) {
    number++;
    bytes += size;
    const isWanted = size > 0 && now - changed <= LONGEST_KEPT;
    if (isWanted && number <= MOST_KEPT && bytes <= MOST_KEPT_BYTES) continue;
    if (partials.take(key) === 'busy') continue;
    if (path !== '') await unlink(path).catch(() => undefined);
    partials.remove(key);
  }
}

/** Size 0 where nothing can be gone on with: it is not there, or it has its own name already. */
async function partAt(path: string): Promise<{ size: number; changed: number }> {
  const found = path === '' ? undefined : await lstat(path).catch(() => undefined);
  return found?.isFile() && found.nlink === 1
    ? { size: found.size, changed: found.mtimeMs }
    : { size: 0, changed: 0 };
}
