import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { COMPILED, chunks } from '../../src/app/chunks.ts';

const maker = fileURLToPath(new URL('../../scripts/code-cache.js', import.meta.url));

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-chat-chunks-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** As the build does it. */
function compile(folder: string): void {
  execFileSync(process.execPath, [maker, folder]);
}

it('gives what a file exports, with its siblings and what Node has', () => {
  const folder = folderOf({
    'one.cjs': "exports.sum = require('./two.cjs').two + require('node:path').sep.length;",
    'two.cjs': 'exports.two = 2;',
  });
  expect(chunks()(join(folder, 'one.cjs'))).toEqual({ sum: 3 });
});

it('runs a file once, also where two ask for each other', () => {
  const folder = folderOf({
    'one.cjs': "exports.runs = 0; exports.other = require('./two.cjs'); exports.runs += 1;",
    'two.cjs': "exports.one = require('./one.cjs');",
  });
  const load = chunks();
  const one = load(join(folder, 'one.cjs')) as { runs: number; other: { one: unknown } };
  expect(load(join(folder, 'one.cjs'))).toBe(one);
  expect(one.runs).toBe(1);
  expect(one.other.one).toBe(one);
});

it('loads a sibling when it is asked for, as import() is built', async () => {
  const folder = folderOf({
    'one.cjs': "exports.later = () => Promise.resolve().then(() => require('./two.cjs'));",
    'two.cjs': 'exports.two = 2;',
  });
  const { later } = chunks()(join(folder, 'one.cjs')) as { later(): Promise<unknown> };
  await expect(later()).resolves.toEqual({ two: 2 });
});

it('takes what V8 made of a file instead of reading it', () => {
  const folder = folderOf({ 'one.cjs': "exports.made = () => 'before';" });
  compile(folder);
  expect(readdirSync(folder).sort()).toEqual(['one.cjs', `one.cjs${COMPILED}`]);
  // V8 compares lengths only: what runs is what was compiled.
  writeFileSync(join(folder, 'one.cjs'), "exports.made = () => 'behind';");
  const { made } = chunks()(join(folder, 'one.cjs')) as { made(): string };
  expect(made()).toBe('before');
});

it.each([
  ['nothing', () => Buffer.alloc(0)],
  ['half of it', (whole: Buffer) => whole.subarray(0, whole.length >> 1)],
  ['noise', (whole: Buffer) => Buffer.alloc(whole.length, 7)],
  [
    'that of another V8',
    (whole: Buffer) => Buffer.concat([whole.subarray(0, 4), Buffer.alloc(4), whole.subarray(8)]),
  ],
])('reads the file where %s is beside it', (_name, spoil) => {
  const folder = folderOf({ 'one.cjs': "exports.made = () => 'before';" });
  compile(folder);
  const kept = join(folder, `one.cjs${COMPILED}`);
  writeFileSync(kept, spoil(readFileSync(kept)));
  writeFileSync(join(folder, 'one.cjs'), "exports.made = () => 'behind';");
  const { made } = chunks()(join(folder, 'one.cjs')) as { made(): string };
  expect(made()).toBe('behind');
});

it('runs a file again that threw, and never gives what it had made till then', () => {
  const folder = folderOf({
    'one.cjs': "exports.half = 1; exports.whole = require('./two.cjs').two;",
    'two.cjs': "exports.half = 2; throw new TypeError('broken');",
  });
  const load = chunks();
  expect(() => load(join(folder, 'one.cjs'))).toThrow('broken');
  expect(() => load(join(folder, 'one.cjs'))).toThrow('broken');
  expect(() => load(join(folder, 'two.cjs'))).toThrow('broken');
  writeFileSync(join(folder, 'two.cjs'), 'exports.two = 2;');
  expect(load(join(folder, 'one.cjs'))).toEqual({ half: 1, whole: 2 });
});

it('throws what a file throws, and what is missing', () => {
  const folder = folderOf({
    'one.cjs': "throw new TypeError('broken');",
    'two.cjs': "require('a-package-that-is-not-there');",
  });
  const load = chunks();
  expect(() => load(join(folder, 'one.cjs'))).toThrow('broken');
  expect(() => load(join(folder, 'two.cjs'))).toThrow('a-package-that-is-not-there');
  expect(() => load(join(folder, 'none.cjs'))).toThrow('ENOENT');
});
