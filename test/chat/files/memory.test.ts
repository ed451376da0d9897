import {
  constants,
  type NodeGCPerformanceDetail,
  type PerformanceEntry,
  PerformanceObserver,
} from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { frugality } from '../../../src/chat/files/memory.ts';

const MIB = 1024 * 1024;

/** The most that buffers had at a time while 200 MiB went through, piece by piece. */
function most(moved: (bytes: number) => void): number {
  let found = 0;
  for (let left = 200 * MIB; left > 0; left -= 64 * 1024) {
    Buffer.alloc(64 * 1024).fill(1);
    moved(64 * 1024);
    found = Math.max(found, process.memoryUsage().arrayBuffers);
  }
  return found;
}

describe('memory of a large file', () => {
  it('is looked through before much has come together', () => {
    const before = process.memoryUsage().arrayBuffers;
    const memory = frugality();
    try {
      expect(most(memory.moved) - before).toBeLessThan(20 * MIB);
    } finally {
      memory.end();
    }
  });

  it('is looked through for what is young alone, which costs little', async () => {
    const kinds: (number | undefined)[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { kind, flags = 0 } = (entry as PerformanceEntry & { detail: NodeGCPerformanceDetail }).detail;
        if (flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) kinds.push(kind);
      }
    });
    observer.observe({ entryTypes: ['gc'] });
    const memory = frugality();
    try {
      most(memory.moved);
      await expect.poll(() => kinds.length).toBeGreaterThan(10);
      expect(new Set(kinds)).toEqual(new Set([constants.NODE_PERFORMANCE_GC_MINOR]));
    } finally {
      memory.end();
      observer.disconnect();
    }
  });

  it('of one that ends early, or beside another, is nobody’s trouble', () => {
    const [one, two] = [frugality(), frugality()];
    one.moved(100);
    one.end();
    two.moved(5 * MIB);
    two.moved(5 * MIB);
    two.end();
  });
});
