/** One bookmark as its element. XEP-0402 §2, XEP-0048 §3.1. */
import { parseJid, resourceOf } from '../jid.ts';
import { type NotifyWhen, NS_NOTIFY, parseNotify, xNotify } from '../notification-settings.ts';
import { child, childText, type Element, elements, x } from '../stanza.ts';

export const NS_BOOKMARKS = 'urn:xmpp:bookmarks:1';

export interface Bookmark {
  /** bare JID */
  readonly room: string;
  /** what its owner calls it */
  readonly name: string | undefined;
  /** enter at every log-in */
  readonly autojoin: boolean;
  readonly nick: string | undefined;
  readonly password: string | undefined;
  /** XEP-0492 */
  readonly notify: NotifyWhen | undefined;
}

/** What is to be changed of one; undefined: as it was. */
export interface BookmarkChange extends Partial<Omit<Bookmark, 'room'>> {
  readonly room: string;
}

const isTrue = (text: string | undefined) => text === 'true' || text === '1';

/** Reads one of either kind; undefined where it names no room. */
export function parseBookmark(jid: string | undefined, element: Element | undefined): Bookmark | undefined {
  const room = parseJid(jid);
  const xmlns = element?.getNS() ?? '';
  if (element?.getName() !== 'conference' || !room?.local || room.resource !== undefined) return undefined;
  const nick = childText(element, 'nick', xmlns)?.trim() ?? '';
  return {
    room: room.bare,
    name: element.attrs.name || undefined,
    autojoin: isTrue(element.attrs.autojoin),
    // A nickname has to be one: resource of a JID.
    nick: nick === '' ? undefined : resourceOf(parseJid(`${room.bare}/${nick}`)?.full ?? ''),
    password: childText(element, 'password', xmlns) || undefined,
    notify: parseNotify(child(child(element, 'extensions', xmlns), 'notify', NS_NOTIFY)),
  };
}

/** The element with a change; what we do not understand stays in it (§3.2). */
export function changed(before: Element | undefined, change: BookmarkChange, xmlns: string): Element {
  const { room, name, autojoin, nick, password, notify } = change;
  const attrs = { ...before?.attrs };
  if (name !== undefined) attrs.name = name;
  if (autojoin !== undefined) attrs.autojoin = String(autojoin);
  const text = (tag: string, value: string | undefined) =>
    value === undefined ? child(before, tag, xmlns) : x(tag, {}, value);
  const others = before === undefined ? [] : elements(before).filter((each) => !isOurs(each, xmlns));
  const jid = xmlns === NS_BOOKMARKS ? {} : { jid: room };
  return x(
    'conference',
    { ...attrs, xmlns, ...jid },
    text('nick', nick),
    text('password', password),
    ...others,
    extensions(child(before, 'extensions', xmlns), notify, xmlns),
  );
}

const isOurs = (element: Element, xmlns: string): boolean =>
  element.getNS() === xmlns && ['nick', 'password', 'extensions'].includes(element.getName());

/** The older kind has none (XEP-0048 §3.1): there it stays as it is. */
function extensions(
  before: Element | undefined,
  notify: NotifyWhen | undefined,
  xmlns: string,
): Element | undefined {
  if (notify === undefined || xmlns !== NS_BOOKMARKS) return before;
  const known = child(before, 'notify', NS_NOTIFY);
  const others = before === undefined ? [] : elements(before).filter((each) => each !== known);
  return x('extensions', {}, ...others, xNotify(known, notify));
}
