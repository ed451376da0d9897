/** What names a conversation, as others write it (XEP-0201 §3). */

/** It is repeated in all that is said there: what is longer names none. A UUID, as the XEP wants, has 36 characters. */
const LONGEST = 256;

/** The thread; undefined where there is none, or it is longer than 256 characters. */
export const readThread = (text: string | undefined): string | undefined =>
  text === undefined || text === '' || text.length > LONGEST ? undefined : text;
