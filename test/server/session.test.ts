/** The session against real servers: log-in, delivery, a lost connection, registration, speed of the log-in. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createSession,
  type SessionControl,
  type SessionOptions,
} from '../../src/xmpp/session/create-session.ts';
import { withRegistrationStream } from '../../src/xmpp/session/registration-stream.ts';
import { x } from '../../src/xmpp/stanza.ts';
import { type Server, startServer } from '../support/server.ts';

const NS_REGISTER = 'jabber:iq:register';

const open: { close(): Promise<void> }[] = [];
let server: Server;
let ca: string;

beforeAll(async () => {
  server = await startServer();
  ca = readFileSync(server.caFile, 'utf8');
  await server.addUser({ name: 'juliet', password: 'pässwörd ñ' });
  await server.addUser({ name: 'romeo', password: 'montague' });
});
afterAll(() => server.stop());
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

function session(name: string, password: string, options: Partial<SessionOptions> = {}): SessionControl {
  const jid = `${name}@${server.domain}`;
  const made = createSession({ jid, password, service: server.service, ca, ...options });
  open.push(made);
  return made;
}

async function online(name: string, password: string, options: Partial<SessionOptions> = {}) {
  const made = session(name, password, options);
  await made.connect();
  return made;
}

/** A wire that can be cut, between a session and the server. */
async function wire(): Promise<{ service: string; cut(): void }> {
  const sockets = new Set<Socket>();
  const relay = createServer((near) => {
    const far = connect(server.port, server.host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on('error', () => undefined).on('close', () => other.destroy());
    }
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const address = relay.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
    sockets.clear();
  };
  open.push({
    close: async () => {
      cut();
      relay.close();
      await once(relay, 'close');
    },
  });
  return { service: `xmpp://127.0.0.1:${port}`, cut };
}

describe('log-in', () => {
  it('by SCRAM over TLS, with a password beyond ASCII', async () => {
    const juliet = await online('juliet', 'pässwörd ñ', { resource: 'balcony' });
    expect(juliet.jid).toBe(`juliet@${server.domain}/balcony`);
    expect(juliet.security?.mechanism).toMatch(/^SCRAM-SHA-/);
    expect(juliet.security?.protocol).toBe('TLSv1.3');
    expect(juliet.acknowledges).toBe(true);
  });

  it('over direct TLS (XEP-0368)', async () => {
    const service = `xmpps://127.0.0.1:${server.directTlsPort}`;
    expect((await online('romeo', 'montague', { service })).online).toBe(true);
  });

  it('refuses a wrong password as not-authorized', async () => {
    await expect(online('romeo', 'capulet')).rejects.toMatchObject({
      name: 'AuthenticationError',
      condition: 'not-authorized',
    });
  });

  it('twenty times over either kind of TLS without a fault', async () => {
    const direct = `xmpps://127.0.0.1:${server.directTlsPort}`;
    for (let turn = 0; turn < 20; turn++) {
      const romeo = await online('romeo', 'montague', { service: turn % 2 === 0 ? server.service : direct });
      await romeo.close();
    }
  });
});

describe('stanzas', () => {
  it('arrive whole, also long ones beyond ASCII', async () => {
    const juliet = await online('juliet', 'pässwörd ñ');
    const romeo = await online('romeo', 'montague');
    const bodies = Array.from({ length: 40 }, (_, i) => `${'д'.repeat(4000 + i * 7)}😀${i}`);
    const got: string[] = [];
    const all = new Promise<void>((resolve) =>
      juliet.on('message', (stanza) => {
        got.push(stanza.getChildText('body', 'jabber:client') ?? '');
        if (got.length === bodies.length) resolve();
      }),
    );
    for (const body of bodies)
      romeo.send(x('message', { to: juliet.jid, type: 'chat' }, x('body', {}, body)));
    await all;
    expect(got).toEqual(bodies);
  });

  it('a request to the server is answered, one to nobody is an error', async () => {
    const romeo = await online('romeo', 'montague');
    const info = () => x('query', { xmlns: 'http://jabber.org/protocol/disco#info' });
    const answer = await romeo.request(x('iq', { type: 'get', to: server.domain }, info()));
    expect(answer.getChild('query', 'http://jabber.org/protocol/disco#info')).toBeDefined();
    const nobody = x('iq', { type: 'get', to: `romeo@${server.domain}/nobody` }, info());
    await expect(romeo.request(nobody)).rejects.toMatchObject({ name: 'StanzaError' });
  });
});

describe('a lost connection (XEP-0198 §5)', () => {
  it('is resumed, and every message arrives once and in order', async () => {
    const juliet = await online('juliet', 'pässwörd ñ');
    const { service, cut } = await wire();
    const romeo = await online('romeo', 'montague', { service, random: () => 0.999 });
    const got: string[] = [];
    const last = new Promise<void>((resolve) =>
      juliet.on('message', (stanza) => {
        got.push(stanza.attrs.id ?? '');
        if (stanza.attrs.id === '199') resolve();
      }),
    );
    const resumed = once(romeo, 'resumed');
    const send = (id: number) =>
      romeo.send(x('message', { to: juliet.jid, id: String(id) }, x('body', {}, 'x')));
    for (let id = 0; id < 100; id++) send(id);
    cut();
    await once(romeo, 'offline');
    romeo.reconnectNow();
    await resumed;
    for (let id = 100; id < 200; id++) send(id);
    await last;
    expect(got).toEqual(Array.from({ length: 200 }, (_, i) => String(i)));
  });
});

describe('registration (XEP-0077)', () => {
  const register = (name: string, password: string) =>
    x(
      'iq',
      { type: 'set', to: server.domain },
      x('query', { xmlns: NS_REGISTER }, x('username', {}, name), x('password', {}, password)),
    );

  it('on the stream that then logs in', async () => {
    const forms: string[] = [];
    const nurse = await online('nurse', 'angelica', {
      beforeAuthentication: async (stream) => {
        const form = x('iq', { type: 'get', to: stream.domain }, x('query', { xmlns: NS_REGISTER }));
        forms.push(String(await stream.request(form)));
        await stream.request(register('nurse', 'angelica'));
      },
    });
    expect(forms[0]).toContain('<username');
    expect(nurse.online).toBe(true);
  });

  it('on a stream of its own; a name that is taken is a conflict', async () => {
    const { domain, service } = server;
    await withRegistrationStream({ domain, service, ca }, async (stream) => {
      expect(stream.features.has('mechanisms', 'urn:ietf:params:xml:ns:xmpp-sasl')).toBe(true);
      await expect(stream.request(register('romeo', 'x'))).rejects.toMatchObject({ condition: 'conflict' });
    });
  });
});
