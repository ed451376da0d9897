import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catchUp } from '../../../src/xmpp/archive/catch-up.ts';
import type { ArchivePage } from '../../../src/xmpp/archive.ts';
import { type Asked, answers, fin, goodArchive, NOT_FOUND, NS_MAM, OWN, start } from './fake-archive.ts';

const idsOf = ({ items }: ArchivePage) => items.map(({ archiveId }) => archiveId);
const ignore = () => undefined;

describe('the next page', () => {
  it('is asked for before the one that came is handed on', async () => {
    const { session, api } = start();
    const queries = goodArchive(session, ['a1', 'a2', 'a3', 'a4', 'a5']);
    const askedBy: number[] = [];
    await api.archive.catchUp({ archive: OWN, max: 2 }, () => askedBy.push(queries.length));
    expect(askedBy).toEqual([2, 3, 3]);
  });

  it('has left when the one that came is handed on: what is written leaves with the end of a turn', async () => {
    const order: string[] = [];
    const page = { items: [], first: 'a1', last: 'a1', complete: false, stable: true, count: undefined };
    const ask = async ({ after = 'none' }: { after?: string | undefined }): Promise<ArchivePage> => {
      process.nextTick(() => order.push(`left: after ${after}`));
      return after === 'none' ? page : { ...page, last: 'a2', complete: true };
    };
    await catchUp(ask, { archive: OWN }, ({ last }) => order.push(`handed on: ${last}`));
    expect(order).toEqual(['left: after none', 'left: after a1', 'handed on: a1', 'handed on: a2']);
  });

  it('is not handed on where that was ended while the next one left', async () => {
    const ender = new AbortController();
    const page = { items: [], first: 'a1', last: 'a1', complete: false, stable: true, count: undefined };
    const ask = async ({ after }: { after?: string | undefined }): Promise<ArchivePage> => {
      if (after !== undefined) process.nextTick(() => ender.abort(new Error('enough')));
      return page;
    };
    const seen: ArchivePage[] = [];
    const { signal } = ender;
    await expect(catchUp(ask, { archive: OWN }, (each) => seen.push(each), { signal })).rejects.toThrow(
      'enough',
    );
    expect(seen).toEqual([]);
  });

  it('follows the last archive id of the page before, from where it was left (XEP-0059 §2.2)', async () => {
    const { session, api } = start();
    const queries = goodArchive(session, ['a1', 'a2', 'a3', 'a4']);
    const end = await api.archive.catchUp({ archive: OWN, max: 2, after: 'a1' }, ignore);
    expect(queries.map(({ after }) => after)).toEqual(['a1', 'a3']);
    expect(end).toEqual({ pages: 2, last: 'a4', ended: 'complete' });
  });

  it('is asked for though the archive gives fewer than it could: its limit may be lower (XEP-0313 §4.3.1)', async () => {
    const { session, api } = start();
    const all = ['a1', 'a2', 'a3'];
    answers(session, ({ after }) => {
      const ids = all.slice(after === undefined ? 0 : all.indexOf(after) + 1).slice(0, 1);
      return { ids, fin: fin(ids[0] ? { first: ids[0], last: ids[0] } : {}) };
    });
    const seen: string[] = [];
    const end = await api.archive.catchUp({ archive: OWN, max: 50 }, (page) => seen.push(...idsOf(page)));
    expect(seen).toEqual(all);
    // The last one was empty: no `complete` was needed.
    expect(end).toEqual({ pages: 4, last: 'a3', ended: 'complete' });
  });

  it('follows what could not be read too', async () => {
    const { session, api } = start();
    const queries = answers(session, ({ after }) =>
      after === undefined ? { ids: [], fin: fin({ first: 'a1', last: 'a2' }) } : { ids: [], fin: fin() },
    );
    await api.archive.catchUp({ archive: OWN }, ignore);
    expect(queries.map(({ after }) => after)).toEqual([undefined, 'a2']);
  });
});

describe('an archive without end', () => {
  const stalls: [string, (query: Asked, round: number) => string[]][] = [
    ['repeats its page', () => ['a1', 'a2']],
    ['goes round in a circle', (_, round) => [`a${round % 3}`]],
    ['gives back what was asked to be left behind', ({ after = 'a0' }) => [after]],
  ];
  it.each(stalls)('that %s is left', async (_, idsFor) => {
    const { session, api } = start();
    const queries = answers(session, (query) => {
      const ids = idsFor(query, queries.length);
      return { ids, fin: fin({ first: ids[0] ?? '', last: ids.at(-1) ?? '' }) };
    });
    const end = await api.archive.catchUp({ archive: OWN, after: 'a0' }, ignore);
    expect(end.ended).toBe('stalled');
    expect(queries.length).toBeLessThan(5);
  });

  it('that always has one more is left after so many pages', async () => {
    const { session, api } = start();
    const queries = answers(session, () => {
      const id = `a${queries.length}`;
      return { ids: [id], fin: fin({ first: id, last: id }) };
    });
    const end = await api.archive.catchUp({ archive: OWN, pages: 7 }, ignore);
    expect(end).toEqual({ pages: 7, last: 'a7', ended: 'limit' });
    expect(queries).toHaveLength(7);
  });
});

describe('what goes wrong', () => {
  it('ends it: nothing is handed on after that, and what was handed on stays', async () => {
    const { session, api } = start();
    answers(session, ({ after }) =>
      after === undefined
        ? { ids: ['a1'], fin: fin({ first: 'a1', last: 'a1' }) }
        : { ids: [], fin: NOT_FOUND },
    );
    const seen: string[][] = [];
    const caught = api.archive.catchUp({ archive: OWN }, (page) => seen.push(idsOf(page)));
    await expect(caught).rejects.toMatchObject({ name: 'UnknownArchiveIdError', ids: ['a1'] });
    expect(seen).toEqual([['a1']]);
  });

  it('with keeping a page ends it too, and the answer under way is dropped', async () => {
    const { session, api } = start();
    const queries = goodArchive(session, ['a1', 'a2', 'a3']);
    let pages = 0;
    const full = new Error('disk full');
    const caught = api.archive.catchUp({ archive: OWN, max: 1 }, () => {
      pages++;
      throw full;
    });
    await expect(caught).rejects.toBe(full);
    await new Promise(setImmediate);
    expect([pages, queries.length]).toEqual([1, 2]);
  });

  it('with the stream ends it', async () => {
    const { session, api } = start();
    const caught = api.archive.catchUp({ archive: OWN }, ignore);
    session.drop();
    await expect(caught).rejects.toMatchObject({ name: 'DisconnectedError' });
  });
});

describe('the signal', () => {
  it('ends it while a page is waited for', async () => {
    const { api } = start();
    const ender = new AbortController();
    const caught = api.archive.catchUp({ archive: OWN }, ignore, { signal: ender.signal });
    ender.abort(new Error('enough'));
    await expect(caught).rejects.toThrow('enough');
  });

  it('ends it while a page is looked at: no further one is', async () => {
    const { session, api } = start();
    goodArchive(session, ['a1', 'a2', 'a3']);
    const ender = new AbortController();
    const seen: string[] = [];
    const caught = api.archive.catchUp(
      { archive: OWN, max: 1 },
      (page) => {
        seen.push(...idsOf(page));
        ender.abort(new Error('enough'));
      },
      { signal: ender.signal },
    );
    await expect(caught).rejects.toThrow('enough');
    expect(seen).toEqual(['a1']);
  });
});

it('gives everything once and in order, however long the archive and its pages are', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 40 }), fc.integer({ min: 1, max: 15 }), async (size, max) => {
      const { session, api } = start();
      const all = Array.from({ length: size }, (_, index) => `a${index}`);
      goodArchive(session, all);
      const seen: string[] = [];
      const end = await api.archive.catchUp({ archive: OWN, max }, (page) => seen.push(...idsOf(page)));
      expect(seen).toEqual(all);
      expect(end).toMatchObject({ ended: 'complete', last: all.at(-1) });
    }),
    { numRuns: 50 },
  );
});

it('ends, whatever the archive answers', async () => {
  const id = fc.option(fc.constantFrom('a1', 'a2', 'a3', 'a4'), { nil: undefined });
  const page = fc.record({ last: id, complete: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(page, { minLength: 1 }), async (script) => {
      let asked = 0;
      const ask = async (): Promise<ArchivePage> => {
        const { last, complete } = script[asked++ % script.length] ?? { last: undefined, complete: true };
        return { items: [], first: last, last, complete, stable: true, count: undefined };
      };
      await catchUp(ask, { archive: OWN }, ignore);
      // Four ids, so at most four pages that lead on, and one that does not.
      expect(asked).toBeLessThanOrEqual(5);
    }),
  );
});

describe('beneath it, an archive asked by the test', () => {
  const page = (last: string): ArchivePage => ({
    items: [],
    first: last,
    last,
    complete: false,
    stable: true,
    count: undefined,
  });

  it('hands on no page that came as it was ended', async () => {
    const ender = new AbortController();
    const seen: unknown[] = [];
    const ask = async () => page('a1');
    const caught = catchUp(ask, { archive: OWN }, (each) => seen.push(each), { signal: ender.signal });
    ender.abort(new Error('enough'));
    await expect(caught).rejects.toThrow('enough');
    expect(seen).toEqual([]);
  });

  it('gives up what it asked for when a page could not be kept', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const ask = async (_: unknown, { signal }: { signal?: AbortSignal }) => {
      signals.push(signal);
      return page(`a${signals.length}`);
    };
    const caught = catchUp(ask, { archive: OWN }, () => {
      throw new Error('disk full');
    });
    await expect(caught).rejects.toThrow('disk full');
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, true]);
  });
});

it('leaves nothing behind that listens or waits', async () => {
  const { session, api } = start();
  goodArchive(session, ['a1', 'a2', 'a3']);
  const ender = new AbortController();
  const before = session.listenerCount('message');
  await api.archive.catchUp({ archive: OWN, max: 1 }, ignore, { signal: ender.signal });
  expect(session.listenerCount('message')).toBe(before);
  expect(session.take().every((iq) => iq.getChild('query', NS_MAM) !== undefined)).toBe(true);
});
