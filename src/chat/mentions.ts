/** Whether a message of a room speaks to somebody, by words of its text or by reference. */
import { countCodePoints, type Range } from '../xmpp/fallback.ts';
import type { Mention } from '../xmpp/mentions.ts';

const WORDY = /[\p{L}\p{M}\p{N}_]/u;

/** Where a text has a name as a word of its own, in UTF-16 units. Takes time in proportion to the text. */
function* wordsLike(text: string, name: string): Generator<number> {
  if (name === '') return;
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const end = at + name.length;
    // Two units: a character beyond the first 65,536 is a pair of them.
    const before = [...text.slice(Math.max(0, at - 2), at)].at(-1) ?? ' ';
    const [after = ' '] = text.slice(end, end + 2);
    if (!WORDY.test(before) && !WORDY.test(after)) yield at;
  }
}

/** Whether a text names a nickname as a word of its own. Takes time in proportion to the text. */
export function mentions(text: string, nick: string): boolean {
  return wordsLike(text.toLowerCase(), nick.toLowerCase()).next().done !== true;
}

/** people that one message names by reference; the words of the text name the others */
const MOST = 16;

export interface Named {
  readonly nick: string;
  /** in code points */
  readonly range: Range;
}

/** Which of these people a text names, each at its first place, the longer name first; letters have to be the same. */
export function namedIn(text: string, nicks: readonly string[]): Named[] {
  const taken: { nick: string; start: number; end: number }[] = [];
  for (const nick of [...nicks].sort((one, other) => other.length - one.length)) {
    if (taken.length === MOST) break;
    for (const start of wordsLike(text, nick)) {
      const end = start + nick.length;
      if (taken.some((other) => start < other.end && other.start < end)) continue;
      taken.push({ nick, start, end });
      break;
    }
  }
  const count = (units: number) => countCodePoints(text.slice(0, units));
  return taken
    .sort((one, other) => one.start - other.start)
    .map(({ nick, start, end }) => ({ nick, range: { start: count(start), end: count(end) } }));
}

export interface SelfOptions {
  readonly account: string;
  /** own nickname in a room */
  readonly nick: (room: string) => string | undefined;
  /** own occupant id, where the room gives such ids (XEP-0421) */
  readonly occupantId: (room: string) => string | undefined;
}

/** Whether what somebody else says in a room is meant for us. Whoever refers to others, or to nobody, names nobody here. */
export function speaksToUs({ account, nick, occupantId }: SelfOptions) {
  return (room: string, text: string, references: readonly Mention[] = []): boolean => {
    const own = nick(room);
    if (own === undefined) return false;
    if (mentions(text, own)) return true;
    if (references.length === 0) return false;
    const id = occupantId(room);
    return references.some(
      (one) =>
        one.jid === account || one.jid === `${room}/${own}` || (id !== undefined && one.occupantId === id),
    );
  };
}

export type SpeaksToUs = ReturnType<typeof speaksToUs>;
