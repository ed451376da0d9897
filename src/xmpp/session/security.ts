/** How a connection is protected, in a few words. */
import { nameOf } from './certificate.ts';
import type { ClientStream } from './client-adapter.ts';
import type { Security } from './options.ts';

export function securityOf(
  stream: ClientStream,
  mechanism: string,
  channelBinding: string | undefined,
): Security {
  const tls = stream.established?.tls;
  const peer = tls?.getPeerCertificate();
  return {
    protocol: tls?.getProtocol() ?? 'none',
    cipher: tls?.getCipher().name,
    mechanism,
    channelBinding,
    certificate: peer && {
      subject: nameOf(peer.subject ?? {}),
      issuer: nameOf(peer.issuer ?? {}),
      validTo: peer.valid_to,
      fingerprint256: peer.fingerprint256,
    },
  };
}
