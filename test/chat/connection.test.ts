import { describe, expect, it, vi } from 'vitest';
import { AuthenticationError, ConnectionError, StreamError, TimeoutError } from '../../src/xmpp/errors.ts';
import { RemoteStreamError } from '../../src/xmpp/session/stream-error.ts';
import type { Element } from '../../src/xmpp/stanza.ts';
import { JID, memoryStores, NS_PING, NS_ROSTER, ROMEO, ROOM, turn, World } from './support.ts';

const item = (jid: string, subscription = 'both') => `<item jid='${jid}' subscription='${subscription}'/>`;
const here = (from: string, more = '') => `<presence from='${from}' to='${JID}'>${more}</presence>`;
const priorityOf = (presence: Element | undefined) => presence?.getChildText('priority') ?? '0';
const own = (world: World) => world.sent('presence').filter((stanza) => stanza.attrs.to === undefined);

describe('levels of being logged in', () => {
  it('`stream` asks for nothing and shows nothing', async () => {
    const world = new World();
    await world.client.online('stream');
    await turn();
    expect(world.session.sentStanzas).toEqual([]);
    expect(world.client.state).toBe('online');
    expect(world.client.jid).toBe(JID);
  });

  it('`background`: the roster, then presence with a priority that takes no messages (RFC 6121 §2.2, §8.5.2.1.1)', async () => {
    const world = new World();
    await world.client.online('background');
    const sent = world.session.take();
    const roster = sent.findIndex((stanza) => stanza.getChild('query', NS_ROSTER));
    const presence = sent.findIndex((stanza) => stanza.getName() === 'presence');
    expect(roster).toBeGreaterThanOrEqual(0);
    expect(presence).toBeGreaterThan(roster);
    expect(priorityOf(sent[presence])).toBe('-1');
  });

  it('`presence`: as a person, and from `background` on without a second roster or burst', async () => {
    const world = await new World().login('background');
    await world.client.online('presence');
    await turn();
    const sent = world.session.take();
    const shown = sent.filter((stanza) => stanza.getName() === 'presence');
    expect(shown.map(priorityOf)).toEqual(['0']);
    expect(sent.some((stanza) => stanza.getChild('query', NS_ROSTER))).toBe(false);
    expect(world.events('contactsOnline')).toEqual([]);
    world.receive(here(`${ROMEO}/orchard`));
    expect(world.events('presence')).toMatchObject([{ initial: false }]);
  });

  it('what stands already is not done again', async () => {
    const world = await new World().login();
    await world.client.online('stream');
    await world.client.online('presence');
    expect(world.session.sentStanzas).toEqual([]);
    expect(world.session.connects).toBe(1);
  });

  it('two who ask at once share one log-in', async () => {
    const world = new World();
    await Promise.all([world.client.online('presence'), world.client.online('stream')]);
    await turn();
    expect(world.session.connects).toBe(1);
    expect(own(world)).toHaveLength(1);
  });

  it('what waits in the outbox goes before anything is asked', async () => {
    const world = new World();
    world.client.messages.send(ROMEO, 'hello');
    await world.client.online('presence');
    expect(world.session.sentStanzas[0]?.getName()).toBe('message');
  });

  it('learns whether archive ids mean something before the presence that makes messages come (XEP-0359 §6)', async () => {
    const world = new World({ announces: ['urn:xmpp:sid:0'] });
    await world.client.online('presence');
    world.says(ROMEO, 'offline', `<stanza-id xmlns='urn:xmpp:sid:0' by='juliet@example.org' id='s1'/>`);
    expect(world.events('message')).toMatchObject([{ stanzaId: 's1' }]);
  });
});

describe('a log-in that fails', () => {
  it('rejects with what the session said, which is the reason of being offline', async () => {
    const world = new World();
    world.session.refusal = new AuthenticationError('not-authorized');
    await expect(world.client.online('presence')).rejects.toBe(world.session.refusal);
    expect(world.client).toMatchObject({ state: 'offline', offlineReason: 'not-authorized' });
    expect(world.events('connection').at(-1)).toMatchObject({
      state: 'offline',
      condition: 'not-authorized',
      final: true,
    });
  });

  it('one that stops half-way is told to who asked, and to nobody else', async () => {
    const world = new World();
    const refusal =
      "<error type='wait'><internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
    world.session.whenAsked('get', 'query', NS_ROSTER, refusal);
    await expect(world.client.online('presence')).rejects.toMatchObject({
      condition: 'internal-server-error',
    });
    await turn();
    expect(world.events('problem')).toEqual([]);
    expect(world.client.offlineReason).toBeUndefined();
  });

  it('can be tried again', async () => {
    const world = new World();
    world.session.refusal = new ConnectionError('refused');
    await expect(world.client.online('stream')).rejects.toThrow();
    world.session.refusal = undefined;
    await world.client.online('stream');
    expect(world.client).toMatchObject({ state: 'online', offlineReason: undefined });
  });

  it('a password that was not given can be given later', async () => {
    let asked = 0;
    const session = async () => {
      if (++asked === 1) throw new Error('cancelled');
      return { jid: 'juliet@example.org', password: 'secret' };
    };
    const { client } = new World({ session });
    await expect(client.online('stream')).rejects.toThrow('cancelled');
    await client.online('stream');
    expect([asked, client.state]).toEqual([2, 'online']);
  });

  it('a client that was closed while the password was asked for does not connect', async () => {
    let give: () => void = () => {};
    const asked = new Promise<void>((resolve) => {
      give = resolve;
    });
    const session = async () => {
      await asked;
      return { jid: 'juliet@example.org', password: 'secret' };
    };
    const world = new World({ session });
    const online = world.client.online('stream');
    await world.client.close();
    give();
    await expect(online).rejects.toMatchObject({ condition: 'offline' });
    expect(world.session.connects).toBe(0);
  });

  it('without a way to its server there is only offline', async () => {
    const { client } = new World({ session: undefined });
    await expect(client.online('stream')).rejects.toMatchObject({ condition: 'offline' });
  });
});

describe('a connection that comes back', () => {
  it('climbs to where the last stream was: roster, presence, rooms', async () => {
    const world = await new World().login();
    await world.enter();
    world.session.take();
    world.session.drop({ reason: new StreamError('system-shutdown') });
    expect(world.client).toMatchObject({ state: 'offline', offlineReason: 'system-shutdown' });
    world.session.renew();
    await turn();
    const sent = world.session.take();
    expect(sent.some((stanza) => stanza.getChild('query', NS_ROSTER))).toBe(true);
    const shown = sent.filter((stanza) => stanza.getName() === 'presence').map((stanza) => stanza.attrs.to);
    expect(shown).toEqual([undefined, `${ROOM}/juliet`]);
    expect(world.client.state).toBe('online');
  });

  it('a background run stays in the background', async () => {
    const world = await new World().login('background');
    world.session.drop();
    world.session.renew();
    await turn();
    expect(own(world).map(priorityOf)).toEqual(['-1']);
  });

  it('one that only wanted a stream asks for nothing', async () => {
    const world = await new World().login('stream');
    world.session.drop();
    world.session.renew();
    await turn();
    expect(world.session.sentStanzas).toEqual([]);
  });

  it('a resumed one repeats nothing (XEP-0198 §5), and asks the rooms whether we are still in (XEP-0410 §4)', async () => {
    const world = await new World().login();
    await world.enter();
    world.session.take();
    world.session.drop({ resumable: true });
    world.session.resume();
    await turn();
    expect(world.session.sentStanzas.map(({ name, attrs }) => [name, attrs.to])).toEqual([
      ['iq', `${ROOM}/juliet`],
    ]);
    expect(world.client.state).toBe('resumed');
    expect(world.client.rooms.get(ROOM)?.joined).toBe(true);
    expect(world.events('contactsOnline')).toEqual([]);
  });

  it('lost again while climbing: the next stream climbs, once', async () => {
    const world = await new World().login();
    world.session.drop();
    world.session.renew();
    world.session.drop();
    world.session.renew();
    await turn();
    expect(own(world)).toHaveLength(1);
    expect(world.events('problem')).toEqual([]);
  });

  it('a roster that cannot be had is told, not thrown at nobody', async () => {
    const world = await new World().login();
    world.session.whenAsked(
      'get',
      'query',
      NS_ROSTER,
      `<error type='wait'><internal-server-error xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`,
    );
    world.session.drop();
    world.session.renew();
    await turn();
    expect(world.events('problem')).toMatchObject([{ condition: 'internal-server-error' }]);
  });

  it('tells when it is tried again, and when never', async () => {
    const world = await new World().login();
    world.session.drop();
    world.session.renew();
    world.session.drop({ final: true, reason: new StreamError('conflict') });
    expect(world.events('connection')).toEqual([
      { state: 'offline', condition: undefined, text: undefined, retryIn: 1000, final: false },
      { state: 'online' },
      { state: 'offline', condition: 'conflict', text: undefined, retryIn: undefined, final: true },
    ]);
    expect([world.client.isOver, world.client.offlineReason]).toEqual([true, 'conflict']);
  });

  it('does not wait for the next attempt where the user does not want to, while one is waited for', async () => {
    const world = await new World().login();
    const now = vi.spyOn(world.session, 'reconnectNow');
    expect(world.client.reconnect()).toBe(false);
    world.session.drop();
    expect(world.client.reconnect()).toBe(true);
    expect(now).toHaveBeenCalledTimes(1);
    world.session.renew();
    expect(world.client.reconnect()).toBe(false);
    world.session.drop({ final: true, reason: new StreamError('conflict') });
    expect(world.client.reconnect()).toBe(false);
    expect(now).toHaveBeenCalledTimes(1);
  });

  it("tells a server's own words, and nothing of what we note of a connection for the debug file", async () => {
    const world = await new World().login();
    world.session.drop({ reason: new ConnectionError('timeout', 'the server is silent') });
    world.session.renew();
    world.session.drop({ reason: new RemoteStreamError('system-shutdown', 'back in an hour') });
    const told = world.events('connection').filter(({ state }) => state === 'offline');
    expect(told.map(({ condition, text }) => [condition, text])).toEqual([
      ['timeout', undefined],
      ['system-shutdown', 'back in an hour'],
    ]);
  });

  it('leaves no listeners behind', async () => {
    const world = await new World({ roster: item(ROMEO) }).login();
    await world.client.contacts.settled();
    const count = () => world.session.eventNames().map((name) => world.session.listenerCount(name));
    vi.useFakeTimers();
    try {
      const before = count();
      for (let i = 0; i < 3; i++) {
        world.session.drop();
        world.session.renew();
        await vi.advanceTimersByTimeAsync(2000);
      }
      expect(count()).toEqual(before);
      // The archive is asked again in a few minutes; what is too old to be kept is looked for in some hours.
      expect(vi.getTimerCount()).toBeLessThanOrEqual(2);
      await world.client.close();
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('who is there after the log-in', () => {
  it('is told once, when everybody awaited has come: a ping behind the presence ends the burst', async () => {
    const world = new World({ roster: item(ROMEO), pong: false });
    await world.client.online('presence');
    world.receive(here(`${ROMEO}/orchard`));
    const ping = world.session.sentStanzas.find((stanza) => stanza.getChild('ping', NS_PING));
    expect(world.events('contactsOnline')).toEqual([]);
    if (ping !== undefined) world.session.answer(ping);
    await world.client.contacts.settled();
    expect(world.events('contactsOnline')).toMatchObject([[{ jid: ROMEO }]]);
    expect(world.events('presence')).toMatchObject([{ jid: ROMEO, show: 'available', initial: true }]);
    world.receive(here(`${ROMEO}/orchard`, '<show>away</show>'));
    expect(world.events('presence').at(-1)).toMatchObject({
      show: 'away',
      initial: false,
      before: { show: 'available' },
    });
    expect(world.events('contactsOnline')).toHaveLength(1);
  });

  it('is told in the order of the list; of the others nothing is read', async () => {
    const jids = ['tybalt', 'romeo', 'nurse', 'benvolio'].map((name) => `${name}@example.org`);
    const [tybalt = '', romeo = '', nurse = ''] = jids;
    const world = new World({ roster: jids.map((jid) => item(jid)).join('') });
    world.stores.messages.unreadChats = () => [{ chat: nurse, kind: 'contact', count: 2, mentions: 0 }];
    const seen = [vi.spyOn(world.stores.roster, 'lastSeen'), vi.spyOn(world.stores.roster, 'lastSeenTimes')];
    await world.client.online('presence');
    world.receive(here(`${romeo}/orchard`, '<show>away</show>'));
    world.receive(here(`${tybalt}/street`));
    world.receive(here(`${nurse}/house`));
    await world.client.contacts.settled();
    const [online] = world.events('contactsOnline');
    expect(seen.map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
    expect(online).toMatchObject([{ jid: nurse, unread: 2 }, { jid: tybalt }, { jid: romeo }]);
    expect(online).toEqual(world.client.contacts.list().slice(0, 3));
  });

  it.each([
    [ROMEO, 250],
    ['romeo@elsewhere.example', 1000],
  ])('waits for %s %d ms at most', async (jid, most) => {
    vi.useFakeTimers();
    try {
      const world = new World({ roster: item(jid) + item('stranger@example.org', 'from') });
      await world.client.online('presence');
      await vi.advanceTimersByTimeAsync(most - 1);
      expect(world.events('contactsOnline')).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect(world.events('contactsOnline')).toEqual([[]]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is not told of a stream that was lost meanwhile, and once of the next', async () => {
    const world = new World({ roster: item(ROMEO), pong: false });
    await world.client.online('presence');
    world.session.drop();
    await turn();
    expect(world.events('contactsOnline')).toEqual([]);
    world.session.whenAsked('get', 'ping', NS_PING, '');
    world.session.renew();
    await turn();
    world.receive(here(`${ROMEO}/orchard`));
    await world.client.contacts.settled();
    expect(world.events('contactsOnline')).toHaveLength(1);
  });
});

describe('closing', () => {
  it('says good-bye first, then ends the session (RFC 6121 §4.5)', async () => {
    const world = await new World().login();
    await world.client.close();
    expect(own(world).map((stanza) => stanza.attrs.type)).toEqual(['unavailable']);
    expect(world.session.closes).toBe(1);
    expect(world.events('connection').at(-1)).toMatchObject({
      state: 'offline',
      final: true,
      condition: undefined,
    });
  });

  it('says nothing where nothing was said', async () => {
    const world = await new World().login('stream');
    await world.client.close();
    expect(own(world)).toEqual([]);
  });

  it('leaves no timer, though a contact is awaited and a message is on its way', async () => {
    vi.useFakeTimers();
    try {
      const world = new World({ roster: item(ROMEO) });
      await world.client.online('presence');
      const { row } = world.client.messages.send(ROMEO, 'hello');
      world.client.chats.setTyping(ROMEO, 'composing');
      world.receive(
        `<message from='${ROMEO}' to='${JID}'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
      );
      const settled = world.client.messages.settled(row, { timeout: 60_000 });
      await world.client.close();
      await settled;
      await vi.advanceTimersByTimeAsync(0);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('a client that was closed stays offline', async () => {
    const world = await new World().login();
    await world.client.logout();
    await expect(world.client.online('stream')).rejects.toMatchObject({ condition: 'offline' });
    expect(world.client.presence).toEqual({ show: 'offline', status: '' });
  });

  it('can be closed twice, and before anything', async () => {
    const world = new World();
    await world.client.close();
    await world.client.close();
    expect(world.session.closes).toBe(0);
  });
});

describe('what is asked of a server that is away', () => {
  it.each([
    ['users.find', (world: World) => world.client.users.find(undefined)],
    ['users.details', (world: World) => world.client.users.details(ROMEO)],
    ['contacts.add', (world: World) => world.client.contacts.add(ROMEO)],
    ['contacts.remove', (world: World) => world.client.contacts.remove(ROMEO)],
    ['contacts.approve', (world: World) => world.client.contacts.approve(ROMEO)],
    ['contacts.block', (world: World) => world.client.contacts.block(ROMEO)],
    ['contacts.blocked', (world: World) => world.client.contacts.blocked()],
    ['setPresence', (world: World) => world.client.setPresence('away', '')],
    ['rooms.join', (world: World) => world.client.rooms.join(ROOM)],
    ['rooms.setSubject', (world: World) => world.client.rooms.setSubject(ROOM, 'x')],
    ['rooms.setNick', (world: World) => world.client.rooms.setNick(ROOM, 'x')],
    ['rooms.invite', (world: World) => world.client.rooms.invite(ROOM, ROMEO, undefined)],
    [
      'rooms.administration.configuration',
      (world: World) => world.client.rooms.administration.configuration(ROOM),
    ],
    ['rooms.browse', (world: World) => world.client.rooms.browse()],
    ['files.send', (world: World) => world.client.files.send('x', ROMEO)],
    ['changePassword', (world: World) => world.client.changePassword('x')],
    ['deleteAccount', (world: World) => world.client.deleteAccount({ wipe: true })],
  ])('%s rejects with `offline`, and does not throw', async (_, ask) => {
    const result = ask(new World({ stores: memoryStores() }));
    await expect(result).rejects.toMatchObject({ condition: 'offline' });
  });

  it('a question that gets no answer says so', async () => {
    const world = await new World().login();
    world.session.request = () => Promise.reject(new TimeoutError());
    await expect(world.client.contacts.add(ROMEO)).rejects.toBeInstanceOf(TimeoutError);
  });
});

it('remembers the account that worked, and its mechanism', async () => {
  const world = await new World().login('stream');
  world.session.emit('authenticated', { mechanism: 'SCRAM-SHA-256' });
  expect(world.stores.accounts.account('juliet@example.org')).toEqual({
    account: 'juliet@example.org',
    mechanism: 'SCRAM-SHA-256',
    resource: 'balcony',
  });
});
