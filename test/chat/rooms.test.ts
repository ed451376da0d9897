import { describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  error,
  JID,
  memoryStores,
  NS_INFO,
  NS_ITEMS,
  NS_MUC_USER,
  ROMEO,
  ROOM,
  turn,
  World,
} from './support.ts';

const OTHER = 'garden@conference.example.org';
const SERVICE = 'conference.example.org';
const MUC = 'http://jabber.org/protocol/muc';

/** Prepares a room service with the rooms of that name. */
function withService(world: World, rooms: readonly string[] = []): void {
  const items = (content: string) => `<query xmlns='${NS_ITEMS}'>${content}</query>`;
  const list = rooms.map((room) => `<item jid='${room}' name='Name of ${room.split('@')[0]}'/>`).join('');
  world.session.whenAsked('get', 'query', NS_ITEMS, items(`<item jid='${SERVICE}'/>`), 'example.org');
  world.session.whenAsked('get', 'query', NS_ITEMS, items(list), SERVICE);
  world.session.whenAsked(
    'get',
    'query',
    NS_INFO,
    `<query xmlns='${NS_INFO}'><identity category='conference' type='text'/><feature var='${MUC}'/></query>`,
    SERVICE,
  );
}

const refuse = (world: World, condition: string, room = ROOM, nick = 'juliet') =>
  world.receive(
    `<presence from='${room}/${nick}' to='${JID}' type='error'><x xmlns='${MUC}'/>${error(condition)}</presence>`,
  );

describe('joining', () => {
  it('under the user name by default, asking for a few lines of the past (XEP-0045 §7.2)', async () => {
    const world = await new World().login();
    const joining = world.client.rooms.join(ROOM);
    const [entered] = world.sent('presence');
    expect(entered?.attrs.to).toBe(`${ROOM}/juliet`);
    expect(entered?.getChild('x', MUC)?.getChild('history')?.attrs.maxstanzas).toBe('20');
    world.occupant(ROOM, 'juliet', [110]);
    expect(await joining).toEqual({ created: false, nick: 'juliet' });
    expect(world.events('room')).toMatchObject([{ room: ROOM, event: 'joined', nick: 'juliet' }]);
    expect(world.client.rooms.get(ROOM)).toMatchObject({ nick: 'juliet', joined: true });
  });

  it('knows what its owners call it, as the room says it then and when it was changed (XEP-0045 §6.4, code 104)', async () => {
    const world = await new World().login();
    const says = (name: string) =>
      world.session.whenAsked(
        'get',
        'query',
        NS_INFO,
        `<query xmlns='${NS_INFO}'><identity category='conference' type='text' name='${name}'/></query>`,
        ROOM,
      );
    says('lobby');
    expect(world.client.rooms.name(ROOM)).toBe('');
    await world.enter(ROOM);
    await turn();
    expect(world.client.rooms.name(ROOM)).toBe('');
    says('The balcony');
    world.receive(
      `<message from='${ROOM}' to='${JID}' type='groupchat'><x xmlns='${NS_MUC_USER}'><status code='104'/></x></message>`,
    );
    await turn();
    expect(world.client.rooms.name(ROOM)).toBe('The balcony');
    const leaving = world.client.rooms.leave(ROOM);
    world.occupant(ROOM, 'juliet', [110], "type='unavailable'");
    await leaving;
    expect(world.client.rooms.name(ROOM)).toBe('');
  });

  it('keeps the room only where that is wanted, with nickname and password', async () => {
    const world = await new World().login();
    await world.enter(ROOM, 'jules', { keep: true, password: 'pw' });
    await world.enter(OTHER, 'juliet');
    expect(world.stores.rooms.rooms(ACCOUNT)).toEqual([
      { room: ROOM, nick: 'jules', password: 'pw', autojoin: true },
    ]);
  });

  it('rejects with what the room says, and keeps nothing', async () => {
    const world = await new World().login();
    const joining = world.client.rooms.join(ROOM, { keep: true });
    refuse(world, 'conflict');
    await expect(joining).rejects.toMatchObject({ condition: 'conflict' });
    expect(world.stores.rooms.rooms(ACCOUNT)).toEqual([]);
  });

  it('a new nickname of a kept room is the one of the next time', async () => {
    const world = await new World().login();
    await world.enter(ROOM, 'juliet', { keep: true });
    const renamed = world.client.rooms.setNick(ROOM, 'jules');
    world.receive(
      `<presence from='${ROOM}/juliet' to='${JID}' type='unavailable'><x xmlns='${NS_MUC_USER}'><item affiliation='none' role='participant' nick='jules'/><status code='303'/><status code='110'/></x></presence>`,
    );
    world.occupant(ROOM, 'jules', [110]);
    await renamed;
    expect(world.stores.rooms.rooms(ACCOUNT)[0]?.nick).toBe('jules');
    expect(world.client.rooms.get(ROOM)?.nick).toBe('jules');
  });

  it('tells who is there and what happens (XEP-0045 §7)', async () => {
    const world = await new World().login();
    await world.enter();
    world.told.length = 0;
    world.occupant(ROOM, 'nurse');
    world.occupant(ROOM, 'nurse', [], "type='unavailable'");
    world.receive(
      `<message from='${ROOM}/romeo' to='${JID}' type='groupchat'><subject>Balconies</subject></message>`,
    );
    world.receive(
      `<message from='${ROOM}' to='${JID}' type='groupchat'><x xmlns='${NS_MUC_USER}'><status code='170'/></x></message>`,
    );
    expect(world.events('occupant')).toMatchObject([
      { nick: 'nurse', event: 'joined' },
      { nick: 'nurse', event: 'left' },
    ]);
    expect(world.events('subject')).toMatchObject([{ room: ROOM, nick: 'romeo', subject: 'Balconies' }]);
    expect(world.events('roomNotice')).toEqual([{ room: ROOM, codes: [170] }]);
  });
});

describe('leaving', () => {
  it('drops the room that was kept', async () => {
    const world = await new World().login();
    await world.enter(ROOM, 'juliet', { keep: true });
    world.session.take();
    const left = world.client.rooms.leave(ROOM);
    expect(world.sent('presence').map((stanza) => stanza.attrs)).toMatchObject([
      { to: `${ROOM}/juliet`, type: 'unavailable' },
    ]);
    world.occupant(ROOM, 'juliet', [110], "type='unavailable'");
    await left;
    expect(world.stores.rooms.rooms(ACCOUNT)).toEqual([]);
    expect(world.client.rooms.list()).toEqual([]);
  });

  it('one that is only kept is dropped without a word to it (a run of one flag)', async () => {
    const stores = memoryStores();
    stores.rooms.keep(ACCOUNT, { room: ROOM, nick: 'juliet', autojoin: true });
    const world = await new World({ stores }).login('stream');
    await world.client.rooms.leave(ROOM);
    expect(stores.rooms.rooms(ACCOUNT)).toEqual([]);
    expect(world.sent('presence')).toEqual([]);
  });

  it('one that we are not in is an error', async () => {
    const world = await new World().login();
    await expect(world.client.rooms.leave(ROOM)).rejects.toMatchObject({ condition: 'not-kept' });
  });
});

describe('kept rooms', () => {
  function keeping(...rooms: string[]) {
    const stores = memoryStores();
    for (const room of rooms)
      stores.rooms.keep(ACCOUNT, { room, nick: 'jules', password: 'pw', autojoin: true });
    return stores;
  }
  const entries = (world: World) =>
    world
      .sent('presence')
      .filter((stanza) => stanza.getChild('x', MUC))
      .map((stanza) => [stanza.attrs.to, stanza.getChild('x', MUC)?.getChildText('password')]);

  it('are entered at log-in, with their nickname and password; nobody waits for them', async () => {
    const world = new World({ stores: keeping(ROOM) });
    await world.client.online('presence');
    await turn();
    expect(entries(world)).toEqual([[`${ROOM}/jules`, 'pw']]);
    expect(world.client.state).toBe('online');
  });

  it('not in the background, and not where they are only remembered', async () => {
    const stores = keeping(ROOM);
    stores.rooms.keep(ACCOUNT, { room: OTHER, nick: 'jules', autojoin: false });
    const background = new World({ stores });
    await background.client.online('background');
    await turn();
    expect(entries(background)).toEqual([]);
    const present = await new World({ stores });
    await present.client.online('presence');
    await turn();
    expect(entries(present)).toEqual([[`${ROOM}/jules`, 'pw']]);
  });

  it('are entered again after a reconnection, with the others that we were in, each once', async () => {
    const world = await new World({ stores: keeping(ROOM) }).login();
    world.occupant(ROOM, 'jules', [110]);
    await world.enter(OTHER, 'juliet');
    world.session.take();
    world.session.drop();
    expect(world.client.rooms.get(ROOM)?.joined).toBe(false);
    world.session.renew();
    await turn();
    expect(
      entries(world)
        .map(([to]) => to)
        .sort(),
    ).toEqual([`${OTHER}/juliet`, `${ROOM}/jules`]);
  });

  it('one that refuses is told once as `failed`, and the others are entered all the same', async () => {
    const world = await new World({ stores: keeping(ROOM, OTHER) }).login();
    refuse(world, 'registration-required', ROOM, 'jules');
    world.occupant(OTHER, 'jules', [110]);
    await turn();
    expect(world.events('room').map(({ room, event, condition }) => [room, event, condition])).toEqual([
      [OTHER, 'joined', undefined],
      [ROOM, 'failed', 'registration-required'],
    ]);
    expect(world.stores.rooms.rooms(ACCOUNT)).toHaveLength(2);
  });

  it('one that refuses at the reconnection is told once', async () => {
    const world = await new World({ stores: keeping(ROOM) }).login();
    world.occupant(ROOM, 'jules', [110]);
    await turn();
    world.session.drop();
    world.session.renew();
    await turn();
    world.told.length = 0;
    refuse(world, 'registration-required', ROOM, 'jules');
    await turn();
    expect(world.events('room')).toMatchObject([
      { room: ROOM, event: 'failed', condition: 'registration-required' },
    ]);
  });

  it('a connection that breaks meanwhile is no failure of the room', async () => {
    const world = await new World({ stores: keeping(ROOM) }).login();
    world.session.drop();
    await turn();
    expect(world.events('room')).toEqual([]);
    world.session.renew();
    await turn();
    expect(entries(world)).toHaveLength(1);
  });
});

describe('finding rooms', () => {
  it('a bare name means name@the-room-service, found by disco (XEP-0045 §6.1)', async () => {
    const world = await new World().login('stream');
    withService(world);
    expect(await world.client.rooms.address('lobby')).toBe(ROOM);
    expect(await world.client.rooms.address('Lobby@Conference.Example.Org')).toBe(ROOM);
    expect(await world.client.rooms.service()).toBe(SERVICE);
    await expect(world.client.rooms.address('a b')).rejects.toMatchObject({ condition: 'no-jid' });
    await expect(world.client.rooms.address('@x')).rejects.toMatchObject({ condition: 'no-jid' });
  });

  it('a server without a room service says so; a full address needs none', async () => {
    const world = await new World().login('stream');
    world.session.whenAsked('get', 'query', NS_ITEMS, `<query xmlns='${NS_ITEMS}'/>`);
    await expect(world.client.rooms.address('lobby')).rejects.toMatchObject({
      condition: 'no-room-service',
      values: { domain: 'example.org' },
    });
    expect(await world.client.rooms.address(ROOM)).toBe(ROOM);
  });

  it('without a connection nobody is said to have no room service; it is asked for when the stream goes on', async () => {
    const world = await new World().login('stream');
    withService(world);
    world.session.drop();
    await expect(world.client.rooms.address('lobby')).rejects.toMatchObject({ condition: 'offline' });
    world.session.resume();
    expect(await world.client.rooms.address('lobby')).toBe(ROOM);
  });

  it('lists the public ones, then ours that are not; kept and joined are marked', async () => {
    const stores = memoryStores();
    stores.rooms.keep(ACCOUNT, { room: 'secret@elsewhere.example', nick: 'j', autojoin: false });
    const world = await new World({ stores }).login();
    withService(world, [ROOM, OTHER]);
    await world.enter(ROOM, 'juliet', { keep: true });
    const rows = (await world.client.rooms.browse()).map(({ room, name, kept, joined }) => [
      room,
      name,
      kept,
      joined,
    ]);
    expect(rows.sort()).toEqual([
      [OTHER, 'Name of garden', false, false],
      [ROOM, 'Name of lobby', true, true],
      ['secret@elsewhere.example', 'secret', true, false],
    ]);
  });

  it('names ours of the own service that are not listed as they say themselves (XEP-0045 §6.4)', async () => {
    const stores = memoryStores();
    const [hidden, silent] = [`talk-x7@${SERVICE}`, `gone@${SERVICE}`];
    for (const room of [hidden, silent]) stores.rooms.keep(ACCOUNT, { room, nick: 'j', autojoin: false });
    const world = await new World({ stores }).login();
    withService(world);
    world.session.whenAsked(
      'get',
      'query',
      NS_INFO,
      `<query xmlns='${NS_INFO}'><identity category='conference' type='text' name='juliet, romeo'/><feature var='muc_membersonly'/></query>`,
      hidden,
    );
    world.session.whenAsked('get', 'query', NS_INFO, error('item-not-found'), silent);
    expect(await world.client.rooms.browse()).toMatchObject([
      { room: silent, name: 'gone', kept: true },
      { room: hidden, name: 'juliet, romeo', membersOnly: true, kept: true },
    ]);
    expect(await world.client.rooms.browse('romeo')).toMatchObject([{ room: hidden }]);
  });

  it('finds those with a text in name or address, ours too', async () => {
    const stores = memoryStores();
    stores.rooms.keep(ACCOUNT, { room: 'secret-garden@elsewhere.example', nick: 'j', autojoin: false });
    const world = await new World({ stores }).login();
    withService(world, [ROOM, OTHER]);
    const rooms = (await world.client.rooms.browse('GARDEN')).map(({ room }) => room);
    expect(rooms.sort()).toEqual([OTHER, 'secret-garden@elsewhere.example'].sort());
  });

  const SEARCH = 'urn:xmpp:channel-search:0:search';
  const answers = (world: World, service: string, xml: string) =>
    world.session.whenAsked('get', 'search', SEARCH, xml, service);
  const one = (room: string) =>
    `<result xmlns='${SEARCH}'><item address='${room}'><name>Found</name><is-open/></item></result>`;
  const refusal = error('service-unavailable');

  it('asks a search service of the own server first, and does without where that fails (XEP-0433)', async () => {
    for (const answer of [one('found@muc.example'), refusal]) {
      const world = await new World().login();
      withService(world, [ROOM]);
      const items = `<item jid='${SERVICE}'/><item jid='search.example.org'/>`;
      world.session.whenAsked(
        'get',
        'query',
        NS_ITEMS,
        `<query xmlns='${NS_ITEMS}'>${items}</query>`,
        'example.org',
      );
      world.session.whenAsked(
        'get',
        'query',
        NS_INFO,
        `<query xmlns='${NS_INFO}'><identity category='directory' type='user'/><feature var='${SEARCH}'/></query>`,
        'search.example.org',
      );
      answers(world, 'search.example.org', answer);
      const rooms = (await world.client.rooms.browse()).map(({ room }) => room);
      expect(rooms).toEqual([answer === refusal ? ROOM : 'found@muc.example']);
    }
  });

  it('asks the service that the user chose, and says what that declines', async () => {
    const world = await new World({ roomSearch: 'search.elsewhere.example' }).login();
    withService(world, [ROOM]);
    answers(world, 'search.elsewhere.example', one('found@muc.example'));
    expect(await world.client.rooms.browse('x')).toEqual([
      expect.objectContaining({
        room: 'found@muc.example',
        name: 'Found',
        open: true,
        kept: false,
        joined: false,
      }),
    ]);
    const refused = await new World({ roomSearch: 'search.elsewhere.example' }).login();
    answers(refused, 'search.elsewhere.example', refusal);
    await expect(refused.client.rooms.browse()).rejects.toMatchObject({ condition: 'service-unavailable' });
  });
});

it('what a room that we have left says of its archive is no trouble of ours', async () => {
  for (const leaves of [true, false]) {
    const world = await new World({ announces: ['urn:xmpp:mam:2'] }).login();
    await world.enter();
    const [asked] = world
      .sent('iq')
      .filter((stanza) => stanza.getChild('query', 'urn:xmpp:mam:2') !== undefined);
    if (leaves) {
      const left = world.client.rooms.leave(ROOM);
      world.occupant(ROOM, 'juliet', [110], "type='unavailable'");
      await left;
    }
    if (asked === undefined) throw new Error('the archive was not asked');
    world.session.answer(asked, error('item-not-found'));
    await turn();
    expect(world.events('problem')).toHaveLength(leaves ? 0 : 1);
  }
});

it('the picture of a room is no presence of anybody (XEP-0486 §presence)', async () => {
  const world = await new World().login();
  await world.enter();
  world.told.length = 0;
  world.receive(
    `<presence from='${ROOM}' to='${JID}'><x xmlns='vcard-temp:x:update'><photo>a31c</photo></x></presence>`,
  );
  expect(world.told).toEqual([]);
});

describe('invitations', () => {
  const invite = `<message from='${ROOM}' to='${JID}'><x xmlns='${NS_MUC_USER}'><invite from='${ROMEO}/orchard'><reason>come</reason></invite><password>pw</password></x></message>`;

  it('wait for an answer; no room is joined unasked (XEP-0045 §7.8.2)', async () => {
    const world = await new World().login();
    world.receive(invite);
    world.receive(invite);
    expect(world.events('request')).toMatchObject([
      { kind: 'invitation', id: `invitation:${ROOM}`, from: ROMEO, room: ROOM, text: 'come', password: 'pw' },
    ]);
    expect(world.session.sentStanzas).toEqual([]);
  });

  it('accepting joins with the password, keeps the room and closes', async () => {
    const world = await new World().login();
    world.receive(invite);
    const accepted = world.client.requests.accept(`invitation:${ROOM}`);
    expect(world.sent('presence')[0]?.getChild('x', MUC)?.getChildText('password')).toBe('pw');
    world.occupant(ROOM, 'juliet', [110]);
    await accepted;
    expect(world.client.requests.list()).toEqual([]);
    expect(world.events('requestClosed')).toHaveLength(1);
    expect(world.stores.rooms.rooms(ACCOUNT)).toMatchObject([{ room: ROOM, password: 'pw' }]);
  });

  it('a room that cannot be entered leaves it open', async () => {
    const world = await new World().login();
    world.receive(invite);
    const accepted = world.client.requests.accept(`invitation:${ROOM}`);
    refuse(world, 'forbidden');
    await expect(accepted).rejects.toMatchObject({ condition: 'forbidden' });
    expect(world.client.requests.list()).toHaveLength(1);
  });

  it('entering the room by other means closes it; refusing too, without a word', async () => {
    const world = await new World().login();
    world.receive(invite);
    await world.enter();
    expect(world.client.requests.list()).toEqual([]);
    world.receive(invite.replaceAll(ROOM, OTHER));
    world.session.take();
    await world.client.requests.refuse(`invitation:${OTHER}`);
    expect(world.client.requests.list()).toEqual([]);
    expect(world.session.sentStanzas).toEqual([]);
  });
});

describe('configuring (XEP-0045 §10.2)', () => {
  const OWNER = 'http://jabber.org/protocol/muc#owner';
  const form = `<query xmlns='${OWNER}'><x xmlns='jabber:x:data' type='form'><instructions>Fill in</instructions><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roomconfig</value></field><field var='muc#roomconfig_roomname' type='text-single' label='Name'><value>Lobby</value></field><field var='muc#roomconfig_persistentroom' type='boolean' label='Persistent'><value>0</value></field></x></query>`;

  it('the form as a person reads it, and what was filled in as the room wants it', async () => {
    const world = await new World().login();
    world.session.whenAsked('get', 'query', OWNER, form);
    world.session.whenAsked('set', 'query', OWNER, '');
    expect(await world.client.rooms.administration.configuration(ROOM)).toMatchObject({
      instructions: 'Fill in',
      fields: [
        { name: 'muc#roomconfig_roomname', label: 'Name', kind: 'text', value: 'Lobby' },
        { name: 'muc#roomconfig_persistentroom', kind: 'switch', value: '0' },
      ],
    });
    await world.client.rooms.administration.configure(ROOM, { 'muc#roomconfig_persistentroom': '1' });
    const sent = world.session.sentStanzas.at(-1)?.getChild('query', OWNER)?.getChild('x', 'jabber:x:data');
    const values = sent?.getChildren('field').map((field) => [field.attrs.var, field.getChildText('value')]);
    expect(values).toEqual([
      ['FORM_TYPE', 'http://jabber.org/protocol/muc#roomconfig'],
      ['muc#roomconfig_roomname', 'Lobby'],
      ['muc#roomconfig_persistentroom', '1'],
    ]);
  });

  it('a room without a form has nothing to configure', async () => {
    const world = await new World().login();
    world.session.whenAsked('get', 'query', OWNER, `<query xmlns='${OWNER}'/>`);
    expect(await world.client.rooms.administration.configuration(ROOM)).toBeUndefined();
    await expect(world.client.rooms.administration.configure(ROOM, {})).rejects.toMatchObject({
      condition: 'nothing-to-configure',
    });
  });
});
