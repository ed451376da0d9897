/** The file that `--debug` names. */
import { closeSync, openSync } from 'node:fs';
import type { Config } from './config.ts';
import { ConfigError } from './errors.ts';
import { settingOf } from './names.ts';

/** Opens it for appending, readable by the user alone: it holds what was said. Throws ConfigError `unwritable`. */
export function openTrace(path: string, source: Config['sources']['debug']): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new ConfigError('unwritable', { name: settingOf('debug').name, source, path, reason }, { cause });
  }
}

/** Throws ConfigError before anything is begun that would have to be ended. */
export function checkTrace({ debug, sources }: Config): void {
  if (debug !== undefined) closeSync(openTrace(debug, sources.debug));
}
