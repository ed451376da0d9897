/** Who is believed: TLS 1.2 or newer, chain and name always verified, against the JID's domain. RFC 6120 §13.7.2. */
import { isIP } from 'node:net';
import {
  type ConnectionOptions,
  checkServerIdentity,
  createSecureContext,
  rootCertificates,
  type SecureContext,
} from 'node:tls';
import { ConnectionError } from '../errors.ts';
import { asciiDomain } from './targets.ts';

/**
 * The usual roots and one or more PEM certificates beside them: made when first asked for, kept then. Throws at once
 * when `ca` holds no certificate.
 */
export function trustedRoots(ca: string | undefined): () => SecureContext {
  const certificates = ca?.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (ca !== undefined && certificates.length === 0)
    throw new ConnectionError('policy', 'the CA file holds no certificate');
  let context: SecureContext | undefined;
  return () => {
    context ??= secureContext(certificates);
    return context;
  };
}

/** Giving `ca` to Node replaces its roots, and giving it all of them costs 20 ms: so it is added to the context. */
function secureContext(certificates: readonly string[]): SecureContext {
  if (certificates.length === 0) return createSecureContext({ minVersion: 'TLSv1.2' });
  const context = createSecureContext({ minVersion: 'TLSv1.2' });
  const inner: { addCACert?: (pem: string) => void } = context.context;
  if (typeof inner?.addCACert !== 'function')
    return createSecureContext({ minVersion: 'TLSv1.2', ca: [...rootCertificates, ...certificates] });
  for (const certificate of certificates) inner.addCACert(certificate);
  return context;
}

/** Options of the handshake with the server of that domain, whatever host it was found at. */
export function tlsOptions(domain: string, context: SecureContext, direct: boolean): ConnectionOptions {
  const name = asciiDomain(domain);
  return {
    secureContext: context,
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    // RFC 6066 §3: no addresses in SNI.
    ...(isIP(name) === 0 && { servername: name }),
    // XEP-0368 §4, on the ports that may speak other protocols.
    ...(direct && { ALPNProtocols: ['xmpp-client'] }),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
  };
}

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY',
  'UNABLE_TO_GET_CRL',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'PATH_LENGTH_EXCEEDED',
]);
const UNREACHABLE = new Set([
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EACCES',
]);
const CLOSED = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE']);

/** What a socket or a handshake failed with, in the program's own words. */
export function connectionError(error: unknown, detail: string): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const make = (condition: ConnectionError['condition']) =>
    new ConnectionError(condition, `${detail}: ${message || code}`, { cause: error });
  if (code === 'CERT_HAS_EXPIRED') return make('certificate-expired');
  if (code === 'CERT_NOT_YET_VALID') return make('certificate-not-yet-valid');
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return make('certificate-wrong-host');
  if (UNTRUSTED.has(code)) return make('certificate-untrusted');
  if (code === 'ENOTFOUND') return make('dns-not-found');
  if (code === 'EAI_AGAIN' || code === 'EAI_FAIL') return make('dns-failed');
  if (code === 'ECONNREFUSED') return make('refused');
  if (code === 'ETIMEDOUT') return make('timeout');
  if (UNREACHABLE.has(code)) return make('unreachable');
  if (CLOSED.has(code)) return make('closed');
  return make(/^ERR_SSL|^ERR_TLS|^EPROTO|^HANDSHAKE/.test(code) ? 'tls-failed' : 'closed');
}
