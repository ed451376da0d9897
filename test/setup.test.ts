/** When the scripts build the program anew: a project of their own, and an npm that only writes down what it is asked. */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const setup = fileURLToPath(new URL('../scripts/setup.js', import.meta.url));
const SOURCES = new Date('2024-01-02T00:00:00Z');
const BEFORE = new Date('2024-01-01T00:00:00Z');
const BEHIND = new Date('2024-01-03T00:00:00Z');

/** Resolves to what npm is asked to do, where these files of dist/ were made then. */
function asked(dist: Readonly<Record<string, Date>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-chat-setup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const put = (name: string, text: string, at: Date) => {
    writeFileSync(join(folder, name), text);
    utimesSync(join(folder, name), at, at);
  };
  for (const name of ['scripts', 'src', 'dist']) mkdirSync(join(folder, name));
  put('package.json', '{"type":"module"}', SOURCES);
  put('src/main.ts', '', SOURCES);
  for (const [name, at] of Object.entries(dist)) put(`dist/${name}`, '', at);
  utimesSync(join(folder, 'src'), SOURCES, SOURCES);
  cpSync(setup, join(folder, 'scripts/setup.js'));
  const npm = join(folder, 'npm-cli.js');
  const log = join(folder, 'asked.txt');
  const writes = `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(log)}, process.argv.slice(2).join(' '));`;
  writeFileSync(npm, writes);
  const start = `import(${JSON.stringify(pathToFileURL(join(folder, 'scripts/setup.js')).href)}).then((it) => it.ensureBuilt())`;
  const env = { ...process.env, npm_execpath: npm };
  const { status, stderr } = spawnSync(process.execPath, ['-e', start], { encoding: 'utf8', env });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return existsSync(log) ? readFileSync(log, 'utf8') : '';
}

it('leaves a build alone that is newer than its sources', () => {
  expect(asked({ 'main.js': BEHIND, 'app.cjs': BEHIND })).toBe('');
});

it.each<[string, Record<string, Date>]>([
  ['nothing is built', {}],
  ['what main.js reads is missing', { 'main.js': BEHIND }],
  ['main.js is missing', { 'app.cjs': BEHIND }],
  ['what main.js reads is old', { 'main.js': BEHIND, 'app.cjs': BEFORE }],
  ['main.js is old', { 'main.js': BEFORE, 'app.cjs': BEHIND }],
])('builds where %s', (_name, dist) => {
  expect(asked(dist)).toBe('run build');
});
