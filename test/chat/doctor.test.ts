/** The way to a server, step by step: played DNS, played servers. RFC 6120 §3.2, XEP-0368. */
import { describe, expect, it } from 'vitest';
import type { Check } from '../../src/chat/checks.ts';
import { checkConnection, type DoctorOptions } from '../../src/chat/doctor.ts';
import { MemoryStreamState } from '../../src/xmpp/session/stream-state.ts';
import type { ResolveSrv } from '../../src/xmpp/session/targets.ts';
import { makeCertificates } from '../support/certificates.ts';
import type { FakeServer, FakeServerOptions } from '../support/fake-server.ts';
import { fake, PASSWORD } from '../xmpp/session/support.ts';

type Records = Awaited<ReturnType<ResolveSrv>>;
const record = (name: string, port: number, priority = 0) => ({ name, port, priority, weight: 0 });
const dns =
  (direct: Records, starttls: Records): ResolveSrv =>
  async (name) =>
    name.startsWith('_xmpps-client._tcp.') ? direct : starttls;
const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));
const home = async () => [{ address: '127.0.0.1' }];

async function examine(server: FakeServer | undefined, more: Partial<DoctorOptions> = {}) {
  const checks: Check[] = [];
  const options = {
    domain: 'localhost',
    service: server?.service,
    ca: server?.ca,
    lang: undefined,
    debug: undefined,
    timeout: 5000,
    signal: new AbortController().signal,
    lookUp: home,
    ...more,
  };
  const diagnosis = await checkConnection(options, (check) => checks.push(check));
  return {
    checks,
    diagnosis,
    lines: checks.map((check) => `${check.state} ${check.check} ${check.finding.code}`),
  };
}

const good = async (options: FakeServerOptions = {}) => fake({ tls: 'starttls', ...options });

describe('a server that is well', () => {
  it('is told in eight lines, and not asked for more than its features', async () => {
    const server = await good();
    const { lines, diagnosis } = await examine(server);
    expect(lines).toEqual([
      'ok dns service-given',
      'ok tcp connected',
      'ok tls encrypted',
      'ok certificate certificate',
      'ok sasl mechanisms',
      'ok channel-binding binding-none',
      'ok registration registration-closed',
      'ok features features',
    ]);
    expect(diagnosis).toEqual({ reachable: true, unauthorised: false, failed: 0, warned: 0 });
    expect(server.received).not.toContain('<auth');
  });

  it('is found by both kinds of records, tried in one list (XEP-0368 §3)', async () => {
    const [starttls, direct] = [await good({ domain: 'example.org' }), await good({ tls: 'direct' })];
    const resolveSrv = dns([record('localhost', direct.port, 1)], [record('localhost', starttls.port, 2)]);
    const { checks, lines } = await examine(undefined, { domain: 'example.org', ca: direct.ca, resolveSrv });
    expect(checks.slice(0, 2).map(({ finding }) => finding)).toEqual([
      {
        code: 'srv-found',
        values: {
          name: '_xmpps-client._tcp.example.org',
          targets: [`localhost:${direct.port}`],
          more: 0,
        },
      },
      {
        code: 'srv-found',
        values: {
          name: '_xmpp-client._tcp.example.org',
          targets: [`localhost:${starttls.port}`],
          more: 0,
        },
      },
    ]);
    expect(checks.filter(({ check }) => check === 'tls').map(({ about }) => about)).toEqual([
      `localhost:${direct.port}`,
      `localhost:${starttls.port}`,
    ]);
    // Their certificates are for localhost: no service of example.org.
    expect(lines.filter((line) => line.includes('certificate'))).toEqual([
      'fail certificate certificate-bad',
      'fail certificate certificate-bad',
    ]);
  });

  it('is looked for at the domain itself where there are no records (RFC 6120 §3.2.2)', async () => {
    const { checks } = await examine(undefined, {
      domain: 'example.org',
      resolveSrv: dns([], []),
      lookUp: failing('ENOTFOUND'),
    });
    expect(checks.map(({ state, finding }) => [state, finding])).toEqual([
      [
        'warn',
        {
          code: 'srv-missing',
          values: { name: '_xmpp-client._tcp.example.org', target: 'example.org:5222' },
        },
      ],
      [
        'fail',
        {
          code: 'failed',
          values: { domain: 'example.org', condition: 'dns-not-found', code: 'ENOTFOUND', text: '' },
        },
      ],
    ]);
  });

  it('needs no records for direct TLS', async () => {
    const server = await good();
    const resolveSrv = dns([], [record('xmpp.example.org', server.port)]);
    const { lines } = await examine(server, { service: undefined, domain: 'example.org', resolveSrv });
    expect(lines.slice(0, 2)).toEqual(['ok dns srv-none', 'ok dns srv-found']);
  });
});

describe('DNS', () => {
  it('that says there is no such service is believed (RFC 2782)', async () => {
    const { lines, diagnosis } = await examine(undefined, {
      domain: 'example.org',
      resolveSrv: dns([], [record('.', 0)]),
    });
    expect(lines).toEqual(['ok dns srv-none', 'fail dns srv-refused']);
    expect(diagnosis).toMatchObject({ reachable: false, failed: 1 });
  });

  it('that does not answer is told, and the domain itself tried', async () => {
    const { checks } = await examine(undefined, {
      domain: 'example.org',
      resolveSrv: failing('ETIMEOUT'),
      lookUp: failing('EAI_AGAIN'),
    });
    expect(checks.map(({ state, finding }) => [state, finding.code])).toEqual([
      ['warn', 'srv-failed'],
      ['warn', 'srv-failed'],
      ['warn', 'srv-missing'],
      ['fail', 'failed'],
    ]);
  });

  it('is not asked about this computer', async () => {
    const { lines } = await examine(undefined, {
      resolveSrv: failing('EASKED'),
      lookUp: failing('ENOTFOUND'),
    });
    expect(lines[0]).toBe('ok dns not-asked');
  });

  it('that names ten thousand servers has six of them tried', async () => {
    let looked = 0;
    const records = Array.from({ length: 10_000 }, (_, at) => record(`s${at}.example.org`, 5222, at % 7));
    const { checks, diagnosis } = await examine(undefined, {
      domain: 'example.org',
      resolveSrv: dns([], records),
      lookUp: async () => {
        looked++;
        throw Object.assign(new Error('x'), { code: 'ENOTFOUND' });
      },
    });
    expect(looked).toBe(6);
    const [, found, left] = checks;
    expect(found?.finding).toMatchObject({ code: 'srv-found', values: { more: 9990 } });
    expect(left?.finding).toEqual({ code: 'left-out', values: { count: 94 } });
    expect(diagnosis.failed).toBe(6);
  });
});

describe('addresses', () => {
  it('that do not answer beside one that does are a warning', async () => {
    const server = await good();
    const { checks, diagnosis } = await examine(server, {
      service: `xmpp://somewhere.example:${server.port}`,
      lookUp: async () => [{ address: '127.0.0.2' }, { address: '127.0.0.1' }],
    });
    expect(checks.filter(({ check }) => check === 'tcp').map(({ state, about }) => [state, about])).toEqual([
      ['warn', `127.0.0.2:${server.port}`],
      ['ok', `127.0.0.1:${server.port}`],
    ]);
    // The stream goes by the name: that leads nowhere here.
    expect(diagnosis.reachable).toBe(false);
  });

  it('that all refuse are a failure, and nothing else is asked', async () => {
    const server = await good();
    await server.close();
    const { lines, diagnosis } = await examine(server);
    expect(lines).toEqual(['ok dns service-given', 'fail tcp failed']);
    expect(diagnosis).toMatchObject({ reachable: false, failed: 1 });
  });
});

describe('what is not well', () => {
  it.each([
    ['expired', 'certificate-expired', 'CERT_HAS_EXPIRED'],
    ['wrong-host', 'certificate-wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['self-signed', 'certificate-untrusted', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
  ] as const)('a certificate: %s', async (certificate, condition, code) => {
    const { checks, diagnosis } = await examine(await good({ certificate }));
    expect(checks.at(-1)).toMatchObject({
      check: 'certificate',
      state: 'fail',
      finding: { code: 'certificate-bad', values: { domain: 'localhost', condition, code } },
    });
    expect(diagnosis.reachable).toBe(false);
  });

  it('a certificate that ends in two weeks', async () => {
    // The good one of these tests is good until 2045.
    const now = () => Date.UTC(2044, 11, 20);
    const { checks, diagnosis } = await examine(await good(), { now });
    const found = checks.find(({ check }) => check === 'certificate');
    expect(found).toMatchObject({
      state: 'warn',
      finding: { code: 'certificate-ending', values: { days: 12 } },
    });
    expect(diagnosis).toMatchObject({ reachable: true, failed: 0, warned: 1 });
  });

  it.each([
    [['PLAIN'], 'warn', 'plain-only'],
    [['ANONYMOUS'], 'fail', 'no-mechanism'],
    [['SCRAM-SHA-1'], 'ok', 'mechanisms'],
  ])('log-in by %j: %s', async (mechanisms, state, code) => {
    const { checks } = await examine(await good({ mechanisms }));
    expect(checks.find(({ check }) => check === 'sasl')).toMatchObject({ state, finding: { code } });
  });

  it('channel binding by a type that is not known (XEP-0440)', async () => {
    const binding = async (bindings: string[]) => {
      const mechanisms = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'];
      const { checks } = await examine(await good({ mechanisms, bindings }));
      return checks.find(({ check }) => check === 'channel-binding')?.finding;
    };
    expect(await binding(['tls-exporter'])).toEqual({
      code: 'binding-used',
      values: { types: ['tls-exporter'] },
    });
    expect(await binding(['tls-unique'])).toEqual({
      code: 'binding-unusable',
      values: { types: ['tls-unique'] },
    });
  });

  it('a stream that ends with an error, in the words of the server', async () => {
    const insteadOfFeatures =
      "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/><text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>not here</text></stream:error>";
    const { checks } = await examine(await good({ misbehave: { insteadOfFeatures } }));
    expect(checks.at(-1)).toMatchObject({
      check: 'stream',
      state: 'fail',
      finding: {
        code: 'failed',
        values: { domain: 'localhost', condition: 'host-unknown', text: 'not here' },
      },
    });
  });

  it('a domain that the server does not have, said before TLS (RFC 6120 §4.9.3.6)', async () => {
    const insteadOfStream =
      "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'><stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>";
    const { checks } = await examine(await good({ misbehave: { insteadOfStream } }));
    expect(checks.at(-1)).toMatchObject({
      check: 'stream',
      finding: { values: { condition: 'host-unknown' } },
    });
  });

  it('a server that never answers', async () => {
    const { checks } = await examine(await good({ misbehave: { neverAnswer: true } }), { timeout: 100 });
    expect(checks.at(-1)).toMatchObject({ check: 'tls', finding: { values: { condition: 'timeout' } } });
  });

  it('nothing is told any more when the signal says so', async () => {
    const cancelled = new AbortController();
    const server = await good({ misbehave: { neverAnswer: true } });
    const told: Check[] = [];
    const going = checkConnection(
      { domain: 'localhost', service: server.service, timeout: 60_000, signal: cancelled.signal },
      (check) => told.push(check),
    );
    server.once('connection', () => cancelled.abort(new Error('enough')));
    await expect(going).rejects.toThrow('enough');
    expect(told.map(({ check }) => check)).toEqual(['dns']);
  });
});

describe('logged in', () => {
  const account = { jid: 'juliet@localhost', password: PASSWORD };
  const NS_INFO = 'http://jabber.org/protocol/disco#info';

  it('tells what the server offers, and sends no presence', async () => {
    const info = (features: string[]) =>
      `<query xmlns='${NS_INFO}'>${features.map((feature) => `<feature var='${feature}'/>`).join('')}</query>`;
    const server = await good({
      onStanza: (stanza, connection) => {
        if (stanza.attrs.type !== 'get') return;
        const own = stanza.attrs.to === 'juliet@localhost';
        const asked = stanza.getChild('query', NS_INFO) !== undefined;
        const features = own ? ['urn:xmpp:mam:2'] : ['urn:xmpp:carbons:2', 'urn:xmpp:blocking'];
        connection.answer(
          stanza,
          asked ? info(features) : "<query xmlns='http://jabber.org/protocol/disco#items'/>",
        );
      },
    });
    const { lines, diagnosis } = await examine(server, { account });
    expect(lines.slice(8)).toEqual([
      'ok log-in logged-in',
      'ok archive offered',
      'ok carbons offered',
      'ok stream-management offered',
      'ok blocking offered',
      'warn upload missing',
      'warn proxy missing',
      'warn rooms missing',
    ]);
    expect(diagnosis).toMatchObject({ reachable: true, failed: 0, warned: 3 });
    expect(server.received).not.toContain('<presence');
  });

  it('goes by the records that were checked', async () => {
    const domain = 'example.org';
    const server = await good({ domain, certificates: makeCertificates(domain) });
    const resolveSrv = dns([], [record('localhost', server.port)]);
    const { lines } = await examine(server, {
      domain,
      service: undefined,
      resolveSrv,
      account: { jid: 'juliet@example.org', password: PASSWORD },
    });
    expect(lines).toContain('ok log-in logged-in');
  });

  it('binds what the server gives (RFC 6120 §7.6), and resumes nothing (XEP-0198 §5)', async () => {
    const server = await good();
    const jid = 'juliet@localhost/laptop';
    const resumption = { id: 'left-behind', jid, location: undefined };
    const state = new MemoryStreamState({ resumption, inbound: 3 });
    const left = { jid, resource: 'laptop', state };
    const { lines } = await examine(server, { account: { ...account, ...left } });
    expect(lines).toContain('ok log-in logged-in');
    expect(server.received).not.toContain('laptop');
    expect(server.received).not.toContain('<resume');
    expect(state.resumption).toEqual(resumption);
  });

  it('what does not answer is a warning', async () => {
    const server = await good({
      management: false,
      onStanza: (stanza, connection) => {
        const query = stanza.getChild('query');
        if (stanza.attrs.to === 'juliet@localhost' || query === undefined) return;
        connection.answer(stanza, `<query xmlns='${query.getNS()}'/>`);
      },
    });
    const { checks } = await examine(server, { account, timeout: 500 });
    expect(checks.find(({ check }) => check === 'archive')).toMatchObject({
      state: 'warn',
      finding: { code: 'failed', values: { condition: 'remote-server-timeout' } },
    });
    expect(checks.find(({ check }) => check === 'stream-management')?.finding.code).toBe('missing');
  });

  it('a wrong password is told, and the password never', async () => {
    const server = await good();
    const { checks, diagnosis } = await examine(server, { account: { ...account, password: 'wrong' } });
    expect(checks.at(-1)).toMatchObject({
      check: 'log-in',
      state: 'fail',
      about: 'juliet@localhost',
      finding: { values: { condition: 'not-authorized' } },
    });
    expect(diagnosis).toMatchObject({ reachable: true, unauthorised: true });
    expect(JSON.stringify(checks)).not.toContain('wrong');
  });

  it('is not tried where no connection can be trusted', async () => {
    const server = await good({ certificate: 'expired' });
    const { checks } = await examine(server, { account });
    expect(checks.some(({ check }) => check === 'log-in')).toBe(false);
    expect(server.received).not.toContain('<auth');
  });
});
