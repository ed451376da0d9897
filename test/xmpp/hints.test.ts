import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Hint, NS_HINTS, parseHints, xHint } from '../../src/xmpp/hints.ts';
import { parseMessage, xMessage } from '../../src/xmpp/messages.ts';
import { parse } from '../support/parse.ts';
import { anyElement } from './archive/arbitrary.ts';

const stanza = (inner: string, type = 'chat') => parse(`<message type='${type}'>${inner}</message>`);
const hint = (name: string, ns = NS_HINTS) => `<${name} xmlns='${ns}'/>`;

it.each<Hint>(['no-permanent-store', 'no-store', 'no-copy', 'store'])('reads %s (XEP-0334 §4)', (name) => {
  expect(parseHints(stanza(`<body>hi</body>${hint(name)}`))).toEqual([name]);
  expect(parseHints(stanza(xHint(name).toString()))).toEqual([name]);
});

it('reads each once, and only those that are hints', () => {
  const read = parseHints(stanza(hint('store') + hint('store') + hint('eat') + hint('no-copy', 'urn:evil')));
  expect(read).toEqual(['store']);
});

it('ignores those of an error, which are those of the message it answers (XEP-0334 §5)', () => {
  expect(parseHints(stanza(hint('store'), 'error'))).toEqual([]);
});

it('never throws', () => {
  fc.assert(fc.property(anyElement(), (element) => void parseHints(element)));
});

const base = { to: 'romeo@example.net', type: 'chat', id: 'm1', body: 'hi' } as const;
const written = (more: object) => parseMessage(parse(xMessage({ ...base, ...more }).toString()));

it('are written into a message', () => {
  expect(written({ hints: ['no-store'] })).toMatchObject({ hints: ['no-store'], private: false });
});

it('say no-copy only to a full JID (XEP-0334 §4.3), beside `<private/>` (XEP-0280 §9)', () => {
  expect(written({ private: true })).toMatchObject({ hints: [], private: true });
  expect(written({ hints: ['no-copy'] })).toMatchObject({ hints: [] });
  const occupant = { to: 'room@muc.example/Romeo', occupant: true };
  expect(written({ ...occupant, private: true, hints: ['store'] })).toMatchObject({
    hints: ['store', 'no-copy'],
    private: true,
    occupant: true,
  });
});
