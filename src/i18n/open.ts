/** Words that are looked up by a name from elsewhere: the known names must be there, others may be `undefined`. */
export type Open<T> = T & Readonly<Record<string, string>>;

export function open<T extends Readonly<Record<string, string>>>(words: T): Open<T> {
  return words;
}
