import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Carbon, NS_CARBONS, parseCarbon } from '../../src/xmpp/carbons.ts';
import { features } from '../../src/xmpp/features.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';
import { anyElement } from './archive/arbitrary.ts';

const ACCOUNT = 'juliet@example.org';
const PHONE = `${ACCOUNT}/phone`;
const ROMEO = 'romeo@example.net/orchard';

interface Parts {
  readonly from?: string;
  readonly type?: string;
  readonly inner?: string;
  readonly rest?: string;
}

const inner = (from: string, to: string, more = "type='chat'", content = '<body>hi</body>') =>
  `<message xmlns='jabber:client' from='${from}' to='${to}' id='m1' ${more}>${content}</message>`;
const wrapped = (name: string, content: string) =>
  `<${name} xmlns='${NS_CARBONS}'><forwarded xmlns='urn:xmpp:forward:0'>${content}</forwarded></${name}>`;
const received = (content = inner(ROMEO, PHONE)) => wrapped('received', content);
const sent = (content = inner(PHONE, 'romeo@example.net')) => wrapped('sent', content);
const copy = (content: string, { from = `from='${ACCOUNT}'`, type = 'chat', rest = '' }: Parts = {}) =>
  `<message ${from} to='${ACCOUNT}/balcony' type='${type}'>${content}${rest}</message>`;

function start() {
  const session = new FakeSession();
  const api = features(session, { version: '1', languages: ['en'] });
  const copies: Carbon[] = [];
  const others: unknown[] = [];
  api.carbons.on('carbon', (carbon) => copies.push(carbon));
  api.messages.on('received', (message) => others.push(['received', message.from, message.body]));
  api.messages.on('bounced', (message) => others.push(['bounced', message.from]));
  return { session, api, copies, others };
}

describe('a copy', () => {
  it('shows what another device received (XEP-0280 §7)', () => {
    const { session, copies, others } = start();
    session.receive(copy(received()));
    expect(copies).toMatchObject([
      { direction: 'received', message: { from: ROMEO, to: PHONE, body: 'hi', id: 'm1' } },
    ]);
    expect(others).toEqual([]);
  });

  it('shows what another device sent (XEP-0280 §8)', () => {
    const { session, copies, others } = start();
    session.receive(copy(sent()));
    expect(copies).toMatchObject([
      { direction: 'sent', message: { from: PHONE, to: 'romeo@example.net', body: 'hi' } },
    ]);
    expect(others).toEqual([]);
  });

  it('of a message to oneself may leave out the addressee, which is the account then (RFC 6120 §8.1.1.1)', () => {
    const { session, copies } = start();
    const own = `<message xmlns='jabber:client' from='${PHONE}' type='chat'><body>note</body></message>`;
    session.receive(copy(sent(own)));
    expect(copies).toMatchObject([{ direction: 'sent', message: { from: PHONE, to: ACCOUNT } }]);
  });

  it('of an error is told as one, and not as something that came back to us (XEP-0280 §6.1)', () => {
    const { session, copies, others } = start();
    const error = "<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
    session.receive(copy(received(inner(ROMEO, PHONE, "type='error'", error)), { type: 'error' }));
    expect(copies).toMatchObject([{ message: { type: 'error', error: { condition: 'gone' } } }]);
    expect(others).toEqual([]);
  });

  it('is unwrapped once: a copy in a copy stays where it is', () => {
    const { session, copies } = start();
    const nested = `<message xmlns='jabber:client' from='${ACCOUNT}' to='${PHONE}'>${sent()}</message>`;
    session.receive(copy(received(nested)));
    expect(copies).toMatchObject([{ direction: 'received', message: { from: ACCOUNT, body: undefined } }]);
  });
});

describe('a forged copy', () => {
  it.each([
    ["from='mallory@example.com/x'"],
    ["from='mallory@example.com'"],
    [`from='${PHONE}'`],
    ["from='example.org'"],
    ["from='juliet@example.org.evil.example'"],
    ["from='room@muc.example/juliet@example.org'"],
    [''],
  ])('with %s is ignored: not from our own bare JID (XEP-0280 §11, CVE-2017-5589)', (from) => {
    const { session, copies, others } = start();
    session.receive(copy(received(), { from }));
    session.receive(copy(sent(), { from }));
    expect([copies, others]).toEqual([[], []]);
  });

  it('leaves what its sender says itself', () => {
    const { session, copies, others } = start();
    session.receive(copy(received(), { from: `from='${ROMEO}'`, rest: '<body>my own</body>' }));
    expect(copies).toEqual([]);
    expect(others).toEqual([['received', ROMEO, 'my own']]);
  });

  it.each([
    ['sent by somebody else', sent(inner(ROMEO, 'mercutio@example.net'))],
    ['received by somebody else', received(inner(ROMEO, 'mercutio@example.net'))],
    ['said in a room', received(inner('room@muc.example/nick', PHONE, "type='groupchat'"))],
    ['a headline', received(inner(ROMEO, PHONE, "type='headline'"))],
    ['a presence', received(`<presence xmlns='jabber:client' from='${ROMEO}'/>`)],
    ['without the namespace of a stanza', received("<message from='a@b'><body>x</body></message>")],
    ['two at once', received() + sent()],
    ['twice the same', received() + received()],
    ['with an address that is none', received(inner('@', PHONE))],
    ['of another namespace', received().replaceAll(NS_CARBONS, 'urn:xmpp:carbons:1')],
  ])('%s is none (XEP-0280 §6.1)', (_, content) => {
    const { session, copies, others } = start();
    session.receive(copy(content));
    expect([copies, others]).toEqual([[], []]);
  });
});

it('never throws on what is nearly a copy', () => {
  fc.assert(fc.property(anyElement(), (element) => void parseCarbon(element, ACCOUNT)));
});

it('is believed by exactly the own bare JID, whatever else looks like it (XEP-0280 §11)', () => {
  const alike = fc.constantFrom(
    ACCOUNT,
    ACCOUNT.toUpperCase(),
    `${ACCOUNT} `,
    PHONE,
    'juliet@еxample.org',
    '',
  );
  fc.assert(
    fc.property(fc.oneof(alike, fc.string()), fc.constantFrom(sent(), received()), (from, content) => {
      const stanza = parse(copy(content));
      stanza.attrs.from = from;
      expect(parseCarbon(stanza, ACCOUNT) !== undefined).toBe(from === ACCOUNT);
    }),
  );
});

it('marks a message that is to have no copies (XEP-0280 §9)', () => {
  const { session, api } = start();
  api.messages.send({ to: ROMEO, type: 'chat', id: 'm1', body: 'psst', private: true });
  const [message] = session.take();
  expect(message?.getChild('private', NS_CARBONS)).toBeDefined();
  expect(api.messages.parse(parse(String(message)))?.private).toBe(true);
});

describe('asking for copies (XEP-0280 §4, §5)', () => {
  it('is done by the account itself, and undone', async () => {
    const { session, api } = start();
    session.whenAsked('set', 'enable', NS_CARBONS, '');
    session.whenAsked('set', 'disable', NS_CARBONS, '');
    expect(api.carbons.enabled()).toBe(false);
    await api.carbons.enable();
    expect(api.carbons.enabled()).toBe(true);
    expect(session.take()[0]?.attrs.to).toBeUndefined();
    await api.carbons.disable();
    expect(api.carbons.enabled()).toBe(false);
  });

  it('holds for a stream, resumed or not, but not for the next one', async () => {
    const { session, api } = start();
    session.whenAsked('set', 'enable', NS_CARBONS, '');
    await api.carbons.enable();
    session.drop({ resumable: true });
    session.resume();
    expect(api.carbons.enabled()).toBe(true);
    session.drop();
    session.renew();
    expect(api.carbons.enabled()).toBe(false);
  });

  it('may be refused (XEP-0280 §4.1)', async () => {
    const { session, api } = start();
    const forbidden = `<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
    session.whenAsked('set', 'enable', NS_CARBONS, forbidden);
    await expect(api.carbons.enable()).rejects.toMatchObject({ condition: 'forbidden' });
    expect(api.carbons.enabled()).toBe(false);
  });
});
