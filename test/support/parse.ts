/** XML text to an element, for tests; the default namespace is jabber:client where none is given. */
import { SaxesParser } from 'saxes';
import { type Element, x } from '../../src/xmpp/stanza.ts';

export function parse(text: string): Element {
  const parser = new SaxesParser({ xmlns: false, fragment: false });
  let root: Element | undefined;
  const open: Element[] = [];
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', (tag) => {
    const element = x(tag.name, tag.attributes as Record<string, string>);
    const parent = open.at(-1);
    if (parent) parent.append(element);
    else {
      element.attrs.xmlns ??= 'jabber:client';
      root = element;
    }
    open.push(element);
  });
  parser.on('text', (value) => {
    open.at(-1)?.append(value);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(text).close();
  if (root === undefined) throw new Error('no element');
  return root;
}
