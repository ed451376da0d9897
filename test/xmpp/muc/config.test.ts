import { describe, expect, it } from 'vitest';
import { affiliated, NS_MUC_ADMIN, setAffiliation, setRole } from '../../../src/xmpp/muc/administration.ts';
import {
  cancelConfiguration,
  configurationOf,
  configure,
  destroyRoom,
  NS_MUC_OWNER,
} from '../../../src/xmpp/muc/config.ts';
import { FakeSession } from '../../support/fake-session.ts';
import { ROOM, STANZAS } from './fake-room.ts';

const FORM =
  `<query xmlns='${NS_MUC_OWNER}'><x xmlns='jabber:x:data' type='form'>` +
  "<field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roomconfig</value></field>" +
  "<field var='muc#roomconfig_roomname' type='text-single'/></x></query>";

describe('the configuration of a room', () => {
  it('is got, filled in and submitted (XEP-0045 §10.1.3)', async () => {
    const session = new FakeSession();
    session.whenAsked('get', 'query', NS_MUC_OWNER, FORM, ROOM);
    session.whenAsked('set', 'query', NS_MUC_OWNER, '', ROOM);
    const form = await configurationOf(session, ROOM);
    expect(form?.fields.map(({ name }) => name)).toContain('muc#roomconfig_roomname');
    if (form) await configure(session, ROOM, form, { 'muc#roomconfig_roomname': 'A Dark Cave' });
    const sent = session.take().at(-1)?.getChild('query', NS_MUC_OWNER)?.getChild('x', 'jabber:x:data');
    expect(sent?.attrs.type).toBe('submit');
    expect(sent?.toString()).toContain('A Dark Cave');
    expect(sent?.toString()).toContain('muc#roomconfig');
  });

  it('is nothing where the room has no form (XEP-0045 §10.1.3)', async () => {
    const session = new FakeSession();
    session.whenAsked('get', 'query', NS_MUC_OWNER, `<query xmlns='${NS_MUC_OWNER}'/>`);
    expect(await configurationOf(session, ROOM)).toBeUndefined();
  });

  it('is given up with a form of type cancel (XEP-0045 §10.1.3)', async () => {
    const session = new FakeSession();
    session.whenAsked('set', 'query', NS_MUC_OWNER, '');
    await cancelConfiguration(session, ROOM);
    const sent = session.take()[0]?.getChild('query', NS_MUC_OWNER)?.getChild('x', 'jabber:x:data');
    expect(sent?.attrs.type).toBe('cancel');
  });

  it('ends with the room, naming another one (XEP-0045 §10.9)', async () => {
    const session = new FakeSession();
    session.whenAsked('set', 'query', NS_MUC_OWNER, '');
    await destroyRoom(session, ROOM, { alternate: 'heath@chat.example.org', reason: 'Macbeth' });
    const destroy = session.take()[0]?.getChild('query', NS_MUC_OWNER)?.getChild('destroy');
    expect(destroy?.attrs.jid).toBe('heath@chat.example.org');
    expect(destroy?.getChildText('reason')).toBe('Macbeth');
  });
});

describe('administration of a room', () => {
  it('kicks by the role none and bans by the affiliation outcast (XEP-0045 §8.2, §9.1)', async () => {
    const session = new FakeSession();
    session.whenAsked('set', 'query', NS_MUC_ADMIN, '');
    await setRole(session, ROOM, 'pistol', 'none', 'Avaunt');
    await setAffiliation(session, ROOM, 'earl@example.org', 'outcast');
    const items = session.take().map((iq) => iq.getChild('query', NS_MUC_ADMIN)?.getChild('item'));
    expect(items[0]?.attrs).toMatchObject({ nick: 'pistol', role: 'none' });
    expect(items[0]?.getChildText('reason')).toBe('Avaunt');
    expect(items[1]?.attrs).toMatchObject({ jid: 'earl@example.org', affiliation: 'outcast' });
  });

  it('keeps the condition of a refusal', async () => {
    const session = new FakeSession();
    session.whenAsked(
      'set',
      'query',
      NS_MUC_ADMIN,
      `<error type='cancel'><not-allowed xmlns='${STANZAS}'/></error>`,
    );
    await expect(setRole(session, ROOM, 'owner', 'none')).rejects.toMatchObject({ condition: 'not-allowed' });
  });

  it('lists who has an affiliation, without what is no JID (XEP-0045 §9.2)', async () => {
    const session = new FakeSession();
    session.whenAsked(
      'get',
      'query',
      NS_MUC_ADMIN,
      `<query xmlns='${NS_MUC_ADMIN}'><item affiliation='outcast' jid='Earl@example.org'><reason>Treason</reason></item><item jid='@'/></query>`,
    );
    expect(await affiliated(session, ROOM, 'outcast')).toEqual([
      { jid: 'earl@example.org', nick: undefined, reason: 'Treason' },
    ]);
  });
});
