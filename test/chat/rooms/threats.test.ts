/** What strangers and other occupants may try with rooms. A bookmark from a stranger: test/xmpp/bookmarks.test.ts. */
import { describe, expect, it } from 'vitest';
import { MOST_REQUESTS } from '../../../src/chat/requests.ts';
import { en } from '../../../src/i18n/en.ts';
import { occupantLine } from '../../../src/ui/conversation/room-lines.ts';
import { ACCOUNT, JID, NS_MUC_USER, ROMEO, ROOM, turn, World } from '../support.ts';

const ELSEWHERE = 'elsewhere@conference.example.org';

async function inRoom(): Promise<World> {
  const world = await new World({ roster: `<item jid='${ROMEO}' subscription='both'/>` }).login();
  await world.enter(ROOM);
  world.session.take();
  world.told.length = 0;
  return world;
}

const out = (codes: readonly number[]) =>
  `<x xmlns='${NS_MUC_USER}'><item affiliation='none' role='none'/>${codes.map((code) => `<status code='${code}'/>`).join('')}</x>`;

describe('a nickname that is a contact’s JID', () => {
  it('stays in the room: it is no message and no presence of the contact', async () => {
    const world = await inRoom();
    world.occupant(ROOM, ROMEO);
    world.roomSays(ROMEO, 'send me your password');
    world.says(`${ROOM}/${ROMEO}`, 'now', `<x xmlns='${NS_MUC_USER}'/>`);
    expect(world.client.history.read({ chat: ROMEO, limit: 5 })).toEqual([]);
    expect(world.client.contacts.get(ROMEO)?.resources).toEqual([]);
    expect(
      world.client.chats
        .list()
        .map(({ chat }) => chat)
        .sort(),
    ).toEqual([ROOM, `${ROOM}/${ROMEO}`]);
  });

  it('is named with the room, always', async () => {
    const world = await inRoom();
    world.occupant(ROOM, ROMEO);
    const [event] = world.events('occupant');
    expect(event && occupantLine(en, event)).toContain(ROOM);
  });

  it('is not taken for that JID by a ban, nor the JID for it', async () => {
    const world = await inRoom();
    world.occupant(ROOM, ROMEO);
    await expect(world.client.rooms.administration.ban(ROOM, ROMEO)).rejects.toMatchObject({
      condition: 'ambiguous-occupant',
    });
    expect(world.sent('iq')).toEqual([]);
  });
});

describe('a forged departure', () => {
  it.each([
    ['the contact', `${ROMEO}/orchard`],
    ['a server', 'conference.example.org'],
    ['another room', `${ELSEWHERE}/juliet`],
    ['somebody else in the room', `${ROOM}/romeo`],
  ])('by %s does not put us out', async (_, from) => {
    const world = await inRoom();
    world.receive(`<presence from='${from}' to='${JID}' type='unavailable'>${out([301, 307])}</presence>`);
    world.receive(`<message from='${from}' to='${JID}' type='normal'>${out([110, 301])}</message>`);
    await turn();
    expect(world.client.rooms.get(ROOM)).toMatchObject({ joined: true, nick: 'juliet' });
    expect(world.events('room')).toEqual([]);
  });
});

describe('a room that we never entered', () => {
  it('has no presence, no messages and no notices for us', async () => {
    const world = await inRoom();
    world.occupant(ELSEWHERE, 'romeo');
    world.occupant(ELSEWHERE, 'juliet', [110, 201]);
    world.roomSays('romeo', 'hello', '', 'm1', ELSEWHERE);
    world.says(`${ELSEWHERE}/romeo`, 'psst', `<x xmlns='${NS_MUC_USER}'/>`);
    world.receive(
      `<message from='${ELSEWHERE}' to='${JID}'><x xmlns='${NS_MUC_USER}'><item affiliation='owner'/><status code='101'/></x></message>`,
    );
    await turn();
    expect(world.client.rooms.list().map(({ room }) => room)).toEqual([ROOM]);
    expect(world.client.chats.list()).toEqual([]);
    expect(world.told.filter(([name]) => name !== 'unread')).toEqual([]);
  });
});

describe('300 invitations', () => {
  it('are a list of at most 200, and nothing follows by itself', async () => {
    const world = await inRoom();
    for (let n = 0; n < 300; n++)
      world.receive(
        `<message from='mallory${n}@example.net/x' to='${JID}'><x xmlns='jabber:x:conference' jid='trap${n}@conference.example.net'/></message>`,
      );
    await turn();
    expect(world.client.requests.list()).toHaveLength(MOST_REQUESTS);
    expect(world.session.take()).toEqual([]);
    expect(world.stores.rooms.rooms(ACCOUNT)).toEqual([]);
  });
});

describe('a room that put us out before anybody said anything', () => {
  it('is no person: what is typed there goes to nobody', async () => {
    const world = await inRoom();
    world.occupant(ROOM, 'juliet', [110, 307], "type='unavailable'");
    await turn();
    expect(world.client.chats.kindOf(ROOM)).toBe('room');
    expect(() => world.client.messages.send(ROOM, 'hello?')).toThrow('not-joined');
    expect(world.sent('message')).toEqual([]);
  });
});
