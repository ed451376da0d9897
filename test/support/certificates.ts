/** Certificates for servers of tests, made with openssl in a temporary folder: one CA, good and bad leaves. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  cert: string;
  key: string;
}

export type CertificateKind = 'good' | 'wrong-host' | 'expired' | 'not-yet-valid' | 'self-signed';

export interface Certificates {
  /** PEM of the CA that signed all but the self-signed one */
  ca: string;
  of(kind: CertificateKind): Certificate;
}

const PERIODS: Partial<Record<CertificateKind, [from: string, to: string]>> = {
  expired: ['20200101000000Z', '20200201000000Z'],
  'not-yet-valid': ['20900101000000Z', '20910101000000Z'],
};

/** `domain` is what the good leaf is for. Takes some 50 ms; nothing is left on disk. */
export function makeCertificates(domain: string, kinds: readonly CertificateKind[] = ['good']): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'xmpp-chat-ca-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  const request = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-batch'];
  try {
    writeFileSync(
      join(folder, 'ca.cnf'),
      [
        '[ca]\ndefault_ca=own\n[own]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\ndefault_md=sha256',
        'policy=any\nunique_subject=no\ncopy_extensions=copy\n[any]\ncommonName=supplied\n',
      ].join('\n'),
    );
    writeFileSync(join(folder, 'index.txt'), '');
    writeFileSync(join(folder, 'serial'), '01');
    openssl(
      ...request,
      '-x509',
      '-days',
      '30',
      '-subj',
      '/CN=Test CA',
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
    );
    const leaf = (kind: CertificateKind): Certificate => {
      const name = kind === 'wrong-host' ? 'other.example' : domain;
      const san = `subjectAltName=DNS:${name}`;
      const files = ['-subj', `/CN=${name}`, '-addext', san, '-keyout', `${kind}.key`];
      if (kind === 'self-signed')
        openssl(...request, ...files, '-x509', '-days', '30', '-out', `${kind}.pem`);
      else {
        const [from, to] = PERIODS[kind] ?? ['20250101000000Z', '20450101000000Z'];
        openssl(...request, ...files, '-out', `${kind}.csr`);
        const own = ['-config', 'ca.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key', '-batch', '-notext'];
        openssl(
          'ca',
          ...own,
          '-startdate',
          from,
          '-enddate',
          to,
          '-in',
          `${kind}.csr`,
          '-out',
          `${kind}.pem`,
        );
      }
      return { cert: read(`${kind}.pem`), key: read(`${kind}.key`) };
    };
    const leaves = new Map(kinds.map((kind) => [kind, leaf(kind)]));
    return {
      ca: read('ca.pem'),
      of: (kind) => {
        const found = leaves.get(kind);
        if (found === undefined) throw new Error(`no ${kind} certificate was made`);
        return found;
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
