import { isIP } from 'node:net';
import { expect, it } from 'vitest';
import { streamHostPermit } from '../../../src/chat/files/streamhosts.ts';

const PEER = 'romeo@example.net/orchard';
const PROXY = { jid: 'proxy.example.org', host: 'proxy.example.org', port: 7777 };
const NAMES: Record<string, readonly string[]> = {
  'proxy.example.org': ['93.184.216.34'],
  'trap.example.com': ['93.184.216.34', '127.0.0.1'],
  'nas.example.com': ['192.168.1.7'],
};
const resolve = async (host: string) =>
  (NAMES[host] ?? [host]).map((address) => ({ address, family: isIP(address) }));

function permit({ direct = true, localAddress = '192.168.1.2' } = {}) {
  const policy = { direct, localAddress, proxies: async () => [PROXY], resolve };
  return async (host: string, port = 5086) =>
    (await streamHostPermit(policy)({ jid: PEER, host, port })).length > 0;
}

it.each([
  ...['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '0.0.0.0', '::', '169.254.169.254', 'fe80::1'],
  ...['224.0.0.1', 'ff02::1', '255.255.255.255', '240.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::'],
  ...['trap.example.com', '::ffff:192.168.1.1'],
])('connects to nothing at %s', async (host) => {
  expect(await permit()(host)).toBe(false);
});

it.each([
  '93.184.216.34',
  '2606:2800:220:1::1',
  '192.168.1.7',
  '10.1.2.3',
  '172.16.0.9',
  '100.64.1.1',
  'fd00::5',
])('connects to a streamhost at %s', async (host) => {
  expect(await permit()(host)).toBe(true);
});

it('knocks at no port of the system in a local network, by address or by name', async () => {
  expect(await permit()('192.168.1.1', 80)).toBe(false);
  expect(await permit()('nas.example.com', 445)).toBe(false);
  expect(await permit()('nas.example.com', 1024)).toBe(true);
  expect(await permit()('93.184.216.34', 443)).toBe(true);
});

it('connects to this computer only where the server is on it', async () => {
  expect(await permit({ localAddress: '127.0.0.1' })('127.0.0.1')).toBe(true);
  expect(await permit({ localAddress: '127.0.0.1' })('169.254.169.254')).toBe(false);
});

it('connects only to proxies of the own server, where the other side shall not learn our address', async () => {
  const guarded = permit({ direct: false });
  expect(await guarded(PROXY.host, PROXY.port)).toBe(true);
  expect(await guarded(PROXY.host, 80)).toBe(false);
  expect(await guarded('93.184.216.34')).toBe(false);
  expect(await guarded('192.168.1.7')).toBe(false);
});
