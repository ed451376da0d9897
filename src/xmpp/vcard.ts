/** XEP-0054: vcard-temp, version 1.3.0. https://xmpp.org/extensions/xep-0054.html */
import { StanzaError } from './errors.ts';
import type { RequestOptions, Session } from './session/session.ts';
import { child, children, childText, type Element, elements, x } from './stanza.ts';

export const NS_VCARD = 'vcard-temp';

/** Where each field stands: an element, or an element in the first of its kind (§7). */
const PATHS = {
  fullName: ['FN'],
  familyName: ['N', 'FAMILY'],
  givenName: ['N', 'GIVEN'],
  nickname: ['NICKNAME'],
  email: ['EMAIL', 'USERID'],
  phone: ['TEL', 'NUMBER'],
  url: ['URL'],
  birthday: ['BDAY'],
  organization: ['ORG', 'ORGNAME'],
  unit: ['ORG', 'ORGUNIT'],
  title: ['TITLE'],
  role: ['ROLE'],
  street: ['ADR', 'STREET'],
  city: ['ADR', 'LOCALITY'],
  region: ['ADR', 'REGION'],
  postcode: ['ADR', 'PCODE'],
  country: ['ADR', 'CTRY'],
  jid: ['JABBERID'],
  timezone: ['TZ'],
  description: ['DESC'],
  note: ['NOTE'],
} as const satisfies Record<string, readonly [string, string?]>;

export type VCardField = keyof typeof PATHS;
export const VCARD_FIELDS = Object.keys(PATHS) as VCardField[];

/** Texts as their owner wrote them; what is not there is absent. The photo is told by type and size, not carried. */
export type VCard = { readonly [field in VCardField | 'photoType' | 'photoBytes']?: string };
/** '' removes a field. */
export type VCardChanges = { readonly [field in VCardField]?: string };

/** fields that may be there more than once: shown one beside the other */
const SEVERAL: readonly string[] = ['EMAIL', 'TEL'];

/** Reads a vCard; `undefined` where the element is none. */
export function parseVCard(card: Element | undefined): VCard | undefined {
  if (!card?.is('vCard', NS_VCARD)) return undefined;
  const fields: { -readonly [field in keyof VCard]: VCard[field] } = {};
  for (const field of VCARD_FIELDS) {
    const [name, inner]: readonly [string, string?] = PATHS[field];
    const found = card.getChildren(name, NS_VCARD);
    const texts = (SEVERAL.includes(name) ? found : found.slice(0, 1))
      .map((element) => (inner === undefined ? element.getText() : childText(element, inner, NS_VCARD)))
      .map((text) => text?.trim())
      .filter((text) => text !== undefined && text !== '');
    if (texts.length > 0) fields[field] = texts.join(', ');
  }
  const photo = child(card, 'PHOTO', NS_VCARD);
  const base64 = childText(photo, 'BINVAL', NS_VCARD)?.replace(/\s/g, '').replace(/=+$/, '');
  if (base64) {
    fields.photoType = childText(photo, 'TYPE', NS_VCARD)?.trim() || 'image';
    fields.photoBytes = String(Math.floor((base64.length * 3) / 4));
  }
  return fields;
}

/**
 * The card with the changes made; all else that stood in it stays (§3.2: a card is always sent whole). Of e-mail and
 * telephone, of which a card has several, all are given, separated by commas or line breaks: as they are read.
 */
export function changeVCard(card: Element | undefined, changes: VCardChanges): Element {
  const changed = x('vCard', { xmlns: NS_VCARD }, ...(card?.children ?? []));
  for (const field of VCARD_FIELDS) {
    const text = changes[field]?.trim();
    if (text === undefined) continue;
    const [name, inner]: readonly [string, string?] = PATHS[field];
    if (inner === undefined) put(changed, name, text);
    else if (SEVERAL.includes(name)) putSeveral(changed, name, inner, text);
    else putInside(changed, name, inner, text);
  }
  return changed;
}

/** The first of that name has the text, in its place; others stay. Without a text none does. */
function put(parent: Element, name: string, text: string): void {
  const known = children(parent, name, NS_VCARD);
  const [first] = known;
  if (text === '') drop(parent, known);
  else if (first === undefined) parent.append(x(name, {}, text));
  else first.children = [text];
}

function putInside(card: Element, name: string, inner: string, text: string): void {
  const group = child(card, name, NS_VCARD) ?? x(name);
  if (group.parent === null) card.append(group);
  put(group, inner, text);
  if (elements(group).length === 0) drop(card, [group]);
}

/** One that is there already keeps what else is said of it (at home, at work), and so does one that is replaced. */
function putSeveral(card: Element, name: string, inner: string, text: string): void {
  const wanted = text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const told = (group: Element) => childText(group, inner, NS_VCARD)?.trim() ?? '';
  const shown = children(card, name, NS_VCARD).filter((group) => told(group) !== '');
  const others = shown.filter((group) => {
    const at = wanted.indexOf(told(group));
    if (at >= 0) wanted.splice(at, 1);
    return at < 0;
  });
  for (const group of others) {
    const next = wanted.shift();
    if (next === undefined) drop(card, [group]);
    else put(group, inner, next);
  }
  for (const value of wanted) card.append(x(name, {}, x(inner, {}, value)));
}

function drop(parent: Element, gone: readonly Element[]): void {
  parent.children = parent.children.filter((node) => typeof node === 'string' || !gone.includes(node));
}

export interface VCards {
  /**
   * The card of a bare JID; ours without one. An empty card where there is none and its server says so (§3.1); rejects
   * as Session.request does, also where there is no such user (§3.3: servers say the same for both).
   */
  get(jid?: string, options?: RequestOptions): Promise<VCard>;
  /** Changes some of our own fields; anybody can read them (§5). Rejects as Session.request does. */
  set(changes: VCardChanges): Promise<void>;
}

/** Who people say they are. */
export function vcards(session: Session): VCards {
  const fetch = async (jid: string | undefined, options?: RequestOptions) => {
    const iq = x('iq', { type: 'get', to: jid }, x('vCard', { xmlns: NS_VCARD }));
    try {
      return child(await session.request(iq, options), 'vCard', NS_VCARD);
    } catch (error) {
      const none = error instanceof StanzaError && error.condition === 'item-not-found';
      // Of others it may also mean that there is nobody.
      if (none && jid === undefined) return undefined;
      throw error;
    }
  };
  return {
    get: async (jid, options) => parseVCard(await fetch(jid, options)) ?? {},
    async set(changes) {
      await session.request(x('iq', { type: 'set' }, changeVCard(await fetch(undefined), changes)));
    },
  };
}
