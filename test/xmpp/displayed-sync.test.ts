import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayedSync, NS_MDS, parseDisplayed, xDisplayed } from '../../src/xmpp/displayed-sync.ts';
import { NS_PUBSUB, NS_PUBSUB_EVENT, pubsub } from '../../src/xmpp/pubsub.ts';
import { type Element, x } from '../../src/xmpp/stanza.ts';
import { anyStanza } from '../support/any-stanza.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const ME = 'juliet@example.org';
const ROMEO = 'romeo@example.net';
const ROOM = 'room@muc.example';
const SID = 'urn:xmpp:sid:0';

const item = (chat: string, id: string, by: string) =>
  `<item id='${chat}'><displayed xmlns='${NS_MDS}'><stanza-id xmlns='${SID}' id='${id}' by='${by}'/></displayed></item>`;
const read = (id: string | undefined, payload: string) => parseDisplayed({ id, payload: parse(payload) }, ME);
const displayed = (inner: string) => `<displayed xmlns='${NS_MDS}'>${inner}</displayed>`;
const given = (by: string) => `<stanza-id xmlns='${SID}' id='s1' by='${by}'/>`;

describe('parseDisplayed', () => {
  it.each([
    [ROMEO, ME],
    ['Romeo@Example.net', 'Juliet@example.org'],
    [ROOM, ROOM],
    [`${ROOM}/nick`, ME],
  ])('reads what %s is displayed up to, by %s (XEP-0490 §3.1)', (chat, by) => {
    const state = read(chat, displayed(given(by)));
    expect(state).toEqual({
      chat: chat.toLowerCase(),
      stanzaId: { id: 's1', by: by.toLowerCase() },
    });
  });

  it.each([
    [undefined, displayed(given(ME))],
    ['@', displayed(given(ME))],
    [ROMEO, displayed('')],
    [ROMEO, displayed(given(ME) + given(ME))],
    [ROMEO, displayed(given('mallory@example.com'))],
    [ROMEO, displayed(`<stanza-id xmlns='${SID}' id='s1'/>`)],
    [ROMEO, displayed(`<stanza-id xmlns='urn:evil' id='s1' by='${ME}'/>`)],
    [ROMEO, `<displayed xmlns='urn:evil'>${given(ME)}</displayed>`],
  ])('ignores for %s: %s', (chat, payload) => {
    expect(read(chat, payload)).toBeUndefined();
  });

  it('is total, and reads back what xDisplayed wrote', () => {
    const stanza = anyStanza([NS_MDS, SID], ['displayed', 'stanza-id']);
    fc.assert(
      fc.property(stanza, fc.string(), (element, id) => {
        for (const payload of element.getChildElements()) parseDisplayed({ id, payload }, ME);
      }),
    );
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 50 }), (id) => {
        const payload = xDisplayed({ id, by: ME });
        expect(parseDisplayed({ id: ROMEO, payload }, ME)).toEqual({ chat: ROMEO, stanzaId: { id, by: ME } });
      }),
    );
  });
});

function start() {
  const session = new FakeSession();
  const features: string[] = [];
  const disco = { addFeature: (ns: string) => void features.push(ns), supports: async () => true };
  return { session, features, api: displayedSync(session, { pubsub: pubsub(session, { disco }) }) };
}
const event = (from: string, inner: string) =>
  `<message type='headline' from='${from}'><event xmlns='${NS_PUBSUB_EVENT}'><items node='${NS_MDS}'>${inner}</items></event></message>`;
const itemOf = (iq: Element | undefined) =>
  iq?.getChild('pubsub', NS_PUBSUB)?.getChild('publish', NS_PUBSUB)?.getChild('item', NS_PUBSUB);
const state = (id: string, chat = ROMEO) => ({ chat, stanzaId: { id, by: ME } });
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('displayedSync', () => {
  it('hears what other devices displayed, from the own bare JID only (XEP-0490 §3.3)', () => {
    const { session, features, api } = start();
    const heard: string[] = [];
    api.on('displayed', ({ chat, stanzaId }) => heard.push(`${chat} ${stanzaId.id}`));
    expect(features).toEqual([`${NS_MDS}+notify`]);
    for (const from of [ROMEO, `${ME}/other`, 'example.org'])
      session.receive(event(from, item(ROMEO, 'forged', ME)));
    session.receive(event(ME, item(ROMEO, 's1', ME) + item('@', 's2', ME) + item(ROOM, 's3', ROOM)));
    expect(heard).toEqual([`${ROMEO} s1`, `${ROOM} s3`]);
  });

  it('reads all chats at once (XEP-0490 §3.4)', async () => {
    const { session, api } = start();
    const items = `<items node='${NS_MDS}'>${item(ROMEO, 's1', ME)}${item(ROOM, 's3', ROOM)}</items>`;
    session.whenAsked('get', 'pubsub', NS_PUBSUB, `<pubsub xmlns='${NS_PUBSUB}'>${items}</pubsub>`);
    expect((await api.load()).map(({ chat }) => chat)).toEqual([ROMEO, ROOM]);
  });

  it('reads nothing where nothing was ever displayed, and tells of other errors', async () => {
    const refusal = (name: string) =>
      `<error type='cancel'><${name} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
    const { session, api } = start();
    session.whenAsked('get', 'pubsub', NS_PUBSUB, refusal('item-not-found'));
    expect(await api.load()).toEqual([]);
    session.whenAsked('get', 'pubsub', NS_PUBSUB, refusal('forbidden'));
    await expect(api.load()).rejects.toMatchObject({ condition: 'forbidden' });
  });

  it('publishes by chat into a node for us alone that keeps all chats (XEP-0490 §3.2)', async () => {
    const { session, api } = start();
    session.whenAsked('set', 'pubsub', NS_PUBSUB, '');
    await api.publish(state('s1'));
    const [iq] = session.take();
    expect(itemOf(iq)?.attrs.id).toBe(ROMEO);
    expect(itemOf(iq)?.children.map(String)).toEqual([xDisplayed({ id: 's1', by: ME }).toString()]);
    for (const [name, value] of [
      ['access_model', 'whitelist'],
      ['max_items', 'max'],
      ['persist_items', '1'],
      ['send_last_published_item', 'never'],
    ])
      expect(iq?.toString()).toContain(`<field var="pubsub#${name}"><value>${value}</value></field>`);
  });

  it('publishes one at a time, of one chat only the newest that waits', async () => {
    const { session, api } = start();
    const done = ['s1', 's2', 's3'].map((id) => api.publish(state(id)));
    const other = api.publish(state('r1', ROOM));
    await settled();
    const [first, ...more] = session.take();
    expect([itemOf(first)?.toString().includes('s3'), more]).toEqual([true, []]);
    const later = api.publish(state('s4'));
    if (first) session.answer(first);
    await Promise.all(done);
    await settled();
    const [second] = session.take();
    expect(itemOf(second)?.attrs.id).toBe(ROOM);
    if (second) session.answer(second);
    await other;
    await settled();
    const [third] = session.take();
    expect(itemOf(third)?.toString()).toContain('s4');
    if (third) session.answer(third);
    await later;
  });

  it('goes on after one that failed', async () => {
    const { session, api } = start();
    const failed = api.publish(state('s1'));
    const next = api.publish(state('r1', ROOM));
    await settled();
    const [first] = session.take();
    if (first) session.answer(first, x('error', { type: 'auth' }));
    await expect(failed).rejects.toMatchObject({ condition: 'undefined-condition' });
    await settled();
    const [second] = session.take();
    if (second) session.answer(second);
    await expect(next).resolves.toBeUndefined();
  });
});
