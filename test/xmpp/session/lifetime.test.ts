/** XEP-0198, liveness, reconnection, the end. */

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { AuthenticationError, ConnectionError, StreamError } from '../../../src/xmpp/errors.ts';
import { isFinal, retryDelay } from '../../../src/xmpp/session/backoff.ts';
import type { ClientStream } from '../../../src/xmpp/session/client-adapter.ts';
import { LiveStream } from '../../../src/xmpp/session/live-stream.ts';
import { RemoteStreamError } from '../../../src/xmpp/session/stream-error.ts';
import { MemoryStreamState } from '../../../src/xmpp/session/stream-state.ts';
import { type Element, x } from '../../../src/xmpp/stanza.ts';
import type { FakeServer } from '../../support/fake-server.ts';
import { FaultProxy } from '../../support/fault-proxy.ts';
import { connected, fake, next, owned, refused, sessionFor, type Tried } from './support.ts';

const message = (id: string) => x('message', { id, to: 'romeo@localhost' });
const silent = { onStanza: () => undefined };

function collect(session: Tried, event: 'acknowledged' | 'unconfirmed'): string[] {
  const ids: string[] = [];
  session.on(event, (stanza) => ids.push(stanza.attrs.id ?? ''));
  return ids;
}

/** Resolves to the new connection on the server's side. */
async function back(server: FakeServer, session: Tried, how: 'online' | 'resumed') {
  await next(session, 'offline');
  const up = once(session, how);
  session.reconnectNow();
  await up;
  const peer = server.connections.at(-1);
  if (peer === undefined) throw new Error('no connection');
  return peer;
}

describe('what the server takes', () => {
  it('of a stanza at most is known where it says so behind the log-in (XEP-0478 §3.1)', async () => {
    const limits = (bytes: number) =>
      `<limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>${bytes}</max-bytes></limits>`;
    const { session } = await connected(
      await fake({ ...silent, featuresBefore: limits(10_000), featuresAfter: limits(20_000) }),
    );
    expect(session.maxStanzaBytes).toBe(20_000);
    const { session: other } = await connected(await fake(silent));
    expect(other.maxStanzaBytes).toBeUndefined();
  });

  it('not, and somebody knows that it will not come again: a new stream follows, without it', async () => {
    const server = await fake(silent);
    const { session, peer } = await connected(server);
    const lost = collect(session, 'unconfirmed');
    const asked: string[] = [];
    session.explainEnd((reason) => {
      asked.push(reason?.condition ?? '');
      return reason?.condition === 'policy-violation' ? new StreamError('stanza-too-large') : undefined;
    });
    session.send(message('large'));
    const answer = session.request(x('iq', { type: 'get', to: 'localhost' }, x('q', { xmlns: 'urn:q' })));
    const refusal = expect(answer).rejects.toMatchObject({ condition: 'disconnected' });
    const told = next(session, 'offline');
    const up = once(session, 'online');
    peer.write(
      `<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>`,
    );
    expect(await told).toMatchObject({ reason: { condition: 'stanza-too-large' }, final: false });
    await refusal;
    expect(asked).toEqual(['policy-violation']);
    expect(lost).toContain('large');
    session.reconnectNow();
    await up;
    expect(server.received.split(`id="large"`).length - 1).toBeLessThanOrEqual(1);
  });
});

describe('stream management (XEP-0198)', () => {
  it('tells which stanzas the server has, in order (§4)', async () => {
    const { session } = await connected(await fake(silent));
    const ids = collect(session, 'acknowledged');
    expect(session.acknowledges).toBe(true);
    for (const id of ['1', '2', '3']) session.send(message(id));
    const third = new Promise<void>((resolve) =>
      session.on('acknowledged', (s) => s.attrs.id === '3' && resolve()),
    );
    session.requestAcknowledgement();
    await third;
    expect(ids).toEqual(['1', '2', '3']);
  });

  it('asks at once, and once for what is sent in one go; then after a second, however much is sent (§4)', async () => {
    const server = await fake(silent);
    const { session } = await connected(server);
    const asked = () => server.received.split('<r xmlns').length - 1;
    const begin = performance.now();
    for (const id of ['1', '2', '3']) session.send(message(id));
    await once(session, 'acknowledged');
    expect(asked()).toBe(1);
    expect(performance.now() - begin).toBeLessThan(700);
    const came = once(session, 'acknowledged');
    const steady = setInterval(() => session.send(message('more')), 100);
    await came;
    clearInterval(steady);
    expect(asked()).toBe(2);
    expect(performance.now() - begin).toBeGreaterThan(900);
  });

  it('asks for the rest of a burst when the last question is answered, not a second later (§4)', async () => {
    const server = await fake(silent);
    const { session } = await connected(server);
    const begin = performance.now();
    let acknowledged = 0;
    const all = new Promise<void>((resolve) => {
      session.on('acknowledged', () => {
        acknowledged += 1;
        if (acknowledged === 70) resolve();
      });
    });
    for (let n = 1; n <= 70; n++) session.send(message(String(n)));
    await all;
    expect(performance.now() - begin).toBeLessThan(700);
    expect(server.received.split('<r xmlns').length - 1).toBe(2);
  });

  it('counts a stanza when its listeners have returned (§4)', async () => {
    const server = await fake(silent);
    const { session, peer } = await connected(server);
    const during = new Promise<number>((resolve) => server.once('acknowledged', resolve));
    session.on('message', () => peer.write("<r xmlns='urn:xmpp:sm:3'/>"));
    peer.write("<message/><presence/><iq type='result' id='1'/><x xmlns='urn:x'/>");
    expect(await during).toBe(3);
  });

  /** What the server is told to be handled, and when that is so many. */
  function answers(server: Awaited<ReturnType<typeof fake>>, wanted: number) {
    const told: number[] = [];
    const all = new Promise<void>((resolve) => {
      server.on('acknowledged', (h: number) => {
        told.push(h);
        if (h === wanted) resolve();
      });
    });
    return { told, all };
  }

  it('answers at once, then collects for a tenth of a second: each answer may be a commit (§4)', async () => {
    const server = await fake(silent);
    const { peer } = await connected(server);
    const { told, all } = answers(server, 5);
    peer.write("<presence/><r xmlns='urn:xmpp:sm:3'/>");
    while (told.length === 0) await once(server, 'acknowledged');
    peer.write("<presence/><r xmlns='urn:xmpp:sm:3'/>".repeat(4));
    await all;
    expect(told[0]).toBe(1);
    // Where this machine is slow a tenth of a second has passed before the first of them.
    expect(told.length).toBeLessThan(4);
  });

  it('does not leave more than a hundred unanswered: servers keep a few hundred (§4)', async () => {
    const server = await fake(silent);
    const { peer } = await connected(server);
    const { told, all } = answers(server, 1000);
    peer.write("<presence/><r xmlns='urn:xmpp:sm:3'/>".repeat(1000));
    await all;
    const steps = told.map((h, at) => h - (told[at - 1] ?? 0));
    expect(Math.max(...steps)).toBeLessThanOrEqual(100);
    expect(told.length).toBeLessThan(50);
  });

  it('does not count the stanza that is being handled (§4)', async () => {
    const server = await fake(silent);
    const { session, peer } = await connected(server);
    const told = new Promise<number>((resolve) => server.once('acknowledged', resolve));
    session.on('presence', () => void session.close());
    peer.write('<message/><presence/>');
    expect(await told).toBe(1);
  });

  it('counts from <enabled/>, whatever stands in the same packet (§3)', async () => {
    const server = await fake(silent);
    server.on('bound', (peer) => peer.write("<message id='a'/><message id='b'/><r xmlns='urn:xmpp:sm:3'/>"));
    const handled = new Promise<number>((resolve) => server.once('acknowledged', resolve));
    const { session } = await connected(server);
    expect(await handled).toBe(2);
    expect(session.online).toBe(true);
  });

  it('does not count a message that could not be kept, and resumes so that it comes again (§4)', async () => {
    const server = await fake(silent);
    const full = new Error('no space');
    const { session, peer } = await connected(server, { unkept: (error) => error === full });
    const got: string[] = [];
    session.on('message', ({ attrs: { id } }) => {
      got.push(id ?? '');
      if (id === '2' && got.filter((each) => each === '2').length === 1) throw full;
    });
    peer.write("<message id='1'/><message id='2'/><message id='3'/>");
    const again = await back(server, session, 'resumed');
    expect(server.resumedWith).toBe(1);
    const handled = new Promise<number>((resolve) => server.once('acknowledged', resolve));
    again.write("<message id='2'/><message id='3'/><r xmlns='urn:xmpp:sm:3'/>");
    expect(await handled).toBe(3);
    expect(got).toEqual(['1', '2', '2', '3']);
    expect(session.faults).toEqual([full]);
  });

  it('keeps together what came in one read; where that cannot be, all of it comes again (§4)', async () => {
    const server = await fake(silent);
    const full = new Error('no space');
    const taken: string[] = [];
    let fails = 1;
    const kept: string[][] = [];
    const batch = {
      get pending() {
        return taken.length > 0;
      },
      get settlements() {
        return kept.length;
      },
      begin: () => undefined,
      end: () => undefined,
      settle() {
        if (fails-- > 0) throw full;
        kept.push(taken.splice(0));
      },
      drop: () => void taken.splice(0),
    };
    const { session, peer } = await connected(server, { batch });
    session.on('message', ({ attrs: { id } }) => taken.push(id ?? ''));
    session.on('presence', () => taken.push('presence'));
    peer.write("<message id='1'/><message id='2'/>");
    const again = await back(server, session, 'resumed');
    expect(server.resumedWith).toBe(0);
    const handled = new Promise<number>((resolve) => server.once('acknowledged', resolve));
    again.write("<message id='1'/><message id='2'/><presence/><message id='3'/><r xmlns='urn:xmpp:sm:3'/>");
    expect(await handled).toBe(4);
    // Before another stanza, and before the acknowledgement.
    expect(kept).toEqual([
      ['1', '2'],
      ['presence', '3'],
    ]);
    expect(session.faults).toEqual([full]);
  });

  it('resumes: what the server lacks is sent again, nothing else (§5)', async () => {
    const server = await fake(silent);
    const { session, peer } = await connected(server);
    const acknowledged = collect(session, 'acknowledged');
    const lost = collect(session, 'unconfirmed');
    const got: string[] = [];
    server.on('stanza', (stanza) => got.push(stanza.attrs.id ?? ''));
    const second = peer.stanza((stanza) => stanza.attrs.id === '2');
    session.send(message('1'));
    session.send(message('2'));
    await second;
    peer.handled = 1;
    const question = session.request(x('iq', { type: 'get', to: 'localhost' }, x('q', { xmlns: 'urn:q' })));
    peer.cut();
    const again = await back(server, session, 'resumed');
    await again.stanza((stanza) => stanza.is('iq'));
    expect(acknowledged).toContain('1');
    expect(got.filter((id) => id === '1')).toHaveLength(1);
    expect(got.filter((id) => id === '2')).toHaveLength(2);
    const iq = got.at(-1);
    again.write(`<iq type='result' from='localhost' id='${iq}'/>`);
    expect((await question).attrs.id).toBe(iq);
    expect(lost).toEqual([]);
  });

  it('resumes with the number of stanzas it handled (§5)', async () => {
    const server = await fake(silent);
    const { session, peer } = await connected(server);
    const came = once(session, 'presence');
    peer.write('<message/><presence/>');
    await came;
    peer.cut();
    await back(server, session, 'resumed');
    expect(server.resumedWith).toBe(2);
  });

  it('a stream that cannot be resumed: a new one, and what is not known to have arrived is told (§5)', async () => {
    const server = await fake(silent);
    const { session, peer } = await connected(server);
    const lost = collect(session, 'unconfirmed');
    const arrived = peer.stanza();
    session.send(message('1'));
    await arrived;
    const question = session.request(x('iq', { type: 'get', to: 'localhost' }, x('q', { xmlns: 'urn:q' })));
    question.catch(() => undefined);
    server.sessions.clear();
    const up = once(session, 'online');
    peer.cut();
    await back(server, session, 'online');
    expect(await up).toMatchObject([{ forgotten: true }]);
    expect(lost[0]).toBe('1');
    await expect(question).rejects.toMatchObject({ name: 'DisconnectedError' });
  });

  it.each([
    ['another stream', "<resumed xmlns='urn:xmpp:sm:3' previd='another' h='1'/>", 'undefined-condition'],
    ['something else', "<message from='romeo@localhost'><body>hi</body></message>", 'bad-format'],
  ])(
    'a server that resumes %s: that is not ours, and a new one follows (§5)',
    async (_what, answer, condition) => {
      const server = await fake({ ...silent, misbehave: { insteadOfResumed: answer } });
      const { session, peer } = await connected(server);
      const lost = collect(session, 'unconfirmed');
      const arrived = peer.stanza();
      session.send(message('1'));
      await arrived;
      const cut = next(session, 'offline');
      peer.cut();
      await cut;
      const confused = next(session, 'offline');
      session.reconnectNow();
      expect(await confused).toMatchObject({ reason: { condition }, final: false });
      expect(lost[0]).toBe('1');
      const up = once(session, 'online');
      session.reconnectNow();
      await up;
      expect(server.received.split('<resume ')).toHaveLength(2);
    },
  );

  it('a stream that is over, of which the server says how much it handled: that has arrived, and it is not forgotten (§5)', async () => {
    const server = await fake(silent);
    const { session, peer } = await connected(server);
    const [done, lost] = [collect(session, 'acknowledged'), collect(session, 'unconfirmed')];
    const arrived = peer.stanza((stanza) => stanza.attrs.id === '2');
    for (const id of ['1', '2']) session.send(message(id));
    await arrived;
    for (const id of server.sessions.keys()) server.expired.set(id, 1);
    server.sessions.clear();
    const up = once(session, 'online');
    peer.cut();
    await back(server, session, 'online');
    expect(await up).toMatchObject([{ forgotten: false }]);
    expect([done, lost]).toEqual([['1'], ['2']]);
  });

  /** What a process that died leaves: the stream on the server, and what it had kept of it. */
  async function leftBehind(sent: readonly string[], handled: number) {
    const server = await fake(silent);
    const state = new MemoryStreamState();
    const { session, peer } = await connected(server, { state, reconnect: 'never' });
    for (const id of sent) session.send(message(id));
    if (sent.length > 0) await peer.stanza((stanza) => stanza.attrs.id === sent.at(-1));
    peer.handled = handled;
    const { resumption } = state;
    if (resumption === undefined) throw new Error('the stream cannot be resumed');
    const gone = next(session, 'offline');
    peer.cut();
    await gone;
    return { server, state: new MemoryStreamState({ resumption, inbound: 4 }) };
  }

  it('resumes the stream of an earlier process: any `h` is believed, nothing is sent again (§5)', async () => {
    const { server, state } = await leftBehind(['1', '2', '3'], 2);
    const session = sessionFor(server, { state });
    const told: unknown[] = [];
    session.on('inherited', (info) => told.push(info));
    session.on('resumed', (info) => told.push(info));
    session.on('online', () => told.push('online'));
    await session.connect();
    expect(server.resumedWith).toBe(4);
    expect(told).toEqual([{ h: 2, resumed: true }, { inherited: true }]);
    expect(session.jid).toBe('juliet@localhost/balcony');
    expect(session.nextSequence).toBe(3);
    const acknowledged = collect(session, 'acknowledged');
    const peer = server.connections.at(-1);
    const arrived = peer?.stanza((stanza) => stanza.attrs.id === '4');
    session.send(message('4'));
    await arrived;
    session.requestAcknowledgement();
    await once(session, 'acknowledged');
    expect(acknowledged).toEqual(['4']);
  });

  it('binds anew where the stream of an earlier process is gone', async () => {
    const { server, state } = await leftBehind(['1'], 1);
    server.sessions.clear();
    const session = sessionFor(server, { state });
    const up = once(session, 'online');
    await session.connect();
    await up;
    expect(state.inherited).toBe(false);
    expect(session.nextSequence).toBe(1);
  });

  it('leaves a stream without a connection for a later process, and ends one that it says good-bye to', async () => {
    const parted: string[] = [];
    class Noted extends MemoryStreamState {
      override parted() {
        parted.push(`parted ${this.resumption === undefined ? 'nothing' : 'a stream'}`);
        return super.ended();
      }
    }
    const server = await fake(silent);
    const { session, peer } = await connected(server, { state: new Noted() });
    const lost = next(session, 'offline');
    peer.cut();
    await lost;
    await session.close();
    expect(parted).toEqual(['parted a stream']);
    const { session: other } = await connected(server, { state: new Noted() });
    await other.close();
    expect(parted).toHaveLength(1);
  });

  it('gives up a stream that hears nothing: the next one is new, and nothing of it is resumed', async () => {
    const server = await fake(silent);
    const { session } = await connected(server);
    const lost = collect(session, 'unconfirmed');
    session.send(message('1'));
    session.abandon();
    await back(server, session, 'online');
    expect(server.resumedWith).toBeUndefined();
    expect(lost).toEqual(['1']);
  });

  it.each([
    ['and says nothing', false],
    ['however much it says', true],
  ])(
    'gives up a stream that was resumed twice where the server does not hear it, %s: the next one is new',
    async (_, talks) => {
      const server = await fake({ ...silent, misbehave: { deafOnceResumed: true } });
      const { session, peer } = await connected(server, { liveness: { silence: 60_000, patience: 40 } });
      const lost = collect(session, 'unconfirmed');
      let unheard = peer;
      session.on('offline', () => session.reconnectNow());
      const talking = setInterval(() => talks && unheard.write(String(message('more'))), 10);
      peer.cut();
      unheard = await back(server, session, 'resumed');
      session.send(message('1'));
      // Once it may have been the connection alone.
      unheard = await back(server, session, 'resumed');
      expect(lost).toEqual([]);
      await once(session, 'online');
      clearInterval(talking);
      expect(lost).toEqual(['1']);
    },
  );

  it('does not wait for one that said something once it was resumed, and then nothing more', async () => {
    const server = await fake({ ...silent, misbehave: { deafOnceResumed: true } });
    const { session, peer } = await connected(server, { liveness: { silence: 60_000, patience: 1_000 } });
    peer.cut();
    const unheard = await back(server, session, 'resumed');
    const came = once(session, 'message');
    unheard.write(String(message('more')));
    await came;
    expect(await next(session, 'offline')).toMatchObject({ reason: { condition: 'timeout' }, final: false });
  });

  it('resumes a stream again where the connection died before the server said that it hears it', async () => {
    const server = await fake({ ...silent, misbehave: { deafOnceResumed: true } });
    const { session, peer } = await connected(server, { liveness: { silence: 60_000, patience: 40 } });
    const lost = collect(session, 'unconfirmed');
    peer.cut();
    (await back(server, session, 'resumed')).cut();
    (await back(server, session, 'resumed')).cut();
    await back(server, session, 'resumed');
    expect(lost).toEqual([]);
  });

  it('stays with a stream that was resumed where the server hears it, however long it is silent then', async () => {
    const server = await fake(silent);
    const { session, peer } = await connected(server, { liveness: { silence: 60_000, patience: 20 } });
    peer.cut();
    await back(server, session, 'resumed');
    const ended: unknown[] = [];
    session.on('offline', (info) => ended.push(info));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(ended).toEqual([]);
  });

  it('ends the stream when more is acknowledged than was sent (§4)', async () => {
    const server = await fake(silent);
    const { session, peer } = await connected(server);
    const gone = next(session, 'offline');
    peer.write("<a xmlns='urn:xmpp:sm:3' h='7'/>");
    expect(await gone).toMatchObject({ reason: { condition: 'undefined-condition' }, final: false });
    expect(session.faults).toEqual([]);
    expect(server.received).toContain('<handled-count-too-high xmlns="urn:xmpp:sm:3" h="7" send-count="0"/>');
  });

  it('ignores an `h` that is no number', async () => {
    const { session, peer } = await connected(await fake(silent));
    peer.write("<a xmlns='urn:xmpp:sm:3' h='-1'/><a xmlns='urn:xmpp:sm:3'/><message/>");
    await once(session, 'message');
    expect(session.online).toBe(true);
  });

  it('comes back to the place that the server named (§3)', async () => {
    const other = await fake(silent);
    const server = await fake({ ...silent, location: `127.0.0.1:${other.port}` });
    const { session, peer } = await connected(server);
    peer.cut();
    await back(other, session, 'online');
    expect(other.connections).toHaveLength(1);
    expect(server.connections).toHaveLength(1);
  });

  it('counts no white space, which may be written at any time (RFC 6120 §4.6.1)', async () => {
    const server = await fake(silent);
    const { session } = await connected(server);
    const ids = collect(session, 'acknowledged');
    session.nudge();
    session.send(message('1'));
    await once(session, 'acknowledged');
    expect(ids).toEqual(['1']);
    expect(server.received).toContain(' <message ');
    await session.close();
    expect(() => session.nudge()).not.toThrow();
  });

  it('is done without where the server has none', async () => {
    const { session } = await connected(await fake({ management: false }));
    expect(session.acknowledges).toBe(false);
    session.requestAcknowledgement();
    expect(session.online).toBe(true);
  });

  it('holds no stanza that was acknowledged, however many follow', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage: () => void = runInNewContext('gc');
    const state = new MemoryStreamState();
    state.started();
    const held: WeakRef<Element>[] = [];
    // There are always some under way: the queue is never empty.
    for (let sent = 1; sent <= 300; sent++) {
      const stanza = message(String(sent));
      held.push(new WeakRef(stanza));
      state.sent(stanza);
      if (sent > 10) state.acknowledged(sent - 10);
    }
    // What a WeakRef was made for lives until the turn has ended.
    await new Promise(setImmediate);
    collectGarbage();
    expect(held.filter((stanza) => stanza.deref() !== undefined)).toHaveLength(10);
    expect(state.unacknowledged).toHaveLength(10);
  });

  it('its counters wrap at 2^32 (§4)', () => {
    const state = new MemoryStreamState();
    state.started();
    state.sent(message('1'));
    expect(state.acknowledged(2 ** 32 - 1)).toBeUndefined();
    expect(state.acknowledged(1)?.map((stanza: Element) => stanza.attrs.id)).toEqual(['1']);
    expect(state.acknowledged(0)).toBeUndefined();
  });
});

describe('liveness', () => {
  const liveness = { silence: 60, patience: 60 };

  it.each([true, false])(
    'drops a server that is silent (XEP-0198: %s) (XEP-0199 §4.2)',
    async (management) => {
      const server = await fake({ management, misbehave: { silentOnceBound: true } });
      const { session } = await connected(server, { liveness });
      expect(await next(session, 'offline')).toMatchObject({
        reason: { condition: 'timeout' },
        final: false,
      });
      expect(server.received).toContain(management ? '<r xmlns="urn:xmpp:sm:3"/>' : 'urn:xmpp:ping');
    },
  );

  it('keeps one that answers', async () => {
    const server = await fake({ management: false });
    const { session, peer } = await connected(server, { liveness });
    for (let pings = 0; pings < 3; pings++) await peer.stanza((stanza) => stanza.is('iq'));
    expect(session.online).toBe(true);
  });

  it('drops a server that does not answer what it is asked, long before it would be asked for a sign (XEP-0198 §4)', async () => {
    const server = await fake({ misbehave: { silentOnceBound: true } });
    const { session } = await connected(server, { liveness: { silence: 60_000, patience: 60 } });
    session.send(message('1'));
    expect(await next(session, 'offline')).toMatchObject({ reason: { condition: 'timeout' }, final: false });
  });

  it('is not said to be dead while it is not listened to', async () => {
    const dead = vi.fn();
    const intake = { open: false, opened: () => new Promise<void>(() => {}) };
    vi.useFakeTimers();
    try {
      const stream = {
        partial: 0,
        writable: true,
        send: () => undefined,
        destroy: dead,
      } as unknown as ClientStream;
      const live = new LiveStream({
        ...{
          stream,
          features: x('features'),
          managed: true,
          state: new MemoryStreamState(),
          intake,
          batch: undefined,
        },
        ...{ liveness: { silence: 1000, patience: 100 }, ping: () => undefined, unheard: dead },
        ...{
          fault: () => undefined,
          stanza: () => true,
          acknowledged: () => undefined,
          confused: () => undefined,
        },
        ...{ heard: () => undefined, ended: () => undefined },
      });
      live.sendAgain();
      vi.advanceTimersByTime(60_000);
      expect(dead).not.toHaveBeenCalled();
      intake.open = true;
      vi.advanceTimersByTime(60_000);
      expect(dead).toHaveBeenCalled();
      live.ended(undefined);
    } finally {
      vi.useRealTimers();
    }
  });

  it('does not take white space for a sign of life', async () => {
    const server = await fake({ management: false, misbehave: { silentOnceBound: true } });
    const { session, peer } = await connected(server, { liveness });
    const spaces = setInterval(() => peer.write(' '), 10);
    expect(await next(session, 'offline')).toMatchObject({ reason: { condition: 'timeout' } });
    clearInterval(spaces);
  });
});

describe('a slow wire', () => {
  /** Between the session and the server: so many bytes down in 10 ms. */
  async function slowed(server: FakeServer, bytes: number): Promise<FaultProxy> {
    const wire = owned(new FaultProxy({ host: '127.0.0.1', port: server.port }));
    await wire.listen();
    wire.slow(bytes, 10, 'down');
    return wire;
  }

  it('is no silence: a log-in may take longer than the time-out while something comes', async () => {
    const server = await fake(silent);
    const wire = await slowed(server, 60);
    const session = sessionFor(server, { service: wire.service, timeout: 300 });
    const begin = performance.now();
    await session.connect();
    expect(performance.now() - begin).toBeGreaterThan(300);
  });

  it('is no silence: a record of TLS that comes in pieces keeps the connection', async () => {
    const server = await fake(silent);
    const wire = await slowed(server, 100_000);
    const session = sessionFor(server, { service: wire.service, liveness: { silence: 60, patience: 60 } });
    await session.connect();
    const ended: unknown[] = [];
    session.on('offline', (event) => ended.push(event));
    wire.slow(100, 10, 'down');
    const came = once(session, 'message');
    const begin = performance.now();
    server.connections.at(-1)?.write(`<message id='${'m'.repeat(4_000)}'/>`);
    await came;
    expect(performance.now() - begin).toBeGreaterThan(300);
    expect(ended).toEqual([]);
  });

  it('is left after ten times the time-out, where a server gives a byte at a time', async () => {
    const timers: NodeJS.Timeout[] = [];
    const dripping = createServer((socket) => {
      timers.push(setInterval(() => socket.write(' '), 10));
      socket.on('error', () => undefined);
    });
    dripping.listen(0, '127.0.0.1');
    await once(dripping, 'listening');
    owned({
      async close() {
        for (const timer of timers) clearInterval(timer);
        dripping.close();
      },
    });
    const { port } = dripping.address() as AddressInfo;
    const server = await fake(silent);
    const session = sessionFor(server, { service: `xmpp://127.0.0.1:${port}`, timeout: 50 });
    await expect(session.connect()).rejects.toMatchObject({ condition: 'timeout' });
  });
});

describe('reconnection', () => {
  it('waits 1, 2, 4 … 60 s, less up to half of it', () => {
    expect([1, 2, 3, 7, 50].map((n) => retryDelay(n, () => 0))).toEqual([1000, 2000, 4000, 60_000, 60_000]);
    expect(retryDelay(1, () => 0.999)).toBeGreaterThanOrEqual(500);
  });

  it.each([
    [new ConnectionError('dns-failed'), false],
    [new ConnectionError('dns-not-found'), false],
    [new ConnectionError('refused'), false],
    [new ConnectionError('timeout'), false],
    [new ConnectionError('closed'), false],
    [new ConnectionError('certificate-expired'), true],
    [new ConnectionError('no-tls'), true],
    [new AuthenticationError('not-authorized'), true],
    [new AuthenticationError('downgrade'), true],
    [new AuthenticationError('temporary-auth-failure'), false],
    [new RemoteStreamError('conflict'), true],
    [new RemoteStreamError('not-authorized'), true],
    [new RemoteStreamError('policy-violation'), true],
    [new RemoteStreamError('system-shutdown'), false],
    [new StreamError('policy-violation'), false],
    [undefined, false],
  ])('after %s it is final: %s', (reason, final) => {
    expect(isFinal(reason)).toBe(final);
  });

  it('follows a stream that was up and is ended by a rule of the server: others may have flooded us', async () => {
    const { session, peer } = await connected(await fake(silent));
    const lost = next(session, 'offline');
    const text = "<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>Too many unacked stanzas</text>";
    const rule = "<policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>";
    peer.write(`<stream:error>${rule}${text}</stream:error></stream:stream>`);
    expect(await lost).toMatchObject({ reason: { condition: 'policy-violation' }, final: false });
    // Before anybody is in, a rule is a refusal.
    const insteadOfFeatures = `<stream:error>${rule}</stream:error></stream:stream>`;
    const refusing = sessionFor(await fake({ misbehave: { insteadOfFeatures } }), { reconnect: 'always' });
    const refused = next(refusing, 'offline');
    refusing.connect().catch(() => undefined);
    expect(await refused).toMatchObject({ reason: { condition: 'policy-violation' }, final: true });
  });

  it('comes back after a lost connection, again and again while the server is away', async () => {
    const server = await fake({ management: false });
    const { session } = await connected(server, { random: () => 0.999 });
    const { port } = server;
    const lost = next(session, 'offline');
    await server.close();
    expect(await lost).toMatchObject({ final: false });
    const again = next(session, 'offline');
    session.reconnectNow();
    expect(await again).toMatchObject({ reason: { condition: 'refused' }, final: false });
    await server.listen(port);
    const online = once(session, 'online');
    session.reconnectNow();
    await online;
  });

  it('is made at once when somebody asks to connect', async () => {
    const server = await fake(silent);
    const { session, peer } = await connected(server);
    peer.cut();
    await next(session, 'offline');
    const began = performance.now();
    await session.connect();
    expect(session.online).toBe(true);
    expect(performance.now() - began).toBeLessThan(450);
  });

  it('numbers its attempts from the last good connection', async () => {
    const server = await fake({ management: false });
    const session = sessionFor(server);
    const attempts: number[] = [];
    session.on('connecting', ({ attempt }) => attempts.push(attempt));
    await session.connect();
    server.connections.at(-1)?.cut();
    await back(server, session, 'online');
    expect(attempts).toEqual([1, 2]);
  });

  it('never happens where it is not wanted', async () => {
    const { session, peer } = await connected(await fake(silent), { reconnect: 'never' });
    peer.cut();
    expect(await next(session, 'offline')).toMatchObject({ final: true, retryIn: undefined });
  });

  it('stays away after a conflict, so that two clients do not take turns (RFC 6120 §4.9.3.3)', async () => {
    const server = await fake();
    const { session, peer } = await connected(server);
    const gone = next(session, 'offline');
    peer.write(
      "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>Replaced</text></stream:error></stream:stream>",
    );
    expect(await gone).toMatchObject({ reason: { condition: 'conflict' }, final: true, retryIn: undefined });
    expect(server.connections).toHaveLength(1);
  });

  it('uses the new password after it was changed', async () => {
    const accounts = { juliet: 'old' };
    const server = await fake({ accounts, management: false });
    const { session, peer } = await connected(server, { password: 'old' });
    accounts.juliet = 'new';
    session.setPassword('new');
    peer.cut();
    await back(server, session, 'online');
    expect(session.online).toBe(true);
  });

  it('refuses a weaker mechanism than it had', async () => {
    const mechanisms = ['SCRAM-SHA-256', 'PLAIN'];
    const server = await fake({ mechanisms, management: false });
    const { session, peer } = await connected(server);
    mechanisms.shift();
    peer.cut();
    await next(session, 'offline');
    const gone = next(session, 'offline');
    session.reconnectNow();
    expect(await gone).toMatchObject({ reason: { condition: 'downgrade' }, final: true });
  });

  it('reports a first attempt that failed, unless told to go on', async () => {
    const server = await fake();
    await server.close();
    expect(await refused(server)).toMatchObject({ condition: 'refused' });
    const session = sessionFor(server, { reconnect: 'always' });
    const connected = session.connect();
    expect(await next(session, 'offline')).toMatchObject({ final: false });
    await server.listen(server.port);
    session.reconnectNow();
    await connected;
  });
});

function besideOf(session: Tried) {
  const second = session.beside();
  if (second === undefined) throw new Error('there may be none');
  return owned(second);
}

describe('a second stream beside it', () => {
  it('ends before the end of the first has been waited for', async () => {
    const server = await fake();
    const { session } = await connected(server);
    const second = besideOf(session);
    await second.connect();
    const gone = once(second, 'offline');
    await session.close();
    expect(await Promise.race([gone, 'not yet'])).toMatchObject([{ final: true }]);
  });

  it('that makes the server end the first is not begun again, and the first comes back', async () => {
    const server = await fake({ management: false });
    const { session, peer } = await connected(server);
    const second = besideOf(session);
    await second.connect();
    const gone = next(session, 'offline');
    const replaced = "<conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>";
    peer.write(`<stream:error>${replaced}</stream:error></stream:stream>`);
    expect(await gone).toMatchObject({ reason: { condition: 'conflict' }, final: false });
    expect(session.beside()).toBeUndefined();
    const up = once(session, 'online');
    session.reconnectNow();
    await up;
    await second.close();
    const over = next(session, 'offline');
    server.connections.at(-1)?.write(`<stream:error>${replaced}</stream:error></stream:stream>`);
    expect(await over).toMatchObject({ reason: { condition: 'conflict' }, final: true });
  });

  it('has the password and the checks of the first, a resource of its own and no XEP-0198, and ends alone', async () => {
    const accounts: Record<string, string> = { juliet: 'old' };
    const server = await fake({ accounts });
    const lines: string[] = [];
    const debug = (line: string) => lines.push(line);
    const { session, peer } = await connected(server, { password: 'old', debug });
    accounts.juliet = 'new';
    session.setPassword('new');
    const second = besideOf(session);
    const before = lines.length;
    await second.connect();
    expect(lines.slice(before).every((line) => line.startsWith('second stream: '))).toBe(true);
    expect(second.jid).toMatch(/^juliet@localhost\/.+/);
    expect(second.jid).not.toBe(session.jid);
    expect([session.acknowledges, second.acknowledges]).toEqual([true, false]);
    expect([peer.managed, server.connections.at(-1)?.managed]).toEqual([true, false]);
    await second.close();
    expect([session.online, second.online]).toEqual([true, false]);
  });

  it('is not begun while the first is closing, or gone', async () => {
    const { session } = await connected(await fake());
    const closed = session.close();
    expect(session.beside()).toBeUndefined();
    await closed;
    expect(session.beside()).toBeUndefined();
  });

  it('is not made again when it is lost', async () => {
    const server = await fake();
    const { session } = await connected(server);
    const second = besideOf(session);
    await second.connect();
    const gone = once(second, 'offline');
    server.connections.at(-1)?.cut();
    expect(await gone).toMatchObject([{ final: true }]);
    expect(server.connections).toHaveLength(2);
  });

  it('takes no weaker mechanism than the first had', async () => {
    const mechanisms = ['SCRAM-SHA-256', 'PLAIN'];
    const server = await fake({ mechanisms });
    const { session } = await connected(server);
    mechanisms.shift();
    await expect(besideOf(session).connect()).rejects.toMatchObject({ condition: 'downgrade' });
    expect(session.online).toBe(true);
  });
});

describe('the end', () => {
  it('closes the stream in both directions, quickly (RFC 6120 §4.4)', async () => {
    const server = await fake();
    const { session } = await connected(server);
    const gone = next(session, 'offline');
    const began = performance.now();
    await session.close();
    expect(performance.now() - began).toBeLessThan(400);
    expect(await gone).toEqual({ reason: undefined, final: true, retryIn: undefined });
    expect(server.received.endsWith('</stream:stream>')).toBe(true);
  });

  it('tells what was not acknowledged', async () => {
    const { session } = await connected(await fake(silent));
    const lost = collect(session, 'unconfirmed');
    session.send(message('1'));
    await session.close();
    expect(lost).toEqual(['1']);
  });

  it('can be followed by another beginning', async () => {
    const server = await fake();
    const { session } = await connected(server);
    await session.close();
    await session.connect();
    expect(session.online).toBe(true);
  });

  it('does not wait for ever for a server that does not close', async () => {
    const server = await fake();
    const { session, peer } = await connected(server);
    peer.write('<message><body>');
    const began = performance.now();
    await session.close();
    expect(performance.now() - began).toBeLessThan(1500);
  });

  it('does not wait for the answer where the process ends too, and has said everything', async () => {
    const server = await fake(silent);
    const { session, peer } = await connected(server, { goodbye: 'said' });
    const closed = once(peer, 'closed');
    // In the middle of a stanza the server cannot close its stream.
    peer.write('<message><body>');
    for (let id = 0; id < 500; id++) session.send(message(String(id)));
    const began = performance.now();
    await session.close();
    expect(performance.now() - began).toBeLessThan(400);
    await closed;
    expect(server.received).toContain('id="499"');
    expect(server.received.endsWith('</stream:stream>')).toBe(true);
  });

  it('sends everything first', async () => {
    const server = await fake(silent);
    const { session, peer } = await connected(server);
    const last = peer.stanza((stanza) => stanza.attrs.id === '499');
    for (let id = 0; id < 500; id++) session.send(message(String(id)));
    await session.close();
    await last;
  });

  it('stops an attempt that is under way, and a wait for the next one', async () => {
    const server = await fake({ misbehave: { neverAnswer: true } });
    const session = sessionFor(server);
    const attempt = session.connect();
    attempt.catch(() => undefined);
    await once(server, 'connection');
    await session.close();
    await expect(attempt).rejects.toMatchObject({ condition: 'closed' });

    const waiting = await connected(await fake());
    waiting.peer.cut();
    await next(waiting.session, 'offline');
    const gone = next(waiting.session, 'offline');
    await waiting.session.close();
    expect(await gone).toMatchObject({ final: true });
  });
});
