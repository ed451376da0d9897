import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { checkTrace } from '../../src/config/trace.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'trace-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const configOf = (debug: string) =>
  loadConfig({ env: { HOME: folder }, cwd: folder, home: folder, flags: { debug } });

describe('the file of the trace', () => {
  it('is for its owner alone, and keeps what is in it', () => {
    const path = join(folder, 'trace');
    checkTrace(configOf(path));
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(path, 'kept');
    checkTrace(configOf(path));
    expect(readFileSync(path, 'utf8')).toBe('kept');
  });

  it('is refused before anything begins where it cannot be written', () => {
    expect(() => checkTrace(configOf(join(folder, 'nowhere', 'trace')))).toThrow(
      expect.objectContaining({ name: 'ConfigError', condition: 'unwritable' }),
    );
  });
});
