/**
 * XEP-0428: Fallback Indication, version 0.2.1. https://xmpp.org/extensions/xep-0428.html
 * XEP-0426: Character counting in message bodies, version 0.3.0. https://xmpp.org/extensions/xep-0426.html
 */
import { type Element, elements, x } from './stanza.ts';

export const NS_FALLBACK = 'urn:xmpp:fallback:0';

/** A part of a text, counted in Unicode code points from its beginning (XEP-0426 §subsequence). */
export interface Range {
  readonly start: number;
  /** the first one behind it; Infinity: to the end */
  readonly end: number;
}

/** Which parts of a message are there only for those who do not understand `for`. */
export interface Fallback {
  /** namespace; `undefined` where the sender does not say what it stands for */
  readonly for: string | undefined;
  readonly body: readonly Range[];
  readonly subject: readonly Range[];
}

const WHOLE: Range = { start: 0, end: Number.POSITIVE_INFINITY };
/** more of either is no message of a person */
const MOST = 32;
const OFFSET = /^\d{1,10}$/;

/** What the message says to be a fallback; ranges that are none are left out. */
export function parseFallbacks(stanza: Element): Fallback[] {
  return stanza
    .getChildren('fallback', NS_FALLBACK)
    .slice(0, MOST)
    .map((element) => {
      const bodies = element.getChildren('body', NS_FALLBACK);
      const subjects = element.getChildren('subject', NS_FALLBACK);
      // Without children it is about all of the message.
      const all = elements(element).length === 0;
      return {
        for: element.attrs.for || undefined,
        body: all ? [WHOLE] : parseRanges(bodies),
        subject: all ? [WHOLE] : parseRanges(subjects),
      };
    });
}

function parseRanges(regions: readonly Element[]): Range[] {
  return regions.slice(0, MOST).flatMap(({ attrs }) => {
    const start = parseOffset(attrs.start, WHOLE.start);
    const end = parseOffset(attrs.end, WHOLE.end);
    return start === undefined || end === undefined || start >= end ? [] : [{ start, end }];
  });
}

function parseOffset(text: string | undefined, absent: number): number | undefined {
  if (text === undefined) return absent;
  return OFFSET.test(text) ? Number(text) : undefined;
}

/** Marks one range of the body, or without one everything, as there only for those who do not understand `ns`. */
export function xFallback(ns: string, body?: Range): Element {
  const region = body && x('body', { start: String(body.start), end: String(body.end) });
  return x('fallback', { xmlns: NS_FALLBACK, for: ns }, region);
}

/** Length in code points. XEP-0426 §counting */
export function countCodePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/**
 * A text without those ranges. They may overlap, lie in any order and reach beyond the end; inside a grapheme they
 * split it (XEP-0426 §illegal-offsets). What is cut is never half of a surrogate pair.
 */
export function cutRanges(text: string, ranges: readonly Range[]): string {
  if (ranges.length === 0) return text;
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  let kept = '';
  let next = 0;
  let cutUntil = 0;
  let at = 0;
  for (const character of text) {
    for (let range = sorted[next]; range !== undefined && range.start <= at; range = sorted[++next])
      cutUntil = Math.max(cutUntil, range.end);
    if (at >= cutUntil) kept += character;
    at++;
  }
  return kept;
}

/**
 * The body without what stands in only for `understood`, a namespace whose element the message carries and that is
 * shown. With `unnamed`, fallbacks that do not say what they are for are cut too (XEP-0424 before version 0.4).
 */
export function withoutFallback(
  body: string,
  fallbacks: readonly Fallback[],
  understood: string,
  { unnamed = false }: { unnamed?: boolean } = {},
): string {
  const meant = fallbacks.filter((each) => each.for === understood || (unnamed && each.for === undefined));
  return cutRanges(
    body,
    meant.flatMap((each) => each.body),
  );
}
