import { expect, it } from 'vitest';
import { child } from '../../src/xmpp/stanza.ts';
import { ACCOUNT, JID, ROMEO, turn, World } from './support.ts';

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

/** What we did on another device (XEP-0280 §8). */
const typedElsewhere = (content: string) =>
  `<message from='${ACCOUNT}' to='${JID}'><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
    <message xmlns='jabber:client' from='${ACCOUNT}/phone' to='${ROMEO}' type='chat' id='elsewhere'>${content}</message>
  </forwarded></sent></message>`;
const state = (name: string) => `<${name} xmlns='http://jabber.org/protocol/chatstates'/>`;

it.each([
  ['an answer while active', `<body>hi</body>${state('active')}`, 0],
  ['typing', state('composing'), 0],
  ['an answer without a state, as a script sends it', '<body>hi</body>', 1],
  ['having left', state('gone'), 1],
])(
  'on another device, %s: what came before counts as read or not (XEP-0085 §3)',
  async (_, content, left) => {
    const world = await new World({ roster: ITEM }).login();
    world.says(ROMEO, 'hello');
    world.receive(typedElsewhere(content));
    expect(world.client.unread().reduce((sum, { count }) => sum + count, 0)).toBe(left);
  },
);

it('what comes after that is unread again', async () => {
  const world = await new World({ roster: ITEM }).login();
  world.says(ROMEO, 'hello');
  world.receive(typedElsewhere(state('active')));
  world.says(ROMEO, 'again');
  expect(world.client.unread()).toMatchObject([{ chat: ROMEO, count: 1 }]);
});

it('who displayed one has displayed all before it, and each is told (XEP-0333 §rules)', async () => {
  const world = await new World({ pong: false }).login();
  world.session.acknowledges = true;
  const sent = ['one', 'two', 'three'].map((body) => world.client.send(ROMEO, body));
  for (const { id } of sent) world.acknowledge(id);
  await turn();
  world.told.length = 0;
  const displayed = `<displayed xmlns='${NS}' id='${sent[1]?.id}'/>`;
  world.receive(`<message from='${ROMEO}/orchard' to='${JID}' type='chat' id='d1'>${displayed}</message>`);
  const told = world.events('messageChanged').map(({ body, state }) => `${body} ${state}`);
  expect(told).toEqual(['one read', 'two read']);
  expect(sent.map(({ row }) => world.state(row))).toEqual(['read', 'read', 'acked']);
});
