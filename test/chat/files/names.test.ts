import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidates, safeName, splitName } from '../../../src/chat/files/names.ts';

const bytes = (text: string) => Buffer.byteLength(text);

describe('the name of a received file', () => {
  it.each([
    ['photo.jpg', 'photo.jpg'],
    ['../../etc/passwd', 'passwd'],
    ['..%2f..%2Fetc%2fpasswd', 'passwd'],
    ['%zz%2f..%5cevil.txt', 'evil.txt'],
    ['C:\\Users\\me\\notes.txt', 'notes.txt'],
    ['/absolute', 'absolute'],
    ['100%25 sure.txt', '100%25 sure.txt'],
    ['100% sure.txt', '100% sure.txt'],
    ['.bashrc', 'bashrc'],
    ['-rf', '_rf'],
    ['..--help', '_-help'],
    ['...', 'file'],
    ['', 'file'],
    ['a/', 'file'],
    ['a\u0000b\u001b[31m\n.txt', 'ab[31m.txt'],
    ['invoice\u202egpj.exe', 'invoicegpj.exe'],
    ['a\u200bb\u2028c', 'abc'],
    ['what?<is>:"this"|*.txt', 'what__is___this___.txt'],
    ['CON', '_CON'],
    ['nul.txt', '_nul.txt'],
    ['com1.tar.gz', '_com1.tar.gz'],
    ['console.txt', 'console.txt'],
    ['name.txt. . ', 'name.txt'],
    ['  spaced   out .txt', 'spaced out.txt'],
    ['Привет 你好 🎉.txt', 'Привет 你好 🎉.txt'],
    ['__proto__', '__proto__'],
    ['notes.txt.part', 'notes.txt_part'],
    ['notes.0123456789abcdef01234567.PART', 'notes.0123456789abcdef01234567_part'],
  ])('makes %j into %j', (offered, safe) => {
    expect(safeName(offered)).toBe(safe);
  });

  it('keeps the extension of a long name, and cuts between characters', () => {
    const name = safeName(`${'ж'.repeat(200)}.tar.gz`);
    expect(bytes(name)).toBeLessThanOrEqual(120);
    expect(name.endsWith('ж.gz') || name.endsWith('ж.tar.gz')).toBe(true);
    expect(name).not.toContain('\ufffd');
    expect(bytes(safeName(`a.${'x'.repeat(300)}`))).toBeLessThanOrEqual(120);
  });

  it.each([
    ['marks', `a${'\u0300\u0323'.repeat(100_000)}.txt`],
    ['dots', `a${'.'.repeat(1_000_000)}b.txt`],
  ])('is found at once where it is as long as a stanza may be, of %s', (_what, offered) => {
    const begun = performance.now();
    const name = safeName(offered);
    // The other way it takes half a minute and more, in which nothing else is done.
    expect(performance.now() - begun).toBeLessThan(2000);
    expect(bytes(name)).toBeLessThanOrEqual(120);
    expect(name).toMatch(/\.txt$/);
  });

  it('is a plain name of at most 120 bytes whatever was offered (CVE-2021-33896)', () => {
    const evil = fc.constantFrom(
      '/',
      '\\',
      '..',
      '.',
      '%2f',
      '%5C',
      'CON',
      '\u0000',
      '\u202e',
      ' ',
      'ж',
      '😀',
    );
    const names = fc.array(fc.oneof(evil, fc.string({ unit: 'binary' }))).map((parts) => parts.join(''));
    fc.assert(
      fc.property(names, (offered) => {
        const name = safeName(offered);
        expect(name).not.toMatch(/[/\\<>:"|?*]/);
        expect(name).not.toMatch(/^[. ]|[. ]$/);
        expect(name).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
        expect(name.length).toBeGreaterThan(0);
        expect(bytes(name)).toBeLessThanOrEqual(120);
        expect(safeName(name)).toBe(name);
      }),
      { numRuns: 1000 },
    );
  });

  it('is composed as it will be read, whatever invisible stood between a letter and its mark', () => {
    for (const offered of ['e\u0000\u0301', '\u{1d15f}\u0000\u05b0'])
      expect(safeName(safeName(offered))).toBe(safeName(offered));
    expect(safeName('e\u0000\u0301')).toBe('\u00e9');
  });

  it('is numbered before its extension', () => {
    const [first, second, third] = candidates('photo.jpg');
    expect([first, second, third]).toEqual(['photo.jpg', 'photo (1).jpg', 'photo (2).jpg']);
    expect(splitName('README')).toEqual(['README', '']);
    expect([...candidates('README')][1]).toBe('README (1)');
  });
});
