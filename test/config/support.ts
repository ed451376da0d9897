import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type Config, loadConfig } from '../../src/config/config.ts';
import type { Flags } from '../../src/config/layers.ts';

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-chat-config-'));
  folders.push(folder);
  return folder;
}

export interface Place {
  /** content of the config file; an object becomes JSON */
  config?: string | object;
  dotenv?: string;
  /** mode of both files */
  mode?: number;
  env?: Record<string, string>;
  flags?: Flags;
  platform?: NodeJS.Platform;
}

/** A machine with exactly these settings; `home/here` is the current folder. */
export function machine(place: Place) {
  const home = temporaryFolder();
  const cwd = join(home, 'here');
  const configFolder = join(home, '.config', 'xmpp-chat');
  mkdirSync(cwd);
  mkdirSync(configFolder, { recursive: true });
  const write = (path: string, content: string) => {
    writeFileSync(path, content);
    chmodSync(path, place.mode ?? 0o600);
  };
  if (place.config !== undefined)
    write(
      join(configFolder, 'config.json'),
      typeof place.config === 'string' ? place.config : JSON.stringify(place.config),
    );
  if (place.dotenv !== undefined) write(join(cwd, '.env'), place.dotenv);
  return { home, cwd, configFolder, env: place.env ?? {}, flags: place.flags, platform: 'linux' as const };
}

export const load = (place: Place): Config => loadConfig(machine(place));
