/** The seed of a run: it decides where faults fall and when. `FAULT_SEED`, set by `npm run test:faults -- --seed N`. */

export const seed = Number.parseInt(process.env.FAULT_SEED ?? '', 10) || 1;

export interface Dice {
  /** a whole number, both ends included */
  between(least: number, most: number): number;
  oneOf<T>(values: readonly [T, ...T[]]): T;
}

/** The same numbers for the same seed and name (mulberry32). */
export function dice(name: string): Dice {
  let state = seed;
  for (const char of name) state = Math.imul(state ^ (char.codePointAt(0) ?? 0), 0x9e3779b1);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return { between, oneOf: (values) => values[between(0, values.length - 1)] ?? values[0] };
}

/** Waits that belong to a fault last as long as the matrix says, else they are scaled. Set by `--real-time`. */
export const long = process.env.FAULT_REAL_TIME === '1';
