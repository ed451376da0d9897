/**
 * What entities say of themselves. XEP-0030: Service Discovery, version 2.5.0. https://xmpp.org/extensions/xep-0030.html
 * XEP-0128: Service Discovery Extensions, version 1.0.1 (read). https://xmpp.org/extensions/xep-0128.html
 */
import { type Form, NS_FORMS, parseForm } from './forms.ts';
import { parseJid } from './jid.ts';
import { type Element, x } from './stanza.ts';

export const NS_DISCO_INFO = 'http://jabber.org/protocol/disco#info';
export const NS_DISCO_ITEMS = 'http://jabber.org/protocol/disco#items';

export interface Identity {
  readonly category: string;
  readonly type: string;
  readonly lang?: string | undefined;
  readonly name?: string | undefined;
}

export interface DiscoInfo {
  readonly identities: readonly Identity[];
  readonly features: readonly string[];
  /** extended information (XEP-0128) */
  readonly forms: readonly Form[];
}

export interface DiscoItem {
  /** normalised */
  readonly jid: string;
  readonly node: string | undefined;
  readonly name: string | undefined;
}

/** Reads `<query/>` of disco#info (§3). */
export function parseInfo(query: Element | undefined): DiscoInfo | undefined {
  if (!query?.is('query', NS_DISCO_INFO)) return undefined;
  return {
    identities: query.getChildren('identity', NS_DISCO_INFO).flatMap(({ attrs }): Identity[] => {
      const { category, type } = attrs;
      if (!category || !type) return [];
      return [{ category, type, lang: attrs['xml:lang'] || undefined, name: attrs.name || undefined }];
    }),
    features: query
      .getChildren('feature', NS_DISCO_INFO)
      .flatMap(({ attrs }) => (attrs.var ? [attrs.var] : [])),
    forms: query.getChildren('x', NS_FORMS).flatMap((form) => parseForm(form) ?? []),
  };
}

/** Reads `<query/>` of disco#items (§4); items without a JID are left out. */
export function parseItems(query: Element | undefined): DiscoItem[] | undefined {
  if (!query?.is('query', NS_DISCO_ITEMS)) return undefined;
  return query.getChildren('item', NS_DISCO_ITEMS).flatMap(({ attrs }): DiscoItem[] => {
    const jid = parseJid(attrs.jid)?.full;
    return jid === undefined ? [] : [{ jid, node: attrs.node || undefined, name: attrs.name || undefined }];
  });
}

/** Builds the answer to disco#info. */
export function xInfo(info: DiscoInfo, node?: string): Element {
  return x(
    'query',
    { xmlns: NS_DISCO_INFO, node },
    ...info.identities.map(({ category, type, name, lang }) =>
      x('identity', { category, type, name, 'xml:lang': lang }),
    ),
    ...info.features.map((feature) => x('feature', { var: feature })),
  );
}
