import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { staysQueued } from '../../src/chat/client/delivery.ts';
import { ChatError } from '../../src/chat/problem.ts';
import {
  AuthenticationError,
  ConnectionError,
  DisconnectedError,
  StanzaError,
  StreamError,
  TimeoutError,
} from '../../src/xmpp/errors.ts';
import { RemoteStreamError } from '../../src/xmpp/session/stream-error.ts';
import { error, JID, NS_PING, ROMEO, ROOM, turn, World } from './support.ts';

const never = new AbortController().signal;

/** Sends as a run of one flag does: from nothing to settled. */
function sendOnce(world: World, more: { timeout?: number; signal?: AbortSignal; chat?: string } = {}) {
  return world.client.messages.sendAndSettle(more.chat ?? ROMEO, 'hello', {
    timeout: more.timeout ?? 5000,
    signal: more.signal ?? never,
    online: () => world.client.online('stream'),
  });
}

/** Time stands still, and passes when the test says so. */
function frozen(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  onTestFinished(() => void vi.useRealTimers());
}

/** A world whose server acknowledges and pongs when the test says so; the message has been written. */
async function inFlight(more: Parameters<typeof sendOnce>[1] = {}) {
  const world = new World({ pong: false });
  world.session.acknowledges = true;
  const result = sendOnce(world, more);
  await turn();
  const message = world.session.sentStanzas.find((stanza) => stanza.getName() === 'message');
  const ping = world.session.sentStanzas.find((stanza) => stanza.getChild('ping', NS_PING));
  if (message === undefined || ping === undefined) throw new Error('message and ping were not written');
  return { world, result, id: message.attrs.id ?? '', pong: () => world.session.answer(ping) };
}

describe('--send (delivery: 0 needs the acknowledgement and the answer to the ping)', () => {
  it('writes the message, <r/> and the ping together, before anything else', async () => {
    const { world, result, id, pong } = await inFlight();
    expect(world.session.sentStanzas.map((stanza) => stanza.getName())).toEqual(['message', 'iq']);
    expect(world.session.acknowledgementRequests).toBe(1);
    world.acknowledge(id);
    pong();
    expect((await result).state).toBe('acked');
  });

  it('is kept at once where the run is interrupted before there is a connection', async () => {
    const world = new World();
    world.session.connect = () => new Promise(() => {});
    const stop = new AbortController();
    const result = sendOnce(world, { signal: stop.signal });
    await turn();
    stop.abort();
    expect(await result).toMatchObject({ state: 'queued' });
  });

  it('hears an error in the name that its server gives the user, who is folded there (RFC 6122 App. A)', async () => {
    const { world, result, id, pong } = await inFlight({ chat: 'straße@example.net' });
    const refusal = (from: string) =>
      `<message from='${from}' to='${JID}' type='error' id='${id}'>${error('service-unavailable')}</message>`;
    world.receive(refusal('somebody@example.net'));
    expect(world.stores.messages.pending(world.client.account)).toMatchObject([{ state: 'sent' }]);
    world.receive(refusal('strasse@example.net'));
    world.acknowledge(id);
    pong();
    expect(await result).toMatchObject({ state: 'failed', failure: { condition: 'service-unavailable' } });
  });

  it.each(['acknowledgement first', 'pong first'])('is acked when both came, %s', async (order) => {
    const { world, result, id, pong } = await inFlight();
    const steps = [() => world.acknowledge(id), pong];
    for (const step of order === 'pong first' ? steps.reverse() : steps) {
      const [row] = world.stores.messages.pending(world.client.account);
      expect(row?.state).toBe('sent');
      step();
      await turn();
    }
    expect((await result).state).toBe('acked');
  });

  it('fails where the server ends the stream for the size of the text', async () => {
    const world = new World({ pong: false });
    world.session.acknowledges = true;
    const result = world.client.messages.sendAndSettle(ROMEO, 'x'.repeat(20_000), {
      timeout: 5000,
      signal: never,
      online: () => world.client.online('stream'),
    });
    await turn();
    world.session.drop({ final: true, reason: new RemoteStreamError('policy-violation') });
    expect(await result).toMatchObject({ state: 'failed', failure: { condition: 'too-long' } });
  });

  it('the acknowledgement alone is not enough: time leaves it in the outbox', async () => {
    frozen();
    const { world, result, id } = await inFlight({ timeout: 20 });
    world.acknowledge(id);
    await vi.advanceTimersByTimeAsync(20);
    expect((await result).state).toBe('sent');
    expect(world.stores.messages.pending(world.client.account)).toHaveLength(1);
  });

  it('the pong alone is not enough where acknowledgements come', async () => {
    frozen();
    const { result, pong } = await inFlight({ timeout: 20 });
    pong();
    await vi.advanceTimersByTimeAsync(20);
    expect((await result).state).toBe('sent');
  });

  it('is acked where another process heard of it first, by a copy (XEP-0280)', async () => {
    const { world, result, id, pong } = await inFlight({ timeout: 60_000 });
    const [row] = world.stores.messages.pending(world.client.account);
    world.stores.messages.setState(row?.row ?? 0, 'acked');
    world.acknowledge(id);
    pong();
    expect((await result).state).toBe('acked');
  });

  it('an error before the pong fails it, though the acknowledgement came', async () => {
    const { world, result, id } = await inFlight();
    world.acknowledge(id);
    world.bounce(ROMEO, id, 'item-not-found');
    expect(await result).toMatchObject({ state: 'failed', failure: { condition: 'item-not-found' } });
  });

  it('without XEP-0198 the pong is both', async () => {
    const world = new World();
    expect((await sendOnce(world)).state).toBe('acked');
  });

  it('the error of a server without XEP-0198 comes before its pong', async () => {
    const world = new World({ pong: false });
    const result = sendOnce(world);
    await turn();
    const id = world.sent('message')[0]?.attrs.id ?? '';
    world.bounce(ROMEO, id, 'service-unavailable');
    expect((await result).state).toBe('failed');
  });

  it('a lost connection leaves it in the outbox, at once', async () => {
    const { world, result } = await inFlight();
    world.session.drop();
    expect((await result).state).toBe('sent');
  });

  it('Ctrl-C does not wait for the pong', async () => {
    const stop = new AbortController();
    const { result } = await inFlight({ signal: stop.signal, timeout: 60_000 });
    stop.abort();
    expect((await result).state).toBe('sent');
  });

  it('a room confirms by its reflection', async () => {
    const world = await new World().login('stream');
    await world.enter();
    const result = sendOnce(world, { chat: ROOM });
    await turn();
    const id = world.sent('message')[0]?.attrs.id ?? '';
    world.roomSays('juliet', 'hello', '', id);
    expect(await result).toMatchObject({ state: 'acked', kind: 'room' });
  });

  it('does not write again what was acknowledged and waits for its pong only', async () => {
    const { world, result, id } = await inFlight({ timeout: 50 });
    world.acknowledge(id);
    await turn();
    world.session.take();
    world.session.emit('resumed', { inherited: false });
    expect(world.sent('message')).toEqual([]);
    await result;
  });
});

describe('a client that is closed', () => {
  it('lets nobody wait for what cannot come any more', async () => {
    const world = await new World().login();
    world.session.acknowledges = true;
    const { row } = world.client.messages.send(ROMEO, 'hello');
    const before = world.client.messages.settled(row, { timeout: 60_000 });
    await world.client.close();
    expect((await before).state).toBe('sent');
    expect((await world.client.messages.settled(row, { timeout: 60_000 })).state).toBe('sent');
  });
});

describe('a log-in that fails', () => {
  it.each([
    new AuthenticationError('not-authorized'),
    new ConnectionError('certificate-untrusted'),
    new StreamError('host-unknown'),
  ])('refused: the row is withdrawn (exit codes 3, 4, 1 mean that nothing was kept): %s', async (refusal) => {
    const world = new World();
    world.session.refusal = refusal;
    await expect(sendOnce(world)).rejects.toBe(refusal);
    expect(world.client.history.read({ limit: 9 })).toEqual([]);
    expect(world.client.offlineReason).toBe(refusal.condition);
  });

  it.each([new ConnectionError('dns-not-found'), new TimeoutError()])(
    'no network: the row stays queued (exit code 5): %s',
    async (refusal) => {
      const world = new World();
      world.session.refusal = refusal;
      expect(await sendOnce(world)).toMatchObject({ state: 'queued', body: 'hello' });
    },
  );

  it('a client without a way to its server queues', async () => {
    const world = new World({ session: undefined });
    expect((await sendOnce(world)).state).toBe('queued');
  });

  it.each([
    [new AuthenticationError('temporary-auth-failure'), true],
    [new AuthenticationError('not-authorized'), false],
    [new ConnectionError('refused'), true],
    [new ConnectionError('no-tls'), false],
    [new ConnectionError('certificate-expired'), false],
    [new TimeoutError(), true],
    [new DisconnectedError(), true],
    [new ChatError('offline'), true],
    [new ChatError('not-joined'), false],
    [new StanzaError('conflict'), false],
    [new TypeError('x'), false],
  ])('%s: stays queued %s', (error, stays) => {
    expect(staysQueued(error)).toBe(stays);
  });
});
