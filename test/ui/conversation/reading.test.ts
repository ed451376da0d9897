import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { reading } from '../../../src/ui/conversation/reading.ts';

let away = false;
const read = vi.fn();
const open = () => reading({ read, isAway: () => away });

beforeEach(() => {
  vi.useFakeTimers();
  away = false;
  read.mockClear();
});
afterEach(() => vi.useRealTimers());

it('says at once that what came is read', () => {
  const chat = open();
  chat.shown();
  expect(read).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(5000);
  expect(read).toHaveBeenCalledTimes(1);
  chat.shown();
  expect(read).toHaveBeenCalledTimes(2);
  chat.close();
});

it('says it once a second where much comes, and of the last one too', () => {
  const chat = open();
  for (let n = 0; n < 100; n += 1) {
    chat.shown();
    vi.advanceTimersByTime(20);
  }
  expect(read).toHaveBeenCalledTimes(3);
  chat.shown();
  vi.advanceTimersByTime(1000);
  expect(read).toHaveBeenCalledTimes(4);
  vi.advanceTimersByTime(5000);
  expect(read).toHaveBeenCalledTimes(4);
  chat.close();
});

it('says what is owed when the chat is closed, and nothing after it', () => {
  const chat = open();
  chat.shown();
  chat.shown();
  chat.close();
  expect(read).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(5000);
  expect(read).toHaveBeenCalledTimes(2);
});

it('counts nothing as read that nobody sees', () => {
  const chat = open();
  away = true;
  chat.shown();
  chat.close();
  expect(read).not.toHaveBeenCalled();
});

it('says of what came while nobody saw the chat when somebody does again', () => {
  const chat = open();
  away = true;
  chat.shown();
  vi.advanceTimersByTime(5000);
  expect(read).not.toHaveBeenCalled();
  away = false;
  vi.advanceTimersByTime(1000);
  expect(read).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(5000);
  expect(read).toHaveBeenCalledTimes(1);
  chat.close();
  expect(vi.getTimerCount()).toBe(0);
});

it('waits with what is owed until somebody sees the chat again', () => {
  const chat = open();
  chat.shown();
  chat.shown();
  away = true;
  vi.advanceTimersByTime(5000);
  expect(read).toHaveBeenCalledTimes(1);
  away = false;
  vi.advanceTimersByTime(1000);
  expect(read).toHaveBeenCalledTimes(2);
  chat.close();
});
