import { describe, expect, it } from 'vitest';
import { catalogueFor } from '../../src/i18n/catalogue.ts';
import { SignalError } from '../../src/ui/interrupts.ts';
import { type Listening, listen } from '../../src/ui/listen.ts';
import { type Output, OutputError } from '../../src/ui/one-shot/output.ts';
import { AuthenticationError } from '../../src/xmpp/errors.ts';
import { message, NOON, plain, ToldClient } from './support.ts';

const en = await catalogueFor('en');

function lines(): Output & { text: string[]; gone: AbortController } {
  const text: string[] = [];
  const gone = new AbortController();
  const intake = { open: true, opened: async () => undefined };
  return { text, gone, closed: gone.signal, intake, line: (line) => text.push(line), flush: async () => {} };
}

function setup(more: Partial<Listening> = {}) {
  const client = new ToldClient();
  const out = lines();
  const err = lines();
  const stop = new AbortController();
  const ended = listen({
    client,
    words: en,
    theme: plain,
    json: false,
    out,
    err,
    signal: stop.signal,
    about: { account: 'me@example.org', domain: 'example.org' },
    start: async () => {},
    now: () => NOON,
    ...more,
  });
  return { client, out, err, stop, ended };
}

describe('--listen', () => {
  it('prints NOTIFICATION lines until a signal: 128 + n', async () => {
    const { client, out, err, stop, ended } = setup();
    client.emit('message', message());
    stop.abort(new SignalError('SIGINT'));
    expect(await ended).toBe(130);
    expect(out.text).toEqual(['NOTIFICATION 14:03 message from alice@example.org: hello']);
    expect(err.text).toEqual([]);
    expect(client.eventNames()).toEqual([]);
  });

  it('--json prints every event of the domain', async () => {
    const { client, out, stop, ended } = setup({ json: true });
    client.emit('message', message({ direction: 'out' }));
    client.emit('typing', { chat: 'a@x', from: 'a@x', state: 'composing' });
    client.emit('unread', { chat: 'a@x', count: 1, mentions: 0 });
    stop.abort(new SignalError('SIGTERM'));
    expect(await ended).toBe(143);
    expect(out.text.map((line) => JSON.parse(line)).map(({ v, type }) => [v, type])).toEqual([
      [1, 'message'],
      [1, 'typing'],
      [1, 'unread'],
    ]);
  });

  it('ends when the log-in fails, with its code', async () => {
    const { out, err, ended } = setup({
      start: () => Promise.reject(new AuthenticationError('not-authorized')),
    });
    expect(await ended).toBe(3);
    expect(out.text).toEqual([]);
    expect(err.text).toHaveLength(1);
    expect(err.text[0]).toMatch(/^xmpp-chat: cannot log in as me@example.org: .* \(3\)$/);
  });

  it('a lost connection does not end it, one that is over for good does', async () => {
    const { client, err, ended } = setup();
    client.emit('connection', { state: 'online' });
    client.emit('connection', { state: 'offline', condition: 'closed', retryIn: 1000 });
    client.emit('connection', { state: 'resumed' });
    client.emit('connection', { state: 'offline', condition: 'conflict', final: true });
    expect(await ended).toBe(4);
    expect(err.text[0]).toContain('another program has logged in with the same resource');
  });

  it.each([
    ['its reader has gone', 'EPIPE', 141],
    ['the disk is full', 'ENOSPC', 1],
  ])('ends when %s, in one line but to who went away, also with --json', async (_what, condition, code) => {
    for (const json of [false, true]) {
      const { out, err, ended } = setup({ json });
      out.gone.abort(new OutputError(condition));
      expect(await ended).toBe(code);
      const line = expect.stringMatching(`^xmpp-chat: cannot listen: .*\\(${code}\\)$`);
      expect(err.text).toEqual(condition === 'EPIPE' ? [] : [line]);
    }
  });
});
