import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NS_ROSTER, parseRosterItem, roster } from '../../src/xmpp/roster.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const ROMEO = {
  jid: 'romeo@example.net',
  name: 'Romeo',
  groups: ['Friends'],
  subscription: 'both',
  ask: false,
  approved: false,
} as const;
const ROMEO_XML =
  "<item jid='Romeo@example.net' name='Romeo' subscription='both'><group>Friends</group></item>";
const query = (inner = '', ver = '') =>
  `<query xmlns='${NS_ROSTER}' ${ver && `ver='${ver}'`}>${inner}</query>`;
const push = (inner: string, from = '', ver = '') =>
  `<iq type='set' id='p1' ${from}>${query(inner, ver)}</iq>`;

function start(versioning = false) {
  const session = new FakeSession();
  if (versioning) session.streamFeatures.add('urn:xmpp:features:rosterver ver');
  const api = roster(session);
  const seen: unknown[] = [];
  api.on('changed', ({ item, before, version }) => seen.push(['changed', item.jid, before?.name, version]));
  api.on('removed', (event) => seen.push(['removed', event.jid, event.version]));
  return { session, api, seen };
}

describe('items (RFC 6121 §2.1.2)', () => {
  it('are read with groups, ask and approved', () => {
    const item = parse(`<item xmlns='${NS_ROSTER}' jid='A@b' ask='subscribe' approved='true'>
      <group>x</group><group>x</group><group/><group>y</group></item>`);
    expect(parseRosterItem(item)).toEqual({
      jid: 'a@b',
      name: '',
      groups: ['x', 'y'],
      subscription: 'none',
      ask: true,
      approved: true,
    });
  });

  it('without a JID are none', () => {
    expect(parseRosterItem(parse("<item jid='@'/>"))).toBeUndefined();
    expect(parseRosterItem(parse('<item/>'))).toBeUndefined();
  });

  it('are read from anything', () => {
    const attributes = fc.dictionary(
      fc.constantFrom('jid', 'name', 'subscription', 'ask', 'approved'),
      fc.string(),
    );
    fc.assert(
      fc.property(attributes, (attrs) => {
        const item = parseRosterItem(x('item', attrs));
        expect(item === undefined || typeof item.jid === 'string').toBe(true);
      }),
    );
  });
});

describe('load (RFC 6121 §2.2, §2.6)', () => {
  it('asks without a version where the stream does not offer it', async () => {
    const { session, api } = start();
    const gone = "<item jid='gone@example.net' subscription='remove'/>";
    session.whenAsked('get', 'query', NS_ROSTER, query(ROMEO_XML + gone));
    expect(await api.load({ version: 'v1', items: [] })).toEqual([ROMEO]);
    expect(session.take()[0]?.getChild('query', NS_ROSTER)?.attrs).not.toHaveProperty('ver');
    expect(api.items.get('romeo@example.net')).toEqual(ROMEO);
    expect(api.version).toBeUndefined();
  });

  it('asks with an empty version for the first time (§2.6.2)', async () => {
    const { session, api } = start(true);
    session.whenAsked('get', 'query', NS_ROSTER, query(ROMEO_XML, 'v2'));
    await api.load();
    expect(session.take()[0]?.getChild('query', NS_ROSTER)?.attrs.ver).toBe('');
    expect(api.version).toBe('v2');
  });

  it('takes an empty result as: the copy holds (§2.6.3)', async () => {
    const { session, api } = start(true);
    session.whenAsked('get', 'query', NS_ROSTER, '');
    const loaded: unknown[] = [];
    api.on('loaded', (event) => loaded.push(event));
    expect(await api.load({ version: 'v1', items: [ROMEO] })).toBe('unchanged');
    expect(loaded).toEqual([{ items: [ROMEO], version: 'v1', unchanged: true }]);
    expect([...api.items.keys()]).toEqual(['romeo@example.net']);
  });

  it('takes an empty list as an empty list', async () => {
    const { session, api } = start(true);
    session.whenAsked('get', 'query', NS_ROSTER, query('', 'v9'));
    expect(await api.load({ version: 'v1', items: [ROMEO] })).toEqual([]);
  });
});

describe('pushes (RFC 6121 §2.1.6)', () => {
  it.each(['', "from='juliet@example.org'"])('are taken with %s', async (from) => {
    const { session, api, seen } = start();
    const answer = await session.ask(push(ROMEO_XML, from, 'v3'));
    expect(answer.attrs.type).toBe('result');
    await session.ask(push(ROMEO_XML.replace("name='Romeo'", "name='R'"), from));
    await session.ask(push("<item jid='romeo@example.net' subscription='remove'/>", from, 'v5'));
    expect(seen).toEqual([
      ['changed', 'romeo@example.net', undefined, 'v3'],
      ['changed', 'romeo@example.net', 'Romeo', 'v3'],
      ['removed', 'romeo@example.net', 'v5'],
    ]);
    expect(api.items.size).toBe(0);
  });

  it.each([
    'example.org',
    'juliet@example.org/balcony',
    'romeo@example.net',
    'juliet@example.org.evil.example',
  ])('from %s are forged and change nothing', async (from) => {
    const { session, api, seen } = start();
    const answer = await session.ask(push(ROMEO_XML, `from='${from}'`));
    expect(answer.toString()).toContain('service-unavailable');
    expect(seen).toEqual([]);
    expect(api.items.size).toBe(0);
  });

  it.each(['', ROMEO_XML + ROMEO_XML, "<item jid=''/>"])(
    'with other than one item are refused: %s',
    async (inner) => {
      const { session, seen } = start();
      expect((await session.ask(push(inner))).toString()).toContain('bad-request');
      expect(seen).toEqual([]);
    },
  );
});

describe('changes', () => {
  it('set name and groups (§2.3)', async () => {
    const { session, api } = start();
    session.whenAsked('set', 'query', NS_ROSTER, '');
    await api.set({ jid: 'romeo@example.net', name: 'R', groups: ['a', 'a', 'b'] });
    expect(session.take()[0]?.getChild('query', NS_ROSTER)?.toString()).toBe(
      `<query xmlns="${NS_ROSTER}"><item jid="romeo@example.net" name="R"><group>a</group><group>b</group></item></query>`,
    );
  });

  it('remove (§2.5), and say why not', async () => {
    const { session, api } = start();
    const refusal =
      "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";
    session.whenAsked('set', 'query', NS_ROSTER, refusal);
    await expect(api.remove('romeo@example.net')).rejects.toMatchObject({ condition: 'item-not-found' });
    expect(session.take()[0]?.toString()).toContain('subscription="remove"');
  });
});
