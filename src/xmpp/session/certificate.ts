/** What a server's certificate says of itself, before anybody believes it. RFC 6120 §13.7.1, RFC 5280 §4.1. */
import type { PeerCertificate } from 'node:tls';

export interface CertificateFacts {
  /** common name, else all of the name */
  readonly subject: string;
  readonly issuer: string;
  /** milliseconds since 1970; NaN where it is no date */
  readonly from: number;
  readonly until: number;
  /** host names and addresses that it is for, the first ones */
  readonly names: readonly string[];
  /** so many more */
  readonly more: number;
}

const MOST_NAMES = 20;
const LONGEST = 256;

/** The `CN` of a certificate's name, else what else it says of itself. */
export function nameOf(name: object): string {
  const fields = new Map(Object.entries(name));
  const text = String(fields.get('CN') ?? [...fields].map(([key, value]) => `${key}=${value}`).join(', '));
  return text.slice(0, LONGEST);
}

/** `DNS:a, IP Address:b, othername:…` as Node writes it; a name with a comma or a quotation mark stands in JSON. */
function namesOf(text: string | undefined): string[] {
  const entries = (text ?? '').matchAll(/(?:^|, )(DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g);
  return [...entries].map(([, , name = '']) => name.slice(0, LONGEST));
}

/** Takes what `getPeerCertificate` gives; `undefined` where there is none. */
export function certificateFacts(peer: PeerCertificate | undefined): CertificateFacts | undefined {
  // A socket without a certificate gives an empty object.
  if (peer?.raw === undefined) return undefined;
  const names = namesOf(peer.subjectaltname);
  return {
    subject: nameOf(peer.subject ?? {}),
    issuer: nameOf(peer.issuer ?? {}),
    from: Date.parse(peer.valid_from),
    until: Date.parse(peer.valid_to),
    names: names.slice(0, MOST_NAMES),
    more: Math.max(0, names.length - MOST_NAMES),
  };
}
