/** Bytes to characters, whatever the chunks: UTF-8 only, and only valid UTF-8. RFC 6120 §11.6, RFC 3629. */
import { isUtf8 } from 'node:buffer';

/** How many bytes at the end belong to a character that is not complete. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}

export class Utf8Stream {
  #rest: Buffer = Buffer.alloc(0);

  /** Takes the next bytes; gives the characters complete so far, `undefined` when the bytes are no UTF-8. */
  decode(chunk: Buffer): string | undefined {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const keep = unfinished(bytes);
    const whole = keep === 0 ? bytes : bytes.subarray(0, bytes.length - keep);
    if (!isUtf8(whole)) return undefined;
    // A copy: the chunk is the socket's.
    this.#rest = keep === 0 ? Buffer.alloc(0) : Buffer.from(bytes.subarray(bytes.length - keep));
    return whole.toString('utf8');
  }
}
