/** Files that broke off: whose note is whose, and how long they stay. */
import { link, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resumptionOf, tidyParts } from '../../../src/chat/files/resuming.ts';
import type { IncomingOffer } from '../../../src/chat/files/route.ts';
import { openStores } from '../../../src/storage/stores.ts';
import { memoryStores } from '../support.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resuming-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ACCOUNT = 'juliet@example.org';
const kept = () => memoryStores().partials(ACCOUNT);
const offer: IncomingOffer = {
  peer: 'romeo@example.net/orchard',
  name: 'a.txt',
  size: 10,
  ranged: true,
  hash: { algorithm: 'sha-256', hex: 'ab'.repeat(32) },
  signal: new AbortController().signal,
  accept: () => {
    throw new Error('is not taken here');
  },
  decline: () => undefined,
};
async function partAt(name: string, { content = 'x', age = 0 } = {}): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content, { mode: 0o600 });
  const then = Date.now() / 1000 - age;
  await utimes(path, then, then);
  return path;
}

it('the same file offered twice at once: one of them alone can be gone on with', async () => {
  const partials = kept();
  const [first, second] = await Promise.all([
    resumptionOf(offer, 'a.txt', partials),
    resumptionOf(offer, 'a.txt', partials),
  ]);
  expect(first).toBeDefined();
  expect(second).toBeUndefined();
  const path = await partAt('a.txt.part', { content: 'half' });
  first?.began(path);
  expect(await resumptionOf(offer, 'a.txt', partials)).toBeUndefined();
  first?.kept(path);
  const again = await resumptionOf(offer, 'a.txt', partials);
  expect(again?.part?.size).toBe(4);
  await again?.part?.discard();
  again?.ended();
  expect((await resumptionOf(offer, 'a.txt', partials))?.part).toBeUndefined();
});

it('a process that died is not taken for this one, though it had the same number', async () => {
  const database = join(folder, 'xmpp-chat.db');
  const before = openStores(database);
  before.partials(ACCOUNT).take('k');
  before.partials(ACCOUNT).put('k', { path: '/f/a.part', validator: 'v' }, { busy: true });
  before.close();
  const after = openStores(database);
  try {
    expect(after.partials(ACCOUNT).take('k')).toEqual({ path: '/f/a.part', validator: 'v' });
  } finally {
    after.close();
  }
});

it('a note goes when its path is another file now: nobody writes into what somebody else sends', () => {
  const partials = kept();
  partials.put('old', { path: '/f/a.part', validator: '' }, { busy: false });
  partials.put('new', { path: '/f/a.part', validator: '' }, { busy: true });
  expect(partials.take('old')).toBeUndefined();
  expect(partials.take('new')).toBe('busy');
});

it('twenty are kept, the newest, for two weeks; what is gone, or has its own name already, is forgotten', async () => {
  const partials = kept();
  const note = (key: string, path: string) => partials.put(key, { path, validator: '' }, { busy: false });
  for (let n = 0; n < 22; n++) note(`${n}`, await partAt(`${n}.part`, { age: n }));
  note('old', await partAt('old.part', { age: 15 * 24 * 60 * 60 }));
  note('gone', join(folder, 'gone.part'));
  const settled = await partAt('settled.part');
  await link(settled, join(folder, 'settled'));
  note('settled', settled);
  const running = await partAt('running.part', { age: 15 * 24 * 60 * 60 });
  partials.put('running', { path: running, validator: '' }, { busy: true });
  await tidyParts(partials);
  const names = Array.from({ length: 20 }, (_, n) => `${n}.part`);
  expect((await readdir(folder)).sort()).toEqual([...names, 'running.part', 'settled'].sort());
  expect(
    partials
      .list()
      .map(({ key }) => key)
      .sort(),
  ).toEqual(names.map((name) => name.slice(0, -5)).sort());
  // Mode 0600 and alone: its own name is a file like any other.
  expect((await stat(join(folder, 'settled'))).nlink).toBe(1);
});

it('eight GiB are kept, the newest', async () => {
  const partials = kept();
  const { truncate } = await import('node:fs/promises');
  for (let n = 0; n < 3; n++) {
    const path = await partAt(`${n}.part`);
    // Without blocks: it takes no room.
    await truncate(path, 3 * 1024 ** 3);
    await utimes(path, 1e9 - n, Date.now() / 1000 - n);
    partials.put(`${n}`, { path, validator: '' }, { busy: false });
  }
  await tidyParts(partials);
  expect((await readdir(folder)).sort()).toEqual(['0.part', '1.part']);
});
