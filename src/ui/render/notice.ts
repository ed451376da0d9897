/** What an action says when it is done, in words. */
import type { Notice, NoticeCode, Notices } from '../../actions/notices.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { sanitize } from '../sanitize.ts';
import { whyOf } from '../sentences.ts';
import { size, span } from './formats.ts';

/** A code without a sentence, or a sentence with a value its notice does not have, does not compile. */
type NoticeWords = {
  readonly [C in NoticeCode]: (values: { readonly [K in keyof Notices[C]]: string }) => string;
};

/** One line, sanitised. */
export function noticeText(notice: Notice, words: Catalogue): string {
  const sentences: NoticeWords = words.notices;
  const say = sentences[notice.code] as (values: Readonly<Record<string, string>>) => string;
  return say(texts(notice, words));
}

function texts(notice: Notice, words: Catalogue): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(notice.values)) values[name] = textOf(name, value, words);
  return values;
}

function textOf(name: string, value: unknown, words: Catalogue): string {
  if (name === 'size' && typeof value === 'number') return size(value, words);
  if (name === 'seconds' && typeof value === 'number') return span(value, words);
  if (name === 'reason' && typeof value === 'string') return whyOf(words, value);
  const text = String(value);
  const { shows } = words.words;
  if (name === 'show' && Object.hasOwn(shows, text)) return shows[text as keyof typeof shows];
  const { affiliations, roles } = words.words;
  if (name === 'affiliation' && Object.hasOwn(affiliations, text))
    return affiliations[text as keyof typeof affiliations];
  if (name === 'role' && Object.hasOwn(roles, text)) return roles[text as keyof typeof roles];
  return sanitize(text);
}
