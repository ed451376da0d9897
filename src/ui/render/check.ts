/** A step of `--doctor` as a line, and under it what to do. */
import type { Check, Finding, FindingCode, Findings } from '../../chat/checks.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { brief, sanitize } from '../sanitize.ts';
import { width } from '../screen/width.ts';
import { wrap } from '../screen/wrap.ts';
import { adviceOf } from '../sentences.ts';
import { size, stamp } from './formats.ts';
import type { RenderOptions } from './options.ts';

type Texts = Readonly<Record<string, string>>;
/** A finding without a text, or a text with a value its finding does not have, does not compile. */
type FindingWords = {
  readonly [C in FindingCode]: (values: { readonly [K in keyof Findings[C] | 'why']: string }) => string;
};

const LONGEST_LIST = 1000;
/** cells of text that are worth a column of their own */
const ROOM = 30;

export function checkText(
  { check, state, about, finding }: Check,
  { words, theme, columns }: RenderOptions,
): string {
  const { states, checks, texts } = words.doctor;
  const paint = { ok: theme.success, warn: theme.warning, fail: theme.error }[state];
  const known: FindingWords = texts;
  const say = known[finding.code] as (values: Texts) => string;
  const advice = adviceFor(finding, check === 'log-in' ? ['auth'] : ['connection', 'stream'], words);
  const place = about === '' ? '' : `${sanitize(about)}: `;
  const shown = padded(states[state], Object.values(states));
  const step = padded(checks[check], Object.values(checks));
  const said = `${place}${say({ ...readable(finding, words), why: advice.why })}`;
  const line = `${paint(shown)}  ${step}  ${hanging(said, width(shown) + width(step) + 4, columns)}`;
  const hint = finding.code === 'missing' ? missing(check, words) : advice.hint;
  if (hint === '') return line;
  const indent = width(shown) + 2;
  const todo = words.doctor.try;
  const below = hanging(hint, indent + width(todo) + 1, columns);
  return `${line}\n${' '.repeat(indent)}${theme.dim(todo)} ${below}`;
}

/** Further lines stand below the first, where there is room for some words. */
function hanging(text: string, indent: number, columns: number | undefined): string {
  const room = (columns ?? 0) - 1 - indent;
  return room < ROOM ? text : wrap(text, room).replaceAll('\n', `\n${' '.repeat(indent)}`);
}

function padded(text: string, all: readonly string[]): string {
  return text + ' '.repeat(Math.max(...all.map(width)) - width(text));
}

/** Why it does not work, and what to do about it. */
function adviceFor(
  { code, values }: Finding,
  groups: readonly string[],
  words: Catalogue,
): { why: string; hint: string } {
  const { hints, chains } = words.doctor;
  if (code !== 'failed' && code !== 'certificate-bad') return { why: '', hint: hints[code] ?? '' };
  const advice = adviceOf(words, values.condition, { groups, domain: values.domain });
  const named = values.code === '' ? '' : ` (${sanitize(values.code)})`;
  const chain = values.condition === 'certificate-untrusted' && Object.hasOwn(chains, values.code);
  const why = `${chain ? `${advice.why}: ${chains[values.code]}` : advice.why}${named}`;
  const quote = 'text' in values ? brief(values.text) : '';
  return { why: quote === '' ? why : words.errors.quoted(why, quote), hint: advice.hint };
}

function missing(check: Check['check'], { doctor }: Catalogue): string {
  const known: Texts = doctor.missing;
  return known[check] ?? '';
}

/** Values as people read them, sanitised. */
function readable({ values }: Finding, words: Catalogue): Texts {
  const texts: Record<string, string> = {};
  const more = 'more' in values ? values.more : 0;
  for (const [name, value] of Object.entries(values)) texts[name] = textOf(name, value, more, words);
  return texts;
}

function textOf(name: string, value: unknown, more: number, words: Catalogue): string {
  if (Array.isArray(value)) {
    const list = brief(value.join(', '), LONGEST_LIST);
    return more > 0 ? words.doctor.andMore(list, more) : list;
  }
  if (name === 'size') return size(Number(value), words);
  if (name === 'from' || name === 'until') return Number.isFinite(value) ? stamp(Number(value)) : '?';
  return brief(String(value));
}
