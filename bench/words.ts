/** Texts as people write them: a few words come often, most seldom. The same at every run. */

const SYLLABLES = [
  'ba',
  'co',
  'da',
  'fe',
  'gi',
  'ho',
  'ku',
  'la',
  'mi',
  'no',
  'pe',
  'ro',
  'sa',
  'te',
  'vu',
  'wi',
];
const VOCABULARY = 20_000;

/** A generator of numbers from 0 to below 1 (mulberry32): chance that comes again. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The word of that rank: the higher, the rarer. */
export function word(rank: number): string {
  let text = '';
  for (let rest = rank + 1; rest > 0; rest = Math.floor(rest / SYLLABLES.length))
    text += SYLLABLES[rest % SYLLABLES.length];
  return text;
}

/** Some three to fifteen words; the word of rank r comes about once in r times what the first does (Zipf). */
export function sentence(next: () => number): string {
  const length = 3 + Math.floor(next() * 13);
  return Array.from({ length }, () => word(Math.floor(VOCABULARY ** next()) - 1)).join(' ');
}
