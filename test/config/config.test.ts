import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completeJid, loadConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/errors.ts';
import { keys, settingOf } from '../../src/config/names.ts';
import { load, machine, type Place } from './support.ts';

function failure(place: Place): ConfigError {
  try {
    load(place);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('layers', () => {
  it('has defaults', () => {
    const here = machine({});
    const { sources, warnings, writtenFor, ...values } = loadConfig(here);
    expect(values).toEqual({
      jid: undefined,
      dataDir: join(here.home, '.local/share/xmpp-chat'),
      filesDir: join(here.cwd, 'files_received'),
      json: false,
      noColor: false,
      quiet: false,
      timeout: 30_000,
      acceptFiles: 'contacts',
      autoApprove: false,
      privateLinks: false,
    });
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']));
    expect(Object.keys(sources).sort()).toEqual([...keys].sort());
    expect(writtenFor).toEqual({ service: undefined, ca: undefined });
    expect(warnings).toEqual([]);
  });

  it('takes the strongest: defaults < config file < .env < environment < flags', () => {
    const place: Place = {
      config: { lang: 'es', 'accept-files': 'all', timeout: 1, quiet: true, domain: 'a.example' },
      dotenv: 'XMPP_LANG=en\nXMPP_ACCEPT_FILES=none\nXMPP_TIMEOUT=2\nXMPP_QUIET=0',
      env: { XMPP_ACCEPT_FILES: 'contacts', XMPP_TIMEOUT: '3' },
      flags: { timeout: '4.5' },
    };
    const config = load(place);
    expect(config).toMatchObject({
      domain: 'a.example',
      lang: 'en',
      quiet: false,
      acceptFiles: 'contacts',
      timeout: 4500,
    });
    expect(config.sources).toMatchObject({
      json: 'default',
      domain: 'config',
      lang: '.env',
      quiet: '.env',
      acceptFiles: 'environment',
      timeout: 'flag',
    });
  });

  it('counts relative paths from where they were written, and knows ~', () => {
    const here = machine({
      config: { 'files-dir': 'in', 'password-file': '~/secret' },
      env: { XMPP_DATA_DIR: 'data' },
      flags: { debug: '/var/tmp/trace' },
    });
    expect(loadConfig(here)).toMatchObject({
      filesDir: join(here.configFolder, 'in'),
      passwordFile: join(here.home, 'secret'),
      dataDir: join(here.cwd, 'data'),
      debug: '/var/tmp/trace',
    });
  });

  it('takes an empty variable as none', () => {
    const config = load({
      config: { lang: 'es' },
      dotenv: 'XMPP_LANG=\nXMPP_JID=""',
      env: { XMPP_LANG: '' },
    });
    expect(config).toMatchObject({ lang: 'es', jid: undefined });
  });

  it('obeys NO_COLOR with any value that is not empty, unless XMPP_NO_COLOR says otherwise (no-color.org)', () => {
    expect(load({ env: { NO_COLOR: '0' } }).noColor).toBe(true);
    expect(load({ env: { NO_COLOR: '' } }).noColor).toBe(false);
    expect(load({ env: { NO_COLOR: '1', XMPP_NO_COLOR: '0' } }).noColor).toBe(false);
  });
});

describe('.env', () => {
  it('takes only XMPP_ names, and puts nothing in the process environment', () => {
    const before = { ...process.env };
    const config = load({
      dotenv: 'NODE_TLS_REJECT_UNAUTHORIZED=0\nNO_COLOR=1\nHOME=/nowhere\nXMPP_LANG=es\nXMPP_TLS=0',
    });
    expect(config).toMatchObject({ lang: 'es', noColor: false });
    expect(JSON.stringify(config)).not.toMatch(/nowhere|REJECT|TLS/);
    expect({ ...process.env }).toEqual(before);
  });

  it('takes service and CA only together with an account of the same file', () => {
    const dotenv = 'XMPP_SERVICE=xmpps://evil.example\nXMPP_CA=evil.pem';
    const alone = load({ dotenv, env: { XMPP_JID: 'me@good.example' } });
    expect(alone).toMatchObject({ service: undefined, ca: undefined });
    expect(alone.warnings.map((warning) => [warning.condition, warning.name])).toEqual([
      ['not-taken', 'XMPP_SERVICE'],
      ['not-taken', 'XMPP_CA'],
    ]);
    const together = load({ dotenv: `${dotenv}\nXMPP_JID=me@good.example` });
    expect(together).toMatchObject({ service: 'xmpps://evil.example:5223', jid: 'me@good.example' });
    expect(together.ca).toMatch(/here\/evil\.pem$/);
    expect(together.warnings).toEqual([]);
  });

  it('takes none of them when another account is in force', () => {
    const dotenv =
      'XMPP_JID=me@evil.example\nXMPP_SERVICE=xmpp://evil.example\nXMPP_CA=x\nXMPP_PASSWORD=theirs';
    const config = load({ dotenv, flags: { jid: 'me@good.example' }, env: { XMPP_PASSWORD: 'mine' } });
    expect(config).toMatchObject({ service: undefined, ca: undefined, password: 'mine' });
    const unset = load({ dotenv, flags: { jid: 'me@good.example' } });
    expect(unset.password).toBeUndefined();
    expect(unset.sources.password).toBe('default');
  });

  it("does not send the config file's password to the account of a stray .env", () => {
    const config = { jid: 'me@good.example', password: 'mine', 'password-file': 'f', resource: 'r' };
    const loaded = load({ config, dotenv: 'XMPP_JID=me@evil.example' });
    expect(loaded).toMatchObject({ jid: 'me@evil.example', password: undefined, passwordFile: undefined });
    const same = load({ config, dotenv: 'XMPP_JID=Me@Good.Example/other' });
    expect(same).toMatchObject({ jid: 'me@good.example/other', password: 'mine', resource: 'r' });
  });

  it("does not complete the config file's user name with the domain of a stray .env", () => {
    const config = { jid: 'me', password: 'mine', domain: 'good.example' };
    expect(load({ config, dotenv: 'XMPP_DOMAIN=evil.example' }).jid).toBe('me@good.example');
    expect(load({ config, dotenv: 'XMPP_DOMAIN=evil.example\nXMPP_JID=me' })).toMatchObject({
      jid: 'me@evil.example',
      password: undefined,
    });
  });

  it.skipIf(process.platform === 'win32')('warns of a password that others may read', () => {
    const names = (place: Place) => load(place).warnings.map((warning) => [warning.condition, warning.name]);
    expect(names({ dotenv: 'XMPP_PASSWORD=x', mode: 0o644 })).toEqual([
      ['readable-by-others', 'XMPP_PASSWORD'],
    ]);
    expect(names({ dotenv: 'XMPP_PASSWORD=x', mode: 0o640 })).toHaveLength(1);
    expect(names({ dotenv: 'XMPP_PASSWORD=x', mode: 0o600 })).toEqual([]);
    expect(names({ dotenv: 'XMPP_LANG=es', mode: 0o644 })).toEqual([]);
    expect(names({ config: { password: 'x' }, mode: 0o644 })).toEqual([['readable-by-others', 'password']]);
  });

  it('warns of a name that is like one of ours, and of no other', () => {
    const { warnings } = load({ dotenv: 'XMPP_PASWORD=x\nXMPP_BOT_TOKEN=y\nPATHS=z' });
    expect(warnings).toMatchObject([
      { condition: 'unknown-name', name: 'XMPP_PASWORD', nearest: 'XMPP_PASSWORD' },
    ]);
  });

  it('goes on without a .env that is no file', () => {
    const here = machine({});
    mkdirSync(join(here.cwd, '.env'));
    expect(loadConfig(here).warnings).toMatchObject([{ condition: 'unreadable' }]);
  });
});

describe('the config file', () => {
  it('names the known setting that an unknown one is like', () => {
    const cases: [string, string | undefined][] = [
      ['data-dri', 'data-dir'],
      ['dataDir', 'data-dir'],
      ['acceptfiles', 'accept-files'],
      ['JID', 'jid'],
      ['__proto__', undefined],
      ['something-else-altogether', undefined],
    ];
    for (const [name, like] of cases) {
      const error = failure({ config: `{"${name}": "x"}` });
      expect(error.condition).toBe('unknown-key');
      expect(error.fault).toMatchObject({ name, nearest: like, source: 'config' });
      expect(error.fault.path).toMatch(/config\.json$/);
    }
  });

  it('must be JSON, and an object; what is in it is not repeated', () => {
    const broken = failure({ config: '{"password": "sesame" "x"}' });
    expect(broken.condition).toBe('not-json');
    expect(broken.message).not.toContain('sesame');
    expect(failure({ config: '["jid"]' }).condition).toBe('syntax');
    expect(failure({ config: 'null' }).condition).toBe('syntax');
    expect(failure({ config: '' }).condition).toBe('not-json');
  });

  it('has numbers, switches and texts as JSON has them', () => {
    expect(load({ dotenv: '\uFEFFXMPP_LANG=es\nXMPP_TIMEOUT=2' })).toMatchObject({
      lang: 'es',
      timeout: 2000,
    });
    expect(load({ config: '\uFEFF{"timeout": 0.5, "json": true}' })).toMatchObject({
      timeout: 500,
      json: true,
    });
    expect(failure({ config: { timeout: '5' } }).condition).toBe('wrong-type');
    expect(failure({ config: { json: 1 } }).condition).toBe('wrong-type');
    expect(failure({ config: { jid: null } }).condition).toBe('wrong-type');
    expect(failure({ config: { password: 12 } }).message).not.toContain('12');
  });

  it('must be a file', () => {
    const here = machine({});
    mkdirSync(join(here.configFolder, 'config.json'));
    expect(() => loadConfig(here)).toThrow(expect.objectContaining({ condition: 'unreadable' }));
  });
});

describe('values', () => {
  const wrong: [string, string[]][] = [
    ['XMPP_JID', ['@example.org', 'a b@example.org', 'me@', 'me/desk', 'me@exa mple.org', 'a"b']],
    ['XMPP_DOMAIN', ['me@example.org', 'example.org/x', 'a b']],
    ['XMPP_SERVICE', ['example.org', 'http://example.org', 'xmpp://', 'xmpp://a:0', 'xmpp://a:65536']],
    ['XMPP_SERVICE', ['xmpp://user@host', 'xmpp://host/path', 'xmpp://host:5222?x', 'xmpp://a b']],
    ['XMPP_RESOURCE', ['a\u0007b', 'x'.repeat(1024)]],
    ['XMPP_TIMEOUT', ['0', '-1', 'ten', '1e3', '86401', 'Infinity', '0x10', ' 5']],
    ['XMPP_JSON', ['2', 'maybe', 'y']],
    ['XMPP_ACCEPT_FILES', ['some', 'ALL', 'contacts,all']],
    ['XMPP_LANG', ['fr', 'e', 'english']],
    ['XMPP_CA', ['a\0b']],
  ];

  it.each(wrong)('refuses what %s cannot be, and says what it takes', (name, values) => {
    for (const value of values) {
      const error = failure({ env: { [name]: value } });
      expect(error.condition).toBe('wrong-value');
      expect(error.fault).toMatchObject({ name, value, source: 'environment' });
      expect(error.fault.reason).toMatch(/^takes /);
      expect(error.fault.takes).toBeDefined();
    }
  });

  it('names the flag, the variable or the key that was wrong', () => {
    expect(failure({ flags: { timeout: 'x' } }).fault).toMatchObject({ name: '--timeout', source: 'flag' });
    expect(failure({ flags: { dataDir: '' } }).fault).toMatchObject({ name: '--data-dir', value: '' });
    expect(failure({ dotenv: 'XMPP_LANG=fr' }).fault).toMatchObject({ name: 'XMPP_LANG', source: '.env' });
    expect(failure({ config: { lang: 'fr' } }).fault).toMatchObject({ name: 'lang', source: 'config' });
  });

  it('reads JIDs, services, languages and switches in the ways they are written', () => {
    expect(load({ env: { XMPP_JID: 'Juliet@EXAMPLE.org/Balcony' } }).jid).toBe('juliet@example.org/Balcony');
    expect(load({ env: { XMPP_JID: 'juliet', XMPP_DOMAIN: 'example.org' } }).jid).toBe('juliet@example.org');
    expect(load({ flags: { jid: 'juliet', domain: 'example.org' } }).jid).toBe('juliet@example.org');
    expect(load({ env: { XMPP_JID: 'Juliet' } }).jid).toBe('juliet');
    expect(load({ env: { XMPP_SERVICE: 'XMPP://[::1]' } }).service).toBe('xmpp://[::1]:5222');
    expect(load({ env: { XMPP_SERVICE: 'xmpps://Host:443/' } }).service).toBe('xmpps://host:443');
    expect(load({ env: { XMPP_LANG: 'es_MX.UTF-8' } }).lang).toBe('es');
    for (const yes of ['1', 'true', 'YES', 'on']) expect(load({ env: { XMPP_JSON: yes } }).json).toBe(true);
    expect(load({ flags: { json: true, autoApprove: false, timeout: 7 } })).toMatchObject({
      json: true,
      autoApprove: false,
      privateLinks: false,
      timeout: 7000,
    });
  });

  it('takes any text as a value of any variable: a value, or a ConfigError without secrets', () => {
    const names = keys.map((key) => settingOf(key).env);
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string({ unit: 'grapheme' }), (name, value) => {
        try {
          load({ env: { [name]: value } });
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          expect(name).not.toMatch(/PASSWORD$/);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('completes a bare name only where there is a domain', () => {
    expect(completeJid('me', undefined)).toBe('me');
    expect(completeJid('me', 'example.org')).toBe('me@example.org');
    expect(completeJid('me@b.example', 'example.org')).toBe('me@b.example');
  });
});

describe('.env.example', () => {
  const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n');
  const named = lines.flatMap((line) => /^(XMPP_[A-Z_]+)=/.exec(line)?.[1] ?? []);

  it('names every variable once, and no other', () => {
    expect([...named].sort()).toEqual(keys.map((key) => settingOf(key).env).sort());
  });

  it('explains each in the lines before it, with its flag where it has one', () => {
    for (const key of keys) {
      const { env, name, secret } = settingOf(key);
      const at = lines.indexOf(`${env}=`);
      const comment = lines.slice(lines.lastIndexOf('', at) + 1, at).join(' ');
      expect(comment).toMatch(/^# [A-Za-z]/);
      expect(comment).toContain(secret === true ? '(no flag' : `--${name}`);
    }
  });

  it('changes nothing when it is copied as it is', () => {
    const here = machine({ dotenv: lines.join('\n') });
    const config = loadConfig(here);
    expect(new Set(Object.values(config.sources))).toEqual(new Set(['default']));
    expect(config.warnings).toEqual([]);
  });
});
