import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  markers,
  NS_MARKERS,
  parseMarkable,
  parseMarker,
  xMarkable,
  xMarker,
} from '../../src/xmpp/markers.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { anyStanza } from '../support/any-stanza.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

describe('codec', () => {
  it.each(['received', 'displayed', 'acknowledged'] as const)('reads %s as it writes it', (type) => {
    expect(parseMarker(x('message', {}, xMarker({ type, id: 'm1' })))).toEqual({ type, id: 'm1' });
  });

  it('takes of several markers the one that says most', () => {
    const both = ['displayed', 'received'] as const;
    const stanza = x('message', {}, ...both.map((type) => xMarker({ type, id: type })));
    expect(parseMarker(stanza)).toEqual({ type: 'displayed', id: 'displayed' });
  });

  it.each([
    "<displayed xmlns='urn:evil' id='m1'/>",
    `<displayed xmlns='${NS_MARKERS}'/>`,
    `<displayed xmlns='${NS_MARKERS}' id=''/>`,
    `<seen xmlns='${NS_MARKERS}' id='m1'/>`,
    "<received xmlns='urn:xmpp:receipts' id='m1'/>",
  ])('takes %s for no marker', (xml) => {
    expect(parseMarker(parse(`<message>${xml}</message>`))).toBeUndefined();
  });

  it('wants no marker for a marker (XEP-0333 §4.2: no loops), nor without an id (§4.1)', () => {
    expect(parseMarkable(x('message', { id: 'm1' }, xMarkable()))).toBe(true);
    expect(parseMarkable(x('message', {}, xMarkable()))).toBe(false);
    const loop = x('message', { id: 'm1' }, xMarkable(), xMarker({ type: 'displayed', id: 'm0' }));
    expect(parseMarkable(loop)).toBe(false);
  });

  it('is total', () => {
    fc.assert(
      fc.property(anyStanza(NS_MARKERS, ['markable', 'received', 'displayed', '__proto__']), (stanza) => {
        expect(parseMarkable(stanza) && parseMarker(stanza) !== undefined).toBe(false);
      }),
    );
  });
});

function start(mayKnow = true) {
  const session = new FakeSession();
  const features: string[] = [];
  const disco = { addFeature: (ns: string) => void features.push(ns) };
  return { session, features, api: markers(session, { disco, mayKnow: () => mayKnow }) };
}
const CHAT = { to: 'romeo@example.net', type: 'chat', id: 'm1' } as const;
const ROOM = { to: 'room@muc.example', type: 'groupchat', id: 'stanza-id-1' } as const;

describe('displayed', () => {
  it('goes to the contact, and to the room in the thread (XEP-0333 §4.2, §4.3)', () => {
    const { session, features, api } = start();
    expect(features).toEqual([NS_MARKERS]);
    expect([api.displayed(CHAT), api.displayed({ ...ROOM, thread: 't' })]).toEqual([true, true]);
    const [chat, room] = session.take();
    expect(chat?.attrs).toMatchObject({ to: CHAT.to, type: 'chat' });
    expect(chat?.children.map(String)).toEqual([`<displayed xmlns="${NS_MARKERS}" id="m1"/>`]);
    expect(room?.attrs).toMatchObject({ to: ROOM.to, type: 'groupchat' });
    expect(room && parseMarker(room)).toEqual({ type: 'displayed', id: 'stanza-id-1' });
    expect(room?.getChildText('thread')).toBe('t');
  });

  it('is not told twice in a row', () => {
    const { session, api } = start();
    api.displayed(CHAT);
    expect(api.displayed(CHAT)).toBe(false);
    expect(api.displayed({ ...CHAT, id: 'm2' })).toBe(true);
    expect(session.take()).toHaveLength(2);
  });

  it('is not told to those who do not see our presence (XEP-0333 §7), nor to ourselves', () => {
    expect(start(false).api.displayed(CHAT)).toBe(false);
    expect(start().api.displayed({ ...CHAT, to: 'juliet@example.org' })).toBe(false);
  });

  it('is not told when the user does not want it (XEP-0333 §8), nor without a stream; it may be later', () => {
    const { session, api } = start();
    api.enabled = false;
    expect(api.displayed(CHAT)).toBe(false);
    api.enabled = true;
    session.online = false;
    expect(api.displayed(CHAT)).toBe(false);
    session.online = true;
    expect(api.displayed(CHAT)).toBe(true);
  });
});
