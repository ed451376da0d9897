import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotates, type OutgoingAnnotations, parseAnnotations } from '../../src/xmpp/annotations.ts';
import { withoutFallback } from '../../src/xmpp/fallback.ts';
import { messages, type OutgoingMessage, parseMessage, xMessage } from '../../src/xmpp/messages.ts';
import { anyStanza } from '../support/any-stanza.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const MESSAGE = { to: 'romeo@example.net', type: 'chat', id: 'm2' } as const;
const build = (more: OutgoingAnnotations & Partial<OutgoingMessage>) =>
  parse(xMessage({ ...MESSAGE, ...more }).toString());
const reread = (more: OutgoingAnnotations & Partial<OutgoingMessage>) => {
  const stanza = build(more);
  stanza.attrs.from = 'juliet@example.org/balcony';
  return parseMessage(stanza);
};
const names = (more: OutgoingAnnotations & Partial<OutgoingMessage>) =>
  build(more)
    .getChildElements()
    .map((element) => element.getName());

describe('what goes out', () => {
  it('asks for receipt and marker with a text (XEP-0184 §5, XEP-0333 §4.1)', () => {
    const asked = { requestReceipt: true, markable: true } as const;
    expect(reread({ body: 'hi', ...asked })).toMatchObject({ receiptRequested: true, markable: true });
    expect(names({ state: 'composing', ...asked })).toEqual(['composing']);
  });

  it('asks for no receipts in rooms (XEP-0184 §5.3)', () => {
    expect(names({ type: 'groupchat', body: 'hi', requestReceipt: true, markable: true })).toEqual([
      'body',
      'markable',
      'origin-id',
    ]);
  });

  it('corrects with the whole text (XEP-0308 §3)', () => {
    expect(reread({ body: 'window', replaces: 'm1' })).toMatchObject({
      id: 'm2',
      originId: 'm2',
      body: 'window',
      replaces: 'm1',
    });
  });

  it('retracts in both forms, with a text for others, and asks to keep that (XEP-0424 §3)', () => {
    const message = reread({ body: 'took something back', retraction: { id: 's1', originId: 'o1' } });
    expect(message).toMatchObject({ retraction: { id: 's1', originId: 'o1' }, hints: ['store'] });
    const { body = '', fallbacks = [] } = message ?? {};
    expect(withoutFallback(body, fallbacks, 'urn:xmpp:message-retract:1')).toBe('');
    expect(names({ body: 'x', requestReceipt: true, markable: true, retraction: { id: 's1' } })).toEqual([
      'body',
      ...['retract', 'apply-to', 'fallback', 'store', 'origin-id'],
    ]);
  });

  it('reacts without a text, and asks to keep that (XEP-0444 §3.1) unless it shall not be kept', () => {
    const reactions = { id: 'm1', emojis: ['👋'] };
    expect(reread({ reactions })).toMatchObject({
      reactions,
      body: undefined,
      hints: ['store'],
      originId: 'm2',
    });
    expect(names({ reactions, hints: ['no-store'] })).toEqual(['reactions', 'origin-id', 'no-store']);
  });

  it('answers with the text answered in front, for those who do not know replies (XEP-0461 §3.1)', () => {
    const text = fc.string({ unit: fc.constantFrom('a', '🐢', '\n', '> ', 'é'), minLength: 1 });
    fc.assert(
      fc.property(text, text, (quoted, body) => {
        const message = reread({ body, reply: { id: 'm1', to: 'romeo@example.net/orchard', quoted } });
        expect(message?.reply).toEqual({ id: 'm1', to: 'romeo@example.net/orchard' });
        expect(message?.body?.startsWith('> ')).toBe(true);
        expect(withoutFallback(message?.body ?? '', message?.fallbacks ?? [], 'urn:xmpp:reply:0')).toBe(body);
      }),
    );
    expect(names({ body: 'yes', reply: { id: 'm1' } })).toEqual(['body', 'reply', 'origin-id']);
  });
});

describe('what comes in', () => {
  it.each([
    "<received xmlns='urn:xmpp:receipts' id='m1'/>",
    "<displayed xmlns='urn:xmpp:chat-markers:0' id='m1'/>",
    "<reactions xmlns='urn:xmpp:reactions:0' id='m1'/>",
    "<retract xmlns='urn:xmpp:message-retract:1' id='m1'/>",
    "<apply-to xmlns='urn:xmpp:fasten:0' id='m1'><retract xmlns='urn:xmpp:message-retract:0'/></apply-to>",
  ])('is told of though it has no text: %s', (xml) => {
    const session = new FakeSession();
    const seen: unknown[] = [];
    messages(session, { disco: { addFeature: () => undefined } }).on('received', (m) => seen.push(m.id));
    session.receive(`<message from='romeo@example.net/x' type='chat' id='m2'>${xml}</message>`);
    session.receive(`<message from='romeo@example.net/x' type='error' id='m3'>${xml}</message>`);
    expect(seen).toEqual(['m2']);
  });

  it.each([
    "<request xmlns='urn:xmpp:receipts'/>",
    "<markable xmlns='urn:xmpp:chat-markers:0'/>",
    "<replace xmlns='urn:xmpp:message-correct:0' id='m1'/>",
    "<reply xmlns='urn:xmpp:reply:0' id='m1'/>",
    "<fallback xmlns='urn:xmpp:fallback:0'/>",
  ])('says nothing where only this is there: %s', (xml) => {
    expect(annotates(parseAnnotations(parse(`<message id='m2'>${xml}</message>`)))).toBe(false);
  });

  it('announces what is understood', () => {
    const features: string[] = [];
    messages(new FakeSession(), { disco: { addFeature: (ns) => features.push(ns) } });
    expect(features).toEqual(
      expect.arrayContaining([
        'urn:xmpp:message-correct:0',
        'urn:xmpp:message-retract:0',
        'urn:xmpp:message-retract:1',
        'urn:xmpp:fasten:0',
        'urn:xmpp:reactions:0',
        'urn:xmpp:reply:0',
        'urn:xmpp:fallback:0',
      ]),
    );
  });

  it('carries the occupant-id, of two none (XEP-0421 §4)', () => {
    const id = "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='occ'/>";
    const read = (xml: string) =>
      parseMessage(parse(`<message from='room@muc.example/a' to='a@b' type='groupchat'>${xml}</message>`));
    expect(read(id)?.occupantId).toBe('occ');
    expect(read(id + id)?.occupantId).toBeUndefined();
  });

  it('is read without a throw, whatever it is', () => {
    const namespaces = [
      'urn:xmpp:receipts',
      'urn:xmpp:chat-markers:0',
      'urn:xmpp:reply:0',
      'urn:xmpp:fallback:0',
    ];
    const elements = ['request', 'received', 'displayed', 'markable', 'reply', 'fallback', 'body'];
    fc.assert(
      fc.property(anyStanza(namespaces, elements), (stanza) => {
        expect(parseAnnotations(stanza).moderation).toBeUndefined();
        parseMessage(stanza);
      }),
    );
  });
});
