/**
 * How many columns of the screen one grapheme cluster takes (UAX #29 §3, UAX #11, UTS #51).
 * The patterns lean on Unicode's tables, whose loading takes 20 ms: they are made when the first cluster is asked
 * about that is not simple, which in most runs is never.
 */
import { eastAsianWidth } from 'get-east-asian-width';

interface Patterns {
  /** code points that show */
  readonly visible: RegExp;
  /** marks with a column of their own */
  readonly spacing: RegExp;
  /** emoji as Unicode recommends them for interchange */
  readonly emoji: RegExp;
  readonly pictograph: RegExp;
}

let made: Patterns | undefined;

function patterns(): Patterns {
  const pattern = (source: string, flags = 'u') => new RegExp(source, flags);
  made ??= {
    visible: pattern(String.raw`[^\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Cs}]`),
    spacing: pattern(String.raw`\p{Mc}`),
    emoji: pattern(String.raw`^\p{RGI_Emoji}$`, 'v'),
    pictograph: pattern(String.raw`\p{Extended_Pictographic}`, 'gu'),
  };
  return made;
}

/** No emoji is longer; a cluster of a thousand joined ones is no emoji. */
const LONGEST_EMOJI = 50;
const KEYCAP = /^[\d#*]\u20E3$/;
const JOINER = '\u200D';

/** Two columns, also where a selector or a skin tone is missing that should be there. */
function isEmoji(cluster: string): boolean {
  const { emoji, pictograph } = patterns();
  if (emoji.test(cluster)) return true;
  if (cluster.length > LONGEST_EMOJI) return false;
  if (KEYCAP.test(cluster)) return true;
  return cluster.includes(JOINER) && (cluster.match(pictograph)?.length ?? 0) >= 2;
}

const columnsOf = (character: string | undefined): number => eastAsianWidth(character?.codePointAt(0) ?? 0);

const within = (character: string | undefined, first: string, last: string): boolean =>
  character !== undefined && character >= first && character <= last;
const isLeading = (c: string | undefined) => within(c, '\u1100', '\u115F') || within(c, '\uA960', '\uA97C');
const isVowel = (c: string | undefined) => within(c, '\u1160', '\u11A7') || within(c, '\uD7B0', '\uD7C6');
const isTrailing = (c: string | undefined) => within(c, '\u11A8', '\u11FF') || within(c, '\uD7CB', '\uD7FB');

/** Letters of one Korean syllable share its two columns; those without a syllable have their own. */
function jamoWidth(characters: readonly string[]): number {
  let columns = 0;
  for (let at = 0; at < characters.length; at++) {
    columns += columnsOf(characters[at]);
    if (!isLeading(characters[at]) || !isVowel(characters[at + 1])) continue;
    at += isTrailing(characters[at + 2]) ? 2 : 1;
  }
  return columns;
}

/** Takes one grapheme cluster without escape sequences. */
export function clusterWidth(cluster: string): number {
  const { visible, spacing } = patterns();
  const start = cluster.search(visible);
  if (start < 0) return 0;
  if (isEmoji(cluster)) return 2;
  const [first, ...others] = cluster.slice(start);
  if (isLeading(first) || isVowel(first) || isTrailing(first))
    return jamoWidth([first ?? '', ...others.filter((character) => visible.test(character))]);
  return others
    .filter((character) => spacing.test(character) || within(character, '\uFF00', '\uFFEF'))
    .reduce((columns, character) => columns + columnsOf(character), columnsOf(first));
}
