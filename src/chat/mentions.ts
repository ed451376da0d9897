/** Whether a text of a room speaks to somebody. */

const WORDY = /[\p{L}\p{M}\p{N}_]/u;

/** Whether a text names a nickname as a word of its own. Takes time in proportion to the text. */
export function mentions(text: string, nick: string): boolean {
  const lower = text.toLowerCase();
  const name = nick.toLowerCase();
  if (name === '') return false;
  for (let at = lower.indexOf(name); at >= 0; at = lower.indexOf(name, at + 1)) {
    const end = at + name.length;
    // Two units: a character beyond the first 65,536 is a pair of them.
    const before = [...lower.slice(Math.max(0, at - 2), at)].at(-1) ?? ' ';
    const [after = ' '] = lower.slice(end, end + 2);
    if (!WORDY.test(before) && !WORDY.test(after)) return true;
  }
  return false;
}
