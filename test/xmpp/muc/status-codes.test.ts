import { describe, expect, it } from 'vitest';
import { en } from '../../../src/i18n/en.ts';
import { es } from '../../../src/i18n/es.ts';
import { FakeRoom, ROOM, USER } from './fake-room.ts';

const CODES = [
  ...[100, 101, 102, 103, 104, 110, 170, 171, 172, 173, 174],
  ...[201, 210, 301, 303, 307, 321, 322, 332, 333],
];

describe('status codes (XEP-0045 §15.6.2)', () => {
  it.each([102, 103, 104, 170, 171, 172, 173])('tells a change of the room: code %i', async (code) => {
    const room = new FakeRoom();
    await room.enter();
    room.says('', `<x xmlns='${USER}'><status code='${code}'/></x>`);
    expect(room.take()).toEqual([['roomNotice', { room: ROOM, codes: [code] }]]);
  });

  it.each([102, 104, 172])(
    'tells nothing where somebody in the room claims code %i (threats: forged codes)',
    async (code) => {
      const room = new FakeRoom();
      await room.enter();
      room.says('firstwitch', `<body>hi</body><x xmlns='${USER}'><status code='${code}'/></x>`);
      expect(room.take().map(([name]) => name)).toEqual(['message']);
    },
  );

  it.each(CODES)('has words for it in both languages: code %i', (code) => {
    const of = (words: typeof en) => (words.words.roomCodes as Record<number, string | undefined>)[code];
    expect(of(en)).toMatch(/\w/);
    expect(of(es)).toMatch(/\w/);
  });

  it('are all in the words, and no others', () => {
    expect(Object.keys(en.words.roomCodes).map(Number)).toEqual(CODES);
  });
});
