/** Lines of a standard input that is no terminal. One reader for all prompts, or lines would be lost between them. */
import { createInterface, type Interface } from 'node:readline';
import type { Readable } from 'node:stream';
import { EndOfInputError } from '../terminal.ts';

export interface LineReader {
  /** resolves to the next line; rejects with EndOfInputError after the last one, or with the signal's reason */
  next(signal?: AbortSignal): Promise<string>;
  /** lets go of the input until the next line is asked for */
  release(): void;
  close(): void;
}

/** Reads nothing before it is asked: `--send` takes its text from the same input. */
export function lineReader(input: Readable): LineReader {
  const lines: string[] = [];
  const waiting: { resolve(line: string): void; reject(error: unknown): void }[] = [];
  let reader: Interface | undefined;
  let ended = false;

  const end = () => {
    ended = true;
    for (const { reject } of waiting.splice(0)) reject(new EndOfInputError());
  };
  const start = () => {
    if (reader || ended) return;
    const made = createInterface({ input, terminal: false, crlfDelay: Number.POSITIVE_INFINITY });
    reader = made;
    made.on('line', (line) => {
      const first = waiting.shift();
      if (first) first.resolve(line);
      else lines.push(line);
    });
    made.on('close', () => {
      if (reader === made) end();
    });
  };

  // a vanished terminal (EIO) is an end of input too
  input.on('error', end);

  return {
    async next(signal) {
      signal?.throwIfAborted();
      start();
      const line = lines.shift();
      if (line !== undefined) return line;
      if (ended) throw new EndOfInputError();
      return new Promise((resolve, reject) => {
        const aborted = () => {
          waiting.splice(waiting.indexOf(entry), 1);
          reject(signal?.reason);
        };
        const settled = () => signal?.removeEventListener('abort', aborted);
        const entry = {
          resolve: (text: string) => {
            settled();
            resolve(text);
          },
          reject: (error: unknown) => {
            settled();
            reject(error);
          },
        };
        waiting.push(entry);
        signal?.addEventListener('abort', aborted, { once: true });
      });
    },
    release() {
      const before = reader;
      reader = undefined;
      before?.close();
    },
    close() {
      end();
      reader?.close();
      input.pause();
    },
  };
}
