/**
 * XEP-0492: Chat notification settings, version 0.2.0. https://xmpp.org/extensions/xep-0492.html
 */
import { type Element, elements, x } from './stanza.ts';

export const NS_NOTIFY = 'urn:xmpp:notification-settings:1';

export type NotifyWhen = 'always' | 'on-mention' | 'never';
const WHEN: readonly string[] = ['always', 'on-mention', 'never'];

/** what we are (XEP-0030): the settings for this kind of client count before those for all */
const CATEGORY = 'client';
const TYPE = 'console';

const isSetting = (element: Element): boolean =>
  element.getNS() === NS_NOTIFY && WHEN.includes(element.getName());

/** 2: for this kind of client, 1: for clients, 0: for all, −1: for others. §rules */
function rank({ attrs }: Element): number {
  const { 'identity-category': category, 'identity-type': type } = attrs;
  if (category === undefined) return type === undefined ? 0 : -1;
  if (category !== CATEGORY) return -1;
  return type === undefined ? 1 : type === TYPE ? 2 : -1;
}

/** Reads the setting that counts for us; undefined where there is none. §rules */
export function parseNotify(notify: Element | undefined): NotifyWhen | undefined {
  if (!notify?.is('notify', NS_NOTIFY)) return undefined;
  const ours = elements(notify).filter((element) => isSetting(element) && rank(element) >= 0);
  const [best] = ours.sort((a, b) => rank(b) - rank(a));
  return best?.getName() as NotifyWhen | undefined;
}

/** The element with another setting for us; what others put there stays as it is, finer settings too. §rules */
export function xNotify(before: Element | undefined, when: NotifyWhen): Element {
  const all = before?.is('notify', NS_NOTIFY) === true ? elements(before) : [];
  const settings = all.filter(isSetting);
  const best = Math.max(0, ...settings.map(rank));
  // A setting for all clients is not ours alone to change: ours is put beside it.
  const own = best >= 1 ? 2 : 0;
  const replaced = settings.find((element) => rank(element) === own);
  const attrs = own === 2 ? { 'identity-category': CATEGORY, 'identity-type': TYPE } : {};
  const element = x(when, attrs, ...(replaced === undefined ? [] : elements(replaced)));
  const rest = all.filter((other) => other !== replaced);
  // Whoever knows no identities needs a setting without one.
  const fallback = own === 0 || settings.some((other) => rank(other) === 0) ? [] : [x(when)];
  return x('notify', { xmlns: NS_NOTIFY }, ...rest, element, ...fallback);
}
