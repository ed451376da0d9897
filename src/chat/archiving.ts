/** What the server keeps in its archive of whom (XEP-0441). */
import { StanzaError } from '../xmpp/errors.ts';
import type { Features } from '../xmpp/features.ts';
import { ChatError } from './problem.ts';

export const ARCHIVE_DEFAULTS = ['always', 'never', 'roster'] as const;

export interface ArchivePreferences {
  /** of those in neither list; `roster`: of contacts only */
  readonly default: (typeof ARCHIVE_DEFAULTS)[number];
  /** JIDs */
  readonly always: readonly string[];
  readonly never: readonly string[];
}

/** What a person wants to be otherwise. */
export interface ArchiveWish {
  readonly default?: ArchivePreferences['default'] | undefined;
  readonly always?: readonly string[] | undefined;
  readonly never?: readonly string[] | undefined;
  /** as everybody else: taken out of both lists */
  readonly usual?: readonly string[] | undefined;
}

/** Each JID stands in one list at most: where it was put last. */
export function wanted(known: ArchivePreferences, wish: ArchiveWish): ArchivePreferences {
  const { always = [], never = [], usual = [] } = wish;
  const moved = new Set([...always, ...never, ...usual]);
  const rest = (list: readonly string[]) => list.filter((jid) => !moved.has(jid));
  return {
    default: wish.default ?? known.default,
    always: [...new Set([...rest(known.always), ...always.filter((jid) => !never.includes(jid))])],
    never: [...new Set([...rest(known.never), ...never])],
  };
}

const HAS_NONE: readonly string[] = ['service-unavailable', 'feature-not-implemented'];

/** Resolves to what holds now, changed first where something is wished. Throws ChatError `no-archive-preferences`. */
export async function archivePreferences(
  { archive }: Pick<Features, 'archive'>,
  wish: ArchiveWish | undefined,
): Promise<ArchivePreferences> {
  try {
    const known = await archive.preferences();
    return wish === undefined ? known : await archive.setPreferences(wanted(known, wish));
  } catch (error) {
    if (error instanceof StanzaError && HAS_NONE.includes(error.condition))
      throw new ChatError('no-archive-preferences');
    throw error;
  }
}
