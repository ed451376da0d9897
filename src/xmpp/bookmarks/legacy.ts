/** Bookmarks of the older kind: one element with all of them, in private storage. XEP-0048, XEP-0049. */
import { parseJid } from '../jid.ts';
import type { Session } from '../session/session.ts';
import { child, type Element, elements, x } from '../stanza.ts';
import { type Bookmark, parseBookmark } from './conference.ts';

/** also the name of the node by which XEP-0411 tells what changes */
export const NS_LEGACY = 'storage:bookmarks';
const NS_PRIVATE = 'jabber:iq:private';

/** milliseconds: not every server has such a storage, or says so */
const PATIENCE = 10_000;

const isConference = (element: Element, room: string): boolean =>
  element.is('conference', NS_LEGACY) && parseJid(element.attrs.jid)?.bare === room;

export const conferenceIn = (storage: Element | undefined, room: string): Element | undefined =>
  storage && elements(storage).find((element) => isConference(element, room));

/** Reads them all; of two for one room the first counts. */
export function parseLegacy(storage: Element | undefined): Bookmark[] {
  const all = new Map<string, Bookmark>();
  for (const element of storage?.getChildren('conference', NS_LEGACY) ?? []) {
    const bookmark = parseBookmark(element.attrs.jid, element);
    if (bookmark !== undefined && !all.has(bookmark.room)) all.set(bookmark.room, bookmark);
  }
  return [...all.values()];
}

export function legacyBookmarks(session: Pick<Session, 'request'>) {
  return {
    async load(): Promise<Element | undefined> {
      const question = x('query', { xmlns: NS_PRIVATE }, x('storage', { xmlns: NS_LEGACY }));
      const answer = await session.request(x('iq', { type: 'get' }, question), { timeout: PATIENCE });
      return child(child(answer, 'query', NS_PRIVATE), 'storage', NS_LEGACY);
    },
    /** Writes all of them with one replaced, or taken away; web pages and what else is there stay. */
    async save(storage: Element | undefined, room: string, conference: Element | undefined): Promise<void> {
      const others = (storage === undefined ? [] : elements(storage)).filter(
        (element) => !isConference(element, room),
      );
      const all = x('storage', { xmlns: NS_LEGACY }, ...others, conference);
      const query = x('query', { xmlns: NS_PRIVATE }, all);
      await session.request(x('iq', { type: 'set' }, query), { timeout: PATIENCE });
    },
  };
}
