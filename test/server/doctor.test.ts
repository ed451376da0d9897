/** `--doctor` on a real server: what is well, what is not, and how it ends (product §5). */
import { writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeCertificates } from '../support/certificates.ts';
import { parseLines } from '../support/json-lines.ts';
import { createPerson, expectOneLine, type Person } from '../support/person.ts';
import { createHome, runProgram } from '../support/program.ts';
import { replaceCertificate, type Server, serverKind, startServer } from '../support/server.ts';

let server: Server;
let anna: Person;
beforeAll(async () => {
  const users = [{ name: 'anna', password: 'secret' }];
  server = await startServer(undefined, { users, upload: true, proxy: true, registration: true });
  anna = await createPerson(server, 'anna');
});
afterAll(() => server?.stop());

/** Somebody who has no account, and gives none. */
async function doctor(args: readonly string[], domain = 'localhost') {
  const ended = await runProgram(['--doctor', domain, ...args], { home: await createHome(), stdin: '' });
  return ended;
}
const reach = () => ['--service', server.service, '--ca', server.caFile];
const checksOf = (stdout: string) => parseLines(stdout).filter(({ type }) => type === 'check');

describe('without an account', () => {
  it('tells every step in a line, asks for nothing, and keeps nothing', async () => {
    const home = await createHome();
    const ended = await runProgram(['--doctor', 'localhost', ...reach()], { home, stdin: '' });
    expect(ended).toMatchObject({ code: 0, stderr: 'All is well with localhost.\n' });
    const steps = ended.stdout
      .trimEnd()
      .split('\n')
      .map((line) => /^ok {4}(\S+( \S+)*)/.exec(line)?.[1]);
    expect(steps).toEqual([
      ...[
        'DNS',
        'TCP',
        'TLS',
        'certificate',
        'log-in methods',
        'channel binding',
        'registration',
        'features',
      ],
    ]);
    expect(ended.stdout).toMatch(/TLSv1\.3, .+, by STARTTLS/);
    expect(ended.stdout).toContain('SCRAM-SHA-');
    expect(ended.stdout).toContain('--register asks for an account');
    const kept = await readdir(home.folder, { recursive: true });
    expect(kept.filter((name) => name.endsWith('.db'))).toEqual([]);
  });

  it('goes by direct TLS as well (XEP-0368)', async () => {
    const service = `xmpps://127.0.0.1:${server.directTlsPort}`;
    const { code, stdout } = await doctor(['--service', service, '--ca', server.caFile, '--json']);
    expect(code).toBe(0);
    expect(checksOf(stdout).find(({ check }) => check === 'tls')).toMatchObject({
      details: { how: 'direct' },
    });
  });

  it('says that registration is not offered (XEP-0077 §2.3)', async () => {
    const closed = await startServer(undefined, {
      registration: false,
      withoutModules: ['register_ibr'],
    });
    try {
      const { code, stdout } = await doctor(['--service', closed.service, '--ca', closed.caFile, '--json']);
      expect(code).toBe(0);
      const registration = checksOf(stdout).find(({ check }) => check === 'registration');
      expect(registration).toMatchObject({ state: 'ok', condition: 'registration-closed' });
    } finally {
      await closed.stop();
    }
  });
});

describe('what cannot be trusted or reached (4)', () => {
  it('an authority that is not known', async () => {
    const ended = await doctor(['--service', server.service]);
    expectOneLine(ended, 4);
    expect(ended.stdout).toMatch(
      /fail {2}certificate .+it vouches for itself.+\(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
    );
    expect(ended.stdout).toContain('to do: If you know its authority, give it with --ca <file>.');
  });

  it('a domain that the server does not have', async () => {
    const ended = await doctor(reach(), 'other.example');
    expectOneLine(ended, 4);
    // Prosody says so before TLS, ejabberd shows the certificate that it has.
    expect(ended.stdout).toMatch(/fail {2}\S+ .+(does not know|for another name than) other\.example/);
  });

  it.each([
    [
      'expired',
      'certificate-expired',
      'CERT_HAS_EXPIRED',
      { until: '2020-02-01T00:00:00.000Z', issuer: 'Test CA' },
    ],
    ['wrong-host', 'certificate-wrong-host', 'ERR_TLS_CERT_ALTNAME_INVALID', { names: ['other.example'] }],
  ] as const)('a certificate: %s', async (kind, condition, code, details) => {
    const other = makeCertificates('localhost', [kind]);
    const ca = join(server.folder, `${kind}-ca.pem`);
    writeFileSync(ca, other.ca);
    const restore = await replaceCertificate(server, other, kind);
    try {
      const { code: exitCode, stdout } = await doctor(['--service', server.service, '--ca', ca, '--json']);
      expect(exitCode).toBe(4);
      const found = { check: 'certificate', state: 'fail', condition, details: { code, ...details } };
      expect(checksOf(stdout).at(-1)).toMatchObject(found);
    } finally {
      await restore();
    }
  });

  it('a port that is closed', async () => {
    const { code, stdout } = await doctor(['--service', 'xmpp://127.0.0.1:1', '--json']);
    expect(code).toBe(4);
    expect(checksOf(stdout).at(-1)).toMatchObject({ check: 'tcp', condition: 'refused' });
    expect(parseLines(stdout).at(-1)).toMatchObject({
      type: 'error',
      condition: 'unreachable-server',
      exitCode: 4,
    });
  });

  it('a domain that is not there', async () => {
    const { code, stdout } = await doctor(['--json', '--timeout', '5'], 'nowhere.invalid');
    expect(code).toBe(4);
    expect(checksOf(stdout).at(-1)).toMatchObject({
      check: 'address',
      state: 'fail',
      about: 'nowhere.invalid',
    });
  });
});

describe('with an account', () => {
  it('says what the server offers', async () => {
    const records = await anna.json(['--doctor']);
    const found = records
      .filter(({ type }) => type === 'check')
      .map(({ check, state }) => `${state} ${check}`);
    expect(found.slice(8)).toEqual([
      'ok log-in',
      'ok archive',
      'ok carbons',
      'ok stream-management',
      'ok blocking',
      'ok upload',
      'ok proxy',
      'ok rooms',
    ]);
    const details = (name: string) => records.find(({ check }) => check === name)?.details;
    expect(details('log-in')).toMatchObject({
      mechanism: serverKind() === 'ejabberd' ? 'SCRAM-SHA-512' : 'SCRAM-SHA-256',
    });
    expect(details('upload')).toEqual({ jid: 'upload.localhost', size: 314_572_800 });
    expect(details('rooms')).toEqual({ jid: 'conference.localhost' });
  });

  it('of another server nobody logs in, and its way is not the account’s', async () => {
    const { code, stdout } = await anna.run(['--doctor', 'nowhere.invalid', '--json', '--timeout', '5'], {
      env: { XMPP_SERVICE: server.service },
    });
    // --service stands on the command line, and is meant.
    expect(code).toBe(4);
    expect(checksOf(stdout).some(({ check }) => check === 'log-in')).toBe(false);
    const home = await createHome();
    const env = { XMPP_JID: anna.jid, XMPP_PASSWORD: 'secret', XMPP_SERVICE: server.service };
    const other = await runProgram(['--doctor', 'nowhere.invalid', '--json'], { home, env, stdin: '' });
    expect(checksOf(other.stdout).at(-1)).toMatchObject({ check: 'address', about: 'nowhere.invalid' });
  });

  it('a wrong password is 3, without it nobody is asked', async () => {
    const wrong = await anna.run(['--doctor'], { env: { XMPP_PASSWORD: 'wrong' } });
    expectOneLine(wrong, 3);
    expect(wrong.stdout).toMatch(/fail {2}log-in +anna@localhost: wrong user name or password/);
    const home = await createHome();
    const none = await runProgram([...anna.account, '--doctor'], { home, stdin: '' });
    expect(none).toMatchObject({ code: 0, stderr: 'All is well with localhost.\n' });
    expect(none.stdout).not.toContain('log-in  ');
  });
});
