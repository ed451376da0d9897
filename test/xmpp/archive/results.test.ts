import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseFin, parseMetadata, parseResult, resultIn } from '../../../src/xmpp/archive/results.ts';
import { x } from '../../../src/xmpp/stanza.ts';
import { parse } from '../../support/parse.ts';
import { anyElement } from './arbitrary.ts';
import { asked, fin, OWN, result, start } from './fake-archive.ts';

it('reads back what an archive writes (XEP-0313 §4.2)', () => {
  const element = resultIn(parse(result({ queryId: 'q', id: 'a1' })));
  expect(element && parseResult(element)).toMatchObject({
    id: 'a1',
    delay: { time: Date.UTC(2010, 6, 10, 23, 8, 25) },
  });
});

it('clamps a stamp that cannot be (XEP-0203 §5)', () => {
  const delay = "<delay xmlns='urn:xmpp:delay' stamp='9999-01-01T00:00:00Z'/>";
  const element = resultIn(parse(result({ queryId: 'q', id: 'a1', delay })));
  const { time = Number.NaN } = (element && parseResult(element))?.delay ?? {};
  expect(Math.abs(time - Date.now())).toBeLessThan(60_000);
});

it.each(['-1', '1e3', 'many', ''])('takes %j for no count (XEP-0059 §2.6)', (count) => {
  const answer = parse(`<iq>${fin({ count: 5 }).replace('5', count)}</iq>`);
  expect(parseFin(answer)?.count).toBeUndefined();
});

it('takes empty ids of a page for none', () => {
  expect(parseFin(parse(`<iq>${fin({ first: '', last: '' })}</iq>`))).toMatchObject({
    first: undefined,
    last: undefined,
  });
});

it('never throws on what is nearly an answer', () => {
  fc.assert(
    fc.property(anyElement(), (element) => {
      parseResult(element);
      resultIn(element);
      for (const parser of [parseFin, parseMetadata]) parser(x('iq', {}, element));
    }),
  );
});

it('an open query survives anything that calls itself a result, and takes in only messages', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyElement(), { maxLength: 5 }), async (children) => {
      const { session, api } = start();
      const page = api.archive.page({ archive: OWN });
      const [iq] = session.take();
      const { queryId: queryid } = asked(iq);
      for (const [index, child] of children.entries()) {
        const forwarded = x('forwarded', { xmlns: 'urn:xmpp:forward:0' }, child);
        const wrapper = x('result', { xmlns: 'urn:xmpp:mam:2', queryid, id: `a${index}` }, forwarded);
        session.emit('message', x('message', { xmlns: 'jabber:client' }, wrapper));
      }
      if (iq) session.answer(iq, fin({ complete: 'true' }));
      for (const { message } of (await page).items) expect([message.from, message.to]).toContain(OWN);
    }),
    { numRuns: 60 },
  );
});
