import { describe, expect, it } from 'vitest';
import { meaning, stable, visibleRange } from '../../src/ui/menu-prompt/items.ts';

const items = [
  ...Array.from({ length: 16 }, (_, i) => ({
    key: String(i + 1),
    name: `item ${i + 1}`,
    value: `v${i + 1}`,
  })),
  { key: '', name: 'heading', value: '' },
  { key: 'M', name: 'menu', value: 'm' },
  { key: '0', name: 'exit', value: 'x' },
];

describe('what is typed in a menu', () => {
  it('waits while a longer number is possible', () => {
    expect(meaning('1', items)).toEqual({ kind: 'partial', index: 0 });
    expect(meaning('2', items)).toEqual({ kind: 'chosen', index: 1 });
    expect(meaning('16', items)).toEqual({ kind: 'chosen', index: 15 });
    expect(meaning('0', items)).toEqual({ kind: 'chosen', index: 18 });
    expect(meaning('m', items)).toEqual({ kind: 'chosen', index: 17 });
    expect(meaning('17', items)).toEqual({ kind: 'none' });
    expect(meaning('', items)).toEqual({ kind: 'none' });
  });
});

describe('a menu while it is open', () => {
  const alice = { key: '1', name: 'alice', value: 'a' };
  const bob = { key: '2', name: 'bob', value: 'b' };

  it('keeps places and numbers when the order changes, and takes the new badge', () => {
    const now = [
      { ...bob, key: '1', badge: '(1)' },
      { ...alice, key: '2' },
    ];
    expect(stable([alice, bob], now)).toEqual([alice, { ...bob, badge: '(1)' }]);
  });

  it('adds what is new at the end, with a number of its own', () => {
    const carol = { key: '1', name: 'carol', value: 'c' };
    expect(stable([alice, bob], [carol, alice, bob])).toEqual([alice, bob, { ...carol, key: '3' }]);
  });

  it('adds a number before the letters and the way back', () => {
    const carol = { key: '1', name: 'carol', value: 'c' };
    const letter = { key: 'S', name: 'settings', value: 's' };
    const back = { key: '0', name: 'back', value: 'x' };
    expect(stable([alice, letter, back], [carol, alice, letter, back])).toEqual([
      alice,
      { ...carol, key: '2' },
      letter,
      back,
    ]);
  });

  it('keeps what went away in its place', () => {
    expect(stable([alice, bob], [{ ...bob, key: '1' }])).toEqual([alice, bob]);
  });
});

describe('a long list', () => {
  it('shows a part round the active item', () => {
    expect(visibleRange(100, 50, 10)).toEqual({ start: 45, end: 55 });
    expect(visibleRange(100, 0, 10)).toEqual({ start: 0, end: 10 });
    expect(visibleRange(100, 99, 10)).toEqual({ start: 90, end: 100 });
    expect(visibleRange(5, 4, 10)).toEqual({ start: 0, end: 5 });
  });
});
