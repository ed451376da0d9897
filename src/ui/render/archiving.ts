/** What the server's archive keeps of whom, label by label. */
import type { ArchivePreferences } from '../../chat/archiving.ts';
import { sanitize } from '../sanitize.ts';
import type { RenderOptions } from './options.ts';
import { listText } from './table.ts';

export function archivingText(preferences: ArchivePreferences, { words, theme }: RenderOptions): string {
  const { archiving } = words.tables;
  const list = (jids: readonly string[]) => jids.map((jid) => sanitize(jid)).join(', ');
  return listText(
    [
      [archiving.default, words.words.archiving[preferences.default]],
      [archiving.always, list(preferences.always)],
      [archiving.never, list(preferences.never)],
    ],
    theme,
  );
}
