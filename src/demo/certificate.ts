/** A certificate that a throw-away server signs for itself, and that its clients are given to trust. */
import { execFile } from 'node:child_process';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './programs.ts';

export interface Certificate {
  /** PEM file of the certificate: what the server shows, and what a client is given as `--ca`. */
  readonly certFile: string;
  /** PEM file of its private key, readable by the owner only. */
  readonly keyFile: string;
}

/**
 * Makes a self-signed certificate with openssl, valid from now for `days`.
 * @param folder where the two files are written
 * @param names DNS names and IP addresses it is for (RFC 6125 `subjectAltName`)
 */
export async function createCertificate(
  folder: string,
  names: readonly string[],
  { days = 30, file = 'server' }: { days?: number; file?: string } = {},
): Promise<Certificate> {
  const certFile = join(folder, `${file}.crt`);
  const keyFile = join(folder, `${file}.key`);
  const alternatives = names.map((name) => `${/^[\d.]+$/.test(name) ? 'IP' : 'DNS'}:${name}`);
  const openssl = findProgram('openssl', 'openssl');
  // An elliptic curve: the key is made in a moment.
  await promisify(execFile)(openssl, [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', String(days), '-subj', `/CN=${names[0] ?? 'localhost'}`],
    ...['-addext', `subjectAltName=${alternatives.join(',')}`],
    ...['-keyout', keyFile, '-out', certFile],
  ]);
  await chmod(keyFile, 0o600);
  return { certFile, keyFile };
}
