/** What is said about messages, against a real server: between two devices of one account, and to a friend. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withoutFallback } from '../../src/xmpp/fallback.ts';
import type { ParsedMessage } from '../../src/xmpp/messages.ts';
import { type LoggedIn, loggedIn } from '../support/logged-in.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let phone: LoggedIn;
let laptop: LoggedIn;
let romeo: LoggedIn;
const bare = (user: string) => `${user}@${server.domain}`;
const NODE = 'urn:xmpp:mds:displayed:0';

const logIn = (user: string, resource: string) => loggedIn(server, user, { resource });

/** The first message there that `test` holds for. */
function heard({ api }: LoggedIn, test: (message: ParsedMessage) => boolean): Promise<ParsedMessage> {
  return new Promise((resolve) => {
    const look = (message: ParsedMessage) => {
      if (!test(message)) return;
      api.messages.off('received', look);
      resolve(message);
    };
    api.messages.on('received', look);
  });
}

/** The ids that device hears of, from now on, until `last` came; each once: ejabberd tells everything twice. */
function displayed({ api }: LoggedIn, last: string): Promise<string[]> {
  const ids = new Set<string>();
  return new Promise((resolve) => {
    const look = ({ stanzaId }: { stanzaId: { id: string } }) => {
      ids.add(stanzaId.id);
      if (stanzaId.id !== last) return;
      api.displayedSync.off('displayed', look);
      resolve([...ids]);
    };
    api.displayedSync.on('displayed', look);
  });
}

beforeAll(async () => {
  const users = ['juliet', 'romeo'].map((name) => ({ name, password: 'secret' }));
  server = await startServer(undefined, { users });
  phone = await logIn('juliet', 'phone');
  laptop = await logIn('juliet', 'laptop');
  romeo = await logIn('romeo', 'orchard');
});
afterAll(async () => {
  await Promise.all([phone, laptop, romeo].map((device) => device?.session.close()));
  await server?.stop();
});

it('knows of nothing displayed at first (XEP-0490 §3.4)', async () => {
  expect(await phone.api.displayedSync.load()).toEqual([]);
});

it('tells the other device what one displayed, chat by chat (XEP-0490 §3)', async () => {
  const by = bare('juliet');
  const room = `room@conference.${server.domain}`;
  const told = displayed(laptop, 's4');
  const chats = [bare('romeo'), room, bare('mercutio'), `${room}/nick`];
  for (const [at, chat] of chats.entries())
    await phone.api.displayedSync.publish({
      chat,
      stanzaId: { id: `s${at + 1}`, by: chat === room ? room : by },
    });
  expect(await told).toEqual(['s1', 's2', 's3', 's4']);
  const again = displayed(phone, 's5');
  await laptop.api.displayedSync.publish({ chat: bare('romeo'), stanzaId: { id: 's5', by } });
  await again;
});

it('finds all chats again with a new session (XEP-0490 §3.4)', async () => {
  const tablet = await logIn('juliet', 'tablet');
  const states = await tablet.api.displayedSync.load();
  await tablet.session.close();
  expect(new Map(states.map(({ chat, stanzaId }) => [chat, stanzaId.id]))).toEqual(
    new Map([
      [bare('romeo'), 's5'],
      [`room@conference.${server.domain}`, 's2'],
      [bare('mercutio'), 's3'],
      [`room@conference.${server.domain}/nick`, 's4'],
    ]),
  );
});

it('shows it to nobody else (XEP-0490 §6)', async () => {
  await expect(romeo.api.pubsub.items(NODE, { service: bare('juliet') })).rejects.toMatchObject({
    name: 'StanzaError',
  });
});

it('publishes nothing where the node is open to all (XEP-0490 §6)', async () => {
  await romeo.api.pubsub.create(NODE, { 'pubsub#access_model': 'open' });
  const stanzaId = { id: 's1', by: bare('romeo') };
  await romeo.api.displayedSync.publish({ chat: bare('juliet'), stanzaId });
  await expect(phone.api.pubsub.items(NODE, { service: bare('romeo') })).rejects.toMatchObject({
    name: 'StanzaError',
  });
  expect(await romeo.api.displayedSync.load()).toHaveLength(1);
});

it('brings what is said about a message, whole (XEP-0184, 0308, 0333, 0424, 0444, 0461)', async () => {
  const to = bare('romeo');
  const steps: [Parameters<typeof phone.api.messages.send>[0], Partial<ParsedMessage>][] = [
    [
      { to, type: 'chat', id: 'm1', body: 'airlock', requestReceipt: true, markable: true },
      { receiptRequested: true, markable: true },
    ],
    [{ to, type: 'chat', id: 'm2', body: 'window', replaces: 'm1' }, { replaces: 'm1' }],
    [
      { to, type: 'chat', id: 'm3', reactions: { id: 'm1', emojis: ['👍🏾', '❤️'] } },
      { reactions: { id: 'm1', emojis: ['👍🏾', '❤️'] } },
    ],
    [
      { to, type: 'chat', id: 'm4', body: 'taken back', retraction: { id: 'm1' } },
      { retraction: { id: 'm1', originId: 'm1' } },
    ],
    [
      { to, type: 'chat', id: 'm5', body: 'yes 🐢', reply: { id: 'm0', to, quoted: 'cake 🧛🏾?' } },
      { reply: { id: 'm0', to } },
    ],
  ];
  for (const [outgoing, parsed] of steps) {
    const came = heard(romeo, ({ id }) => id === outgoing.id);
    phone.api.messages.send(outgoing);
    const message = await came;
    expect(message).toMatchObject(parsed);
    if (message.reply !== undefined)
      expect(withoutFallback(message.body ?? '', message.fallbacks ?? [], 'urn:xmpp:reply:0')).toBe('yes 🐢');
  }
});

it('answers a contact that sees our presence, and no stranger (XEP-0184 §8)', async () => {
  const from = phone.session.jid;
  const message = { type: 'chat', from, id: 'm1', receiptRequested: true };
  expect(romeo.api.receipts.answer(message)).toBe(false);
  expect(romeo.api.markers.displayed({ to: bare('juliet'), type: 'chat', id: 'm1' })).toBe(false);
  await romeo.api.roster.set({ jid: bare('juliet'), groups: [] });
  const asked = new Promise<void>((resolve) =>
    romeo.api.presence.once('subscriptionRequest', () => resolve()),
  );
  phone.api.presence.subscribe(bare('romeo'));
  await asked;
  const seen = new Promise<void>((resolve) => {
    romeo.api.roster.on('changed', () => {
      if (romeo.api.roster.items.get(bare('juliet'))?.subscription === 'from') resolve();
    });
  });
  romeo.api.presence.approve(bare('juliet'));
  await seen;
  const receipt = heard(phone, (each) => each.receipt === 'm1');
  const marker = heard(laptop, (each) => each.marker?.id === 'm1');
  expect(romeo.api.receipts.answer(message)).toBe(true);
  expect((await receipt).from).toBe(romeo.session.jid);
  expect(romeo.api.markers.displayed({ to: bare('juliet'), type: 'chat', id: 'm1' })).toBe(true);
  expect((await marker).marker).toEqual({ type: 'displayed', id: 'm1' });
});
