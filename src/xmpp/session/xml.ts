/** The one place that takes the element model from @xmpp/client. Everything else uses src/xmpp/stanza.ts. */
import { xml as build } from '@xmpp/client';

/** An XML element as @xmpp/client (ltx) models it; the members below are the ones this program uses. */
export interface Element {
  name: string;
  parent: Element | null;
  attrs: Record<string, string | undefined>;
  children: (Element | string)[];
  is(name: string, xmlns?: string): boolean;
  getName(): string;
  getNS(): string | undefined;
  getChild(name: string, xmlns?: string): Element | undefined;
  getChildren(name: string, xmlns?: string): Element[];
  getChildText(name: string, xmlns?: string): string | null;
  getChildElements(): Element[];
  getText(): string;
  append(...nodes: (Element | string)[]): void;
  toString(): string;
}

export type Node = Element | string | undefined | null | false;

/** Builds an element; `undefined`, `null` and `false` children and undefined attributes are left out. */
export function x(
  name: string,
  attrs: Record<string, string | undefined> = {},
  ...children: Node[]
): Element {
  return build(
    name,
    attrs,
    ...children.filter((child) => child !== undefined && child !== null && child !== false),
  ) as Element;
}

/** What XML 1.0 §2.2 has no place for, escaped or not; lone surrogates too. */
const UNCARRIABLE =
  /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** The text with U+FFFD in the place of each character that XML cannot carry. */
export function carriable(text: string): string {
  return text.replace(UNCARRIABLE, '\uFFFD');
}

/** An element without children, made the short way: the parser makes a million of them. */
export function bareElement(name: string): Element {
  return new build.Element(name) as Element;
}
