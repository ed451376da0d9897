import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moderateMessage } from '../../../src/xmpp/muc/moderating.ts';
import {
  registerWith,
  reservedNick,
  roomRegistration,
  unregisterFrom,
} from '../../../src/xmpp/muc/room-registration.ts';
import { parsePetition, xPetitionAnswer } from '../../../src/xmpp/muc/voice.ts';
import { anyStanza } from '../../support/any-stanza.ts';
import { FakeSession } from '../../support/fake-session.ts';
import { parse } from '../../support/parse.ts';
import { FakeRoom, ROOM, STANZAS, USER } from './fake-room.ts';

const REQUEST = 'http://jabber.org/protocol/muc#request';
const field = (name: string, value: string, type = 'text-single') =>
  `<field var='${name}' type='${type}'><value>${value}</value></field>`;
const petition = (formType = REQUEST, from = ROOM) =>
  `<message xmlns='jabber:client' from='${from}' to='hag66@example.org/pda'><x xmlns='jabber:x:data' type='form'>` +
  `<title>Voice request</title>${field('FORM_TYPE', formType, 'hidden')}${field('muc#role', 'participant')}` +
  `${field('muc#jid', 'Hag@example.org/x', 'jid-single')}${field('muc#roomnick', 'thirdwitch')}` +
  `${field('muc#request_allow', 'false', 'boolean')}</x></message>`;

describe('voice in a moderated room', () => {
  it('is asked for by a form, answered by silence or an error (XEP-0045 §7.13)', async () => {
    const room = new FakeRoom();
    await room.enter();
    const asked = room.rooms.requestVoice(ROOM);
    const [message, question] = room.session.take();
    expect(message?.attrs.to).toBe(ROOM);
    const form = message?.getChild('x', 'jabber:x:data');
    expect(form?.attrs.type).toBe('submit');
    expect(form?.toString()).toContain(REQUEST);
    expect(form?.toString()).toContain('participant');
    if (question) room.session.answer(question, '<query xmlns="http://jabber.org/protocol/disco#info"/>');
    await asked;

    const refused = room.rooms.requestVoice(ROOM);
    const [again] = room.session.take();
    room.session.receive(
      `<message from='${ROOM}' type='error' id='${again?.attrs.id}'><error type='auth'><forbidden xmlns='${STANZAS}'/></error></message>`,
    );
    await expect(refused).rejects.toMatchObject({ condition: 'forbidden' });
  });

  it('is granted by the form of the room with its field set (XEP-0045 §8.6)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.session.receive(petition());
    const [told] = room.take();
    expect(told).toMatchObject([
      'petition',
      { room: ROOM, kind: 'voice', nick: 'thirdwitch', jid: 'hag@example.org/x' },
    ]);
    const read = parsePetition(parse(petition()));
    if (read === undefined) throw new Error('no petition');
    room.rooms.answerPetition(read, true);
    const [answer] = room.session.take();
    expect(answer?.attrs.to).toBe(ROOM);
    const sent = answer?.getChild('x', 'jabber:x:data');
    expect(sent?.attrs.type).toBe('submit');
    const allow = sent?.getChildren('field').find(({ attrs }) => attrs.var === 'muc#request_allow');
    expect(['1', 'true']).toContain(allow?.getChildText('value'));
    expect(xPetitionAnswer(read, false).toString()).not.toContain('<value>true</value>');
  });

  it('membership is asked for and granted the same way (XEP-0045 §9.9)', () => {
    const read = parsePetition(parse(petition('http://jabber.org/protocol/muc#register')));
    expect(read).toMatchObject({ kind: 'membership', nick: 'thirdwitch' });
  });

  it('a form by somebody in the room, or of a room never joined, is nothing', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.session.receive(petition(REQUEST, `${ROOM}/firstwitch`));
    room.session.receive(petition(REQUEST, 'heath@chat.example.org'));
    expect(room.take().filter(([name]) => name === 'petition')).toEqual([]);
    expect(parsePetition(parse(petition('jabber:iq:search')))).toBeUndefined();
  });

  it('one that is far too long is none: it would be kept until it is answered', () => {
    expect(parsePetition(parse(petition().replace('Voice request', 'x'.repeat(20_000))))).toBeUndefined();
  });

  it('never throws, whatever it reads', () => {
    fc.assert(
      fc.property(
        anyStanza('jabber:x:data', ['x', 'field', 'value']),
        (stanza) => void parsePetition(stanza),
      ),
    );
  });
});

describe('an affiliation that changed while we were not there', () => {
  const changed = (from: string) =>
    `<message from='${from}'><x xmlns='${USER}'><item affiliation='member' role='none'/><status code='101'/></x></message>`;

  it('is told by the room itself only (XEP-0045 §15.6.2, code 101)', () => {
    const room = new FakeRoom();
    const told: unknown[] = [];
    room.rooms.on('affiliationChanged', (change) => told.push(change));
    room.session.receive(changed(ROOM));
    room.session.receive(changed(`${ROOM}/firstwitch`));
    room.session.receive(changed('example.org'));
    expect(told).toEqual([{ room: ROOM, affiliation: 'member' }]);
  });
});

describe('a nickname of one’s own', () => {
  const NS = 'jabber:iq:register';
  const FORM =
    `<query xmlns='${NS}'><x xmlns='jabber:x:data' type='form'>` +
    `${field('FORM_TYPE', 'http://jabber.org/protocol/muc#register', 'hidden')}` +
    "<field var='muc#register_roomnick' type='text-single'><required/></field></x></query>";

  it('is registered by the form of the room (XEP-0045 §7.10)', async () => {
    const session = new FakeSession();
    session.whenAsked('get', 'query', NS, FORM, ROOM);
    session.whenAsked('set', 'query', NS, '', ROOM);
    const { form, registered } = await roomRegistration(session, ROOM);
    expect(registered).toBe(false);
    if (form) await registerWith(session, ROOM, form, { 'muc#register_roomnick': 'thirdwitch' });
    const sent = session.take().at(-1)?.getChild('query', NS)?.getChild('x', 'jabber:x:data');
    expect(sent?.toString()).toContain('thirdwitch');
    await unregisterFrom(session, ROOM);
    expect(session.take().at(-1)?.getChild('query', NS)?.getChild('remove')).toBeDefined();
  });

  it('that is somebody else’s is a conflict', async () => {
    const session = new FakeSession();
    session.whenAsked('get', 'query', NS, FORM);
    session.whenAsked('set', 'query', NS, `<error type='cancel'><conflict xmlns='${STANZAS}'/></error>`);
    const { form } = await roomRegistration(session, ROOM);
    if (form === undefined) throw new Error('no form');
    await expect(registerWith(session, ROOM, form, {})).rejects.toMatchObject({ condition: 'conflict' });
  });

  it('is told where the room keeps one (XEP-0045 §7.12)', async () => {
    const INFO = 'http://jabber.org/protocol/disco#info';
    const session = new FakeSession();
    session.whenAsked(
      'get',
      'query',
      INFO,
      `<query xmlns='${INFO}' node='x-roomuser-item'><identity category='conference' name='thirdwitch' type='text'/></query>`,
    );
    expect(await reservedNick(session, ROOM)).toBe('thirdwitch');
    session.whenAsked(
      'get',
      'query',
      INFO,
      `<error type='cancel'><feature-not-implemented xmlns='${STANZAS}'/></error>`,
    );
    expect(await reservedNick(session, ROOM)).toBeUndefined();
  });
});

describe('taking a message away (XEP-0425)', () => {
  const asked = async (...features: string[]) => {
    const session = new FakeSession();
    session.whenAsked('set', 'moderate', 'urn:xmpp:message-moderate:1', '', ROOM);
    session.whenAsked('set', 'apply-to', 'urn:xmpp:fasten:0', '', ROOM);
    const disco = { info: async () => ({ identities: [], features, forms: [] }) };
    await moderateMessage({ session, disco }, ROOM, 'stanza-id-1', 'Inappropriate');
    return session.take()[0];
  };

  it('is asked in the newer form where the room knows it', async () => {
    const iq = await asked('urn:xmpp:message-moderate:0', 'urn:xmpp:message-moderate:1');
    expect(iq?.getChild('moderate', 'urn:xmpp:message-moderate:1')?.toString()).toBe(
      '<moderate xmlns="urn:xmpp:message-moderate:1" id="stanza-id-1"><retract xmlns="urn:xmpp:message-retract:1"/><reason>Inappropriate</reason></moderate>',
    );
  });

  it('in the older one else', async () => {
    const iq = await asked('urn:xmpp:message-moderate:0');
    expect(iq?.getChild('apply-to', 'urn:xmpp:fasten:0')?.toString()).toBe(
      '<apply-to xmlns="urn:xmpp:fasten:0" id="stanza-id-1"><moderate xmlns="urn:xmpp:message-moderate:0"><retract xmlns="urn:xmpp:message-retract:0"/><reason>Inappropriate</reason></moderate></apply-to>',
    );
  });

  it('and not at all where it knows neither', async () => {
    await expect(asked()).rejects.toMatchObject({ name: 'UnsupportedFeatureError' });
  });
});
