import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { inBand, NS } from '../../../src/xmpp/bytestreams/ibb.ts';
import {
  decodeBase64,
  parseData,
  parseOpen,
  xData,
  xOpen,
} from '../../../src/xmpp/bytestreams/ibb-blocks.ts';
import { blocksOf, largestBlock } from '../../../src/xmpp/bytestreams/ibb-outbound.ts';
import type { DisconnectedError } from '../../../src/xmpp/errors.ts';
import { RemoteStreamError } from '../../../src/xmpp/session/stream-error.ts';
import { type Element, x } from '../../../src/xmpp/stanza.ts';
import { FakeSession } from '../../support/fake-session.ts';
import { parse } from '../../support/parse.ts';
import { wiredSessions } from '../../support/wired-sessions.ts';

const PEER = 'romeo@example.net/orchard';
const disco = { addFeature: () => {} };
const iq = (payload: string, from = PEER) =>
  `<iq type='set' id='i${Math.random()}' from='${from}' to='juliet@example.org/balcony'>${payload}</iq>`;
const open = (sid = 's', size = 4096, stanza = 'iq') =>
  `<open xmlns='${NS}' sid='${sid}' block-size='${size}' stanza='${stanza}'/>`;
const data = (seq: number, text: string, sid = 's') =>
  `<data xmlns='${NS}' sid='${sid}' seq='${seq}'>${text}</data>`;
const close = (sid = 's') => `<close xmlns='${NS}' sid='${sid}'/>`;
const b64 = (text: string) => Buffer.from(text).toString('base64');

async function* chunks(...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array, void> {
  for (const part of parts) yield typeof part === 'string' ? Buffer.from(part) : part;
}

async function read(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

const conditionOf = (answer: Element) => answer.getChild('error')?.getChildElements()[0]?.getName();

function receiver() {
  const session = new FakeSession();
  const ibb = inBand(session, { disco });
  return { session, ibb };
}

describe('receiving in-band', () => {
  it('gives the bytes in order and ends with the close (XEP-0047 §2)', async () => {
    const { session, ibb } = receiver();
    const bytes = read(ibb.expect({ sid: 's', peer: PEER, size: 6 }));
    await session.ask(iq(open()));
    await session.ask(iq(data(0, b64('foo'))));
    await session.ask(iq(data(1, b64('bar'))));
    expect((await session.ask(iq(close()))).attrs.type).toBe('result');
    expect((await bytes).toString()).toBe('foobar');
  });

  it('takes message stanzas where they were announced (XEP-0047 §3)', async () => {
    const { session, ibb } = receiver();
    const bytes = read(ibb.expect({ sid: 's', peer: PEER, size: 3 }));
    await session.ask(iq(open('s', 4096, 'message')));
    session.receive(`<message from='${PEER}'>${data(0, b64('abc'))}</message>`);
    await session.ask(iq(close()));
    expect((await bytes).toString()).toBe('abc');
  });

  it('refuses a stream that was not negotiated (XEP-0047 §2.1)', async () => {
    const { session } = receiver();
    expect(conditionOf(await session.ask(iq(open('other'))))).toBe('not-acceptable');
    expect(conditionOf(await session.ask(iq(data(0, b64('x'), 'other'))))).toBe('item-not-found');
    expect(conditionOf(await session.ask(iq(close('other'))))).toBe('item-not-found');
  });

  it('takes blocks only from the full JID it was negotiated with', async () => {
    const { session, ibb } = receiver();
    const bytes = read(ibb.expect({ sid: 's', peer: PEER, size: 3 }));
    const stranger = 'romeo@example.net/other';
    expect(conditionOf(await session.ask(iq(open(), stranger)))).toBe('not-acceptable');
    await session.ask(iq(open()));
    expect(conditionOf(await session.ask(iq(data(0, b64('bad')), stranger)))).toBe('item-not-found');
    expect(conditionOf(await session.ask(iq(close(), stranger)))).toBe('item-not-found');
    session.receive(`<message from='${stranger}'>${data(0, b64('bad'))}</message>`);
    await session.ask(iq(data(0, b64('abc'))));
    await session.ask(iq(close()));
    expect((await bytes).toString()).toBe('abc');
  });

  it.each([
    ['a repeated number', [data(0, b64('a')), data(0, b64('a'))], 'unexpected-request'],
    ['a gap', [data(1, b64('a'))], 'unexpected-request'],
    ['bad Base64', [data(0, 'a===')], 'bad-request'],
    ['characters outside the alphabet', [data(0, 'YW\nJj')], 'bad-request'],
    ['padding in the middle', [data(0, 'YQ==YQ==')], 'bad-request'],
    ['a block larger than negotiated', [data(0, b64('a'.repeat(4097)))], 'bad-request'],
    ['more than declared', [data(0, b64('12345678901'))], 'policy-violation'],
  ])('closes the stream after %s (XEP-0047 §2.2)', async (_what, blocks, condition) => {
    const { session, ibb } = receiver();
    const bytes = expect(read(ibb.expect({ sid: 's', peer: PEER, size: 10 }))).rejects.toMatchObject({
      condition,
    });
    await session.ask(iq(open()));
    session.take();
    const answers: Element[] = [];
    for (const block of blocks) answers.push(await session.ask(iq(block)));
    expect(conditionOf(answers.at(-1) ?? x('none'))).toBe(condition);
    await bytes;
    await turn();
    const [sent] = session.take();
    expect(sent?.getChild('close', NS)?.attrs.sid).toBe('s');
    expect(sent?.attrs.to).toBe(PEER);
    expect(conditionOf(await session.ask(iq(data(1, b64('b')))))).toBe('item-not-found');
  });

  it('goes on at 0 after block 65535 (XEP-0047 §2.2)', async () => {
    const { session, ibb } = receiver();
    const bytes = read(ibb.expect({ sid: 's', peer: PEER, size: 65_538 }));
    await session.ask(iq(open()));
    for (let n = 0; n < 65_538; n++) {
      const answer = await session.ask(iq(data(n % 65_536, 'eA==')));
      if (answer.attrs.type !== 'result') throw new Error(`block ${n} was refused`);
    }
    await session.ask(iq(close()));
    expect((await bytes).length).toBe(65_538);
  }, 60_000);

  it('asks for smaller blocks with resource-constraint (XEP-0047 §2.1)', async () => {
    const { session, ibb } = receiver();
    const stream = ibb.expect({ sid: 's', peer: PEER, maxBlockSize: 4096 });
    expect(conditionOf(await session.ask(iq(open('s', 8192))))).toBe('resource-constraint');
    expect((await session.ask(iq(open('s', 4096)))).attrs.type).toBe('result');
    stream.close();
  });

  it('holds answers back while the reader is slow, and cuts off a sender that does not care', async () => {
    const { session, ibb } = receiver();
    const stream = ibb.expect({ sid: 's', peer: PEER, limit: 1e9 });
    await session.ask(iq(open('s', 65_535)));
    const block = Buffer.alloc(65_535).toString('base64');
    await session.ask(iq(data(0, block)));
    await session.ask(iq(data(1, block)));
    let answered = false;
    const held = session.ask(iq(data(2, block))).then(() => {
      answered = true;
    });
    await turn();
    expect(answered).toBe(false);
    const reader = stream[Symbol.asyncIterator]();
    await reader.next();
    await reader.next();
    await held;
    const flood = Array.from({ length: 80 }, (_, n) => session.ask(iq(data(n + 3, block))));
    const answers = await Promise.all(flood);
    expect(answers.map(conditionOf)).toContain('resource-constraint');
    stream.close();
  });

  it.each([
    ['of one byte', 'x'],
    ['of nothing', ''],
  ])(
    'cuts off a sender that does not wait with blocks %s: each costs more than its bytes',
    async (_what, text) => {
      const { session, ibb } = receiver();
      const stream = ibb.expect({ sid: 's', peer: PEER, size: 1_000_000 });
      await session.ask(iq(open()));
      const block = b64('y'.repeat(4096));
      // So much that nothing is answered any more.
      let seq = 0;
      for (; seq < 40; seq++) void session.ask(iq(data(seq, block)));
      const told = new Set<string | undefined>();
      for (; seq < 6000; seq++)
        void session.ask(iq(data(seq, b64(text)))).then((answer) => {
          told.add(conditionOf(answer));
        });
      await turn();
      expect(told).toContain('resource-constraint');
      stream.close();
    },
  );

  it('is not kept alive by empty blocks', async () => {
    vi.useFakeTimers();
    try {
      const { session, ibb } = receiver();
      const bytes = expect(read(ibb.expect({ sid: 's', peer: PEER, size: 5 }))).rejects.toMatchObject({
        condition: 'remote-server-timeout',
      });
      await session.ask(iq(open()));
      await session.ask(iq(data(0, b64('x'))));
      await vi.advanceTimersByTimeAsync(40_000);
      await session.ask(iq(data(1, '')));
      await vi.advanceTimersByTimeAsync(30_000);
      expect(conditionOf(await session.ask(iq(data(2, b64('x')))))).toBe('item-not-found');
      await bytes;
    } finally {
      vi.useRealTimers();
    }
  });

  it('an id that is under way is no other stream: the first goes on', async () => {
    const { session, ibb } = receiver();
    const bytes = read(ibb.expect({ sid: 's', peer: PEER, size: 3 }));
    expect(() => ibb.expect({ sid: 's', peer: PEER, size: 100 })).toThrow('conflict');
    await session.ask(iq(open()));
    await session.ask(iq(data(0, b64('abc'))));
    await session.ask(iq(close()));
    expect((await bytes).toString()).toBe('abc');
  });

  it('is unfinished when the peer closes before the declared size', async () => {
    const { session, ibb } = receiver();
    const bytes = expect(read(ibb.expect({ sid: 's', peer: PEER, size: 6 }))).rejects.toMatchObject({
      condition: 'peer-closed',
    });
    await session.ask(iq(open()));
    await session.ask(iq(data(0, b64('foo'))));
    await session.ask(iq(close()));
    await bytes;
  });

  it('closes the stream when the reader stops early (XEP-0047 §2.3)', async () => {
    const { session, ibb } = receiver();
    const stream = ibb.expect({ sid: 's', peer: PEER, size: 6 });
    await session.ask(iq(open()));
    await session.ask(iq(data(0, b64('foo'))));
    session.take();
    for await (const _ of stream) break;
    expect(session.take()[0]?.getChild('close', NS)?.attrs.sid).toBe('s');
  });

  it('gives up when nothing comes in time', async () => {
    vi.useFakeTimers();
    try {
      const { ibb } = receiver();
      const bytes = expect(read(ibb.expect({ sid: 's', peer: PEER, patience: 5000 }))).rejects.toMatchObject({
        condition: 'remote-server-timeout',
      });
      await vi.advanceTimersByTimeAsync(5000);
      await bytes;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('ends when the peer goes, and only that peer', async () => {
    const { session, ibb } = receiver();
    const bytes = expect(read(ibb.expect({ sid: 's', peer: PEER }))).rejects.toMatchObject({
      condition: 'recipient-unavailable',
    });
    await session.ask(iq(open()));
    const gone = (from: string) =>
      parse(`<presence xmlns='jabber:client' type='unavailable' from='${from}'/>`);
    session.emit('presence', gone('nurse@example.org/x'));
    await session.ask(iq(data(0, b64('foo'))));
    session.emit('presence', gone(PEER));
    await bytes;
  });

  it('ends with a new stream, whose resource the peer does not know', async () => {
    const { session, ibb } = receiver();
    const bytes = expect(read(ibb.expect({ sid: 's', peer: PEER }))).rejects.toMatchObject({
      condition: 'disconnected',
    });
    session.emit('online', { jid: 'juliet@example.org/new', forgotten: false });
    await bytes;
  });
});

describe('sending in-band', () => {
  it('sends any bytes to the other side, several blocks under way', async () => {
    const wire = wiredSessions();
    const stream = inBand(wire.bob, { disco }).expect({ sid: 's', peer: wire.alice.jid, size: 300_000 });
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7) % 256));
    const progress: number[] = [];
    const sending = inBand(wire.alice, { disco }).send({
      sid: 's',
      peer: wire.bob.jid,
      source: chunks(bytes.subarray(0, 100_001), bytes.subarray(100_001)),
      onProgress: (sent) => progress.push(sent),
    });
    const got = await read(stream);
    await sending;
    expect(got.equals(bytes)).toBe(true);
    expect(progress[0]).toBe(0);
    expect(progress.at(-1)).toBe(300_000);
  });

  it('has no more than the window under way', async () => {
    const session = new FakeSession();
    session.whenAsked('set', 'open', NS, '');
    const ibb = inBand(session, { disco });
    const sending = ibb.send({
      sid: 's',
      peer: PEER,
      source: chunks(Buffer.alloc(100)),
      blockSize: 10,
      window: 3,
    });
    await turn();
    const first = session.take().filter((stanza) => stanza.getChild('data', NS));
    expect(first.map((stanza) => stanza.getChild('data', NS)?.attrs.seq)).toEqual(['0', '1', '2']);
    session.whenAsked('set', 'data', NS, '');
    session.whenAsked('set', 'close', NS, '');
    for (const stanza of first) session.answer(stanza);
    await sending;
    expect(session.take().filter((stanza) => stanza.getChild('data', NS))).toHaveLength(7);
  });

  it('makes no block that is larger than our server takes of a stanza (XEP-0478 §4)', async () => {
    const wire = wiredSessions();
    wire.alice.maxStanzaBytes = 20_000;
    const written: string[] = [];
    wire.alice.on('sent', (stanza) => written.push(stanza.toString()));
    const stream = inBand(wire.bob, { disco }).expect({ sid: 's', peer: wire.alice.jid, size: 300_000 });
    const bytes = Buffer.alloc(300_000, 'abc');
    const sending = inBand(wire.alice, { disco }).send({
      ...{ sid: 's', peer: wire.bob.jid, blockSize: 32_768 },
      source: chunks(bytes),
    });
    expect((await read(stream)).equals(bytes)).toBe(true);
    await sending;
    const largest = Math.max(...written.map((text) => text.length));
    expect(largest).toBeGreaterThan(14_000);
    // White space before it counts at some servers.
    expect(largest + 4096).toBeLessThanOrEqual(20_000);
  });

  it('fits its blocks into any size that a server says, with any address', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10_000, max: 100_000 }),
        fc.integer({ min: 3, max: 3071 }),
        (bytes, length) => {
          const [peer, sid] = ['p'.repeat(length), 's'.repeat(22)];
          const size = largestBlock(bytes, peer, sid);
          const iq = x('iq', { xmlns: 'jabber:client', type: 'set', to: peer, id: 'i'.repeat(22) });
          iq.append(xData(sid, 65_535, Buffer.alloc(size)));
          expect(size).toBeGreaterThanOrEqual(256);
          expect(iq.toString().length + 4096).toBeLessThanOrEqual(bytes);
        },
      ),
    );
    expect(largestBlock(undefined, PEER, 's')).toBe(32_768);
    // No server may take less than 10,000 bytes (RFC 6120 §13.12); one that says so gets the smallest all the same.
    expect(largestBlock(100, PEER, 's')).toBe(256);
    const escaped = `p@q/${"'".repeat(1000)}`;
    const block = Buffer.alloc(largestBlock(20_000, escaped, 's'));
    const whole = x('iq', { type: 'set', to: escaped, id: 'i'.repeat(22) }, xData('s', 65_535, block));
    expect(whole.toString().length).toBeLessThanOrEqual(20_000);
  });

  describe('where our server ends its stream over a block (RFC 6120 §4.9.3.14)', () => {
    const policy = () => new RemoteStreamError('policy-violation', 'XML stanza is too big');
    const blocks = (session: FakeSession) =>
      session.take().filter((stanza) => stanza.getChild('data', NS) !== undefined);
    const sizeOf = (block: Element | undefined) => {
      const element = block?.getChild('data', NS);
      return element && parseData(element)?.bytes?.length;
    };

    /** A stream of which so many blocks are answered; of the first eight all have 4,096 bytes. */
    async function underWay(answered: number) {
      const session = new FakeSession();
      session.whenAsked('set', 'open', NS, '');
      const told: unknown[] = [];
      session.on('offline', ({ reason, final }) => told.push([reason?.condition, final]));
      const ibb = inBand(session, { disco });
      const sending = ibb.send({ sid: 's', peer: PEER, source: chunks(Buffer.alloc(2_000_000)) });
      sending.catch(() => undefined);
      const waiting: Element[] = [];
      for (let left = answered; left > 0; left--) {
        await turn();
        waiting.push(...blocks(session));
        session.answer(waiting.shift() as Element);
      }
      await turn();
      waiting.push(...blocks(session));
      return {
        session,
        ibb,
        sending,
        told,
        waiting,
        largest: Math.max(...waiting.map((block) => sizeOf(block) ?? 0)),
      };
    }

    it('goes on with another one, and makes small ones from then on', async () => {
      const { session, ibb, sending, told, largest } = await underWay(8);
      expect(largest).toBe(32_768);
      session.end({ reason: policy(), resumable: true });
      await expect(sending).rejects.toMatchObject({ condition: 'disconnected' });
      expect(told).toEqual([['stanza-too-large', false]]);
      expect(ibb.small).toBe(true);
      session.renew();
      expect(ibb.largestBlock(PEER, 's')).toBe(4096);
      const again = ibb.send({ sid: 't', peer: PEER, source: chunks(Buffer.alloc(100_000)), window: 1 });
      again.catch(() => undefined);
      for (let answered = 0; answered < 10; answered++) {
        await turn();
        const [block] = blocks(session);
        expect(sizeOf(block)).toBe(4096);
        session.answer(block as Element);
      }
      await turn();
      // It was not the size then.
      session.end({ reason: policy() });
      await expect(again).rejects.toMatchObject({ condition: 'disconnected' });
      expect(told.at(-1)).toEqual(['policy-violation', true]);
    });

    it('does so too where the next block cannot be written any more before the stream is over', async () => {
      const { session, ibb, sending, waiting } = await underWay(8);
      const known = sending.catch((error: unknown) => [(error as DisconnectedError).condition, ibb.small]);
      // It is closing: an answer still comes, and nothing goes.
      session.renew();
      session.online = false;
      session.answer(waiting.shift() as Element);
      await turn();
      session.end({ reason: policy(), resumable: true });
      expect(await known).toEqual(['disconnected', true]);
    });

    it('does so too where the reason is lost on the way, as what is not read any more resets the connection', async () => {
      const { session, ibb, sending, told } = await underWay(8);
      session.end({});
      await expect(sending).rejects.toMatchObject({ condition: 'disconnected' });
      expect(told).toEqual([[undefined, false]]);
      expect(ibb.small).toBe(true);
    });

    it('goes on where the stream is resumed, unless that ends over the same block again', async () => {
      const { session, ibb, sending, told } = await underWay(8);
      session.end({ resumable: true });
      session.resume();
      expect(ibb.small).toBe(false);
      session.end({ resumable: true });
      await expect(sending).rejects.toMatchObject({ condition: 'disconnected' });
      expect(told).toEqual([
        [undefined, false],
        ['stanza-too-large', false],
      ]);
      expect(ibb.small).toBe(true);
    });

    it('though it took as large ones before: what stands around them is not always as long', async () => {
      const { session, ibb, sending, told } = await underWay(40);
      session.end({ reason: policy() });
      await expect(sending).rejects.toMatchObject({ condition: 'disconnected' });
      expect([told, ibb.small]).toEqual([[['stanza-too-large', false]], true]);
    });

    it.each([
      ['every block under way is one that every server takes', 0, policy(), true],
      ['it took as large ones before, and does not say why it ends', 40, undefined, false],
      ['it says something else', 8, new RemoteStreamError('conflict', 'replaced'), true],
    ])('not where %s', async (_what, answered, reason, final) => {
      const { session, ibb, sending, told } = await underWay(answered);
      session.end(reason === undefined ? {} : { reason });
      await expect(sending).rejects.toMatchObject({ condition: 'disconnected' });
      expect(told).toEqual([[reason?.condition, final]]);
      expect(ibb.small).toBe(false);
    });

    it('not where a stream ended without a word before, and this one says something else', async () => {
      const { session, sending, told } = await underWay(8);
      session.end({ resumable: true });
      session.resume();
      session.end({ reason: new RemoteStreamError('conflict', 'replaced') });
      await sending.catch(() => undefined);
      expect(told.at(-1)).toEqual(['conflict', true]);
    });
  });

  it('sends blocks as large as was agreed only while answers are quick (XEP-0047 §2.1: a maximum)', async () => {
    vi.useFakeTimers();
    try {
      const session = new FakeSession();
      session.whenAsked('set', 'open', NS, '');
      session.whenAsked('set', 'close', NS, '');
      const stop = new AbortController();
      const sending = inBand(session, { disco }).send({
        ...{ sid: 's', peer: PEER, window: 1, signal: stop.signal },
        source: chunks(Buffer.alloc(1_000_000)),
      });
      const sizes: (number | undefined)[] = [];
      for (const wait of [0, 0, 0, 0, 400, 400, 400, 400, 0]) {
        await vi.advanceTimersByTimeAsync(wait);
        const [block] = session.take().filter((stanza) => stanza.getChild('data', NS));
        const element = block?.getChild('data', NS);
        sizes.push(element && parseData(element)?.bytes?.length);
        await vi.advanceTimersByTimeAsync(wait);
        if (block) session.answer(block);
        await vi.advanceTimersByTimeAsync(0);
      }
      expect(sizes).toEqual([4096, 8192, 16_384, 32_768, 32_768, 16_384, 8192, 4096, 4096]);
      stop.abort(new Error('enough'));
      await expect(sending).rejects.toThrow('enough');
    } finally {
      vi.useRealTimers();
    }
  });

  it('halves the block size when the peer asks for less (XEP-0047 §2.1)', async () => {
    const wire = wiredSessions();
    const stream = inBand(wire.bob, { disco }).expect({
      sid: 's',
      peer: wire.alice.jid,
      size: 5000,
      maxBlockSize: 1024,
    });
    const sending = inBand(wire.alice, { disco }).send({
      sid: 's',
      peer: wire.bob.jid,
      source: chunks(Buffer.alloc(5000)),
    });
    expect(await read(stream)).toHaveLength(5000);
    await sending;
    const sizes = wire.alice.sentStanzas
      .map((stanza) => stanza.getChild('open', NS)?.attrs['block-size'])
      .filter((size) => size !== undefined);
    expect(sizes).toEqual(['32768', '16384', '8192', '4096', '2048', '1024']);
  });

  it('closes after an error for a block (XEP-0047 §2.2)', async () => {
    const session = new FakeSession();
    session.whenAsked('set', 'open', NS, '');
    session.whenAsked('set', 'close', NS, '');
    session.whenAsked(
      'set',
      'data',
      NS,
      "<error type='cancel'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
    );
    const sending = inBand(session, { disco }).send({ sid: 's', peer: PEER, source: chunks('abc') });
    await expect(sending).rejects.toMatchObject({ condition: 'bad-request' });
    expect(session.take().at(-1)?.getChild('close', NS)).toBeDefined();
  });

  it('stops when the peer closes, without a close of its own', async () => {
    const session = new FakeSession();
    session.whenAsked('set', 'open', NS, '');
    const sending = expect(
      inBand(session, { disco }).send({ sid: 's', peer: PEER, source: chunks(Buffer.alloc(100_000)) }),
    ).rejects.toMatchObject({ condition: 'peer-closed' });
    await turn();
    session.take();
    await session.ask(iq(close()));
    await sending;
    expect(session.take()).toEqual([]);
  });

  it('is done although the peer closes once it has everything', async () => {
    const session = new FakeSession();
    session.whenAsked('set', 'open', NS, '');
    session.whenAsked('set', 'data', NS, '');
    session.whenAsked(
      'set',
      'close',
      NS,
      "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
    );
    await inBand(session, { disco }).send({ sid: 's', peer: PEER, source: chunks('abc') });
  });

  it('closes the stream and the source when it is cancelled', async () => {
    const session = new FakeSession();
    session.whenAsked('set', 'open', NS, '');
    session.whenAsked('set', 'close', NS, '');
    const cancel = new AbortController();
    let closed = false;
    async function* endless() {
      try {
        for (;;) yield Buffer.alloc(4096);
      } finally {
        closed = true;
      }
    }
    const sending = inBand(session, { disco }).send({
      sid: 's',
      peer: PEER,
      source: endless(),
      signal: cancel.signal,
    });
    await turn();
    cancel.abort(new Error('cancelled'));
    await expect(sending).rejects.toThrow('cancelled');
    expect(closed).toBe(true);
    expect(session.take().at(-1)?.getChild('close', NS)).toBeDefined();
  });
});

describe('in-band elements', () => {
  it('reads what it writes', () => {
    const terms = { sid: 'x', blockSize: 4096, stanza: 'iq' } as const;
    expect(parseOpen(xOpen(terms))).toEqual(terms);
    fc.assert(
      fc.property(fc.uint8Array(), fc.integer({ min: 0, max: 65_535 }), (bytes, seq) => {
        const read = parseData(parse(xData('s', seq, bytes).toString()));
        expect(read?.seq).toBe(seq);
        expect(Buffer.from(read?.bytes ?? []).equals(Buffer.from(bytes))).toBe(true);
      }),
    );
  });

  it('never throws and takes only canonical Base64 (RFC 4648 §4)', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const bytes = decodeBase64(text);
        if (bytes !== undefined) expect(Buffer.from(bytes).toString('base64')).toBe(text);
      }),
    );
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('sid', 'seq', 'block-size', 'stanza'), fc.string()),
        (attrs) => {
          const element = parseOpen(x('open', { ...attrs, xmlns: NS }));
          if (element !== undefined) expect(element.blockSize).toBeGreaterThan(0);
          parseData(x('data', { ...attrs, xmlns: NS }));
        },
      ),
    );
  });

  it('takes exactly what would be written so again', () => {
    const unit = fc.constantFrom(...'AZaz09+/=-_ \n');
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        const bytes = Buffer.from(text, 'base64');
        const known = decodeBase64(text);
        expect(known && Buffer.from(known).equals(bytes)).toBe(
          bytes.toString('base64') === text ? true : undefined,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('ignores other namespaces', () => {
    expect(parseOpen(x('open', { xmlns: 'urn:evil', sid: 's', 'block-size': '1' }))).toBeUndefined();
    expect(parseData(x('data', { xmlns: 'urn:evil', sid: 's', seq: '1' }))).toBeUndefined();
  });

  it('cuts any chunks into full blocks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array()),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        async (parts, sizes) => {
          const blocks: Uint8Array[] = [];
          // The one that is not taken yet may have another size when it is.
          const size = async () => sizes[blocks.length % sizes.length] ?? 1;
          for await (const block of blocksOf(chunks(...parts), size)) blocks.push(block);
          expect(Buffer.concat(blocks).equals(Buffer.concat(parts))).toBe(true);
          const full = blocks.slice(0, -1).map((block) => block.length);
          expect(full).toEqual(full.map((_, at) => sizes[at % sizes.length]));
        },
      ),
    );
  });
});
