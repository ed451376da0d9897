import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { inBand } from '../../../src/xmpp/bytestreams/ibb.ts';
import {
  type JingleFile,
  parseChecksum,
  parseFile,
  xFile as write,
} from '../../../src/xmpp/jingle/file-description.ts';
import { jingleFiles } from '../../../src/xmpp/jingle/file-transfer.ts';
import { ibbTransport } from '../../../src/xmpp/jingle/ibb-transport.ts';
import type { JingleOffer } from '../../../src/xmpp/jingle/offer.ts';
import type { FileTerms } from '../../../src/xmpp/jingle/sending.ts';
import type { Element } from '../../../src/xmpp/stanza.ts';
import { FakeSession } from '../../support/fake-session.ts';
import { parse } from '../../support/parse.ts';
import { wiredSessions } from '../../support/wired-sessions.ts';
import {
  actions,
  conditionsOf,
  disco,
  FOOBAR,
  FT,
  iq,
  NS,
  PEER,
  reach,
  read,
  S5B,
  SHA256_OF_FOOBAR,
  xContent,
  xFile,
  xIbb,
  xJingle,
} from './support.ts';

const bytes = Buffer.from('foobar');

function side(session: FakeSession, patience?: number) {
  const transports = [ibbTransport(inBand(session, { disco }))];
  return jingleFiles(session, { disco, transports, patience });
}

function terms(more: Partial<FileTerms> = {}): FileTerms {
  return {
    peer: PEER,
    file: { name: 'foobar.txt', size: 6, hashes: [], hashUsed: 'sha-256', range: { offset: 0 } },
    transports: ['ibb'],
    reach,
    async *read(from) {
      yield bytes.subarray(from);
    },
    signal: new AbortController().signal,
    onProgress: () => {},
    ...more,
  };
}

/** An offer of ours that the peer has acknowledged. */
async function offered(more: Partial<FileTerms> = {}) {
  const session = new FakeSession();
  const told: number[] = [];
  const sent = side(session).send(terms({ onProgress: (at) => told.push(at), ...more }));
  sent.catch(() => undefined);
  await turn();
  const [offer] = actions(session);
  await turn();
  const sid = offer?.sid ?? '';
  const about = { name: offer?.contents[0]?.name ?? '' };
  const stream = offer?.contents[0]?.transport?.attrs.sid ?? '';
  const ask = (action: string, children = '') => session.ask(iq(xJingle(action, children, { sid })));
  const accept = (file = FOOBAR, transport = xIbb(stream)) =>
    ask('session-accept', xContent(file + transport, about));
  /** Confirms what is written in-band, until nothing is any more; gives the text. */
  async function confirm(): Promise<string> {
    let text = '';
    for (;;) {
      await turn();
      const written = session.take();
      if (written.length === 0) return text;
      for (const stanza of written) {
        const data = stanza.getChild('data', 'http://jabber.org/protocol/ibb');
        text += Buffer.from(data?.getText() ?? '', 'base64').toString();
        session.answer(stanza);
      }
    }
  }
  const end = (reason: string) => ask('session-terminate', `<reason>${reason}</reason>`);
  return { session, sent, told, offer, sid, about, stream, ask, accept, confirm, end };
}

describe('a file that we offer', () => {
  it('is described, with the sum or how it will be made (XEP-0234 §5, §6.1)', async () => {
    const { offer } = await offered();
    expect(offer).toMatchObject({
      action: 'session-initiate',
      initiator: 'juliet@example.org/balcony',
      to: PEER,
      contents: [{ creator: 'initiator', senders: 'initiator' }],
    });
    expect(parseFile(offer?.contents[0]?.description)).toEqual({
      ...{ name: 'foobar.txt', size: 6, hashes: [], hashUsed: 'sha-256', range: { offset: 0 } },
      ...{ date: undefined, mime: undefined, description: undefined },
    });
  });

  it('has the answer to each action acknowledged, so that no server holds the next word back (Nagle)', async () => {
    const { accept, confirm, end, sent, session } = await offered({
      checksum: async () => ({ algorithm: 'sha-256', hex: 'ab'.repeat(32) }),
    });
    expect(session.nudges).toBe(1);
    await accept();
    await confirm();
    // Behind that to the sum.
    expect(session.nudges).toBe(2);
    await end('<success/>');
    await sent;
  });

  it('is sent when it is accepted, and done when the receiver says so (XEP-0234 §6.6)', async () => {
    const { accept, confirm, end, sent, told, session } = await offered();
    expect((await accept()).attrs.type).toBe('result');
    expect(await confirm()).toBe('foobar');
    await end('<success/>');
    await sent;
    expect(told).toEqual([0, 6]);
    expect(actions(session)).toEqual([]);
  });

  it('is done when the receiver says that it has it; then we end the session (XEP-0234 §8.1)', async () => {
    const { accept, confirm, ask, about, sent, session } = await offered();
    await accept();
    await confirm();
    await ask('session-info', `<received xmlns='${FT}' creator='initiator' name='${about.name}'/>`);
    await sent;
    expect(actions(session)).toMatchObject([
      { action: 'session-terminate', reason: { condition: 'success' } },
    ]);
  });

  it('has its sum told behind the last byte, whatever the receiver says to that (XEP-0234 §8.2)', async () => {
    const checksum = async () => ({ algorithm: 'sha-256', hex: 'ab'.repeat(32) });
    const { accept, end, sent, session, about } = await offered({ checksum });
    session.whenAsked('set', 'data', 'http://jabber.org/protocol/ibb', '');
    session.whenAsked('set', 'open', 'http://jabber.org/protocol/ibb', '');
    session.whenAsked('set', 'close', 'http://jabber.org/protocol/ibb', '');
    await accept();
    await vi.waitFor(() => {
      const last = session.sentStanzas.at(-1)?.getChild('jingle', NS);
      expect(last?.attrs.action).toBe('session-info');
    });
    const told = session.sentStanzas.at(-1)?.getChild('jingle', NS)?.getChild('checksum', FT);
    expect(told && parseChecksum(told)).toEqual({
      ...{ creator: 'initiator', name: about.name },
      hashes: [await checksum()],
    });
    await end('<success/>');
    await sent;
  });

  it('is not taken for sent where the receiver does not say so (XEP-0234 §6.6)', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { accept, confirm, sent, session } = await offered();
      await accept();
      await confirm();
      await vi.advanceTimersByTimeAsync(30_000);
      await expect(sent).rejects.toMatchObject({ condition: 'file-unconfirmed' });
      expect(actions(session)).toMatchObject([
        { action: 'session-terminate', reason: { condition: 'timeout' } },
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('begins where the receiver wants it, and sends no more than that (XEP-0234 §6.4)', async () => {
    const one = await offered();
    await one.accept(xFile(`<range offset='3'/>`));
    expect(await one.confirm()).toBe('bar');
    expect(one.told).toEqual([0, 6]);
    const two = await offered();
    await two.accept(xFile(`<range offset='1' length='2'/>`));
    expect(await two.confirm()).toBe('oo');
  });

  it.each([
    ['a byte beyond its end', xFile(`<range offset='7'/>`), undefined],
    ['more than there is', xFile(`<range offset='3' length='4'/>`), undefined],
    ['no file', `<description xmlns='${FT}'/>`, undefined],
    ['another stream', FOOBAR, xIbb('other')],
    ['larger blocks than were offered', FOOBAR, 'larger'],
    ['another transport', FOOBAR, `<transport xmlns='${S5B}' sid='x'/>`],
  ])('is not sent to who accepts %s', async (_what, file, transport) => {
    const { accept, sent, session, stream } = await offered();
    const answer = await accept(file, transport === 'larger' ? xIbb(stream, 32_769) : transport);
    expect(conditionsOf(answer)).toEqual(['bad-request']);
    await expect(sent).rejects.toMatchObject({ condition: 'bad-request' });
    expect(actions(session)).toMatchObject([{ action: 'session-terminate' }]);
  });

  it('is sent in blocks as small as the receiver wants them (XEP-0261 §2.2)', async () => {
    const { accept, session, stream } = await offered();
    await accept(FOOBAR, xIbb(stream, 2));
    await turn();
    const [open] = session.take();
    expect(open?.getChild('open', 'http://jabber.org/protocol/ibb')?.attrs).toMatchObject({
      'block-size': '2',
      sid: stream,
    });
  });

  it('is accepted once (XEP-0166 §10)', async () => {
    const { accept } = await offered();
    await accept();
    expect(conditionsOf(await accept())).toEqual(['unexpected-request', 'out-of-order']);
  });

  it.each([
    ['<decline/>', 'decline'],
    ['<unsupported-transports/>', 'unsupported-transports'],
    ['<success/>', 'success'],
    ['', 'general-error'],
  ])('is told as ended by the receiver, with its reason: %s (XEP-0166 §7.4)', async (reason, condition) => {
    const { end, sent } = await offered();
    await end(reason);
    await expect(sent).rejects.toMatchObject({ name: 'SessionEndedError', condition });
  });

  it('is taken back: whoever has the offer is told (XEP-0166 §6.7)', async () => {
    const stop = new AbortController();
    const { sent, session, sid } = await offered({ signal: stop.signal });
    stop.abort(new Error('no more'));
    await expect(sent).rejects.toThrow('no more');
    expect(actions(session)).toMatchObject([
      { action: 'session-terminate', sid, reason: { condition: 'cancel' } },
    ]);
  });

  it('stays in-band: the receiver may not choose another transport (XEP-0166 §7.2.15)', async () => {
    const { accept, ask, about, session, sent } = await offered();
    await accept();
    for (let at = 0; at < 4; at++) {
      session.take();
      const wish = xContent(`<transport xmlns='${S5B}' sid='x'/>`, about);
      expect((await ask('transport-replace', wish)).attrs.type).toBe('result');
      await turn();
      if (at === 0) expect(actions(session)).toMatchObject([{ action: 'transport-reject' }]);
    }
    // Who wishes it again and again is left.
    await expect(sent).rejects.toMatchObject({ condition: 'no-bytestream' });
  });

  it('fails with the stream that is lost', async () => {
    const { accept, sent, session } = await offered();
    await accept();
    session.drop();
    session.renew();
    await expect(sent).rejects.toMatchObject({ condition: 'disconnected' });
  });
});

describe('a file that we are offered', () => {
  async function taken(file: string) {
    const session = new FakeSession();
    const api = side(session);
    const offer = new Promise<JingleOffer>((resolve) => {
      api.once('offer', resolve);
    });
    await session.ask(iq(xJingle('session-initiate', xContent(file + xIbb()))));
    return { session, offer: await offer };
  }
  const hashUsed = xFile(`<size>6</size><hash-used xmlns='urn:xmpp:hashes:2' algo='sha-256'/>`);
  const checksum = (hash: string) =>
    xJingle(
      'session-info',
      `<checksum xmlns='${FT}' creator='initiator' name='a-file'><file>${hash}</file></checksum>`,
    );

  it('has its sum later, where the sender says so (XEP-0234 §8.2)', async () => {
    const { session, offer } = await taken(hashUsed);
    expect(offer.file.hashUsed).toBe('sha-256');
    const hash = `<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>${SHA256_OF_FOOBAR}</hash>`;
    expect((await session.ask(iq(checksum(hash)))).attrs.type).toBe('result');
    expect(await offer.checksum()).toBe(Buffer.from(SHA256_OF_FOOBAR, 'base64').toString('hex'));
  });

  describe('is waited for until its sum comes, which may have to be made of all of it (XEP-0234 §8.2)', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    });
    afterEach(() => {
      vi.useRealTimers();
    });
    const large = hashUsed.replace('<size>6<', '<size>4000000000<');
    const hash = `<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>${SHA256_OF_FOOBAR}</hash>`;
    /** The questions whether the session lives. */
    const pings = (session: FakeSession) =>
      session.take().filter((iq) => {
        const jingle = iq.getChild('jingle', NS);
        return jingle?.attrs.action === 'session-info' && jingle.children.length === 0;
      });

    it('while the sender answers for the session (XEP-0166 §6.8)', async () => {
      const { session, offer } = await taken(large);
      const sum = offer.checksum();
      for (let asked = 0; asked < 30; asked++) {
        await vi.advanceTimersByTimeAsync(10_000);
        const [ping, ...more] = pings(session);
        expect(more).toEqual([]);
        // A program that does not know the question is there all the same.
        const unknown = `<error type='cancel'><feature-not-implemented xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;
        session.answer(ping as Element, asked % 2 === 0 ? '' : unknown);
      }
      await session.ask(iq(checksum(hash)));
      expect(await sum).toBe(Buffer.from(SHA256_OF_FOOBAR, 'base64').toString('hex'));
      await vi.advanceTimersByTimeAsync(60_000);
      expect(pings(session)).toEqual([]);
    });

    it('not where the sender knows nothing of the session any more (XEP-0166 §6.8)', async () => {
      const { session, offer } = await taken(large);
      const sum = offer.checksum();
      await vi.advanceTimersByTimeAsync(10_000);
      session.answer(
        pings(session)[0] as Element,
        `<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`,
      );
      expect(await sum).toBeUndefined();
    });

    it('no longer than the slowest sender takes for a file of that size', async () => {
      const { session, offer } = await taken(hashUsed);
      const sum = offer.checksum();
      await vi.advanceTimersByTimeAsync(10_010);
      for (const ping of pings(session)) session.answer(ping);
      expect(await sum).toBeUndefined();
    });

    it('not behind one of another kind than was announced', async () => {
      const { session, offer } = await taken(large);
      const sum = offer.checksum();
      const other = `<hash xmlns='urn:xmpp:hashes:2' algo='sha-1'>iEPX+SQWIR3p67lj/0zigSWTKHg=</hash>`;
      expect((await session.ask(iq(checksum(other)))).attrs.type).toBe('result');
      expect(await sum).toBeUndefined();
    });

    it('not once we have ended it ourselves', async () => {
      const { session, offer } = await taken(large);
      const sum = offer.checksum();
      offer.finish('cancelled');
      expect(await sum).toBeUndefined();
      expect(actions(session)).toMatchObject([
        { action: 'session-terminate', reason: { condition: 'cancel' } },
      ]);
    });
  });

  it('has no sum any more when the session is over (XEP-0234 §8.2)', async () => {
    const { session, offer } = await taken(hashUsed);
    const sum = offer.checksum();
    await session.ask(iq(checksum(`<hash xmlns='urn:xmpp:hashes:2' algo='sha-1'>AAAA</hash>`)));
    await session.ask(iq(xJingle('session-terminate', '<reason><cancel/></reason>')));
    expect(await sum).toBeUndefined();
  });

  it('is accepted from a later byte, where the sender can (XEP-0234 §6.4)', async () => {
    const { session, offer } = await taken(FOOBAR);
    const signal = new AbortController().signal;
    read(offer.accept({ limit: 6, reach, from: 3, signal })).catch(() => undefined);
    await turn();
    const [accepted] = actions(session);
    expect(parseFile(accepted?.contents[0]?.description)).toMatchObject({ range: { offset: 3 }, size: 6 });
  });

  it.each([
    ['more', 'Zm9vYmFyIQ==', 'policy-violation'],
    ['no Base64', '!', 'bad-request'],
  ])('ends with %s than was said (XEP-0047 §2.2)', async (_what, text, condition) => {
    const { session, offer } = await taken(FOOBAR);
    const signal = new AbortController().signal;
    const all = read(offer.accept({ limit: 6, reach, signal }));
    all.catch(() => undefined);
    await turn();
    const ibb = 'http://jabber.org/protocol/ibb';
    await session.ask(iq(`<open xmlns='${ibb}' sid='ibb1' block-size='4096'/>`));
    await session.ask(iq(`<data xmlns='${ibb}' sid='ibb1' seq='0'>${text}</data>`));
    actions(session);
    await expect(all).rejects.toMatchObject({ condition });
  });

  it('ends the session when nobody reads on (XEP-0234 §6.5)', async () => {
    const wire = wiredSessions();
    const offered = new Promise<JingleOffer>((resolve) => side(wire.bob).once('offer', resolve));
    const sent = side(wire.alice).send(terms({ peer: wire.bob.jid }));
    const offer = await offered;
    for await (const _ of offer.accept({ limit: 6, reach, signal: new AbortController().signal })) break;
    await expect(sent).rejects.toMatchObject({ name: 'SessionEndedError', condition: 'cancel' });
  });
});

describe('what a file is said to be', () => {
  it('is read back as it was written (XEP-0234 §5)', () => {
    const text = fc.option(fc.string({ minLength: 1, unit: 'grapheme-ascii' }), { nil: undefined });
    const whole = fc.maxSafeNat();
    const file: fc.Arbitrary<JingleFile> = fc.record({
      ...{ name: text, date: text, mime: text, description: text },
      size: fc.option(whole, { nil: undefined }),
      hashes: fc.constantFrom([], [{ algorithm: 'sha-256', hex: 'ab'.repeat(32) }]),
      hashUsed: fc.constant(undefined),
      range: fc.option(fc.record({ offset: whole, length: fc.option(whole, { nil: undefined }) }), {
        nil: undefined,
      }),
    });
    fc.assert(
      fc.property(file, (each) => void expect(parseFile(parse(write(each).toString()))).toEqual(each)),
    );
  });

  it('has an algorithm where an empty sum names it (XEP-0234 §5)', () => {
    const file = parseFile(parse(xFile(`<hash xmlns='urn:xmpp:hashes:2' algo='sha-256'/>`)));
    expect(file).toMatchObject({ hashes: [], hashUsed: 'sha-256' });
  });

  it('has no sum for a part of it (XEP-0234 §8.2)', () => {
    const range = `<range offset='2'><hash xmlns='urn:xmpp:hashes:2' algo='sha-256'>${SHA256_OF_FOOBAR}</hash></range>`;
    const sum = parseChecksum(parse(`<checksum xmlns='${FT}'><file>${range}</file></checksum>`));
    expect(sum?.hashes).toEqual([]);
  });
});
