/** Standard input of a run: passwords by the line, then a text to its end, or lines as they come. */
import { UsageError } from '../usage-error.ts';

export interface StandardInput {
  /** the next line without its end; undefined at the end of input. Throws UsageError. */
  line(): Promise<string | undefined>;
  /**
   * All lines that are left, as they come: those that are there together at once; � (U+FFFD) where they are not UTF-8.
   * Throws UsageError.
   */
  lines(): AsyncIterable<readonly string[]>;
  /** everything that is left, without one last line break. Throws UsageError. */
  rest(): Promise<string>;
}

/** bytes; servers refuse larger stanzas (Prosody: 256 KiB) */
const LARGEST_TEXT = 200 * 1024;

export function standardInput(stream: AsyncIterable<Buffer | string>): StandardInput {
  const chunks = stream[Symbol.asyncIterator]();
  let read = Buffer.alloc(0);
  let ended = false;

  const more = async () => {
    const next = await chunks.next();
    if (next.done === true) ended = true;
    else read = Buffer.concat([read, Buffer.from(next.value)]);
    if (read.length > LARGEST_TEXT) throw new UsageError('text-too-long', { limit: '200 KiB' });
  };

  return {
    async line() {
      while (!ended && !read.includes(0x0a)) await more();
      if (read.length === 0) return undefined;
      const at = read.indexOf(0x0a);
      const line = at < 0 ? read : read.subarray(0, at);
      read = at < 0 ? Buffer.alloc(0) : read.subarray(at + 1);
      return decode(line).replace(/\r$/, '');
    },
    async *lines() {
      for (;;) {
        while (!ended && !read.includes(0x0a)) await more();
        if (read.length === 0) return;
        const end = ended ? read.length : read.lastIndexOf(0x0a) + 1;
        // A stream goes on behind a byte that is none of UTF-8, which is shown as what it is.
        const lines = new TextDecoder().decode(read.subarray(0, end)).replace(/\n$/, '').split('\n');
        read = read.subarray(end);
        yield lines.map((line) => line.replace(/\r$/, ''));
      }
    },
    async rest() {
      while (!ended) await more();
      const left = read;
      read = Buffer.alloc(0);
      return decode(left).replaceAll('\r\n', '\n').replace(/\n$/, '');
    },
  };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError('not-utf8');
  }
}
