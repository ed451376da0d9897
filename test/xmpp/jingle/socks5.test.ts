import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { inBand } from '../../../src/xmpp/bytestreams/ibb.ts';
import { type Listening, listenFor } from '../../../src/xmpp/bytestreams/socks5-listen.ts';
import { destinationOf, type StreamHost } from '../../../src/xmpp/bytestreams/streamhosts.ts';
import { StanzaError } from '../../../src/xmpp/errors.ts';
import {
  type Candidate,
  nominate,
  parseSocks5Info,
  parseSocks5Transport,
  priorityOf,
  xSocks5Transport,
} from '../../../src/xmpp/jingle/candidates.ts';
import { jingleFiles } from '../../../src/xmpp/jingle/file-transfer.ts';
import { ibbTransport } from '../../../src/xmpp/jingle/ibb-transport.ts';
import type { JingleOffer } from '../../../src/xmpp/jingle/offer.ts';
import { socks5Transport } from '../../../src/xmpp/jingle/socks5-transport.ts';
import type { TransportName } from '../../../src/xmpp/jingle/transports.ts';
import { anyStanza } from '../../support/any-stanza.ts';
import { FakeSession } from '../../support/fake-session.ts';
import { parse } from '../../support/parse.ts';
import { type Socks5Proxy, socks5Proxy } from '../../support/socks5-proxy.ts';
import { type Wire, wiredSessions } from '../../support/wired-sessions.ts';
import {
  actions,
  conditionsOf,
  disco,
  FOOBAR,
  iq,
  NS,
  PEER,
  read,
  S5B,
  xContent,
  xIbb,
  xJingle,
} from './support.ts';

const ENDS: (() => void)[] = [];
afterEach(() => {
  for (const end of ENDS.splice(0)) end();
});

const anywhere = async ({ host }: { host: string }) => [{ address: host, family: 4 }];

interface Place {
  /** our own addresses */
  readonly own?: readonly string[];
  readonly proxy?: Socks5Proxy | undefined;
  /** the proxy says no */
  readonly refuses?: boolean;
  /** nothing that the other side offers is connected to */
  readonly shut?: boolean;
}

const PROXY = 'proxy.example.org';

function side(session: FakeSession, { own = ['127.0.0.1'], proxy, refuses, shut }: Place = {}) {
  const hosts: StreamHost[] = proxy ? [{ jid: PROXY, host: '127.0.0.1', port: proxy.port }] : [];
  const socks5 = {
    proxies: async () => hosts,
    ownAddresses: () => own,
    async activate(_proxy: string, sid: string, target: string) {
      const joined = proxy?.activate(destinationOf(sid, session.jid, target));
      if (refuses || !joined) throw new StanzaError('not-allowed');
    },
  };
  // Own proxies are always gone to.
  const permit = async (host: StreamHost) => (shut && host.port !== proxy?.port ? [] : anywhere(host));
  const transports = [socks5Transport(session, { socks5 }), ibbTransport(inBand(session, { disco }))];
  return { api: jingleFiles(session, { disco, transports }), reach: { direct: own.length > 0, permit } };
}

const TEXT = 'some content of a file\n'.repeat(20_000);

interface Both {
  readonly alice?: Place;
  readonly bob?: Place;
  readonly transports?: readonly TransportName[];
}

/** Alice sends the text to Bob; what Bob reads, and the Jingle that both wrote. */
async function transfer(
  { alice = {}, bob = {}, transports = ['socks5', 'ibb'] }: Both,
  wire = wiredSessions(),
) {
  const one = side(wire.alice, alice);
  const two = side(wire.bob, bob);
  const said: string[] = [];
  const { between } = wire;
  wire.between = (stanza, from) => {
    const jingle = stanza.getChild('jingle', NS);
    const told = jingle?.getChild('content')?.getChild('transport')?.getChildElements() ?? [];
    const names = told.map((node) => node.getName()).filter((name) => name !== 'candidate');
    if (jingle) said.push([from === wire.alice ? 'alice' : 'bob', jingle.attrs.action, ...names].join(' '));
    return between(stanza, from);
  };
  const text = new Promise<string>((resolve, reject) => {
    two.api.on('offer', (offer: JingleOffer) => {
      const terms = { limit: TEXT.length, reach: two.reach, signal: new AbortController().signal };
      read(offer.accept(terms)).then((all) => {
        offer.finish();
        resolve(all);
      }, reject);
    });
  });
  text.catch(() => undefined);
  const fallbacks: string[] = [];
  const sent = one.api.send({
    peer: wire.bob.jid,
    file: { name: 'a.txt', size: TEXT.length, hashes: [] },
    transports,
    reach: one.reach,
    async *read(from) {
      yield Buffer.from(TEXT.slice(from));
    },
    signal: new AbortController().signal,
    onProgress: () => {},
    onFallback: (from, to) => fallbacks.push(`${from} ${to}`),
  });
  return { sent, text, said, fallbacks };
}

async function whole(both: Both, wire?: Wire) {
  const { sent, text, said, fallbacks } = await transfer(both, wire);
  await sent;
  expect((await text) === TEXT).toBe(true);
  return { said, fallbacks };
}

const withProxy = async () => {
  const proxy = await socks5Proxy();
  ENDS.push(proxy.close);
  return proxy;
};

describe('a file over SOCKS5', () => {
  it('goes directly, to a candidate of the sender or of the receiver (XEP-0260 §2.3)', async () => {
    expect((await whole({})).fallbacks).toEqual([]);
    // Only one of them can be reached.
    const bySender = await whole({ alice: { shut: true } });
    expect(bySender.said).toContain('alice transport-info candidate-error');
    expect(bySender.said).toContain('bob transport-info candidate-used');
    const byReceiver = await whole({ bob: { shut: true } });
    expect(byReceiver.said).toContain('bob transport-info candidate-error');
  });

  it("goes by the sender's proxy: the sender activates it and says so (XEP-0260 §2.4)", async () => {
    const proxy = await withProxy();
    const { said } = await whole({ alice: { own: [], proxy }, bob: { own: [], proxy } });
    expect(said).toEqual([
      'alice session-initiate',
      'bob session-accept',
      'alice transport-info candidate-error',
      'bob transport-info candidate-used',
      'alice transport-info activated',
      'bob session-terminate',
    ]);
    // Both ask for one name, and the receiver does not offer it again (§2.2).
    expect(new Set(proxy.asked).size).toBe(1);
  });

  it("goes by the receiver's proxy: the receiver activates it (XEP-0260 §2.4)", async () => {
    const proxy = await withProxy();
    // The sender can be reached by nobody, and offers an address all the same.
    const { said } = await whole({ bob: { own: [], proxy, shut: true }, alice: {} });
    expect(said).toContain('bob transport-info activated');
    expect(said).toContain('alice transport-info candidate-used');
  });

  it('prefers a direct connection to a proxy (XEP-0260 §2.2)', async () => {
    const proxy = await withProxy();
    await whole({ alice: { proxy }, bob: { proxy } });
    expect(proxy.asked).toEqual([]);
  });

  it('goes in-band where no connection comes about, by transport-replace (XEP-0260 §3)', async () => {
    const { said, fallbacks } = await whole({ alice: { shut: true }, bob: { shut: true } });
    expect(said).toContain('alice transport-replace');
    expect(said).toContain('bob transport-accept');
    expect(fallbacks).toEqual(['socks5 ibb']);
  });

  it('goes in-band where the proxy says no; the other side is told (XEP-0260 §2.4)', async () => {
    const proxy = await withProxy();
    const { said } = await whole({ alice: { own: [], proxy, refuses: true }, bob: { own: [], proxy } });
    expect(said).toContain('alice transport-info proxy-error');
    expect(said).toContain('alice transport-replace');
  });

  it('fails where nothing else may follow, with connectivity-error (XEP-0260 §3)', async () => {
    const both = { alice: { shut: true }, bob: { shut: true }, transports: ['socks5'] as const };
    const { sent, text, said } = await transfer(both);
    await expect(sent).rejects.toMatchObject({ condition: 'no-bytestream' });
    await expect(text).rejects.toMatchObject({ condition: 'connectivity-error' });
    expect(said.at(-1)).toBe('alice session-terminate');
  });

  it('fails where the other side rejects the replacement (XEP-0166 §7.2.14)', async () => {
    const wire = wiredSessions();
    wire.between = (stanza) => {
      // The receiver knows of no other transport.
      const transport = stanza.getChild('jingle', NS)?.getChild('content')?.getChild('transport');
      if (transport && stanza.getChild('jingle', NS)?.attrs.action === 'transport-replace')
        transport.attrs.xmlns = 'urn:xmpp:jingle:transports:odd:0';
      return stanza;
    };
    const { sent, said } = await transfer({ alice: { shut: true }, bob: { shut: true } }, wire);
    await expect(sent).rejects.toMatchObject({ condition: 'no-bytestream' });
    expect(said).toContain('bob transport-reject');
  });

  it('is not offered by who has no place to offer', async () => {
    const { sent, said } = await transfer({ alice: { own: [] } });
    await expect(sent).rejects.toMatchObject({ condition: 'no-bytestream' });
    expect(said).toEqual([]);
  });
});

// ---- one side alone

const candidate = (more = '') =>
  `<candidate cid='c1' host='127.0.0.1' jid='${PEER}' port='5086' priority='100' ${more}/>`;
const xS5b = (children: string, attrs = "sid='s5'") =>
  `<transport xmlns='${S5B}' ${attrs}>${children}</transport>`;

/** An offer that is accepted, by who connects nowhere; `place`: where it listens. */
async function accepted(offered = candidate(), place: Place = { shut: true }) {
  const session = new FakeSession();
  const { api, reach } = side(session, place);
  const offer = new Promise<JingleOffer>((resolve) => {
    api.once('offer', resolve);
  });
  await session.ask(iq(xJingle('session-initiate', xContent(FOOBAR + xS5b(offered)))));
  const terms = { limit: 6, reach, signal: new AbortController().signal };
  const text = read((await offer).accept(terms));
  text.catch(() => undefined);
  const info = (children: string, attrs?: string) =>
    session.ask(iq(xJingle('transport-info', xContent(xS5b(children, attrs)))));
  const said: ReturnType<typeof actions> = [];
  const next = async (action: string) => {
    for (;;) {
      const at = said.findIndex((each) => each.action === action);
      if (at >= 0) return said.splice(0, at + 1)[at];
      await turn();
      said.push(...actions(session));
    }
  };
  const answer = await next('session-accept');
  const transport = answer?.contents[0]?.transport;
  const own = transport?.getChildren('candidate', S5B).map((each) => each.attrs) ?? [];
  return { session, text, info, next, own, transport };
}

describe('candidates that we answer with', () => {
  it('are ours, in the stream that was offered, without a mode (XEP-0260 §2.2)', async () => {
    const { own, transport } = await accepted();
    expect(transport?.attrs).toMatchObject({ sid: 's5' });
    expect(transport?.attrs.mode).toBeUndefined();
    expect(own).toMatchObject([{ host: '127.0.0.1', type: 'direct', jid: 'juliet@example.org/balcony' }]);
    expect(Number(own[0]?.priority)).toBe(126 * 2 ** 16 + 65_535);
  });

  it('are no proxies that were offered already; the name for others is said (XEP-0260 §2.2)', async () => {
    const proxy = await withProxy();
    const same = `<candidate cid='p' host='127.0.0.1' jid='${PROXY}' port='${proxy.port}' priority='9' type='proxy'/>`;
    const one = await accepted(same, { shut: true, own: [], proxy });
    expect(one.own).toEqual([]);
    expect(one.transport?.attrs.dstaddr).toBeUndefined();
    const two = await accepted(candidate(), { shut: true, own: [], proxy });
    expect(two.own).toMatchObject([{ type: 'proxy', jid: PROXY, priority: String(10 * 2 ** 16 + 65_535) }]);
    expect(two.transport?.attrs.dstaddr).toBe(destinationOf('s5', 'juliet@example.org/balcony', PEER));
  });
});

describe('what a peer tells of candidates', () => {
  it.each([
    ['a candidate that is not ours', `<candidate-used cid='other'/>`],
    ['no candidate', '<candidate-used/>'],
    ['nothing', ''],
    ['something unknown', '<odd/>'],
    ['something of another namespace', `<candidate-error xmlns='urn:odd'/>`],
  ])('is malformed: %s', async (_what, children) => {
    const { info } = await accepted();
    expect(conditionsOf(await info(children))).toEqual(['bad-request']);
  });

  it('is of the stream that was agreed on', async () => {
    const { info } = await accepted();
    expect(conditionsOf(await info('<candidate-error/>', "sid='another'"))).toEqual(['bad-request']);
  });

  it.each(['<candidate-error/>', "<activated cid='c1'/>", '<proxy-error/>'])(
    'is out of order: %s (XEP-0260 §2.4)',
    async (children) => {
      const { info, own, next } = await accepted();
      await next('transport-info');
      // The choice is made: it is not made again, and no proxy is in it.
      expect((await info(`<candidate-used cid='${own[0]?.cid}'/>`)).attrs.type).toBe('result');
      expect(conditionsOf(await info(children))).toEqual(['unexpected-request', 'out-of-order']);
    },
  );

  it('is answered once, whichever way our attempts end (XEP-0260 §2.3)', async () => {
    const { next, info, text } = await accepted();
    const [said] = (await next('transport-info'))?.contents[0]?.transport?.getChildElements() ?? [];
    expect(said?.getName()).toBe('candidate-error');
    expect((await info('<candidate-error/>')).attrs.type).toBe('result');
    // The initiator is waited for: it chooses what follows (§3).
    let over = false;
    text.catch(() => {
      over = true;
    });
    await turn();
    expect(over).toBe(false);
  });

  it('replaces the transport once, and only with another (XEP-0166 §7.2.15)', async () => {
    const { session, next } = await accepted();
    const replace = (transport: string) => session.ask(iq(xJingle('transport-replace', xContent(transport))));
    expect((await replace(xS5b(candidate(), "sid='again'"))).attrs.type).toBe('result');
    await next('transport-reject');
    expect((await replace(xIbb('i1'))).attrs.type).toBe('result');
    await next('transport-reject');
    await replace(xIbb('i2'));
    await next('transport-reject');
    await replace(xIbb('i3'));
    // Whoever wishes it again and again is left.
    expect((await next('session-terminate'))?.reason?.condition).toBe('failed-transport');
  });

  it('may be that in-band is better, before a byte came (XEP-0260 §3)', async () => {
    const { session, next, text } = await accepted();
    await session.ask(iq(xJingle('transport-replace', xContent(xIbb('i1')))));
    const answer = await next('transport-accept');
    expect(answer?.contents[0]?.transport?.attrs.sid).toBe('i1');
    const ibb = 'http://jabber.org/protocol/ibb';
    await session.ask(iq(`<open xmlns='${ibb}' sid='i1' block-size='4096'/>`));
    await session.ask(iq(`<data xmlns='${ibb}' sid='i1' seq='0'>Zm9vYmFy</data>`));
    await session.ask(iq(`<close xmlns='${ibb}' sid='i1'/>`));
    expect(await text).toBe('foobar');
  });

  it('is that a proxy was activated, by whoever offered it (XEP-0260 §2.4)', async () => {
    const proxy = await withProxy();
    const at = `host='127.0.0.1' port='${proxy.port}'`;
    const offered = `<candidate cid='p1' ${at} jid='${PROXY}' priority='9' type='proxy'/>`;
    const { info, next } = await accepted(offered, { own: [] });
    expect((await next('transport-info'))?.contents[0]?.transport?.toString()).toContain('candidate-used');
    expect(conditionsOf(await info("<activated cid='p1'/>"))).toEqual(['unexpected-request', 'out-of-order']);
    // In one packet with the choice: it is known at once.
    await info('<candidate-error/>');
    expect(conditionsOf(await info("<activated cid='other'/>"))).toEqual(['bad-request']);
    expect((await info("<activated cid='p1'/>")).attrs.type).toBe('result');
    expect(proxy.asked).toEqual([destinationOf('s5', PEER, 'juliet@example.org/balcony')]);
  });

  it('leads nowhere before somebody accepted, and only to a few places', async () => {
    const there: Listening = await listenFor(destinationOf('s5', PEER, 'juliet@example.org/balcony'), [
      '127.0.0.1',
    ]);
    ENDS.push(there.close);
    const tried: StreamHost[] = [];
    const session = new FakeSession();
    const { api } = side(session, { own: [] });
    const offer = new Promise<JingleOffer>((resolve) => {
      api.once('offer', resolve);
    });
    const many = Array.from(
      { length: 40 },
      (_, at) =>
        `<candidate cid='c${at}' host='127.0.0.1' jid='${PEER}' port='${at + 1}' priority='${at + 1}'/>`,
    );
    await session.ask(iq(xJingle('session-initiate', xContent(FOOBAR + xS5b(many.join(''))))));
    const permit = async (host: StreamHost) => {
      tried.push(host);
      return [];
    };
    const taken = await offer;
    expect(tried).toEqual([]);
    const signal = new AbortController().signal;
    read(taken.accept({ limit: 6, reach: { direct: false, permit }, signal })).catch(() => undefined);
    while (!session.sentStanzas.some((stanza) => stanza.toString().includes('candidate-error'))) {
      await turn();
      for (const stanza of session.sentStanzas.filter((each) => each.toString().includes('session-accept')))
        if (tried.length === 0) tryAnswer(session, stanza);
    }
    // The highest priority first (§2.2), of those that were looked at.
    expect(tried.map(({ port }) => port)).toEqual([16, 15, 14, 13, 12, 11, 10, 9]);
  });
});

function tryAnswer(session: FakeSession, stanza: (typeof session.sentStanzas)[number]): void {
  try {
    session.answer(stanza);
  } catch {
    // answered before
  }
}

describe('which candidate is used (XEP-0260 §2.4)', () => {
  const of = (cid: string, priority: number): Candidate => ({
    ...{ cid, priority, host: '::1', port: 1, jid: 'a@b/c', type: 'direct' as const },
  });
  const cases: [string, Parameters<typeof nominate>[1], string | undefined][] = [
    ['none', { ours: undefined, theirs: undefined }, undefined],
    ['the only one, ours', { ours: of('x', 1), theirs: undefined }, 'x'],
    ['the only one, theirs', { ours: undefined, theirs: of('y', 1) }, 'y'],
    ['the higher, ours', { ours: of('x', 2), theirs: of('y', 1) }, 'x'],
    ['the higher, theirs', { ours: of('x', 1), theirs: of('y', 2) }, 'y'],
  ];
  it.each(cases)('%s', (_what, choices, cid) => {
    for (const role of ['initiator', 'responder'] as const)
      expect(nominate(role, choices)?.candidate.cid).toBe(cid);
  });

  it('of two alike the choice of the initiator', () => {
    const choices = { ours: of('x', 1), theirs: of('y', 1) };
    expect(nominate('initiator', choices)).toEqual({ candidate: choices.ours, of: 'them' });
    expect(nominate('responder', choices)).toEqual({ candidate: choices.theirs, of: 'us' });
  });

  it('is the same one on both sides, whatever they reached', () => {
    const choice = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined });
    fc.assert(
      fc.property(choice, choice, (one, two) => {
        const ours = one === undefined ? undefined : of('x', one);
        const theirs = two === undefined ? undefined : of('y', two);
        expect(nominate('initiator', { ours, theirs })?.candidate).toEqual(
          nominate('responder', { ours: theirs, theirs: ours })?.candidate,
        );
      }),
    );
  });
});

describe('elements of the SOCKS5 transport', () => {
  it('are read back as they were written (XEP-0260 §2.2)', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    const one = fc.record({
      ...{ host: fc.constantFrom('192.0.2.1', '2001:db8::1', 'proxy.example.org'), port },
      ...{ jid: fc.constant('romeo@example.net/orchard'), cid: fc.uuid() },
      type: fc.constantFrom('direct' as const, 'proxy' as const, 'assisted' as const, 'tunnel' as const),
      priority: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    });
    const some = fc.uniqueArray(one, { maxLength: 8, selector: ({ priority }) => priority });
    fc.assert(
      fc.property(some, (found) => {
        const candidates = [...found].sort((a, b) => b.priority - a.priority);
        const destination = candidates.some(({ type }) => type === 'proxy') ? 'ab'.repeat(20) : undefined;
        const offer = { sid: 's', destination, candidates };
        const text = xSocks5Transport('initiator', offer).toString();
        expect(parseSocks5Transport(parse(text))).toEqual({ ...offer, mode: 'tcp' });
      }),
    );
  });

  it.each([
    ['without an id', ''],
    ['of a mode unknown', "sid='s' mode='carrier-pigeon'"],
  ])('are malformed %s', (_what, attrs) => {
    expect(parseSocks5Transport(parse(xS5b('', attrs)))).toBeUndefined();
  });

  it('pass over candidates that are none', () => {
    const odd = [
      candidate("type='odd'"),
      `<candidate host='127.0.0.1' jid='${PEER}' port='1' priority='1'/>`,
      `<candidate cid='a' host='not a host' jid='${PEER}' port='1' priority='1'/>`,
      `<candidate cid='b' host='127.0.0.1' jid='${PEER}' port='65536' priority='1'/>`,
      `<candidate cid='d' host='127.0.0.1' jid='${PEER}' port='1' priority='0'/>`,
      `<candidate cid='e' host='127.0.0.1' port='1' priority='1'/>`,
    ];
    const good = candidate();
    const read = parseSocks5Transport(parse(xS5b(odd.join('') + good + good)));
    expect(read?.candidates).toHaveLength(1);
  });

  it('never throw, whatever comes', () => {
    const names = ['candidate', 'candidate-used', 'candidate-error', 'activated', 'proxy-error'];
    fc.assert(
      fc.property(anyStanza(S5B, names), (stanza) => {
        stanza.name = 'transport';
        Object.assign(stanza.attrs, { xmlns: S5B, sid: 's' });
        parseSocks5Transport(stanza);
        parseSocks5Info(stanza, 's');
      }),
    );
  });

  it('have the priority that the type gives them first (XEP-0260 §2.2)', () => {
    expect(priorityOf('direct', 0)).toBe(8_257_536);
    expect(priorityOf('proxy', 65_535)).toBeLessThan(priorityOf('tunnel', 0));
  });
});
