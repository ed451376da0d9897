import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { characters, width } from '../../../src/ui/screen/width.ts';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      'a',
      'ñ',
      '·',
      '你',
      '👨‍👩‍👧',
      '❤',
      '❤️',
      '🇪🇸',
      '🇪',
      '1️⃣',
      '1⃣',
      '👍🏽',
      'é',
      'ｶﾞ',
      '각',
      'ᄀ',
      'ᅡ',
      'ᆨ',
    ),
    fc.constantFrom(
      '\u200d',
      '\ufe0f',
      '\u200b',
      '\u0301',
      '\u0903',
      '\u001b[31m',
      '\u0007',
      '\ud83d',
      '\uff9e',
    ),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  ),
});

describe('width', () => {
  it('is that of string-width, the measure of most programs, for any text', () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(width(any)).toBe(stringWidth(any));
      }),
      { numRuns: 2000 },
    );
  });

  it('is not misled by a bell behind a colour', () => {
    expect(width('\u001b[31ma\u0007')).toBe(1);
  });

  it('takes every character of the short way for one column and one cluster', () => {
    const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
    const simple = all.filter(
      (character) => characters(character + character).length === 2 && width(character) === 1,
    );
    expect(simple.filter((character) => stringWidth(character) !== 1)).toEqual([]);
  });
});

describe('characters', () => {
  it('splits where Unicode does (UAX #29 §3)', () => {
    fc.assert(
      fc.property(text, (any) => {
        expect(characters(any)).toEqual(Array.from(graphemes.segment(any), ({ segment }) => segment));
      }),
    );
  });
});
