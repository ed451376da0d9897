/** What a check of the way to a server finds: data, one entry a line. The words stand in src/i18n. */

export type CheckName =
  | 'dns'
  | 'address'
  | 'tcp'
  | 'tls'
  | 'certificate'
  | 'stream'
  | 'sasl'
  | 'channel-binding'
  | 'registration'
  | 'features'
  | 'log-in'
  | LoggedInCheck;

/** What can be asked by those who are logged in only. */
export type LoggedInCheck =
  | 'archive'
  | 'carbons'
  | 'stream-management'
  | 'blocking'
  | 'upload'
  | 'proxy'
  | 'rooms';

/** `warn`: it works, and something should be otherwise. `fail`: it does not work. */
export type CheckState = 'ok' | 'warn' | 'fail';

/** Of a certificate; times in milliseconds since 1970, days are whole ones that are left. */
interface CertificateValues {
  readonly subject: string;
  readonly issuer: string;
  readonly from: number;
  readonly until: number;
  readonly days: number;
  /** host names and addresses that it is for */
  readonly names: readonly string[];
  readonly more: number;
}

export interface Findings {
  'service-given': Record<never, never>;
  'not-asked': Record<never, never>;
  'srv-found': { name: string; targets: readonly string[]; more: number };
  'srv-none': { name: string };
  /** of neither kind: the domain itself is tried */
  'srv-missing': { name: string; target: string };
  'srv-refused': { name: string };
  'srv-failed': { name: string; code: string };
  'left-out': { count: number };
  addresses: { addresses: readonly string[]; more: number };
  connected: { milliseconds: number };
  encrypted: { how: 'starttls' | 'direct'; version: string; cipher: string };
  certificate: CertificateValues;
  'certificate-ending': CertificateValues;
  /** not for `domain`, or not to be believed: `condition` as of the connection that is refused, `code` of TLS itself */
  'certificate-bad': CertificateValues & { domain: string; condition: string; code: string };
  mechanisms: { offered: readonly string[]; chosen: string };
  'plain-only': { offered: readonly string[]; chosen: string };
  'no-mechanism': { offered: readonly string[] };
  'binding-used': { types: readonly string[] };
  'binding-unusable': { types: readonly string[] };
  'binding-none': Record<never, never>;
  'registration-open': Record<never, never>;
  'registration-closed': Record<never, never>;
  features: { features: readonly string[]; more: number };
  'logged-in': { mechanism: string; milliseconds: number };
  offered: Record<never, never>;
  service: { jid: string };
  'upload-limit': { jid: string; size: number };
  'proxy-at': { jid: string; at: string };
  /** the server does not have it; what that means is the check's own */
  missing: Record<never, never>;
  /** a condition of connections, streams, SASL or stanzas, what the system calls it, what the server says of it */
  failed: { domain: string; condition: string; code: string; text: string };
}

export type FindingCode = keyof Findings;

export type Finding = {
  [C in FindingCode]: { readonly code: C; readonly values: Findings[C] };
}[FindingCode];

export interface Check {
  readonly check: CheckName;
  readonly state: CheckState;
  /** the host, its address or port that it is about; '' where it is about the domain */
  readonly about: string;
  readonly finding: Finding;
}

export function finding<C extends FindingCode>(code: C, values: Findings[C]): Finding {
  return { code, values } as Finding;
}

export const check = (name: CheckName, state: CheckState, about: string, found: Finding): Check => ({
  check: name,
  state,
  about,
  finding: found,
});
