import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LineHistory } from '../../../src/ui/conversation-prompt/history.ts';
import { moveLine } from '../../../src/ui/conversation-prompt/move.ts';
import { wholeCharacters } from '../../../src/ui/prompts/line.ts';
import { completePath, expandHome, shortFolder } from '../../../src/ui/prompts/path.ts';
import { tab } from '../../../src/ui/prompts/tab.ts';
import { BREAK } from '../../../src/ui/screen/frame.ts';

const FAMILY = '👨‍👩‍👧';

describe('whole characters', () => {
  it('deletes and passes what looks like one character as one', () => {
    const text = `a${FAMILY}b`;
    const end = 1 + FAMILY.length;
    const before = { text, cursor: end };
    const back = { text: `a${FAMILY.slice(0, -2)}b`, cursor: end - 2 };
    expect(wholeCharacters(before, back, 'backspace')).toEqual({ text: 'ab', cursor: 1 });
    const after = { text: `a${FAMILY.slice(2)}b`, cursor: 1 };
    expect(wholeCharacters({ text, cursor: 1 }, after, 'delete')).toEqual({ text: 'ab', cursor: 1 });
    expect(wholeCharacters(before, { text, cursor: end - 2 }, 'left')).toEqual({ text, cursor: 1 });
    expect(wholeCharacters({ text, cursor: 1 }, { text, cursor: 3 }, 'right')).toEqual({ text, cursor: end });
  });

  it('leaves other edits alone', () => {
    const after = { text: 'ab', cursor: 2 };
    expect(wholeCharacters({ text: 'a', cursor: 1 }, after, 'b')).toEqual(after);
  });
});

describe('Tab', () => {
  const names = ['alice', 'alfred', 'bob '];
  const complete = (line: string, cursor: number) => {
    const from = line.slice(0, cursor).lastIndexOf(' ') + 1;
    return { from, options: names.filter((name) => name.startsWith(line.slice(from, cursor))) };
  };

  it('inserts the only option, keeping what stands behind', () => {
    expect(tab({ text: 'hi b there', cursor: 4 }, undefined, complete, 1)?.line).toEqual({
      text: 'hi bob there',
      cursor: 7,
    });
  });

  it('completes what the options have in common, then goes through them', () => {
    const first = tab({ text: 'a', cursor: 1 }, undefined, complete, 1);
    expect(first?.line.text).toBe('al');
    const second = tab({ text: 'al', cursor: 2 }, first, complete, 1);
    expect(second?.line.text).toBe('alice');
    const third = tab(second?.line ?? { text: '', cursor: 0 }, second, complete, 1);
    expect(third?.line.text).toBe('alfred');
    expect(tab(third?.line ?? { text: '', cursor: 0 }, third, complete, -1)?.line.text).toBe('alice');
  });

  it('does nothing where there is nothing to offer', () => {
    expect(tab({ text: 'x', cursor: 1 }, undefined, complete, 1)).toBeUndefined();
  });
});

describe('history', () => {
  it('comes back to the unsent line', () => {
    const history = new LineHistory(['one', 'two']);
    expect([history.older('draft'), history.older('two'), history.older('one')]).toEqual([
      'two',
      'one',
      undefined,
    ]);
    expect([history.newer(), history.newer(), history.newer()]).toEqual(['two', 'draft', undefined]);
    history.sent('three');
    expect(history.older('')).toBe('three');
  });

  it('moves inside a text of several lines first', () => {
    const text = `abc${BREAK}de${BREAK}fghi`;
    const up = moveLine({ text, cursor: text.length }, 'up');
    expect(up?.cursor).toBe(text.indexOf('de') + 2);
    expect(moveLine({ text, cursor: 1 }, 'up')).toBeUndefined();
    expect(moveLine({ text, cursor: 1 }, 'down')?.cursor).toBe(text.indexOf('de') + 1);
    expect(moveLine({ text: 'abc', cursor: 1 }, 'down')).toBeUndefined();
  });
});

describe('paths', () => {
  it('expands the home folder', () => {
    expect(expandHome('~/x', '/home/u')).toBe('/home/u/x');
    expect(expandHome('~', '/home/u')).toBe('/home/u');
    expect(expandHome('a~/x', '/home/u')).toBe('a~/x');
    expect(shortFolder('/home/u/x', '/home/u')).toBe('~/x/');
    expect(shortFolder('/home/ux', '/home/u')).toBe('/home/ux/');
    expect(shortFolder('/', '/home/u')).toBe('/');
  });

  it('offers files and folders, hidden ones only when asked for', () => {
    const folder = mkdtempSync(join(tmpdir(), 'paths-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'pictures'));
    for (const name of ['picture.png', '.hidden', 'b\x1b[2J']) writeFileSync(join(folder, name), '');
    const typed = `${folder}/pic`;
    expect(completePath(typed, typed.length)).toEqual({
      from: folder.length + 1,
      options: ['picture.png', 'pictures/'],
    });
    expect(completePath(`${folder}/`, folder.length + 1).options).toEqual(['picture.png', 'pictures/']);
    expect(completePath(`${folder}/.`, folder.length + 2).options).toEqual(['.hidden']);
    expect(completePath(`${folder}/none/x`, folder.length + 7).options).toEqual([]);
  });
});
