/** XEP-0393: Message Styling, version 1.1.1. https://xmpp.org/extensions/xep-0393.html */
import { child, type Element, x } from './stanza.ts';

export const NS_STYLING = 'urn:xmpp:styling:0';

/** Marks are not part of the texts; §7 recommends to show them: MARKS and FENCE say which they were. */
export type Span =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'code'; readonly text: string }
  | { readonly type: 'strong' | 'emphasis' | 'strike'; readonly spans: readonly Span[] };

export type Block =
  /** one line */
  | { readonly type: 'plain'; readonly spans: readonly Span[] }
  /** `info` is what followed the opening fence (often a language); `closed` where the closing fence was there */
  | { readonly type: 'code'; readonly text: string; readonly info: string; readonly closed: boolean }
  | { readonly type: 'quote'; readonly blocks: readonly Block[] };

export const FENCE = '```';
export const MARKS = { strong: '*', emphasis: '_', strike: '~', code: '`' } as const;

type SpanType = keyof typeof MARKS;
const TYPES = new Map<string, SpanType>(
  Object.entries(MARKS).map(([type, mark]) => [mark, type as SpanType]),
);
const SPACE = /[\s\p{Z}]/u;
/** deeper quotations are text: nobody reads them, and recursion must end */
const DEEPEST = 32;

/** Parses a body into blocks. Total: every text has a reading, in the worst case one plain block per line. §5 */
export function parseStyling(text: string): Block[] {
  return parseBlocks(text.split('\n'), 0);
}

function parseBlocks(lines: readonly string[], depth: number): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    if (line.startsWith(FENCE)) {
      // §5.1.2: to a line of the fence alone, or to the end of the parent block.
      const end = lines.indexOf(FENCE, at + 1);
      const last = end < 0 ? lines.length : end;
      blocks.push({
        type: 'code',
        text: lines.slice(at + 1, last).join('\n'),
        info: line.slice(FENCE.length),
        closed: end >= 0,
      });
      at = last + 1;
    } else if (line.startsWith('>') && depth < DEEPEST) {
      let end = at;
      while (lines[end]?.startsWith('>')) end++;
      blocks.push({ type: 'quote', blocks: parseBlocks(lines.slice(at, end).map(unquote), depth + 1) });
      at = end;
    } else {
      blocks.push({ type: 'plain', spans: parseSpans(line) });
      at++;
    }
  }
  return blocks;
}

/** §5.1.3: without the sign and the first white space after it. */
function unquote(line: string): string {
  return SPACE.test(line[1] ?? '') ? line.slice(2) : line.slice(1);
}

function parseSpans(line: string): Span[] {
  const spans: Span[] = [];
  const hopeless = new Set<string>();
  let plain = 0;
  const flush = (end: number) => {
    if (end > plain) spans.push({ type: 'text', text: line.slice(plain, end) });
  };
  for (let at = 0; at < line.length; ) {
    const mark = line[at] ?? '';
    const type = TYPES.get(mark);
    if (type === undefined || hopeless.has(mark) || !mayOpen(line, at)) {
      at++;
    } else if (line[at + 1] === mark) {
      // §5.2: nothing between the two, so neither is a directive.
      at += 2;
    } else {
      const end = findClosing(line, mark, at + 2);
      if (end < 0) {
        hopeless.add(mark);
        at++;
      } else {
        flush(at);
        const inner = line.slice(at + 1, end);
        spans.push(type === 'code' ? { type, text: inner } : { type, spans: parseSpans(inner) });
        at = end + 1;
        plain = at;
      }
    }
  }
  flush(line.length);
  return spans;
}

/** §5.2: at the beginning (of the block, or right behind another opening directive) or after white space; none follows. */
function mayOpen(line: string, at: number): boolean {
  const next = line[at + 1];
  return (at === 0 || SPACE.test(line[at - 1] ?? '')) && next !== undefined && !SPACE.test(next);
}

/** §5.2: lazily the first that is not preceded by white space. */
function findClosing(line: string, mark: string, from: number): number {
  for (let at = line.indexOf(mark, from); at >= 0; at = line.indexOf(mark, at + 1))
    if (!SPACE.test(line[at - 1] ?? '')) return at;
  return -1;
}

/** Whether its sender asks to show the body as it is (§6). */
export function parseUnstyled(stanza: Element): boolean {
  return child(stanza, 'unstyled', NS_STYLING) !== undefined;
}

export function xUnstyled(): Element {
  return x('unstyled', { xmlns: NS_STYLING });
}
