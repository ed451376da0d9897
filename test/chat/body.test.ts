import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownBody } from '../../src/chat/body.ts';
import { StreamError } from '../../src/xmpp/errors.ts';
import { RemoteStreamError, UnreadableError } from '../../src/xmpp/session/stream-error.ts';
import { parse } from '../support/parse.ts';
import { ROMEO, turn, World } from './support.ts';

describe('the text of an own message', () => {
  it('has only what XML can carry (XML 1.0 §2.2)', () => {
    expect(ownBody('a\u0000b\u001b[31mc\uffffd\ud800e😀\tf')).toBe('a\ufffdb\ufffd[31mc\ufffdd\ufffde😀\tf');
  });

  it('has line breaks as they come back from a server (XML 1.0 §2.11)', () => {
    expect(ownBody('one\r\ntwo\rthree\n')).toBe('one\ntwo\nthree\n');
  });

  it('is the same after a way through XML', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const body = ownBody(text);
        const xml = body.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
        expect(parse(`<body xmlns='jabber:client'>${xml}</body>`).getText()).toBe(body);
        expect(ownBody(body)).toBe(body);
      }),
    );
  });

  it.each([
    ['in bytes', 'ä'.repeat(110_000)],
    ['as XML writes it', '<'.repeat(60_000)],
  ])('is refused before anything is kept when it is too long %s', async (_, text) => {
    const world = await new World().login('stream');
    expect(() => world.client.messages.send(ROMEO, text)).toThrow(
      expect.objectContaining({ condition: 'too-long' }),
    );
    expect(world.stores.messages.pending(world.client.account)).toEqual([]);
    expect(world.sent('message')).toEqual([]);
  });
});

it('a correction may be no longer than a message (RFC 6120 §13.12)', async () => {
  const world = await new World().login('stream');
  const { row } = world.client.messages.send(ROMEO, 'hello');
  world.sent('message');
  expect(() => world.client.messages.correct(row, 'ä'.repeat(110_000))).toThrow(
    expect.objectContaining({ condition: 'too-long' }),
  );
  expect(world.sent('message')).toEqual([]);
  expect(world.stores.messages.get(row)?.body).toBe('hello');
  expect(world.client.messages.correct(row, 'one\r\ntwo').body).toBe('one\ntwo');
});

describe('a server that ends the stream for what we wrote', () => {
  async function refused(
    bodies: readonly string[],
    reason: StreamError = new RemoteStreamError('policy-violation'),
  ) {
    const world = await new World({ pong: false }).login('stream');
    world.session.acknowledges = true;
    const rows = bodies.map((body) => world.client.messages.send(ROMEO, body).row);
    world.session.drop({ reason });
    await turn();
    return rows.map((row) => world.stores.messages.get(row));
  }

  it('does not get the largest text again that it need not take (RFC 6120 §13.12)', async () => {
    const [small, large, larger] = await refused(['hello', 'x'.repeat(20_000), 'y'.repeat(30_000)]);
    expect([small?.state, large?.state]).toEqual(['sent', 'sent']);
    expect(larger).toMatchObject({ state: 'failed', failure: { condition: 'too-long' } });
  });

  it('gets what every server takes again', async () => {
    const [message] = await refused(['x'.repeat(5000)]);
    expect(message?.state).toBe('sent');
  });

  it.each([
    ['for another reason', new RemoteStreamError('system-shutdown')],
    ['over a block of a file', new StreamError('stanza-too-large')],
    ['for what it sent itself', new UnreadableError('not-well-formed', 'a lone ampersand')],
    ['for how much it sent itself', new UnreadableError('policy-violation', 'stanza too large')],
  ])('gets it again where the stream ended %s', async (_what, reason) => {
    const [message] = await refused(['x'.repeat(20_000)], reason);
    expect(message?.state).toBe('sent');
  });
});
