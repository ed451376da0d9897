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

/** An element without children, made the short way: the parser makes a million of them. */
export function bareElement(name: string): Element {
  return new build.Element(name) as Element;
}
