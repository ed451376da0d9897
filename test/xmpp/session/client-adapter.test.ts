/** What the adapter relies on in @xmpp/client beyond its documentation: red here means that the package changed. */
import { readFileSync } from 'node:fs';
import { client } from '@xmpp/client';
import { describe, expect, it, vi } from 'vitest';
import { connected, fake, refused } from './support.ts';

const entity = () => {
  const made = client({ service: 'xmpp://', domain: 'localhost', timeout: 1000 });
  made.reconnect.stop();
  return made;
};

describe('@xmpp/client', () => {
  it('is the version that the adapter was written for', () => {
    const { version } = JSON.parse(readFileSync('node_modules/@xmpp/client/package.json', 'utf8'));
    expect(version).toBe('0.14.0');
  });

  it('listens to elements in its middleware only, so that unplugging it takes everything out', () => {
    expect(entity().listenerCount('element')).toBe(1);
    expect(entity().listenerCount('send')).toBe(1);
    expect(entity().listenerCount('stanza')).toBe(0);
    expect(entity().listenerCount('nonza')).toBe(0);
  });

  it('finds transports by their socketParameters, one of them for xmpp://', () => {
    const taking = entity().transports.filter(({ prototype }) => {
      try {
        return prototype.socketParameters('xmpp://localhost') !== undefined;
      } catch {
        return false;
      }
    });
    expect(taking).toHaveLength(1);
    expect(taking[0]?.prototype.NS).toBe('jabber:client');
  });

  it('has no parser before a stream is opened', () => {
    expect(entity().parser).toBeNull();
  });

  it('reconnects by one listener, which stop() removes', () => {
    const made = entity();
    const count = made.listenerCount('disconnect');
    made.reconnect.stop();
    expect(made.listenerCount('disconnect')).toBe(count);
    expect(
      client({ service: 'xmpp://', domain: 'localhost', timeout: 1000 }).listenerCount('disconnect'),
    ).toBe(count + 1);
  });
});

describe('the package, unplugged', () => {
  it('neither authenticates nor binds by itself', async () => {
    const server = await fake({
      mechanisms: ['ANONYMOUS'],
      featuresBefore:
        "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><authentication xmlns='urn:xmpp:sasl:2'><mechanism>PLAIN</mechanism></authentication>",
    });
    await refused(server);
    expect(server.received).not.toMatch(/<auth|<bind|<authenticate/);
  });

  it('answers no question a second time', async () => {
    const server = await fake({ onStanza: () => undefined });
    const { session, peer } = await connected(server);
    const said: string[] = [];
    peer.on('stanza', (stanza) => said.push(stanza.attrs.id ?? ''));
    const marked = peer.stanza((stanza) => stanza.is('message'));
    peer.write("<iq type='get' id='1' from='localhost'><ping xmlns='urn:xmpp:ping'/></iq><message/>");
    session.on('message', (stanza) => session.send(stanza));
    await marked;
    expect(said.filter((id) => id === '1')).toHaveLength(1);
  });

  it('leaves the elements that were sent as they were', async () => {
    const { session } = await connected(await fake());
    session.on('sent', (stanza) => {
      expect(stanza.parent).toBeNull();
      expect(stanza.attrs.xmlns).toBeUndefined();
    });
    await session.request(
      (await import('../../../src/xmpp/stanza.ts')).x('iq', { type: 'get', to: 'localhost' }),
    );
    expect(session.faults).toEqual([]);
  });

  it('puts no XML declaration before a stream, and `from` into a secure one only (RFC 6120 §4.7.1)', async () => {
    const server = await fake();
    await connected(server);
    const headers = server.received.match(/<stream:stream[^>]*>/g) ?? [];
    expect(server.received).not.toContain('<?xml');
    expect(headers).toHaveLength(3);
    expect(headers.map((header) => header.includes('from="juliet@localhost"'))).toEqual([false, true, true]);
    expect(headers.every((header) => header.includes('to="localhost"'))).toBe(true);
  });
});

it('leaves no timer behind when the connection goes before the header of the stream', async () => {
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const server = await fake({ tls: 'direct', misbehave: { neverAnswer: true } });
  await expect(refused(server, { timeout: 300 })).resolves.toMatchObject({ condition: 'timeout' });
  expect(server.received).toContain('<stream:stream');
  expect(timers.mock.calls.filter(([, milliseconds]) => (milliseconds ?? 0) > 60_000)).toEqual([]);
  timers.mockRestore();
});
