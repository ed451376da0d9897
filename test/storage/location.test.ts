import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it } from 'vitest';
import { isStorageFailure, type StorageCondition } from '../../src/chat/stores.ts';
import { runScript, temporaryFolder, temporaryStores } from './support.ts';
import { account, incoming } from './support-message.ts';

const root = process.getuid?.() === 0;
const windows = process.platform === 'win32';
const modeOf = (path: string) => statSync(path).mode & 0o777;

function conditionOf(work: () => unknown): StorageCondition | undefined {
  try {
    work();
  } catch (error) {
    if (isStorageFailure(error)) return error.condition;
    throw error;
  }
  return undefined;
}

function filled(count = 1): string {
  const path = join(temporaryFolder(), 'xmpp-chat.db');
  const stores = temporaryStores(path);
  stores.messages.transaction(() => {
    for (let n = 0; n < count; n += 1) stores.messages.append(incoming({ id: `id-${n}` }));
  });
  stores.close();
  const log = new DatabaseSync(path);
  log.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  log.close();
  // A copy, because this process still has the first one open.
  const copy = join(temporaryFolder(), 'xmpp-chat.db');
  copyFileSync(path, copy);
  return copy;
}

describe('the place of the database', () => {
  it.skipIf(windows)('makes folders 0700 and files 0600, log and shared memory too', () => {
    const base = temporaryFolder();
    const before = process.umask(0);
    try {
      const path = join(base, 'a', 'b', 'xmpp-chat.db');
      temporaryStores(path).messages.append(incoming());
      expect(modeOf(join(base, 'a'))).toBe(0o700);
      expect(modeOf(join(base, 'a', 'b'))).toBe(0o700);
      expect(readdirSync(join(base, 'a', 'b')).sort()).toEqual([
        'xmpp-chat.db',
        'xmpp-chat.db-shm',
        'xmpp-chat.db-wal',
      ]);
      for (const suffix of ['', '-wal', '-shm']) expect(modeOf(path + suffix)).toBe(0o600);
    } finally {
      process.umask(before);
    }
  });

  it.skipIf(windows)(
    'takes the rights of others away from a file that is there, but leaves its folder alone',
    () => {
      const path = filled();
      chmodSync(path, 0o644);
      chmodSync(join(path, '..'), 0o755);
      temporaryStores(path);
      expect(modeOf(path)).toBe(0o600);
      expect(modeOf(join(path, '..'))).toBe(0o755);
    },
  );

  it.skipIf(windows)('refuses a symbolic link and leaves its target untouched', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'target'), '');
    symlinkSync(join(folder, 'target'), join(folder, 'xmpp-chat.db'));
    expect(conditionOf(() => temporaryStores(join(folder, 'xmpp-chat.db')))).toBe('unsafe');
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('');
  });

  it.skipIf(windows)('refuses a folder that everybody may write to, unless it is sticky', () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o777);
    expect(conditionOf(() => temporaryStores(join(folder, 'x.db')))).toBe('unsafe');
    expect(readdirSync(folder)).toEqual([]);
    chmodSync(folder, 0o1777);
    expect(conditionOf(() => temporaryStores(join(folder, 'x.db')))).toBeUndefined();
  });

  it('refuses a folder in place of the file, and a file in place of the folder', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'xmpp-chat.db'));
    expect(conditionOf(() => temporaryStores(join(folder, 'xmpp-chat.db')))).toBe('unavailable');
    writeFileSync(join(folder, 'file'), 'kept');
    expect(conditionOf(() => temporaryStores(join(folder, 'file', 'xmpp-chat.db')))).toBe('unavailable');
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('kept');
  });

  it.skipIf(process.platform !== 'linux')('comes back where no folder can be made, as in /proc', () => {
    expect(conditionOf(() => temporaryStores('/proc/nowhere/deep/xmpp-chat.db'))).toBe('unavailable');
  });

  it.skipIf(windows)('says read-only for a folder that may not be written, and makes nothing', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'profile', 'xmpp-chat.db');
    chmodSync(folder, 0o555);
    // Root may write everywhere, so another user tries.
    expect(await runScript('open-only.ts', [path], root ? { uid: 65534 } : {})).toBe('read-only');
    expect(existsSync(join(folder, 'profile'))).toBe(false);
  });

  it.skipIf(!root)('refuses a database of another user', async () => {
    const path = filled();
    chownSync(join(path, '..'), 65534, 65534);
    expect(await runScript('open-only.ts', [path], { uid: 65534 })).toBe('unsafe');
  });
});

describe('a file that is no good', () => {
  it('says corrupt for what is no database, and does not change it', () => {
    const path = join(temporaryFolder(), 'xmpp-chat.db');
    const text = 'Wherefore art thou Romeo? '.repeat(400);
    writeFileSync(path, text);
    expect(conditionOf(() => temporaryStores(path))).toBe('corrupt');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('says corrupt for a truncated database', () => {
    const path = filled(2000);
    truncateSync(path, Math.floor(statSync(path).size / 2));
    expect(conditionOf(() => temporaryStores(path))).toBe('corrupt');
  });

  it('says corrupt for a page overwritten, when it is read', () => {
    const path = filled(2000);
    const bytes = readFileSync(path);
    bytes.fill(0xa5, 4096 * 6);
    writeFileSync(path, bytes);
    const read = () => temporaryStores(path).messages.history({ account, limit: 5000 });
    expect(conditionOf(read)).toBe('corrupt');
  });

  it("says foreign for another program's database, and does not change it", () => {
    const path = join(temporaryFolder(), 'xmpp-chat.db');
    const other = new DatabaseSync(path);
    other.exec('CREATE TABLE theirs (a)');
    expect(conditionOf(() => temporaryStores(path))).toBe('foreign');
    expect(other.prepare('SELECT name FROM sqlite_schema').all()).toEqual([{ name: 'theirs' }]);
    other.close();
  });

  it('says newer for a database of a later version, and does not change it', () => {
    const path = filled();
    const later = new DatabaseSync(path);
    later.exec('PRAGMA user_version = 900');
    expect(conditionOf(() => temporaryStores(path))).toBe('newer');
    expect(later.prepare('PRAGMA user_version').get()).toEqual({ user_version: 900 });
    later.close();
  });

  it('takes an empty file as a new database', () => {
    const path = join(temporaryFolder(), 'xmpp-chat.db');
    writeFileSync(path, '');
    expect(temporaryStores(path).messages.append(incoming()).row).toBe(1);
  });
});
