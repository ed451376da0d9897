/** Names of received files: what a stranger wrote becomes a name that is nothing but a name. */

const LONGEST = 120;
const LONGEST_EXTENSION = 20;
/** characters of a stranger's name that are looked at: composing many marks, and long runs of dots, take for ever */
const LOOKED_AT = { first: 1024, last: 64 } as const;
const encoder = new TextEncoder();
const bytes = (text: string) => encoder.encode(text).length;

/** Devices of Windows, with any extension; CONIN$ and CONOUT$ too. */
const RESERVED = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\.|$)/i;
/**
 * Controls, formats (bidi, zero-width), line separators, what is unassigned or half a character. Made a pattern where
 * a name is looked at: it loads Unicode's tables.
 */
const INVISIBLE = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]`;
const FORBIDDEN_ON_WINDOWS = /[<>:"|?*]/g;

/** Percent signs are part of a name, but not where they hide a separator (CVE-2021-33896). */
function decoded(name: string): string {
  try {
    const plain = decodeURIComponent(name);
    return /[/\\]/.test(plain) ? plain : name;
  } catch {
    return name.replace(/%(?:2f|5c)/gi, '/');
  }
}

/** Its beginning, and its end where the extension is. Half a character that this leaves is removed with the invisible. */
function bounded(name: string): string {
  const { first, last } = LOOKED_AT;
  return name.length <= first + last ? name : name.slice(0, first) + name.slice(-last);
}

/** Cut at a character, not within one. */
function shortened(text: string, most: number): string {
  let short = '';
  for (const character of text) {
    if (bytes(short) + bytes(character) > most) break;
    short += character;
  }
  return short;
}

/** Base name and extension with its dot; a name that only begins with a dot has none. */
export function splitName(name: string): [base: string, extension: string] {
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 ? name.slice(dot) : '';
  return bytes(extension) > LONGEST_EXTENSION || extension === '.'
    ? [name, '']
    : [name.slice(0, dot > 0 ? dot : undefined), extension];
}

/** A name for a file in a folder of ours: at most 120 bytes, on any system; `file` where nothing is left. */
export function safeName(offered: string): string {
  const last = decoded(offered).split(/[/\\]/).at(-1) ?? '';
  // Composed behind that: what is invisible may stand between a letter and its mark.
  const clean = bounded(last)
    .replace(new RegExp(INVISIBLE, 'gu'), '')
    .normalize('NFC')
    .replace(FORBIDDEN_ON_WINDOWS, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    // `rm *` would take it for an option.
    .replace(/^-/, '_');
  const [base, extension] = splitName(clean);
  const short = shortened(base, LONGEST - bytes(extension)).replace(/[. ]+$/, '') + extension;
  if (short === '') return 'file';
  // Only what is not whole yet is called that.
  const name = short.replace(/\.part$/i, '_part');
  return RESERVED.test(name) ? `_${shortened(name, LONGEST - 1)}` : name;
}

/** The name, then `name (1).ext`, `name (2).ext`, … */
export function* candidates(name: string): Generator<string, void> {
  yield name;
  const [base, extension] = splitName(name);
  for (let n = 1; n < 10_000; n++) yield `${base} (${n})${extension}`;
}
