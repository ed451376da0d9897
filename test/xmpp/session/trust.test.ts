/** What must hold before a byte of authentication. RFC 6120 §5, §13.7. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { createSecureContext, connect as tlsConnect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { isLoopback } from '../../../src/xmpp/session/targets.ts';
import { trustedRoots } from '../../../src/xmpp/session/trust.ts';
import { connected, fake, mentions, refused, sessionFor } from './support.ts';

const saidNothing = (received: string) => !received.includes('<auth') && !mentions(received);

describe('STARTTLS', () => {
  it('logs in over it (RFC 6120 §5.4)', async () => {
    const server = await fake();
    const { session } = await connected(server);
    expect(session.jid).toBe('juliet@localhost/balcony');
    expect(session.security?.protocol).toBe('TLSv1.3');
  });

  it('says nothing to a server that does not offer it (§5.3.1)', async () => {
    const server = await fake({ misbehave: { stripStarttls: true } });
    expect(await refused(server)).toMatchObject({ name: 'ConnectionError', condition: 'no-tls' });
    expect(saidNothing(server.received)).toBe(true);
  });

  it('says nothing when features come instead of <proceed/> (§5.4.2)', async () => {
    const features =
      "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms></stream:features>";
    const server = await fake({ misbehave: { insteadOfProceed: features } });
    expect(await refused(server)).toMatchObject({ condition: 'no-tls' });
    expect(saidNothing(server.received)).toBe(true);
  });

  it('says nothing after <failure/> (§5.4.2.2)', async () => {
    const failure = "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>";
    const server = await fake({ misbehave: { insteadOfProceed: failure } });
    expect(await refused(server)).toMatchObject({ condition: 'no-tls' });
    expect(saidNothing(server.received)).toBe(true);
  });

  it('drops clear text behind <proceed/> (§5.4.3.3)', async () => {
    const injected = "<message from='mallory@localhost'><body>injected</body></message>";
    const server = await fake({ misbehave: { behindProceed: injected } });
    const session = sessionFor(server);
    const seen: string[] = [];
    session.on('message', (stanza) => seen.push(String(stanza)));
    await session.connect();
    expect(seen).toEqual([]);
  });

  it('does not follow a redirection before TLS (§4.9.3.19)', async () => {
    const other = await fake();
    const server = await fake({
      misbehave: {
        insteadOfStream: `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:${other.port}</see-other-host></stream:error></stream:stream>`,
      },
    });
    expect(await refused(server)).toMatchObject({ name: 'ConnectionError', condition: 'policy' });
    expect(other.connections).toHaveLength(0);
  });

  it('follows one after TLS, three times at most (§4.9.3.19)', async () => {
    const other = await fake();
    const redirect = (port: number) =>
      `<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:${port}</see-other-host></stream:error></stream:stream>`;
    const server = await fake({ misbehave: { insteadOfFeatures: redirect(other.port) } });
    const { session } = await connected(server);
    expect(session.online).toBe(true);
    expect(other.connections).toHaveLength(1);

    const misbehave = { insteadOfFeatures: '' };
    const circle = await fake({ misbehave });
    misbehave.insteadOfFeatures = redirect(circle.port);
    expect(await refused(circle)).toMatchObject({ condition: 'see-other-host' });
    expect(circle.connections).toHaveLength(4);
  });

  it('checks the certificate of the host it was sent to (§4.9.3.19)', async () => {
    const other = await fake({ certificate: 'wrong-host' });
    const server = await fake({
      misbehave: {
        insteadOfFeatures: `<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:${other.port}</see-other-host></stream:error></stream:stream>`,
      },
    });
    expect(await refused(server)).toMatchObject({ condition: 'certificate-wrong-host' });
    expect(saidNothing(other.received)).toBe(true);
  });
});

describe('certificates (RFC 6120 §13.7.2)', () => {
  for (const tls of ['starttls', 'direct'] as const) {
    it.each([
      ['wrong-host', 'certificate-wrong-host'],
      ['expired', 'certificate-expired'],
      ['not-yet-valid', 'certificate-not-yet-valid'],
      ['self-signed', 'certificate-untrusted'],
    ] as const)(`${tls}: refuses a %s one as %s`, async (certificate, condition) => {
      const server = await fake({ tls, certificate });
      expect(await refused(server)).toMatchObject({ name: 'ConnectionError', condition });
      expect(saidNothing(server.received)).toBe(true);
    });

    it(`${tls}: refuses a CA that nobody named`, async () => {
      const server = await fake({ tls });
      expect(await refused(server, { ca: undefined })).toMatchObject({ condition: 'certificate-untrusted' });
    });

    it(`${tls}: names the JID's domain in SNI`, async () => {
      const server = await fake({ tls });
      const { peer } = await connected(server);
      expect(peer.tls.servername).toBe('localhost');
    });
  }

  it('asks for the protocol xmpp-client on direct TLS (XEP-0368 §4)', async () => {
    const { peer } = await connected(await fake({ tls: 'direct' }));
    expect(peer.tls.alpn).toBe('xmpp-client');
  });

  it('works over TLS 1.2', async () => {
    const { session } = await connected(await fake({ maxTlsVersion: 'TLSv1.2' }));
    expect(session.security?.protocol).toBe('TLSv1.2');
  });

  it('is not moved by NODE_TLS_REJECT_UNAUTHORIZED', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const server = await fake({ certificate: 'self-signed' });
      expect(await refused(server)).toMatchObject({ condition: 'certificate-untrusted' });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  it('believes an added CA in its own context only', async () => {
    const server = await fake({ tls: 'direct' });
    trustedRoots(server.ca)();
    const probe = tlsConnect({
      port: server.port,
      host: '127.0.0.1',
      servername: 'localhost',
      secureContext: createSecureContext(),
    });
    const [error] = await once(probe, 'error');
    expect(error.code).toMatch(/UNABLE_TO_|SELF_SIGNED/);
  });

  it('keeps the usual roots beside an added CA', async () => {
    const server = await fake();
    const { context } = trustedRoots(server.ca)() as unknown as { context: { addCACert?: unknown } };
    // The quick way is there; without it all roots are given again, which costs 20 ms.
    expect(typeof context.addCACert).toBe('function');
  });

  it('refuses a CA file without a certificate', async () => {
    const server = await fake();
    expect(await refused(server, { ca: 'nothing' })).toMatchObject({ condition: 'policy' });
  });
});

describe('clear text', () => {
  it('is spoken on loopback when asked for by name', async () => {
    const server = await fake({ tls: 'none' });
    const { session } = await connected(server, { plaintext: true });
    expect(session.security?.protocol).toBe('none');
  });

  it.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['192.0.2.1', false],
    ['::ffff:192.0.2.1', false],
    ['1127.0.0.1', false],
    ['2001:db8::1', false],
    [undefined, false],
  ])('to %s: %s', (address, allowed) => {
    expect(isLoopback(address)).toBe(allowed);
  });

  it('follows no redirection', async () => {
    const other = await fake({ tls: 'none' });
    const server = await fake({
      tls: 'none',
      misbehave: {
        insteadOfFeatures: `<stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:${other.port}</see-other-host></stream:error>`,
      },
    });
    expect(await refused(server, { plaintext: true })).toMatchObject({ condition: 'see-other-host' });
    expect(other.connections).toHaveLength(0);
  });

  it('never carries PLAIN', async () => {
    const server = await fake({ tls: 'none', mechanisms: ['PLAIN'] });
    expect(await refused(server, { plaintext: true })).toMatchObject({ condition: 'no-mechanism' });
    expect(mentions(server.received)).toBe(false);
  });

  it('needs a service', async () => {
    const server = await fake({ tls: 'none' });
    expect(() => sessionFor(server, { plaintext: true, service: undefined })).toThrow(
      'clear text needs a service',
    );
  });
});

describe('a server that does not answer', () => {
  it('is given up at the one deadline over everything', async () => {
    const server = await fake({ misbehave: { neverAnswer: true } });
    expect(await refused(server, { timeout: 150 })).toMatchObject({
      name: 'ConnectionError',
      condition: 'timeout',
    });
  });

  it('is given up in the TLS handshake too', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const server = await fake();
    const service = `xmpps://127.0.0.1:${port}`;
    expect(await refused(server, { timeout: 150, service })).toMatchObject({ condition: 'timeout' });
    silent.close();
  });

  it('is told apart from one that refuses', async () => {
    const server = await fake();
    await server.close();
    expect(await refused(server)).toMatchObject({ condition: 'refused' });
  });
});
