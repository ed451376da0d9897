import { describe, expect, it } from 'vitest';
import { child } from '../../src/xmpp/stanza.ts';
import { ACCOUNT, JID, memoryStores, past, ROMEO, turn, World } from './support.ts';

const NS = 'urn:xmpp:chat-markers:0';
/** who sees our presence hears what we read */
const ITEM = `<item jid='${ROMEO}' subscription='both'/>`;
const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';
const MARKABLE = `<markable xmlns='${NS}'/>`;

it('a message that comes while its chat is open is told to be displayed at once (XEP-0333 §sending)', async () => {
  const world = await new World({ roster: ITEM }).login();
  world.client.on('message', ({ chat }) => world.client.chats.markRead(chat));
  world.says(ROMEO, 'hello', MARKABLE);
  const markers = world.sent('message').map((stanza) => child(stanza, 'displayed', NS)?.attrs.id);
  expect(markers).toEqual(['m1']);
});

it('nothing is told to be displayed before its chat is looked at, nor twice', async () => {
  const world = await new World({ roster: ITEM }).login();
  world.says(ROMEO, 'hello', MARKABLE);
  expect(world.sent('message')).toEqual([]);
  world.client.chats.markRead(ROMEO);
  world.client.chats.markRead(ROMEO);
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
    expect(world.client.chats.unread().reduce((sum, { count }) => sum + count, 0)).toBe(left);
  },
);

it('what comes after that is unread again', async () => {
  const world = await new World({ roster: ITEM }).login();
  world.says(ROMEO, 'hello');
  world.receive(typedElsewhere(state('active')));
  world.says(ROMEO, 'again');
  expect(world.client.chats.unread()).toMatchObject([{ chat: ROMEO, count: 1 }]);
});

it('who displayed one has displayed all before it, and each is told (XEP-0333 §rules)', async () => {
  const world = await new World({ pong: false }).login();
  world.session.acknowledges = true;
  const sent = ['one', 'two', 'three'].map((body) => world.client.messages.send(ROMEO, body));
  for (const { id } of sent) world.acknowledge(id);
  await turn();
  world.told.length = 0;
  const displayed = `<displayed xmlns='${NS}' id='${sent[1]?.id}'/>`;
  world.receive(`<message from='${ROMEO}/orchard' to='${JID}' type='chat' id='d1'>${displayed}</message>`);
  const told = world.events('messageChanged').map(({ body, state }) => `${body} ${state}`);
  expect(told).toEqual(['one read', 'two read']);
  expect(sent.map(({ row }) => world.state(row))).toEqual(['read', 'read', 'acked']);
});

describe('what is owed when the process ends', () => {
  const RECEIPT = "<request xmlns='urn:xmpp:receipts'/>";
  const said = (world: World) =>
    world
      .sent('message')
      .flatMap((stanza) =>
        stanza.getChildElements().map((element) => `${element.getName()} ${element.attrs.id}`),
      );

  it('a chat that was displayed without a connection is told so at the next one, once (XEP-0333, XEP-0490)', async () => {
    const stores = memoryStores();
    const first = await new World({ stores, roster: ITEM, announces: ['urn:xmpp:sid:0'] }).login();
    first.says(ROMEO, 'hello', `${MARKABLE}<stanza-id xmlns='urn:xmpp:sid:0' by='${ACCOUNT}' id='s1'/>`);
    first.session.drop();
    first.client.chats.markRead(ROMEO);
    expect(first.client.chats.unread()).toEqual([]);
    expect(stores.marks.untold(ACCOUNT)).toMatchObject([{ marker: 'm1' }]);
    await first.client.close();

    const next = new World({ stores, roster: ITEM, announces: [`${NS_PUBSUB}#publish-options`] });
    next.session.whenAsked('get', 'pubsub', NS_PUBSUB, `<pubsub xmlns='${NS_PUBSUB}'/>`);
    await next.client.online('presence');
    await next.client.contacts.settled();
    await turn();
    const sent = next.session.take();
    const markers = sent.filter((stanza) => stanza.getName() === 'message');
    expect(markers.map((stanza) => child(stanza, 'displayed', NS)?.attrs.id)).toEqual(['m1']);
    const [published, ...more] = sent.filter(
      (stanza) => stanza.toString().includes('urn:xmpp:mds:displayed:0') && stanza.attrs.type === 'set',
    );
    expect(published?.toString()).toContain('id="s1"');
    expect(more).toEqual([]);
    expect(stores.marks.untold(ACCOUNT)).toHaveLength(1);
    if (published !== undefined) next.session.answer(published);
    await turn();
    expect(stores.marks.untold(ACCOUNT)).toEqual([]);
  });

  it('nothing is told of what another device displayed meanwhile', async () => {
    const stores = memoryStores();
    const first = await new World({ stores, roster: ITEM }).login();
    first.says(ROMEO, 'hello', MARKABLE);
    first.session.drop();
    first.client.chats.markRead(ROMEO);
    first.session.renew();
    first.receive(typedElsewhere(`<displayed xmlns='${NS}' id='m1'/>`));
    expect(stores.marks.untold(ACCOUNT)).toEqual([]);
  });

  it('a message that was kept and not answered is answered by the next run, once (XEP-0184 §5.5)', async () => {
    const stores = memoryStores();
    const theirs = { id: 'm1', direction: 'in', source: 'live', from: `${ROMEO}/orchard`, to: JID } as const;
    stores.messages.append(past({ ...theirs, state: undefined, receiptOwed: true }));
    const next = new World({ stores, roster: ITEM });
    await next.client.online('presence');
    await next.client.contacts.settled();
    await turn();
    expect(said(next)).toEqual(['received m1']);
    expect(stores.marks.owed(ACCOUNT)).toEqual([]);
    next.session.drop();
    next.session.renew();
    await turn();
    await next.client.contacts.settled();
    await turn();
    expect(said(next)).toEqual([]);
  });

  it('an answer that goes out at once is owed no longer', async () => {
    const world = await new World({ roster: ITEM }).login();
    world.says(ROMEO, 'hello', `${RECEIPT}<thread>t1</thread>`);
    await turn();
    const [answer] = world.sent('message');
    expect(answer?.getChildText('thread')).toBe('t1');
    expect(world.stores.marks.owed(ACCOUNT)).toEqual([]);
  });

  it('a run that does not know yet who may know that we are here answers nobody', async () => {
    const stores = memoryStores();
    const theirs = { id: 'm1', direction: 'in', source: 'live', from: `${ROMEO}/orchard`, to: JID } as const;
    stores.messages.append(past({ ...theirs, state: undefined, receiptOwed: true }));
    const next = new World({ stores, roster: ITEM });
    await next.client.online('stream');
    await next.client.history.caughtUp();
    expect(said(next)).toEqual([]);
    expect(stores.marks.owed(ACCOUNT)).toHaveLength(1);
  });

  it('is not kept for those whom the user tells nothing', async () => {
    const world = await new World({ roster: ITEM }).login();
    world.client.settings.set('send-receipts', 'off');
    world.says(ROMEO, 'hello', RECEIPT);
    world.client.settings.set('send-receipts', 'on');
    expect(world.stores.marks.owed(ACCOUNT)).toEqual([]);
  });
});

describe('who hears what arrived and was read (XEP-0184 §8, XEP-0333 §privacy)', () => {
  const ASKS = `${MARKABLE}<request xmlns='urn:xmpp:receipts'/>`;

  /** A message that asks for both comes and is read, then the stream is lost and comes back. */
  async function read(world: World): Promise<string[]> {
    world.says(ROMEO, 'hello', ASKS);
    world.client.chats.markRead(ROMEO);
    await turn();
    const sent = world.sent('message');
    world.session.drop();
    world.session.renew();
    await turn();
    await world.client.contacts.settled();
    await turn();
    return [...sent, ...world.sent('message')].flatMap((stanza) =>
      stanza.getChildElements().map((element) => element.getName()),
    );
  }

  it('a contact that sees our presence, once', async () => {
    expect(await read(await new World({ roster: ITEM }).login())).toEqual(['received', 'displayed']);
  });

  it.each([
    ['nobody we know', ''],
    ['a contact that does not see us', `<item jid='${ROMEO}' subscription='to'/>`],
  ])('not %s', async (_, roster) => {
    expect(await read(await new World({ roster }).login())).toEqual([]);
  });

  it('nobody at all where the setting says so, in this run or for this run alone', async () => {
    const world = await new World({ roster: ITEM }).login();
    world.client.settings.set('send-receipts', 'off');
    expect(await read(world)).toEqual([]);
    const once = await new World({ roster: ITEM, overrides: { 'send-receipts': 'off' } }).login();
    expect(await read(once)).toEqual([]);
  });
});

it('what an earlier run left unread and another device read is told as read (XEP-0490 §3.4)', async () => {
  const stores = memoryStores();
  const theirs = { id: 'm1', direction: 'in', source: 'live', from: `${ROMEO}/orchard`, to: JID } as const;
  stores.messages.append(past({ ...theirs, state: undefined }));
  const world = await new World({ stores, roster: ITEM }).login();
  world.receive(typedElsewhere(`<displayed xmlns='${NS}' id='m1'/>`));
  expect(world.events('unread')).toEqual([{ chat: ROMEO, count: 0, mentions: 0 }]);
});
