// What `npm run test:faults -- --seeds N` ends with: each row of the fault matrix, and with how many seeds it passed.

/** @typedef {{ seed: number, tests: { title: string, passed: boolean }[] }} Pass */

/** `row 4: …` and `rows 1 to 3: …`; whatever else the suite holds stands behind all rows. */
function rowOf(title) {
  const found = /^rows? (\d+)(?: to (\d+))?: (.*?)(?: \(quick\))?$/.exec(title);
  if (found === null) return { first: Number.POSITIVE_INFINITY, row: '', what: title };
  const [, first, last, what] = found;
  return { first: Number(first), row: last === undefined ? first : `${first}–${last}`, what };
}

/**
 * A table in Markdown: row × seeds that it passed with, of how many; the seeds that failed by number, so that they can
 * be given again.
 * @param {Pass[]} passes
 */
export function faultTable(passes) {
  const rows = new Map();
  for (const { seed, tests } of passes)
    for (const { title, passed } of tests) {
      const entry = rows.get(title) ?? { ...rowOf(title), passed: 0, seeds: 0, failed: [] };
      rows.set(title, entry);
      entry.seeds += 1;
      if (passed) entry.passed += 1;
      else entry.failed.push(seed);
    }
  const lines = [...rows.values()]
    .sort((a, b) => a.first - b.first)
    .map(
      ({ row, what, passed, seeds, failed }) =>
        `| ${row} | ${what.replaceAll('|', '\\|')} | ${passed}/${seeds} | ${failed.join(', ')} |`,
    );
  const seeds = passes.map(({ seed }) => seed).join(', ');
  return ['| row | fault | passed | failed with |', '|---|---|---|---|', ...lines, `seeds: ${seeds}`].join(
    '\n',
  );
}
