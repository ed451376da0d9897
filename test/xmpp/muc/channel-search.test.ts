import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  channelSearch,
  type FoundChannel,
  NS_SEARCH,
  parseChannels,
} from '../../../src/xmpp/muc/channel-search.ts';
import { child, type Element } from '../../../src/xmpp/stanza.ts';
import { anyStanza } from '../../support/any-stanza.ts';
import { FakeSession } from '../../support/fake-session.ts';
import { parse } from '../../support/parse.ts';

const SERVICE = 'search.service.example';
const NS_ERROR = 'urn:xmpp:channel-search:0:error';
const item = (address: string, inside = '') => `<item address='${address}'>${inside}</item>`;
const page = (items: string, last?: string) =>
  `<result xmlns='${NS_SEARCH}'>${items}${last === undefined ? '' : `<set xmlns='http://jabber.org/protocol/rsm'><last>${last}</last></set>`}</result>`;
const read = (items: string) => parseChannels(parse(page(items)));

/** A service that answers by `answer`, and what it was asked. */
function searching(answer: (after: string | undefined) => string, clock = () => 0) {
  const session = new FakeSession();
  const asked: Element[] = [];
  session.whenAsked('get', 'search', NS_SEARCH, (iq: Element) => {
    const search = child(iq, 'search', NS_SEARCH);
    if (search !== undefined) asked.push(search);
    return answer(search?.getChild('set')?.getChildText('after') ?? undefined);
  });
  const disco = { services: async () => [] };
  return { api: channelSearch(session, { disco, clock }), asked };
}
const fields = (search: Element | undefined) =>
  Object.fromEntries(
    (search?.getChild('x')?.getChildren('field') ?? []).map((field) => [
      field.attrs.var,
      field.getChildText('value'),
    ]),
  );

describe('what a search service tells of rooms (XEP-0433 §impl-resultitemformat)', () => {
  it('name, description, people, and whether one can enter', () => {
    expect(
      read(
        item(
          'Operators@muc.xmpp.org',
          '<name>XMPP Operators</name><description>For operators</description><nusers>43</nusers><is-open/>',
        ) + item('closed@muc.xmpp.org', '<is-open>false</is-open><nusers>many</nusers>'),
      ),
    ).toEqual<FoundChannel[]>([
      {
        room: 'operators@muc.xmpp.org',
        name: 'XMPP Operators',
        description: 'For operators',
        occupants: 43,
        open: true,
      },
      {
        room: 'closed@muc.xmpp.org',
        name: 'closed',
        description: undefined,
        occupants: undefined,
        open: false,
      },
    ]);
  });

  it('what is no room of XEP-0045 is left out', () => {
    const mix = item('a@mix.example', '<service-type>xep-0369</service-type>');
    expect(read(mix + item('muc.example') + item('a@muc.example/b') + item('@'))).toEqual([]);
  });

  it('is total', () => {
    const names = ['item', 'name', 'nusers', 'is-open', 'service-type'];
    fc.assert(fc.property(anyStanza(NS_SEARCH, names), (any) => void parseChannels(any)));
  });
});

describe('searching', () => {
  it('asks for words, or for all, and for those with most people first (§usecases-search-request)', async () => {
    const { api, asked } = searching(() => page(''));
    await api.search(SERVICE, 'witch');
    await api.search(SERVICE, undefined);
    const common = { FORM_TYPE: 'urn:xmpp:channel-search:0:search-params', types: 'xep-0045' };
    const key = '{urn:xmpp:channel-search:0:order}nusers';
    expect(asked.map(fields)).toEqual([
      { ...common, key, q: 'witch' },
      { ...common, key, all: '1' },
    ]);
  });

  it('turns pages, and tells each room once (XEP-0059 §2.3)', async () => {
    const pages: Record<string, string> = {
      '': page(item('a@m.example') + item('b@m.example'), 'one'),
      one: page(item('b@m.example') + item('c@m.example'), 'two'),
      two: page(item('d@m.example')),
    };
    const { api } = searching((after = '') => pages[after] ?? page(''));
    const found = await api.search(SERVICE, undefined);
    expect(found.map(({ room }) => room)).toEqual(['a', 'b', 'c', 'd'].map((name) => `${name}@m.example`));
  });

  it.each([
    ['the same page for ever', () => page(item('a@m.example'), 'same'), 2],
    ['nothing new for ever', (after = '0') => page(item('a@m.example'), `${Number(after) + 1}`), 2],
    ['one more for ever', (after = '0') => page(item(`r${after}@m.example`), `${Number(after) + 1}`), 20],
  ])('ends where a service tells %s', async (_, answer, questions) => {
    const { api, asked } = searching(answer);
    await api.search(SERVICE, undefined);
    expect(asked).toHaveLength(questions);
  });

  it('takes no more than was asked for', async () => {
    const many = Array.from({ length: 500 }, (_, at) => item(`r${at}@m.example`)).join('');
    const { api, asked } = searching(() => page(many, 'more'));
    expect(await api.search(SERVICE, undefined, 30)).toHaveLength(30);
    expect(asked).toHaveLength(1);
  });
});

describe('what a service declines', () => {
  const declines = (condition: string, application: string, more = '') =>
    `<error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>` +
    `<${application} xmlns='${NS_ERROR}'${more}/></error>`;

  it.each([
    ['not-allowed', 'full-set-retrieval-rejected', 'room-search-needs-text'],
    ['bad-request', 'no-search-conditions', 'room-search-needs-text'],
    ['bad-request', 'invalid-search-terms', 'room-search-bad-text'],
    ['resource-constraint', 'rate-limit', 'room-search-too-often'],
    ['feature-not-implemented', 'invalid-sort-key', 'feature-not-implemented'],
  ])('%s with %s is %s (§usecases-search-request)', async (condition, application, known) => {
    const { api } = searching(() => declines(condition, application));
    await expect(api.search(SERVICE, undefined)).rejects.toMatchObject({ condition: known });
  });

  it('an answer that is none is an error', async () => {
    const { api } = searching(() => "<result xmlns='urn:example:other'/>");
    await expect(api.search(SERVICE, 'x')).rejects.toMatchObject({ condition: 'undefined-condition' });
  });

  it('is not asked again before the time that it says, and later each time where it says none (§rules)', async () => {
    let now = 0;
    let error = declines('resource-constraint', 'rate-limit', " retry-after='30'");
    const { api, asked } = searching(
      () => error,
      () => now,
    );
    const asks = async (at: number) => {
      now = at * 1000;
      await expect(api.search(SERVICE, 'x')).rejects.toMatchObject({ condition: 'room-search-too-often' });
      return asked.length;
    };
    expect([await asks(0), await asks(29), await asks(31)]).toEqual([1, 1, 2]);
    error = declines('resource-constraint', 'rate-limit');
    expect([await asks(62), await asks(121), await asks(123), await asks(242)]).toEqual([3, 3, 4, 4]);
  });
});
