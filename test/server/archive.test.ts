/** Copies and archives against a real server: what fakes cannot promise. */
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ArchivePage, UnknownArchiveIdError } from '../../src/xmpp/archive.ts';
import type { Carbon } from '../../src/xmpp/carbons.ts';
import { UnsupportedFeatureError } from '../../src/xmpp/errors.ts';
import type { OutgoingMessage } from '../../src/xmpp/messages.ts';
import { randomId } from '../../src/xmpp/session/session.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { type LoggedIn, loggedIn } from '../support/logged-in.ts';
import { type Server, serverKind, startServer } from '../support/server.ts';

let server: Server;
let desk: LoggedIn;
let phone: LoggedIn;
let romeo: LoggedIn;
const bare = (user: string) => `${user}@${server.domain}`;
const COUNT = 25;

async function logIn(user: string, resource: string): Promise<LoggedIn> {
  const device = await loggedIn(server, user, { resource, before: (api) => api.carbons.enable() });
  // The server answers in order: it knows of the presence when it answers this.
  await device.api.ping.ping(server.domain);
  return device;
}

function say({ api }: LoggedIn, to: string, body: string, more: Partial<OutgoingMessage> = {}) {
  api.messages.send({ to, type: 'chat', id: randomId(), body, ...more });
}

const nextCarbon = async ({ api }: LoggedIn): Promise<Carbon> =>
  (await once(api.carbons, 'carbon'))[0] as Carbon;
const bodies = (pages: readonly Pick<ArchivePage, 'items'>[]) =>
  pages.flatMap(({ items }) => items.map(({ message }) => message.body));
const numbered = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `n${from + index}`);

beforeAll(async () => {
  const users = ['juliet', 'romeo', 'nurse'].map((name) => ({ name, password: 'secret' }));
  server = await startServer(undefined, { users });
  [desk, phone, romeo] = await Promise.all([
    logIn('juliet', 'desk'),
    logIn('juliet', 'phone'),
    logIn('romeo', 'test'),
  ]);
});
afterAll(async () => {
  await Promise.all([desk, phone, romeo].map((device) => device?.session.close()));
  await server?.stop();
});

describe('copies (XEP-0280)', () => {
  it('show what another device sends, and what it receives', async () => {
    const sent = nextCarbon(phone);
    say(desk, bare('romeo'), 'from the desk');
    expect(await sent).toMatchObject({
      direction: 'sent',
      message: { body: 'from the desk', from: desk.session.jid, to: bare('romeo') },
    });
    const received = nextCarbon(phone);
    const { jid: to } = desk.session;
    romeo.session.send(x('message', { to, type: 'chat', id: randomId() }, x('body', {}, 'to the desk')));
    expect(await received).toMatchObject({
      direction: 'received',
      message: { body: 'to the desk', from: romeo.session.jid, to },
    });
  });

  it('are not made of a private message (§9)', async () => {
    const copy = nextCarbon(phone);
    say(desk, bare('romeo'), 'secret', { private: true });
    say(desk, bare('romeo'), 'open');
    expect(await copy).toMatchObject({ message: { body: 'open' } });
  });
});

describe('the own archive (XEP-0313)', () => {
  const own = () => ({ archive: bare('juliet'), with: bare('romeo') });
  let start: number;

  beforeAll(async () => {
    // Prosody's stamps are of whole seconds.
    start = Math.floor(Date.now() / 1000) * 1000;
    for (let n = 1; n <= COUNT; n++) say(desk, bare('romeo'), `n${n}`);
    await desk.api.ping.ping(server.domain);
  });

  it('is announced by the own bare JID (§7)', async () => {
    const { archive } = desk.api;
    expect(await archive.abilities(bare('juliet'))).toMatchObject({
      archive: true,
      extended: serverKind() === 'prosody',
    });
  });

  it('is paged forwards to its end, and knows what other devices did (§4.3.2)', async () => {
    const pages: ArchivePage[] = [];
    const result = await phone.api.archive.catchUp({ ...own(), start, max: 10 }, (page) => pages.push(page));
    const all = bodies(pages);
    expect(all.slice(-COUNT)).toEqual(numbered(1, COUNT));
    expect(pages[0]?.items).toHaveLength(10);
    expect(pages.slice(1).every((page) => page.items.length <= 10)).toBe(true);
    expect(result).toMatchObject({ ended: 'complete', last: pages.at(-1)?.last });
    const [item] = pages.at(-1)?.items.slice(-1) ?? [];
    expect(item).toMatchObject({ archiveId: result.last, message: { from: desk.session.jid, type: 'chat' } });
    expect(Math.abs((item?.time ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it('goes on where it was left, with nothing new and with something new', async () => {
    const { archive } = phone.api;
    const { last } = await archive.page({ ...own(), before: '', max: 1 });
    const pages: ArchivePage[] = [];
    const again = await archive.catchUp({ ...own(), after: last }, (page) => pages.push(page));
    expect([bodies(pages), again]).toEqual([[], { pages: 1, last, ended: 'complete' }]);
    say(romeo, bare('juliet'), 'one more');
    await romeo.api.ping.ping(server.domain);
    await archive.catchUp({ ...own(), after: last }, (page) => pages.push(page));
    expect(bodies(pages)).toEqual(['one more']);
  });

  it('is paged backwards from the last page, each page oldest first (§4.3.3)', async () => {
    const { archive } = phone.api;
    const newest = await archive.page({ ...own(), before: '', max: 5 });
    expect(bodies([newest])).toEqual([...numbered(COUNT - 3, COUNT), 'one more']);
    expect(newest.complete).toBe(false);
    const older = await archive.page({ ...own(), before: newest.first, max: 5 });
    expect(bodies([older])).toEqual(numbered(COUNT - 8, COUNT - 4));
    expect(older.items.map(({ archiveId }) => archiveId)).toEqual([
      older.first,
      expect.anything(),
      expect.anything(),
      expect.anything(),
      older.last,
    ]);
  });

  it('is filtered by JID and time (§4.1.1, §4.1.2)', async () => {
    const { archive } = desk.api;
    say(desk, bare('nurse'), 'good night');
    await desk.api.ping.ping(server.domain);
    const nurse = { archive: bare('juliet'), with: bare('nurse') };
    expect(bodies([await archive.page(nurse)])).toEqual(['good night']);
    expect(bodies([await archive.page({ ...nurse, end: start - 3_600_000 })])).toEqual([]);
    expect(bodies([await archive.page({ ...nurse, start: Date.now() + 3_600_000 })])).toEqual([]);
  });

  it('keeps what is private, and what no device got a copy of (XEP-0280 §9)', async () => {
    const { items } = await phone.api.archive.page({ ...own(), max: 10 });
    expect(items.find(({ message }) => message.body === 'secret')?.message.private).toBe(true);
  });

  it('says that it does not know an id, or begins anew, as ejabberd does (§4.3.2)', async () => {
    const page = desk.api.archive.page({ ...own(), after: 'nonsense' });
    if (serverKind() === 'prosody') await expect(page).rejects.toBeInstanceOf(UnknownArchiveIdError);
    else expect((await page).items.length).toBeGreaterThan(COUNT);
  });

  it('tells more where it announces more: ids, flipped pages, metadata (§4.1.3, §4.3.4, §5)', async () => {
    const { archive } = desk.api;
    const flipped = archive.page({ ...own(), before: '', max: 3, flip: true });
    if (!(await archive.abilities(bare('juliet'))).extended) {
      await expect(flipped).rejects.toBeInstanceOf(UnsupportedFeatureError);
      await expect(archive.metadata(bare('juliet'))).rejects.toBeInstanceOf(UnsupportedFeatureError);
      return;
    }
    const page = await flipped;
    expect(bodies([page])).toEqual(['one more', `n${COUNT}`, `n${COUNT - 1}`]);
    const ids = page.items.map(({ archiveId }) => archiveId);
    expect([page.last, page.first]).toEqual([ids[0], ids[2]]);
    const [newest = '', middle = '', oldest = ''] = ids;
    expect(bodies([await archive.page({ archive: bare('juliet'), ids: [middle] })])).toEqual([`n${COUNT}`]);
    const between = await archive.page({ ...own(), afterId: oldest, beforeId: newest });
    expect(bodies([between])).toEqual([`n${COUNT}`]);
    const unknown = archive.page({ archive: bare('juliet'), afterId: 'nonsense' });
    await expect(unknown).rejects.toMatchObject({ condition: 'item-not-found', ids: ['nonsense'] });
    const { start: first, end } = await archive.metadata(bare('juliet'));
    const all: ArchivePage[] = [];
    await archive.catchUp({ archive: bare('juliet') }, (each) => all.push(each));
    expect([first?.id, end?.id]).toEqual([all[0]?.first, all.at(-1)?.last]);
  });

  it('keeps what it is told to keep (XEP-0441)', async () => {
    const { archive } = desk.api;
    expect(await archive.preferences()).toEqual({ default: 'always', always: [], never: [] });
    const wanted = { default: 'roster', always: [bare('nurse')], never: ['iago@example.net'] } as const;
    expect(await archive.setPreferences(wanted)).toEqual(wanted);
    expect(await archive.preferences()).toEqual(wanted);
    await archive.setPreferences({ default: 'always', always: [], never: [] });
  });
});

describe('the archive of a room', () => {
  it('is announced by the room, and holds what was said there in order (§6.1.2)', async () => {
    const room = `verona@${server.rooms}`;
    const { rooms, messages, archive } = desk.api;
    await rooms.enter(room, { nick: 'Juliet' });
    const live: unknown[] = [];
    rooms.on('message', ({ message }) => live.push(message.body));
    for (const body of ['one', 'two', 'three'])
      messages.send({ to: room, type: 'groupchat', id: randomId(), body });
    await desk.api.ping.ping(server.domain);
    expect(await archive.abilities(room)).toMatchObject({ archive: true });
    const pages: ArchivePage[] = [];
    const { ended } = await archive.catchUp({ archive: room, max: 2 }, (page) => pages.push(page));
    expect(ended).toBe('complete');
    expect(bodies(pages).filter((body) => body !== undefined)).toEqual(['one', 'two', 'three']);
    const said = pages.flatMap(({ items }) => items).filter(({ message }) => message.body !== undefined);
    for (const { message } of said)
      expect(message).toMatchObject({ from: `${room}/Juliet`, type: 'groupchat' });
    // The wrappers come from the room itself: none of them is something said there.
    expect(live).toEqual(['one', 'two', 'three']);
  });
});

it('tells that nobody looks, where the server wants to know (XEP-0352)', async () => {
  expect(phone.session.hasStreamFeature('csi', 'urn:xmpp:csi:0')).toBe(true);
  const { clientState } = phone.api;
  clientState.inactive();
  clientState.active();
  expect(await phone.api.ping.ping(server.domain)).toBeGreaterThan(0);
});
