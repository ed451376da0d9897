import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/errors.ts';
import {
  configuredNewPassword,
  configuredPassword,
  readCertificates,
  readPasswordFile,
} from '../../src/config/passwords.ts';
import { load, temporaryFolder } from './support.ts';

function file(content: string | Uint8Array, mode = 0o600): string {
  const path = join(temporaryFolder(), 'secret');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const first = (content: string | Uint8Array) =>
  readPasswordFile(file(content), 'passwordFile', 'flag').password;

describe('password files', () => {
  it('hold the password in the first line, spaces and all', () => {
    expect(first('sesame\n')).toBe('sesame');
    expect(first('sesame')).toBe('sesame');
    expect(first('sesame\r\nsecond line\n')).toBe('sesame');
    expect(first('  open sesame \nx')).toBe('  open sesame ');
    expect(first('пароль 密码\n')).toBe('пароль 密码');
    expect(first('\uFEFFsesame\n')).toBe('sesame');
    expect(first(`sesame\n${'x'.repeat(100_000)}`)).toBe('sesame');
  });

  it('are refused without a password in them, and nothing of them is repeated', () => {
    for (const content of ['', '\n', '\nsesame', 'sesame'.repeat(1000)]) {
      let thrown: unknown;
      try {
        first(content);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(ConfigError);
      expect(thrown).toMatchObject({
        condition: 'wrong-value',
        fault: { name: '--password-file', value: '' },
      });
      expect(String(thrown)).not.toContain('sesame');
    }
  });

  it('must be there', () => {
    const config = load({ env: { XMPP_PASSWORD_FILE: '/nowhere/secret' } });
    expect(() => configuredPassword(config)).toThrow(
      expect.objectContaining({
        condition: 'unreadable',
        fault: expect.objectContaining({ name: 'XMPP_PASSWORD_FILE', path: '/nowhere/secret' }),
      }),
    );
  });

  it.skipIf(process.platform === 'win32')('that others may read are used with a warning', () => {
    const path = file('sesame', 0o644);
    expect(readPasswordFile(path, 'passwordFile', 'config')).toEqual({
      password: 'sesame',
      warnings: [{ condition: 'readable-by-others', path, name: 'password-file' }],
    });
    chmodSync(path, 0o600);
    expect(readPasswordFile(path, 'passwordFile', 'config').warnings).toEqual([]);
  });
});

describe('which password counts', () => {
  const path = () => file('from the file');
  const password = (place: Parameters<typeof load>[0]) => configuredPassword(load(place))?.password;

  it('is the one of the stronger source; of one source, the file', () => {
    expect(password({})).toBeUndefined();
    expect(password({ env: { XMPP_PASSWORD: 'p' } })).toBe('p');
    expect(password({ env: { XMPP_PASSWORD: 'p', XMPP_PASSWORD_FILE: path() } })).toBe('from the file');
    expect(password({ env: { XMPP_PASSWORD: 'p' }, flags: { passwordFile: path() } })).toBe('from the file');
    expect(password({ env: { XMPP_PASSWORD: 'p' }, dotenv: `XMPP_PASSWORD_FILE=${path()}` })).toBe('p');
  });

  it('is apart from the one to change to', () => {
    const config = load({ env: { XMPP_PASSWORD: 'old', XMPP_NEW_PASSWORD: 'new' } });
    expect(configuredPassword(config)?.password).toBe('old');
    expect(configuredNewPassword(config)?.password).toBe('new');
    const both = load({ env: { XMPP_NEW_PASSWORD: 'new' }, flags: { newPasswordFile: path() } });
    expect(configuredNewPassword(both)?.password).toBe('from the file');
  });
});

describe('certificates', () => {
  it('are PEM, or named as wrong', () => {
    expect(readCertificates(load({}))).toBeUndefined();
    const pem = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n';
    expect(readCertificates(load({ flags: { ca: file(pem) } }))).toBe(pem);
    const wrong = (ca: string) => () => readCertificates(load({ flags: { ca } }));
    expect(wrong(file('DER'))).toThrow(expect.objectContaining({ condition: 'wrong-value' }));
    expect(wrong('/nowhere.pem')).toThrow(expect.objectContaining({ condition: 'unreadable' }));
  });
});
