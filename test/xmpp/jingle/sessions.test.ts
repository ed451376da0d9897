import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inBand } from '../../../src/xmpp/bytestreams/ibb.ts';
import { ACTIONS, parseJingle, REASONS, xJingle as write } from '../../../src/xmpp/jingle/elements.ts';
import { parseChecksum, parseFile } from '../../../src/xmpp/jingle/file-description.ts';
import { type JingleFiles, jingleFiles } from '../../../src/xmpp/jingle/file-transfer.ts';
import { ibbTransport, parseIbbTransport } from '../../../src/xmpp/jingle/ibb-transport.ts';
import type { JingleOffer } from '../../../src/xmpp/jingle/offer.ts';
import { x } from '../../../src/xmpp/stanza.ts';
import { anyStanza } from '../../support/any-stanza.ts';
import { FakeSession } from '../../support/fake-session.ts';
import { parse } from '../../support/parse.ts';
import {
  actions,
  conditionsOf,
  disco,
  FOOBAR,
  FT,
  IBB,
  iq,
  NS,
  PEER,
  reach,
  read,
  xContent,
  xFile,
  xIbb,
  xJingle,
} from './support.ts';

function start({ patience }: { patience?: number } = {}) {
  const session = new FakeSession();
  const transports = [ibbTransport(inBand(session, { disco }))];
  const api: JingleFiles = jingleFiles(session, { disco, transports, patience });
  const offers: JingleOffer[] = [];
  api.on('offer', (offer) => offers.push(offer));
  return { session, api, offers };
}

const initiate = (sid = 's1', content = xContent(FOOBAR + xIbb()), more = '') =>
  xJingle('session-initiate', content, { sid, more });

describe('a session that somebody offers', () => {
  it('is acknowledged, and then told (XEP-0166 §6.3.1)', async () => {
    const { session, offers } = start();
    const answer = session.ask(iq(initiate()));
    expect(offers).toEqual([]);
    expect((await answer).attrs.type).toBe('result');
    await turn();
    expect(offers).toMatchObject([{ from: PEER, transport: 'ibb', file: { name: 'foobar.txt', size: 6 } }]);
  });

  it.each([
    ['no content', '', ''],
    ['a content without a name', `<content creator='initiator'>${FOOBAR}${xIbb()}</content>`, ''],
    ['a content of the responder', xContent(FOOBAR + xIbb(), { creator: 'responder' }), ''],
    ['a content without a transport', xContent(FOOBAR), ''],
    ['a content without a description', xContent(xIbb()), ''],
    ['a disposition other than session', xContent(FOOBAR + xIbb(), { senders: `disposition='x'` }), ''],
    ['nobody who sends', xContent(FOOBAR + xIbb(), { senders: `senders='none'` }), ''],
    ['a size that is none', xContent(xFile('<size>-1</size>') + xIbb()), ''],
    ['a size beyond counting', xContent(xFile('<size>99999999999999999</size>') + xIbb()), ''],
    ['a range that is none', xContent(xFile(`<range offset='a'/>`) + xIbb()), ''],
    ['no file', xContent(`<description xmlns='${FT}'/>${xIbb()}`), ''],
    ['a transport without an id', xContent(FOOBAR + xIbb('')), ''],
    ['blocks of no bytes', xContent(FOOBAR + xIbb('i', 0)), ''],
    ['more contents than anybody needs', xContent(FOOBAR + xIbb()).repeat(17), ''],
    ['an initiator of another account', xContent(FOOBAR + xIbb()), `initiator='juliet@example.org/x'`],
    ['a name beyond measure', xContent(FOOBAR + xIbb(), { name: 'x'.repeat(257) }), ''],
  ])('is malformed with %s (XEP-0166 §6.3.2, §7)', async (_what, content, more) => {
    const { session, offers } = start();
    const answer = await session.ask(iq(initiate('s1', content, more)));
    expect(conditionsOf(answer)).toEqual(['bad-request']);
    await turn();
    expect(offers).toEqual([]);
    // Nothing of it stays: the same id may be offered well.
    expect((await session.ask(iq(initiate()))).attrs.type).toBe('result');
  });

  it.each([
    ['unsupported-applications', xContent(`<description xmlns='urn:xmpp:jingle:apps:rtp:1'/>${xIbb()}`)],
    [
      'unsupported-transports',
      xContent(`${FOOBAR}<transport xmlns='urn:xmpp:jingle:transports:ice-udp:1'/>`),
    ],
    ['security-error', xContent(`${FOOBAR}${xIbb()}<security xmlns='urn:xmpp:jingle:jet:0'/>`)],
    ['incompatible-parameters', xContent(FOOBAR + xIbb()) + xContent(FOOBAR + xIbb('j'), { name: 'b' })],
    ['incompatible-parameters', xContent(xFile(`<size>6</size><range offset='3'/>`) + xIbb())],
    ['failed-application', xContent(FOOBAR + xIbb(), { senders: `senders='responder'` })],
  ])('is ended with %s, behind the acknowledgement (XEP-0166 §6.3.1)', async (reason, content) => {
    const { session, offers } = start();
    expect((await session.ask(iq(initiate('s1', content)))).attrs.type).toBe('result');
    await turn();
    expect(actions(session)).toMatchObject([
      { action: 'session-terminate', sid: 's1', to: PEER, reason: { condition: reason } },
    ]);
    expect(offers).toEqual([]);
  });

  it('says of a file that somebody asks for that it is not available (XEP-0234 §9.1)', async () => {
    const { session } = start();
    await session.ask(iq(initiate('s1', xContent(FOOBAR + xIbb(), { senders: `senders='responder'` }))));
    await turn();
    const [ended] = actions(session);
    expect(ended?.reason?.detail?.getName()).toBe('file-not-available');
  });

  it('ends by itself when nobody answers (XEP-0166 §7.4)', async () => {
    const { session, offers } = start({ patience: 5 });
    await session.ask(iq(initiate()));
    await turn();
    await new Promise((resolve) => offers[0]?.signal.addEventListener('abort', resolve));
    expect(actions(session)).toMatchObject([
      { action: 'session-terminate', reason: { condition: 'timeout' } },
    ]);
  });

  it('is one of few: of one person, and in all (XEP-0166 §13.2)', async () => {
    const { session } = start();
    const answers: string[][] = [];
    for (let at = 0; at < 9; at++)
      answers.push(conditionsOf(await session.ask(iq(initiate(`s${at}`), `romeo@example.net/${at}`))));
    expect(answers.at(-2)).toEqual([]);
    expect(answers.at(-1)).toEqual(['resource-constraint']);
    for (let at = 0; at < 70; at++)
      answers.push(conditionsOf(await session.ask(iq(initiate('s'), `user${at}@example.net/x`))));
    expect(answers.filter(([condition]) => condition === undefined)).toHaveLength(64);
  });

  it('is over with the stream, and with who is not there any more (XEP-0166 §6.7)', async () => {
    const { session, offers } = start();
    await session.ask(iq(initiate('s1')));
    await session.ask(iq(initiate('s2'), 'romeo@example.net/other'));
    await turn();
    session.receive(`<presence type='unavailable' from='${PEER}'/>`);
    expect(offers.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    session.renew();
    expect(offers[1]?.signal.aborted).toBe(true);
  });
});

describe('what comes in a session', () => {
  it.each([
    ['another resource of the same account', 'romeo@example.net/other', 's1'],
    ['a stranger', 'eve@example.com/x', 's1'],
    ['the peer, with another id', PEER, 's2'],
  ])('is of no session when it comes from %s (XEP-0166 §10)', async (_who, from, sid) => {
    const { session, offers } = start();
    await session.ask(iq(initiate()));
    await turn();
    for (const action of ACTIONS.filter((each) => each !== 'session-initiate')) {
      const answer = await session.ask(iq(xJingle(action, xContent(xIbb()), { sid }), from));
      expect(conditionsOf(answer)).toEqual(['item-not-found', 'unknown-session']);
    }
    expect(offers[0]?.signal.aborted).toBe(false);
  });

  it.each([
    ['session-initiate', xContent(FOOBAR + xIbb())],
    ['session-accept', xContent(FOOBAR + xIbb(), { name: 'a-file' })],
    ['transport-accept', xContent(xIbb())],
    ['transport-reject', xContent(xIbb())],
    ['content-accept', xContent(FOOBAR + xIbb())],
    ['content-reject', xContent('')],
  ])('is out of order: %s to who did not ask for it (XEP-0166 §10)', async (action, content) => {
    const { session } = start();
    await session.ask(iq(initiate()));
    const answer = await session.ask(iq(xJingle(action, content)));
    expect(conditionsOf(answer)).toEqual(['unexpected-request', 'out-of-order']);
  });

  it.each([
    ['session-info', `<ringing xmlns='urn:xmpp:jingle:apps:rtp:info:1'/>`],
    ['description-info', xContent(FOOBAR)],
    ['security-info', xContent('')],
    ['transport-info', xContent(xIbb('another'))],
  ])('is not understood: %s (XEP-0166 §6.8)', async (action, children) => {
    const { session } = start();
    await session.ask(iq(initiate()));
    const answer = await session.ask(iq(xJingle(action, children)));
    expect(conditionsOf(answer)).toEqual(['feature-not-implemented', 'unsupported-info']);
  });

  it('is answered where it only asks whether the session lives (XEP-0166 §6.8)', async () => {
    const { session } = start();
    await session.ask(iq(initiate()));
    expect((await session.ask(iq(xJingle('session-info')))).attrs.type).toBe('result');
  });

  it.each([
    ['another name', xContent(xIbb(), { name: 'b' })],
    ['another creator', xContent(xIbb(), { creator: 'responder' })],
    ['two contents', xContent(xIbb()) + xContent(xIbb())],
    ['none', ''],
  ])('names the content there is: %s (XEP-0166 §7.3)', async (_what, contents) => {
    const { session } = start();
    await session.ask(iq(initiate()));
    for (const action of ['transport-replace', 'transport-info', 'content-modify', 'content-remove'])
      expect(conditionsOf(await session.ask(iq(xJingle(action, contents))))).toEqual(['bad-request']);
  });

  it('refuses a content that is added (XEP-0166 §7.2.2)', async () => {
    const { session } = start();
    await session.ask(iq(initiate()));
    const added = xContent(FOOBAR + xIbb('i2'), { name: 'second' });
    expect((await session.ask(iq(xJingle('content-add', added)))).attrs.type).toBe('result');
    await turn();
    expect(actions(session)).toMatchObject([{ action: 'content-reject', contents: [{ name: 'second' }] }]);
  });

  it('ends with its only content (XEP-0166 §7.2.5)', async () => {
    const { session, offers } = start();
    await session.ask(iq(initiate()));
    await turn();
    expect((await session.ask(iq(xJingle('content-remove', xContent(''))))).attrs.type).toBe('result');
    await turn();
    expect(actions(session)).toMatchObject([{ action: 'session-terminate' }]);
    expect(offers[0]?.signal.aborted).toBe(true);
  });

  it('counts no more once we have ended it (XEP-0166 §6.7)', async () => {
    const { session, offers } = start();
    await session.ask(iq(initiate()));
    await turn();
    offers[0]?.decline('declined');
    expect(actions(session)).toMatchObject([
      { action: 'session-terminate', reason: { condition: 'decline' } },
    ]);
    const answer = await session.ask(iq(xJingle('session-info')));
    expect(conditionsOf(answer)).toEqual(['item-not-found', 'unknown-session']);
  });

  it('gives way to the lower address where both offer with one id (XEP-0166 §7.2.16)', async () => {
    const { session, api, offers } = start();
    const offer = (peer: string) =>
      api.send({
        peer,
        file: { name: 'a', size: 0, hashes: [] },
        transports: ['ibb'],
        reach,
        read: async function* () {},
        signal: new AbortController().signal,
        onProgress: () => {},
      });
    // Ours is juliet@example.org/balcony.
    const lower = offer('abelard@example.org/x');
    const higher = offer(PEER);
    lower.catch(() => undefined);
    higher.catch(() => undefined);
    await turn();
    const [toLower, toHigher] = session.sentStanzas.map((each) => each.getChild('jingle', NS)?.attrs.sid);
    const tie = await session.ask(iq(initiate(toHigher)));
    expect(conditionsOf(tie)).toEqual(['conflict', 'tie-break']);
    expect((await session.ask(iq(initiate(toLower), 'abelard@example.org/x'))).attrs.type).toBe('result');
    await expect(lower).rejects.toMatchObject({ condition: 'conflict' });
    await turn();
    expect(offers).toMatchObject([{ from: 'abelard@example.org/x' }]);
  });
});

describe('elements of Jingle', () => {
  it('are read back as they were written (XEP-0166 §7)', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ACTIONS),
        fc.constantFrom(...REASONS),
        fc.string({ minLength: 1, maxLength: 200, unit: 'grapheme-ascii' }),
        fc.constantFrom('initiator' as const, 'responder' as const, 'both' as const),
        (action, condition, id, senders) => {
          const content = { creator: 'initiator' as const, name: id, senders };
          const jingle = { action, sid: id, contents: [content], reason: { condition }, info: [] };
          expect(parseJingle(parse(write(jingle).toString()))).toMatchObject(jingle);
        },
      ),
    );
  });

  it('never throw, whatever comes', () => {
    const names = [
      'content',
      'reason',
      'description',
      'file',
      'range',
      'size',
      'transport',
      'checksum',
      'success',
    ];
    const children = anyStanza([NS, FT, IBB], names).map((stanza) => stanza.children);
    fc.assert(
      fc.property(fc.constantFrom(...ACTIONS), children, (action, nodes) => {
        const jingle = parseJingle(x('jingle', { xmlns: NS, action, sid: 's' }, ...nodes));
        for (const { description, transport } of jingle?.contents ?? []) {
          parseFile(description);
          if (transport !== undefined) parseIbbTransport(transport);
        }
        for (const info of jingle?.info ?? []) parseChecksum(info);
      }),
    );
  });

  it('take an unknown reason for a general one, and keep what says more (XEP-0166 §7.4)', () => {
    const reason = (children: string) =>
      parseJingle(parse(xJingle('session-terminate', `<reason>${children}</reason>`)))?.reason;
    expect(reason('<odd/>')?.condition).toBe('general-error');
    expect(reason('<failed_transport/><text>hm</text>')?.condition).toBe('failed-transport');
    expect(reason(`<media-error/><text>hm</text><odd xmlns='urn:odd'/>`)).toMatchObject({
      condition: 'media-error',
      text: 'hm',
      detail: { name: 'odd' },
    });
  });
});

it.each([
  [32_768, '32768'],
  [65_535, '32768'],
  [32_767, '4096'],
  [512, '512'],
])(
  'of blocks of %i bytes takes such of %s: those between are held back where they come one by one (XEP-0261 §2.2)',
  async (size, agreed) => {
    const { session, offers } = start();
    await session.ask(iq(initiate('s1', xContent(FOOBAR + xIbb('i1', size)))));
    await turn();
    const stop = new AbortController();
    const text = read(
      offers[0]?.accept({ limit: 6, reach, signal: stop.signal }) ?? (async function* () {})(),
    );
    await turn();
    const [accepted] = actions(session);
    expect(accepted?.contents[0]?.transport?.attrs).toMatchObject({ sid: 'i1', 'block-size': agreed });
    stop.abort(new Error('enough'));
    await expect(text).rejects.toThrow();
  },
);

it('reads the file where the peer sends it (XEP-0261 §2)', async () => {
  const { session, offers } = start();
  await session.ask(iq(initiate('s1', xContent(FOOBAR + xIbb('i1', 8192)))));
  await turn();
  const signal = new AbortController().signal;
  const text = read(offers[0]?.accept({ limit: 6, reach, signal }) ?? (async function* () {})());
  await turn();
  const [accepted] = actions(session);
  expect(accepted).toMatchObject({ action: 'session-accept', contents: [{ name: 'a-file' }] });
  expect(accepted?.contents[0]?.transport?.attrs).toMatchObject({ sid: 'i1', 'block-size': '4096' });
  const ibb = 'http://jabber.org/protocol/ibb';
  // §2.2: with the block size that was agreed.
  const large = await session.ask(iq(`<open xmlns='${ibb}' sid='i1' block-size='8192'/>`));
  expect(conditionsOf(large)).toEqual(['resource-constraint']);
  await session.ask(iq(`<open xmlns='${ibb}' sid='i1' block-size='4096'/>`));
  await session.ask(iq(`<data xmlns='${ibb}' sid='i1' seq='0'>Zm9vYmFy</data>`));
  await session.ask(iq(`<close xmlns='${ibb}' sid='i1'/>`));
  expect(await text).toBe('foobar');
  offers[0]?.finish();
  expect(actions(session).at(-1)).toMatchObject({
    action: 'session-terminate',
    reason: { condition: 'success' },
  });
});
