import { describe, expect, it } from 'vitest';
import { ChatError } from '../../src/chat/problem.ts';
import { ConfigError, type ConfigWarning } from '../../src/config/errors.ts';
import { catalogueFor, LANGUAGES } from '../../src/i18n/catalogue.ts';
import { es } from '../../src/i18n/es.ts';
import { StorageError } from '../../src/storage/errors.ts';
import { exitCodeOf, signalExitCode } from '../../src/ui/exit-codes.ts';
import { fatalLine, problemOf, warningText, whyNotDelivered, whyOf } from '../../src/ui/sentences.ts';
import { UsageError } from '../../src/ui/usage-error.ts';
import {
  AuthenticationError,
  type ConnectionCondition,
  ConnectionError,
  DisconnectedError,
  StanzaError,
  StreamError,
  TimeoutError,
  UnsupportedFeatureError,
} from '../../src/xmpp/errors.ts';

const en = await catalogueFor('en');

const CONNECTION: Record<ConnectionCondition, true> = {
  'dns-not-found': true,
  'dns-failed': true,
  refused: true,
  unreachable: true,
  timeout: true,
  closed: true,
  'no-tls': true,
  'tls-failed': true,
  'certificate-untrusted': true,
  'certificate-expired': true,
  'certificate-not-yet-valid': true,
  'certificate-wrong-host': true,
  policy: true,
};
/** RFC 6120 §6.5, and what our own checks find */
const SASL =
  'aborted account-disabled credentials-expired encryption-required incorrect-encoding invalid-authzid invalid-mechanism malformed-request mechanism-too-weak not-authorized temporary-auth-failure no-mechanism downgrade malformed-challenge server-not-verified'.split(
    ' ',
  );
/** RFC 6120 §4.9.3 */
const STREAM =
  'bad-format bad-namespace-prefix conflict connection-timeout host-gone host-unknown improper-addressing internal-server-error invalid-from invalid-namespace invalid-xml not-authorized not-well-formed policy-violation remote-connection-failed reset resource-constraint restricted-xml see-other-host sent-too-much system-shutdown undefined-condition unsupported-encoding unsupported-feature unsupported-stanza-type unsupported-version'.split(
    ' ',
  );
/** RFC 6120 §8.3.3 */
const STANZA =
  'bad-request conflict feature-not-implemented forbidden gone internal-server-error item-not-found jid-malformed not-acceptable not-allowed not-authorized policy-violation recipient-unavailable redirect registration-required remote-server-not-found remote-server-timeout resource-constraint service-unavailable subscription-required undefined-condition unexpected-request'.split(
    ' ',
  );
const STORAGE =
  'read-only corrupt foreign newer locked full unsafe unavailable too-many-files closed failed'.split(' ');
const CONFIG = 'unreadable unwritable not-json syntax unknown-key wrong-type wrong-value'.split(' ');

const ERRORS: Error[] = [
  ...(Object.keys(CONNECTION) as ConnectionCondition[]).map((condition) => new ConnectionError(condition)),
  ...SASL.map((condition) => new AuthenticationError(condition)),
  ...STREAM.map((condition) => new StreamError(condition)),
  ...STANZA.map((condition) => new StanzaError(condition)),
  ...STORAGE.map((condition) => new StorageError(condition as 'full', '/data/x.db', 'text')),
  ...CONFIG.map(
    (condition) =>
      new ConfigError(condition as 'syntax', {
        name: '--x',
        value: 'v',
        path: '/c',
        source: 'flag',
        reason: 'takes y',
        takes: 'path',
      }),
  ),
  new DisconnectedError(),
  new TimeoutError(),
  new UnsupportedFeatureError('urn:x', 'example.org'),
  Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT', path: '/nowhere' }),
  Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' }),
  new DOMException('aborted', 'AbortError'),
];

const title = (error: Error) => `${error.name} ${'condition' in error ? error.condition : error.message}`;

describe('sentences for errors', () => {
  for (const language of LANGUAGES)
    it.each(ERRORS.map((error) => [title(error), error] as const))(
      `%s has its own in ${language}`,
      async (_, error) => {
        const words = await catalogueFor(language);
        const { why, condition } = problemOf(error, words);
        const { unknown } = words.errors.groups;
        expect(why).not.toBe('');
        expect(why).not.toBe(unknown.condition.why.replace('{condition}', condition));
        expect(why).not.toMatch(/[{}]|undefined/);
        const line = fatalLine(error, words, {
          action: 'send',
          values: { jid: 'b@x.org', account: 'a@x.org', domain: 'x.org' },
        });
        expect(line).toMatch(/^xmpp-chat: [^\n]+ \(\d+\)$/);
      },
    );

  it('names the account, what is wrong and what to try, and ends with the code', () => {
    const line = fatalLine(new AuthenticationError('not-authorized'), en, {
      values: { account: 'bob@x.org' },
    });
    expect(line).toBe(
      'xmpp-chat: cannot log in as bob@x.org: wrong user name or password. Check both; --register creates a new account. (3)',
    );
  });

  it.each([
    ['join', 'not-authorized', 'the room needs a password'],
    ['join', 'conflict', 'the nickname is taken'],
    ['register', 'conflict', 'the user name is taken'],
    ['send', 'service-unavailable', 'there is no such user, or it takes no messages'],
    ['blocked', 'service-unavailable', 'nobody there takes it'],
  ])('%s gives %s its meaning there', (action, condition, why) => {
    expect(problemOf(new StanzaError(condition), en, { action }).why).toBe(why);
  });

  it("quotes the server's text on one line, harmless", () => {
    const { why } = problemOf(new StanzaError('forbidden', 'auth', 'no\n\u001b[2Jway'), en);
    expect(why).toBe('you are not allowed to (“no␊␛[2Jway”)');
  });

  it('shows an unknown condition, harmless, and the text with it', () => {
    const { why } = problemOf(new StanzaError('x\u001by', 'cancel', 'odd'), en);
    expect(why).toBe('the answer was “x␛y” (“odd”)');
  });

  it('never shows a stack trace, whatever is thrown', () => {
    for (const thrown of [new TypeError('x is not a function\n    at y'), 'text', undefined, null, 7, {}]) {
      const line = fatalLine(thrown, en);
      expect(line).toMatch(/^xmpp-chat: something unexpected happened: .* \(1\)$/);
      expect(line).not.toContain('    at ');
    }
  });

  it('of a setting say where it stands, and what it takes', () => {
    const one = {
      reason: 'takes …',
      source: 'config',
      path: '/c/config.json',
      file: '/c/config.json',
    } as const;
    const seconds = { ...one, name: 'timeout', value: '-1', takes: 'seconds' } as const;
    expect(fatalLine(new ConfigError('wrong-value', seconds), en)).toBe(
      'xmpp-chat: /c/config.json: timeout cannot be -1. It takes seconds, from 0.1 to 86400. (2)',
    );
    expect(fatalLine(new ConfigError('wrong-type', { ...one, name: 'timeout', takes: 'number' }), en)).toBe(
      'xmpp-chat: /c/config.json: timeout has a value of the wrong kind. It takes a number, without quotes. (2)',
    );
    const choice = {
      name: '--accept-files',
      value: 'x',
      source: 'flag',
      reason: '',
      takes: 'one-of',
    } as const;
    expect(fatalLine(new ConfigError('wrong-value', { ...choice, choices: 'all, none' }), en)).toBe(
      'xmpp-chat: --accept-files cannot be x. It takes one of: all, none. (2)',
    );
    const nothing = { name: '--jid', value: '', source: 'flag', reason: '', takes: 'account' } as const;
    expect(fatalLine(new ConfigError('wrong-value', nothing), en)).toBe(
      'xmpp-chat: --jid cannot be empty. It takes a JID (user@server) or a user name. (2)',
    );
    const typo = { ...one, file: undefined, name: 'pasword', nearest: 'password' };
    expect(fatalLine(new ConfigError('unknown-key', typo), en)).toBe(
      'xmpp-chat: /c/config.json has an unknown key pasword. Did you mean password? Correct or remove it. (2)',
    );
  });

  it('suggests the option that was meant', () => {
    const error = new UsageError('unknown-option', { option: '--sned', nearest: '--send' });
    expect(fatalLine(error, en)).toBe(
      'xmpp-chat: there is no option --sned. Did you mean --send? See --help. (2)',
    );
  });

  it.each([
    ['not-acceptable', 'you are not in the room any more. Enter it again (/join), then repeat it.'],
    ['forbidden', 'visitors may not speak in this room. Ask a moderator for voice (/voice).'],
    ['item-not-found', 'the room does not exist any more. Look for another (/rooms).'],
    ['gone', 'the room does not exist any more. Look for another (/rooms).'],
    ['service-unavailable', 'the room takes no messages, or is gone. Enter it again (/join).'],
    [
      'policy-violation',
      'the room refuses it by its rules: too fast, too long, or not wanted there. Wait a little, or write it in another way.',
    ],
    ['remote-server-not-found', 'the room service cannot be reached. Try again later.'],
  ])('of a message to a room speaks of the room: %s (XEP-0045 §7.4, §15.1)', (condition, said) => {
    expect(whyNotDelivered(en, { condition }, 'room')).toBe(said);
  });

  it.each(['en', 'es'])('never speaks of users where a room or one in it refused (%s)', (language) => {
    const words = language === 'en' ? en : es;
    for (const kind of ['room', 'private'] as const)
      for (const condition of Object.keys(words.errors.groups['room-message']))
        expect(whyNotDelivered(words, { condition }, kind)).not.toMatch(/user|usuario|JID/);
  });

  it('of a private message tells that nobody of that name is there, in the words of the room too (§7.5)', () => {
    expect(whyNotDelivered(en, { condition: 'item-not-found', text: 'No such nick' }, 'private')).toBe(
      'nobody of that name is in the room any more (“No such nick”). /who lists who is there.',
    );
  });

  it('leaves out what is not known', () => {
    expect(problemOf(new ConnectionError('refused'), en).what).toBe('');
    expect(problemOf(new ChatError('offline'), en, { action: 'join' }).what).toBe('');
  });

  it.each(LANGUAGES)('has a sentence for every warning of the settings in %s', async (language) => {
    const words = await catalogueFor(language);
    const warnings = ['readable-by-others', 'unknown-name', 'not-taken', 'unreadable'] as const;
    for (const condition of warnings) {
      const warning: ConfigWarning = { condition, path: '/x/.env', name: 'XMPP_JDI', nearest: 'XMPP_JID' };
      expect(warningText(warning, words)).toMatch(/^xmpp-chat: .*\/x\/\.env/);
    }
  });

  it('gives a clause for a condition alone', () => {
    expect(whyOf(en, 'certificate-expired')).toBe('the certificate of the server has expired');
    expect(whyOf(en, 'conflict', undefined, 'stream')).toBe(
      'another program has logged in with the same resource',
    );
    expect(whyOf(en, 'no-such-thing', 'text')).toBe('the answer was “no-such-thing” (“text”)');
  });
});

describe('exit codes (product §5)', () => {
  it.each([
    [new UsageError('needs-yes'), 2],
    [new AuthenticationError('not-authorized'), 3],
    [new AuthenticationError('account-disabled'), 3],
    [new AuthenticationError('server-not-verified'), 4],
    [new AuthenticationError('no-mechanism'), 4],
    [new ConnectionError('certificate-untrusted'), 4],
    [new StreamError('not-well-formed'), 4],
    [new DisconnectedError(), 4],
    [new ChatError('offline'), 4],
    [new StanzaError('not-authorized'), 1],
    [new StanzaError('forbidden'), 1],
    [new ChatError('not-a-person', { jid: 'lobby@rooms.example.org' }), 2],
    [new StorageError('full', '/x', ''), 1],
    [new ChatError('nobody-to-invite', { jid: 'a@x.example' }), 2],
    [new ChatError('no-setting', { value: 'x' }), 2],
    [new Error('x'), 1],
    [undefined, 1],
  ])('%s gives %i', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  it('a signal gives 128 + its number', () => {
    expect(signalExitCode('SIGINT')).toBe(130);
    expect(signalExitCode('SIGTERM')).toBe(143);
    expect(signalExitCode('SIGHUP')).toBe(129);
  });
});
