import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BREAK, Frame } from '../../../src/ui/screen/frame.ts';
import { clip, layout } from '../../../src/ui/screen/layout.ts';
import { width } from '../../../src/ui/screen/width.ts';
import { wrap, wrapLines } from '../../../src/ui/screen/wrap.ts';

function frame(text: string): Frame {
  const made = new Frame();
  made.write(text);
  return made;
}

describe('layout', () => {
  it('wraps wide characters before the edge and finds the cursor', () => {
    const block = layout(frame(`? q ${'你'.repeat(10)}`), 10, 9);
    expect(block.rows).toEqual(['? q 你你你', '你你你你你', '你你']);
    expect([block.cursorRow, block.cursorColumn]).toEqual([2, 4]);
  });

  it('puts the cursor on a new row where the last one is full', () => {
    const block = layout(frame('0123456789'), 10, 9);
    expect([block.rows.length, block.cursorRow, block.cursorColumn]).toEqual([2, 1, 0]);
  });

  it('breaks between words, and a word only where it is wider than a row', () => {
    const rows = (text: string, columns = 16) => layout(frame(text), columns, 9).rows;
    expect(rows('? Whom (a JID, or a user name) bob')).toEqual([
      '? Whom (a JID, ',
      'or a user name) ',
      'bob',
    ]);
    expect(rows('a https://example.org/long')).toEqual(['a ', 'https://example.', 'org/long']);
    expect(rows('to 日本語 abcdefg hij', 10)).toEqual(['to 日本語 ', 'abcdefg ', 'hij']);
  });

  it('finds the cursor in what goes to the next row, and behind a space at the edge', () => {
    const cursor = (text: string) => {
      const { rows, cursorRow, cursorColumn } = layout(frame(text), 10, 9);
      return [rows, cursorRow, cursorColumn];
    };
    expect(cursor('one two thre')).toEqual([['one two ', 'thre'], 1, 4]);
    expect(cursor('one two thre\x1b[10G')).toEqual([['one two ', 'thre'], 1, 1]);
    expect(cursor('one two thre\x1b[8G')).toEqual([['one two ', 'thre'], 0, 7]);
    // the space has no room of its own: what is typed next stands on the next row
    expect(cursor('0123456789 ')).toEqual([['0123456789', ''], 1, 0]);
    expect(cursor('0123456789 a')).toEqual([['0123456789', 'a'], 1, 1]);
    expect(cursor('012 456789 a')).toEqual([['012 456789', 'a'], 1, 1]);
  });

  it('loses nothing but spaces at the edge, and has the cursor on its character (property)', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', 'd', 'e', ' '),
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, fc.nat(), fc.integer({ min: 2, max: 20 }), (typed, any, columns) => {
        const at = any % typed.length;
        const { rows, cursorRow, cursorColumn } = layout(frame(`${typed}\x1b[${at + 1}G`), columns, 100);
        expect(rows.join('').replaceAll(' ', '')).toBe(typed.replaceAll(' ', ''));
        if (typed[at] !== ' ') expect(rows[cursorRow]?.[cursorColumn]).toBe(typed[at]);
      }),
    );
  });

  it("reads cursor columns in readline's measure: a family emoji is 6 there and 2 on the screen", () => {
    expect(layout(frame('> 👨‍👩‍👧x\x1b[9G'), 40, 5).cursorColumn).toBe(4);
  });

  it('ends a row at a line break, and shows it', () => {
    const block = layout(frame(`one${BREAK}two`), 40, 5);
    expect(block.rows).toEqual(['one⏎', 'two']);
    expect([block.cursorRow, block.cursorColumn]).toEqual([1, 3]);
    expect(layout(frame('one⏎two'), 40, 5).rows).toEqual(['one⏎two']);
  });

  it('shows the part round the cursor of what is taller than the screen', () => {
    const block = layout(frame('a\nb\nc\nd\ne\nf\x1b[3A'), 10, 3);
    expect(block.rows).toEqual(['b', 'c', 'd']);
    expect(block.cursorRow).toBe(1);
  });

  it('styles each row by itself, and sets the column after what terminals measure differently', () => {
    const block = layout(frame('\x1b[31mred\x1b[39m \x1b[1mb\x1b[22m 🇫🇷'), 40, 5);
    expect(block.rows).toEqual(['\x1b[0;31mred\x1b[0m \x1b[0;1mb\x1b[0m 🇫🇷\x1b[9G']);
  });

  it('never gives a row wider than the terminal or a cursor outside (property)', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '你', '👨‍👩‍👧', 'é', ' ', BREAK, '\n', '\x1b[31m') });
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 6 }),
        (typed, columns, rows) => {
          const block = layout(frame(typed), columns, rows);
          expect(block.rows.length).toBeLessThanOrEqual(rows);
          for (const columnsUsed of block.widths) expect(columnsUsed).toBeLessThanOrEqual(columns);
          expect(block.cursorRow).toBeLessThan(Math.max(1, block.rows.length));
          expect(block.cursorColumn).toBeLessThan(columns);
        },
      ),
    );
  });
});

describe('a frame', () => {
  it("understands inquirer's redrawing: down, erase lines upwards, write, up, to a column", () => {
    const drawn = frame('? To whom? bob\nhelp\x1b[1A\x1b[15G');
    drawn.write('\x1b[1B\x1b[2K\x1b[1A\x1b[2K\x1b[G? To whom? bo');
    expect(layout(drawn, 40, 5).rows).toEqual(['? To whom? bo']);
  });
});

describe('wrap', () => {
  it('breaks between words with a hanging indent', () => {
    expect(wrap('14:03 bob one two three', 14, 6)).toBe('14:03 bob one\n      two\n      three');
  });

  it('leaves a link whole', () => {
    expect(wrap('see https://example.org/xxxxxxxxxxxxxxxxxxxx ok', 20, 2)).toBe(
      'see\n  https://example.org/xxxxxxxxxxxxxxxxxxxx\n  ok',
    );
  });

  it.each([
    ['what fits stays as it is', 'one  two \n three', 'one  two \n three'],
    ['goes on where a line began', '  one two three four five six', '  one two three four\n  five six'],
    [
      'colours stay where they were',
      '\x1b[2mone two three four five\x1b[22m',
      '\x1b[2mone two three four\nfive\x1b[22m',
    ],
    ['ideographs break anywhere', '14:03 bob 你好世界你好世界', '14:03 bob 你好世界你\n好世界'],
    ['but not before their punctuation', '14:03 bob  你好世界，你好', '14:03 bob  你好世\n界，你好'],
    ['not within a link', '你好 https://例え.example/你好世界 好', '你好\nhttps://例え.example/你好世界\n好'],
    ['columns set by number are forgotten', 'one two three 👍🏽\x1b[17G four', 'one two three 👍🏽\nfour'],
    ['emoji count as wide as any terminal draws them', 'one two 👩🏽‍🚀 three!', 'one two 👩🏽‍🚀\nthree!'],
  ])('breaks printed lines: %s', (_rule, text, wrapped) => {
    expect(wrapLines(text, 20)).toBe(wrapped);
  });

  it('keeps a space of another width at the end', () => {
    expect(wrapLines('one two three four five\u2000', 20)).toBe('one two three four\nfive\u2000');
  });

  it('leaves a terminal alone that is narrower than words are long', () => {
    expect(wrapLines('NOTICE 0001', 8)).toBe('NOTICE 0001');
  });

  it('keeps all that was said, and no line too wide but for one word (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 })), (parts) => {
        const text = parts.join(' ').replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '');
        const lines = wrapLines(text, 24).split('\n');
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        for (const line of lines) if (line.trim().includes(' ')) expect(width(line)).toBeLessThanOrEqual(24);
      }),
    );
  });
});

describe('clip', () => {
  it('cuts to the width, counting wide characters, keeping colours', () => {
    expect(clip('你好世界', 5)).toBe('你好…');
    expect(clip('\x1b[31mabcdef\x1b[39m', 4)).toBe('\x1b[0;31mabc…\x1b[0m');
    expect(clip('abc', 3)).toBe('abc');
  });

  it('sets no column: what stands in front of it is not known', () => {
    const family = 'hi 👩‍👩‍👧 日本';
    expect(clip(family, 40)).toBe(family);
    expect(clip(family, 8)).toBe('hi 👩‍👩‍👧 …');
  });

  it('is never wider than asked (property)', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, columns) => {
        expect(width(clip(text.replaceAll(/\p{C}/gu, ''), columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });
});
