/**
 * Two devices of one account and a friend, where one of the devices is another program: what is typed on one is on the
 * other. docs/interop.md says what these programs cannot, beside the tests.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Device } from '../support/device.ts';
import { type Server, serverKind, startServer } from '../support/server.ts';
import { ProfanityDevice } from './profanity-device.ts';
import { SlixmppDevice } from './slixmpp-device.ts';

const both = (jid: string) => ({
  password: 'secret',
  contacts: [{ jid, subscription: 'both' as const }],
});

const accounts = [
  { name: 'juliet', ...both('romeo@localhost') },
  { name: 'romeo', ...both('juliet@localhost') },
];

describe('slixmpp is the other device', () => {
  let server: Server;
  let other: SlixmppDevice;
  let laptop: Device;
  let romeo: Device;
  let lobby: string;

  beforeAll(async () => {
    server = await startServer(undefined, { users: accounts });
    lobby = `lobby@${server.rooms}`;
    other = new SlixmppDevice(server, 'juliet', 'slixmpp');
    laptop = new Device(server, 'juliet', 'laptop');
    romeo = new Device(server, 'romeo', 'orchard');
    await romeo.come();
    await laptop.come();
    await other.come();
  });
  afterAll(async () => {
    await other?.leave();
    await Promise.all([laptop, romeo].map((device) => device?.end()));
    await server?.stop();
  });

  const state = (device: Device, chat: string, id: string) =>
    device.history(chat).find((message) => message.id === id)?.state;

  it('shows on each what was typed on the other, and what came, once and in order (XEP-0280)', async () => {
    laptop.client.messages.send(romeo.jid, 'one');
    await other.message({ body: 'one', source: 'carbon_sent' });
    await romeo.message(laptop.jid, 'one');
    await other.send(romeo.jid, 'two');
    await laptop.message(romeo.jid, 'two');
    await romeo.message(laptop.jid, 'two');
    romeo.client.messages.send(laptop.jid, 'three');
    await other.message({ body: 'three' });
    await laptop.message(romeo.jid, 'three');
    await other.send(romeo.jid, 'four');
    await laptop.message(romeo.jid, 'four');
    await romeo.message(laptop.jid, 'four');
    const texts = ['> one', '> two', 'three', '> four'];
    expect(laptop.texts(romeo.jid)).toEqual(texts);
    // Its own lines it knows without being told.
    expect(other.texts(romeo.jid)).toEqual(['> one', 'three']);
    expect(romeo.texts(laptop.jid)).toEqual(['one', 'two', '> three', 'four']);
  });

  it('tells each that what the other sent has arrived (XEP-0184)', async () => {
    const { id } = laptop.client.messages.send(romeo.jid, 'from the laptop');
    await other.message({ receipt: id });
    const theirs = await other.send(romeo.jid, 'from slixmpp');
    await other.message({ receipt: theirs });
    await laptop.until(() => state(laptop, romeo.jid, theirs) === 'delivered', 'delivered');
    const { id: answered } = romeo.client.messages.send(laptop.jid, 'to both');
    await laptop.message(romeo.jid, 'to both');
    await other.message({ body: 'to both' });
    await romeo.until(() => state(romeo, laptop.jid, answered) === 'delivered', 'delivered');
  });

  it('takes the corrections of either (XEP-0308)', async () => {
    const theirs = await other.send(romeo.jid, 'at egiht');
    await laptop.message(romeo.jid, 'at egiht');
    await other.correct(romeo.jid, theirs, 'at eight');
    for (const [device, chat] of [[laptop, romeo.jid] as const, [romeo, laptop.jid] as const]) {
      const { corrected } = await device.message(chat, 'at eight');
      expect(corrected).toBe(true);
    }
    const ours = laptop.client.messages.send(romeo.jid, 'at nien');
    laptop.client.messages.correct(ours.row, 'at nine');
    await other.message({ body: 'at nine', replaces: ours.id });
    expect(other.texts(romeo.jid)).toContain('> at nine');
    expect(other.texts(romeo.jid)).not.toContain('> at nien');
  });

  it('takes back on each what the other takes back (XEP-0424)', async () => {
    const theirs = await other.send(romeo.jid, 'their regret');
    await laptop.message(romeo.jid, 'their regret');
    await other.retract(romeo.jid, theirs);
    await laptop.until(() =>
      laptop.history(romeo.jid).some(({ id, retracted }) => id === theirs && retracted),
    );
    const ours = laptop.client.messages.send(romeo.jid, 'our regret');
    laptop.client.messages.retract(ours.row);
    await other.message({ retracts: ours.id });
    expect(other.texts(romeo.jid)).not.toContain('> our regret');
  });

  it('shows the reactions of either (XEP-0444)', async () => {
    const { id } = romeo.client.messages.send(laptop.jid, 'do you like it?');
    const { row } = await laptop.message(romeo.jid, 'do you like it?');
    await other.react(romeo.jid, id, ['👍']);
    const reactions = () => laptop.history(romeo.jid).find((message) => message.row === row)?.reactions;
    await laptop.until(() => reactions()?.[0]?.emojis[0] === '👍', 'thumbs up');
    laptop.client.messages.react(row, ['🎉']);
    const seen = await other.message({ reactsTo: id });
    expect(seen.emojis).toEqual(['🎉']);
  });

  it('counts nothing as unread that the other displayed (XEP-0333)', async () => {
    laptop.client.chats.markRead(romeo.jid);
    const { id } = romeo.client.messages.send(laptop.jid, 'news');
    await laptop.message(romeo.jid, 'news');
    expect(laptop.unread(romeo.jid)).toBe(1);
    await other.message({ body: 'news' });
    await other.displayed(romeo.jid, id);
    await laptop.until(() => laptop.unread(romeo.jid) === 0, 'read on slixmpp');
    await romeo.until(() => state(romeo, laptop.jid, id) === 'read', 'read');
  });

  it('says to the other what was displayed here (XEP-0333)', async () => {
    const { id } = romeo.client.messages.send(laptop.jid, 'more news');
    await laptop.message(romeo.jid, 'more news');
    laptop.client.chats.markRead(romeo.jid);
    await other.message({ displayed: id, source: 'carbon_sent' });
  });

  it('has here what was typed there while this one was away, changes too (XEP-0313)', async () => {
    const before = laptop.texts(romeo.jid);
    await laptop.leave();
    await other.send(romeo.jid, 'typed while it was away');
    await romeo.message(laptop.jid, 'typed while it was away');
    romeo.client.messages.send(laptop.jid, 'and answered');
    const { id } = await other.message({ body: 'and answered' });
    await other.displayed(romeo.jid, id);
    const wrong = await other.send(romeo.jid, 'tow');
    await other.correct(romeo.jid, wrong, 'two corrections');
    await romeo.message(laptop.jid, 'two corrections');
    await laptop.come();
    const missed = ['> typed while it was away', 'and answered', '> two corrections'];
    await laptop.until(
      () => laptop.texts(romeo.jid).length >= before.length + missed.length,
      'what was missed',
    );
    expect(laptop.texts(romeo.jid)).toEqual([...before, ...missed]);
    await laptop.until(() => laptop.unread(romeo.jid) === 0, 'the mark from the archive');
  });

  it('has there what was typed here while that one was away (XEP-0313)', async () => {
    await other.leave();
    laptop.client.messages.send(romeo.jid, 'slixmpp is away');
    await romeo.message(laptop.jid, 'slixmpp is away');
    romeo.client.messages.send(laptop.jid, 'so it is');
    await laptop.message(romeo.jid, 'so it is');
    await other.come();
    const archived = await other.archive(romeo.jid);
    // Everything, once and in order: what either typed, and what came.
    expect(other.texts(romeo.jid, archived)).toEqual(
      laptop.texts(romeo.jid).filter((text) => !/^>? ?$/.test(text)),
    );
  });

  it('shares a room under one name (XEP-0045 §7.4)', async () => {
    await romeo.client.rooms.join(lobby, { nick: 'romeo', keep: true });
    await laptop.client.rooms.join(lobby, { nick: 'juliet', keep: true });
    await other.join(lobby, 'juliet');
    await other.send(lobby, 'said by slixmpp', 'groupchat');
    await laptop.message(lobby, 'said by slixmpp');
    laptop.client.messages.send(lobby, 'said here');
    await other.message({ body: 'said here', type: 'groupchat' });
    romeo.client.messages.send(lobby, 'said by romeo');
    await other.message({ body: 'said by romeo', type: 'groupchat' });
    await laptop.message(lobby, 'said by romeo');
    expect(laptop.texts(lobby)).toEqual(['> said by slixmpp', '> said here', 'said by romeo']);
    await laptop.leave();
    await other.send(lobby, 'nobody here?', 'groupchat');
    await romeo.message(lobby, 'nobody here?');
    await laptop.come();
    await laptop.message(lobby, 'nobody here?');
    expect(laptop.texts(lobby).at(-1)).toBe('> nobody here?');
  });

  it('had no trouble', () => {
    expect([laptop, romeo].flatMap(({ problems }) => problems)).toEqual([]);
  });
});

describe('profanity is the other device', () => {
  // profanity 0.13.1 asks the domain whether there is an archive; Prosody says so of the account, as XEP-0313 §6 wants.
  const archive = serverKind() === 'ejabberd';
  let server: Server;
  let other: ProfanityDevice;
  let laptop: Device;
  let romeo: Device;

  beforeAll(async () => {
    server = await startServer(undefined, { users: accounts });
    other = new ProfanityDevice(server, 'juliet', { archive });
    laptop = new Device(server, 'juliet', 'laptop');
    romeo = new Device(server, 'romeo', 'orchard');
    await romeo.come();
    await laptop.come();
    await other.come(romeo.jid);
  });
  afterAll(async () => {
    await other?.end();
    await Promise.all([laptop, romeo].map((device) => device?.end()));
    await server?.stop();
  });

  const stateOf = (body: string) =>
    laptop.history(romeo.jid).find((message) => message.body === body && message.direction === 'out')?.state;

  // From the first receipt on, which has no state, profanity 0.13.1 tells its own no more.
  it('counts nothing as unread before what is typed there (XEP-0085)', async () => {
    romeo.client.messages.send(laptop.jid, 'news');
    await laptop.message(romeo.jid, 'news');
    expect(laptop.unread(romeo.jid)).toBe(1);
    await other.shows(/romeo\S*: news$/);
    other.enter('thank you');
    await laptop.message(romeo.jid, 'thank you');
    await laptop.until(() => laptop.unread(romeo.jid) === 0, 'answered on profanity');
  });

  it('shows on each what was typed on the other, and what came, once and in order (XEP-0280)', async () => {
    other.enter('one');
    await laptop.message(romeo.jid, 'one');
    laptop.client.messages.send(romeo.jid, 'two');
    await other.shows(/me: two$/);
    await romeo.message(laptop.jid, 'two');
    romeo.client.messages.send(laptop.jid, 'three');
    await laptop.message(romeo.jid, 'three');
    await other.shows(/romeo\S*: three$/);
    other.enter('four');
    await laptop.message(romeo.jid, 'four');
    await romeo.message(laptop.jid, 'four');
    const texts = ['news', '> thank you', '> one', '> two', 'three', '> four'];
    expect(laptop.texts(romeo.jid)).toEqual(texts);
    await other.shows(/me: four$/);
    // What comes while it reads the archive, profanity 0.13.1 shows twice.
    expect([...new Set(other.texts())]).toEqual(texts);
    expect(romeo.texts(laptop.jid)).toEqual(['> news', 'thank you', 'one', 'two', '> three', 'four']);
  });

  it('tells here that what was typed there has arrived, and answers what came (XEP-0184)', async () => {
    other.enter('did it arrive?');
    await laptop.until(() => stateOf('did it arrive?') === 'delivered', 'delivered');
    const { id } = romeo.client.messages.send(laptop.jid, 'it did');
    const state = () => romeo.history(laptop.jid).find((message) => message.id === id)?.state;
    await romeo.until(() => state() === 'delivered', 'delivered');
    await other.shows(/romeo\S*: it did$/);
  });

  it('takes the corrections of either (XEP-0308)', async () => {
    other.enter('at egiht');
    await laptop.message(romeo.jid, 'at egiht');
    other.enter('/correct at eight');
    for (const [device, chat] of [[laptop, romeo.jid] as const, [romeo, laptop.jid] as const]) {
      const { corrected } = await device.message(chat, 'at eight');
      expect(corrected).toBe(true);
      expect(device.texts(chat).filter((text) => text.endsWith('egiht'))).toEqual([]);
    }
    const { row } = laptop.client.messages.send(romeo.jid, 'at nien');
    await other.shows(/me: at nien$/);
    laptop.client.messages.correct(row, 'at nine');
    await other.shows(/me: at nine$/);
    expect(other.texts()).not.toContain('> at nien');
  });

  it('has here what was typed there while this one was away, changes too (XEP-0313)', async () => {
    const before = laptop.texts(romeo.jid);
    await laptop.leave();
    romeo.client.messages.send(laptop.jid, 'somebody there?');
    await other.shows(/romeo\S*: somebody there\?$/);
    other.enter('one of uss');
    await romeo.message(laptop.jid, 'one of uss');
    other.enter('/correct one of us');
    await romeo.message(laptop.jid, 'one of us');
    await laptop.come();
    const missed = ['somebody there?', '> one of us'];
    await laptop.until(
      () => laptop.texts(romeo.jid).length >= before.length + missed.length,
      'what was missed',
    );
    expect(laptop.texts(romeo.jid)).toEqual([...before, ...missed]);
  });

  it('keeps in its own database what was typed here', async () => {
    await other.leave();
    const kept = other.kept().map(({ body }) => body);
    for (const body of ['one', 'two', 'three', 'four', 'at nine']) expect(kept).toContain(body);
  });

  it.runIf(archive)('has there what was typed here while that one was away (XEP-0313)', async () => {
    await other.leave();
    laptop.client.messages.send(romeo.jid, 'profanity is away');
    await romeo.message(laptop.jid, 'profanity is away');
    romeo.client.messages.send(laptop.jid, 'so it is');
    await laptop.message(romeo.jid, 'so it is');
    await other.come(romeo.jid);
    await other.shows(/romeo\S*: so it is$/);
    expect(other.texts()).toContain('> profanity is away');
  });

  it('had no trouble', () => {
    expect([laptop, romeo].flatMap(({ problems }) => problems)).toEqual([]);
  });
});
