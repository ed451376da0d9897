import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trustedArchives } from '../../src/chat/client/archives.ts';
import { mentions } from '../../src/chat/mentions.ts';
import { ACCOUNT, JID, memoryStores, past, ROMEO, ROOM, turn, World } from './support.ts';

const SID = 'urn:xmpp:sid:0';
const by = (jid: string, id: string) => `<stanza-id xmlns='${SID}' by='${jid}' id='${id}'/>`;
const delayed = (stamp: string, from = 'example.org') =>
  `<delay xmlns='urn:xmpp:delay' from='${from}' stamp='${stamp}'/>`;
const state = (name: string) => `<${name} xmlns='http://jabber.org/protocol/chatstates'/>`;

describe('messages of contacts', () => {
  it('are kept in the chat of the bare JID and told with the count of unread ones', async () => {
    const world = await new World().login();
    world.says(`${ROMEO}/orchard`, 'hello');
    expect(world.events('message')).toMatchObject([
      {
        chat: ROMEO,
        kind: 'contact',
        from: `${ROMEO}/orchard`,
        body: 'hello',
        direction: 'in',
        source: 'live',
      },
    ]);
    expect(world.events('unread')).toEqual([{ chat: ROMEO, count: 1, mentions: 0 }]);
    expect(world.client.history.read({ chat: ROMEO, limit: 9 })).toHaveLength(1);
  });

  it('have the time that the server said (XEP-0203)', async () => {
    const world = await new World().login();
    world.says(ROMEO, 'late', delayed('2026-01-02T03:04:05Z'));
    expect(world.events('message')[0]?.time).toBe(Date.UTC(2026, 0, 2, 3, 4, 5));
  });

  it('headlines are shown as what they are: texts of their sender (RFC 6121 §5.2.2)', async () => {
    const world = await new World().login();
    world.says('example.org', 'maintenance at noon', '', "type='headline'");
    expect(world.events('message')).toMatchObject([
      { chat: 'example.org', body: 'maintenance at noon', id: '' },
    ]);
  });

  it('an encrypted one names its encryption, with the excuse of its sender as text (XEP-0380)', async () => {
    const world = await new World().login();
    world.says(
      ROMEO,
      'I sent you an OMEMO message',
      "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:omemo:2'/>",
    );
    expect(world.events('message')).toMatchObject([
      { encryption: 'OMEMO 2', body: 'I sent you an OMEMO message' },
    ]);
  });

  it('an encrypted one without any text is a message all the same (XEP-0380 §3)', async () => {
    const world = await new World().login();
    world.receive(
      `<message from='${ROMEO}' to='${JID}' type='chat'><encrypted xmlns='urn:xmpp:omemo:2'/></message>`,
    );
    expect(world.events('message')).toMatchObject([{ encryption: 'OMEMO 2', body: '' }]);
  });

  it('a link without a text has the link as its text (XEP-0066)', async () => {
    const world = await new World().login();
    world.receive(
      `<message from='${ROMEO}' to='${JID}' type='chat'><x xmlns='jabber:x:oob'><url>https://example.org/a</url></x></message>`,
    );
    expect(world.events('message')).toMatchObject([
      { body: 'https://example.org/a', url: 'https://example.org/a' },
    ]);
  });

  it('a body in another namespace is none (RFC 6120 §4.8.3)', async () => {
    const world = await new World().login();
    world.receive(
      `<message from='${ROMEO}' to='${JID}' type='chat'><body xmlns='urn:evil'>x</body></message>`,
    );
    expect(world.events('message')).toEqual([]);
  });

  it('a listener that throws does not undo what was kept', async () => {
    const world = await new World().login();
    world.client.prependListener('message', () => {
      throw new Error('screen');
    });
    expect(() => world.says(ROMEO, 'hello')).toThrow('screen');
    expect(world.client.history.read({ chat: ROMEO, limit: 9 })).toHaveLength(1);
  });

  it('a store that fails is told in one line, however many messages come', async () => {
    const world = await new World().login();
    const { messages } = world.stores;
    const append = messages.append;
    messages.append = () => {
      throw Object.assign(new Error('no space'), { name: 'StorageError', condition: 'full', path: 'x' });
    };
    for (const id of ['a', 'b'])
      expect(() => world.says(ROMEO, 'hello', '', `id='${id}'`)).toThrow('no space');
    messages.append = append;
    expect(world.events('problem')).toEqual([{ condition: 'full', text: 'no space' }]);
    world.says(ROMEO, 'back');
    expect(world.events('message')).toHaveLength(1);
  });
});

describe('duplicates', () => {
  it('the same archive id is the same message, where its giver is trusted (XEP-0359 §6)', async () => {
    const world = await new World({ announces: [SID] }).login();
    world.says(ROMEO, 'hello', by(ACCOUNT, 's1'));
    world.says(ROMEO, 'hello', by(ACCOUNT, 's1') + delayed('2026-01-02T03:04:05Z'));
    expect(world.events('message')).toMatchObject([{ stanzaId: 's1' }]);
  });

  it('an archive id of an entity that announces none hides nothing, and is not kept (XEP-0359 §6)', async () => {
    const world = await new World().login();
    world.says(ROMEO, 'one', by(ACCOUNT, 's1'));
    world.says(ROMEO, 'two', by(ACCOUNT, 's1'));
    expect(world.events('message').map((message) => [message.body, message.stanzaId])).toEqual([
      ['one', undefined],
      ['two', undefined],
    ]);
  });

  it('an archive id by somebody else hides nothing (XEP-0359 §6)', async () => {
    const world = await new World({ announces: [SID] }).login();
    world.says(ROMEO, 'one', by(ROMEO, 's1'));
    world.says(ROMEO, 'two', by(ROMEO, 's1'));
    expect(world.events('message')).toHaveLength(2);
  });

  it('a bare id hides nothing: senders use theirs again (delivery: incoming)', async () => {
    const world = await new World().login();
    world.says(ROMEO, 'hello', '', "type='chat' id='1'");
    world.says(ROMEO, 'hello', '', "type='chat' id='1'");
    expect(world.events('message')).toHaveLength(2);
  });

  it('nor in a room: two lines that come live are two lines', async () => {
    const world = await new World().login();
    await world.enter();
    for (const _ of [1, 2]) world.roomSays('romeo', 'hello', '', '1');
    expect(world.events('message')).toHaveLength(2);
  });

  it('an entity that gives ids no longer is trusted no longer; one that does not answer stays what it was', async () => {
    const features: (string[] | undefined)[] = [[SID], undefined, []];
    const archives = trustedArchives(async () => {
      const answer = features.shift();
      return answer && { identities: [], features: answer, forms: [] };
    });
    const trusted: boolean[] = [];
    for (const _ of [1, 2, 3]) {
      await archives.learn(ROOM);
      trusted.push(archives.has(ROOM));
    }
    expect(trusted).toEqual([true, true, false]);
  });

  it('what gave pages of its archive to an earlier run is trusted until it has answered this one', async () => {
    const none = { identities: [], features: [], forms: [] };
    const archives = trustedArchives(
      async () => none,
      (jid) => jid === ROOM,
    );
    expect([archives.has(ROOM), archives.has(ROMEO)]).toEqual([true, false]);
    await archives.learn(ROOM);
    expect(archives.has(ROOM)).toBe(false);
  });

  it('sender, id, text and stamp together are the same message (delivery: incoming)', async () => {
    const world = await new World().login();
    const copies = [
      ['hello', '2026-01-02T03:04:05Z', ROMEO],
      ['hello', '2026-01-02T03:04:05Z', ROMEO],
      ['hullo', '2026-01-02T03:04:05Z', ROMEO],
      ['hello', '2026-01-02T03:04:06Z', ROMEO],
      ['hello', '2026-01-02T03:04:05Z', `${ROMEO}/orchard`],
    ];
    for (const [body = '', stamp = '', from = ''] of copies) world.says(from, body, delayed(stamp));
    expect(world.events('message')).toHaveLength(4);
  });
});

describe('rooms', () => {
  const iso = (time: number) => new Date(time).toISOString();

  it('messages of rooms not joined are ignored (XEP-0045 §7.4)', async () => {
    const world = await new World().login();
    world.roomSays('romeo', 'psst');
    expect(world.told).toEqual([]);
    expect(world.client.history.read({ limit: 9 })).toEqual([]);
  });

  it('stand in the chat of the room, by nickname', async () => {
    const world = await new World().login();
    await world.enter();
    world.roomSays('romeo', 'hello');
    expect(world.events('message')).toMatchObject([
      { chat: ROOM, kind: 'room', nick: 'romeo', from: `${ROOM}/romeo`, direction: 'in', mention: false },
    ]);
  });

  it('say who is meant: our nickname as a word marks the message', async () => {
    const world = await new World().login();
    await world.enter();
    world.roomSays('romeo', 'Juliet: look');
    expect(world.events('message')[0]?.mention).toBe(true);
    expect(world.events('unread')).toEqual([{ chat: ROOM, count: 1, mentions: 1 }]);
  });

  it('what another device of ours says under our nickname is ours, and not unread', async () => {
    const world = await new World().login();
    await world.enter();
    world.roomSays('juliet', 'from my phone', '', 'phone');
    expect(world.events('message')).toMatchObject([{ direction: 'out', state: 'acked' }]);
    expect(world.events('unread')).toEqual([]);
  });

  it('what another process of ours says there under a nickname of its own is ours, acknowledged, and told here', async () => {
    const world = await new World({ announces: [SID] }).login();
    await world.enter();
    const { row } = world.stores.messages.append(
      past({ chat: ROOM, kind: 'room', from: `${ROOM}/lady`, to: ROOM, id: 'own1', state: 'sent' }),
    );
    world.roomSays('lady', 'hello', by(ROOM, 's1'), 'own1');
    expect(world.events('message')).toMatchObject([{ row, direction: 'out', state: 'acked' }]);
    expect(world.stores.messages.get(row)).toMatchObject({ state: 'acked', stanzaId: 's1' });
    world.roomSays('romeo', 'hello', by(ROOM, 's2'), 'own1');
    expect(world.events('message').slice(1)).toMatchObject([{ nick: 'romeo', direction: 'in' }]);
  });

  it('private messages have a chat of their own, named by the occupant (XEP-0045 §7.5)', async () => {
    const world = await new World().login();
    await world.enter();
    world.says(`${ROOM}/romeo`, 'psst', `<x xmlns='http://jabber.org/protocol/muc#user'/>`);
    expect(world.events('message')).toMatchObject([
      { chat: `${ROOM}/romeo`, kind: 'private', nick: 'romeo', direction: 'in' },
    ]);
    expect(world.client.chats.chatOf(`${ROOM}/romeo`)).toBe(`${ROOM}/romeo`);
  });

  it.each([
    ['with archive ids', SID],
    ['without', 'urn:other'],
  ])('the history at entering again brings nothing twice, %s (XEP-0045 §7.2.14)', async (_, feature) => {
    const world = await new World({ announces: [feature] }).login();
    await world.enter();
    const lines = ['one', 'two'];
    for (const body of lines) world.roomSays('romeo', body, by(ROOM, body), body);
    world.session.drop();
    world.session.renew();
    await turn();
    expect(world.sent('presence').map((stanza) => stanza.attrs.to)).toContain(`${ROOM}/juliet`);
    world.occupant(ROOM, 'juliet', [110]);
    await turn();
    const stamp = iso(Date.now() - 2000);
    for (const body of [...lines, 'three'])
      world.roomSays('romeo', body, by(ROOM, body) + delayed(stamp, ROOM), body);
    expect(world.events('message').map(({ body }) => body)).toEqual(['one', 'two', 'three']);
  });

  it('a line that came before the room said that it gives ids gets its id from the copy', async () => {
    const world = await new World({ announces: [SID] }).login();
    world.session.whenAsked(
      'get',
      'query',
      'http://jabber.org/protocol/disco#info',
      (iq) => {
        world.roomSays('romeo', 'early', by(ROOM, 's1'), 'm1');
        return `<query xmlns='${iq.getChild('query')?.getNS()}'><feature var='${SID}'/></query>`;
      },
      ROOM,
    );
    await world.enter();
    expect(world.events('message')).toMatchObject([{ body: 'early', stanzaId: undefined }]);
    world.roomSays('romeo', 'early', by(ROOM, 's1') + delayed(iso(Date.now()), ROOM), 'm1');
    expect(world.client.history.read({ chat: ROOM, limit: 9 })).toMatchObject([{ stanzaId: 's1' }]);
  });

  it('the same words of another day under the same id are another message', async () => {
    const world = await new World().login();
    await world.enter();
    world.roomSays('romeo', 'hello', '', '1');
    world.roomSays('romeo', 'hello', delayed(iso(Date.now() - 86_400_000), ROOM), '1');
    expect(world.events('message')).toHaveLength(2);
  });

  it('the past of a room that was never seen before is no news; of one that is known it is', async () => {
    const world = await new World().login();
    const history = (body: string) =>
      world.roomSays('romeo', body, delayed(iso(Date.now() - 60_000), ROOM), body);
    const joined = world.client.rooms.join(ROOM, { nick: 'juliet' });
    world.occupant(ROOM, 'juliet', [110]);
    for (const body of ['one', 'two']) history(body);
    await joined;
    await turn();
    const unread = () => world.client.chats.unread().map(({ count }) => count);
    expect(unread()).toEqual([]);
    world.session.drop();
    world.session.renew();
    await turn();
    world.occupant(ROOM, 'juliet', [110]);
    for (const body of ['one', 'two', 'three']) history(body);
    expect(unread()).toEqual([1]);
  });

  it('our own line in the history is the one that we have', async () => {
    const stores = memoryStores();
    const world = await new World({ stores }).login();
    await world.enter();
    const mine = world.client.messages.send(ROOM, 'mine');
    world.roomSays('juliet', 'mine', '', mine.id);
    world.roomSays('juliet', 'mine', delayed(iso(Date.now()), ROOM), mine.id);
    expect(world.client.history.read({ chat: ROOM, limit: 9 })).toHaveLength(1);
  });
});

describe('typing states (XEP-0085)', () => {
  const typing = (from: string, name: string, more = '', attributes = "type='chat'") =>
    `<message from='${from}' to='${JID}' ${attributes}>${state(name)}${more}</message>`;

  it('are told and never stored', async () => {
    const world = await new World().login();
    world.receive(typing(`${ROMEO}/orchard`, 'composing'));
    expect(world.events('typing')).toEqual([
      { chat: ROMEO, from: ROMEO, nick: undefined, state: 'composing' },
    ]);
    expect(world.client.chats.typing(ROMEO)).toEqual([ROMEO]);
    expect(world.client.history.read({ limit: 9 })).toEqual([]);
  });

  it('delayed ones say nothing any more (§5)', async () => {
    const world = await new World().login();
    world.receive(typing(ROMEO, 'composing', delayed('2026-01-02T03:04:05Z')));
    expect(world.events('typing')).toEqual([]);
  });

  it('the message itself ends them', async () => {
    const world = await new World().login();
    world.receive(typing(ROMEO, 'composing'));
    world.says(ROMEO, 'done', state('active'));
    expect(world.client.chats.typing(ROMEO)).toEqual([]);
    expect(world.events('typing').map((event) => event.state)).toEqual(['composing', 'active']);
  });

  it('an old message of the history does not', async () => {
    const world = await new World().login();
    world.receive(typing(ROMEO, 'composing'));
    world.says(ROMEO, 'old', delayed('2026-01-02T03:04:05Z'));
    expect(world.client.chats.typing(ROMEO)).toEqual([ROMEO]);
  });

  it('in a room by nickname, our own not at all', async () => {
    const world = await new World().login();
    await world.enter();
    world.receive(typing(`${ROOM}/romeo`, 'composing', '', "type='groupchat'"));
    world.receive(typing(`${ROOM}/juliet`, 'composing', '', "type='groupchat'"));
    expect(world.client.chats.typing(ROOM)).toEqual(['romeo']);
  });

  it('who leaves the room, or goes offline, types no longer', async () => {
    const world = await new World().login();
    await world.enter();
    world.receive(`<presence from='${ROMEO}/orchard' to='${JID}'/>`);
    world.receive(typing(`${ROOM}/romeo`, 'composing', '', "type='groupchat'"));
    world.receive(typing(`${ROMEO}/orchard`, 'composing'));
    world.occupant(ROOM, 'romeo', [], "type='unavailable'");
    world.receive(`<presence from='${ROMEO}/orchard' to='${JID}' type='unavailable'/>`);
    expect([world.client.chats.typing(ROOM), world.client.chats.typing(ROMEO)]).toEqual([[], []]);
  });

  it('nobody is known to type while the connection is gone', async () => {
    const world = await new World().login();
    world.receive(typing(ROMEO, 'composing'));
    world.session.drop();
    expect(world.client.chats.typing(ROMEO)).toEqual([]);
    expect(world.events('typing').at(-1)).toMatchObject({ chat: ROMEO, state: 'paused' });
  });
});

describe('mentions', () => {
  it.each([
    ['juliet', 'juliet', true],
    ['Juliet, look', 'juliet', true],
    ['hey @juliet!', 'juliet', true],
    ['julieta', 'juliet', false],
    ['a_juliet', 'juliet', false],
    ['xjuliet juliet', 'juliet', true],
    ['𝒳juliet', 'juliet', false],
    ['👋juliet👋', 'juliet', true],
    ['julietе́', 'juliet', false],
    ['ЖУЛЬЕТА!', 'жульета', true],
    ['你好', '你', false],
    ['^_^ hi', '^_^', true],
    ['anything', '', false],
  ])('%j names %j: %s', (text, nick, named) => {
    expect(mentions(text, nick)).toBe(named);
  });

  const word = fc.stringMatching(/^[a-z]{1,8}$/);

  it('finds the nickname between whatever is no letter, and never inside a word', () => {
    const border = fc.stringMatching(/^[^\p{L}\p{M}\p{N}_]{1,3}$/u);
    fc.assert(
      fc.property(word, border, border, (nick, left, right) => {
        expect(mentions(`${left}${nick}${right}`, nick)).toBe(true);
        expect(mentions(`x${nick}`, nick)).toBe(false);
      }),
    );
  });

  it('agrees with a plain splitting into words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), word, (text, nick) => {
        const words = text.toLowerCase().split(/[^\p{L}\p{M}\p{N}_]+/u);
        expect(mentions(text, nick)).toBe(words.includes(nick));
        expect(mentions(`${text} ${nick} ${text}`, nick)).toBe(true);
      }),
    );
  });

  it('takes any two texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, nick) => {
        expect(typeof mentions(text, nick)).toBe('boolean');
      }),
    );
  });

  it('takes time in proportion to the text: 200,000 near hits', () => {
    const started = performance.now();
    expect(mentions('a'.repeat(200_000), 'a')).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
