/** Where to go: RFC 6120 §3.2, RFC 2782, XEP-0368. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bySrvOrder,
  parseOtherHost,
  parseService,
  type ResolveSrv,
  resolveTargets,
} from '../../../src/xmpp/session/targets.ts';
import { connected, fake } from './support.ts';

type Records = Awaited<ReturnType<ResolveSrv>>;
const record = (name: string, port: number, priority = 0, weight = 0) => ({ name, port, priority, weight });
const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));
const dns =
  (direct: Records, starttls: Records): ResolveSrv =>
  async (name) =>
    name.startsWith('_xmpps-client._tcp.') ? direct : starttls;

describe('resolveTargets', () => {
  it('mixes both kinds by priority (XEP-0368 §3)', async () => {
    const resolve = dns([record('d', 443, 5)], [record('s', 5222, 1), record('t', 5222, 10)]);
    expect(await resolveTargets('example.org', resolve)).toEqual([
      { host: 's', port: 5222, direct: false },
      { host: 'd', port: 443, direct: true },
      { host: 't', port: 5222, direct: false },
    ]);
  });

  it('asks for the A-labels of the domain (RFC 7622 §3.2)', async () => {
    const asked: string[] = [];
    await resolveTargets('bücher.example', async (name) => {
      asked.push(name);
      return [];
    });
    expect(asked).toContain('_xmpp-client._tcp.xn--bcher-kva.example');
  });

  it.each(['ENOTFOUND', 'ENODATA', 'ESERVFAIL', 'ETIMEOUT', 'ECONNREFUSED'])(
    'falls back to the domain and port 5222 after %s (RFC 6120 §3.2.1)',
    async (code) => {
      expect(await resolveTargets('example.org', failing(code))).toEqual([
        { host: 'example.org', port: 5222, direct: false },
      ]);
    },
  );

  it('takes a single "." for: there is no service (RFC 2782)', async () => {
    await expect(resolveTargets('example.org', dns([], [record('.', 0)]))).rejects.toMatchObject({
      condition: 'dns-not-found',
    });
    const resolve = dns([record('.', 0)], [record('s', 5222)]);
    expect(await resolveTargets('example.org', resolve)).toEqual([{ host: 's', port: 5222, direct: false }]);
  });

  it.each(['localhost', '127.0.0.1', '[::1]'])('does not ask DNS for %s', async (domain) => {
    const targets = await resolveTargets(domain, failing('EASKED'));
    expect(targets).toEqual([{ host: domain.replace(/[[\]]/g, ''), port: 5222, direct: false }]);
  });
});

describe('bySrvOrder (RFC 2782)', () => {
  it('keeps every record once, priorities ascending', () => {
    const records = fc.array(fc.record({ priority: fc.nat(5), weight: fc.nat(9), id: fc.nat() }));
    fc.assert(
      fc.property(records, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (list, random) => {
        const ordered = bySrvOrder(list, () => random);
        expect(ordered).toHaveLength(list.length);
        expect(new Set(ordered)).toEqual(new Set(list));
        expect(ordered.map((r) => r.priority)).toEqual(list.map((r) => r.priority).sort((a, b) => a - b));
      }),
    );
  });

  it('prefers weight', () => {
    const list = [
      { priority: 1, weight: 1, name: 'light' },
      { priority: 1, weight: 99, name: 'heavy' },
    ];
    expect(bySrvOrder(list, () => 0.5)[0]?.name).toBe('heavy');
    expect(bySrvOrder(list, () => 0)[0]?.name).toBe('light');
  });
});

describe('addresses', () => {
  it.each([
    ['xmpp://example.org', { host: 'example.org', port: 5222, direct: false }],
    ['xmpps://example.org', { host: 'example.org', port: 5223, direct: true }],
    ['XMPPS://example.org:443/', { host: 'example.org', port: 443, direct: true }],
    ['xmpp://[::1]:5222', { host: '::1', port: 5222, direct: false }],
    ['xmpp://bücher.example', { host: 'xn--bcher-kva.example', port: 5222, direct: false }],
    ['example.org', undefined],
    ['https://example.org', undefined],
    ['xmpp://user@example.org', undefined],
    ['xmpp://example.org:0', undefined],
    ['xmpp://example.org:99999', undefined],
    ['xmpp://', undefined],
    ['xmpp://a/b', undefined],
  ])('%s', (text, target) => {
    expect(parseService(text)).toEqual(target);
  });

  it.each([
    ['example.org', { host: 'example.org', port: 5222, direct: false }],
    [' 192.0.2.1:5269 ', { host: '192.0.2.1', port: 5269, direct: false }],
    ['[2001:db8::1]:5222', { host: '2001:db8::1', port: 5222, direct: false }],
    ['2001:db8::1', { host: '2001:db8::1', port: 5222, direct: false }],
    ['a b', undefined],
    ['', undefined],
  ])('see-other-host %j (RFC 6120 §4.9.3.19)', (text, target) => {
    const away = { direct: false, localAddress: '192.0.2.7' };
    expect(parseOtherHost(text, away)).toEqual(target);
  });

  it.each([
    ...['localhost', 'localhost.:22', 'a.localhost', '127.0.0.1:6379', '127.1', '2130706433', '0x7f000001'],
    ...['0.0.0.0', '[::1]:22', '::', '::ffff:127.0.0.1', '::ffff:7f00:1'],
  ])('see-other-host %s is for those alone who are on this machine themselves', (text) => {
    expect(parseOtherHost(text, { direct: true, localAddress: '192.0.2.7' })).toBeUndefined();
    expect(parseOtherHost(text, { direct: true, localAddress: undefined })).toBeUndefined();
  });

  it('see-other-host of a server on this machine leads to another one there', () => {
    const home = { direct: true, localAddress: '127.0.0.1' };
    expect(parseOtherHost('localhost:5299', home)).toEqual({ host: 'localhost', port: 5299, direct: true });
  });

  it('never throw', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (text) => void [parseService(text), parseOtherHost(text, { direct: true, localAddress: undefined })],
      ),
    );
  });
});

describe('several targets', () => {
  it('goes on to the next one when one fails, with the domain to prove all the same', async () => {
    const server = await fake();
    const bad = await fake({ certificate: 'wrong-host' });
    const free = await fake();
    await free.close();
    const resolveSrv = dns(
      [],
      [
        record('127.0.0.1', free.port, 1),
        record('127.0.0.1', bad.port, 2),
        record('127.0.0.1', server.port, 3),
      ],
    );
    const domain = 'chat.test';
    await expect(
      connected(server, { jid: `juliet@${domain}`, service: undefined, resolveSrv }),
    ).rejects.toMatchObject({ condition: 'certificate-wrong-host' });
    expect(bad.connections).toHaveLength(1);
    expect(server.connections).toHaveLength(1);
  });
});
