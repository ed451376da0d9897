import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { KeysEvents } from '../../src/ui/keys.ts';
import { attention, IDLE_AFTER } from '../../src/ui/terminal/attention.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function watched() {
  const keys = new EventEmitter<KeysEvents>();
  const told: boolean[] = [];
  const watch = attention(keys);
  watch.add((there) => told.push(there));
  return { keys, told, watch };
}

it('nobody looks when the window loses the focus, and somebody does when it has it again', () => {
  const { keys, told, watch } = watched();
  keys.emit('focus', false);
  keys.emit('focus', false);
  keys.emit('focus', true);
  expect(told).toEqual([false, true]);
  watch.close();
});

it('nobody looks after minutes without a key; the first one tells at once', () => {
  const { keys, told, watch } = watched();
  vi.advanceTimersByTime(IDLE_AFTER - 1);
  keys.emit('typed');
  vi.advanceTimersByTime(IDLE_AFTER - 1);
  expect(told).toEqual([]);
  vi.advanceTimersByTime(1);
  keys.emit('typed');
  expect(told).toEqual([false, true]);
  watch.close();
});

it('leaves no timer and no listener behind', () => {
  const { keys, told, watch } = watched();
  watch.close();
  keys.emit('focus', false);
  expect(told).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
  expect(keys.listenerCount('typed')).toBe(0);
});
