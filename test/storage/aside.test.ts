import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moveAside } from '../../src/storage/aside.ts';
import { temporaryFolder, temporaryStores } from './support.ts';

const NOON = Date.UTC(2026, 1, 3, 12, 0, 0, 500);

describe('a damaged database', () => {
  it('is renamed with the log that belongs to it', () => {
    const path = join(temporaryFolder(), 'xmpp-chat.db');
    for (const suffix of ['', '-wal', '-shm']) writeFileSync(path + suffix, suffix);
    const kept = moveAside(path, NOON);
    expect(kept).toBe(`${path}.damaged-20260203T120000Z`);
    expect(readdirSync(dirname(path)).toSorted()).toEqual(
      ['', '-shm', '-wal'].map((suffix) => basename(kept) + suffix),
    );
  });

  it('stays where it is while another process uses it', () => {
    const path = join(temporaryFolder(), 'xmpp-chat.db');
    const { instances } = temporaryStores(path);
    const free = instances.claim('juliet@example.org', { resource: undefined, resumes: false });
    const held = instances.claim('juliet@example.org', { resource: undefined, resumes: true });
    free.release();
    expect(() => moveAside(path, NOON)).toThrow(expect.objectContaining({ condition: 'locked' }));
    expect(existsSync(path)).toBe(true);
    expect(instances.isAlive(free.key)).toBe(false);
    held.release();
    expect(existsSync(moveAside(path, NOON))).toBe(true);
  });
});
