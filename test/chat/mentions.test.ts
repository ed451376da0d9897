import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namedIn, speaksToUs } from '../../src/chat/mentions.ts';
import type { Mention } from '../../src/xmpp/mentions.ts';
import { arrivals, inRoom, NICK } from './arrivals.ts';
import { ACCOUNT, JID, ROOM, turn, World } from './support.ts';

describe('who is named', () => {
  it.each([
    ['bob: hi', ['bob'], [['bob', 0, 3]]],
    ['👋 bob', ['bob'], [['bob', 2, 5]]],
    ['Bob hi', ['bob'], []],
    ['bobby', ['bob'], []],
    [
      'Ann Lee and Ann',
      ['Ann', 'Ann Lee'],
      [
        ['Ann Lee', 0, 7],
        ['Ann', 12, 15],
      ],
    ],
    ['bob bob', ['bob'], [['bob', 0, 3]]],
    ['bob', [''], []],
  ])('in %j of %j', (text, nicks, named) => {
    const found = namedIn(text, nicks).map(({ nick, range: { start, end } }) => [nick, start, end]);
    expect(found).toEqual(named);
  });

  it('stands where it is said to stand, in code points, each once and never over another', () => {
    const text = fc.string({ unit: fc.constantFrom('👋', 'é', 'a', 'b', ' ', ',') });
    const names = fc.uniqueArray(fc.stringMatching(/^[ab ]{1,3}$/), { maxLength: 4 });
    fc.assert(
      fc.property(text, names, (said, nicks) => {
        let last = 0;
        for (const { nick, range } of namedIn(said, nicks)) {
          expect([...said].slice(range.start, range.end).join('')).toBe(nick);
          expect(range.start).toBeGreaterThanOrEqual(last);
          last = range.end;
        }
      }),
    );
  });

  it('names at most 16 by reference', () => {
    const nicks = Array.from({ length: 30 }, (_, at) => `n${at}`);
    expect(namedIn(nicks.join(' '), nicks)).toHaveLength(16);
  });
});

describe('a mention by reference counts as one for attention', () => {
  const self = speaksToUs({ account: ACCOUNT, nick: () => NICK, occupantId: () => 'o1' });

  it.each<[Mention, boolean]>([
    [{ jid: ACCOUNT }, true],
    [{ jid: `${ROOM}/${NICK}` }, true],
    [{ occupantId: 'o1' }, true],
    [{ jid: JID }, false],
    [{ jid: `other@conference.example.org/${NICK}` }, false],
    [{ jid: 'romeo@example.org' }, false],
    [{ occupantId: 'o2' }, false],
    [{}, false],
  ])('%j: %s (XEP-0372, XEP-0513 §individual)', (mention, named) => {
    expect(self(ROOM, 'look here', [mention])).toBe(named);
  });

  it('nobody is meant where the room gives no ids, or we are not known there', () => {
    const without = (nick: string | undefined) =>
      speaksToUs({ account: ACCOUNT, nick: () => nick, occupantId: () => undefined });
    expect(without(NICK)(ROOM, 'x', [{ occupantId: 'o1' }])).toBe(false);
    expect(without(undefined)(ROOM, NICK, [{ jid: ACCOUNT }])).toBe(false);
  });

  it('in a message, a correction of it, and a correction that came before it', () => {
    const { live, store, history } = arrivals({ stayed: () => true });
    const mentions = [{ jid: ACCOUNT }];
    live(inRoom('romeo', { id: 'm1', body: 'one', mentions }));
    live(inRoom('romeo', { id: 'm2', body: 'two' }));
    expect(store.unread(ACCOUNT, ROOM)).toMatchObject({ count: 2, mentions: 1 });
    live(inRoom('romeo', { id: 'c2', body: 'too', replaces: 'm2', mentions }));
    live(inRoom('romeo', { id: 'c1', body: 'won', replaces: 'm1' }));
    expect(history(ROOM).map(({ body, mention }) => [body, mention])).toEqual([
      ['won', false],
      ['too', true],
    ]);
    const late = arrivals({ stayed: () => true });
    late.live(inRoom('romeo', { id: 'c1', body: 'won', replaces: 'm1', mentions }));
    late.page({ r1: inRoom('romeo', { id: 'm1', body: 'one' }) }, { archive: ROOM, page: 'older' });
    expect(late.history(ROOM)).toMatchObject([{ body: 'won', mention: true }]);
  });

  it('by our occupant id as the room says it, where it announces such ids (XEP-0421 §rules)', async () => {
    for (const announced of [true, false]) {
      const announces = ['urn:xmpp:sid:0', ...(announced ? ['urn:xmpp:occupant-id:0'] : [])];
      const world = await new World({ announces }).login();
      const joined = world.client.rooms.join(ROOM, { nick: NICK });
      const id = "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='o7'/>";
      world.receive(
        `<presence from='${ROOM}/${NICK}' to='${JID}'>${id}<x xmlns='http://jabber.org/protocol/muc#user'>` +
          "<item affiliation='none' role='participant'/><status code='110'/></x></presence>",
      );
      await joined;
      await turn();
      const mention = (occupant: string) =>
        `<mention xmlns='urn:xmpp:mentions:0' begin='0' end='3' occupantid='${occupant}'/>`;
      world.roomSays('romeo', 'you!', mention('o7'));
      world.roomSays('romeo', 'you!', mention('o8'), 'm2');
      expect(world.events('message').map((message) => message.mention)).toEqual([announced, false]);
    }
  });
});

describe('what we say', () => {
  it('names people of the room by reference, and neither ourselves nor in a conversation of two (XEP-0372)', async () => {
    const world = await new World().login();
    await world.enter();
    world.sent('message');
    const references = () =>
      world
        .sent('message')
        .flatMap((stanza) => stanza.getChildren('reference', 'urn:xmpp:reference:0'))
        .map(({ attrs: { begin, end, type, uri } }) => `${begin}-${end} ${type} ${uri}`);
    world.client.messages.send(ROOM, 'well, romeo and juliet');
    expect(references()).toEqual([`6-11 mention xmpp:${ROOM}/romeo`]);
    world.client.messages.send('romeo@example.org', 'romeo!');
    expect(references()).toEqual([]);
  });

  it('also where a text is corrected', async () => {
    const world = await new World().login();
    await world.enter();
    const { row, id } = world.client.messages.send(ROOM, 'remeo');
    world.receive(
      `<message from='${ROOM}/juliet' to='${JID}' type='groupchat' id='${id}'><body>remeo</body>` +
        `<origin-id xmlns='urn:xmpp:sid:0' id='${id}'/></message>`,
    );
    world.sent('message');
    world.client.messages.correct(row, 'romeo');
    const [correction] = world.sent('message');
    expect(correction?.getChild('reference', 'urn:xmpp:reference:0')?.attrs.uri).toBe(`xmpp:${ROOM}/romeo`);
  });
});
