/** Many events of one sort at once become one line: “12 people joined lobby”. A single event appears at once. */

export interface Burst {
  /** events with the same key are of one sort */
  readonly key: string;
  /** lines of a window that appear as they come; what is more is folded */
  readonly free: number;
  /** `all` events of the window, or the `more` that were not shown one by one */
  fold(counts: { readonly all: number; readonly more: number }): string;
}

export interface Bursts {
  /** prints `line` now, or counts it; `print` is also told the line that stands for the folded ones */
  add(line: string, burst: Burst): void;
  /** prints what is still held back and clears the timers */
  close(): void;
}

interface Window {
  readonly burst: Burst;
  shown: number;
  readonly held: string[];
  more: number;
  timer: NodeJS.Timeout;
}

/** `milliseconds`: how long a window stays open after its first event; it goes on while events keep coming. */
export function bursts(print: (line: string) => void, milliseconds = 1000): Bursts {
  const windows = new Map<string, Window>();

  const flush = (window: Window) => {
    const { burst, shown, held, more } = window;
    // One alone is no burst: its own line says more.
    const [only] = held;
    if (more === 1 && only !== undefined) print(only);
    else if (more > 1) print(burst.fold({ all: shown + more, more }));
  };
  const end = (key: string) => {
    const window = windows.get(key);
    if (window === undefined) return;
    windows.delete(key);
    flush(window);
    // Still busy: nothing appears one by one until it is quiet for a whole window.
    if (window.more > 0) open(window.burst, window.burst.free, 0);
  };
  const open = (burst: Burst, used: number, shown: number): Window => {
    const timer = setTimeout(end, milliseconds, burst.key);
    // Notifications alone do not keep a process alive.
    timer.unref();
    const window: Window = { burst: { ...burst, free: burst.free - used }, shown, held: [], more: 0, timer };
    windows.set(burst.key, window);
    return window;
  };

  return {
    add(line, burst) {
      const window = windows.get(burst.key) ?? open(burst, 0, 0);
      if (window.shown < window.burst.free) {
        window.shown++;
        print(line);
        return;
      }
      window.more++;
      if (window.held.length === 0) window.held.push(line);
    },
    close() {
      for (const window of windows.values()) {
        clearTimeout(window.timer);
        flush(window);
      }
      windows.clear();
    },
  };
}
