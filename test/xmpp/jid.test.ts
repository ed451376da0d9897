import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { areLikeOne, bareOf, domainOf, localOf, parseJid, resourceOf } from '../../src/xmpp/jid.ts';

describe('parseJid (RFC 7622 §3)', () => {
  it.each([
    ['Juliet@Example.ORG/Balcony', 'juliet@example.org/Balcony'],
    ['example.org.', 'example.org'],
    ['ＡＢ@example.org', 'ab@example.org'],
    // RFC 6122 App. A.3: a server that maps these answers as that user
    ['ﬁ@example.org', 'fi@example.org'],
    ['ｶ@example.org', 'カ@example.org'],
    ['a@bücher.example', 'a@bücher.example'],
    ['a@xn--bcher-kva.example', 'a@bücher.example'],
    ['room@muc.example/a/b @c', 'room@muc.example/a/b @c'],
    ['a@[::1]', 'a@[::1]'],
  ])('normalises %s', (text, full) => {
    expect(parseJid(text)?.full).toBe(full);
    expect(parseJid(text)?.full).toBe(full);
  });

  it.each([
    undefined,
    '',
    '@',
    'a@',
    '@b',
    'a@b/',
    'a b@c',
    'a@b@c',
    'a"@b',
    'a@b\u0000',
    '\uff0e',
    'a@b\u3002.',
    'a@b/\u001b[2J',
    `${'a'.repeat(1024)}@b`,
  ])('refuses %j', (text) => {
    expect(parseJid(text)).toBeUndefined();
    expect(parseJid(text)).toBeUndefined();
  });

  it('tells which two are one to servers that fold more (RFC 3454 B.2)', () => {
    expect(areLikeOne('straße@example.org', 'strasse@example.org')).toBe(true);
    expect(areLikeOne('γιώργος@example.org', 'γιώργοσ@example.org')).toBe(true);
    expect(areLikeOne('straße@example.org', 'strase@example.org')).toBe(false);
    expect(areLikeOne('a@example.org', 'a@example.com')).toBe(false);
  });

  it('is total, and its answer stands when read again', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.emailAddress(), fc.string({ unit: 'grapheme' })), (text) => {
        const jid = parseJid(text);
        if (jid === undefined) return;
        expect(parseJid(jid.full)).toEqual(jid);
        expect([bareOf(jid.full), domainOf(jid.full)]).toEqual([jid.bare, jid.domain]);
        expect([localOf(jid.full), resourceOf(jid.full)]).toEqual([jid.local, jid.resource]);
      }),
      { numRuns: 500 },
    );
  });
});
