/** Stanzas nobody would write, for parsers that must never throw. */
import fc from 'fast-check';
import { type Element, x } from '../../src/xmpp/stanza.ts';

/**
 * Messages with elements of those names, nested at random, of that namespace or another, with any attributes. What is
 * built has parents as parsed elements have.
 */
export function anyStanza(
  xmlns: string | readonly string[],
  names: readonly string[],
): fc.Arbitrary<Element> {
  const namespaces = [...(typeof xmlns === 'string' ? [xmlns] : xmlns), 'urn:example:other', undefined];
  const attribute = fc.option(fc.string({ unit: 'binary', maxLength: 8 }), { nil: undefined });
  const attributes = fc.record({
    xmlns: fc.constantFrom(...namespaces),
    ...{ id: attribute, by: attribute, to: attribute, for: attribute, stamp: attribute, start: attribute },
  });
  const { tree } = fc.letrec<{ tree: Element | string }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc
        .tuple(fc.constantFrom(...names), attributes, fc.array(tie('tree'), { maxLength: 4 }))
        .map(([name, attrs, children]) => x(name, attrs, ...children)),
    ),
  }));
  const type = fc.constantFrom(undefined, 'chat', 'groupchat', 'error', 'headline', '__proto__');
  const from = fc.constantFrom(undefined, 'room@muc.example', 'room@muc.example/nick', 'a@b/c', '@', '');
  return fc
    .tuple(type, from, attribute, fc.array(tree, { maxLength: 6 }))
    .map(([kind, sender, id, children]) =>
      x('message', { xmlns: 'jabber:client', type: kind, from: sender, id }, ...children),
    );
}
