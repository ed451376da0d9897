/** Passwords and certificates from the files that the settings name. */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { type Config, stronger } from './config.ts';
import { ConfigError, type ConfigWarning } from './errors.ts';
import { type Key, type Source, settingOf } from './names.ts';

const MOST_BYTES = 4096;
const posix = process.platform !== 'win32';

export interface Password {
  readonly password: string;
  readonly warnings: readonly ConfigWarning[];
}

/**
 * Resolves to the password of the settings, undefined where there is none and it must be asked for. Of a password and
 * a file from the same source the file counts. `--password-stdin` is the caller's, and comes before.
 * Throws ConfigError `unreadable` or `wrong-value`; what is in the file is never part of it.
 */
export function configuredPassword(config: Config): Password | undefined {
  return choose(config, 'password', 'passwordFile');
}

/** The same for the password to change to. */
export function configuredNewPassword(config: Config): Password | undefined {
  return choose(config, 'newPassword', 'newPasswordFile');
}

function choose(
  config: Config,
  key: 'password' | 'newPassword',
  fileKey: 'passwordFile' | 'newPasswordFile',
): Password | undefined {
  const password = config[key];
  const file = config[fileKey];
  if (
    file !== undefined &&
    (password === undefined || !stronger(config.sources[key], config.sources[fileKey]))
  )
    return readPasswordFile(file, fileKey, config.sources[fileKey]);
  return password === undefined ? undefined : { password, warnings: [] };
}

/** The first line without its end. Works with pipes (`--password-file <(pass show …)`): reads no further than needed. */
export function readPasswordFile(path: string, key: Key, source: Source): Password {
  const fault = { name: nameOf(key, source), value: '', source, path };
  let bytes: Buffer;
  let mode: number;
  try {
    ({ bytes, mode } = readStart(path));
  } catch (cause) {
    throw new ConfigError('unreadable', { ...fault, reason: (cause as Error).message }, { cause });
  }
  const password =
    bytes
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/, 1)[0] ?? '';
  if (password === '' || bytes.length >= MOST_BYTES)
    throw new ConfigError('wrong-value', {
      ...fault,
      takes: 'password-file',
      reason: 'takes a file with a password in its first line',
    });
  const open = posix && (mode & 0o170000) === 0o100000 && (mode & 0o044) !== 0;
  return { password, warnings: open ? [{ condition: 'readable-by-others', path, name: fault.name }] : [] };
}

function readStart(path: string): { bytes: Buffer; mode: number } {
  const file = openSync(path, 'r');
  try {
    const { mode } = fstatSync(file);
    const buffer = Buffer.alloc(MOST_BYTES);
    let length = 0;
    while (length < MOST_BYTES) {
      const read = readSync(file, buffer, length, MOST_BYTES - length, null);
      length += read;
      const line = buffer.subarray(0, length).indexOf(0x0a);
      if (line >= 0) return { bytes: buffer.subarray(0, line + 1), mode };
      if (read === 0) break;
    }
    return { bytes: buffer.subarray(0, length), mode };
  } finally {
    closeSync(file);
  }
}

/** The certificates that `--ca` names, as PEM. Throws ConfigError `unreadable` or `wrong-value`. */
export function readCertificates(config: Config): string | undefined {
  const path = config.ca;
  if (path === undefined) return undefined;
  const source = config.sources.ca;
  const fault = { name: nameOf('ca', source), value: path, source, path };
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ConfigError('unreadable', { ...fault, reason: (cause as Error).message }, { cause });
  }
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw new ConfigError('wrong-value', {
      ...fault,
      takes: 'certificates',
      reason: 'takes a file of certificates (PEM)',
    });
  return pem;
}

function nameOf(key: Key, source: Source): string {
  const { name, env } = settingOf(key);
  if (source === 'flag') return `--${name}`;
  return source === 'config' ? name : env;
}
