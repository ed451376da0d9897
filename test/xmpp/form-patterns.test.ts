import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../src/xmpp/form-patterns.ts';

describe("a sender's pattern (XEP-0122 §3.2.4)", () => {
  it.each([
    ['([0-9]{3})-([0-9]{2})-([0-9]{4})', '123-45-6789', true],
    ['([0-9]{3})-([0-9]{2})-([0-9]{4})', 'none', false],
    ['^[a-z]+@[a-z.]+$', 'a@b.c', true],
    ['^(red|green)$', 'blue', false],
  ])('%s is applied to %s', (pattern, text, matches) => {
    expect(matchesPattern(pattern, text)).toBe(matches);
  });

  it.each(['(a+)+$', '(a|a)*$', '((a?)){30}', '(.*)(.*)(.*)(.*)x', '(?=a)', '(a)\\1', '(', 'x'.repeat(201)])(
    '%s could keep us busy, or is none: it is left to the sender',
    (pattern) => expect(matchesPattern(pattern, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')).toBeUndefined(),
  );

  it('ends for every pattern and text', () => {
    const piece = fc.constantFrom(
      'a',
      '.',
      '(',
      ')',
      '|',
      '*',
      '+',
      '?',
      '[ab]',
      '{2,}',
      '{3}',
      '\\w',
      '$',
      '^',
    );
    const pattern = fc.array(piece, { maxLength: 14 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(pattern, (text) => {
        const verdict = matchesPattern(text, `${'a'.repeat(200)}!`);
        expect([true, false, undefined]).toContain(verdict);
      }),
    );
  });
});
