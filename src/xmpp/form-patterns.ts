/** Patterns that a form's sender gives (XEP-0122 §3.2.4), applied only where no text can keep us busy. */

/** code units; what is longer is not looked at */
const LONGEST_PATTERN = 200;
const LONGEST_TEXT = 500;
/** repetitions that may compete for the same characters: the work grows by one power with each */
const REPETITIONS = 2;

/**
 * True and false as the pattern says; undefined where it cannot be applied safely, or is none: the sender checks then.
 * A pattern counts as safe without look-around and back references, when nothing that repeats or offers a choice
 * is itself repeated.
 */
export function matchesPattern(pattern: string, text: string): boolean | undefined {
  if (pattern.length > LONGEST_PATTERN || text.length > LONGEST_TEXT || !isTame(pattern)) return undefined;
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return undefined;
  }
}

function isTame(pattern: string): boolean {
  // Escaped characters and whole sets stand for one character each.
  const plain = pattern
    .replace(/\\\d/g, '(?')
    .replace(/\\./g, 'x')
    .replace(/\[\^?\]?[^\]]*\]/g, 'x');
  if (/\(\?(?!:)/.test(plain)) return false;
  if ((plain.match(/[*+]|\{\d*,\d*\}/g) ?? []).length > REPETITIONS) return false;
  return !hasRepeatedChoice(plain);
}

/** A group that holds a repetition or a choice, and is repeated. */
function hasRepeatedChoice(plain: string): boolean {
  const open: boolean[] = [];
  for (let at = 0; at < plain.length; at++) {
    const character = plain[at] ?? '';
    if (character === '(') open.push(false);
    else if (character === ')') {
      const many = open.pop() ?? false;
      if (many && /^[*+{]/.test(plain.slice(at + 1))) return true;
      if (many && open.length > 0) open[open.length - 1] = true;
    } else if (/[*+{|?]/.test(character) && open.length > 0 && plain[at - 1] !== '(')
      open[open.length - 1] = true;
  }
  return false;
}
