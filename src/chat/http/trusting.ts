/** How web servers are believed: as chat servers are, by their own name. */
import type { RequestOptions } from 'node:https';
import type { SecureContext } from 'node:tls';

/** Options of a handshake; that https hands them on to tls is not in its types. */
export function trusting(secureContext: SecureContext): RequestOptions {
  const options = { secureContext, rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;
  return options;
}
