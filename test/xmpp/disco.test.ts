import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type Caps, capsMemory, parseCaps, verificationString, verifyCaps } from '../../src/xmpp/caps.ts';
import {
  type DiscoInfo,
  disco,
  NS_DISCO_INFO,
  NS_DISCO_ITEMS,
  parseInfo,
  parseItems,
} from '../../src/xmpp/disco.ts';
import { TimeoutError } from '../../src/xmpp/errors.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const ROMEO = 'romeo@example.net/orchard';
const NURSE = 'nurse@example.net/chamber';
const EXODUS = `<query xmlns='${NS_DISCO_INFO}'>
  <identity category='client' name='Exodus 0.9.1' type='pc'/>
  <feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#items'/>
  <feature var='http://jabber.org/protocol/disco#info'/><feature var='http://jabber.org/protocol/muc'/></query>`;
const EXODUS_VER = 'QgayPKawpkPSDYmwT/WM94uAlu0=';
const PSI = `<query xmlns='${NS_DISCO_INFO}'>
  <identity xml:lang='en' category='client' name='Psi 0.11' type='pc'/>
  <identity xml:lang='el' category='client' name='Ψ 0.11' type='pc'/>
  <feature var='http://jabber.org/protocol/caps'/><feature var='http://jabber.org/protocol/disco#info'/>
  <feature var='http://jabber.org/protocol/disco#items'/><feature var='http://jabber.org/protocol/muc'/>
  <x xmlns='jabber:x:data' type='result'>
    <field var='FORM_TYPE' type='hidden'><value>urn:xmpp:dataforms:softwareinfo</value></field>
    <field var='ip_version' type='text-multi'><value>ipv6</value><value>ipv4</value></field>
    <field var='os'><value>Mac</value></field><field var='os_version'><value>10.5.1</value></field>
    <field var='software'><value>Psi</value></field><field var='software_version'><value>0.11</value></field>
  </x></query>`;

function info(xml: string): DiscoInfo {
  const found = parseInfo(parse(xml));
  if (found === undefined) throw new Error('no info');
  return found;
}
const caps = (ver: string, hash = 'sha-1'): Caps => ({ node: 'http://example.net/client', ver, hash });

describe('verification string (XEP-0115 §5)', () => {
  it('is that of the simple example (§5.2)', () => {
    expect(verificationString(info(EXODUS))).toBe(EXODUS_VER);
  });

  it('is that of the complex example (§5.3)', () => {
    expect(verificationString(info(PSI))).toBe('q07IKJEyjvHSyhy//CH0CxmKi8w=');
  });

  it('is none for an unknown hash (§5.4)', () => {
    expect(verificationString(info(EXODUS), 'md-9')).toBeUndefined();
    expect(verifyCaps(info(EXODUS), caps(EXODUS_VER, 'md-9'))).toBe(false);
  });

  it('does not depend on the order of anything (§5.1)', () => {
    const named = fc.uniqueArray(fc.stringMatching(/^[a-z:/.#]{1,12}$/), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(named, (features) => {
        const identities = [{ category: 'client', type: 'pc' }];
        const one = verificationString({ identities, features, forms: [] });
        expect(verificationString({ identities, features: [...features].reverse(), forms: [] })).toBe(one);
      }),
    );
  });

  const base = info(EXODUS);
  it.each<[string, DiscoInfo]>([
    ['two equal features', { ...base, features: [...base.features, base.features[0] ?? ''] }],
    ['two equal identities', { ...base, identities: [...base.identities, ...base.identities] }],
    ['two forms of one type', { ...info(PSI), forms: [...info(PSI).forms, ...info(PSI).forms] }],
    ['a feature with the separator in it', { ...base, features: [base.features.join('<')] }],
    ['a name with the separator in it', { ...base, identities: [{ category: 'a', type: 'b', name: 'c<d' }] }],
  ])('never verifies an answer with %s (§5.4)', (_, answer) => {
    expect(verifyCaps(answer, caps(verificationString(answer) ?? ''))).toBe(false);
  });

  it('reads <c/> with a hash only (§5.4)', () => {
    const c = (attrs: string) => parseCaps(parse(`<presence><c ${attrs} node='n' ver='1.0'/></presence>`));
    expect(c("xmlns='http://jabber.org/protocol/caps' hash='sha-1'")?.ver).toBe('1.0');
    expect(c("xmlns='http://jabber.org/protocol/caps'")).toBeUndefined();
    expect(c("xmlns='urn:evil' hash='sha-1'")).toBeUndefined();
  });
});

describe('parsers', () => {
  it('leave out what is malformed (XEP-0030 §3, §4)', () => {
    const broken = parse(
      `<query xmlns='${NS_DISCO_INFO}'><identity category='a'/><feature/><feature var='f' xmlns='urn:evil'/></query>`,
    );
    expect(parseInfo(broken)).toEqual({ identities: [], features: [], forms: [] });
    const items = parse(
      `<query xmlns='${NS_DISCO_ITEMS}'><item/><item jid='@'/><item jid='Muc.Example.org' name='Rooms'/></query>`,
    );
    expect(parseItems(items)).toEqual([{ jid: 'muc.example.org', node: undefined, name: 'Rooms' }]);
    expect(parseInfo(items)).toBeUndefined();
    expect(parseItems(undefined)).toBeUndefined();
  });
});

function start(mayKnow?: (jid: string) => boolean) {
  const session = new FakeSession();
  const api = disco(session, {
    node: 'https://example.org/xmpp-chat',
    identity: { category: 'client', type: 'console', name: 'xmpp-chat' },
    ...(mayKnow && { mayKnow }),
  });
  return { session, api };
}
const hello = (ver: string, from = ROMEO) =>
  `<presence from='${from}'><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='http://code.google.com/p/exodus' ver='${ver}'/></presence>`;
const ask = (node = '') =>
  `<iq type='get' id='1' from='${ROMEO}'><query xmlns='${NS_DISCO_INFO}' ${node}/></iq>`;

describe('items', () => {
  const page = (jid: string, last: string, count = '') =>
    `<query xmlns='${NS_DISCO_ITEMS}'><item jid='${jid}'/><set xmlns='http://jabber.org/protocol/rsm'><last>${last}</last>${count}</set></query>`;

  it('are asked for page after page (XEP-0059 §2.3)', async () => {
    const { session, api } = start();
    session.whenAsked('get', 'query', NS_DISCO_ITEMS, (iq) =>
      iq.toString().includes('<after>a</after>')
        ? page('two@muc.example', 'b', '<count>2</count>')
        : page('one@muc.example', 'a', '<count>2</count>'),
    );
    expect((await api.items('muc.example')).map(({ jid }) => jid)).toEqual([
      'one@muc.example',
      'two@muc.example',
    ]);
    expect(session.take()).toHaveLength(2);
  });

  it('end where a service turns no page, or never ends', async () => {
    const { session, api } = start();
    session.whenAsked('get', 'query', NS_DISCO_ITEMS, page('one@muc.example', 'a'));
    expect(await api.items('muc.example')).toHaveLength(1);
    let turned = 0;
    session.whenAsked('get', 'query', NS_DISCO_ITEMS, () => page('one@muc.example', String(turned++)));
    expect(await api.items('muc.example')).toHaveLength(100);
    expect(await api.items('muc.example', undefined, { most: 7 })).toHaveLength(7);
  });
});

describe('answers', () => {
  it('say what we are and can, for our capabilities node too (XEP-0115 §6.2)', async () => {
    const { session, api } = start();
    api.addFeature('urn:example:a');
    const own = parseCaps(x('presence', {}, api.xCaps()));
    for (const node of ['', `node='${own?.node}#${own?.ver}'`]) {
      const answer = parseInfo((await session.ask(ask(node))).getChild('query', NS_DISCO_INFO));
      expect(answer?.features).toContain('urn:example:a');
      expect(own !== undefined && answer !== undefined && verifyCaps(answer, own)).toBe(true);
    }
  });

  it('change the string with the features (XEP-0115 §6.1)', () => {
    const { api } = start();
    const before = api.xCaps().attrs.ver;
    api.addFeature('urn:example:b');
    expect(api.xCaps().attrs.ver).not.toBe(before);
  });

  it('know no other nodes, and have no items (XEP-0030 §3.2)', async () => {
    const { session } = start();
    expect((await session.ask(ask("node='other'"))).toString()).toContain('item-not-found');
    const items = await session.ask(
      `<iq type='get' id='1' from='${ROMEO}'><query xmlns='${NS_DISCO_ITEMS}'/></iq>`,
    );
    expect(parseItems(items.getChild('query', NS_DISCO_ITEMS))).toEqual([]);
  });

  it('are not for those who must not know that we are here', async () => {
    const { session } = start(() => false);
    expect((await session.ask(ask())).toString()).toContain('service-unavailable');
  });
});

describe('supports', () => {
  const MUC = 'http://jabber.org/protocol/muc';
  it('asks once for all who announce the same (XEP-0115 §5.4)', async () => {
    const { session, api } = start();
    session.whenAsked('get', 'query', NS_DISCO_INFO, EXODUS);
    session.receive(hello(EXODUS_VER));
    session.receive(hello(EXODUS_VER, NURSE));
    expect(await Promise.all([api.supports(ROMEO, MUC), api.supports(ROMEO, 'urn:none')])).toEqual([
      true,
      false,
    ]);
    expect(await api.supports(NURSE, MUC)).toBe(true);
    const asked = session.take();
    expect(asked).toHaveLength(1);
    const node = `http://code.google.com/p/exodus#${EXODUS_VER}`;
    expect(asked[0]?.getChild('query', NS_DISCO_INFO)?.attrs.node).toBe(node);
    expect(api.known(ROMEO)?.features).toContain(MUC);
  });

  it('does not believe a forged string for others (XEP-0115 §5.4, §9.1)', async () => {
    const { session, api } = start();
    session.whenAsked('get', 'query', NS_DISCO_INFO, PSI);
    session.receive(hello(EXODUS_VER));
    expect(await api.supports(ROMEO, MUC)).toBe(true);
    session.receive(hello(EXODUS_VER, NURSE));
    expect(api.known(NURSE)).toBeUndefined();
    session.take();
    await api.supports(NURSE, MUC);
    expect(session.take()).toHaveLength(1);
  });

  it('is false where nobody answers, and asks again later', async () => {
    const { session, api } = start();
    session.whenAsked('get', 'query', NS_DISCO_INFO, "<error type='cancel'/>");
    expect(await api.supports(ROMEO, MUC)).toBe(false);
    session.whenAsked('get', 'query', NS_DISCO_INFO, EXODUS);
    expect(await api.supports(ROMEO, MUC)).toBe(true);
  });

  it('remembers over sessions what is verified, and believes no damaged memory', async () => {
    const rows = new Map<string, string>();
    const store = {
      get: (key: string) => rows.get(key),
      put: (key: string, text: string) => void rows.set(key, text),
    };
    const psi = caps(verificationString(info(PSI)) ?? '');
    capsMemory(store).put(psi, info(PSI));
    expect(capsMemory(store).get(psi)?.features).toContain(MUC);
    for (const text of ['', '{', '{}', 'null', JSON.stringify(info(EXODUS))]) {
      rows.set(`${psi.hash} ${psi.ver}`, text);
      expect(capsMemory(store).get(psi)).toBeUndefined();
    }
  });

  it('forgets who left', async () => {
    const { session, api } = start();
    session.whenAsked('get', 'query', NS_DISCO_INFO, EXODUS);
    session.receive(hello(EXODUS_VER));
    await api.supports(ROMEO, MUC);
    expect(api.known(ROMEO)).toBeDefined();
    session.receive(`<presence type='unavailable' from='${ROMEO}'/>`);
    expect(api.known(ROMEO)).toBeUndefined();
  });
});

describe('services', () => {
  const service = (category: string, type: string, feature: string) =>
    `<query xmlns='${NS_DISCO_INFO}'><identity category='${category}' type='${type}'/><feature var='${feature}'/></query>`;

  it('finds those of the server, without the ones that do not answer', async () => {
    const { session, api } = start();
    const listed = ['muc', 'broken', 'search'].map((name) => `<item jid='${name}.example.org'/>`).join('');
    const describes = (jid: string, answer: string) =>
      session.whenAsked('get', 'query', NS_DISCO_INFO, answer, jid);
    session.whenAsked('get', 'query', NS_DISCO_ITEMS, `<query xmlns='${NS_DISCO_ITEMS}'>${listed}</query>`);
    describes('example.org', service('server', 'im', 'urn:f'));
    describes('muc.example.org', service('conference', 'text', 'muc'));
    describes('broken.example.org', "<error type='wait'/>");
    describes('search.example.org', service('directory', 'user', 'jabber:iq:search'));
    const found = (await api.services()).map(({ jid }) => jid);
    expect(found).toEqual(['example.org', 'muc.example.org', 'search.example.org']);
    expect((await api.findService('conference', 'text', 'muc'))?.jid).toBe('muc.example.org');
    expect(await api.findService('conference', 'irc')).toBeUndefined();
    expect(session.take()).toHaveLength(5);
    await api.services();
    expect(session.take()).toHaveLength(0);
    session.emit('online', { jid: session.jid, forgotten: false });
    await api.services();
    expect(session.take()).toHaveLength(5);
  });

  it('does not remember silence', async () => {
    const { session, api } = start();
    session.whenAsked('get', 'query', NS_DISCO_ITEMS, "<error type='cancel'/>");
    session.whenAsked('get', 'query', NS_DISCO_INFO, "<error type='cancel'/>");
    expect(await api.services()).toEqual([]);
    expect(api.silent).toBe(false);
    session.whenAsked('get', 'query', NS_DISCO_INFO, service('server', 'im', 'urn:f'), 'example.org');
    expect(await api.services()).toHaveLength(1);
  });

  it('tells silence from having none', async () => {
    const { session, api } = start();
    const silence = vi.spyOn(session, 'request').mockRejectedValue(new TimeoutError());
    expect([await api.services(), api.silent]).toEqual([[], true]);
    silence.mockRestore();
    session.whenAsked('get', 'query', NS_DISCO_INFO, service('server', 'im', 'urn:f'), 'example.org');
    session.whenAsked('get', 'query', NS_DISCO_ITEMS, "<error type='cancel'/>");
    await api.services();
    expect(api.silent).toBe(false);
  });
});
