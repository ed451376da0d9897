import { randomBytes } from 'node:crypto';
import { lstat, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { folderError, freeSpace, partFile, removeLeftParts } from '../../../src/chat/files/part-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'part-file-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file while it arrives', () => {
  it('is a .part of its owner alone until it is whole', async () => {
    const part = await partFile(folder, 'a.txt');
    await part.write(Buffer.from('hello '));
    expect(await readdir(folder)).toEqual(['a.txt.part']);
    expect((await lstat(join(folder, 'a.txt.part'))).mode & 0o777).toBe(0o600);
    await part.write(Buffer.from('world'));
    const path = await part.finish();
    expect(path).toBe(join(folder, 'a.txt'));
    expect(await readFile(path, 'utf8')).toBe('hello world');
    expect(await readdir(folder)).toEqual(['a.txt']);
  });

  it('is removed by a later run where the one that it belonged to is dead, and by no other', async () => {
    const [dead, alive] = ['d'.repeat(24), 'a'.repeat(24)];
    await partFile(folder, 'a.txt', dead);
    await partFile(folder, 'b.txt', alive);
    await writeFile(join(folder, 'c.txt.part'), '');
    await removeLeftParts(folder, (key) => key === dead);
    expect(await readdir(folder)).toEqual([`b.txt.${alive}.part`, 'c.txt.part']);
    await removeLeftParts(join(folder, 'missing'), () => true);
  });

  it('never replaces a file, nor one that came meanwhile', async () => {
    await writeFile(join(folder, 'a.txt'), 'mine');
    const part = await partFile(folder, 'a.txt');
    await writeFile(join(folder, 'a (1).txt'), 'mine too');
    expect(await part.finish()).toBe(join(folder, 'a (2).txt'));
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('mine');
    expect(await readFile(join(folder, 'a (1).txt'), 'utf8')).toBe('mine too');
  });

  it('stands beside another of the same name', async () => {
    const [one, two] = await Promise.all([partFile(folder, 'a'), partFile(folder, 'a')]);
    await one?.write(Buffer.from('1'));
    await two?.write(Buffer.from('2'));
    const paths = [await one?.finish(), await two?.finish()];
    expect(new Set(paths).size).toBe(2);
    expect((await readdir(folder)).sort()).toEqual(['a', 'a (1)']);
  });

  it('follows no symbolic link, for the .part and for the name', async () => {
    const outside = join(folder, 'outside');
    const inside = join(folder, 'in');
    await mkdir(inside);
    await writeFile(outside, 'untouched');
    await symlink(outside, join(inside, 'a.part'));
    await symlink(join(folder, 'dangling'), join(inside, 'a'));
    const part = await partFile(inside, 'a');
    await part.write(Buffer.from('evil'));
    expect(await part.finish()).toBe(join(inside, 'a (1)'));
    expect(await readFile(outside, 'utf8')).toBe('untouched');
    expect((await readdir(folder)).sort()).toEqual(['in', 'outside']);
  });

  it('has every byte in its place, of pieces of any size whose memory is used again', async () => {
    const sizes = [1, 300_000, 65_536, 16_384, 524_288, 0, 262_144, 77];
    const content = Buffer.from(Array.from({ length: sizes.reduce((a, b) => a + b) }, (_, at) => at % 251));
    const part = await partFile(folder, 'a');
    const memory = Buffer.alloc(Math.max(...sizes));
    let at = 0;
    for (const size of sizes) {
      content.copy(memory, 0, at, at + size);
      await part.write(memory.subarray(0, size));
      memory.fill(0);
      at += size;
    }
    expect(content.equals(await readFile(await part.finish()))).toBe(true);
  });

  it('has what came a moment ago though no more comes: a run that is killed loses little', async () => {
    const part = await partFile(folder, 'a.txt');
    await part.write(Buffer.from('some '));
    await expect.poll(() => readFile(part.path, 'utf8')).toBe('some ');
    await part.write(Buffer.from('more'));
    await expect.poll(() => readFile(part.path, 'utf8')).toBe('some more');
    expect(await readFile(await part.finish(), 'utf8')).toBe('some more');
  });

  it('has every byte in its place where pieces come slower than it is written', async () => {
    const content = randomBytes(600_000);
    const part = await partFile(folder, 'a.bin');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      for (let at = 0; at < content.length; at += 70_000) {
        await part.write(content.subarray(at, at + 70_000));
        if (at % 3 === 0) vi.advanceTimersByTime(200);
      }
    } finally {
      vi.useRealTimers();
    }
    expect((await readFile(await part.finish())).equals(content)).toBe(true);
  });

  it('has all that came where it is kept for a later attempt', async () => {
    const part = await partFile(folder, 'a');
    await part.write(Buffer.from('half'));
    await part.keep();
    expect(await readFile(part.path, 'utf8')).toBe('half');
  });

  it('tells what kept it from the disk, be it only with a later piece', async () => {
    const part = await partFile(folder, 'a');
    const other = await open(join(folder, 'b'), 'w');
    const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    const failing = vi.spyOn(Object.getPrototypeOf(other), 'write').mockRejectedValueOnce(full);
    await part.write(Buffer.alloc(256 * 1024));
    await expect(part.sync()).rejects.toBe(full);
    await expect(part.finish()).rejects.toBe(full);
    await part.discard();
    failing.mockRestore();
    await other.close();
    expect(await readdir(folder)).toEqual(['b']);
  });

  it('leaves nothing when it is given up', async () => {
    const part = await partFile(folder, 'a');
    await part.write(Buffer.from('x'));
    await part.discard();
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('the folder of received files', () => {
  it('is made with those above it, for its owner alone', async () => {
    const deep = join(folder, 'a', 'b', 'c');
    await freeSpace(deep);
    expect((await lstat(deep)).mode & 0o777).toBe(0o700);
    await freeSpace(deep);
  });

  it.skipIf(process.platform !== 'linux')('fails at once where none can be made, as in /proc', async () => {
    await expect(freeSpace('/proc/nowhere/deep')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is made, and says how much is free', async () => {
    expect(await freeSpace(join(folder, 'new'))).toBeGreaterThan(0);
    expect((await lstat(join(folder, 'new'))).isDirectory()).toBe(true);
  });

  it.each([
    ['ENOSPC', 'folder-full'],
    ['EDQUOT', 'folder-full'],
    ['EACCES', 'folder-unwritable'],
    ['EROFS', 'folder-unwritable'],
    ['ENOTDIR', 'folder-unwritable'],
    ['EMFILE', 'too-many-files'],
  ])('has the error %s told as %s', (code, condition) => {
    expect(folderError(Object.assign(new Error(), { code }), '/x')).toMatchObject({
      condition,
      values: { path: '/x' },
    });
  });
});
