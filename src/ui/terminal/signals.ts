/** Signals that end the program. The handler restores the terminal; the exit itself is `main`'s. */
import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

export type EndSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** 128 plus the number of the signal (POSIX shells). */
export const EXIT_CODES: Readonly<Record<EndSignal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** Calls back on each of them, until the returned function is called. */
export function onEndSignals(listener: (signal: EndSignal) => void): () => void {
  const signals = Object.keys(EXIT_CODES) as EndSignal[];
  for (const signal of signals) process.on(signal, listener);
  return () => {
    for (const signal of signals) process.off(signal, listener);
  };
}

/**
 * Lets go of a terminal that hung up. When it exits, Node sets the terminal's mode back as it was, takes the
 * failure of that for a bug of its own, and aborts with a native trace; not for a descriptor that was closed
 * or is another file by then. In their places stands /dev/null, so that the next file opened is not mistaken
 * for standard output.
 */
export function releaseDescriptors(): void {
  if (process.platform === 'win32') return;
  for (const descriptor of [0, 1, 2]) {
    if (!isTerminal(descriptor)) continue;
    try {
      closeSync(descriptor);
      openSync('/dev/null', descriptor === 0 ? 'r' : 'w');
    } catch {
      // closed already: that is what is wanted
    }
  }
}

/** `isatty` fails on a terminal that hung up; then it is neither a file nor a pipe. */
function isTerminal(descriptor: number): boolean {
  if (isatty(descriptor)) return true;
  const stream = [process.stdin, process.stdout, process.stderr][descriptor];
  return stream?.isTTY === true;
}
