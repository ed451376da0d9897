import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NS_FORWARD, parseForwarded } from '../../src/xmpp/forwarding.ts';
import { parse } from '../support/parse.ts';
import { anyElement } from './archive/arbitrary.ts';

const wrap = (...forwarded: string[]) => parse(`<result xmlns='urn:example'>${forwarded.join('')}</result>`);
const forwarded = (inner: string) => `<forwarded xmlns='${NS_FORWARD}'>${inner}</forwarded>`;
const MESSAGE = "<message xmlns='jabber:client' from='a@b/c'><body>hi</body></message>";
const DELAY = "<delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25Z'/>";

it('gives the message and when it was got (XEP-0297 §3.2)', () => {
  const read = parseForwarded(wrap(forwarded(DELAY + MESSAGE)));
  expect(read?.message?.getChildText('body')).toBe('hi');
  expect(read?.delay?.time).toBe(Date.UTC(2010, 6, 10, 23, 8, 25));
});

it('takes the stamp of the one who forwards, not the one within (XEP-0297 §3.2)', () => {
  const inner = MESSAGE.replace(
    '<body>',
    "<delay xmlns='urn:xmpp:delay' stamp='2003-01-01T00:00:00Z'/><body>",
  );
  expect(parseForwarded(wrap(forwarded(inner)))?.delay).toBeUndefined();
});

it.each([
  ['none', ''],
  ['two', forwarded(MESSAGE) + forwarded(MESSAGE)],
  ['two messages in one', forwarded(MESSAGE + MESSAGE)],
  ['another namespace', `<forwarded xmlns='urn:evil'>${MESSAGE}</forwarded>`],
])('is nothing with %s', (_, inner) => {
  expect(parseForwarded(wrap(inner))).toBeUndefined();
});

it.each([
  ['that inherits the namespace of its wrapper', '<message><body>hi</body></message>'],
  ['of another namespace', "<message xmlns='urn:evil'><body>hi</body></message>"],
  ['that is a presence', "<presence xmlns='jabber:client'/>"],
])('has no message where there is one %s (XEP-0297 §3.2)', (_, inner) => {
  expect(parseForwarded(wrap(forwarded(inner)))).toMatchObject({ message: undefined });
});

it('never throws', () => {
  fc.assert(fc.property(anyElement(), (element) => void parseForwarded(element)));
});
