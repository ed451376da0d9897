/** How far a file is: one line on a terminal's standard error, drawn again in place. */
import type { FileTransfer } from '../../chat/events.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { size } from '../render/formats.ts';
import { cut } from '../render/table.ts';
import { sanitize } from '../sanitize.ts';

export interface Progress {
  show(file: FileTransfer): void;
  /** takes the line away */
  clear(): void;
}

type Stream = Pick<NodeJS.WriteStream, 'write'> & { readonly isTTY?: boolean; readonly columns?: number };

/** Shows nothing where the stream is no terminal. */
export function progress(stream: Stream, words: Catalogue, now: () => number): Progress {
  let start: number | undefined;
  let shown = false;
  return {
    show(file) {
      if (stream.isTTY !== true || file.state !== 'active') return;
      start ??= now();
      const seconds = Math.max(0.001, (now() - start) / 1000);
      const line = progressText(file, words, file.sent / seconds);
      shown = true;
      stream.write(`\r${cut(line, (stream.columns ?? 80) - 1)}\u001b[K`);
    },
    clear() {
      if (shown) stream.write('\r\u001b[K');
      shown = false;
    },
  };
}

/** `photo.jpg: 42 % 1.3 MiB, 650 KiB/s` */
function progressText(file: FileTransfer, words: Catalogue, bytesPerSecond: number): string {
  const share =
    file.size === undefined || file.size === 0 ? '' : `${Math.floor((100 * file.sent) / file.size)} %`;
  return words.tables
    .progress(sanitize(file.name), share, size(file.sent, words), size(bytesPerSecond, words))
    .replace(/ {2,}/g, ' ');
}
