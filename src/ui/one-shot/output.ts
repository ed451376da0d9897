/** Lines to standard output or error. When nobody takes them any more, nothing more is written. */

/** The lines did not arrive: their reader has gone (`| head -1`), the disk is full, … */
export class OutputError extends Error {
  override name = 'OutputError';
  /** of the system: `EPIPE`, `ENOSPC`, … */
  readonly condition: string;
  constructor(condition: string) {
    super(condition);
    this.condition = condition;
  }
}

export interface Output {
  /** writes a text and a line break; '' writes nothing */
  line(text: string): void;
  /** aborted, with an OutputError as its reason, when nobody takes the lines any more */
  readonly closed: AbortSignal;
  /** resolves when everything is handed over, or nobody takes it */
  flush(): Promise<void>;
  /** closed while so much waits for its reader that nothing more should be made */
  readonly intake: { readonly open: boolean; opened(): Promise<void> };
}

/** UTF-16 units that wait for a reader at most, but for what one read of the server makes; and to begin again at */
const MOST_WAITING = 4 * 1024 * 1024;
const FEW_WAITING = 1024 * 1024;

type Stream = Pick<NodeJS.WritableStream, 'write' | 'on'>;

export function output(stream: Stream): Output {
  const gone = new AbortController();
  let waiting = 0;
  let units = 0;
  let flushed: (() => void)[] = [];
  let open = true;
  const opened: (() => void)[] = [];
  const settle = () => {
    if (!open && (units <= FEW_WAITING || gone.signal.aborted)) {
      open = true;
      for (const goOn of opened.splice(0)) goOn();
    }
    if (waiting > 0 && !gone.signal.aborted) return;
    for (const done of flushed) done();
    flushed = [];
  };
  const fail = (error: Error & { code?: string }) => {
    gone.abort(new OutputError(error.code ?? 'EIO'));
    settle();
  };
  // Stays for good: a late EPIPE must not become an uncaught exception.
  stream.on('error', fail);
  return {
    closed: gone.signal,
    intake: {
      get open() {
        return open;
      },
      opened: () =>
        new Promise((resolve) => {
          if (open) resolve();
          else opened.push(resolve);
        }),
    },
    line(text) {
      if (text === '' || gone.signal.aborted) return;
      waiting++;
      units += text.length;
      if (units > MOST_WAITING) open = false;
      stream.write(`${text}\n`, (error) => {
        waiting--;
        units -= text.length;
        if (error) fail(error);
        else settle();
      });
    },
    flush: () =>
      new Promise((resolve) => {
        flushed.push(resolve);
        settle();
      }),
  };
}
