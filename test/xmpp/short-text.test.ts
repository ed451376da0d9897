import { expect, it } from 'vitest';
import { LONGEST_SHORT_TEXT, shortText } from '../../src/xmpp/short-text.ts';

it('is the text itself where it is no longer than that', () => {
  const text = 'x'.repeat(LONGEST_SHORT_TEXT);
  expect(shortText(text)).toBe(text);
});

it('is its beginning else, with no character halved', () => {
  expect(shortText('abcdef', 4)).toBe('abc…');
  expect(shortText('ab😀ef', 4)).toBe('ab…');
});
