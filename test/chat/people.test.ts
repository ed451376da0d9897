import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  ACCOUNT,
  error,
  JID,
  memoryStores,
  NS_INFO,
  NS_PING,
  NS_ROSTER,
  ROMEO,
  ROOM,
  turn,
  World,
} from './support.ts';

const item = (jid: string, subscription = 'both', more = '') =>
  `<item jid='${jid}' subscription='${subscription}' ${more}/>`;
const presence = (from: string, type = '', more = '') =>
  `<presence from='${from}' to='${JID}' ${type && `type='${type}'`}>${more}</presence>`;
const push = (content: string, from = ACCOUNT) =>
  `<iq type='set' id='p1' from='${from}'><query xmlns='${NS_ROSTER}' ver='2'>${content}</query></iq>`;

afterEach(() => {
  vi.useRealTimers();
});

describe('contacts', () => {
  const kept = {
    name: 'Romeo',
    groups: ['Friends'],
    subscription: 'both',
    ask: false,
    approved: false,
  } as const;

  it('are those of the last time before there is a connection', () => {
    const stores = memoryStores();
    stores.roster.replace(ACCOUNT, '1', [{ jid: ROMEO, ...kept }]);
    stores.roster.setLastSeen(ACCOUNT, ROMEO, 1234);
    const { client } = new World({ stores });
    expect(client.contacts.list()).toEqual([
      {
        jid: ROMEO,
        name: 'Romeo',
        groups: ['Friends'],
        subscription: 'both',
        ask: false,
        resources: [],
        lastSeen: 1234,
        unread: 0,
      },
    ]);
    expect(client.contacts.get('nobody@example.org')).toBeUndefined();
  });

  it('the copy that still holds stays (RFC 6121 §2.6.3)', async () => {
    const stores = memoryStores();
    stores.roster.replace(ACCOUNT, '1', [{ jid: ROMEO, ...kept }]);
    const world = new World({ stores });
    world.session.streamFeatures.add('urn:xmpp:features:rosterver ver');
    world.session.whenAsked('get', 'query', NS_ROSTER, '');
    await world.client.online('background');
    const asked = world.session.sentStanzas.find((stanza) => stanza.getChild('query', NS_ROSTER));
    expect(asked?.getChild('query', NS_ROSTER)?.attrs.ver).toBe('1');
    expect(world.client.contacts.get(ROMEO)).toMatchObject({ name: 'Romeo' });
  });

  it('the next stream asks behind the last push, with the list as that left it (RFC 6121 §2.6.3)', async () => {
    const world = new World({ roster: item(ROMEO) });
    world.session.streamFeatures.add('urn:xmpp:features:rosterver ver');
    await world.login();
    await world.session.ask(push(item('nurse@example.org', 'to')));
    // Another process with the same data is further: what is known here is not of that version.
    world.stores.roster.replace(ACCOUNT, '9', []);
    world.session.whenAsked('get', 'query', NS_ROSTER, '');
    world.session.drop();
    world.session.take();
    world.session.renew();
    await turn();
    const asked = world.sent('iq').find((stanza) => stanza.getChild('query', NS_ROSTER));
    expect(asked?.getChild('query', NS_ROSTER)?.attrs.ver).toBe('2');
    expect(world.client.contacts.list().map(({ jid }) => jid)).toEqual(['nurse@example.org', ROMEO]);
  });

  it('a new list replaces the copy', async () => {
    const stores = memoryStores();
    stores.roster.replace(ACCOUNT, '1', [{ jid: 'gone@example.org', ...kept }]);
    const world = await new World({ stores, roster: item(ROMEO) }).login();
    expect(world.client.contacts.list().map(({ jid }) => jid)).toEqual([ROMEO]);
    expect(stores.roster.items(ACCOUNT).map(({ jid }) => jid)).toEqual([ROMEO]);
  });

  it('pushes change, add and remove them, here and in the copy (RFC 6121 §2.1.6)', async () => {
    const world = await new World({ roster: item(ROMEO) }).login();
    await world.session.ask(push(item('nurse@example.org', 'to')));
    expect(world.events('contact')).toMatchObject([{ jid: 'nurse@example.org', subscription: 'to' }]);
    await world.session.ask(push(item(ROMEO, 'remove')));
    expect(world.events('contactRemoved')).toEqual([{ jid: ROMEO }]);
    expect(world.stores.roster.items(ACCOUNT).map(({ jid }) => jid)).toEqual(['nurse@example.org']);
    expect(world.stores.roster.version(ACCOUNT)).toBe('2');
  });

  it('forged pushes do not reach them (RFC 6121 §2.1.6)', async () => {
    const world = await new World({ roster: item(ROMEO) }).login();
    const answer = await world.session.ask(push(item('iago@example.org'), 'iago@example.org/x'));
    expect(answer.attrs.type).toBe('error');
    expect(world.told).toEqual([]);
    expect(world.client.contacts.list().map(({ jid }) => jid)).toEqual([ROMEO]);
    expect(world.stores.roster.items(ACCOUNT)).toHaveLength(1);
  });

  it('who is there comes first, then by name', async () => {
    const roster =
      item('c@example.org', 'both', "name='Anna'") +
      item('b@example.org') +
      item('a@example.org') +
      item('d@example.org');
    const world = await new World({ roster }).login();
    world.receive(presence('d@example.org/x', '', '<show>away</show>'));
    world.receive(presence('b@example.org/x'));
    expect(world.client.contacts.list().map(({ jid }) => jid[0])).toEqual(['b', 'd', 'a', 'c']);
  });

  it('when they went is kept for the next run, by the server where it says so (XEP-0203)', async () => {
    const stores = memoryStores();
    const world = await new World({ stores, roster: item(ROMEO) }).login();
    world.receive(presence(`${ROMEO}/orchard`));
    expect(world.client.contacts.get(ROMEO)).toMatchObject({
      lastSeen: undefined,
      resources: [{ resource: 'orchard' }],
    });
    const stamp = "<delay xmlns='urn:xmpp:delay' stamp='2026-01-02T03:04:05Z'/>";
    world.receive(presence(`${ROMEO}/orchard`, 'unavailable', stamp));
    expect(world.client.contacts.get(ROMEO)).toMatchObject({
      lastSeen: Date.UTC(2026, 0, 2, 3, 4, 5),
      resources: [],
    });
    expect(new World({ stores }).client.contacts.get(ROMEO)?.lastSeen).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
    const listed = new World({ stores }).client.contacts.list();
    expect(listed).toMatchObject([{ jid: ROMEO, lastSeen: Date.UTC(2026, 0, 2, 3, 4, 5) }]);
  });

  it('the list asks the store once when all were seen, however many they are', async () => {
    const names = Array.from({ length: 20 }, (_, n) => `c${n}@example.org`);
    const world = await new World({ roster: names.map((jid) => item(jid)).join('') }).login();
    const { roster } = world.stores;
    for (const [n, jid] of names.entries()) roster.setLastSeen(ACCOUNT, jid, 1000 + n);
    const asked = [vi.spyOn(roster, 'lastSeen'), vi.spyOn(roster, 'lastSeenTimes')];
    const seen = world.client.contacts.list().map(({ jid, lastSeen }) => [jid, lastSeen]);
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(names.map((jid, n) => [jid, 1000 + n])));
    expect(asked.map(({ mock }) => mock.calls.length)).toEqual([0, 1]);
  });

  it('a presence that says what was known already is no news', async () => {
    const world = await new World({ roster: item(ROMEO) }).login();
    world.receive(presence(`${ROMEO}/orchard`, '', '<status>hi</status>'));
    world.receive(presence(`${ROMEO}/orchard`, '', '<status>hi</status><priority>5</priority>'));
    expect(world.events('presence')).toHaveLength(1);
  });

  it('are counted without looking at what is kept of them: a menu asks at each presence', async () => {
    const roster = `<item jid='${ROMEO}' subscription='both'/><item jid='nurse@example.org' subscription='both'/>`;
    const world = await new World({ roster }).login();
    world.receive(`<presence from='${ROMEO}/a'/>`);
    const looked = [
      vi.spyOn(world.stores.messages, 'unreadChats'),
      vi.spyOn(world.stores.messages, 'unread'),
      vi.spyOn(world.stores.roster, 'lastSeenTimes'),
    ];
    expect(world.client.contacts.countOnline()).toBe(1);
    for (const each of looked) expect(each).not.toHaveBeenCalled();
  });

  it('strangers who show themselves leave nothing in the store', async () => {
    const world = await new World().login();
    world.receive(presence('iago@example.org/x'));
    world.receive(presence('iago@example.org/x', 'unavailable'));
    expect(world.stores.roster.lastSeen(ACCOUNT, 'iago@example.org')).toBeUndefined();
  });

  it('show how much of theirs is unread', async () => {
    const world = await new World({ roster: item(ROMEO) }).login();
    world.says(ROMEO, 'one');
    world.says(ROMEO, 'two');
    expect([world.client.contacts.get(ROMEO)?.unread, world.client.contacts.list()[0]?.unread]).toEqual([
      2, 2,
    ]);
    world.client.chats.markRead(ROMEO);
    expect(world.client.contacts.list()[0]?.unread).toBe(0);
    expect(world.events('unread').map(({ count }) => count)).toEqual([1, 2, 0]);
  });

  it('5,000 of them are awaited without asking the store for each presence', async () => {
    const jids = Array.from({ length: 5000 }, (_, i) => `c${i}@example.org`);
    const world = new World({ roster: jids.map((jid) => item(jid)).join('') });
    await world.client.online('presence');
    await turn();
    let asked = 0;
    const unread = world.stores.messages.unread;
    world.stores.messages.unread = (...of) => {
      asked++;
      return unread(...of);
    };
    for (const jid of jids) world.receive(presence(`${jid}/x`));
    await world.client.contacts.settled();
    expect(world.events('contactsOnline')[0]).toHaveLength(5000);
    expect(asked).toBe(0);
  });
});

describe('adding and removing', () => {
  it('puts them on the roster and asks, with name, groups and greeting; then waits for the server (RFC 6121 §3.1.2)', async () => {
    const world = await new World().login();
    await world.client.contacts.add(ROMEO, { name: 'R', groups: ['Friends'], greeting: 'It is me' });
    const sent = world.session.take();
    expect(sent.map((stanza) => stanza.getName())).toEqual(['iq', 'presence', 'iq']);
    const added = sent[0]?.getChild('query', NS_ROSTER)?.getChild('item');
    expect(added?.attrs).toMatchObject({ jid: ROMEO, name: 'R' });
    expect(added?.getChildText('group')).toBe('Friends');
    expect(sent[1]?.attrs).toMatchObject({ to: ROMEO, type: 'subscribe' });
    expect(sent[1]?.getChildText('status')).toBe('It is me');
    expect(sent[2]?.getChild('ping', NS_PING)).toBeDefined();
  });

  it('keeps name and groups of a contact that has some (RFC 6121 §2.4: a set replaces them)', async () => {
    const roster = `<item jid='${ROMEO}' subscription='none' name='Romeo'><group>Friends</group></item>`;
    const world = await new World({ roster }).login();
    await world.client.contacts.add(ROMEO);
    const set = world.session.take()[0]?.getChild('query', NS_ROSTER)?.getChild('item');
    expect([set?.attrs.name, set?.getChildText('group')]).toEqual(['Romeo', 'Friends']);
  });

  it.each([
    ['none', 'asked'],
    ['from', 'asked'],
    ['to', 'already'],
    ['both', 'already'],
  ])('a contact with the subscription %s: %s (RFC 6121 §3.1.2)', async (subscription, done) => {
    const world = await new World({ roster: item(ROMEO, subscription) }).login();
    await expect(world.client.contacts.add(ROMEO)).resolves.toBe(done);
  });

  it('what an earlier run has kept of the roster is read again before anybody is said to be a contact', async () => {
    const stores = memoryStores();
    await new World({ stores, roster: item(ROMEO, 'both') }).login();
    const world = await new World({ stores, roster: item(ROMEO, 'none') }).login('stream');
    await expect(world.client.contacts.add(ROMEO)).resolves.toBe('asked');
  });

  it('we are no contact of our own', async () => {
    const world = await new World().login();
    await expect(world.client.contacts.add(ACCOUNT)).rejects.toMatchObject({ condition: 'own-jid' });
    expect(world.session.sentStanzas).toEqual([]);
  });

  it('a connection that breaks before the server has read it is no success', async () => {
    const world = await new World({ pong: false }).login('stream');
    const added = world.client.contacts.add(ROMEO);
    const outcome = expect(added).rejects.toMatchObject({ condition: 'disconnected' });
    await turn();
    world.session.drop();
    await outcome;
  });

  it('a request that could not be delivered is told (RFC 6121 §3.1.3)', async () => {
    const world = await new World({ roster: item(ROMEO, 'none', "ask='subscribe'") }).login();
    world.receive(presence(ROMEO, 'error', error('remote-server-not-found')));
    expect(world.events('problem')).toEqual([{ condition: 'remote-server-not-found', text: '', jid: ROMEO }]);
  });

  it('the answers are told: approved, declined, taken back (RFC 6121 §3.1.6, §3.2.3)', async () => {
    const roster =
      item(ROMEO, 'none', "ask='subscribe'") +
      item('a@example.org', 'none', "ask='subscribe'") +
      item('b@example.org', 'to');
    const world = await new World({ roster }).login();
    world.receive(presence(ROMEO, 'subscribed'));
    world.receive(presence('a@example.org', 'unsubscribed'));
    world.receive(presence('b@example.org', 'unsubscribed'));
    world.receive(presence('iago@example.org', 'subscribed'));
    expect(world.events('subscription')).toEqual([
      { jid: ROMEO, kind: 'approved' },
      { jid: 'a@example.org', kind: 'declined' },
      { jid: 'b@example.org', kind: 'removed' },
    ]);
  });

  it('removes with both subscriptions (RFC 6121 §2.5)', async () => {
    const world = await new World({ roster: item(ROMEO) }).login();
    await world.client.contacts.remove(ROMEO);
    const set = world.session.take()[0]?.getChild('query', NS_ROSTER)?.getChild('item');
    expect(set?.attrs).toEqual({ jid: ROMEO, subscription: 'remove' });
  });
});

describe('subscription requests', () => {
  const asks = (from: string) =>
    presence(
      from,
      'subscribe',
      "<status>let me in</status><nick xmlns='http://jabber.org/protocol/nick'>Rom</nick>",
    );

  it('wait for an answer, opened once however often they come; nobody is approved unasked (RFC 6121 §3.1.3)', async () => {
    const world = await new World().login();
    world.receive(asks(ROMEO));
    world.receive(asks(`${ROMEO}/orchard`));
    expect(world.events('request')).toMatchObject([
      { kind: 'subscription', id: `subscription:${ROMEO}`, from: ROMEO, text: 'let me in', nick: 'Rom' },
    ]);
    expect(world.client.requests.list()).toHaveLength(1);
    expect(world.session.sentStanzas).toEqual([]);
  });

  it('approve answers and closes', async () => {
    const world = await new World().login();
    world.receive(asks(ROMEO));
    await world.client.requests.accept(`subscription:${ROMEO}`);
    expect(world.sent('presence').map((stanza) => stanza.attrs)).toMatchObject([
      { to: ROMEO, type: 'subscribed' },
    ]);
    expect(world.client.requests.list()).toEqual([]);
    expect(world.events('requestClosed')).toHaveLength(1);
  });

  it('decline answers and closes', async () => {
    const world = await new World().login();
    world.receive(asks(ROMEO));
    await world.client.requests.refuse(`subscription:${ROMEO}`);
    expect(world.sent('presence').map((stanza) => stanza.attrs)).toMatchObject([
      { to: ROMEO, type: 'unsubscribed' },
    ]);
    expect(world.client.requests.list()).toEqual([]);
  });

  describe('where nobody asked', () => {
    /** What the server pushes when it hears our answer. */
    async function answered(level: 'stream' | 'presence', say: 'approve' | 'decline', pushed: string) {
      const world = await new World().login(level);
      world.session.on('sent', (stanza) => {
        if (stanza.getName() === 'presence' && pushed !== '') void world.session.ask(push(pushed));
      });
      return world.client.contacts[say](ROMEO).catch(({ condition }: { condition: string }) => condition);
    }

    it.each([
      ['had, as the server knows', item(ROMEO, 'from'), 'approved'],
      [
        'may, as soon as they do (RFC 6121 §3.4)',
        `<item jid='${ROMEO}' subscription='none' approved='true'/>`,
        'in-advance',
      ],
      ['has not', '', 'nobody-asked'],
    ])('an approval says whether somebody %s', async (_, pushed, outcome) => {
      expect(await answered('stream', 'approve', pushed)).toBe(outcome);
    });

    it('a refusal says that it is none where requests would have come, else that nobody knows', async () => {
      expect(await answered('presence', 'decline', '')).toBe('nobody-asked');
      expect(await answered('stream', 'decline', '')).toBe('unknown');
    });

    it('a refusal takes back what was approved (RFC 6121 §3.2)', async () => {
      const world = await new World({ roster: item(ROMEO, 'from') }).login('stream');
      expect(await world.client.contacts.decline(ROMEO)).toBe('declined');
      expect(world.sent('presence').map(({ attrs }) => attrs.type)).toEqual(['unsubscribed']);
    });
  });

  it('withdrawn, or answered on another device, they close', async () => {
    const world = await new World().login();
    world.receive(asks(ROMEO));
    world.receive(presence(ROMEO, 'unsubscribe'));
    world.receive(asks('nurse@example.org'));
    await world.session.ask(push(item('nurse@example.org', 'from')));
    expect(world.events('requestClosed').map(({ from }) => from)).toEqual([ROMEO, 'nurse@example.org']);
  });

  it('all are approved where the user set it so', async () => {
    const world = await new World({ overrides: { 'auto-approve': 'on' } }).login();
    world.receive(asks(ROMEO));
    expect(world.sent('presence').map((stanza) => stanza.attrs.type)).toEqual(['subscribed']);
    expect(world.events('request')).toEqual([]);
  });

  it('whoever sees us already is approved again, silently', async () => {
    const world = await new World({ roster: item(ROMEO, 'from') }).login();
    world.receive(asks(ROMEO));
    expect(world.sent('presence').map((stanza) => stanza.attrs.type)).toEqual(['subscribed']);
    expect(world.events('request')).toEqual([]);
  });

  it('one that is none', async () => {
    const world = await new World().login();
    await expect(world.client.requests.accept('subscription:x')).rejects.toMatchObject({
      condition: 'no-such-request',
    });
    await expect(world.client.requests.refuse('subscription:x')).rejects.toMatchObject({
      condition: 'no-such-request',
    });
  });
});

describe('own presence', () => {
  it('reaches contacts and every joined room (RFC 6121 §4.4, XEP-0045 §7.7)', async () => {
    const world = await new World().login();
    await world.enter();
    world.session.take();
    await world.client.setPresence('away', 'tea');
    const sent = world.session.take().filter((stanza) => stanza.getName() === 'presence');
    expect(sent.map((stanza) => stanza.attrs.to)).toEqual([undefined, `${ROOM}/juliet`]);
    for (const stanza of sent)
      expect([stanza.getChildText('show'), stanza.getChildText('status')]).toEqual(['away', 'tea']);
    expect(world.client.presence).toEqual({ show: 'away', status: 'tea' });
  });

  it('the one of the last time is taken up again, in rooms too', async () => {
    const stores = memoryStores();
    stores.rooms.keep(ACCOUNT, { room: ROOM, nick: 'juliet', autojoin: true });
    new World({ stores }).client.savePresence('dnd', 'writing');
    const world = new World({ stores });
    await world.client.online('presence');
    await turn();
    const shows = world.sent('presence').map((stanza) => [stanza.attrs.to, stanza.getChildText('show')]);
    expect(shows).toEqual([
      [undefined, 'dnd'],
      [`${ROOM}/juliet`, 'dnd'],
    ]);
  });

  it('unless the user does not want that', async () => {
    const stores = memoryStores();
    const first = new World({ stores });
    first.client.savePresence('dnd', 'writing');
    first.client.settings.set('restore-presence', 'off');
    const world = new World({ stores });
    await world.client.online('presence');
    expect(world.client.presence).toEqual({ show: 'available', status: '' });
  });

  it('while offline it is kept for the reconnection', async () => {
    const world = await new World().login();
    world.session.drop();
    await expect(world.client.setPresence('xa', '')).rejects.toMatchObject({ condition: 'offline' });
    world.session.renew();
    await turn();
    expect(world.sent('presence').map((stanza) => stanza.getChildText('show'))).toEqual(['xa']);
  });

  it('a background run stays out of the way', async () => {
    const world = await new World().login('background');
    await world.client.setPresence('away', '');
    expect(world.sent('presence')[0]?.getChildText('priority')).toBe('-1');
  });

  it('what was stored by somebody else is no show', async () => {
    const stores = memoryStores();
    stores.settings.set(ACCOUNT, 'presence-show', 'offline');
    const { client } = await new World({ stores }).login();
    expect(client.presence.show).toBe('available');
  });
});

describe('blocking (XEP-0191)', () => {
  it('blocks, takes their request away, lists and unblocks', async () => {
    const world = await new World({ announces: ['urn:xmpp:blocking'] }).login();
    world.session.whenAsked('set', 'block', 'urn:xmpp:blocking', '');
    world.session.whenAsked('set', 'unblock', 'urn:xmpp:blocking', '');
    world.session.whenAsked(
      'get',
      'blocklist',
      'urn:xmpp:blocking',
      `<blocklist xmlns='urn:xmpp:blocking'><item jid='iago@example.org'/></blocklist>`,
    );
    world.receive(presence('iago@example.org', 'subscribe'));
    await world.client.contacts.block('iago@example.org');
    expect(world.client.requests.list()).toEqual([]);
    expect(await world.client.contacts.blocked()).toEqual(['iago@example.org']);
    await world.client.contacts.unblock('iago@example.org');
    expect(world.session.sentStanzas.at(-1)?.getChild('unblock', 'urn:xmpp:blocking')).toBeDefined();
  });

  it('the own server, and oneself, are not blocked: nothing would come any more (XEP-0191 §5)', async () => {
    const world = await new World({ announces: ['urn:xmpp:blocking'] }).login();
    const { contacts } = world.client;
    await expect(contacts.block('example.org')).rejects.toMatchObject({ condition: 'own-server' });
    await expect(contacts.block(ACCOUNT)).rejects.toMatchObject({ condition: 'own-jid' });
    expect(world.sent('iq')).toEqual([]);
  });
});

describe('details of a JID', () => {
  const VERSION = 'jabber:iq:version';
  const LAST = 'jabber:iq:last';
  const refused = error('service-unavailable');

  it('everything that answers, from the roster, each resource and the vCard', async () => {
    const world = await new World({ roster: item(ROMEO, 'both', "name='Romeo'") }).login();
    await world.enter();
    world.receive(
      `<presence from='${ROOM}/rom' to='${JID}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant' jid='${ROMEO}/orchard'/></x></presence>`,
    );
    world.receive(
      presence(`${ROMEO}/orchard`, '', '<show>away</show><status>tea</status><priority>3</priority>'),
    );
    world.session.whenAsked(
      'get',
      'vCard',
      'vcard-temp',
      "<vCard xmlns='vcard-temp'><FN>Romeo Montague</FN></vCard>",
    );
    world.session.whenAsked(
      'get',
      'query',
      VERSION,
      `<query xmlns='${VERSION}'><name>Psi</name><version>1.5</version></query>`,
    );
    world.session.whenAsked('get', 'query', LAST, `<query xmlns='${LAST}' seconds='60'/>`);
    world.session.whenAsked(
      'get',
      'time',
      'urn:xmpp:time',
      "<time xmlns='urn:xmpp:time'><tzo>+02:00</tzo><utc>2026-01-02T03:04:05Z</utc></time>",
    );
    const details = await world.client.users.details(ROMEO);
    expect(details).toMatchObject({
      jid: ROMEO,
      name: 'Romeo',
      subscription: 'both',
      vcard: { fullName: 'Romeo Montague' },
      resources: [
        {
          resource: 'orchard',
          show: 'away',
          status: 'tea',
          priority: 3,
          client: 'Psi 1.5',
          time: expect.stringContaining('+02:00'),
          idleSeconds: 60,
        },
      ],
      sharedRooms: [{ room: ROOM, nick: 'rom' }],
      failure: undefined,
    });
  });

  it('who is offline was there so long ago (XEP-0012 §4)', async () => {
    const world = await new World({ roster: item(ROMEO) }).login();
    world.session.whenAsked('get', 'vCard', 'vcard-temp', refused);
    world.session.whenAsked('get', 'query', LAST, `<query xmlns='${LAST}' seconds='3600'/>`);
    const details = await world.client.users.details(ROMEO);
    expect(Math.abs((details.lastSeen ?? 0) - (Date.now() - 3_600_000))).toBeLessThan(5000);
    expect(details.failure).toBeUndefined();
  });

  it('a stranger whom the server does not know: its word for that', async () => {
    const world = await new World().login();
    world.session.whenAsked('get', 'vCard', 'vcard-temp', error('item-not-found'));
    world.session.whenAsked('get', 'query', LAST, refused);
    expect(await world.client.users.details('nobody@example.org')).toMatchObject({
      failure: 'item-not-found',
      resources: [],
    });
  });
});

describe('people on the server', () => {
  it('finds contacts by a text whom the directory does not know, too, and lists none beside all of it', async () => {
    const roster = item(ROMEO, 'both', "name='Romeo'") + item('nurse@example.org');
    const world = await new World({ roster }).login();
    const [INFO, SEARCH] = ['http://jabber.org/protocol/disco#info', 'jabber:iq:search'];
    const service = 'vjud.example.org';
    world.session.whenAsked(
      'get',
      'query',
      'http://jabber.org/protocol/disco#items',
      `<query xmlns='http://jabber.org/protocol/disco#items'><item jid='${service}'/></query>`,
    );
    world.session.whenAsked(
      'get',
      'query',
      INFO,
      `<query xmlns='${INFO}'><identity category='directory' type='user'/><feature var='${SEARCH}'/></query>`,
      service,
    );
    world.session.whenAsked('get', 'query', SEARCH, `<query xmlns='${SEARCH}'><nick/></query>`, service);
    const row = "<item jid='rosaline@example.org'><nick>Ros</nick></item>";
    world.session.whenAsked('set', 'query', SEARCH, `<query xmlns='${SEARCH}'>${row}</query>`, service);
    const found = await world.client.users.find('rom');
    expect(found.complete).toBe('directory');
    expect(found.users.map(({ jid, from }) => [jid, from])).toEqual([
      ['rosaline@example.org', 'directory'],
      [ROMEO, 'roster'],
    ]);
    const all = await world.client.users.find(undefined);
    expect([all.complete, all.users.map(({ jid }) => jid)]).toEqual(['directory', ['rosaline@example.org']]);
  });

  it('without a directory: who is known from the roster and from rooms, by the text (XEP-0055)', async () => {
    const world = await new World({
      roster: item(ROMEO, 'both', "name='Romeo'") + item('nurse@example.org'),
    }).login();
    world.session.whenAsked(
      'get',
      'query',
      'http://jabber.org/protocol/disco#items',
      "<query xmlns='http://jabber.org/protocol/disco#items'/>",
    );
    await world.enter();
    world.receive(
      `<presence from='${ROOM}/rosa' to='${JID}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant' jid='rosaline@example.org/x'/></x></presence>`,
    );
    // Our own presence says who we are: whom one is oneself one has not met.
    world.receive(
      `<presence from='${ROOM}/juliet' to='${JID}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='owner' role='moderator' jid='${JID}'/><status code='110'/></x></presence>`,
    );
    const found = await world.client.users.find('RO');
    expect(found).toEqual({
      domain: 'example.org',
      complete: 'no-directory',
      users: [
        { jid: 'rosaline@example.org', name: `rosa (${ROOM})`, from: 'room' },
        { jid: ROMEO, name: 'Romeo', from: 'roster' },
      ],
    });
    expect((await world.client.users.find(undefined)).users).toHaveLength(3);
  });
});

it('names the client of a resource by its verified capabilities (XEP-0115 §5.4)', async () => {
  const world = await new World({ roster: item(ROMEO) }).login();
  // The example of §5.2.
  const ver = 'QgayPKawpkPSDYmwT/WM94uAlu0=';
  world.session.whenAsked(
    'get',
    'query',
    NS_INFO,
    (iq) =>
      `<query xmlns='${NS_INFO}' node='${iq.getChild('query', NS_INFO)?.attrs.node}'><identity category='client' name='Exodus 0.9.1' type='pc'/>` +
      [
        'http://jabber.org/protocol/caps',
        NS_INFO,
        'http://jabber.org/protocol/disco#items',
        'http://jabber.org/protocol/muc',
      ]
        .map((name) => `<feature var='${name}'/>`)
        .join('') +
      '</query>',
    `${ROMEO}/orchard`,
  );
  world.receive(
    presence(
      `${ROMEO}/orchard`,
      '',
      `<c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='http://code.google.com/p/exodus' ver='${ver}'/>`,
    ),
  );
  expect(world.client.contacts.get(ROMEO)?.resources[0]?.client).toBeUndefined();
  world.client.chats.setTyping(ROMEO, 'composing');
  await turn();
  expect(world.client.contacts.get(ROMEO)?.resources[0]?.client).toBe('Exodus 0.9.1');
});
