/** Offers that go on where an earlier one of the same file broke off: the same sender, size, and sum or version. */
import { bareOf } from '../address.ts';
import type { PartialFiles } from '../stores.ts';
import type { Resumption } from './incoming.ts';
import { resumedFile } from './part-file.ts';
import type { IncomingOffer } from './route.ts';

/** Sums that nobody can make another file for. */
const STRONG: readonly string[] = ['sha-256', 'sha-512', 'sha3-256', 'sha3-512', 'blake2b-512'];

function keyOf({ peer, name, size, hash, version, ranged }: IncomingOffer): string | undefined {
  if (ranged !== true || size === undefined) return undefined;
  if (hash !== undefined && STRONG.includes(hash.algorithm))
    return `offer:${bareOf(peer)}:${hash.algorithm}:${hash.hex}:${size}`;
  return version && `offer:${JSON.stringify([bareOf(peer), name, size, version])}`;
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

/** Undefined where the offer says too little to be known again, or the sender cannot begin at a later byte. */
export async function resumptionOf(
  offer: IncomingOffer,
  name: string,
  partials: PartialFiles,
): Promise<Resumption | undefined> {
  const key = keyOf(offer);
  if (key === undefined) return undefined;
  const validator = offer.hash?.hex ?? '';
  const kept = partials.take(key);
  const part = kept && (await resumedFile(kept.path, name));
  const fits = part !== undefined && part.size <= (offer.size ?? 0);
  if (part !== undefined && !fits) await part.discard();
  return { part: fits ? part : undefined, ...keptUnder(partials, key, validator) };
}
