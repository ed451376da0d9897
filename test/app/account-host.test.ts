/** The way to a server that an account is opened by, and that of another domain's. */
import { Resolver } from 'node:dns/promises';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { accountHost } from '../../src/app/account-host.ts';
import type { Check } from '../../src/chat/checks.ts';
import { loadConfig } from '../../src/config/config.ts';
import { makeCertificates } from '../support/certificates.ts';
import { fake, mentions, PASSWORD } from '../xmpp/session/support.ts';

const certificates = makeCertificates('example.org');
const server = () => fake({ domain: 'example.org', certificates });

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'xmpp-chat-host-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

it('logs in where it checked, not at the server that is configured for an account of another domain', async () => {
  const [checked, configured] = [await server(), await server()];
  const found = [{ name: 'localhost', port: checked.port, priority: 0, weight: 0 }];
  const asked = vi
    .spyOn(Resolver.prototype, 'resolveSrv')
    .mockImplementation(async (name) => (name.startsWith('_xmpp-client.') ? found : []));
  onTestFinished(() => asked.mockRestore());
  const home = folder();
  const ca = join(home, 'ca.pem');
  writeFileSync(ca, certificates.ca);
  const env = {
    XMPP_JID: 'romeo@montague.example',
    XMPP_SERVICE: configured.service,
    XMPP_RESOURCE: 'laptop',
  };
  const config = loadConfig({ home, env, platform: 'linux', cwd: home, flags: { ca } });
  const reach = { ...config, dataDir: home, ca: certificates.ca };
  const host = accountHost({ reach, version: '0', languages: ['en'], reconnects: false });
  onTestFinished(() => host.close());

  const checks: Check[] = [];
  const diagnosis = await host.examine('example.org', {
    account: { jid: 'juliet@example.org', password: PASSWORD },
    signal: new AbortController().signal,
    tell: (check) => checks.push(check),
  });
  expect(diagnosis).toMatchObject({ reachable: true, unauthorised: false });
  expect(checks.find(({ check }) => check === 'log-in')).toMatchObject({
    about: 'juliet@example.org',
    state: 'ok',
  });
  expect(configured.received).toBe('');
  expect(checked.received).toContain('<auth');
  expect(checked.received).not.toContain('laptop');
  expect(mentions(checked.received)).toBe(false);
});
