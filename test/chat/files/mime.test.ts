import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mimeOf } from '../../../src/chat/files/mime.ts';

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
