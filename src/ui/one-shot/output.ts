/** Lines to standard output or error. A reader that has gone (`| head -1`) is no error: nothing more is written. */

export interface Output {
  /** writes a text and a line break; '' writes nothing */
  line(text: string): void;
  /** aborted when nobody reads any more */
  readonly closed: AbortSignal;
  /** resolves when everything is handed over, or nobody reads it */
  flush(): Promise<void>;
}

type Stream = Pick<NodeJS.WritableStream, 'write' | 'on'>;

export function output(stream: Stream): Output {
  const gone = new AbortController();
  let waiting = 0;
  let flushed: (() => void)[] = [];
  const settle = () => {
    if (waiting > 0 && !gone.signal.aborted) return;
    for (const done of flushed) done();
    flushed = [];
  };
  // Stays for good: a late EPIPE must not become an uncaught exception.
  stream.on('error', () => {
    gone.abort();
    settle();
  });
  return {
    closed: gone.signal,
    line(text) {
      if (text === '' || gone.signal.aborted) return;
      waiting++;
      stream.write(`${text}\n`, () => {
        waiting--;
        settle();
      });
    },
    flush: () =>
      new Promise((resolve) => {
        flushed.push(resolve);
        settle();
      }),
  };
}
