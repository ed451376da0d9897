import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { NS as NS_IBB } from '../../../src/xmpp/bytestreams/ibb.ts';
import {
  NS,
  NS_FILE_TRANSFER,
  parseSiAnswer,
  parseSiFile,
  parseSiRequest,
  type SiOffer,
  siCondition,
  streamInitiation,
  xSiAnswer,
  xSiRequest,
} from '../../../src/xmpp/bytestreams/si.ts';
import { StanzaError } from '../../../src/xmpp/errors.ts';
import { type Element, elements, x } from '../../../src/xmpp/stanza.ts';
import { FakeSession } from '../../support/fake-session.ts';
import { parse } from '../../support/parse.ts';
import { wiredSessions } from '../../support/wired-sessions.ts';

const disco = { addFeature: () => {} };
const request = { id: 'a0', file: { name: 'test.txt', size: 1022 }, methods: [NS_IBB] };
const offerXml = (
  more: { id?: string; from?: string; profile?: string; file?: string; method?: string } = {},
) =>
  `<iq type='set' id='o' from='${more.from ?? 'romeo@example.net/orchard'}' to='juliet@example.org/balcony'>
    <si xmlns='${NS}' id='${more.id ?? 'a0'}' mime-type='text/plain' profile='${more.profile ?? NS_FILE_TRANSFER}'>
      ${more.file ?? `<file xmlns='${NS_FILE_TRANSFER}' name='test.txt' size='1022'><desc>Hello</desc></file>`}
      <feature xmlns='http://jabber.org/protocol/feature-neg'>
        <x xmlns='jabber:x:data' type='form'>
          <field var='stream-method' type='list-single'>
            <option><value>http://jabber.org/protocol/bytestreams</value></option>
            <option><value>${more.method ?? NS_IBB}</value></option>
          </field>
        </x>
      </feature>
    </si>
  </iq>`.replace(/>\s+</g, '><');

const errorNames = (answer: Element) => {
  const error = answer.getChild('error');
  return error ? elements(error).map((node) => node.getName()) : [];
};

function responder(patience?: number) {
  const session = new FakeSession();
  const si = streamInitiation(session, {
    disco,
    methods: [NS_IBB],
    ...(patience === undefined ? {} : { patience }),
  });
  const offers: SiOffer[] = [];
  si.on('offer', (offer) => offers.push(offer));
  return { session, offers };
}

describe('stream initiation', () => {
  it('tells what is offered and answers with the method chosen (XEP-0095 §3.2, XEP-0096 §3)', async () => {
    const { session, offers } = responder();
    const answer = session.ask(offerXml());
    await turn();
    expect(offers[0]).toMatchObject({
      id: 'a0',
      from: 'romeo@example.net/orchard',
      file: { name: 'test.txt', size: 1022, description: 'Hello', mimeType: 'text/plain' },
      methods: [NS_IBB],
    });
    offers[0]?.accept(NS_IBB);
    expect(parseSiAnswer(await answer, 1022)).toEqual({ method: NS_IBB, offset: 0, length: 1022 });
  });

  it('answers forbidden when declined (XEP-0095 §3.2)', async () => {
    const { session, offers } = responder();
    const answer = session.ask(offerXml());
    await turn();
    offers[0]?.decline();
    expect(errorNames(await answer)).toEqual(['forbidden', 'text']);
  });

  it.each([
    ['another profile', { profile: 'urn:other' }, 'bad-profile'],
    ['a file without a size', { file: `<file xmlns='${NS_FILE_TRANSFER}' name='x'/>` }, 'bad-profile'],
    [
      'a size that is no number',
      { file: `<file xmlns='${NS_FILE_TRANSFER}' name='x' size='-1'/>` },
      'bad-profile',
    ],
    ['no method of ours', { method: 'jabber:iq:oob' }, 'no-valid-streams'],
  ])('refuses %s with bad-request (XEP-0095 §4.2)', async (_what, change, specific) => {
    const { session, offers } = responder();
    expect(errorNames(await session.ask(offerXml(change)))).toEqual(['bad-request', specific]);
    expect(offers).toEqual([]);
  });

  it('caps a flood of offers, in all and of one person', async () => {
    const { session, offers } = responder();
    for (let n = 0; n < 8; n++) void session.ask(offerXml({ id: `a${n}` }));
    expect(errorNames(await session.ask(offerXml({ id: 'more' })))).toEqual(['resource-constraint']);
    expect(errorNames(await session.ask(offerXml({ id: 'a0' })))).toEqual(['conflict']);
    for (let n = 0; n < 56; n++) void session.ask(offerXml({ from: `r${n}@example.net/x` }));
    expect(errorNames(await session.ask(offerXml({ from: 'last@example.net/x' })))).toEqual([
      'resource-constraint',
    ]);
    expect(offers).toHaveLength(64);
  });

  it('lets an offer that nobody answers expire', async () => {
    vi.useFakeTimers();
    try {
      const { session, offers } = responder(1000);
      const answer = session.ask(offerXml());
      await vi.advanceTimersByTimeAsync(1000);
      expect(errorNames(await answer)).toContain('forbidden');
      expect(offers[0]?.signal.aborted).toBe(true);
      offers[0]?.accept(NS_IBB);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('forgets open offers with a new stream', async () => {
    const { session, offers } = responder();
    void session.ask(offerXml());
    await turn();
    session.emit('online', { jid: 'juliet@example.org/new', forgotten: false });
    expect(offers[0]?.signal.aborted).toBe(true);
  });

  it('resolves to the method the other side chose', async () => {
    const wire = wiredSessions();
    const alice = streamInitiation(wire.alice, { disco, methods: [NS_IBB] });
    streamInitiation(wire.bob, { disco, methods: [NS_IBB] }).on('offer', (offer) => offer.accept(NS_IBB));
    expect(await alice.offer(wire.bob.jid, request)).toMatchObject({ method: NS_IBB });
  });

  it('refuses an answer with a method that was not offered', async () => {
    const session = new FakeSession();
    session.whenAsked('set', 'si', NS, () => xSiAnswer('urn:other'));
    const si = streamInitiation(session, { disco, methods: [NS_IBB] });
    await expect(si.offer('romeo@example.net/orchard', request)).rejects.toMatchObject({
      condition: 'no-valid-streams',
    });
  });

  it('says that it can send a part, and tells which part is wanted (XEP-0096 §3)', async () => {
    const wire = wiredSessions();
    const alice = streamInitiation(wire.alice, { disco, methods: [NS_IBB] });
    const seen: SiOffer[] = [];
    streamInitiation(wire.bob, { disco, methods: [NS_IBB] }).on('offer', (offer) => {
      seen.push(offer);
      offer.accept(NS_IBB, 128);
    });
    const answer = await alice.offer(wire.bob.jid, { ...request, ranged: true });
    expect(seen[0]?.ranged).toBe(true);
    const offered = wire.alice.sentStanzas[0]?.getChild('si', NS)?.getChild('file');
    expect(offered?.getChild('range')?.attrs).toEqual({});
    expect(answer).toEqual({ method: NS_IBB, offset: 128, length: 1022 - 128 });
  });

  const answered = (range: string) =>
    parse(`<iq type='result'><si xmlns='${NS}'><file xmlns='${NS_FILE_TRANSFER}'>${range}</file>
      <feature xmlns='http://jabber.org/protocol/feature-neg'><x xmlns='jabber:x:data' type='submit'>
      <field var='stream-method'><value>${NS_IBB}</value></field></x></feature></si></iq>`);

  it.each([
    ['<range/>', 0, 1022],
    ["<range length='256'/>", 0, 256],
    ["<range offset='128' length='256'/>", 128, 256],
    ["<range offset='128'/>", 128, 894],
    ["<range offset='1022'/>", 1022, 0],
    ['', 0, 1022],
  ])('reads %s as XEP-0096 §4 means it', (range, offset, length) => {
    expect(parseSiAnswer(answered(range), 1022)).toEqual({ method: NS_IBB, offset, length });
  });

  it.each([
    "<range offset='-1'/>",
    "<range offset='1023'/>",
    "<range offset='1' length='1022'/>",
    "<range length='x'/>",
    "<range offset='9999999999999999'/>",
    "<range offset=''/>",
  ])('takes no answer that wants what is not there: %s', (range) => {
    expect(parseSiAnswer(answered(range), 1022)).toBeUndefined();
  });

  it('sends no part where that was not offered', async () => {
    const session = new FakeSession();
    session.whenAsked('set', 'si', NS, () => xSiAnswer(NS_IBB, 5));
    const si = streamInitiation(session, { disco, methods: [NS_IBB] });
    await expect(si.offer('romeo@example.net/orchard', request)).rejects.toMatchObject({
      condition: 'no-valid-streams',
    });
  });

  it('names the condition of its own namespace', () => {
    const application = x('no-valid-streams', { xmlns: NS });
    expect(siCondition(new StanzaError('bad-request', 'cancel', undefined, { application }))).toBe(
      'no-valid-streams',
    );
    expect(siCondition(new StanzaError('forbidden'))).toBe('forbidden');
  });

  it('reads what it writes', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[\w .]+$/),
        fc.nat(),
        fc.stringMatching(/^\w*$/),
        (name, size, text) => {
          const file = {
            name,
            size,
            hash: '552da749930852c69ae5d2141d3766b1',
            date: '1969-07-21T02:56:15Z',
            description: text,
            mimeType: 'text/plain',
          };
          const ranged = size % 2 === 0;
          const written = parse(xSiRequest({ id: 'i', file, methods: ['a', 'b'], ranged }).toString());
          expect(parseSiRequest(written)).toEqual({ id: 'i', file, methods: ['a', 'b'], ranged });
        },
      ),
    );
  });

  it('never throws on odd attributes', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('name', 'size', 'hash', 'date'), fc.string()), (attrs) => {
        const file = parseSiFile(x('file', { ...attrs, xmlns: NS_FILE_TRANSFER }));
        if (file) expect(Number.isSafeInteger(file.size) && file.size >= 0).toBe(true);
      }),
    );
    expect(parseSiFile(x('file', { xmlns: 'urn:evil', name: 'x', size: '1' }))).toBeUndefined();
  });
});
