/** The protocol features against a real server: what fakes cannot promise. */
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { x } from '../../src/xmpp/stanza.ts';
import { type LoggedIn, loggedIn } from '../support/logged-in.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let juliet: LoggedIn;
let romeo: LoggedIn;
const bare = (user: string) => `${user}@${server.domain}`;

const logIn = (user: string) => loggedIn(server, user);

/** Resolves when `check` holds, looked at after every event of that name. */
async function until(
  emitter: { on(name: string, listener: () => void): unknown },
  name: string,
  check: () => boolean,
) {
  await new Promise<void>((resolve) => {
    const look = () => check() && resolve();
    emitter.on(name, look);
    look();
  });
}

beforeAll(async () => {
  const users = ['juliet', 'romeo'].map((name) => ({ name, password: 'secret' }));
  server = await startServer(undefined, { users });
  juliet = await logIn('juliet');
  romeo = await logIn('romeo');
});
afterAll(async () => {
  await Promise.all([juliet?.session.close(), romeo?.session.close()]);
  await server?.stop();
});

it('adds each other, asked and approved (RFC 6121 §3.1)', async () => {
  const asked = once(romeo.api.presence, 'subscriptionRequest');
  await juliet.api.roster.set({ jid: bare('romeo'), name: 'Romeo', groups: ['Friends'] });
  juliet.api.presence.subscribe(bare('romeo'), { text: 'hi' });
  expect(await asked).toEqual([expect.objectContaining({ from: bare('juliet') })]);
  const approved = once(juliet.api.presence, 'approved');
  romeo.api.presence.approve(bare('juliet'));
  expect(await approved).toEqual([{ jid: bare('romeo') }]);
  const answered = once(juliet.api.presence, 'subscriptionRequest');
  romeo.api.presence.subscribe(bare('juliet'));
  await answered;
  juliet.api.presence.approve(bare('romeo'));
  const state = ({ api }: LoggedIn, jid: string) => api.roster.items.get(jid)?.subscription;
  await until(juliet.api.roster, 'changed', () => state(juliet, bare('romeo')) === 'both');
  await until(romeo.api.roster, 'changed', () => state(romeo, bare('juliet')) === 'both');
  expect(juliet.api.roster.items.get(bare('romeo'))).toMatchObject({
    name: 'Romeo',
    groups: ['Friends'],
    ask: false,
  });
});

it('shows presence to each other, with capabilities (RFC 6121 §4, XEP-0115)', async () => {
  romeo.api.presence.send({ show: 'dnd', status: 'busy', priority: 5 });
  const seen = () => juliet.api.presence.resources(bare('romeo'))[0];
  await until(juliet.api.presence, 'changed', () => seen()?.show === 'dnd');
  expect(seen()).toMatchObject({ resource: 'test', status: 'busy', priority: 5 });
  expect(await juliet.api.disco.supports(romeo.session.jid, 'urn:xmpp:ping')).toBe(true);
  // Verified: it is known without asking now.
  expect(juliet.api.disco.known(romeo.session.jid)?.identities[0]?.name).toBe('xmpp-chat');
});

it('keeps the roster by its version (RFC 6121 §2.6)', async () => {
  const copy = { version: juliet.api.roster.version, items: [...juliet.api.roster.items.values()] };
  const result = await juliet.api.roster.load(copy);
  if (copy.version === undefined) expect(result).toHaveLength(1);
  else expect(result).toBe('unchanged');
  expect(juliet.api.roster.items.size).toBe(1);
});

it('asks the other client for version, time and idleness (XEP-0092, XEP-0202, XEP-0012, XEP-0199)', async () => {
  const { api } = juliet;
  const jid = romeo.session.jid;
  expect(await api.version.ask(jid)).toEqual({ name: 'xmpp-chat', version: '0.0.0', os: undefined });
  expect(Math.abs((await api.time.ask(jid)).time - Date.now())).toBeLessThan(60_000);
  expect((await api.lastActivity.ask(jid)).seconds).toBeLessThan(60);
  expect(await api.ping.ping(jid)).toBeGreaterThan(0);
  expect(await api.ping.ping(server.domain)).toBeGreaterThan(0);
});

it('sends messages and states (RFC 6121 §5, XEP-0085)', async () => {
  const received = once(romeo.api.messages, 'received');
  const state = juliet.api.chatStates.attach(bare('romeo'));
  juliet.api.messages.send({ to: bare('romeo'), type: 'chat', id: 'm1', body: '你好 <wörld>', state });
  expect(await received).toEqual([
    expect.objectContaining({ body: '你好 <wörld>', id: 'm1', originId: 'm1', state: 'active' }),
  ]);
});

it('says which message reached nobody (RFC 6120 §8.3)', async () => {
  const bounced = once(juliet.api.messages, 'bounced');
  juliet.api.messages.send({ to: bare('nobody'), type: 'chat', id: 'm2', body: 'hi' });
  expect(await bounced).toEqual([expect.objectContaining({ id: 'm2', from: bare('nobody') })]);
});

it('keeps a vCard and shows it to others (XEP-0054)', async () => {
  await juliet.api.vcard.set({ fullName: 'Juliet Capulet', email: 'juliet@example.org' });
  await juliet.api.vcard.set({ nickname: 'Jule' });
  const card = { fullName: 'Juliet Capulet', email: 'juliet@example.org', nickname: 'Jule' };
  expect(await romeo.api.vcard.get(bare('juliet'))).toMatchObject(card);
});

it('publishes privately and hears of it (XEP-0060 §7.1.5, XEP-0163)', async () => {
  const node = 'urn:example:notes';
  const payload = x('note', { xmlns: 'urn:example' }, 'remember');
  const options = { 'pubsub#access_model': 'whitelist', 'pubsub#persist_items': true };
  const { pubsub } = juliet.api;
  const heard = new Promise<string | undefined>((resolve) => {
    pubsub.onEvent(node, (event) => resolve(event.items[0]?.id), { private: true });
  });
  // The new feature has to be told before the server sends such events (XEP-0115 §6.1).
  juliet.api.presence.send({ show: 'available', status: '', priority: 0 });
  await juliet.api.ping.ping(server.domain);
  const id = await pubsub.publish(node, payload, { options });
  expect(await heard).toBe(id);
  expect((await pubsub.items(node)).map((item) => [item.id, item.payload?.getText()])).toEqual([
    [id, 'remember'],
  ]);
  await expect(romeo.api.pubsub.items(node, { service: bare('juliet') })).rejects.toMatchObject({
    name: 'StanzaError',
  });
  await pubsub.delete(node);
});

it('makes an open node private before it publishes there', async () => {
  const node = 'urn:example:open';
  const { pubsub } = juliet.api;
  await pubsub.create(node, { 'pubsub#access_model': 'open' });
  const options = { 'pubsub#access_model': 'whitelist' };
  await pubsub.publish(node, x('note', { xmlns: 'urn:example' }), { id: 'i1', options });
  await expect(romeo.api.pubsub.items(node, { service: bare('juliet') })).rejects.toMatchObject({
    name: 'StanzaError',
  });
  expect(await pubsub.items(node)).toHaveLength(1);
});

it('finds the services of the server (XEP-0030)', async () => {
  expect((await juliet.api.disco.findService('conference', 'text'))?.jid).toBe(server.rooms);
  expect((await juliet.api.disco.findService('server'))?.jid).toBe(server.domain);
});

it('blocks and unblocks (XEP-0191)', async () => {
  const { blocking } = juliet.api;
  expect(await blocking.list()).toEqual([]);
  const blocked = once(blocking, 'blocked');
  await blocking.block([bare('romeo')]);
  expect(await blocked).toEqual([{ jids: [bare('romeo')] }]);
  expect(await blocking.list()).toEqual([bare('romeo')]);
  const unblocked = once(blocking, 'unblocked');
  await blocking.unblock([bare('romeo')]);
  await unblocked;
  expect(await blocking.list()).toEqual([]);
});

it('removes a contact with both subscriptions (RFC 6121 §2.5)', async () => {
  const removed = once(juliet.api.roster, 'removed');
  const ended = once(romeo.api.presence, 'subscriptionEnded');
  const lost = once(romeo.api.presence, 'unsubscribed');
  await juliet.api.roster.remove(bare('romeo'));
  expect(await removed).toEqual([expect.objectContaining({ jid: bare('romeo') })]);
  expect(await ended).toEqual([{ jid: bare('juliet') }]);
  expect(await lost).toEqual([{ jid: bare('juliet') }]);
});
