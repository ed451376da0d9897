/** Words that are looked up by a name from elsewhere: the known names must be there, others give `undefined`. */
export type Open<T> = T & Readonly<Record<string, string | undefined>>;

export function open<T extends Readonly<Record<string, string>>>(words: T): Open<T> {
  return words;
}
