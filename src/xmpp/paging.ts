/** XEP-0059: Result Set Management, version 1.0. https://xmpp.org/extensions/xep-0059.html */
import { child, childText, type Element, x } from './stanza.ts';

export const NS_RSM = 'http://jabber.org/protocol/rsm';

/** What page is asked for. `before: ''` asks for the last one (§2.5). */
export interface PageRequest {
  readonly max?: number | undefined;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly index?: number | undefined;
}

/** What page came. */
export interface Page {
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** place of `first` in the whole, counted from 0; may be approximate */
  readonly index: number | undefined;
  /** size of the whole; may be approximate */
  readonly count: number | undefined;
}

const natural = (text: string | undefined) =>
  text !== undefined && /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;

/** Reads the `<set/>` in that element of an answer. */
export function parsePage(parent: Element): Page | undefined {
  const set = child(parent, 'set', NS_RSM);
  if (set === undefined) return undefined;
  return {
    first: childText(set, 'first', NS_RSM),
    last: childText(set, 'last', NS_RSM),
    index: natural(child(set, 'first', NS_RSM)?.attrs.index),
    count: natural(childText(set, 'count', NS_RSM)),
  };
}

export function xPage(page: PageRequest): Element {
  return x(
    'set',
    { xmlns: NS_RSM },
    page.max !== undefined && x('max', {}, String(page.max)),
    page.after !== undefined && x('after', {}, page.after),
    page.before !== undefined && x('before', {}, page.before),
    page.index !== undefined && x('index', {}, String(page.index)),
  );
}
