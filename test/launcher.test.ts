import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const launcher = fileURLToPath(new URL('../bin/xmpp-chat.js', import.meta.url));

/** A package with nothing but the launcher and, if given, this main.js. */
function launch(main: string | undefined, nodeOptions: readonly string[] = []) {
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-chat-launcher-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'bin'));
  cpSync(launcher, join(folder, 'bin/xmpp-chat.js'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
  if (main !== undefined) {
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'dist/main.js'), main);
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...nodeOptions, join(folder, 'bin/xmpp-chat.js'), 'word'],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

it('loads the program, which sees its arguments and sets the exit code', () => {
  const { status, stdout } = launch('process.stdout.write(process.argv[2]); process.exitCode = 5;');
  expect(stdout).toBe('word');
  expect(status).toBe(5);
});

it('says in one line what to run when it is not built', () => {
  const { status, stderr } = launch(undefined);
  expect(stderr).toBe('xmpp-chat is not built yet. Run: npm install && npm run build\n');
  expect(status).toBe(1);
});

it('says the same when a part of the build is missing that is read as a file', () => {
  const reads = "import { readFileSync } from 'node:fs'; readFileSync(new URL('app.cjs', import.meta.url));";
  const { status, stderr } = launch(reads);
  expect(stderr).toBe('xmpp-chat is not built yet. Run: npm install && npm run build\n');
  expect(status).toBe(1);
});

it('does not take another file that is missing for the build', () => {
  const { status, stderr } = launch(
    "import { readFileSync } from 'node:fs'; readFileSync('/nowhere/app.cjs');",
  );
  expect(stderr).toContain('ENOENT');
  expect(status).not.toBe(0);
});

it('says in one line what to run when a package is missing', () => {
  const { status, stderr } = launch("import 'a-package-that-is-not-there';");
  expect(stderr).toBe('xmpp-chat: a package is missing. Run: npm install\n');
  expect(status).toBe(1);
});

it.each(['18.20.0', '20.18.3', '8.17.0'])('says in one line that Node %s is too old', (version) => {
  const pretend = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '${version}' })`;
  const { status, stderr } = launch('', ['--import', pretend]);
  expect(stderr).toBe(`xmpp-chat needs Node 20.19 or newer; this is ${version}.\n`);
  expect(status).toBe(1);
});

it('does not take a failure of the program for a missing build', () => {
  const { status, stderr } = launch("throw new TypeError('broken');");
  expect(stderr).toContain('broken');
  expect(status).not.toBe(0);
});
