import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cutoff, retention } from '../../src/chat/client/retention.ts';

const DAY = 86_400_000;
const NOW = 1_700_000_000_000;

describe('how long messages are kept', () => {
  it.each([
    ['forever', undefined],
    ['nothing', NOW],
    ['1d', NOW - DAY],
    ['2w', NOW - 14 * DAY],
    ['6mo', NOW - 180 * DAY],
    ['1y', NOW - 365 * DAY],
    ['soon', undefined],
  ])('%s', (value, expected) => expect(cutoff(value, NOW)).toBe(expected));
});

describe('what is too old', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function setup(value: string, old: number) {
    const steps: [before: number, most: number][] = [];
    const failures: unknown[] = [];
    let left = old;
    const keeps = { value };
    let fault: Error | undefined;
    const kept = retention({
      account: 'me@example.org',
      store: {
        prune(_account, before, most) {
          if (fault !== undefined) throw fault;
          steps.push([before, most]);
          const gone = Math.min(left, most);
          left -= gone;
          return gone;
        },
      },
      keeps: () => keeps.value,
      failed: (error) => failures.push(error),
      now: () => NOW,
    });
    const fail = (error: Error | undefined) => {
      fault = error;
    };
    return { kept, steps, failures, keeps, fail, left: () => left };
  }

  it('goes after log-in, step by step, never all at once', () => {
    const { kept, steps, left } = setup('30d', 250);
    kept.start();
    expect(steps).toEqual([]);
    vi.advanceTimersByTime(0);
    expect(left()).toBe(150);
    vi.advanceTimersByTime(1000);
    expect(left()).toBe(0);
    expect(steps).toEqual([1, 2, 3].map(() => [NOW - 30 * DAY, 100]));
    kept.start();
    vi.advanceTimersByTime(1000);
    expect(steps).toHaveLength(3);
    vi.advanceTimersByTime(DAY);
    expect(steps).toHaveLength(7);
    kept.close();
    vi.advanceTimersByTime(DAY);
    expect(steps).toHaveLength(7);
  });

  it('stays where all is kept', () => {
    const { kept, steps } = setup('forever', 5);
    kept.start();
    vi.advanceTimersByTime(DAY);
    kept.close();
    expect(steps).toEqual([]);
    expect(kept.since()).toBeUndefined();
  });

  it('is all there is where nothing is kept: at log-in and at the end, but not what is being read', () => {
    const { kept, steps, left, keeps } = setup('nothing', 150);
    kept.start();
    vi.advanceTimersByTime(1000);
    expect([left(), steps[0]?.[0]]).toEqual([0, NOW]);
    vi.advanceTimersByTime(DAY / 4);
    expect(steps.at(-1)?.[0]).toBe(NOW - DAY);
    const before = steps.length;
    kept.close();
    expect(steps.slice(before)).toEqual([[NOW, 100]]);
    keeps.value = 'forever';
    kept.close();
    expect(steps).toHaveLength(before + 1);
  });

  it('is told when the store fails, and tried again', () => {
    const { kept, failures, steps, fail } = setup('7d', 5);
    fail(new Error('full'));
    kept.start();
    vi.advanceTimersByTime(1000);
    expect(failures).toHaveLength(1);
    fail(undefined);
    vi.advanceTimersByTime(DAY / 4);
    expect(steps).toHaveLength(1);
    kept.close();
  });
});
