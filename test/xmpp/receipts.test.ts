import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  NS_RECEIPTS,
  parseReceipt,
  parseReceiptRequest,
  receipts,
  xReceipt,
  xReceiptRequest,
} from '../../src/xmpp/receipts.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { anyStanza } from '../support/any-stanza.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const ROMEO = 'romeo@example.net/orchard';
const REQUEST = `<request xmlns='${NS_RECEIPTS}'/>`;

describe('codec', () => {
  it('reads what it writes', () => {
    expect(parseReceipt(x('message', {}, xReceipt('m1')))).toBe('m1');
    expect(parseReceiptRequest(x('message', { id: 'm1' }, xReceiptRequest()))).toBe(true);
  });

  it.each([
    ['without an id (XEP-0184 §5)', `<message>${REQUEST}</message>`],
    ['in a room (XEP-0184 §5.3)', `<message id='m1' type='groupchat'>${REQUEST}</message>`],
    ['of an error', `<message id='m1' type='error'>${REQUEST}</message>`],
    [
      'in a receipt: no loops (XEP-0184 §5.4)',
      `<message id='m1'>${REQUEST}<received xmlns='${NS_RECEIPTS}' id='m0'/></message>`,
    ],
    ['of another namespace', "<message id='m1'><request xmlns='urn:evil'/></message>"],
  ])('ignores a request %s', (_, xml) => {
    expect(parseReceiptRequest(parse(xml))).toBe(false);
  });

  it('ignores a receipt of another namespace or without an id', () => {
    expect(parseReceipt(parse("<message><received xmlns='urn:evil' id='m1'/></message>"))).toBeUndefined();
    expect(parseReceipt(parse(`<message><received xmlns='${NS_RECEIPTS}'/></message>`))).toBeUndefined();
    const marker = "<message><received xmlns='urn:xmpp:chat-markers:0' id='m1'/></message>";
    expect(parseReceipt(parse(marker))).toBeUndefined();
  });

  it('is total', () => {
    fc.assert(
      fc.property(anyStanza(NS_RECEIPTS, ['request', 'received']), (stanza) => {
        // Never both: it would be answered for ever.
        expect(parseReceiptRequest(stanza) && parseReceipt(stanza) !== undefined).toBe(false);
      }),
    );
  });
});

function start(mayKnow = true) {
  const session = new FakeSession();
  const features: string[] = [];
  const asked: string[] = [];
  const api = receipts(session, {
    disco: { addFeature: (ns) => features.push(ns) },
    mayKnow: (jid) => {
      asked.push(jid);
      return mayKnow;
    },
  });
  return { session, features, asked, api };
}
const MESSAGE = { type: 'chat', from: ROMEO, id: 'm1', receiptRequested: true };

describe('answer', () => {
  it('goes to who asked, of the same type, with nothing else in it (XEP-0184 §5)', () => {
    const { session, features, api } = start();
    expect(features).toEqual([NS_RECEIPTS]);
    expect(api.answer({ ...MESSAGE, type: 'normal' })).toBe(true);
    const [sent] = session.take();
    expect(sent?.attrs).toMatchObject({ to: ROMEO, type: 'normal', id: expect.stringMatching(/.{16}/) });
    expect(sent?.children.map(String)).toEqual([`<received xmlns="${NS_RECEIPTS}" id="m1"/>`]);
  });

  it('is given once for a message', () => {
    const { session, api } = start();
    api.answer(MESSAGE);
    expect(api.answer(MESSAGE)).toBe(false);
    expect(api.answer({ ...MESSAGE, from: 'romeo@example.net/other' })).toBe(false);
    expect(session.take()).toHaveLength(1);
    expect(api.answer({ ...MESSAGE, id: 'm2' })).toBe(true);
    expect(api.answer({ ...MESSAGE, from: 'mercutio@example.net/x' })).toBe(true);
  });

  it.each([
    ['who did not ask', { receiptRequested: false }],
    ['a room (XEP-0184 §5.3)', { type: 'groupchat' }],
    ['an error', { type: 'error' }],
    ['a message without an id', { id: undefined }],
    ['ourselves', { from: 'juliet@example.org/other' }],
  ])('is not given to %s', (_, change) => {
    const { session, api } = start();
    expect(api.answer({ ...MESSAGE, ...change })).toBe(false);
    expect(session.take()).toEqual([]);
  });

  it('is not given to those who do not see our presence (XEP-0184 §8)', () => {
    const { session, asked, api } = start(false);
    expect(api.answer(MESSAGE)).toBe(false);
    expect(session.take()).toEqual([]);
    expect(asked).toEqual([ROMEO]);
  });

  it('is not given when the user does not want it, nor without a stream; it may be later', () => {
    const { session, api } = start();
    api.enabled = false;
    expect(api.answer(MESSAGE)).toBe(false);
    api.enabled = true;
    session.online = false;
    expect(api.answer(MESSAGE)).toBe(false);
    session.online = true;
    expect(api.answer(MESSAGE)).toBe(true);
  });
});
