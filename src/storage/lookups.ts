/** What a person looks for in what is kept, as SQL behind `SELECT_MESSAGE … WHERE`. */
import type { HistoryQuery, SearchQuery } from '../chat/stores.ts';
import { wholeTime } from './message-row.ts';
import type { Value } from './sql.ts';

/** The one place that says which of two messages of a timeline is the newer one. */
export const ORDER = 'm.position';

/** Positions are of one chat: across chats times decide, which servers tell to the second; within one each chat keeps its order. */
const ACROSS = ['m.time / 1000', 'm.chat', ORDER] as const;

const newestFirst = (keys: readonly string[]) => keys.map((key) => `${key} DESC`).join(', ');

export const IN_CHAT = 'm.chat = (SELECT id FROM chat WHERE account = ? AND jid = ?)';

export interface Lookup {
  readonly rest: string;
  readonly values: readonly Value[];
}

type Condition = readonly [sql: string, ...values: Value[]];

/** The newest rows that match, newest first, or the oldest ones, oldest first. */
export function historyQuery(query: HistoryQuery): Lookup {
  const { account, chat, before, after, end = 'newest' } = query;
  const keys = chat === undefined ? ACROSS : [ORDER];
  const key = keys.join(', ');
  const place = `(SELECT ${key} FROM message m WHERE m.row = ?)`;
  const conditions: Condition[] = [
    chat === undefined ? ['c.account = ?', account] : [IN_CHAT, account, chat],
    ...(before === undefined ? [] : [[`(${key}) < ${place}`, before] as const]),
    ...(after === undefined ? [] : [[`(${key}) > ${place}`, after] as const]),
    ...between(query),
  ];
  return lookup(conditions, end === 'newest' ? newestFirst(keys) : key, query.limit);
}

/**
 * Newest first; undefined where nothing is looked for. Which rows they are is settled first, by as little of each as
 * possible: a common word is in thousands of messages, of which a few are shown.
 */
export function searchQuery(query: SearchQuery): Lookup | undefined {
  const text = textCondition(query.text);
  if (text === undefined) return undefined;
  const { account, chat, from } = query;
  const conditions: Condition[] = [
    text,
    chat === undefined
      ? ['m.chat IN (SELECT id FROM chat WHERE account = ?)', account]
      : [IN_CHAT, account, chat],
    ...(from === undefined ? [] : [saidBy(from)]),
    ...between(query),
  ];
  const newest = newestFirst(ACROSS);
  const { rest, values } = lookup(conditions, newest, query.limit);
  return { rest: `m.row IN (SELECT m.row FROM message m WHERE ${rest}) ORDER BY ${newest}`, values };
}

function lookup(conditions: readonly Condition[], order: string, limit: number): Lookup {
  return {
    rest: `${conditions.map(([sql]) => sql).join(' AND ')} ORDER BY ${order} LIMIT ?`,
    values: [
      ...conditions.flatMap(([, ...values]) => values),
      Math.max(0, Math.min(Math.floor(limit), Number.MAX_SAFE_INTEGER)),
    ],
  };
}

function between({ since, until }: Pick<HistoryQuery, 'since' | 'until'>): Condition[] {
  return [
    ...(since === undefined ? [] : [['m.time >= ?', wholeTime(since)] as const]),
    ...(until === undefined ? [] : [['m.time < ?', wholeTime(until)] as const]),
  ];
}

/** A bare JID means all its devices. */
function saidBy(from: string): Condition {
  return [
    "(m.sender = ? OR m.nick = ? OR substr(m.sender, 1, length(?) + 1) = ? || '/')",
    from,
    from,
    from,
    from,
  ];
}

/** Scripts that are written without blanks between words: the index has whole sentences for words there. */
const UNDIVIDED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;

/**
 * What a person types, as words that must all be there; the last one may go on, and each with `*` behind it (FTS5 §3).
 * What has no words, as an emoji, or no blanks between them, is looked for letter by letter.
 */
function textCondition(text: string): Condition | undefined {
  const words = text.match(/[\p{L}\p{N}\p{M}]+\*?/gu) ?? [];
  const wanted = text.trim();
  if (UNDIVIDED.test(text) || (words.length === 0 && /\p{So}/u.test(text)))
    return ['instr(m.body, ?) > 0', wanted];
  if (words.length === 0) return undefined;
  const match = words.map((word, at) => {
    const open = word.endsWith('*') || at === words.length - 1;
    return `"${word.replace('*', '')}"${open ? '*' : ''}`;
  });
  return ['m.row IN (SELECT rowid FROM message_text WHERE message_text MATCH ?)', match.join(' ')];
}
