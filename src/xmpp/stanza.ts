/** Elements and the few things every feature asks of a stanza. RFC 6120 §8. */
import { carriable, type Element, type Node, x } from './session/xml.ts';

export { carriable, type Element, type Node, x };

export const NS_CLIENT = 'jabber:client';
export const NS_STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

export type StanzaName = 'message' | 'presence' | 'iq';

/** The first child of that name and namespace; the namespace is always checked. */
export function child(element: Element | undefined, name: string, xmlns: string): Element | undefined {
  // Not by way of lists of all of them: this is asked some dozen times of each stanza.
  for (const node of element?.children ?? [])
    if (typeof node !== 'string' && node.name === name && node.getNS() === xmlns) return node;
  return undefined;
}

/** All children of that name and namespace. Theirs is looked up once where they have none of their own: lists are long. */
export function children(element: Element, name: string, xmlns: string): Element[] {
  const around = element.getNS();
  return elements(element).filter((node) => node.name === name && (node.attrs.xmlns ?? around) === xmlns);
}

/** Text of the first child of that name and namespace, `undefined` when there is none. */
export function childText(
  element: Element | undefined,
  name: string,
  xmlns: string = NS_CLIENT,
): string | undefined {
  return child(element, name, xmlns)?.getText();
}

/** Children that are elements, in order. */
export function elements(element: Element): Element[] {
  return element.children.filter((node): node is Element => typeof node !== 'string');
}
