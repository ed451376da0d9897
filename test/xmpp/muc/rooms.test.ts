import { describe, expect, it, vi } from 'vitest';
import { NS } from '../../../src/xmpp/muc/rooms.ts';
import { FakeRoom, ROOM, STANZAS, USER } from './fake-room.ts';

const NS_OWNER = 'http://jabber.org/protocol/muc#owner';

describe('entering a room', () => {
  it('sends presence with the element of the protocol, history and password (XEP-0045 §7.2)', async () => {
    const room = new FakeRoom();
    room.rooms.setPresence('away', 'brewing');
    const entering = room.rooms.enter(ROOM, {
      nick: 'thirdwitch',
      password: 'cauldronburn',
      history: { maxStanzas: 0, since: 0 },
    });
    const [presence] = room.session.take();
    expect(presence?.attrs.to).toBe(`${ROOM}/thirdwitch`);
    expect(presence?.attrs.type).toBeUndefined();
    expect(presence?.getChildText('show')).toBe('away');
    expect(presence?.getChildText('status')).toBe('brewing');
    const x = presence?.getChild('x', NS);
    expect(x?.getChildText('password')).toBe('cauldronburn');
    expect(x?.getChild('history')?.attrs.maxstanzas).toBe('0');
    expect(x?.getChild('history')?.attrs.since).toMatch(/^1970-01-01T00:00:00(\.000)?Z$/);
    room.here('thirdwitch', { codes: [110] });
    await entering;
  });

  it('is in with its own presence; those who were there before did not "join" (XEP-0045 §7.2.2)', async () => {
    const room = new FakeRoom();
    const entering = room.rooms.enter(ROOM, { nick: 'thirdwitch' });
    room.here('firstwitch', { affiliation: 'owner', role: 'moderator', jid: 'crone1@example.org/desktop' });
    room.here('secondwitch', { affiliation: 'admin', role: 'moderator', more: '<show>dnd</show>' });
    expect(room.rooms.list()).toEqual([]);
    room.here('thirdwitch', { codes: [100, 110, 170] });
    expect(await entering).toEqual({
      room: ROOM,
      nick: 'thirdwitch',
      created: false,
      occupants: 3,
      codes: [100, 110, 170],
    });
    expect(room.take()).toMatchObject([
      ['room', { room: ROOM, nick: 'thirdwitch', event: 'joined', again: false, occupants: 3 }],
      ['roomNotice', { room: ROOM, codes: [100, 170] }],
    ]);
    expect(room.rooms.get(ROOM)?.occupants).toMatchObject([
      { nick: 'firstwitch', affiliation: 'owner', role: 'moderator', jid: 'crone1@example.org/desktop' },
      { nick: 'secondwitch', show: 'dnd' },
      { nick: 'thirdwitch' },
    ]);
  });

  it('opens a room it made as it is (XEP-0045 §10.1.2)', async () => {
    const room = new FakeRoom();
    room.session.whenAsked('set', 'query', NS_OWNER, '');
    const entering = room.rooms.enter(ROOM, { nick: 'firstwitch' });
    room.here('firstwitch', { affiliation: 'owner', role: 'moderator', codes: [110, 201] });
    expect(await entering).toMatchObject({ created: true });
    const form = room.session.take().at(-1)?.getChild('query', NS_OWNER)?.getChild('x', 'jabber:x:data');
    expect(form?.attrs.type).toBe('submit');
    expect(form?.children).toEqual([]);
    expect(room.take()[0]).toMatchObject(['room', { event: 'created' }]);
  });

  it('leaves a reserved room locked (XEP-0045 §10.1.3)', async () => {
    const room = new FakeRoom();
    const entering = room.rooms.enter(ROOM, { nick: 'firstwitch', reserve: true });
    room.here('firstwitch', { affiliation: 'owner', codes: [110, 201] });
    await entering;
    expect(room.session.take()).toHaveLength(1);
  });

  it('takes the nick that the room gives (XEP-0045 §7.2.10)', async () => {
    const room = new FakeRoom();
    const entering = room.rooms.enter(ROOM, { nick: 'Third Witch' });
    room.here('thirdwitch', { codes: [110, 210] });
    expect(await entering).toMatchObject({ nick: 'thirdwitch' });
  });

  it.each([
    ['conflict', 'the nick is in use (§7.2.8)'],
    ['not-authorized', 'a password is needed (§7.2.5)'],
    ['registration-required', 'members only (§7.2.6)'],
    ['forbidden', 'banned (§7.2.7)'],
    ['service-unavailable', 'full (§7.2.9)'],
    ['item-not-found', 'locked (§7.2.11)'],
    ['not-allowed', 'nobody may create a room (§10.1.1)'],
    ['not-acceptable', 'the reserved nick must be used'],
  ])('rejects with %s: %s', async (condition) => {
    const room = new FakeRoom();
    const entering = room.rooms.enter(ROOM, { nick: 'thirdwitch' });
    room.refuse(condition);
    await expect(entering).rejects.toMatchObject({ condition, name: 'StanzaError' });
    expect(room.rooms.list()).toEqual([]);
    expect(room.rooms.knows(ROOM)).toBe(false);
  });

  it('rejects a name that makes no address, before anything is sent', async () => {
    const room = new FakeRoom();
    await expect(room.rooms.enter('@@', { nick: 'x' })).rejects.toMatchObject({ condition: 'jid-malformed' });
    await expect(room.rooms.enter(ROOM, { nick: '' })).rejects.toMatchObject({ condition: 'jid-malformed' });
    await expect(room.rooms.enter('chat.example.org', { nick: 'x' })).rejects.toMatchObject({
      condition: 'jid-malformed',
    });
    expect(room.session.take()).toEqual([]);
  });

  it.each([
    ["after the session's time", 1000, undefined],
    ['after the time that it was given', 60_000, 1000],
  ])('gives up %s, and tells the room so', async (_what, own, timeout) => {
    vi.useFakeTimers();
    try {
      const room = new FakeRoom();
      room.session.timeout = own;
      const entering = expect(room.rooms.enter(ROOM, { nick: 'thirdwitch', timeout })).rejects.toMatchObject({
        condition: 'remote-server-timeout',
      });
      await vi.advanceTimersByTimeAsync(1000);
      await entering;
      expect(room.session.take().at(-1)?.attrs.type).toBe('unavailable');
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('answers a second wish to enter with the first', async () => {
    const room = new FakeRoom();
    const both = [
      room.rooms.enter(ROOM, { nick: 'thirdwitch' }),
      room.rooms.enter(ROOM, { nick: 'thirdwitch' }),
    ];
    room.here('thirdwitch', { codes: [110] });
    expect(await both[0]).toEqual(await both[1]);
    expect(room.session.take()).toHaveLength(1);
    expect(await room.rooms.enter(ROOM, { nick: 'thirdwitch' })).toMatchObject({ created: false });
  });
});

describe('people in a room', () => {
  it('is not known to hold more people than any real one does', async () => {
    const room = new FakeRoom();
    await room.enter();
    for (let n = 0; n < 20_100; n++) room.here(`made up ${n}`);
    expect([...(room.rooms.get(ROOM)?.occupants ?? [])]).toHaveLength(20_000);
    room.take();
    room.here('one more');
    for (let n = 0; n < 3; n++) room.gone(`nobody ${n}`, { codes: [303], nick: `made up later ${n}` });
    expect(room.take()).toEqual([]);
    expect([...(room.rooms.get(ROOM)?.occupants ?? [])]).toHaveLength(20_000);
  });

  it('tells who enters and leaves (XEP-0045 §7.2.2, §7.14)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.here('secondwitch', { affiliation: 'admin', role: 'moderator' });
    room.gone('secondwitch', { more: '<status>off to the heath</status>' });
    expect(room.take()).toMatchObject([
      [
        'occupant',
        { room: ROOM, nick: 'secondwitch', event: 'joined', affiliation: 'admin', role: 'moderator' },
      ],
      ['occupant', { nick: 'secondwitch', event: 'left', reason: 'off to the heath' }],
    ]);
    expect(room.rooms.get(ROOM)?.occupants).toHaveLength(2);
  });

  it.each([
    [[307], 'kicked'],
    [[301], 'banned'],
    [[321], 'removed'],
    [[322], 'removed'],
    [[332], 'left'],
    [[333, 307], 'left'],
  ])('reads the codes %j of a departure as %s (XEP-0045 §15.6)', async (codes, event) => {
    const room = new FakeRoom();
    await room.enter();
    room.gone('firstwitch', { codes, item: "<actor nick='Fluellen'/><reason>Avaunt</reason>" });
    expect(room.take()).toMatchObject([
      ['occupant', { nick: 'firstwitch', event, actor: 'Fluellen', reason: 'Avaunt' }],
    ]);
  });

  it('tells a change of nick as one thing (XEP-0045 §7.6)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.gone('firstwitch', { codes: [303], nick: 'oldhag', role: 'moderator', affiliation: 'owner' });
    room.here('oldhag', { role: 'moderator', affiliation: 'owner' });
    expect(room.take()).toMatchObject([
      ['occupant', { nick: 'firstwitch', event: 'renamed', newNick: 'oldhag', self: false }],
    ]);
    expect(room.rooms.get(ROOM)?.occupants.map(({ nick }) => nick)).toEqual(['thirdwitch', 'oldhag']);
  });

  it('a rename keeps the person, by whose id the room says who it is (XEP-0421)', async () => {
    const room = new FakeRoom();
    await room.enter();
    const id = (name: string) => ({ more: `<occupant-id xmlns='urn:xmpp:occupant-id:0' id='${name}'/>` });
    const known = () =>
      room.rooms.get(ROOM)?.occupants.map(({ nick, occupantId }) => `${nick} ${occupantId}`);
    room.here('secondwitch', id('o2'));
    room.gone('secondwitch', { codes: [303], nick: 'hecate', ...id('o2') });
    expect(known()).toContain('hecate o2');
    room.here('hecate', id('o2'));
    expect(known()).toEqual(['firstwitch undefined', 'thirdwitch undefined', 'hecate o2']);
  });

  it('the picture of the room says nothing of anybody (XEP-0486 §presence)', async () => {
    const room = new FakeRoom();
    const photo =
      "<x xmlns='vcard-temp:x:update'><photo>a31c4bd04de69663cfd7f424a8453f4674da37ff</photo></x>";
    const picture = (more = '', attributes = '') =>
      room.session.receive(
        `<presence from='${ROOM}' to='hag66@example.org/pda'${attributes}>${photo}${more}</presence>`,
      );
    const entering = room.rooms.enter(ROOM, { nick: 'thirdwitch' });
    picture();
    room.here('thirdwitch', { codes: [110], more: photo });
    await entering;
    room.take();
    picture();
    picture(`<x xmlns='${USER}'><item affiliation='owner' role='moderator'/></x>`);
    picture('', " type='unavailable'");
    expect(room.take()).toEqual([]);
    expect(room.rooms.get(ROOM)).toMatchObject({ joined: true, occupants: [{ nick: 'thirdwitch' }] });
  });

  it('tells changes of role and affiliation, show and status', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.here('firstwitch', { affiliation: 'owner', role: 'visitor', item: '<reason>hush</reason>' });
    room.here('firstwitch', { affiliation: 'admin', role: 'moderator' });
    room.here('firstwitch', {
      affiliation: 'admin',
      role: 'moderator',
      more: '<show>xa</show><status>gone</status>',
    });
    expect(room.take()).toMatchObject([
      ['occupant', { event: 'role', role: 'visitor', reason: 'hush' }],
      ['occupant', { event: 'affiliation', affiliation: 'admin' }],
      [
        'occupantPresence',
        { occupant: { nick: 'firstwitch', show: 'xa', status: 'gone' }, before: { show: 'available' } },
      ],
    ]);
  });

  it('ignores presence of rooms that were never joined', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.here('stranger', { codes: [110] }, 'other@chat.example.org');
    room.gone('thirdwitch', { codes: [110, 307] }, 'other@chat.example.org');
    room.session.receive(`<presence from='${ROOM}/spy'><x xmlns='urn:evil'><item/></x></presence>`);
    expect(room.take()).toEqual([]);
    expect(room.rooms.list()).toHaveLength(1);
  });
});

describe('leaving a room', () => {
  it('sends unavailable presence and waits for the room (XEP-0045 §7.14)', async () => {
    const room = new FakeRoom();
    await room.enter();
    const leaving = room.rooms.leave(ROOM, 'bye');
    const [presence] = room.session.take();
    expect(presence?.attrs).toMatchObject({ to: `${ROOM}/thirdwitch`, type: 'unavailable' });
    room.gone('thirdwitch', { codes: [110] });
    await leaving;
    expect(room.take()).toMatchObject([['room', { room: ROOM, event: 'left' }]]);
    expect(room.rooms.list()).toEqual([]);
  });

  it.each([
    [{ codes: [110, 307] }, 'kicked'],
    [{ codes: [110, 301] }, 'banned'],
    [{ codes: [321] }, 'removed'],
    [{ codes: [110, 322] }, 'removed'],
  ])('tells how it was made to leave: %j is %s (XEP-0045 §15.6)', async (person, event) => {
    const room = new FakeRoom();
    await room.enter();
    room.gone('thirdwitch', { ...person, item: "<actor nick='F'/><reason>out</reason>" });
    expect(room.take()).toMatchObject([['room', { event, actor: 'F', reason: 'out' }]]);
    expect(room.rooms.knows(ROOM)).toBe(false);
  });

  it.each([
    [{ codes: [110, 332] }, 'shutdown'],
    [{ codes: [110, 333, 307] }, 'failed'],
  ])('is lost, to be entered again: %j is %s (XEP-0045 §11.1, §11.2)', async (person, why) => {
    const room = new FakeRoom();
    await room.enter();
    room.gone('thirdwitch', person);
    expect(room.take()).toEqual([['dropped', { room: ROOM, nick: 'thirdwitch', why }]]);
    expect(room.rooms.lost()).toEqual([ROOM]);
    expect(room.rooms.get(ROOM)).toMatchObject({ joined: false, occupants: [] });
  });

  it('tells of a destroyed room where to go instead (XEP-0045 §10.9)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.gone('thirdwitch', {
      x: "<destroy jid='heath@chat.example.org'><reason>Macbeth</reason><password>p</password></destroy>",
    });
    expect(room.take()).toMatchObject([
      [
        'room',
        {
          event: 'destroyed',
          reason: 'Macbeth',
          destroyed: { alternate: 'heath@chat.example.org', password: 'p' },
        },
      ],
    ]);
  });

  it('leaves at once where nobody can be told', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.session.online = false;
    room.session.emit('offline', { reason: undefined, final: false, retryIn: 1000 });
    await room.rooms.leave(ROOM);
    expect(room.take()).toMatchObject([['room', { event: 'left' }]]);
    expect(room.rooms.list()).toEqual([]);
  });
});

describe('after the connection was lost', () => {
  it('enters a room again with a new stream; one that refuses stays lost until it is given up', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.session.emit('offline', { reason: undefined, final: false, retryIn: 1000 });
    expect(room.rooms.get(ROOM)).toMatchObject({ joined: false });
    room.session.emit('online', { jid: 'hag66@example.org/pda', forgotten: false });
    expect(room.rooms.lost()).toEqual([ROOM]);
    const again = room.rooms.reenter(ROOM, { history: { maxStanzas: 0 } });
    expect(room.session.take()[0]?.attrs.to).toBe(`${ROOM}/thirdwitch`);
    room.here('thirdwitch', { codes: [110] });
    await again;
    expect(room.take()).toMatchObject([['room', { event: 'joined', again: true, occupants: 1 }]]);

    room.session.emit('offline', { reason: undefined, final: false, retryIn: 1000 });
    room.session.emit('online', { jid: 'hag66@example.org/pda', forgotten: false });
    const refused = room.rooms.reenter(ROOM);
    room.refuse('forbidden', 'thirdwitch', 'auth');
    await expect(refused).rejects.toMatchObject({ condition: 'forbidden' });
    expect(room.rooms.lost()).toEqual([ROOM]);
    room.rooms.forget(ROOM);
    expect(room.rooms.list()).toEqual([]);
  });

  it('is still in when the stream is resumed (XEP-0198 §5)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.session.emit('offline', { reason: undefined, final: false, retryIn: 1000 });
    room.session.emit('resumed', { inherited: false });
    expect(room.rooms.get(ROOM)).toMatchObject({ joined: true });
    expect(room.rooms.get(ROOM)?.occupants).toHaveLength(2);
    expect(room.rooms.lost()).toEqual([]);
    await expect(room.rooms.reenter(ROOM)).rejects.toMatchObject({ condition: 'not-joined' });
  });

  it('does not resume what a new stream has ended', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.session.emit('offline', { reason: undefined, final: false, retryIn: 1000 });
    room.session.emit('online', { jid: 'hag66@example.org/pda', forgotten: false });
    room.session.emit('offline', { reason: undefined, final: false, retryIn: 1000 });
    room.session.emit('resumed', { inherited: false });
    expect(room.rooms.get(ROOM)).toMatchObject({ joined: false, occupants: [] });
  });

  it('rejects an entrance under way', async () => {
    const room = new FakeRoom();
    const entering = expect(room.rooms.enter(ROOM, { nick: 'thirdwitch' })).rejects.toMatchObject({
      condition: 'disconnected',
    });
    room.session.emit('offline', { reason: undefined, final: true, retryIn: undefined });
    await entering;
  });
});

describe('what is said in a room', () => {
  it('tells messages with nick, own ones too, and history with its delay (XEP-0045 §7.2.13, §7.4)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.says(
      'firstwitch',
      "<body>Thrice</body><delay xmlns='urn:xmpp:delay' stamp='2002-10-13T23:58:37Z'/>",
    );
    room.says('thirdwitch', '<body>And thrice</body>');
    room.says('', '<body>Room is recorded</body>');
    const delay = { time: Date.UTC(2002, 9, 13, 23, 58, 37) };
    expect(room.take()).toMatchObject([
      ['message', { room: ROOM, nick: 'firstwitch', self: false, message: { body: 'Thrice', delay } }],
      ['message', { nick: 'thirdwitch', self: true }],
      ['message', { nick: '', self: false }],
    ]);
  });

  it('takes a message with a subject and no body as the subject (XEP-0045 §8.1)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.says('firstwitch', '<subject>Fire Burn</subject>');
    room.says('firstwitch', '<subject>no</subject><body>text</body>');
    room.says('firstwitch', '<subject/>');
    expect(room.take()).toMatchObject([
      ['subject', { nick: 'firstwitch', subject: 'Fire Burn', initial: true }],
      ['message', { message: { body: 'text' } }],
      ['subject', { subject: '', initial: false }],
    ]);
    expect(room.rooms.get(ROOM)?.subject).toBe('');
  });

  it('tells changes of the configuration by their codes (XEP-0045 §10.2.1)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.says('', `<x xmlns='${USER}'><status code='104'/><status code='172'/></x>`);
    room.says('firstwitch', `<x xmlns='${USER}'><status code='172'/></x>`);
    expect(room.take().filter(([name]) => name === 'roomNotice')).toEqual([
      ['roomNotice', { room: ROOM, codes: [104, 172] }],
    ]);
  });

  it('tells private messages of occupants, not as messages of a contact (XEP-0045 §7.5)', async () => {
    const room = new FakeRoom();
    await room.enter();
    const xml = `<body>psst</body><x xmlns='${USER}'/>`;
    room.says('firstwitch', xml, "type='chat' id='p'");
    expect(room.take()).toMatchObject([
      ['privateMessage', { room: ROOM, nick: 'firstwitch', message: { body: 'psst' } }],
    ]);
  });

  it('ignores what is said in rooms that are not joined, and claims it', () => {
    const room = new FakeRoom();
    const claimed: boolean[] = [];
    room.session.on('message', (stanza) => claimed.push(room.claims.some((test) => test(stanza))));
    room.says('firstwitch', '<body>hello</body>');
    room.says('firstwitch', `<body>psst</body><x xmlns='${USER}'/>`, "type='chat'");
    room.session.receive("<message from='a@example.org/x' type='chat'><body>hi</body></message>");
    expect(claimed).toEqual([true, true, false]);
    expect(room.take()).toEqual([]);
  });
});

describe('doing things in a room', () => {
  it('changes the nick (XEP-0045 §7.6)', async () => {
    const room = new FakeRoom();
    await room.enter();
    const changing = room.rooms.setNick(ROOM, 'oldhag');
    expect(room.session.take()[0]?.attrs.to).toBe(`${ROOM}/oldhag`);
    room.gone('thirdwitch', { codes: [303, 110], nick: 'oldhag', role: 'participant' });
    room.here('oldhag', { codes: [110] });
    await changing;
    expect(room.take()).toMatchObject([
      ['occupant', { event: 'renamed', nick: 'thirdwitch', newNick: 'oldhag', self: true }],
    ]);
    expect(room.rooms.get(ROOM)?.nick).toBe('oldhag');
  });

  it('keeps the nick when the new one is in use (XEP-0045 §7.6)', async () => {
    const room = new FakeRoom();
    await room.enter();
    const changing = room.rooms.setNick(ROOM, 'firstwitch');
    room.refuse('conflict', 'firstwitch');
    await expect(changing).rejects.toMatchObject({ condition: 'conflict' });
    expect(room.rooms.get(ROOM)?.nick).toBe('thirdwitch');
  });

  it.each([
    ['the reflection', (id: string) => `type='groupchat' id='${id}'`],
    ['the text where the room drops the id', () => `type='groupchat'`],
  ])('changes the subject, and knows it by %s (XEP-0045 §8.1)', async (_, head) => {
    const room = new FakeRoom();
    await room.enter();
    const changing = room.rooms.setSubject(ROOM, 'Fire Burn');
    const [message] = room.session.take();
    expect(message?.getChildText('subject')).toBe('Fire Burn');
    expect(message?.attrs).toMatchObject({ to: ROOM, type: 'groupchat' });
    room.says('thirdwitch', '<subject>Fire Burn</subject>', head(message?.attrs.id ?? ''));
    await changing;
  });

  it('tells that the subject may not be changed (XEP-0045 §8.1)', async () => {
    const room = new FakeRoom();
    await room.enter();
    const changing = room.rooms.setSubject(ROOM, 'Fire Burn');
    const id = room.session.take()[0]?.attrs.id;
    const error = (name: string) => `<error type='auth'><${name} xmlns='${STANZAS}'/></error>`;
    const forged = `<message from='other@chat.example.org' type='error' id='${id}'>${error('gone')}</message>`;
    room.session.receive(forged);
    room.says('', error('forbidden'), `type='error' id='${id}'`);
    await expect(changing).rejects.toMatchObject({ condition: 'forbidden' });
  });

  it('sends its presence to every joined room (XEP-0045 §7.7)', async () => {
    const room = new FakeRoom();
    await room.enter();
    room.rooms.setPresence('dnd', 'busy');
    const [presence] = room.session.take();
    expect(presence?.attrs.to).toBe(`${ROOM}/thirdwitch`);
    expect(presence?.getChildText('show')).toBe('dnd');
    expect(presence?.getChild('x', NS)).toBeUndefined();
  });

  it('does nothing in rooms it is not in', async () => {
    const room = new FakeRoom();
    await expect(room.rooms.setSubject(ROOM, 'x')).rejects.toMatchObject({ condition: 'not-joined' });
    await expect(room.rooms.setNick(ROOM, 'x')).rejects.toMatchObject({ condition: 'not-joined' });
    await expect(room.rooms.invite(ROOM, 'a@example.org')).rejects.toMatchObject({ condition: 'not-joined' });
    expect(room.session.take()).toEqual([]);
  });
});
