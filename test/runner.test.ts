import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
let project: string;

const tests = {
  'adding.test.ts': `
    it('adds two', () => expect(1 + 1).toBe(2));
    it('adds nothing', () => expect(1 + 0).toBe(1));
    it.skip('adds later', () => {});`,
  'wrong.test.ts': "it('is wrong', () => expect(1 + 1).toBe(3));",
  'unloadable.test.ts': "import './missing.ts'; it('never runs', () => {});",
  'hook.test.ts': "beforeAll(() => { throw new Error('no server'); }); it('never runs either', () => {});",
};

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'xmpp-chat-runner-'));
  for (const name of ['scripts', 'package.json', 'package-lock.json', 'vitest.config.ts']) {
    cpSync(join(root, name), join(project, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(project, 'node_modules'));
  mkdirSync(join(project, 'test'));
  for (const [name, text] of Object.entries(tests)) {
    writeFileSync(
      join(project, 'test', name),
      `import { beforeAll, expect, it } from 'vitest';\nvoid beforeAll, expect;\n${text}\n`,
    );
  }
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** Runs the unit suite of the small project; its printed lines and its exit code. */
function runUnit(words: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(project, 'scripts/test.js'), 'unit', ...words],
    { encoding: 'utf8', env: { ...process.env, ...env } },
  );
  return { status, stderr, stdout, lines: stdout.trimEnd().split('\n') };
}

it('counts tests, a file that does not load and a failing hook, and ends with the counts', {
  timeout: 30_000,
}, () => {
  const summary = join(project, 'summary');
  const { status, lines } = runUnit([], { TEST_SUMMARY: summary });
  expect(lines.at(-1)).toBe('2 passed, 3 failed');
  expect(status).toBe(1);
  const failures = lines.filter((line) => line.startsWith('✗ '));
  expect(failures.sort()).toEqual([
    '✗ unit: test/hook.test.ts',
    '✗ unit: test/unloadable.test.ts',
    '✗ unit: test/wrong.test.ts › is wrong',
  ]);
  expect(readFileSync(summary, 'utf8')).toContain('2 passed, 3 failed\n');
});

it('takes a word that is in a path for a file', { timeout: 30_000 }, () => {
  const { status, lines } = runUnit(['adding']);
  expect(lines.at(-1)).toBe('2 passed, 0 failed');
  expect(status).toBe(0);
});

it('takes other words for a part of a name', { timeout: 30_000 }, () => {
  const { status, lines } = runUnit(['adding', 'adds', 'two']);
  expect(lines.at(-1)).toBe('1 passed, 0 failed');
  expect(status).toBe(0);
});

it('is red when no test matches', { timeout: 30_000 }, () => {
  const { status, lines } = runUnit(['adding', 'no such name']);
  expect(lines.at(-1)).toBe('0 passed, 1 failed');
  expect(status).toBe(1);
});

it('says in one line which suites and servers there are', () => {
  const { status, stderr } = runUnit(['--server', 'openfire']);
  expect(stderr).toBe('--server takes prosody or ejabberd\n');
  expect(status).toBe(1);
});

it('says in one line that a seed is a number', () => {
  const run = spawnSync(process.execPath, [join(project, 'scripts/test.js'), 'faults', '--seeds', 'many'], {
    encoding: 'utf8',
  });
  expect([run.status, run.stderr]).toEqual([1, '--seeds takes a number\n']);
});
