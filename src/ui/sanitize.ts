/**
 * Makes a string from the network harmless for a terminal: it can neither move the cursor, nor start a line
 * of its own, nor reorder or hide what stands beside it. Every remote string passes here on its way out.
 */

export interface SanitizeOptions {
  /**
   * What stands before each further line (for example `'  │ '`). Without it the text is one line, and a line
   * break in it shows as ␊. Give it only where a message may take several lines.
   */
  readonly lines?: string;
}

const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/** Scripts in which the joiners U+200C and U+200D change how letters look. */
const JOINING =
  '\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Mongolian}\\p{Script=Nko}\\p{Script=Mandaic}\\p{Script=Adlam}' +
  '\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Gurmukhi}\\p{Script=Gujarati}\\p{Script=Oriya}' +
  '\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}\\p{Script=Sinhala}' +
  '\\p{Script=Khmer}\\p{Script=Tibetan}\\p{Script=Myanmar}';
const JOINED = `[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\uFE0F\\u20E3${JOINING}]`;

// Zero-width characters that have a job: joiners inside emoji and joining scripts, emoji presentation,
// the tags of a flag such as Wales, and the Arabic signs that are format characters only by category.
const NEEDED =
  `(?<=${JOINED})[\\u200C\\u200D](?=${JOINED})` +
  '|(?<=[\\p{Emoji}])[\\uFE0E\\uFE0F]' +
  '|\\u{1F3F4}[\\u{E0020}-\\u{E007E}]{1,8}\\u{E007F}' +
  '|[\\u0600-\\u0605\\u06DD\\u070F\\u0890\\u0891\\u08E2\\u{110BD}\\u{110CD}]';
const DANGEROUS = '[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}]';
let special: RegExp | undefined;

const RIGHT_TO_LEFT =
  /[\u0590-\u08FF\u200F\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

/** Marks stacked on one letter beyond this many are dropped: they paint over the neighbouring lines. */
const STACKED = /(\p{M}{6})\p{M}+/gu;

/**
 * Returns `text` safe to print. Control characters become visible (`␛`, `<U+009B>`), carriage returns are
 * dropped, bidirectional controls are replaced by an isolate round the whole, zero-width characters show in a
 * single line (so that two names that look alike do not) and are dropped in a text of several lines.
 */
export function sanitize(text: string, options: SanitizeOptions = {}): string {
  // Most text is this; a run that has no other does not load Unicode's tables.
  if (/^[ -~]*$/.test(text)) return text;
  special ??= new RegExp(`(${NEEDED})|${DANGEROUS}`, 'gu');
  const { lines } = options;
  const single = lines === undefined;
  const safe = text
    .replace(special, (found: string, needed: string | undefined) => needed ?? visible(found, single))
    .replace(STACKED, '$1');
  if (single) return isolate(safe.replaceAll('\n', '␊'));
  return safe.split('\n').map(isolate).join(`\n${lines}`);
}

/** UTF-16 units of a status, a reason, a nickname that stands among other things */
const BRIEF = 200;

/** The same in one line, shortened: what somebody else wrote must not fill the screen where it is only mentioned. */
export function brief(text: string, most = BRIEF): string {
  if (text.length <= most) return sanitize(text);
  return `${sanitize(text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, ''))}…`;
}

function visible(character: string, single: boolean): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\r') return '';
  if (character === '\n') return '\n';
  if (character === '\t') return single ? ' ' : '    ';
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  if (code < 0xa0) return hex(code);
  if (code >= 0xd800 && code <= 0xdfff) return '\uFFFD';
  if (single) return hex(code);
  return code === 0x2028 || code === 0x2029 ? '\n' : '';
}

const hex = (code: number): string => `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;

/** Keeps right-to-left text from pulling its neighbours along (UAX #9 §2.4, explicit isolates). */
function isolate(line: string): string {
  return RIGHT_TO_LEFT.test(line) ? `${FIRST_STRONG_ISOLATE}${line}${POP_ISOLATE}` : line;
}
