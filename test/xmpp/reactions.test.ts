import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEmoji, NS_REACTIONS, parseReactions, xReactions } from '../../src/xmpp/reactions.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { anyStanza } from '../support/any-stanza.ts';
import { parse } from '../support/parse.ts';

const read = (inner: string, attrs = "id='m1'") =>
  parseReactions(
    parse(`<message><reactions xmlns='${NS_REACTIONS}' ${attrs}>${inner}</reactions></message>`),
  );
const each = (...texts: string[]) => texts.map((text) => `<reaction>${text}</reaction>`).join('');

describe('isEmoji', () => {
  it.each(['👋', '🐢', '❤️', '❤', '❤️‍🔥', '👍🏾', '🇺🇳', '👨‍👩‍👧‍👦', '🫱🏻‍🫲🏿', '1️⃣', '🏴󠁧󠁢󠁷󠁬󠁳󠁿', '☹︎', '🕵🏻‍♂️'])(
    'takes %s',
    (text) => {
      expect(isEmoji(text)).toBe(true);
    },
  );

  it.each([
    '',
    'a',
    '1',
    '#',
    'ok',
    '👋👋',
    '👋 ',
    '👋\n',
    '\u202e👋',
    '👋\u202e',
    '\u200d',
    '\ufe0f',
    '👋\u200d',
    '🇺',
    '\u001b[31m',
    `${'👨‍'.repeat(30)}👨`,
    'e\u0301',
    '\u{e0041}',
  ])('refuses %j', (text) => {
    expect(isEmoji(text)).toBe(false);
  });

  it('takes nothing that could move the cursor or turn the line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 6 }), (text) => {
        if (isEmoji(text))
          expect(text).not.toMatch(/[\p{Cc}\p{Zs}\p{Zl}\p{Zp}\p{L}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

describe('parseReactions', () => {
  it('reads each reaction once (XEP-0444 §4)', () => {
    expect(read(each('👋', '🐢', '👋'))).toEqual({ id: 'm1', emojis: ['👋', '🐢'] });
  });

  it('reads none as taken back (XEP-0444 §3.2)', () => {
    expect(read('')).toEqual({ id: 'm1', emojis: [] });
  });

  it('leaves out what is no emoji (XEP-0444 §4)', () => {
    expect(read(each('👋', 'lol', '\u202e', ' 🐢 '))).toEqual({ id: 'm1', emojis: ['👋', '🐢'] });
  });

  it('looks at sixteen', () => {
    const many = Array.from({ length: 500 }, (_, at) => String.fromCodePoint(0x1f400 + (at % 60)));
    expect(read(each(...many))?.emojis).toHaveLength(16);
  });

  it('ignores two elements at once (XEP-0444 §4), one without an id, one of another namespace', () => {
    const two = `<message>${"<reactions xmlns='urn:xmpp:reactions:0' id='m1'/>".repeat(2)}</message>`;
    expect(parseReactions(parse(two))).toBeUndefined();
    expect(read('', '')).toBeUndefined();
    expect(parseReactions(parse("<message><reactions xmlns='urn:evil' id='m1'/></message>"))).toBeUndefined();
    expect(read("<reaction xmlns='urn:evil'>👋</reaction>")?.emojis).toEqual([]);
  });

  it('reads back what xReactions wrote', () => {
    const reactions = { id: 'm1', emojis: ['👋', '🐢'] };
    const stanza = x('message', {}, xReactions({ id: 'm1', emojis: ['👋', '🐢', '👋'] }));
    expect(parseReactions(parse(stanza.toString()))).toEqual(reactions);
  });

  it('is total, and gives few and short ones', () => {
    fc.assert(
      fc.property(anyStanza(NS_REACTIONS, ['reactions', 'reaction']), (stanza) => {
        const found = parseReactions(stanza);
        expect(found?.emojis.every(isEmoji) ?? true).toBe(true);
        expect(found?.emojis.length ?? 0).toBeLessThanOrEqual(16);
      }),
    );
  });
});
