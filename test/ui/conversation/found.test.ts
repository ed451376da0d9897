import { describe, expect, it } from 'vitest';
import { foundLine, fromFirst } from '../../../src/ui/conversation/found.ts';
import { width } from '../../../src/ui/screen/width.ts';
import { FakeClient } from '../../support/fake-client.ts';
import { NOW, plainFace, plainSeat } from '../../support/plain-face.ts';
import { ScriptedTerminal } from '../../support/scripted-terminal.ts';

const ROMEO = 'romeo@example.org';
const LOBBY = 'lobby@conference.example.org';
const fake = new FakeClient();
const seat = plainSeat(fake);
const face = plainFace(new ScriptedTerminal());
const long = 'It was the nightingale, and not the lark, that pierced the fearful hollow of thine ear';
const line = (columns: number, more = {}, chat?: string) => {
  const message = fake.keep(chat ?? ROMEO, long, { time: NOW, ...more });
  return foundLine(face, seat, message, { text: 'hollow', columns });
};

describe('a result of a search', () => {
  it('shows when, who and where, and the text from shortly before the words', () => {
    expect(line(100)).toMatch(
      /^2026-11-21 \d\d:\d\d {2}romeo@example.org {2}…the fearful hollow of thine ear$/,
    );
    expect(line(100, { direction: 'out' })).toContain('  me · romeo@example.org  …');
    fake.addRoom(LOBBY);
    expect(line(100, { nick: 'tybalt' }, LOBBY)).toContain('  tybalt · lobby@conference.ex…  …');
  });

  it('is one line of the width that there is, in a narrow terminal with the least that tells', () => {
    for (const columns of [100, 70, 50, 35]) expect(width(line(columns))).toBeLessThanOrEqual(columns);
    expect(line(35)).toMatch(/^\d\d:\d\d {2}romeo@exa… {2}…the fearful/);
    expect(line(35, { time: NOW - 3 * 86_400_000 })).toMatch(/^11-18 {2}/);
  });

  it('finds the words whatever their accents and capitals', () => {
    const text = `${'word '.repeat(20)}in Málaga`;
    expect(fromFirst(text, 'malag*')).toBe('…word word in Málaga');
    expect(fromFirst('Málaga', 'MALAGA')).toBe('Málaga');
    expect(fromFirst(long, '👍')).toBe(long);
    expect(fromFirst('a 👍', '👍')).toBe('a 👍');
  });
});
