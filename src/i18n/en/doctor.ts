/**
 * What `--doctor` finds, a text for every finding, and what to do about it; src/ui checks that none is missing. Values
 * come sanitised and in words: lists with what was left out, dates, sizes. What fails has its words in protocol-errors.ts.
 */
import { open } from '../open.ts';

type Of<K extends string> = Readonly<Record<K, string>>;

const certificate = ({
  subject,
  issuer,
  from,
  until,
  days,
  names,
}: Of<'subject' | 'issuer' | 'from' | 'until' | 'days' | 'names'>) =>
  `${subject}, issued by ${issuer}, from ${from} until ${until} (days left: ${days}), for ${names || 'no name'}`;

export const doctor = {
  checking: (domain: string) => `Checking the way to ${domain} …`,
  states: { ok: 'ok', warn: 'warn', fail: 'fail' },
  try: 'to do:',
  checks: {
    dns: 'DNS',
    address: 'address',
    tcp: 'TCP',
    tls: 'TLS',
    certificate: 'certificate',
    stream: 'stream',
    sasl: 'log-in methods',
    'channel-binding': 'channel binding',
    registration: 'registration',
    features: 'features',
    'log-in': 'log-in',
    archive: 'archive',
    carbons: 'copies for devices',
    'stream-management': 'acknowledgements',
    blocking: 'block list',
    upload: 'file upload',
    proxy: 'file proxy',
    rooms: 'rooms',
  },
  andMore: (list: string, count: number) => `${list}, … and ${count} more`,
  texts: {
    'service-given': () => 'the server is given, DNS is not asked for it',
    'not-asked': () => 'this computer, or an address: DNS has no records for that',
    'srv-found': ({ name, targets }: Of<'name' | 'targets'>) => `${name}: ${targets}`,
    'srv-none': ({ name }: Of<'name'>) => `no ${name}`,
    'srv-missing': ({ name, target }: Of<'name' | 'target'>) => `no ${name}; ${target} is tried`,
    'srv-refused': ({ name }: Of<'name'>) => `${name} says that there is no such service`,
    'srv-failed': ({ name, code }: Of<'name' | 'code'>) => `no answer to ${name} (${code})`,
    'left-out': ({ count }: Of<'count'>) => `more servers are named, and not tried: ${count}`,
    addresses: ({ addresses }: Of<'addresses'>) => addresses,
    connected: ({ milliseconds }: Of<'milliseconds'>) => `connected in ${milliseconds} ms`,
    encrypted: ({ how, version, cipher }: Of<'how' | 'version' | 'cipher'>) =>
      `${version}, ${cipher}, ${how === 'direct' ? 'from the first byte' : 'by STARTTLS'}`,
    certificate,
    'certificate-ending': certificate,
    'certificate-bad': (values: Of<'why'> & Parameters<typeof certificate>[0]) =>
      `${values.why}: ${certificate(values)}`,
    mechanisms: ({ offered, chosen }: Of<'offered' | 'chosen'>) => `${chosen} of ${offered}`,
    'plain-only': ({ offered }: Of<'offered'>) =>
      `${offered}: the server gets to read the password, inside TLS`,
    'no-mechanism': ({ offered }: Of<'offered'>) => `none that is safe enough of ${offered || 'none'}`,
    'binding-used': ({ types }: Of<'types'>) => `used (${types}): nobody between can pose as the server`,
    'binding-unusable': ({ types }: Of<'types'>) =>
      `offered, by no type that is known here (${types || 'none named'})`,
    'binding-none': () => 'not offered',
    'registration-open': () => 'offered: menu 2 or --register asks for an account',
    'registration-closed': () => 'not offered here',
    features: ({ features }: Of<'features'>) => features || 'none',
    'logged-in': ({ mechanism, milliseconds }: Of<'mechanism' | 'milliseconds'>) =>
      `logged in with ${mechanism} in ${milliseconds} ms`,
    offered: () => 'there',
    service: ({ jid }: Of<'jid'>) => jid,
    'upload-limit': ({ jid, size }: Of<'jid' | 'size'>) => `${jid}, files up to ${size}`,
    'proxy-at': ({ jid, at }: Of<'jid' | 'at'>) => `${jid} at ${at}`,
    missing: () => 'the server has none',
    failed: ({ why }: Of<'why'>) => why,
  },
  /** what to do, whole sentences, where there is something */
  hints: open({
    'srv-missing':
      'Whoever runs the server can publish SRV records (RFC 6120 §3.2), so that it is found wherever it is.',
    'srv-refused': 'Check the name, or give --service.',
    'srv-failed': 'Check the network connection, or give --service.',
    'left-out': 'Give one of them with --service to check it.',
    'certificate-ending': 'Tell the administrator of the server that it has to be renewed.',
    'plain-only': 'Ask the administrator of the server for SCRAM.',
    'no-mechanism': 'Ask the administrator of the server for SCRAM.',
  }),
  /** what it means that a server lacks it */
  missing: {
    archive:
      'Messages are on one device only, and what comes while nobody is there may be lost. Ask for XEP-0313.',
    carbons: 'Your other devices do not see what is said here. Ask for XEP-0280.',
    'stream-management': 'What is sent while the connection breaks may arrive twice. Ask for XEP-0198.',
    blocking: 'Nobody can be blocked. Ask for XEP-0191.',
    upload: 'Files reach only those who are online. Ask for XEP-0363.',
    proxy: 'Files between two networks go slowly, inside the stream. Ask for XEP-0065.',
    rooms: 'Rooms of other servers work: room@service.',
  },
  /** what TLS calls a chain that leads to nobody trusted */
  chains: open({
    DEPTH_ZERO_SELF_SIGNED_CERT: 'it vouches for itself, nobody else does',
    SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not trusted on this computer',
    UNABLE_TO_GET_ISSUER_CERT:
      'the server does not send the certificate of its issuer, or its authority is not trusted here',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
      'the server does not send the certificate of its issuer, or its authority is not trusted here',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      'the server does not send the certificate of its issuer, or its authority is not trusted here',
    CERT_SIGNATURE_FAILURE: 'its signature is wrong',
    CERT_REVOKED: 'its authority has revoked it',
    INVALID_PURPOSE: 'it is not meant for servers',
  }),
};
