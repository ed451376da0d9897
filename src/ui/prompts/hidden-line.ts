/** A password where input is a terminal and output is not: inquirer cannot draw there, and nothing may echo. */
import type { Readable } from 'node:stream';
import { EndOfInputError, InterruptedError } from '../terminal.ts';

type RawInput = Readable & { setRawMode?(raw: boolean): unknown };

/** Resolves to what is typed up to Enter. */
export function hiddenLine(input: RawInput, signal?: AbortSignal): Promise<string> {
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    let typed = '';
    const finish = (settle: () => void) => {
      input.off('data', read);
      input.off('end', ended);
      input.off('error', ended);
      signal?.removeEventListener('abort', aborted);
      input.setRawMode?.(false);
      input.pause();
      settle();
    };
    const ended = () => finish(() => reject(new EndOfInputError()));
    const aborted = () => finish(() => reject(signal?.reason));
    const read = (chunk: Buffer | string) => {
      for (const character of String(chunk)) {
        if (character === '\r' || character === '\n') return finish(() => resolve(typed));
        if (character === '\x03') return finish(() => reject(new InterruptedError()));
        if (character === '\x04' && typed === '') return ended();
        if (character === '\x04') continue;
        if (character === '\x15') typed = '';
        else if (character === '\x7f' || character === '\b') typed = [...typed].slice(0, -1).join('');
        else if (character >= ' ') typed += character;
      }
    };
    input.setRawMode?.(true);
    input.setEncoding('utf8');
    input.on('data', read);
    input.on('end', ended);
    input.on('error', ended);
    signal?.addEventListener('abort', aborted, { once: true });
    input.resume();
  });
}
