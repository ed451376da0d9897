/** Authentication: RFC 5802, RFC 7677, RFC 6120 §6, XEP-0440. */
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { saslprep } from '../../../src/xmpp/session/saslprep.ts';
import { Scram } from '../../../src/xmpp/session/scram.ts';
import { x } from '../../../src/xmpp/stanza.ts';
import { connected, fake, mentions, next, refused, sessionFor } from './support.ts';

describe('SCRAM vectors', () => {
  it('SHA-1 (RFC 5802 §5)', async () => {
    const scram = new Scram({
      hash: 'sha1',
      username: 'user',
      password: 'pencil',
      binding: 'unusable',
      nonce: 'fyko+d2lbbFgONRv9qkxdawL',
    });
    expect(scram.clientFirst()).toBe('n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL');
    expect(
      await scram.clientFinal('r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096'),
    ).toBe('c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=');
    scram.verify('v=rmF9pqV8S7suAoZWja4dJRkFsKQ=');
    expect(scram.verified).toBe(true);
  });

  it('SHA-256 (RFC 7677 §3)', async () => {
    const scram = new Scram({
      hash: 'sha256',
      username: 'user',
      password: 'pencil',
      binding: 'unusable',
      nonce: 'rOprNGfwEbeRWgbNEkqO',
    });
    expect(
      await scram.clientFinal(
        'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
      ),
    ).toBe(
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    );
    scram.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
  });

  it.each([
    ['a nonce of somebody else', 'r=EVIL,s=c2FsdA==,i=4096'],
    ['its own nonce without more', 'r=abc,s=c2FsdA==,i=4096'],
    ['too few iterations', 'r=abcdef,s=c2FsdA==,i=4095'],
    ['too many iterations', 'r=abcdef,s=c2FsdA==,i=1000001'],
    ['iterations that are no number', 'r=abcdef,s=c2FsdA==,i=1e4'],
    ['no salt', 'r=abcdef,i=4096'],
    ['a mandatory extension', 'm=x,r=abcdef,s=c2FsdA==,i=4096'],
    ['nothing', ''],
  ])('refuses %s (RFC 5802 §5.1)', async (_what, challenge) => {
    const scram = new Scram({
      hash: 'sha1',
      username: 'u',
      password: 'p',
      binding: 'unusable',
      nonce: 'abc',
    });
    await expect(scram.clientFinal(challenge)).rejects.toMatchObject({ condition: 'malformed-challenge' });
  });

  it('escapes the user name (RFC 5802 §5.1)', () => {
    const scram = new Scram({ hash: 'sha1', username: 'a=b,c', password: 'p', binding: 'unusable' });
    expect(scram.clientFirst()).toMatch(/^n,,n=a=3Db=2Cc,r=/);
  });
});

describe('SASLprep (RFC 4013 §3)', () => {
  it.each([
    ['I\u00adX', 'IX'],
    ['user', 'user'],
    ['USER', 'USER'],
    ['\u00aa', 'a'],
    ['\u2168', 'IX'],
    ['a\u00a0b', 'a b'],
    ['\u0007', undefined],
    ['\u0627\u0031', undefined],
    ['\u0627x\u0628', undefined],
    ['\u0627\u0628', '\u0627\u0628'],
    ['пароль😀', 'пароль😀'],
  ])('%j becomes %j', (text, prepared) => {
    expect(saslprep(text)).toBe(prepared);
  });
});

describe('the exchange', () => {
  it.each(['SCRAM-SHA-512', 'SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'])('%s', async (mechanism) => {
    const server = await fake({ mechanisms: [mechanism] });
    const { session } = await connected(server);
    expect(session.security?.mechanism).toBe(mechanism);
  });

  it('takes the strongest, and never sends the password then', async () => {
    const server = await fake({
      mechanisms: ['PLAIN', 'SCRAM-SHA-1', 'ANONYMOUS', 'SCRAM-SHA-512', 'SCRAM-SHA-256'],
    });
    const { session } = await connected(server);
    expect(session.security?.mechanism).toBe('SCRAM-SHA-512');
    expect(mentions(server.received)).toBe(false);
  });

  it.each([[['ANONYMOUS']], [['EXTERNAL', 'DIGEST-MD5', 'LOGIN']], [[]]])(
    'uses nothing of %j',
    async (mechanisms) => {
      const server = await fake({ mechanisms });
      expect(await refused(server)).toMatchObject({ name: 'AuthenticationError', condition: 'no-mechanism' });
      expect(server.received).not.toContain('<auth');
    },
  );

  it.each(['forgeSignature', 'omitSignature', 'successAtOnce'] as const)(
    'does not believe a server with %s (RFC 5802 §5)',
    async (what) => {
      const server = await fake({ misbehave: { [what]: true } });
      expect(await refused(server)).toMatchObject({ condition: 'server-not-verified' });
      expect(server.received).not.toContain('<bind');
    },
  );

  it('does not answer a foreign nonce', async () => {
    const server = await fake({ misbehave: { foreignNonce: true } });
    expect(await refused(server)).toMatchObject({ condition: 'malformed-challenge' });
    expect(server.received).not.toContain('<response');
  });

  it('takes the signature in a challenge of its own too (RFC 6120 §6.3.10)', async () => {
    const server = await fake({ misbehave: { signatureInChallenge: true } });
    expect((await connected(server)).session.online).toBe(true);
  });

  it.each([
    ['not-authorized', 'not-authorized'],
    ['account-disabled', 'account-disabled'],
    ['credentials-expired', 'credentials-expired'],
    ['temporary-auth-failure', 'temporary-auth-failure'],
  ])('names the condition %s of the server (RFC 6120 §6.5)', async (saslFailure, condition) => {
    const server = await fake({ misbehave: { saslFailure } });
    expect(await refused(server)).toMatchObject({ name: 'AuthenticationError', condition });
  });

  it('closes the connection at once after a wrong password', async () => {
    const server = await fake();
    const session = sessionFor(server, { password: 'wrong' });
    const closed = new Promise((resolve) =>
      server.on('connection', (peer) => peer.on('closed', () => resolve('closed'))),
    );
    await expect(session.connect()).rejects.toMatchObject({ condition: 'not-authorized' });
    expect(await closed).toBe('closed');
  });
});

describe('downgrades', () => {
  it('refuses less than was seen before', async () => {
    const server = await fake({ mechanisms: ['PLAIN'] });
    expect(await refused(server, { strongestSeen: 'SCRAM-SHA-1' })).toMatchObject({ condition: 'downgrade' });
    expect(mentions(server.received)).toBe(false);
  });

  it('takes it when the user allows it', async () => {
    const server = await fake({ mechanisms: ['PLAIN'] });
    const { session } = await connected(server, { strongestSeen: 'SCRAM-SHA-1', allowDowngrade: true });
    expect(session.online).toBe(true);
  });

  it('tells what to remember', async () => {
    const server = await fake();
    const session = sessionFor(server);
    const seen: string[] = [];
    session.on('authenticated', ({ mechanism }) => seen.push(mechanism));
    await session.connect();
    expect(seen).toEqual(['SCRAM-SHA-256']);
  });
});

describe('channel binding', () => {
  const both = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'];

  it('binds to tls-exporter where the server names it (XEP-0440 §3, RFC 9266)', async () => {
    const server = await fake({ mechanisms: both, bindings: ['tls-server-end-point', 'tls-exporter'] });
    const { session } = await connected(server);
    expect(session.security).toMatchObject({
      mechanism: 'SCRAM-SHA-256-PLUS',
      channelBinding: 'tls-exporter',
    });
    expect(server.gs2).toBe('p=tls-exporter,,');
  });

  it.each([[[]], [['tls-unique']]])(
    'says n where -PLUS is offered with %j (RFC 5802 §6)',
    async (bindings) => {
      const server = await fake({ mechanisms: both, bindings });
      const { session } = await connected(server);
      expect(session.security?.mechanism).toBe('SCRAM-SHA-256');
      expect(server.gs2).toBe('n,,');
    },
  );

  it('says y where nothing is offered (RFC 5802 §6)', async () => {
    const server = await fake();
    await connected(server);
    expect(server.gs2).toBe('y,,');
  });

  it('says n over TLS 1.2, whose exporter is not unique (RFC 9266 §4.2)', async () => {
    const server = await fake({ mechanisms: both, bindings: ['tls-exporter'], maxTlsVersion: 'TLSv1.2' });
    await connected(server);
    expect(server.gs2).toBe('n,,');
  });
});

describe('after authentication', () => {
  it.each(['romeo@localhost/balcony', 'juliet@other.example/balcony', 'localhost', '@'])(
    'does not go on as %s (RFC 6120 §7.6)',
    async (bindJid) => {
      const server = await fake({ misbehave: { bindJid } });
      expect(await refused(server)).toMatchObject({ name: 'ConnectionError', condition: 'policy' });
    },
  );

  const bindError = (condition: string, type: string) =>
    `<error type='${type}'><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>`;

  it.each([['conflict'], ['not-allowed']])(
    'takes the resource that the server gives where it does not give the one that is wanted: %s (RFC 6120 §7.7.2)',
    async (condition) => {
      const bindErrors = [bindError(condition, 'cancel')];
      const { session } = await connected(await fake({ misbehave: { bindErrors } }));
      expect(session.jid).toMatch(/^juliet@localhost\/[0-9a-f]{8}$/);
    },
  );

  it('asks for that once, and not again', async () => {
    const bindErrors = Array.from({ length: 9 }, () => bindError('conflict', 'cancel'));
    const server = await fake({ misbehave: { bindErrors } });
    expect(await refused(server)).toMatchObject({ name: 'StanzaError', condition: 'conflict' });
    expect(bindErrors).toHaveLength(7);
  });

  it('tries again later where the server is busy: no last word (RFC 6120 §7.6.2.1)', async () => {
    const bindErrors: string[] = [];
    const { session, peer } = await connected(await fake({ management: false, misbehave: { bindErrors } }));
    const online = once(session, 'online');
    bindErrors.push(bindError('resource-constraint', 'wait'));
    const lost = next(session, 'offline');
    peer.cut();
    await lost;
    const busy = next(session, 'offline');
    session.reconnectNow();
    expect(await busy).toMatchObject({
      reason: { name: 'StreamError', condition: 'resource-constraint' },
      final: false,
    });
    session.reconnectNow();
    await online;
  });

  it('waits for the answer to what is asked before it no longer than it was told', async () => {
    const server = await fake({ onStanza: () => undefined });
    const asked = refused(server, {
      timeout: 300,
      beforeAuthentication: async (stream) => {
        await stream.request(x('iq', { type: 'get' }, x('query', { xmlns: 'jabber:iq:register' })));
      },
    });
    expect(await asked).toMatchObject({ name: 'TimeoutError' });
  });

  it.each([
    ["<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>", true],
    ["<session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session>", false],
  ])('establishes a session only where it has to: %s (RFC 3921 §3)', async (featuresAfter, asked) => {
    const server = await fake({ featuresAfter, onStanza: (iq, peer) => peer.answer(iq) });
    await connected(server);
    expect(server.received.includes('<session')).toBe(asked);
  });

  it('forgets what stands behind <success/> (RFC 6120 §6.4.6)', async () => {
    const behindSuccess = '<stream:features/><message/>';
    const server = await fake({ misbehave: { behindSuccess } });
    expect((await connected(server)).session.online).toBe(true);
  });

  it('does not bind without authentication', async () => {
    const server = await fake({
      mechanisms: [],
      featuresBefore: "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>",
    });
    expect(await refused(server)).toMatchObject({ condition: 'no-mechanism' });
    expect(server.received).not.toContain('<bind');
  });
});
