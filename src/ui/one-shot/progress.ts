/** How far a file is: one line on a terminal's standard error, drawn again in place. */
import type { FileTransfer } from '../../chat/events.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { cut } from '../render/table.ts';
import { reroutedText, transfers } from '../render/transfer.ts';

export interface Progress {
  show(file: FileTransfer): void;
  /** takes the line away */
  clear(): void;
}

type Stream = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

/** Shows nothing where the stream is no terminal. */
export function progress(stream: Stream, words: Catalogue, now: () => number): Progress {
  const running = transfers(now);
  let shown = false;
  let told: FileTransfer['before'];
  const clear = () => {
    if (shown) stream.write('\r\u001b[K');
    shown = false;
  };
  return {
    show(file) {
      if (stream.isTTY !== true) return;
      if (file.before !== undefined && file.before !== told) {
        told = file.before;
        clear();
        stream.write(`${reroutedText(file, words)}\n`);
      }
      running.seen(file);
      const [line] = running.lines(words);
      if (line === undefined) return;
      shown = true;
      stream.write(`\r${cut(line, (stream.columns ?? 80) - 1)}\u001b[K`);
    },
    clear,
  };
}
