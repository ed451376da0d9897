/** The way to a server that an account is opened by, and that of another domain's. */
import { Resolver } from 'node:dns/promises';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { accountHost, accountOf } from '../../src/app/account-host.ts';
import type { Check } from '../../src/chat/checks.ts';
import { loadConfig } from '../../src/config/config.ts';
import type { Flags } from '../../src/config/layers.ts';
import { makeCertificates } from '../support/certificates.ts';
import { fake, mentions, PASSWORD } from '../xmpp/session/support.ts';

const certificates = makeCertificates('example.org');
const server = () => fake({ domain: 'example.org', certificates });

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'xmpp-chat-host-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Two servers of example.org: the one that DNS names, and the one that the variables of another account name. */
async function twoServers() {
  const [found, configured] = [await server(), await server()];
  const targets = [{ name: 'localhost', port: found.port, priority: 0, weight: 0 }];
  const asked = vi
    .spyOn(Resolver.prototype, 'resolveSrv')
    .mockImplementation(async (name) => (name.startsWith('_xmpp-client.') ? targets : []));
  onTestFinished(() => asked.mockRestore());
  const home = folder();
  const ca = join(home, 'ca.pem');
  writeFileSync(ca, certificates.ca);
  const env = { XMPP_RESOURCE: 'laptop' };
  const host = (variables: Record<string, string>, flags: Flags = {}, about?: string) => {
    const machine = { home, env: { ...env, ...variables }, platform: 'linux', cwd: home } as const;
    const config = loadConfig({ ...machine, flags: { ca, ...flags }, about });
    const reach = { ...config, dataDir: home, ca: certificates.ca };
    const made = accountHost({ reach, version: '0', languages: ['en'], reconnects: false });
    onTestFinished(() => made.close());
    return made;
  };
  return { found, configured, host };
}

const JULIET = 'juliet@example.org';
const ROMEO = { XMPP_JID: 'romeo@montague.example' };

it('logs in where it checked, not at the server that is configured for an account of another domain', async () => {
  const { found, configured, host } = await twoServers();
  const checks: Check[] = [];
  const diagnosis = await host({ ...ROMEO, XMPP_SERVICE: configured.service }).examine('example.org', {
    account: { jid: JULIET, password: PASSWORD },
    signal: new AbortController().signal,
    tell: (check) => checks.push(check),
  });
  expect(diagnosis).toMatchObject({ reachable: true, unauthorised: false });
  expect(checks.find(({ check }) => check === 'log-in')).toMatchObject({ about: JULIET, state: 'ok' });
  expect(configured.received).toBe('');
  expect(found.received).toContain('<auth');
  expect(found.received).not.toContain('laptop');
  expect(mentions(found.received)).toBe(false);
});

it('opens an account of another domain than the configured one where DNS says, as the check does', async () => {
  const { found, configured, host } = await twoServers();
  const client = await host({ ...ROMEO, XMPP_SERVICE: configured.service }).client(
    JULIET,
    async () => PASSWORD,
  );
  await client.online('stream');
  expect(configured.received).toBe('');
  expect(found.received).toContain('<auth');
});

it.each([
  ['variables with the account', ROMEO, 'variables', {}, undefined, false],
  [
    'variables without an account, for the one in force',
    {},
    'variables',
    { jid: ROMEO.XMPP_JID },
    undefined,
    false,
  ],
  ['variables with its own account', { XMPP_JID: 'nurse@example.org' }, 'variables', {}, undefined, true],
  ['variables with its domain alone', { XMPP_DOMAIN: 'example.org' }, 'variables', {}, undefined, true],
  ['variables where there is no account', {}, 'variables', {}, undefined, true],
  ['a flag with the account', {}, 'flag', { jid: ROMEO.XMPP_JID }, undefined, false],
  ['a flag with its domain', ROMEO, 'flag', { domain: 'example.org' }, undefined, true],
  ['a flag alone', ROMEO, 'flag', {}, undefined, true],
  ['a flag beside --register', {}, 'flag', { jid: ROMEO.XMPP_JID }, JULIET, true],
  ['a flag beside --doctor', {}, 'flag', { jid: ROMEO.XMPP_JID }, 'example.org', true],
] as const)('takes a server for its domain only: %s', async (_, variables, how, flags, about, counts) => {
  const { configured, host } = await twoServers();
  const { service } = configured;
  const made =
    how === 'flag'
      ? host(variables, { ...flags, service }, about)
      : host({ ...variables, XMPP_SERVICE: service }, flags, about);
  expect(made.session(JULIET, PASSWORD).service).toBe(counts ? service : undefined);
});

it('takes no user name without a server for an account', () => {
  expect(accountOf({ jid: 'juliet@example.org/balcony' })).toBe(JULIET);
  expect(() => accountOf({ jid: undefined })).toThrow(
    expect.objectContaining({ condition: 'missing-account' }),
  );
  expect(() => accountOf({ jid: 'juliet' })).toThrow(
    expect.objectContaining({ condition: 'account-without-server', values: { jid: 'juliet' } }),
  );
});

it('trusts the authorities of an account for its own domain only', async () => {
  const { host } = await twoServers();
  const made = host({}, { jid: ROMEO.XMPP_JID });
  expect(made.session(JULIET, PASSWORD).ca).toBeUndefined();
  expect(made.session(ROMEO.XMPP_JID, PASSWORD).ca).toBe(certificates.ca);
});

it('tries a first connection until there is one where that is wanted, else once', async () => {
  const { host } = await twoServers();
  const gone = await server();
  await gone.close();
  const made = host({}, { jid: JULIET, service: `xmpp://127.0.0.1:${gone.port}` });
  const once = await made.client(JULIET, async () => PASSWORD);
  await expect(once.online('stream')).rejects.toMatchObject({ condition: 'refused' });
  const insisting = await made.client(JULIET, async () => PASSWORD, { insists: true });
  const failed = new Promise((resolve) => {
    insisting.on('connection', (event) => event.state === 'offline' && resolve(event));
  });
  const ended = insisting.online('stream').catch((error: unknown) => error);
  expect(await failed).toMatchObject({ condition: 'refused', retryIn: expect.any(Number), final: false });
  expect(insisting.reconnect()).toBe(true);
  await insisting.close();
  expect(await ended).toBeInstanceOf(Error);
});
