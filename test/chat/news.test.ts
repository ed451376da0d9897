/** Product §3: what of changes and of a room's history is news. */
import { expect, it } from 'vitest';
import type { ChangeNews } from '../../src/chat/message.ts';
import { JID, ROMEO, ROOM, World } from './support.ts';

const NS_CORRECT = 'urn:xmpp:message-correct:0';
const NS_REACTIONS = 'urn:xmpp:reactions:0';
const reacts = (id: string, ...emojis: string[]) =>
  `<reactions xmlns='${NS_REACTIONS}' id='${id}'>${emojis.map((one) => `<reaction>${one}</reaction>`).join('')}</reactions>`;

/** What the changes told of who made them. */
const told = (world: World): (ChangeNews | undefined)[] =>
  world.told.flatMap((entry) => (entry[0] === 'messageChanged' && entry[2] !== 'state' ? [entry[3]] : []));

it('says which reactions of somebody else were not there before (XEP-0444 §2)', async () => {
  const world = await new World().login();
  const { id } = world.client.messages.send(ROMEO, 'hello');
  const from = `${ROMEO}/orchard`;
  const reaction = (more: string, at: string) =>
    world.receive(`<message from='${from}' to='${JID}' type='chat' id='${at}'>${more}</message>`);
  reaction(reacts(id, '👍'), 'r1');
  reaction(reacts(id, '👍', '🎉'), 'r2');
  reaction(reacts(id, '🎉'), 'r3');
  expect(told(world)).toEqual([
    { from, source: 'live', emojis: ['👍'] },
    { from, source: 'live', emojis: ['🎉'] },
    { from, source: 'live', emojis: [] },
  ]);
});

it('what we do ourselves is no news', async () => {
  const world = await new World().login();
  world.says(ROMEO, 'hello');
  world.client.messages.react(world.events('message')[0]?.row ?? 0, ['👍']);
  expect(told(world)).toEqual([undefined]);
});

it('a correction that names us counts as a mention, once, and no longer where it is corrected away', async () => {
  const world = await new World().login();
  await world.enter();
  world.roomSays('romeo', 'hello');
  world.told.length = 0;
  const corrects = (body: string, id: string) =>
    world.roomSays('romeo', body, `<replace xmlns='${NS_CORRECT}' id='m1'/>`, id);
  corrects('juliet: hello', 'c1');
  corrects('juliet: hallo', 'c2');
  expect(told(world).map((news) => news?.mention)).toEqual([true, false]);
  expect(world.client.chats.unread()).toMatchObject([{ chat: ROOM, count: 1, mentions: 1 }]);
  corrects('hallo', 'c3');
  expect(world.client.chats.unread()).toMatchObject([{ count: 1, mentions: 0 }]);
});

it("tells a room's history from what is said now (XEP-0045 §7.2.13)", async () => {
  const world = await new World().login();
  const delay = (by: string) => `<delay xmlns='urn:xmpp:delay' from='${by}' stamp='2026-01-01T00:00:00Z'/>`;
  const joined = world.client.rooms.join(ROOM, { nick: 'juliet' });
  world.occupant(ROOM, 'romeo');
  world.occupant(ROOM, 'juliet', [110]);
  world.roomSays('romeo', 'before', delay(ROOM), 'h1');
  await joined;
  world.roomSays('romeo', 'now', '', 'h2');
  world.roomSays('romeo', 'written again by its sender', delay(`${ROMEO}/orchard`), 'h3');
  const told = world.events('message').map(({ body, history }) => `${body}: ${history ?? 'new'}`);
  expect(told).toEqual(['before: past', 'now: new', 'written again by its sender: new']);
});
