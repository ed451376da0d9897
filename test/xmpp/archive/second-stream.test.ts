/** A long archive is read on a stream of its own; the test answers each question by hand. */
import { describe, expect, it } from 'vitest';
import type { ArchivePage } from '../../../src/xmpp/archive.ts';
import { DisconnectedError } from '../../../src/xmpp/errors.ts';
import type { FakeSession } from '../../support/fake-session.ts';
import { asked, fin, NOT_FOUND, NS_MAM, OWN, ROOM, result, said, start } from './fake-archive.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const isQuery = (iq: { getChild(name: string, xmlns: string): unknown }) =>
  iq.getChild('query', NS_MAM) !== undefined;

/** Resolves to the question for a page that was written last. */
async function question(session: FakeSession) {
  await turn();
  const iq = session.take().findLast(isQuery);
  if (iq === undefined) throw new Error('nothing was asked');
  return iq;
}

/** Gives a page whose last message has that id, by default not the last page. */
async function give(
  session: FakeSession,
  id: string,
  { complete = false, messages = 1 } = {},
): Promise<void> {
  const iq = await question(session);
  const { to, queryId } = asked(iq);
  for (let n = 1; n < messages; n += 1) session.receive(result({ from: to, queryId, id: `${id}-${n}` }));
  session.receive(result({ from: to, queryId, id }));
  session.answer(iq, fin({ first: id, last: id, complete: String(complete) }));
  await turn();
}

/** A catch-up under way, on a server that takes a second stream unless it is said otherwise. */
function reading({ archive = OWN } = {}) {
  const { session, api } = start();
  session.prepareSecond = () => undefined;
  const pages: ArchivePage[] = [];
  const end = api.archive.catchUp({ archive, max: 1 }, (page) => pages.push(page));
  end.catch(() => undefined);
  const ids = () => pages.map(({ last }) => last);
  return { session, end, ids, seconds: session.seconds };
}

/** The same, when it goes on on the second stream: the first gave two pages, the first of them of 250 messages. */
async function goingOn() {
  const read = reading();
  await give(read.session, 'a1', { messages: 250 });
  await give(read.session, 'a2');
  const [second] = read.seconds;
  if (second === undefined) throw new Error('no second stream');
  return { ...read, second };
}

describe('a short archive', () => {
  it('needs no second stream, however many pages the server makes of it', async () => {
    const { session, end, seconds } = reading();
    for (const id of ['a1', 'a2', 'a3', 'a4']) await give(session, id, { messages: 50 });
    await give(session, 'a5', { messages: 200, complete: true });
    await end;
    expect(seconds).toEqual([]);
  });
});

describe('a long archive', () => {
  it('is read on a second stream as soon as that is up, and does not wait for it', async () => {
    const { session, second, end, ids } = await goingOn();
    expect(ids()).toEqual(['a1', 'a2']);
    expect(session.take().filter(isQuery)).toEqual([]);
    const iq = await question(second);
    expect(asked(iq)).toMatchObject({ to: undefined, after: 'a2' });
    second.answer(iq, fin({ complete: 'true' }));
    await end;
  });

  it('comes whole, and in order, and leaves no second stream behind', async () => {
    const { second, end, ids } = await goingOn();
    await give(second, 'a3');
    await give(second, 'a4', { complete: true });
    expect(await end).toEqual({ pages: 4, last: 'a4', ended: 'complete' });
    expect(ids()).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(second.closes).toBe(1);
  });

  it('is read on the first where the server wants no second', async () => {
    const { session, end, ids, seconds } = reading();
    session.prepareSecond = undefined;
    for (const id of ['a1', 'a2']) await give(session, id, { messages: 250 });
    await give(session, 'a3', { complete: true });
    await end;
    expect([ids(), seconds.map(({ connects }) => connects)]).toEqual([['a1', 'a2', 'a3'], [1]]);
  });

  it.each([
    ['breaks', (second: FakeSession) => second.drop({ final: true })],
    ['ends when the first begins anew', (_second: FakeSession, first: FakeSession) => first.renew()],
  ])('goes on with the same question on the first where the second %s', async (_, fails) => {
    const { session, second, end, ids } = await goingOn();
    expect(asked(await question(second)).after).toBe('a2');
    fails(second, session);
    await give(session, 'a3');
    await give(session, 'a4', { complete: true });
    await end;
    expect([ids(), second.closes]).toEqual([['a1', 'a2', 'a3', 'a4'], 1]);
  });

  it('ends with the error that the first gives: the second has no last word', async () => {
    const { session, second, end } = await goingOn();
    second.answer(await question(second), NOT_FOUND);
    session.answer(await question(session), NOT_FOUND);
    await expect(end).rejects.toMatchObject({ condition: 'item-not-found' });
    expect(second.closes).toBe(1);
  });

  it('is left alone when the first has ended for good', async () => {
    const { session, second, end } = await goingOn();
    session.drop({ final: true });
    await expect(end).rejects.toBeInstanceOf(DisconnectedError);
    expect(second.closes).toBe(1);
  });

  it('takes no results on the second that nobody asked for there', async () => {
    const { second, end, ids } = await goingOn();
    const iq = await question(second);
    second.receive(result({ from: 'mallory@example.com', queryId: asked(iq).queryId, id: 'forged' }));
    second.receive(result({ queryId: 'another', id: 'forged' }));
    second.answer(iq, fin({ complete: 'true' }));
    await end;
    expect(ids()).toEqual(['a1', 'a2', undefined]);
  });
});

describe('the archive of a room', () => {
  it('is read on the stream that is in the room', async () => {
    const { session, end, seconds } = reading({ archive: ROOM });
    for (const id of ['a1', 'a2']) {
      const iq = await question(session);
      const { to: from, queryId } = asked(iq);
      const inner = said('romeo', 'hello');
      for (let n = 0; n < 250; n += 1) session.receive(result({ from, queryId, id: `${id}-${n}`, inner }));
      session.answer(iq, fin({ first: id, last: id }));
    }
    session.answer(await question(session), fin({ complete: 'true' }));
    await end;
    expect(seconds).toEqual([]);
  });
});
