/** One target looked at, and nobody logs in. RFC 6120 §4.3, §13.7; XEP-0077 §2.3; XEP-0440. */
import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { PeerCertificate } from 'node:tls';
import * as fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { certificateFacts } from '../../../src/xmpp/session/certificate.ts';
import { type ExamineOptions, examineStream } from '../../../src/xmpp/session/examine.ts';
import { addressesOf, reachAddress } from '../../../src/xmpp/session/reach-address.ts';
import type { FakeServer, FakeServerOptions } from '../../support/fake-server.ts';
import { fake } from './support.ts';

const signal = new AbortController().signal;

async function examine(options: FakeServerOptions = {}, more: Partial<ExamineOptions> = {}) {
  const server: FakeServer = await fake(options);
  const target = { host: '127.0.0.1', port: server.port, direct: options.tls === 'direct' };
  const asked = { domain: 'localhost', target, ca: server.ca, timeout: 5000, signal, ...more };
  return { server, found: await examineStream({ ...asked, lang: undefined, debug: undefined }) };
}

describe('examineStream', () => {
  it.each(['starttls', 'direct'] as const)(
    'tells TLS, certificate and offer over %s, and says nothing more',
    async (tls) => {
      const register = "<register xmlns='http://jabber.org/features/iq-register'/>";
      const { server, found } = await examine({ tls, featuresBefore: register });
      expect(found).toMatchObject({
        handshake: {
          version: 'TLSv1.3',
          certificate: { subject: 'localhost', issuer: 'Test CA', names: ['localhost'] },
        },
        offer: {
          sasl: { mechanisms: ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'], bindings: [] },
          mechanism: 'SCRAM-SHA-256',
          registration: true,
          features: [
            { name: 'mechanisms' },
            { name: 'register', xmlns: 'http://jabber.org/features/iq-register' },
          ],
          more: 0,
        },
      });
      expect(found.error).toBeUndefined();
      expect(server.received).not.toMatch(/<(auth|iq|presence|message)/);
    },
  );

  it('names the mechanism that a log-in would take, with its channel binding (XEP-0440)', async () => {
    const mechanisms = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'];
    const bound = await examine({ mechanisms, bindings: ['tls-exporter'] });
    expect(bound.found.offer?.mechanism).toBe('SCRAM-SHA-256-PLUS');
    const unknown = await examine({ mechanisms, bindings: ['tls-unique'] });
    expect(unknown.found.offer?.mechanism).toBe('SCRAM-SHA-256');
    const none = await examine({ mechanisms: ['ANONYMOUS', 'DIGEST-MD5'] });
    expect(none.found.offer).toMatchObject({ mechanism: undefined, registration: false });
  });

  it.each([
    ['expired', 'certificate-expired', 'CERT_HAS_EXPIRED', 'localhost'],
    ['not-yet-valid', 'certificate-not-yet-valid', 'CERT_NOT_YET_VALID', 'localhost'],
    ['wrong-host', 'certificate-wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID', 'other.example'],
    ['self-signed', 'certificate-untrusted', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'localhost'],
  ] as const)(
    'describes a certificate that is refused: %s (RFC 6120 §13.7.2)',
    async (certificate, condition, code, name) => {
      const { server, found } = await examine({ certificate });
      expect(found).toMatchObject({
        error: { condition },
        code,
        handshake: { certificate: { names: [name] } },
      });
      expect(found.offer).toBeUndefined();
      // What was seen of it is not believed: no stream is opened on that connection.
      expect(server.received.match(/<stream:stream/g)).toHaveLength(1);
    },
  );

  it('knows nothing of TLS where STARTTLS is stripped (RFC 6120 §5.3.1)', async () => {
    const { found } = await examine({ misbehave: { stripStarttls: true } });
    expect(found).toEqual({
      handshake: undefined,
      error: expect.objectContaining({ condition: 'no-tls' }),
      code: undefined,
    });
  });

  it('ends with a server that never answers', async () => {
    const { found } = await examine({ misbehave: { neverAnswer: true } }, { timeout: 100 });
    expect(found.error?.condition).toBe('timeout');
  });

  it('refuses features without an end', async () => {
    const endless = `<x xmlns='urn:x'>${'y'.repeat(20 * 1024 * 1024)}</x>`;
    const { found } = await examine({ tls: 'direct', featuresBefore: endless });
    expect(found.error?.condition).toBe('sent-too-much');
    expect(found.offer).toBeUndefined();
  });

  it('keeps little of many and long features', async () => {
    const many = Array.from({ length: 100 }, (_, at) => `<f${at} xmlns='urn:${'z'.repeat(300)}'/>`).join('');
    const { found } = await examine({ tls: 'direct', featuresBefore: many });
    expect(found.offer?.features).toHaveLength(30);
    expect(found.offer?.more).toBe(71);
    for (const { xmlns } of found.offer?.features ?? []) expect(xmlns.length).toBeLessThanOrEqual(128);
  });

  it('is over when the signal says so', async () => {
    const cancelled = new AbortController();
    const going = examine({ misbehave: { neverAnswer: true } }, { signal: cancelled.signal });
    cancelled.abort(new Error('enough'));
    await expect(going).rejects.toThrow('enough');
  });
});

describe('addresses', () => {
  const lookUp = async () => [{ address: '127.0.0.1' }, { address: '::1' }, { address: '127.0.0.1' }];

  it('are those of the system, each once; an address is its own', async () => {
    const bounds = { timeout: 1000, signal, lookUp };
    expect(await addressesOf('example.org', bounds)).toEqual(['127.0.0.1', '::1']);
    expect(await addressesOf('::1', bounds)).toEqual(['::1']);
  });

  it('are not waited for longer than allowed', async () => {
    const never = { timeout: 20, signal, lookUp: () => new Promise<never>(() => {}) };
    await expect(addressesOf('example.org', never)).rejects.toMatchObject({ condition: 'timeout' });
  });

  it('fail with the conditions of connections', async () => {
    const lost = () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
    await expect(addressesOf('x.invalid', { timeout: 1000, signal, lookUp: lost })).rejects.toMatchObject({
      condition: 'dns-not-found',
    });
  });

  it('that are not found when the signal has said so already are nobody’s concern', async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', hear);
    onTestFinished(() => void process.off('unhandledRejection', hear));
    const lost = () => Promise.reject(new Error('not found'));
    const bounds = { timeout: 1000, signal: AbortSignal.abort(new Error('enough')), lookUp: lost };
    await expect(addressesOf('example.org', bounds)).rejects.toThrow('enough');
    await setImmediate();
    expect(unheard).toEqual([]);
  });

  it('are connected to one by one', async () => {
    const server = await fake();
    expect(await reachAddress('127.0.0.1', server.port, { timeout: 5000, signal })).toBeGreaterThanOrEqual(0);
    await server.close();
    await expect(reachAddress('127.0.0.1', server.port, { timeout: 5000, signal })).rejects.toMatchObject({
      condition: 'refused',
    });
  });

  it('leave no socket behind', async () => {
    const closed = new Promise<void>((resolve) => {
      const server = createServer((socket) => {
        socket.resume();
        socket.on('close', () => server.close(() => resolve()));
      }).listen(0, '127.0.0.1', () => {
        const address = server.address();
        const port = typeof address === 'object' && address !== null ? address.port : 0;
        void reachAddress('127.0.0.1', port, { timeout: 5000, signal });
      });
    });
    await closed;
  });
});

describe('certificateFacts', () => {
  const peer = (more: object) =>
    ({ raw: Buffer.alloc(1), subject: { CN: 'a' }, issuer: { O: 'b', C: 'c' }, ...more }) as PeerCertificate;

  it('reads names and addresses, none of the other kinds', () => {
    const facts = certificateFacts(
      peer({
        subjectaltname:
          'DNS:a.example, IP Address:::1, othername:<unsupported>, DNS:"x, DNS:y", URI:https://z',
      }),
    );
    expect(facts?.names).toEqual(['a.example', '::1', '"x, DNS:y"']);
    expect(facts).toMatchObject({ subject: 'a', issuer: 'O=b, C=c' });
  });

  it('is nothing where there is no certificate', () => {
    expect(certificateFacts({} as PeerCertificate)).toBeUndefined();
    expect(certificateFacts(undefined)).toBeUndefined();
  });

  it('is bounded, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5000 }), fc.string(), (names, date) => {
        const facts = certificateFacts(
          peer({
            subjectaltname: names,
            valid_from: date,
            valid_to: date,
            subject: { CN: names },
            issuer: {},
          }),
        );
        expect(facts?.names.length).toBeLessThanOrEqual(20);
        expect(facts?.subject.length).toBeLessThanOrEqual(256);
      }),
    );
    const many = Array.from({ length: 1000 }, (_, at) => `DNS:${at}.example`).join(', ');
    expect(certificateFacts(peer({ subjectaltname: many }))).toMatchObject({ more: 980 });
  });
});
