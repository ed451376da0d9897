/** Stanzas out and in, requests and answers, on a stream whose server is not to be trusted. RFC 6120 §8, §11. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { StanzaError } from '../../../src/xmpp/errors.ts';
import { type Element, x } from '../../../src/xmpp/stanza.ts';
import type { FakeConnection } from '../../support/fake-server.ts';
import { connected, fake, next, type Tried } from './support.ts';

const NS_PING = 'urn:xmpp:ping';
const silent = { onStanza: () => undefined };

/** A message as a mark: everything written before it has been handled when it comes. */
async function mark(session: Tried, peer: FakeConnection): Promise<void> {
  const came = new Promise<void>((resolve) => {
    const listen = (stanza: Element) => {
      if (stanza.attrs.id !== 'mark') return;
      session.off('message', listen);
      resolve();
    };
    session.on('message', listen);
  });
  peer.write("<message id='mark' from='localhost'/>");
  await came;
}

function heard(session: Tried): string[] {
  const ids: string[] = [];
  session.on('message', (stanza) => ids.push(stanza.attrs.id ?? ''));
  session.on('presence', (stanza) => ids.push(`presence ${stanza.attrs.id}`));
  return ids;
}

describe('what comes in', () => {
  it.each(['@', 'a@', '@b/c', ' ', 'a@b@c', ''])(
    'ignores a stanza from %j and lives (RFC 6120 §8.1.2)',
    async (from) => {
      const { session, peer } = await connected(await fake());
      const ids = heard(session);
      peer.write(
        `<message id='1' from='${from}'/><presence id='2' from='${from}'/><iq type='get' id='3' from='${from}'/>`,
      );
      await mark(session, peer);
      expect(ids).toEqual(['mark']);
      expect(session.faults).toEqual([]);
    },
  );

  it('normalises the sender (RFC 7622 §3)', async () => {
    const { session, peer } = await connected(await fake());
    const came = once(session, 'message');
    peer.write("<message from='ROMEO@LocalHost/Orchard'/>");
    expect((await came)[0].attrs.from).toBe('romeo@localhost/Orchard');
  });

  it('ignores stanzas of another namespace (RFC 6120 §4.8.3)', async () => {
    const { session, peer } = await connected(await fake());
    const ids = heard(session);
    peer.write("<message xmlns='urn:evil' id='1'/><x:presence xmlns:x='urn:evil' id='2'/><odd/>");
    await mark(session, peer);
    expect(ids).toEqual(['mark']);
  });

  it('keeps text whole that is cut within characters', async () => {
    const { session, peer } = await connected(await fake());
    const body = `${'д'.repeat(300)}${'😀'.repeat(50)}€`;
    for (const size of [1, 3, 7]) {
      const came = once(session, 'message');
      await peer.writePieces(Buffer.from(`<message><body>${body}</body></message>`), size);
      expect((await came)[0].getChildText('body')).toBe(body);
    }
  });

  it.each([
    ['&undefined;', 'not-well-formed'],
    ['&#27;', 'not-well-formed'],
    ['<!-- c -->', 'restricted-xml'],
    ['<?pi?>', 'restricted-xml'],
    ['</message></body>', 'not-well-formed'],
    ['<a>'.repeat(200), 'policy-violation'],
  ])('ends the stream with the right error at %s, and lives (RFC 6120 §4.9.3)', async (xml, condition) => {
    const server = await fake();
    const { session, peer } = await connected(server);
    const gone = next(session, 'offline');
    peer.write(`<message><body>${xml}`);
    const ours = condition === 'policy-violation' ? 'sent-too-much' : condition;
    expect(await gone).toMatchObject({ reason: { condition: ours }, final: false });
    await once(peer, 'closed').catch(() => undefined);
    expect(server.received).toContain(`<${condition} xmlns="urn:ietf:params:xml:ns:xmpp-streams"/>`);
    expect(session.faults).toEqual([]);
  });

  it('ends the stream at bytes that are no UTF-8 (RFC 6120 §11.6)', async () => {
    const { session, peer } = await connected(await fake());
    const gone = next(session, 'offline');
    peer.write(Buffer.concat([Buffer.from('<message><body>'), Buffer.from([0xc3, 0x28])]));
    expect(await gone).toMatchObject({ reason: { condition: 'not-well-formed' } });
  });

  it('refuses a stanza of 20 MB quickly', async () => {
    const { session, peer } = await connected(await fake());
    const gone = next(session, 'offline');
    const began = performance.now();
    peer.write(`<message><body>${'y'.repeat(20_000_000)}</body></message>`);
    expect(await gone).toMatchObject({ reason: { condition: 'sent-too-much' }, final: false });
    expect(performance.now() - began).toBeLessThan(3000);
  });

  it('does not take a stream lost meanwhile for a fault of its listeners', async () => {
    const { session, peer } = await connected(await fake());
    session.on('offline', () => session.send(x('presence')));
    const gone = next(session, 'offline');
    peer.cut();
    await gone;
    expect(session.faults).toEqual([]);
  });

  it('survives the exceptions of its listeners, and tells of them', async () => {
    const { session, peer } = await connected(await fake());
    const ids: string[] = [];
    session.on('message', () => {
      throw new Error('a bug');
    });
    session.on('message', (stanza) => ids.push(stanza.attrs.id ?? ''));
    peer.write("<message id='1'/>");
    await mark(session, peer);
    expect(ids).toEqual(['1', 'mark']);
    expect(session.faults).toHaveLength(2);
  });
});

describe('requests (RFC 6120 §8.2.3)', () => {
  const ask = (to?: string) => x('iq', { type: 'get', to }, x('ping', { xmlns: NS_PING }));

  it.each([
    ['romeo@localhost/orchard', ['romeo@localhost', 'mallory@localhost/x', undefined, 'localhost', '@']],
    [undefined, ['localhost', 'mallory@localhost', 'juliet@localhost/balcony']],
    ['localhost', [undefined, 'juliet@localhost', 'localhost/x']],
  ])('to %s: nobody else may answer (§8.1.2.1)', async (to, others) => {
    const { session, peer } = await connected(await fake(silent));
    const asked = peer.stanza();
    const answer = session.request(ask(to));
    const iq = await asked;
    for (const from of others) {
      const by = from === undefined ? '' : ` from='${from}'`;
      peer.write(`<iq type='result' id='${iq.attrs.id}'${by}><forged/></iq>`);
    }
    peer.write(
      `<iq type='result' id='${iq.attrs.id}'${to === undefined ? '' : ` from='${to}'`}><true/></iq>`,
    );
    expect((await answer).getChild('true')).toBeDefined();
  });

  it('without an addressee the own bare JID may answer (§8.1.2.1)', async () => {
    const { session, peer } = await connected(await fake(silent));
    const asked = peer.stanza();
    const answer = session.request(ask());
    peer.answer(await asked, '', 'juliet@localhost');
    expect((await answer).attrs.type).toBe('result');
  });

  it('gives each an id of its own that cannot be guessed', async () => {
    const { session, peer } = await connected(await fake());
    const ids: string[] = [];
    peer.on('stanza', (iq) => ids.push(iq.attrs.id ?? ''));
    await Promise.all([session.request(ask('localhost')), session.request(ask('localhost'))]);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[\w-]{22}$/);
  });

  it('an error is a StanzaError, also one without <error/>', async () => {
    const { session, peer } = await connected(await fake(silent));
    const bare = peer.stanza();
    const first = session.request(ask('localhost'));
    first.catch(() => undefined);
    peer.write(`<iq type='error' from='localhost' id='${(await bare).attrs.id}'/>`);
    await expect(first).rejects.toMatchObject({ name: 'StanzaError', condition: 'undefined-condition' });
    const full = peer.stanza();
    const second = session.request(ask('localhost'));
    second.catch(() => undefined);
    peer.write(
      `<iq type='error' from='localhost' id='${(await full).attrs.id}'><error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
    );
    await expect(second).rejects.toMatchObject({ condition: 'forbidden', type: 'auth' });
  });

  it('end in a TimeoutError when no answer comes', async () => {
    const { session } = await connected(await fake(silent));
    await expect(session.request(ask('localhost'), { timeout: 30 })).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it("end in one too after the session's own time, where they say none", async () => {
    const { session } = await connected(await fake(silent), { timeout: 500 });
    await expect(session.request(ask('localhost'))).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('end with the reason of their signal', async () => {
    const { session } = await connected(await fake(silent));
    const ender = new AbortController();
    const answer = session.request(ask('localhost'), { signal: ender.signal });
    ender.abort(new Error('never mind'));
    await expect(answer).rejects.toThrow('never mind');
    await expect(session.request(ask('localhost'), { signal: ender.signal })).rejects.toThrow('never mind');
  });

  it('end in a DisconnectedError with the stream', async () => {
    const { session, peer } = await connected(await fake({ ...silent, management: false }));
    const asked = peer.stanza();
    const answer = session.request(ask('localhost'));
    answer.catch(() => undefined);
    await asked;
    peer.cut();
    await expect(answer).rejects.toMatchObject({ name: 'DisconnectedError' });
    await expect(session.request(ask('localhost'))).rejects.toMatchObject({ name: 'DisconnectedError' });
    expect(() => session.send(x('presence'))).toThrow(expect.objectContaining({ condition: 'disconnected' }));
  });
});

describe('answers (RFC 6120 §8.2.3)', () => {
  const question = (id: string, type = 'get') =>
    `<iq type='${type}' id='${id}' from='romeo@localhost/o'><ping xmlns='${NS_PING}'/></iq>`;

  async function answered(peer: FakeConnection, xml: string): Promise<Element> {
    const answer = peer.stanza((stanza) => stanza.is('iq') && stanza.attrs.type !== 'get');
    peer.write(xml);
    return answer;
  }

  it('service-unavailable to what nobody answers', async () => {
    const { peer } = await connected(await fake(silent));
    const error = await answered(peer, question('1', 'set'));
    expect(error.attrs).toMatchObject({ type: 'error', id: '1', to: 'romeo@localhost/o' });
    expect(String(error)).toContain('<service-unavailable');
  });

  it('bad-request to a question of no or two elements', async () => {
    const { peer } = await connected(await fake(silent));
    expect(String(await answered(peer, "<iq type='get' id='1' from='r@localhost'/>"))).toContain(
      '<bad-request',
    );
    expect(String(await answered(peer, "<iq type='get' id='1' from='r@localhost'><a/><b/></iq>"))).toContain(
      '<bad-request',
    );
  });

  it('the element of the handler, its StanzaError, or internal-server-error', async () => {
    const { session, peer } = await connected(await fake(silent));
    const undo = session.respond('get', 'ping', NS_PING, async () => x('pong', { xmlns: NS_PING }));
    expect((await answered(peer, question('1'))).getChild('pong', NS_PING)).toBeDefined();
    undo();
    session.respond('get', 'ping', NS_PING, () => {
      throw new StanzaError('forbidden', 'auth');
    });
    expect(String(await answered(peer, question('2')))).toContain('<forbidden');
    session.respond('get', 'ping', NS_PING, () => {
      throw new Error('a bug');
    });
    expect(String(await answered(peer, question('3')))).toContain('<internal-server-error');
    expect(session.faults).toHaveLength(1);
  });

  it('none to an answer that nobody asked for', async () => {
    const { session, peer } = await connected(await fake(silent));
    const said: Element[] = [];
    peer.on('stanza', (stanza) => said.push(stanza));
    peer.write(
      "<iq type='result' id='x' from='a@b'/><iq type='error' id='y' from='a@b'/><iq id='z' from='a@b'/>",
    );
    await mark(session, peer);
    session.send(x('message', { id: 'last' }));
    await peer.stanza((stanza) => stanza.attrs.id === 'last');
    expect(said.map((stanza) => stanza.attrs.id)).toEqual(['last']);
  });
});
