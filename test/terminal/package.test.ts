import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

let folder: string;
/** Where the packed package was installed. */
let user: string;

/** A copy of what `npm pack` reads, so that the build it makes does not replace the one under test. */
async function copyProject(to: string): Promise<void> {
  await mkdir(to);
  for (const name of await readdir(root)) {
    if (['node_modules', 'dist', '.git', 'test', 'files_received'].includes(name)) continue;
    await cp(join(root, name), join(to, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(to, 'node_modules'));
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xmpp-chat-package-'));
  const project = join(folder, 'project');
  await copyProject(project);
  await run('npm', ['pack', '--pack-destination', folder], { cwd: project });
  const [packed = ''] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  user = join(folder, 'user');
  await mkdir(user);
  await writeFile(join(user, 'package.json'), '{"private":true}\n');
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', join(folder, packed)], {
    cwd: user,
  });
}, 180_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

it('runs from the packed package, installed in an empty folder', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const { stdout } = await run('npx', ['--no-install', 'xmpp-chat', '--version'], { cwd: user });
  expect(stdout.trim()).toBe(version);
});

it('packs what it runs with, and neither sources nor tests', async () => {
  const packed = await readdir(join(user, 'node_modules/xmpp-chat'));
  expect(packed).toEqual(expect.arrayContaining(['LICENSE', 'bin', 'dist', 'package.json']));
  for (const name of ['src', 'test', 'scripts', 'files_received', 'node_modules']) {
    expect(packed).not.toContain(name);
  }
});

it('installs no tool of development', async () => {
  const installed = await readdir(join(user, 'node_modules'));
  for (const name of ['vitest', 'typescript', 'tsdown', 'tsx']) expect(installed).not.toContain(name);
});

it('brings none of the prompts of inquirer that are not used, and no tables of character sets', async () => {
  const dist = join(user, 'node_modules/xmpp-chat/dist');
  const chunks = (await readdir(dist)).filter((name) => name.endsWith('.cjs'));
  const texts = await Promise.all(chunks.map((name) => readFile(join(dist, name), 'utf8')));
  // What is there of it, and what is not.
  expect(texts.some((text) => text.includes('registerPrompt'))).toBe(true);
  expect(texts.filter((text) => /shiftjis|iconv/i.test(text))).toEqual([]);
});
