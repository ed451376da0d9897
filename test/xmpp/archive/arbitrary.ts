/** Elements that are nearly what the parsers of copies and archives look for. */
import fc from 'fast-check';
import { type Element, x } from '../../../src/xmpp/stanza.ts';

const names = [
  ...['message', 'result', 'forwarded', 'received', 'sent', 'delay', 'fin', 'set', 'first', 'last', 'count'],
  ...[
    'prefs',
    'always',
    'never',
    'jid',
    'metadata',
    'start',
    'end',
    'body',
    'store',
    'no-store',
    'no-copy',
    'x',
  ],
];
const namespaces = [
  ...['jabber:client', 'urn:xmpp:mam:2', 'urn:xmpp:forward:0', 'urn:xmpp:carbons:2', 'urn:xmpp:hints'],
  ...['urn:xmpp:delay', 'http://jabber.org/protocol/rsm', 'http://jabber.org/protocol/muc#user', 'urn:evil'],
];
const values = [
  '',
  'a',
  'juliet@example.org',
  '@',
  'true',
  '0',
  '2010-07-10T23:08:25Z',
  'always',
  '__proto__',
];

const attributes = fc.record(
  {
    xmlns: fc.constantFrom(...namespaces),
    from: fc.constantFrom(...values),
    to: fc.constantFrom(...values),
    id: fc.oneof(fc.constantFrom(...values), fc.string({ maxLength: 4 })),
    type: fc.constantFrom('chat', 'groupchat', 'error', 'normal', 'shout'),
    queryid: fc.constantFrom(...values),
    stamp: fc.constantFrom(...values),
    timestamp: fc.constantFrom(...values),
    complete: fc.constantFrom(...values),
    stable: fc.constantFrom(...values),
    default: fc.constantFrom(...values),
    index: fc.constantFrom('1', '-1', '1e9', ''),
    jid: fc.constantFrom(...values),
  },
  { requiredKeys: [] },
);

export const anyElement = (): fc.Arbitrary<Element> =>
  fc.letrec<{ element: Element; node: Element | string }>((tie) => ({
    element: fc
      .tuple(
        fc.constantFrom(...names),
        attributes,
        fc.array(tie('node'), { maxLength: 3, depthIdentifier: 'elements' }),
      )
      .map(([name, attrs, children]) => x(name, attrs, ...children)),
    node: fc.oneof(
      { depthSize: 'medium', depthIdentifier: 'elements' },
      fc.constantFrom('', '12', 'juliet@example.org', 'text'),
      tie('element'),
    ),
  })).element;
