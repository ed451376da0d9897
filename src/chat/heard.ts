/**
 * What this run has told of. Runs side by side share the kept messages, and the server gives each of them a copy: who comes
 * second finds it kept, and tells of it all the same. What was kept before this run began is no news.
 */

/** rows; what is older is as good as told: two runs hear the same within moments */
const MOST = 4096;

/**
 * Takes the last row that was kept before this run. Gives a function that notes a row as told, and says whether nothing was
 * told of it until then.
 */
export function heard(before: number): (row: number) => boolean {
  const rows = new Set<number>();
  let forgotten = before;
  return (row) => {
    if (row <= forgotten || rows.has(row)) return false;
    rows.add(row);
    if (rows.size > MOST) {
      const [oldest = row] = rows;
      rows.delete(oldest);
      forgotten = Math.max(forgotten, oldest);
    }
    return true;
  };
}
