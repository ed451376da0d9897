import { afterEach, describe, expect, it, vi } from 'vitest';
import { NS, socks5Bytestreams } from '../../../src/xmpp/bytestreams/s5b.ts';
import type { SocketStream } from '../../../src/xmpp/bytestreams/socket-stream.ts';
import { type Listening, listenFor } from '../../../src/xmpp/bytestreams/socks5-listen.ts';
import { destinationOf } from '../../../src/xmpp/bytestreams/streamhosts.ts';
import type { Service } from '../../../src/xmpp/disco.ts';
import { type Element, x } from '../../../src/xmpp/stanza.ts';
import { FakeSession } from '../../support/fake-session.ts';
import { wiredSessions } from '../../support/wired-sessions.ts';

const PEER = 'romeo@example.net/orchard';
const SELF = 'juliet@example.org/balcony';
const PROXY = 'proxy.example.org';
const ENDS: (() => void)[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const end of ENDS.splice(0)) end();
});

const permit = async ({ host }: { host: string }) => [{ address: host, family: 4 }];
const service = (jid: string, category = 'proxy', type = 'bytestreams') =>
  ({ jid, info: { identities: [{ category, type }], features: [], forms: [] } }) as unknown as Service;
const discoWith = (...services: Service[]) => ({ addFeature: () => {}, services: async () => services });
const iq = (payload: string, from = PEER) =>
  `<iq type='set' id='i${Math.random()}' from='${from}' to='${SELF}'>${payload}</iq>`;
const query = (hosts: string, attrs = "sid='s'") => `<query xmlns='${NS}' ${attrs}>${hosts}</query>`;
const hostAt = (port: number, jid = PEER) => `<streamhost jid='${jid}' host='127.0.0.1' port='${port}'/>`;
const conditionOf = (answer: Element) => answer.getChild('error')?.getChildElements()[0]?.getName();
const used = (jid: string) => `<query xmlns='${NS}' sid='s'><streamhost-used jid='${jid}'/></query>`;

async function* chunks(...parts: string[]): AsyncGenerator<Uint8Array, void> {
  for (const part of parts) yield Buffer.from(part);
}
async function read(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts).toString();
}

function start(...services: Service[]) {
  const session = new FakeSession();
  const api = socks5Bytestreams(session, { disco: discoWith(...services) });
  return { session, api };
}

/** A streamhost of the other side, or a proxy, that knows one name. */
async function streamhost(destination: string): Promise<Listening & { port: number }> {
  const made = await listenFor(destination, ['127.0.0.1']);
  ENDS.push(made.close);
  return { ...made, port: made.places[0]?.port ?? 0 };
}
const theirs = () => streamhost(destinationOf('s', PEER, SELF));
const ours = () => streamhost(destinationOf('s', SELF, PEER));

const leave = (session: FakeSession, jid: string) =>
  session.receive(`<presence type='unavailable' from='${jid}'/>`);

async function sendTo(stream: Promise<SocketStream> | SocketStream, text: string): Promise<void> {
  await (await stream).send({ source: chunks(text) });
}

describe('taking a stream', () => {
  it('connects to a streamhost, says which, and gives the bytes (XEP-0065 §5.3.3)', async () => {
    const { session, api } = start();
    const host = await theirs();
    const bytes = read(api.expect({ sid: 's', peer: PEER, size: 5, permit }));
    const answer = await session.ask(iq(query(hostAt(host.port))));
    expect(answer.attrs.type).toBe('result');
    const said = answer.getChild('query', NS);
    expect(said?.attrs.sid).toBe('s');
    expect(said?.getChild('streamhost-used', NS)?.attrs.jid).toBe(PEER);
    await sendTo(host.connection(), 'hello');
    expect(await bytes).toBe('hello');
  });

  it('asks for the name that the offer gives, where it gives one (XEP-0065 §7)', async () => {
    const { session, api } = start();
    const name = destinationOf('s', 'romeo@example.net/real', 'room@conference.example.net/juliet');
    const host = await streamhost(name);
    const bytes = read(api.expect({ sid: 's', peer: PEER, size: 2, permit }));
    await session.ask(iq(query(hostAt(host.port), `sid='s' dstaddr='${name}'`)));
    await sendTo(host.connection(), 'hi');
    expect(await bytes).toBe('hi');
  });

  it('answers item-not-found where it reaches none, and the stream fails (XEP-0065 §5.3.2)', async () => {
    const { session, api } = start();
    const gone = await theirs();
    gone.close();
    const failed = expect(read(api.expect({ sid: 's', peer: PEER, permit }))).rejects.toMatchObject({
      condition: 'no-bytestream',
    });
    expect(conditionOf(await session.ask(iq(query(hostAt(gone.port)))))).toBe('item-not-found');
    await failed;
  });

  it('refuses what was not negotiated: another stream, another sender (XEP-0065 §5.3.1)', async () => {
    const { session, api } = start();
    const host = await theirs();
    const stream = api.expect({ sid: 's', peer: PEER, permit });
    for (const [payload, from] of [
      [query(hostAt(host.port), "sid='other'"), PEER],
      [query(hostAt(host.port)), 'romeo@example.net/elsewhere'],
      [query(hostAt(host.port)), 'mallory@example.com/x'],
      [query(hostAt(host.port), "sid='s' mode='udp'"), PEER],
    ] as const)
      expect(conditionOf(await session.ask(iq(payload, from)))).toBe('not-acceptable');
    await expect(host.connection({ timeout: 20 })).rejects.toThrow();
    stream.close();
  });

  it.each([
    ['no stream', query(hostAt(1), '')],
    ['no streamhost', query('')],
    ['a streamhost that is none', query("<streamhost jid='a@b.c' host='no host' port='1'/>")],
  ])('says bad-request to %s (XEP-0065 §5.3.1)', async (_, payload) => {
    const { session, api } = start();
    const stream = api.expect({ sid: 's', peer: PEER, permit });
    expect(conditionOf(await session.ask(iq(payload)))).toBe('bad-request');
    stream.close();
  });

  it('lets one offer be made for a stream, not a second one', async () => {
    const { session, api } = start();
    const stream = api.expect({ sid: 's', peer: PEER, permit: async () => [] });
    const failed = expect(read(stream)).rejects.toMatchObject({ condition: 'no-bytestream' });
    expect(conditionOf(await session.ask(iq(query(hostAt(9)))))).toBe('item-not-found');
    expect(conditionOf(await session.ask(iq(query(hostAt(9)))))).toBe('not-acceptable');
    await failed;
  });

  it('does not wait for ever for the offer', async () => {
    const { api } = start();
    await expect(read(api.expect({ sid: 's', peer: PEER, permit, patience: 20 }))).rejects.toMatchObject({
      condition: 'no-bytestream',
    });
  });

  it.each([
    ['the other side leaves', 'recipient-unavailable', (session: FakeSession) => leave(session, PEER)],
    ['our stream is a new one', 'disconnected', (session: FakeSession) => session.renew()],
    ['our stream is over', 'disconnected', (session: FakeSession) => session.drop({ final: true })],
  ])('does not wait for the offer when %s', async (_, condition, happen) => {
    const { session, api } = start();
    const failed = expect(read(api.expect({ sid: 's', peer: PEER, permit }))).rejects.toMatchObject({
      condition,
    });
    happen(session);
    await failed;
  });

  it('goes on waiting when somebody else leaves', async () => {
    const { session, api } = start();
    const host = await theirs();
    const bytes = read(api.expect({ sid: 's', peer: PEER, size: 2, permit }));
    leave(session, 'romeo@example.net/elsewhere');
    await session.ask(iq(query(hostAt(host.port))));
    await sendTo(host.connection(), 'hi');
    expect(await bytes).toBe('hi');
  });

  it('ends when it is closed before, and refuses what comes then', async () => {
    const { session, api } = start();
    const stream = api.expect({ sid: 's', peer: PEER, permit });
    const failed = expect(read(stream)).rejects.toMatchObject({ condition: 'cancelled' });
    stream.close();
    await failed;
    expect(conditionOf(await session.ask(iq(query(hostAt(9)))))).toBe('not-acceptable');
  });
});

describe('proxies', () => {
  const PLACE = `<query xmlns='${NS}'><streamhost jid='${PROXY}' host='192.0.2.7' port='7625'/></query>`;

  it('are services of the own server with that identity, asked where they are (XEP-0065 §4)', async () => {
    const { session, api } = start(service('rooms.example.org', 'conference', 'text'), service(PROXY));
    session.whenAsked('get', 'query', NS, PLACE, PROXY);
    expect(await api.proxies()).toEqual([{ jid: PROXY, host: '192.0.2.7', port: 7625 }]);
    expect(session.take()).toHaveLength(1);
  });

  it('are asked once for a session, and again in the next', async () => {
    const { session, api } = start(service(PROXY));
    session.whenAsked('get', 'query', NS, PLACE, PROXY);
    await api.proxies();
    await api.proxies();
    expect(session.take()).toHaveLength(1);
    session.renew();
    await api.proxies();
    expect(session.take()).toHaveLength(1);
  });

  it.each([
    "<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
    `<query xmlns='${NS}'><streamhost jid='${PROXY}' host='no host'/></query>`,
    `<query xmlns='${NS}'/>`,
  ])('that do not say where they are are left out, and asked again (XEP-0065 §4): %s', async (answer) => {
    const { session, api } = start(service(PROXY));
    session.whenAsked('get', 'query', NS, answer, PROXY);
    expect(await api.proxies()).toEqual([]);
    await api.proxies();
    expect(session.take()).toHaveLength(2);
  });
});

describe('offering a stream', () => {
  const sent = (session: FakeSession) =>
    vi.waitFor(() => {
      const asked = session.sentStanzas.find(({ attrs }) => attrs.to === PEER);
      if (asked === undefined) throw new Error('not yet');
      return asked;
    });

  function withProxy() {
    const started = start(service(PROXY));
    const host = `<streamhost jid='${PROXY}' host='p.example.org'/>`;
    started.session.whenAsked('get', 'query', NS, `<query xmlns='${NS}'>${host}</query>`, PROXY);
    return started;
  }

  it('names our own addresses, then the proxies, and the hash (XEP-0065 §5.3.1, §7)', async () => {
    const { session, api } = withProxy();
    const stop = new AbortController();
    const opened = api.open({ sid: 's', peer: PEER, direct: true, permit, signal: stop.signal });
    const offer = (await sent(session)).getChild('query', NS);
    expect(offer?.attrs).toMatchObject({ sid: 's', mode: 'tcp', dstaddr: destinationOf('s', SELF, PEER) });
    expect(offer?.getChildren('streamhost', NS).map(({ attrs }) => attrs)).toEqual([
      { jid: SELF, host: '127.0.0.1', port: expect.stringMatching(/^\d+$/) },
      { jid: PROXY, host: 'p.example.org', port: '1080' },
    ]);
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(opened).rejects.toBe(reason);
  });

  it('gives none of our addresses away where that is not wanted', async () => {
    const { session, api } = withProxy();
    const opened = api.open({ sid: 's', peer: PEER, direct: false, permit });
    const asked = await sent(session);
    expect(
      asked
        .getChild('query', NS)
        ?.getChildren('streamhost', NS)
        .map(({ attrs }) => attrs.jid),
    ).toEqual([PROXY]);
    session.answer(
      asked,
      "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
    );
    await expect(opened).rejects.toMatchObject({ condition: 'no-bytestream' });
  });

  it('offers nothing where there is nothing to offer', async () => {
    const { session, api } = start();
    await expect(api.open({ sid: 's', peer: PEER, direct: false, permit })).rejects.toMatchObject({
      condition: 'no-bytestream',
    });
    expect(session.take()).toEqual([]);
  });

  it.each([
    ['a streamhost that was not offered', used('other.example.com')],
    ['nothing', `<query xmlns='${NS}' sid='s'/>`],
    [
      'not-acceptable',
      "<error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
    ],
  ])('comes to nothing by the answer: %s', async (_, answer) => {
    const { session, api } = start();
    session.whenAsked('set', 'query', NS, answer, PEER);
    await expect(api.open({ sid: 's', peer: PEER, direct: true, permit })).rejects.toMatchObject({
      condition: 'no-bytestream',
    });
  });

  it('meets the other side at the proxy: connects, activates, then sends (XEP-0065 §6.3.4, §6.3.5)', async () => {
    const { session, api } = start(service(PROXY));
    const proxy = await ours();
    session.whenAsked('get', 'query', NS, `<query xmlns='${NS}'>${hostAt(proxy.port, PROXY)}</query>`, PROXY);
    session.whenAsked('set', 'query', NS, used(PROXY), PEER);
    session.whenAsked('set', 'query', NS, '', PROXY);
    const stream = await api.open({ sid: 's', peer: PEER, direct: false, permit });
    const [, , activation] = session.take();
    expect(activation?.attrs.to).toBe(PROXY);
    expect(activation?.getChild('query', NS)?.attrs.sid).toBe('s');
    expect(activation?.getChild('query', NS)?.getChild('activate', NS)?.getText()).toBe(PEER);
    const far = await proxy.connection();
    const done = sendTo(stream, 'hello');
    expect(await read(far.receive({ size: 5 }))).toBe('hello');
    await done;
  });

  it.each(['item-not-found', 'not-allowed', 'not-authorized', 'internal-server-error'])(
    'comes to nothing where the proxy does not activate it: %s (XEP-0065 §6.3.5)',
    async (condition) => {
      const { session, api } = start(service(PROXY));
      const proxy = await ours();
      session.whenAsked(
        'get',
        'query',
        NS,
        `<query xmlns='${NS}'>${hostAt(proxy.port, PROXY)}</query>`,
        PROXY,
      );
      session.whenAsked('set', 'query', NS, used(PROXY), PEER);
      session.whenAsked(
        'set',
        'query',
        NS,
        `<error type='cancel'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`,
        PROXY,
      );
      await expect(api.open({ sid: 's', peer: PEER, direct: false, permit })).rejects.toMatchObject({
        condition: 'no-bytestream',
      });
      const far = await proxy.connection();
      await expect(read(far.receive({ size: 1 }))).rejects.toMatchObject({ condition: 'bytestream-broken' });
    },
  );

  it('stays a lost connection when the stream to the server is lost meanwhile', async () => {
    const { session, api } = start();
    const opened = api.open({ sid: 's', peer: PEER, direct: true, permit });
    await sent(session);
    session.drop();
    await expect(opened).rejects.toMatchObject({ condition: 'disconnected' });
  });
});

it('carries a stream from one to the other directly', async () => {
  const { alice, bob } = wiredSessions();
  const from = socks5Bytestreams(alice, { disco: discoWith() });
  const to = socks5Bytestreams(bob, { disco: discoWith() });
  const come = read(to.expect({ sid: 's', peer: alice.jid, size: 10, permit }));
  await sendTo(from.open({ sid: 's', peer: bob.jid, direct: true, permit }), '0123456789');
  expect(await come).toBe('0123456789');
});

it('announces itself (XEP-0065 §3)', () => {
  const features: string[] = [];
  socks5Bytestreams(new FakeSession(), {
    disco: { addFeature: (feature) => void features.push(feature), services: async () => [] },
  });
  expect(features).toEqual(['http://jabber.org/protocol/bytestreams']);
  expect(x('query', { xmlns: NS }).getNS()).toBe(features[0]);
});
