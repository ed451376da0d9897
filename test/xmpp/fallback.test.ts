import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  countCodePoints,
  cutRanges,
  NS_FALLBACK,
  parseFallbacks,
  withoutFallback,
  xFallback,
} from '../../src/xmpp/fallback.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { anyStanza } from '../support/any-stanza.ts';
import { parse } from '../support/parse.ts';

const REPLY = 'urn:xmpp:reply:0';
const read = (inner: string, attrs = `for='${REPLY}'`) =>
  parseFallbacks(parse(`<message><fallback xmlns='${NS_FALLBACK}' ${attrs}>${inner}</fallback></message>`));
const ALL = [{ start: 0, end: Number.POSITIVE_INFINITY }];

describe('parseFallbacks', () => {
  it('reads ranges of body and subject (XEP-0428 §2.2)', () => {
    expect(read("<body start='0' end='33'/><body start='40' end='41'/><subject end='3'/>")).toEqual([
      {
        for: REPLY,
        body: [
          { start: 0, end: 33 },
          { start: 40, end: 41 },
        ],
        subject: [{ start: 0, end: 3 }],
      },
    ]);
  });

  it('takes all of a part without offsets, and all parts without children (XEP-0428 §2.2)', () => {
    expect(read('<body/>')).toEqual([{ for: REPLY, body: ALL, subject: [] }]);
    expect(read('', '')).toEqual([{ for: undefined, body: ALL, subject: ALL }]);
  });

  it.each([
    "start='-1' end='3'",
    "start='1.5' end='3'",
    "start='0x1' end='3'",
    "start='' end='3'",
    "start='5' end='3'",
    "start='3' end='3'",
    "start='0' end='99999999999'",
  ])('leaves out a range that is none: %s', (attrs) => {
    expect(read(`<body ${attrs}/>`)).toEqual([{ for: REPLY, body: [], subject: [] }]);
  });

  it('checks the namespaces', () => {
    expect(parseFallbacks(parse("<message><fallback xmlns='urn:evil'/></message>"))).toEqual([]);
    expect(read("<body xmlns='urn:evil' start='0' end='1'/>")).toEqual([
      { for: REPLY, body: [], subject: [] },
    ]);
  });

  it('reads back what xFallback wrote', () => {
    const stanza = x('message', {}, xFallback(REPLY, { start: 0, end: 7 }), xFallback('urn:example'));
    expect(parseFallbacks(parse(stanza.toString()))).toEqual([
      { for: REPLY, body: [{ start: 0, end: 7 }], subject: [] },
      { for: 'urn:example', body: ALL, subject: ALL },
    ]);
  });

  it('is total', () => {
    const offset = fc.option(fc.oneof(fc.string(), fc.integer().map(String)), { nil: undefined });
    const region = fc.record({ start: offset, end: offset }).map((attrs) => x('body', attrs));
    fc.assert(
      fc.property(fc.array(region), fc.string({ unit: 'binary' }), (regions, text) => {
        const fallback = x('fallback', { xmlns: NS_FALLBACK, for: REPLY }, ...regions);
        const found = parseFallbacks(x('message', { xmlns: 'jabber:client' }, fallback));
        const kept = cutRanges(text, found[0]?.body ?? []);
        expect(kept.length).toBeLessThanOrEqual(text.length);
      }),
    );
    fc.assert(fc.property(anyStanza(NS_FALLBACK, ['fallback', 'body']), (s) => void parseFallbacks(s)));
  });
});

describe('counting (XEP-0426 §2)', () => {
  it.each([
    ['Hello, world!', 13],
    ['You & Me', 8],
    ['こんにちは世界', 7],
    ['🧛🏾 👨‍👨‍👦‍👦 🇺🇳', 13],
  ])('counts %s by code points', (text, length) => {
    expect(countCodePoints(text)).toBe(length);
  });
});

describe('cutRanges', () => {
  it('counts characters beyond the first 65,536 as one', () => {
    expect(cutRanges('> 🧛🏾\n🐢 yes', [{ start: 0, end: 5 }])).toBe('🐢 yes');
  });

  it('takes ranges in any order, overlapping, beyond the end', () => {
    const ranges = [
      { start: 4, end: 6 },
      { start: 0, end: 2 },
      { start: 1, end: 3 },
      { start: 8, end: 99 },
      { start: 50, end: 60 },
    ];
    expect(cutRanges('0123456789', ranges)).toBe('367');
  });

  const range = fc.record({ start: fc.nat(30), end: fc.nat(30) });
  const text = fc.string({ unit: 'binary', maxLength: 25 });

  it('keeps exactly the code points that no range names', () => {
    fc.assert(
      fc.property(text, fc.array(range), (value, ranges) => {
        const expected = [...value].filter((_, at) => !ranges.some((r) => r.start <= at && at < r.end));
        expect(cutRanges(value, ranges)).toBe(expected.join(''));
      }),
    );
  });

  it('takes time in proportion to a long text', () => {
    const ranges = Array.from({ length: 32 }, (_, at) => ({ start: at * 100, end: at * 100 + 50 }));
    const before = performance.now();
    cutRanges('🐢'.repeat(200_000), ranges);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});

describe('withoutFallback', () => {
  const fallbacks = [
    { for: REPLY, body: [{ start: 0, end: 4 }], subject: [] },
    { for: 'urn:example', body: [{ start: 4, end: 5 }], subject: [] },
    { for: undefined, body: [{ start: 5, end: 6 }], subject: [] },
  ];

  it('cuts only what stands for what is understood (XEP-0428 §2.2)', () => {
    expect(withoutFallback('> q\nabc', fallbacks, REPLY)).toBe('abc');
    expect(withoutFallback('> q\nabc', fallbacks, 'urn:other')).toBe('> q\nabc');
  });

  it('cuts what does not say so only where that is asked for', () => {
    expect(withoutFallback('> q\nabc', fallbacks, REPLY, { unnamed: true })).toBe('ac');
  });
});
