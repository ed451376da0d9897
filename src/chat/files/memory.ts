/**
 * Memory while a large file goes through. The engine makes room for what is new, up to 32 MiB, and looks for what it may
 * forget only when tens of MiB of that, or of bytes outside its heap, have come together: more than a file needs.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** bytes of content between two looks */
const STEP = 2 * 1024 * 1024;
/** bytes that may come together */
const MOST = 12 * 1024 * 1024;

type Collect = (options?: { type: 'minor' }) => void;

let collect: Collect | undefined;
/** transfers for which the room for what is new does not grow */
let large = 0;

/** The engine's own collector, which no other way leads to. */
function collector(): Collect {
  setFlagsFromString('--expose-gc');
  const found = runInNewContext('gc') as Collect;
  setFlagsFromString('--no-expose-gc');
  return found;
}

/** Bytes in use when what is young and not needed was given back. */
function collected(): number {
  collect ??= collector();
  // Buffers are given back beside the program, which the next one waits for: until then they count.
  collect({ type: 'minor' });
  collect({ type: 'minor' });
  return inUse();
}

function inUse(): number {
  const { used_heap_size: heap, external_memory: outside } = getHeapStatistics();
  return heap + outside;
}

export interface Frugality {
  /** Tells of so many bytes of content that went through. */
  moved(bytes: number): void;
  /** To be called once, at the end. */
  end(): void;
}

/** For one transfer. What is smaller than a few MiB notices nothing of it. */
export function frugality(): Frugality {
  let until = STEP;
  let floor: number | undefined;
  return {
    moved(bytes) {
      until -= bytes;
      if (until > 0) return;
      until = STEP;
      if (floor === undefined && large++ === 0) setFlagsFromString('--semi-space-growth-factor=1');
      floor ??= collected();
      if (inUse() - floor < MOST) return;
      // Nearly all of it is young, and soon found.
      const left = collected();
      floor = Math.min(floor, left);
      if (left - floor < MOST / 2) return;
      collect?.();
      floor = inUse();
    },
    end() {
      // The engine's default.
      if (floor !== undefined && --large === 0) setFlagsFromString('--semi-space-growth-factor=2');
    },
  };
}
