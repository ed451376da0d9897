import { describe, expect, it } from 'vitest';
import { actions, findAction } from '../../src/actions/table.ts';
import { commandLine, quote } from '../../src/ui/cli/command-line.ts';
import { wantedLanguage, wantsJson } from '../../src/ui/cli/early.ts';
import { flagActions } from '../../src/ui/cli/options.ts';
import { parseArguments } from '../../src/ui/cli.ts';
import { UsageError } from '../../src/ui/usage-error.ts';

const parse = (...argv: string[]) => parseArguments(argv, actions);

function usage(...argv: string[]): UsageError {
  try {
    parse(...argv);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error(`${argv.join(' ')} was taken`);
}

/** command line → action and its raw input, as in product §5 */
const ACTIONS: [string[], string, object][] = [
  [['--register', 'me@x.org'], 'register', { jid: 'me@x.org' }],
  [['--send', 'b@x.org', 'hello', 'world'], 'send', { jid: 'b@x.org', text: 'hello world' }],
  [['--send', 'b@x.org'], 'send', { jid: 'b@x.org' }],
  [['--send', 'b@x.org', '--', '-v', '--json'], 'send', { jid: 'b@x.org', text: '-v --json' }],
  [['--send-room', 'lobby', 'hi', '--nick', 'me'], 'send-room', { room: 'lobby', text: 'hi', nick: 'me' }],
  [['--send-lines', 'b@x.org'], 'send-lines', { jid: 'b@x.org' }],
  [['--send-file', 'a b.jpg', '--to', 'b@x.org'], 'send-file', { path: 'a b.jpg', to: 'b@x.org' }],
  [['--get', 'https://x.org/a.jpg'], 'get', { link: 'https://x.org/a.jpg' }],
  [['--contacts'], 'contacts', {}],
  [['--users'], 'users', {}],
  [['--users', 'ali'], 'users', { query: 'ali' }],
  [['--user', 'b'], 'user', { jid: 'b' }],
  [
    ['--add-contact', 'b', '--name', 'Bob', '--group', 'a', '--group', 'b'],
    'add-contact',
    { jid: 'b', name: 'Bob', groups: ['a', 'b'] },
  ],
  [['--remove-contact', 'b'], 'remove-contact', { jid: 'b' }],
  [['--approve', 'b'], 'approve', { jid: 'b' }],
  [['--decline', 'b'], 'decline', { jid: 'b' }],
  [['--rooms'], 'rooms', {}],
  [['--join', 'lobby', '--room-password', 'x'], 'join', { room: 'lobby', password: 'x' }],
  [['--leave', 'lobby'], 'leave', { room: 'lobby' }],
  [['--status', 'away', 'at', 'lunch'], 'status', { show: 'away', message: 'at lunch' }],
  [['--history'], 'history', {}],
  [
    ['--history', 'b', '--limit', '5', '--since', '2h', '--until', '1h', '--offline'],
    'history',
    { jid: 'b', limit: '5', since: '2h', until: '1h', offline: true },
  ],
  [
    ['--search', 'tea', '--chat', 'b', '--from', 'c', '--limit', '5', '--since', '2h', '--offline'],
    'search',
    { text: 'tea', chat: 'b', from: 'c', limit: '5', since: '2h', offline: true },
  ],
  [
    ['--export', 'b', '--format', 'jsonl', '--output', 'b.jsonl', '--until', '1h'],
    'export',
    { jid: 'b', format: 'jsonl', output: 'b.jsonl', until: '1h' },
  ],
  [['--export'], 'export', {}],
  [['--doctor'], 'doctor', {}],
  [['--doctor', 'example.org'], 'doctor', { domain: 'example.org' }],
  [['--archiving'], 'archiving', {}],
  [['--profile'], 'profile', {}],
  [['--profile', '--set', 'a=1', '--set', 'b='], 'profile', { set: ['a=1', 'b='] }],
  [
    ['--archiving', 'roster', '--always', 'a', '--always', 'b', '--never', 'c', '--usual', 'd'],
    'archiving',
    { default: 'roster', always: ['a', 'b'], never: ['c'], usual: ['d'] },
  ],
  [['--change-password'], 'change-password', {}],
  [['--delete-account', '--yes'], 'delete-account', {}],
  [['--wipe-data', '--all-accounts', '--yes'], 'wipe-data', { all: true }],
  [['--block', 'b'], 'block', { jid: 'b' }],
  [['--unblock', 'b'], 'unblock', { jid: 'b' }],
  [['--blocked'], 'blocked', {}],
  [['--devices'], 'devices', {}],
  [['--waiting-files'], 'waiting-files', {}],
  [['--cancel-file', 'f1'], 'cancel-file', { id: 'f1' }],
  [
    ['--send-file', 'a', '--to', 'b@example.org', '--when-online'],
    'send-file',
    { path: 'a', to: 'b@example.org', whenOnline: true },
  ],
  [['--subject', 'lobby', 'new', 'times'], 'subject', { room: 'lobby', subject: 'new times' }],
  [['--invite', 'b', '--room', 'lobby', 'come'], 'invite', { room: 'lobby', jid: 'b', reason: 'come' }],
  [
    ['--conference', 'b', '--with', 'c', '--with', 'd', '--send-history', '3', 'come'],
    'conference',
    { jid: 'b', others: ['c', 'd'], history: '3', reason: 'come' },
  ],
  [['--kick', 'tybalt', '--room', 'lobby', 'go'], 'kick', { room: 'lobby', nick: 'tybalt', reason: 'go' }],
  [['--ban', 't@example.org', '--room', 'lobby'], 'ban', { room: 'lobby', who: 't@example.org' }],
  [['--unban', 't@example.org', '--room', 'lobby'], 'unban', { room: 'lobby', jid: 't@example.org' }],
  [
    ['--affiliation', 'b', '--room', 'lobby', '--as', 'member'],
    'affiliation',
    { room: 'lobby', who: 'b', affiliation: 'member' },
  ],
  [['--affiliations', 'lobby', '--list', 'owner'], 'affiliations', { room: 'lobby', list: 'owner' }],
  [
    ['--room-config', 'lobby', '--set', 'a=1', '--set', 'b=2'],
    'room-config',
    { room: 'lobby', set: ['a=1', 'b=2'] },
  ],
  [['--destroy', 'lobby', '--successor', 'hall', '--yes'], 'destroy', { room: 'lobby', successor: 'hall' }],
];

describe('command lines (product §5)', () => {
  it.each(ACTIONS)('%j asks for %s', (argv, name, input) => {
    const wish = parse(...argv);
    expect(wish.kind).toBe('action');
    if (wish.kind === 'action') {
      expect(wish.action.name).toBe(name);
      expect(wish.input).toEqual(input);
    }
  });

  it('every action with a flag is tried above', () => {
    expect(new Set(ACTIONS.map(([, name]) => name))).toEqual(
      new Set(flagActions(actions).map(({ name }) => name)),
    );
  });

  it('without an action opens the menus', () => {
    expect(parse('-j', 'me@x.org').kind).toBe('menu');
    expect(parse().kind).toBe('menu');
  });

  it('--listen takes rooms, a nickname and a presence', () => {
    expect(
      parse('--listen', '--join', 'a', '--join', 'b', '--nick', 'n', '--status', 'away', 'back', 'soon'),
    ).toMatchObject({
      kind: 'listen',
      join: { rooms: ['a', 'b'], nick: 'n' },
      status: { show: 'away', message: 'back soon' },
    });
    expect(parse('--listen')).toMatchObject({ kind: 'listen', join: { rooms: [] }, status: undefined });
  });

  it.each(['demo', 'version', 'help'] as const)('--%s stands alone', (kind) => {
    expect(parse(`--${kind}`).kind).toBe(kind);
  });

  it('help wins over whatever else stands there', () => {
    expect(parse('--contacts', '--blocked', '-h').kind).toBe('help');
  });

  it.each([
    [['-j', 'me@x.org'], { jid: 'me@x.org' }],
    [['-jme@x.org'], { jid: 'me@x.org' }],
    [['--jid=me@x.org'], { jid: 'me@x.org' }],
    [['--domain', 'x.org'], { domain: 'x.org' }],
    [['--password-file', 'p'], { passwordFile: 'p' }],
    [['--new-password-file', 'p'], { newPasswordFile: 'p' }],
    [['--service', 'xmpp://h:1'], { service: 'xmpp://h:1' }],
    [['--ca', 'c.pem'], { ca: 'c.pem' }],
    [['--resource', 'r'], { resource: 'r' }],
    [['--data-dir', 'd'], { dataDir: 'd' }],
    [['--files-dir', 'd'], { filesDir: 'd' }],
    [['--lang', 'es'], { lang: 'es' }],
    [['--json'], { json: true }],
    [['--no-color'], { noColor: true }],
    [['--quiet'], { quiet: true }],
    [['--timeout', '5'], { timeout: '5' }],
    [['--debug', 'f'], { debug: 'f' }],
    [['--auto-approve'], { autoApprove: true }],
    [['--accept-files', 'none'], { acceptFiles: 'none' }],
    [['--accept-files', 'ask'], { acceptFiles: 'ask' }],
  ])('%j is a common option', (argv, flags) => {
    expect(parse('--contacts', ...argv).flags).toEqual(flags);
  });

  it('--password-stdin is told apart from the configuration', () => {
    expect(parse('--contacts', '--password-stdin')).toMatchObject({ passwordStdin: true, flags: {} });
  });

  it.each([
    [['--sned', 'b'], 'unknown-option', { option: '--sned', nearest: '--send' }],
    [['-x'], 'dashed-text', { option: '-x' }],
    [['--send', 'b', '-v'], 'dashed-text', { option: '-v' }],
    [['--send', 'b', '-5'], 'dashed-text', { option: '-5' }],
    [['--send'], 'missing-value', { option: '--send' }],
    [['--send', '--', 'x'], 'missing-value', { option: '--send' }],
    [['--user', '--json'], 'missing-value', { option: '--user' }],
    [['--contacts=3'], 'unexpected-value', { option: '--contacts' }],
    [['hello'], 'stray-words', { words: 'hello' }],
    [['--contacts', 'x', 'y'], 'stray-words', { words: 'x y' }],
    [['--contacts', '--', 'x'], 'stray-words', { words: 'x' }],
    [['--listen', 'x'], 'stray-words', { words: 'x' }],
    [['--contacts', '--blocked'], 'two-actions', {}],
    [['--listen', '--contacts'], 'two-actions', { first: '--listen', second: '--contacts' }],
    [['--listen', '--demo'], 'two-actions', {}],
    [['--join', 'a', '--status', 'away'], 'two-actions', {}],
    [['--send', 'a', '--send', 'b'], 'given-twice', { option: '--send' }],
    [['--join', 'a', '--join', 'b'], 'given-twice', { option: '--join' }],
    [['--contacts', '-j', 'a', '-j', 'b'], 'given-twice', { option: '--jid' }],
    [
      ['--contacts', '--nick', 'n'],
      'option-without-action',
      { option: '--nick', actions: '--send-room, --join' },
    ],
    [['--contacts', '--yes'], 'option-without-action', { option: '--yes' }],
    [['--to', 'b'], 'option-without-action', { option: '--to', actions: '--send-file' }],
    [['--send', '-b@x.org', 'hi'], 'starts-with-dash', { value: '-b@x.org' }],
    [['--join', '-a', '--listen'], 'starts-with-dash', { value: '-a' }],
    [['-j', '-me', '--contacts'], 'starts-with-dash', { value: '-me' }],
    [['--send-file', 'x', '--to=-b'], 'starts-with-dash', { value: '-b' }],
    [['--listen', '--accept-files', 'some'], 'not-a-choice', { value: 'some' }],
    [['--listen', '--status', 'asleep'], 'not-a-choice', { value: 'asleep' }],
  ])('%j is wrong usage: %s', (argv, condition, values) => {
    const error = usage(...argv);
    expect(error.condition).toBe(condition);
    expect(error.values).toMatchObject(values);
  });
});

describe('the command line that does the same', () => {
  const line = (name: string, input: Record<string, unknown>) => {
    const action = findAction(name);
    return action === undefined ? undefined : commandLine(action, input);
  };

  it.each([
    ['send', { jid: 'b@x.org', text: "it's me" }, `xmpp-chat --send b@x.org 'it'\\''s me'`],
    ['send', { jid: 'b@x.org', text: '-v' }, 'xmpp-chat --send b@x.org -- -v'],
    ['users', {}, 'xmpp-chat --users'],
    ['users', { query: '-x' }, 'xmpp-chat --users=-x'],
    [
      'add-contact',
      { jid: 'b@x.org', name: 'Bob B', groups: ['a', 'b'] },
      `xmpp-chat --add-contact b@x.org --name 'Bob B' --group a --group b`,
    ],
    [
      'history',
      { jid: undefined, offline: true, since: 0 },
      'xmpp-chat --history --since 1970-01-01T00:00:00.000Z --offline',
    ],
    ['delete-account', {}, 'xmpp-chat --delete-account --yes'],
    ['logout', {}, undefined],
  ])('%s %j', (name, input, expected) => {
    expect(line(name, input)).toBe(expected);
  });

  it('leaves passwords out', () => {
    expect(line('register', { jid: 'b@x.org', password: 'secret' })).toBe('xmpp-chat --register b@x.org');
    expect(line('join', { room: 'lobby', password: 'secret' })).toBe('xmpp-chat --join lobby');
  });

  it('is read back as the same action', () => {
    const input = { jid: 'b@x.org', name: '-n', groups: ['x'], greeting: 'hi' };
    const words = (line('add-contact', input) ?? '').split(' ').slice(1);
    expect(parse(...words)).toMatchObject({ kind: 'action', input });
  });

  it('quotes every character that a shell would read', () => {
    expect(quote('a b')).toBe(`'a b'`);
    expect(quote('$(x)')).toBe(`'$(x)'`);
    expect(quote('')).toBe(`''`);
    expect(quote('a@b.c/d-e')).toBe('a@b.c/d-e');
  });
});

describe('a command line that is wrong', () => {
  it('still tells the language and the form of the answer', () => {
    expect(wantedLanguage(['--sned', '--lang', 'es'])).toBe('es');
    expect(wantedLanguage(['--lang=es', '--sned'])).toBe('es');
    expect(wantedLanguage(['--send', 'b', '--', '--lang', 'es'])).toBeUndefined();
    expect(wantsJson(['--json', '--sned'])).toBe(true);
    expect(wantsJson(['--', '--json'])).toBe(false);
  });
});
