import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brief, sanitize } from '../../src/ui/sanitize.ts';

const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      ...['\x1b', '\r', '\n', '\t', '\0', '\x07', '\x7f', '\x85', '\x9b', '\u200b', '\u200d', '\u200f'],
      ...[
        '\u202e',
        '\u2066',
        '\u2069',
        '\u2028',
        '\u2029',
        '\ufeff',
        '\u{e0041}',
        '\ud800',
        'א',
        'ع',
        '👨',
        'a',
      ],
      ...['\u0301', '[31m', ']8;;', '\u3164', '\u00ad'],
    ),
    fc.string({ minLength: 1, maxLength: 3, unit: 'binary' }),
  ),
});

/** What could act on the terminal or on the text beside it. */
const ACTING =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2067\uFEFF\u00AD\u3164\u{E0000}-\u{E001F}]/u;

describe('sanitize', () => {
  it('makes C0, C1 and DEL visible', () => {
    expect(sanitize('a\x1b[2J\x07b\x7f\x9b1m\0')).toBe('a␛[2J␇b␡<U+009B>1m␀');
  });

  it('drops carriage returns, so that a line cannot be written over', () => {
    expect(sanitize('harmless\rNOTIFICATION')).toBe('harmlessNOTIFICATION');
  });

  it('shows a line break in a single line, and indents further lines under a marker', () => {
    expect(sanitize('hi\r\n14:03 bob: forged')).toBe('hi␊14:03 bob: forged');
    expect(sanitize('hi\n14:03 bob: forged', { lines: '  │ ' })).toBe('hi\n  │ 14:03 bob: forged');
    expect(sanitize('a\u2028b', { lines: '> ' })).toBe('a\n> b');
  });

  it('replaces bidirectional controls by an isolate (UAX #9 §2.4)', () => {
    expect(sanitize('a\u202eb')).toBe('a<U+202E>b');
    expect(sanitize('a\u202eb', { lines: '' })).toBe('ab');
    expect(sanitize('שלום')).toBe('\u2068שלום\u2069');
    expect(sanitize('abc')).toBe('abc');
    expect(sanitize('אב\nabc', { lines: '' })).toBe('\u2068אב\u2069\nabc');
  });

  it('shows zero-width characters in names, so that two names that look alike differ', () => {
    expect(sanitize('ali\u200bce')).toBe('ali<U+200B>ce');
    expect(sanitize('ali\u200dce')).toBe('ali<U+200D>ce');
    expect(sanitize('ali\u200bce', { lines: '' })).toBe('alice');
  });

  it('keeps the joiners of emoji, flags and joining scripts', () => {
    for (const text of ['👨‍👩‍👧', '❤️', '🇪🇸', '👍🏽', '🏴󠁧󠁢󠁷󠁬󠁳󠁿', '1️⃣', 'क्‍ष']) expect(sanitize(text)).toBe(text);
    expect(sanitize('می‌خواهم')).toBe('\u2068می‌خواهم\u2069');
  });

  it('limits marks stacked on a letter', () => {
    expect([...sanitize(`a${'\u0301'.repeat(50)}b`)]).toHaveLength(8);
  });

  it('replaces lone surrogates', () => {
    expect(sanitize('a\ud800b')).toBe('a\ufffdb');
  });

  it('gives one line without anything that acts, whatever comes (property)', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const safe = sanitize(text).replace(/^\u2068([\s\S]*)\u2069$/, '$1');
        const left = safe.replace(/\u200C|\u200D|\u200E|\u200F|\u{1F3F4}[\u{E0020}-\u{E007F}]+/gu, '');
        expect(left).not.toMatch(ACTING);
        expect(safe).not.toMatch(/[\u2068\u2069]/);
      }),
    );
  });

  it('puts the marker before every further line, whatever comes (property)', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const [first = '', ...more] = sanitize(text, { lines: '│ ' }).split('\n');
        for (const line of more) expect(line.startsWith('│ ')).toBe(true);
        for (const line of [first, ...more.map((part) => part.slice(2))]) {
          const inner = line
            .replace(/^\u2068([\s\S]*)\u2069$/, '$1')
            .replace(/\u200C|\u200D|\u200E|\u200F/g, '');
          expect(inner.replace(/\u{1F3F4}[\u{E0020}-\u{E007F}]+/gu, '')).not.toMatch(ACTING);
          expect(inner).not.toMatch(/[\u2068\u2069]/);
        }
      }),
    );
  });

  it('changes nothing in what it made (property)', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const once = sanitize(text).replaceAll(/[\u2068\u2069]/g, '');
        expect(sanitize(once).replaceAll(/[\u2068\u2069]/g, '')).toBe(once);
      }),
    );
  });
});

describe('what is only mentioned', () => {
  it('is at most one short line, and no half character', () => {
    expect(brief('at lunch')).toBe('at lunch');
    expect(brief('a'.repeat(10_000))).toBe(`${'a'.repeat(199)}…`);
    expect(brief(`${'a'.repeat(198)}😀${'b'.repeat(10)}`)).toBe(`${'a'.repeat(198)}…`);
    expect(brief('one\ntwo')).toBe('one␊two');
  });

  it('closes what it isolates (UAX #9)', () => {
    const text = brief('ש'.repeat(500));
    expect(text.startsWith('\u2068')).toBe(true);
    expect(text.endsWith('\u2069…')).toBe(true);
  });
});
