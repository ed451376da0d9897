import fc from 'fast-check';
import { expect, it } from 'vitest';
import { falseClaim, mimeOf } from '../../../src/chat/files/mime.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

it.each([
  ['photo.jpg', 'ffd8ffe000104a46', 'image/jpeg'],
  ['photo.txt', '89504e470d0a1a0a0000000d', 'image/png'],
  ['clip', '0000001866747970697336', 'video/mp4'],
  [
    'letter.docx',
    '504b030414000600',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  ],
  ['letter.pdf.exe', '4d5a900003', 'application/vnd.microsoft.portable-executable'],
  ['notes.txt', '68656c6c6f', 'text/plain'],
  ['__proto__.constructor', '00', 'application/octet-stream'],
  ['empty', '', 'application/octet-stream'],
])('%s is told by its content before its name', (name, begins, mime) => {
  expect(mimeOf(name, hex(begins))).toBe(mime);
});

it('has an answer for any bytes and any name', () => {
  fc.assert(
    fc.property(fc.string(), fc.uint8Array({ maxLength: 64 }), (name, bytes) => {
      expect(mimeOf(name, bytes)).toMatch(/^[a-z]+\/[\w.+-]+$/);
    }),
  );
});

const ELF = hex('7f454c4602');
it.each([
  [
    'by its type',
    { name: 'photo', mime: 'image/jpeg' },
    { claimed: 'image/jpeg', content: 'application/x-elf' },
  ],
  ['by its name', { name: 'photo.JPG' }, { claimed: 'image/jpeg', content: 'application/x-elf' }],
  [
    'by its name, behind a type that says nothing',
    { name: 'a.pdf', mime: 'application/octet-stream' },
    { claimed: 'application/pdf', content: 'application/x-elf' },
  ],
  ['nothing', { name: 'a' }, undefined],
  ['the truth in other words', { name: 'a', mime: 'application/x-executable; charset=binary' }, undefined],
])('a program that claims %s', (_how, file, claim) => {
  expect(falseClaim(file, ELF)).toEqual(claim);
});

it.each([
  ['504b0304', 'application/vnd.oasis.opendocument.text'],
  ['1f8b', 'application/x-gzip'],
  ['0000001866747970697336', 'audio/x-m4a'],
  ['2321', 'text/x-python'],
  ['68656c6c6f', 'image/png'],
])('%s may be %s: nothing to say', (begins, mime) => {
  expect(falseClaim({ name: 'a', mime }, hex(begins))).toBeUndefined();
});
