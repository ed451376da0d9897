/** How far files are, how fast, and how long it will take yet. */
import type { FileTransfer } from '../../chat/events.ts';
import type { Catalogue } from '../../i18n/catalogue.ts';
import { brief } from '../sanitize.ts';
import { whyOf } from '../sentences.ts';
import { size, span } from './formats.ts';

export interface Transfers {
  /** Takes what is told of a transfer; forgets one that has ended. */
  seen(file: FileTransfer): void;
  /** of those under way, the oldest first */
  lines(words: Catalogue): string[];
}

/** Milliseconds that a transfer has to have run before its speed says how long it will take. */
const FIRST_GUESS = 1000;

/** Follows transfers; `now` in milliseconds. What was there before an attempt began is no speed of its. */
export function transfers(now: () => number): Transfers {
  const running = new Map<string, { file: FileTransfer; since: number; from: number }>();
  return {
    seen(file) {
      const known = running.get(file.id);
      if (file.state !== 'active') running.delete(file.id);
      else if (known === undefined) running.set(file.id, { file, since: now(), from: file.sent });
      else known.file = file;
    },
    lines: (words) =>
      [...running.values()].map(({ file, since, from }) => {
        const elapsed = now() - since;
        const speed = elapsed <= 0 ? 0 : ((file.sent - from) * 1000) / elapsed;
        return transferText(file, words, { speed, sure: elapsed >= FIRST_GUESS });
      }),
  };
}

/** `photo.jpg: 42 % 1.3 MiB, 650 KiB/s, 3 s left`; speed in bytes a second. */
export function transferText(
  file: FileTransfer,
  words: Catalogue,
  { speed, sure }: { speed: number; sure: boolean },
): string {
  if (file.awaits !== undefined) return words.notifications.file.summing(brief(file.name));
  const known = file.size !== undefined && file.size > 0 ? file.size : undefined;
  const share = known === undefined ? '' : `${Math.floor((100 * file.sent) / known)} %`;
  const left = known === undefined || !sure || speed <= 0 ? '' : span((known - file.sent) / speed, words);
  return words.tables
    .progress(brief(file.name), share, size(file.sent, words), size(speed, words), left)
    .replace(/ {2,}/g, ' ');
}

/**
 * `photo.jpg: HTTP upload did not work (the server is gone), now in-band`: one way failed, the next is tried, or the same
 * once more.
 */
export function reroutedText({ name, route, before }: FileTransfer, words: Catalogue): string {
  const label = (of: string) => {
    const known: Readonly<Record<string, string>> = words.menus.settings.values;
    return Object.hasOwn(known, of) ? (known[of] ?? of) : of;
  };
  if (before === undefined) return '';
  const why = whyOf(words, before.condition, undefined, 'send-file');
  if (before.route === route) return words.notifications.file.again(brief(name), why);
  return words.notifications.file.rerouted(brief(name), label(before.route), why, label(route));
}
