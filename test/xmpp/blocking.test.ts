import { describe, expect, it } from 'vitest';
import { blocking, NS_BLOCKING, parseBlocked } from '../../src/xmpp/blocking.ts';
import { StanzaError, TimeoutError } from '../../src/xmpp/errors.ts';
import { FakeSession } from '../support/fake-session.ts';
import { parse } from '../support/parse.ts';

const ROMEO = 'romeo@example.net';
const push = (name: string, from = '', items = `<item jid='${ROMEO}'/>`) =>
  `<iq type='set' id='p1' ${from}><${name} xmlns='${NS_BLOCKING}'>${items}</${name}></iq>`;

function start(supported = true) {
  const session = new FakeSession();
  const api = blocking(session, {
    disco: {
      info: async () => ({ identities: [], features: supported ? [NS_BLOCKING] : [], forms: [] }),
    },
  });
  session.whenAsked(
    'get',
    'blocklist',
    NS_BLOCKING,
    `<blocklist xmlns='${NS_BLOCKING}'><item jid='Iago@example.net'/></blocklist>`,
  );
  session.whenAsked('set', 'block', NS_BLOCKING, '');
  session.whenAsked('set', 'unblock', NS_BLOCKING, '');
  const seen: unknown[] = [];
  api.on('blocked', (event) => seen.push(['blocked', event.jids]));
  api.on('unblocked', (event) => seen.push(['unblocked', event.jids, event.all]));
  return { session, api, seen };
}

it('reads each JID once, and leaves out what is none', () => {
  const list = parse(
    `<blocklist xmlns='${NS_BLOCKING}'><item jid='A@b'/><item jid='a@b'/><item jid='@'/><item/></blocklist>`,
  );
  expect(parseBlocked(list)).toEqual(['a@b']);
});

describe('list (XEP-0191 §3.2)', () => {
  it('is not said to be missing where the server does not answer', async () => {
    const info = () => Promise.reject(new TimeoutError());
    const list = blocking(new FakeSession(), { disco: { info } }).list();
    await expect(list).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('is asked for once in a session, and follows the pushes', async () => {
    const { session, api } = start();
    expect(await api.list()).toEqual(['iago@example.net']);
    await session.ask(push('block'));
    expect(await api.list()).toEqual(['iago@example.net', ROMEO]);
    await session.ask(push('unblock', '', "<item jid='iago@example.net'/>"));
    expect(await api.list()).toEqual([ROMEO]);
    expect(session.take()).toHaveLength(1);
    session.emit('online', { jid: session.jid, forgotten: false });
    expect(await api.list()).toEqual(['iago@example.net']);
  });

  it('is not there without the feature (XEP-0191 §3.1)', async () => {
    const { session, api } = start(false);
    for (const asked of [api.list(), api.block([ROMEO])])
      await expect(asked).rejects.toMatchObject({ name: 'UnsupportedFeatureError' });
    expect(session.take()).toEqual([]);
  });

  it('lets in again whom another device of ours blocked, be it the server, which says no more of its features', async () => {
    const { session, api } = start(false);
    await api.unblock(['example.org']);
    expect(session.take().map((iq) => iq.attrs.type)).toEqual(['set']);
  });

  it.each(['service-unavailable', 'feature-not-implemented'])(
    'has none where the account answers %s',
    async (condition) => {
      const { session, api } = start(false);
      session.request = () => Promise.reject(new StanzaError(condition));
      for (const asked of [api.unblock([ROMEO]), api.unblockAll()])
        await expect(asked).rejects.toMatchObject({ name: 'UnsupportedFeatureError' });
    },
  );
});

describe('pushes (XEP-0191 §3.3)', () => {
  it.each(['', "from='juliet@example.org'"])('are taken with %s', async (from) => {
    const { session, api, seen } = start();
    await api.list();
    expect((await session.ask(push('block', from))).attrs.type).toBe('result');
    await session.ask(push('unblock', from, ''));
    expect(seen).toEqual([
      ['blocked', [ROMEO]],
      ['unblocked', ['iago@example.net', ROMEO], true],
    ]);
    expect(await api.list()).toEqual([]);
  });

  it.each(['example.org', 'juliet@example.org/other', ROMEO])('from %s are forged', async (from) => {
    const { session, api, seen } = start();
    await api.list();
    for (const name of ['block', 'unblock'])
      expect((await session.ask(push(name, `from='${from}'`))).toString()).toContain('service-unavailable');
    expect(seen).toEqual([]);
    expect(await api.list()).toEqual(['iago@example.net']);
  });
});

describe('commands', () => {
  it('name their JIDs', async () => {
    const { session, api } = start();
    await api.block([ROMEO, 'example.com']);
    await api.unblock([ROMEO]);
    await api.unblockAll();
    const [block, unblock, all] = session.take().map((iq) => iq.getChildElements()[0]?.toString());
    expect(block).toBe(
      `<block xmlns="${NS_BLOCKING}"><item jid="${ROMEO}"/><item jid="example.com"/></block>`,
    );
    expect(unblock).toBe(`<unblock xmlns="${NS_BLOCKING}"><item jid="${ROMEO}"/></unblock>`);
    expect(all).toBe(`<unblock xmlns="${NS_BLOCKING}"/>`);
  });

  it('never unblock everybody by an empty list (XEP-0191 §3.5)', async () => {
    const { session, api } = start();
    await api.unblock([]);
    await api.block([]);
    expect(session.take()).toEqual([]);
  });
});
