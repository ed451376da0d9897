/** Everybody has a turn in each round, so that what else the machine does meets all alike. */

export interface Contestant<Sample> {
  readonly name: string;
  /** One run; rejects when it did not do what it should: that is no sample. */
  turn(): Promise<Sample>;
}

export interface Result<Sample> {
  readonly name: string;
  readonly samples: readonly Sample[];
  /** what went wrong, once each */
  readonly faults: readonly string[];
}

/** A first round warms caches and is not counted. The order turns by one each round: nobody always follows the same. */
export async function inTurns<Sample>(
  rounds: number,
  contestants: readonly Contestant<Sample>[],
): Promise<Result<Sample>[]> {
  const results = contestants.map(({ name }) => ({
    name,
    samples: [] as Sample[],
    faults: new Set<string>(),
  }));
  for (let round = 0; round <= rounds; round += 1) {
    for (let place = 0; place < contestants.length; place += 1) {
      const index = (place + round) % contestants.length;
      const result = results[index];
      try {
        const sample = await contestants[index]?.turn();
        if (sample !== undefined && round > 0) result?.samples.push(sample);
      } catch (error) {
        result?.faults.add(error instanceof Error ? error.message : String(error));
      }
    }
  }
  return results.map(({ faults, ...rest }) => ({ ...rest, faults: [...faults] }));
}

/** One line for everybody with fewer samples than rounds. */
export function complaints(results: readonly Result<unknown>[], rounds: number): string[] {
  return results
    .filter(({ samples }) => samples.length < rounds)
    .map(
      ({ name, samples, faults }) =>
        `${name}: ${samples.length} of ${rounds} measured (${faults.join('; ') || 'no reason known'})`,
    );
}
