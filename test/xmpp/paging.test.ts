import { expect, it } from 'vitest';
import { parsePage, xPage } from '../../src/xmpp/paging.ts';
import { parse } from '../support/parse.ts';

it('reads first, last, index and count (XEP-0059 §2.2)', () => {
  const fin = parse(
    "<fin><set xmlns='http://jabber.org/protocol/rsm'><first index='10'>a</first><last>b</last><count>800</count></set></fin>",
  );
  expect(parsePage(fin)).toEqual({ first: 'a', last: 'b', index: 10, count: 800 });
});

it('takes numbers that are none for absent, and an empty page for a page', () => {
  const fin = parse("<fin><set xmlns='http://jabber.org/protocol/rsm'><count>-3</count></set></fin>");
  expect(parsePage(fin)).toEqual({ first: undefined, last: undefined, index: undefined, count: undefined });
  expect(parsePage(parse('<fin><set/></fin>'))).toBeUndefined();
});

it('asks for the last page with an empty before (XEP-0059 §2.5)', () => {
  expect(xPage({ max: 50, before: '' }).toString()).toBe(
    '<set xmlns="http://jabber.org/protocol/rsm"><max>50</max><before/></set>',
  );
});
