import { expect, it } from 'vitest';
import { child } from '../../src/xmpp/stanza.ts';
import { ROMEO, World } from './support.ts';

const NS = 'urn:xmpp:chat-markers:0';
/** who sees our presence hears what we read */
const ITEM = `<item jid='${ROMEO}' subscription='both'/>`;
const MARKABLE = `<markable xmlns='${NS}'/>`;

it('a message that comes while its chat is open is told to be displayed at once (XEP-0333 §sending)', async () => {
  const world = await new World({ roster: ITEM }).login();
  world.client.on('message', ({ chat }) => world.client.markRead(chat));
  world.says(ROMEO, 'hello', MARKABLE);
  const markers = world.sent('message').map((stanza) => child(stanza, 'displayed', NS)?.attrs.id);
  expect(markers).toEqual(['m1']);
});

it('nothing is told to be displayed before its chat is looked at, nor twice', async () => {
  const world = await new World({ roster: ITEM }).login();
  world.says(ROMEO, 'hello', MARKABLE);
  expect(world.sent('message')).toEqual([]);
  world.client.markRead(ROMEO);
  world.client.markRead(ROMEO);
  expect(world.sent('message')).toHaveLength(1);
});
