import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NS_DISCO_INFO } from '../../../src/xmpp/disco.ts';
import {
  NS_DIRECT,
  parseDeclined,
  parseInvitation,
  xDirectInvitation,
} from '../../../src/xmpp/muc/invitations.ts';
import { parse } from '../../support/parse.ts';
import { FakeRoom, ROOM, STANZAS, USER } from './fake-room.ts';

const mediated = (from = ROOM) =>
  `<message from='${from}' to='hecate@example.org'><x xmlns='${USER}'>` +
  "<invite from='crone1@example.org/desktop'><reason>All good witches</reason></invite>" +
  "<password>cauldronburn</password></x><x xmlns='jabber:x:conference' jid='coven@chat.example.org'/>" +
  '<body>You are invited</body></message>';

describe('invitations received', () => {
  it('reads a mediated one with reason and password (XEP-0045 §7.8.2)', () => {
    expect(parseInvitation(parse(mediated()))).toEqual({
      room: ROOM,
      from: 'crone1@example.org/desktop',
      reason: 'All good witches',
      password: 'cauldronburn',
      mediated: true,
    });
  });

  it('takes a mediated one from the room alone, not from somebody in it', () => {
    expect(parseInvitation(parse(mediated(`${ROOM}/nick`)))).toBeUndefined();
    expect(parseInvitation(parse(mediated('example.org')))).toBeUndefined();
  });

  it('reads that the room goes on with a conversation of two, with its thread or without (§7.9, XEP-0249 §2)', () => {
    const inviting = (inner: string) =>
      parseInvitation(
        parse(
          `<message from='${ROOM}'><x xmlns='${USER}'><invite from='a@b.org'>${inner}</invite></x></message>`,
        ),
      )?.continues;
    expect(inviting("<continue thread='e0ff'/>")).toEqual({ thread: 'e0ff' });
    expect(inviting('<continue/>')).toEqual({ thread: undefined });
    expect(inviting("<continue xmlns='urn:other' thread='e0ff'/>")).toBeUndefined();
    const direct = (attrs: string) =>
      parseInvitation(
        parse(`<message from='a@b.org/x'><x xmlns='${NS_DIRECT}' jid='${ROOM}' ${attrs}/></message>`),
      )?.continues;
    expect(direct("continue='true' thread='e0ff'")).toEqual({ thread: 'e0ff' });
    expect(direct("continue='1'")).toEqual({ thread: undefined });
    expect(direct("continue='false' thread='e0ff'")).toBeUndefined();
    expect(direct("thread='e0ff'")).toBeUndefined();
  });

  it('takes no thread that is longer than 256 characters: it goes into all that is said there (§7.9)', () => {
    for (const [length, taken] of [
      [256, true],
      [257, false],
    ] as const) {
      const thread = 'e'.repeat(length);
      const continues = { thread: taken ? thread : undefined };
      const mediated = `<message from='${ROOM}'><x xmlns='${USER}'><invite from='a@b.org'><continue thread='${thread}'/></invite></x></message>`;
      expect(parseInvitation(parse(mediated))?.continues).toEqual(continues);
      const direct = `<message from='a@b.org/x'><x xmlns='${NS_DIRECT}' jid='${ROOM}' continue='true' thread='${thread}'/></message>`;
      expect(parseInvitation(parse(direct))?.continues).toEqual(continues);
    }
  });

  it('reads a direct one (XEP-0249 §2)', () => {
    const xml = `<message from='crone1@example.org/desktop'><x xmlns='${NS_DIRECT}' jid='${ROOM}' reason='Hey' password='p'/></message>`;
    expect(parseInvitation(parse(xml))).toEqual({
      room: ROOM,
      from: 'crone1@example.org/desktop',
      reason: 'Hey',
      password: 'p',
      mediated: false,
    });
  });

  it('ignores errors, groupchat, other namespaces and addresses that are none', () => {
    const of = (attrs: string, x: string) => parseInvitation(parse(`<message ${attrs}>${x}</message>`));
    const x = `<x xmlns='${NS_DIRECT}' jid='${ROOM}'/>`;
    expect(of("from='a@b'", x)).toBeDefined();
    expect(of("from='a@b' type='error'", x)).toBeUndefined();
    expect(of("from='a@b' type='groupchat'", x)).toBeUndefined();
    expect(of("from='a@b'", `<x xmlns='urn:evil' jid='${ROOM}'/>`)).toBeUndefined();
    expect(of("from='a@b'", `<x xmlns='${NS_DIRECT}' jid='@'/>`)).toBeUndefined();
    expect(of("from='a@b'", `<x xmlns='${NS_DIRECT}' jid='${ROOM}/nick'/>`)).toBeUndefined();
    expect(of("from='a@b'", `<x xmlns='${NS_DIRECT}'/>`)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (from, jid, reason) => {
        const stanza = xDirectInvitation(jid, 'x@y', { reason });
        stanza.attrs.from = from;
        stanza.attrs.xmlns = 'jabber:client';
        parseInvitation(stanza);
        expect(parseDeclined(stanza)).toBeUndefined();
      }),
    );
  });

  it('are told, claimed and not followed; none to a room we are in (XEP-0249 §5)', async () => {
    const room = new FakeRoom();
    room.session.receive(mediated());
    expect(room.take()).toMatchObject([['invitation', { room: ROOM, mediated: true }]]);
    expect(room.session.take()).toEqual([]);
    expect(room.claims.some((test) => test(parse(mediated())))).toBe(true);
    await room.enter();
    room.session.receive(mediated());
    expect(room.take()).toEqual([]);
  });
});

describe('invitations sent', () => {
  it('go through the room and are known to be sent by the answer behind (XEP-0045 §7.8.2)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.session.whenAsked('get', 'query', NS_DISCO_INFO, `<query xmlns='${NS_DISCO_INFO}'/>`);
    await room.rooms.invite(ROOM, 'hecate@example.org', { reason: 'Come' });
    const [message] = room.session.take();
    const invite = message?.getChild('x', USER)?.getChild('invite');
    expect(message?.attrs.to).toBe(ROOM);
    expect(invite?.attrs.to).toBe('hecate@example.org');
    expect(invite?.getChildText('reason')).toBe('Come');
  });

  it('tell that we may not invite (XEP-0045 §7.8.2)', async () => {
    const room = new FakeRoom();
    await room.enter();
    const inviting = room.rooms.invite(ROOM, 'hecate@example.org');
    const id = room.session.take()[0]?.attrs.id;
    room.says('', `<error type='auth'><forbidden xmlns='${STANZAS}'/></error>`, `type='error' id='${id}'`);
    await expect(inviting).rejects.toMatchObject({ condition: 'forbidden' });
  });

  it('say that the room goes on with a conversation, and whom the server does not know (XEP-0249 §2, XEP-0045 §7.9)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.session.take();
    const continues = { thread: 'e0ff' };
    const inviting = room.rooms.invite(ROOM, 'hecate@example.org/pda', { direct: true, continues });
    const [message] = room.session.take();
    expect(message?.attrs.to).toBe('hecate@example.org/pda');
    expect(
      message && parseInvitation(parse(message.toString().replace('<message', "<message from='a@b.org'"))),
    ).toEqual({
      room: ROOM,
      from: 'a@b.org',
      mediated: false,
      continues,
    });
    const refused = `<error type='cancel'><service-unavailable xmlns='${STANZAS}'/></error>`;
    room.session.receive(
      `<message type='error' from='hecate@example.org/pda' id='${message?.attrs.id}'>${refused}</message>`,
    );
    await expect(inviting).rejects.toMatchObject({ condition: 'service-unavailable' });
  });

  it('go directly with the password where wanted (XEP-0249 §2)', async () => {
    const room = new FakeRoom();
    const entering = room.rooms.enter(ROOM, { nick: 'thirdwitch', password: 'cauldronburn' });
    room.here('thirdwitch', { codes: [110] });
    await entering;
    room.session.take();
    room.session.whenAsked('get', 'query', NS_DISCO_INFO, `<query xmlns='${NS_DISCO_INFO}'/>`, 'example.org');
    await room.rooms.invite(ROOM, 'hecate@example.org', { direct: true, reason: 'Come' });
    const [message] = room.session.take();
    expect(message?.attrs.to).toBe('hecate@example.org');
    expect(message?.getChild('x', NS_DIRECT)?.attrs).toMatchObject({
      jid: ROOM,
      reason: 'Come',
      password: 'cauldronburn',
    });
  });

  it('are told when declined, by a joined room (XEP-0045 §7.8.2)', async () => {
    const room = new FakeRoom();
    const xml = `<x xmlns='${USER}'><decline from='hecate@example.org'><reason>Too busy</reason></decline></x>`;
    room.says('', xml, '');
    expect(room.take()).toEqual([]);
    await room.enter();
    room.says('', xml, '');
    expect(room.take()).toEqual([
      ['invitationDeclined', { room: ROOM, from: 'hecate@example.org', reason: 'Too busy' }],
    ]);
  });

  it('are declined to the room, direct ones by silence (XEP-0045 §7.8.2, XEP-0249 §2)', () => {
    const room = new FakeRoom();
    const invitation = { room: ROOM, from: 'crone1@example.org', reason: undefined, password: undefined };
    room.rooms.decline({ ...invitation, mediated: false });
    expect(room.session.take()).toEqual([]);
    room.rooms.decline({ ...invitation, mediated: true }, 'No');
    const decline = room.session.take()[0]?.getChild('x', USER)?.getChild('decline');
    expect(decline?.attrs.to).toBe('crone1@example.org');
    expect(decline?.getChildText('reason')).toBe('No');
  });
});
