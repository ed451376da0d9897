import { afterEach, describe, expect, it, vi } from 'vitest';
import { UnknownArchiveIdError } from '../../src/xmpp/archive.ts';
import {
  announces,
  answers,
  asked,
  body,
  fin,
  goodArchive,
  NOT_FOUND,
  NS_MAM,
  OWN,
  ROMEO,
  ROOM,
  result,
  said,
  start,
} from './archive/fake-archive.ts';

const STAMP = Date.UTC(2010, 6, 10, 23, 8, 25);
const MALLORY = 'mallory@example.com';

describe('a page', () => {
  it('is asked of the account without an address, by a random query id (XEP-0313 §4)', () => {
    const { session, api } = start();
    api.archive.page({ archive: OWN }).catch(() => undefined);
    api.archive.page({ archive: OWN }).catch(() => undefined);
    const [one, two] = session.take().map(asked);
    expect(one).toMatchObject({ to: undefined, type: 'set', max: '100', fields: {}, flip: false });
    expect(one?.queryId).toMatch(/^.{20,}$/);
    expect(one?.queryId).not.toBe(two?.queryId);
    session.drop();
  });

  it.each([
    [
      { after: 'a1', max: 5 },
      { after: 'a1', before: undefined, max: '5' },
    ],
    [{ before: 'a9' }, { after: undefined, before: 'a9' }],
    [{ before: '' }, { before: '' }],
    [{ with: ROMEO }, { fields: { FORM_TYPE: [NS_MAM], with: [ROMEO] } }],
    [
      { start: STAMP, end: STAMP + 1000 },
      {
        fields: {
          FORM_TYPE: [NS_MAM],
          start: ['2010-07-10T23:08:25.000Z'],
          end: ['2010-07-10T23:08:26.000Z'],
        },
      },
    ],
  ])('is asked for by %j (XEP-0313 §4.1, §4.3)', (query, expected) => {
    const { session, api } = start();
    api.archive.page({ archive: OWN, ...query }).catch(() => undefined);
    expect(asked(session.take()[0])).toMatchObject(expected);
    session.drop();
  });

  it('is not asked to follow one message and precede another (XEP-0313 §4.3.2)', async () => {
    const { session, api } = start();
    const page = api.archive.page({ archive: OWN, after: 'a1', before: 'a2' });
    await expect(page).rejects.toMatchObject({ condition: 'bad-request' });
    expect(session.take()).toEqual([]);
  });

  it('comes as a whole, with what the archive says of each message (XEP-0313 §4.2)', async () => {
    const { session, api, heard } = start();
    answers(session, () => ({ ids: ['a1', 'a2'], fin: fin({ first: 'a1', last: 'a2', count: 7 }) }));
    expect(await api.archive.page({ archive: OWN })).toMatchObject({
      items: [
        { archiveId: 'a1', time: STAMP, sender: undefined, message: { from: ROMEO, body: 'a1', id: 'm-a1' } },
        { archiveId: 'a2', time: STAMP, message: { body: 'a2' } },
      ],
      first: 'a1',
      last: 'a2',
      complete: false,
      stable: true,
      count: 7,
    });
    // Nothing of it is something that is said now.
    expect(heard).toEqual([]);
  });

  it("keeps the archive's stamp apart from one within the message (XEP-0203 §4)", async () => {
    const { session, api } = start();
    const delayed = body('hi').replace(
      '<body>',
      "<delay xmlns='urn:xmpp:delay' stamp='2009-01-01T00:00:00Z'/><body>",
    );
    const page = api.archive.page({ archive: OWN });
    const [iq] = session.take();
    const { queryId } = asked(iq);
    session.receive(result({ queryId, id: 'a1', inner: delayed }));
    session.receive(result({ queryId, id: 'a2', inner: delayed, delay: '' }));
    if (iq) session.answer(iq, fin({ complete: 'true' }));
    expect((await page).items).toMatchObject([
      { time: STAMP, message: { delay: { time: Date.UTC(2009, 0, 1) } } },
      { time: Date.UTC(2009, 0, 1) },
    ]);
  });

  it.each([
    ['true', true],
    ['1', true],
    ['false', false],
    ['yes', false],
    [undefined, false],
  ])('with complete=%s is the last one: %s (XEP-0313 §4.3.2)', async (complete, expected) => {
    const { session, api } = start();
    answers(session, () => ({ ids: [], fin: fin(complete === undefined ? {} : { complete }) }));
    expect((await api.archive.page({ archive: OWN })).complete).toBe(expected);
  });

  it('that is not stable says so (XEP-0313 §4.3.2)', async () => {
    const { session, api } = start();
    answers(session, () => ({ ids: [], fin: `<fin xmlns='${NS_MAM}' stable='false'/>` }));
    expect((await api.archive.page({ archive: OWN })).stable).toBe(false);
  });

  it('takes first and last from its results where the archive leaves them out', async () => {
    const { session, api } = start();
    answers(session, () => ({ ids: ['a1', 'a2', 'a3'], fin: `<fin xmlns='${NS_MAM}'/>` }));
    expect(await api.archive.page({ archive: OWN })).toMatchObject({ first: 'a1', last: 'a3' });
  });

  it('leaves out what was taken out of the archive, and what cannot be read (XEP-0313 §3.2)', async () => {
    const { session, api } = start();
    const page = api.archive.page({ archive: OWN });
    const [iq] = session.take();
    const { queryId } = asked(iq);
    const inner = [
      '',
      "<message from='a@b'/>",
      body('x').replace(ROMEO, '@'),
      body('x').replace(OWN, 'b@c').replace(ROMEO, 'd@e'),
    ];
    for (const [index, each] of inner.entries())
      session.receive(result({ queryId, id: `a${index}`, inner: each }));
    if (iq) session.answer(iq, `<fin xmlns='${NS_MAM}' complete='true'/>`);
    expect(await page).toMatchObject({ items: [], first: 'a0', last: 'a3' });
  });

  it('holds a result once, though its stanza came again after a resumption (XEP-0198 §5)', async () => {
    const { session, api } = start();
    answers(session, () => ({ ids: ['a1', 'a2', 'a1', 'a2', 'a3'], fin: fin({ complete: 'true' }) }));
    const { items } = await api.archive.page({ archive: OWN });
    expect(items.map(({ archiveId }) => archiveId)).toEqual(['a1', 'a2', 'a3']);
  });

  it('without `<fin/>` is none', async () => {
    const { session, api } = start();
    session.whenAsked('set', 'query', NS_MAM, '');
    await expect(api.archive.page({ archive: OWN })).rejects.toMatchObject({ name: 'StanzaError' });
  });
});

describe('results (XEP-0313 §8.2, CVE-2019-16237)', () => {
  /** Sends one result while the archive is asked; gives what the page holds. */
  async function pageWith(archive: string, parts: (queryId: string) => Parameters<typeof result>[0]) {
    const { session, api, heard } = start();
    const page = api.archive.page({ archive });
    const [iq] = session.take();
    session.receive(result(parts(asked(iq).queryId)));
    if (iq) session.answer(iq, fin({ complete: 'true' }));
    return { items: (await page).items.map(({ archiveId }) => archiveId), heard };
  }

  it.each([undefined, OWN])('of the own archive come from %s', async (from) => {
    expect(await pageWith(OWN, (queryId) => ({ from, queryId, id: 'a1' }))).toEqual({
      items: ['a1'],
      heard: [],
    });
  });

  it.each([MALLORY, `${OWN}/phone`, 'example.org', ROOM, `${ROOM}/Romeo`])(
    'of the own archive from %s are forged',
    async (from) => {
      expect((await pageWith(OWN, (queryId) => ({ from, queryId, id: 'a1' }))).items).toEqual([]);
    },
  );

  it.each([undefined, OWN, MALLORY, `${ROOM}/Romeo`, 'muc.example.org'])(
    "of a room's archive from %s are forged",
    async (from) => {
      const inner = said('Romeo', 'hi');
      expect((await pageWith(ROOM, (queryId) => ({ from, queryId, id: 'a1', inner }))).items).toEqual([]);
      expect((await pageWith(ROOM, (queryId) => ({ from: ROOM, queryId, id: 'a1', inner }))).items).toEqual([
        'a1',
      ]);
    },
  );

  it.each(['', 'f27'])('of the query %j, which nobody made, are ignored', async (queryId) => {
    expect((await pageWith(OWN, () => ({ queryId, id: 'a1' }))).items).toEqual([]);
  });

  it.each(['', 'x'.repeat(1025)])('without a usable id are ignored', async (id) => {
    expect((await pageWith(OWN, (queryId) => ({ queryId, id, inner: body('x') }))).items).toEqual([]);
  });

  it('of another open query stay with that one', async () => {
    const { session, api } = start();
    const own = api.archive.page({ archive: OWN });
    const room = api.archive.page({ archive: ROOM });
    const [ownIq, roomIq] = session.take();
    const inner = said('Romeo', 'hi');
    session.receive(result({ from: ROOM, queryId: asked(ownIq).queryId, id: 'a1', inner }));
    session.receive(result({ queryId: asked(roomIq).queryId, id: 'a2', inner }));
    session.receive(result({ from: ROOM, queryId: asked(roomIq).queryId, id: 'a3', inner }));
    for (const iq of [ownIq, roomIq]) if (iq) session.answer(iq, fin({ complete: 'true' }));
    expect((await own).items).toEqual([]);
    expect((await room).items).toMatchObject([{ archiveId: 'a3' }]);
  });

  it('after the end of their query are ignored', async () => {
    const { session, api } = start();
    const queries = answers(session, () => ({ ids: ['a1'], fin: fin({ complete: 'true' }) }));
    const { items } = await api.archive.page({ archive: OWN });
    session.receive(result({ queryId: queries[0]?.queryId ?? '', id: 'a2' }));
    expect(items).toHaveLength(1);
  });

  it('that nobody asked for say nothing but what their sender says itself', () => {
    const { session, heard } = start();
    session.receive(result({ from: MALLORY, queryId: 'q', id: 'a1', rest: '<body>mine</body>' }));
    expect(heard).toEqual(['mine']);
  });

  it('that were asked for say nothing beside what they wrap', async () => {
    const rest = '<body>beside it</body>';
    const page = await pageWith(OWN, (queryId) => ({ from: OWN, queryId, id: 'a1', rest }));
    expect(page).toEqual({ items: ['a1'], heard: [] });
  });

  it('without end are not taken', async () => {
    const { session, api } = start();
    const page = api.archive.page({ archive: ROOM, max: 10 });
    const { queryId } = asked(session.take()[0]);
    const inner = said('Romeo', 'hi');
    for (let n = 0; n <= 5_000; n++) session.receive(result({ from: ROOM, queryId, id: `a${n}`, inner }));
    await expect(page).rejects.toMatchObject({ condition: 'policy-violation' });
  });

  it('of more text than a page can have are not taken', async () => {
    const { session, api } = start();
    const page = api.archive.page({ archive: ROOM, max: 10 });
    const { queryId } = asked(session.take()[0]);
    const inner = said('Romeo', 'x'.repeat(1024 * 1024));
    for (let n = 0; n <= 64; n++) session.receive(result({ from: ROOM, queryId, id: `a${n}`, inner }));
    await expect(page).rejects.toMatchObject({ condition: 'policy-violation' });
  });
});

describe('the archive of a room (XEP-0313 §6.1.2)', () => {
  async function pageOf(...inner: string[]) {
    const { session, api } = start();
    const page = api.archive.page({ archive: ROOM });
    const [iq] = session.take();
    const { queryId, to } = asked(iq);
    expect(to).toBe(ROOM);
    for (const [index, each] of inner.entries())
      session.receive(result({ from: ROOM, queryId, id: `a${index}`, inner: each }));
    if (iq) session.answer(iq, fin({ complete: 'true' }));
    return (await page).items;
  }

  it('tells who said it, where it may', async () => {
    const real = `<x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' jid='Romeo@Example.net/x'/></x>`;
    expect(await pageOf(said('Romeo', 'hi', real), said('Iago', 'ho'))).toMatchObject([
      { sender: 'romeo@example.net', message: { from: `${ROOM}/Romeo`, body: 'hi' } },
      { sender: undefined, message: { from: `${ROOM}/Iago` } },
    ]);
  });

  it('has no word on what was said elsewhere', async () => {
    const other = said('Romeo', 'x').replace(ROOM, 'other@muc.example.org');
    const secret = said('Romeo', 'x').replace('groupchat', 'chat');
    expect(
      await pageOf(body('x'), other, secret, said('Romeo', 'x').replace(` from='${ROOM}/Romeo'`, '')),
    ).toEqual([]);
  });
});

describe('an archive that refuses', () => {
  it.each([{ after: 'a1' }, { before: 'a1' }])(
    '%j because it does not know it (XEP-0313 §4.3.2)',
    async (query) => {
      const { session, api } = start();
      session.whenAsked('set', 'query', NS_MAM, NOT_FOUND);
      const failure = api.archive.page({ archive: OWN, ...query });
      await expect(failure).rejects.toBeInstanceOf(UnknownArchiveIdError);
      await expect(failure).rejects.toMatchObject({ condition: 'item-not-found', ids: ['a1'] });
    },
  );

  it('a question that names none, says why itself', async () => {
    const { session, api } = start();
    session.whenAsked('set', 'query', NS_MAM, NOT_FOUND);
    await expect(api.archive.page({ archive: ROOM, before: '' })).rejects.toMatchObject({
      name: 'StanzaError',
    });
  });
});

describe('patience', () => {
  afterEach(() => void vi.useRealTimers());

  it('lasts as long as new results come, and ends when they do not', async () => {
    vi.useFakeTimers();
    const { session, api } = start();
    const page = api.archive.page({ archive: OWN }, { timeout: 1000 });
    const failed = vi.fn();
    page.catch(failed);
    const { queryId } = asked(session.take()[0]);
    for (const id of ['a1', 'a2', 'a3']) {
      await vi.advanceTimersByTimeAsync(900);
      session.receive(result({ queryId, id }));
    }
    expect(failed).not.toHaveBeenCalled();
    // One that came already is no progress.
    await vi.advanceTimersByTimeAsync(900);
    session.receive(result({ queryId, id: 'a3' }));
    await vi.advanceTimersByTimeAsync(100);
    expect(failed).toHaveBeenCalledWith(expect.objectContaining({ name: 'TimeoutError' }));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('with the end of a page that halts is helped: something is written, until it ends', async () => {
    vi.useFakeTimers();
    const { session, api } = start();
    const page = api.archive.page({ archive: OWN });
    const [iq] = session.take();
    await vi.advanceTimersByTimeAsync(100);
    // The server may think as long as it likes.
    expect(session.nudges).toBe(0);
    for (const id of ['a1', 'a2', 'a3']) session.receive(result({ queryId: asked(iq).queryId, id }));
    await vi.advanceTimersByTimeAsync(100);
    expect(session.nudges).toBe(1);
    session.receive(result({ queryId: asked(iq).queryId, id: 'a4' }));
    if (iq) session.answer(iq, fin({ complete: 'true' }));
    await page;
    await vi.advanceTimersByTimeAsync(100);
    expect(session.nudges).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with the signal, and with the stream', async () => {
    const { session, api } = start();
    const ender = new AbortController();
    const page = api.archive.page({ archive: OWN }, { signal: ender.signal });
    ender.abort(new Error('enough'));
    await expect(page).rejects.toThrow('enough');
    await expect(api.archive.page({ archive: OWN }, { signal: ender.signal })).rejects.toThrow('enough');
    expect(session.take()).toHaveLength(1);
    const lost = api.archive.page({ archive: OWN });
    session.drop();
    await expect(lost).rejects.toMatchObject({ name: 'DisconnectedError' });
  });
});

describe('what an archive can (XEP-0313 §7)', () => {
  it('is asked once in a session', async () => {
    const { session, api } = start();
    announces(session, OWN, NS_MAM, `${NS_MAM}#extended`, `${NS_MAM}#groupchat-field`);
    const can = { archive: true, extended: true, groupchatField: true, groupchat: false };
    expect(await api.archive.abilities(OWN)).toEqual(can);
    expect(await api.archive.abilities(OWN)).toEqual(can);
    expect(session.take()).toHaveLength(1);
    session.renew();
    session.take();
    await api.archive.abilities(OWN);
    expect(session.take()).toHaveLength(1);
  });

  it('is nothing where the entity refuses to say, until it says more: a service may be about to start', async () => {
    const { session, api } = start();
    const info = api.archive.abilities(ROOM);
    const [iq] = session.take();
    if (iq) session.answer(iq, NOT_FOUND.replace('item-not-found', 'service-unavailable'));
    expect(await info).toMatchObject({ archive: false });
    announces(session, ROOM, NS_MAM);
    expect(await api.archive.abilities(ROOM)).toMatchObject({ archive: true });
  });

  it('is unknown where the entity does not answer', async () => {
    const { session, api } = start();
    const lost = api.archive.abilities(OWN);
    session.drop();
    await expect(lost).rejects.toMatchObject({ name: 'DisconnectedError' });
    session.renew();
    session.take();
    announces(session, OWN, NS_MAM);
    expect(await api.archive.abilities(OWN)).toMatchObject({ archive: true, extended: false });
  });

  it.each([
    [
      { afterId: 'a1', beforeId: 'a9' },
      { fields: { FORM_TYPE: [NS_MAM], 'after-id': ['a1'], 'before-id': ['a9'] } },
    ],
    [{ ids: ['a1', 'a2'] }, { fields: { FORM_TYPE: [NS_MAM], ids: ['a1', 'a2'] } }],
    [{ flip: true }, { flip: true }],
  ])('%j is only asked where #extended is announced (XEP-0313 §4.1)', async (query, expected) => {
    const { session, api } = start();
    announces(session, OWN, NS_MAM);
    announces(session, ROOM, NS_MAM, `${NS_MAM}#extended`);
    const queries = answers(session, () => ({ ids: [], fin: fin({ complete: 'true' }) }));
    await expect(api.archive.page({ archive: OWN, ...query })).rejects.toMatchObject({
      name: 'UnsupportedFeatureError',
      entity: OWN,
    });
    expect(queries).toEqual([]);
    await api.archive.page({ archive: ROOM, ...query });
    expect(queries).toMatchObject([expected]);
  });

  it('what was said in rooms is only asked about where that is understood (XEP-0313 §4.1.4)', async () => {
    const { session, api } = start();
    announces(session, OWN, NS_MAM);
    await expect(api.archive.page({ archive: OWN, groupchat: true })).rejects.toMatchObject({
      name: 'UnsupportedFeatureError',
    });
    session.renew();
    announces(session, OWN, NS_MAM, `${NS_MAM}#groupchat-field`);
    const queries = answers(session, () => ({ ids: [], fin: fin({ complete: 'true' }) }));
    await api.archive.page({ archive: OWN, groupchat: false });
    expect(queries[0]?.fields['include-groupchat']).toEqual(['false']);
  });

  it('a flipped page comes newest first, and its ends stay what they are (XEP-0313 §4.3.4)', async () => {
    const { session, api } = start();
    announces(session, OWN, NS_MAM, `${NS_MAM}#extended`);
    answers(session, () => ({ ids: ['a3', 'a2', 'a1'], fin: `<fin xmlns='${NS_MAM}'/>` }));
    const page = await api.archive.page({ archive: OWN, before: '', flip: true });
    expect(page.items.map(({ archiveId }) => archiveId)).toEqual(['a3', 'a2', 'a1']);
    expect(page).toMatchObject({ first: 'a1', last: 'a3' });
  });
});

describe('metadata (XEP-0313 §5)', () => {
  const read = async (answer: string) => {
    const { session, api } = start();
    announces(session, OWN, NS_MAM, `${NS_MAM}#extended`);
    session.whenAsked('get', 'metadata', NS_MAM, answer);
    return api.archive.metadata(OWN);
  };

  it('tells the oldest and the newest', async () => {
    const bounds = `<start id='a1' timestamp='2010-07-10T23:08:25Z'/><end id='a9' timestamp='2010-07-10T23:08:26Z'/>`;
    expect(await read(`<metadata xmlns='${NS_MAM}'>${bounds}</metadata>`)).toEqual({
      start: { id: 'a1', time: STAMP },
      end: { id: 'a9', time: STAMP + 1000 },
    });
  });

  it('of an empty archive are empty, as are those that make no sense', async () => {
    const nothing = { start: undefined, end: undefined };
    expect(await read(`<metadata xmlns='${NS_MAM}'/>`)).toEqual(nothing);
    expect(await read(`<metadata xmlns='${NS_MAM}'><start id='a1' timestamp='soon'/></metadata>`)).toEqual(
      nothing,
    );
    await expect(read('')).rejects.toMatchObject({ name: 'StanzaError' });
  });

  it('are only asked for where they are offered', async () => {
    const { session, api } = start();
    announces(session, OWN, NS_MAM);
    await expect(api.archive.metadata(OWN)).rejects.toMatchObject({ name: 'UnsupportedFeatureError' });
  });
});

it('a good archive is paged to its end', async () => {
  const { session, api } = start();
  const queries = goodArchive(session, ['a1', 'a2', 'a3', 'a4', 'a5']);
  const pages: string[][] = [];
  const end = await api.archive.catchUp({ archive: OWN, max: 2, start: STAMP, with: ROMEO }, ({ items }) =>
    pages.push(items.map(({ archiveId }) => archiveId)),
  );
  expect(pages).toEqual([['a1', 'a2'], ['a3', 'a4'], ['a5']]);
  expect(end).toEqual({ pages: 3, last: 'a5', ended: 'complete' });
  expect(queries.map(({ after }) => after)).toEqual([undefined, 'a2', 'a4']);
  // The same request each time (§4.3.2).
  for (const { fields } of queries) expect(Object.keys(fields)).toEqual(['FORM_TYPE', 'with', 'start']);
});
