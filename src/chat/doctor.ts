/** Checks the way to a server step by step: DNS, TCP, TLS, certificate, SASL, and what it offers to who logs in. */
import { isIPv6 } from 'node:net';
import { StreamError } from '../xmpp/errors.ts';
import type { SessionOptions } from '../xmpp/session/create-session.ts';
import { type Examined, examineStream, type StreamOffer } from '../xmpp/session/examine.ts';
import { addressesOf, type LookUp, lookUpHost, reachAddress } from '../xmpp/session/reach-address.ts';
import {
  type FoundTargets,
  findTargets,
  parseService,
  type ResolveSrv,
  srvResolver,
  type Target,
} from '../xmpp/session/targets.ts';
import { type Check, type CheckName, check, finding } from './checks.ts';
import { failure } from './doctor/failure.ts';
import { checkLoggedIn } from './doctor/logged-in.ts';

export interface DoctorOptions extends Pick<SessionOptions, 'service' | 'ca' | 'lang' | 'debug'> {
  readonly domain: string;
  /** milliseconds for each step */
  readonly timeout: number;
  readonly signal: AbortSignal;
  /** of the domain, to log in with by the way that is checked, and by no other; without it nobody logs in */
  readonly account?: Pick<SessionOptions, 'jid' | 'password' | 'strongestSeen'> | undefined;
  readonly resolveSrv?: ResolveSrv | undefined;
  readonly lookUp?: LookUp | undefined;
  /** milliseconds since 1970 */
  now?(): number;
}

/** How it ended, for the exit code. */
export interface Diagnosis {
  /** a trusted stream can be opened */
  readonly reachable: boolean;
  /** the server refused the credentials */
  readonly unauthorised: boolean;
  readonly failed: number;
  readonly warned: number;
}

/** What a run tries; DNS may name thousands. */
const MOST_TARGETS = 6;
const MOST_ADDRESSES = 6;
const MOST_SHOWN = 10;
/** days before the end of a certificate that somebody should know of it */
const ENDING = 14;
const DAY = 86_400_000;

/** Tells each check as soon as it and those before it are done. Rejects with the signal's reason only. */
export async function checkConnection(
  options: DoctorOptions,
  tell: (check: Check) => void,
): Promise<Diagnosis> {
  const counts = { ok: 0, warn: 0, fail: 0 };
  const say = (check: Check) => {
    counts[check.state]++;
    tell(check);
  };
  const targets = await lookForTargets(options, say);
  // All at once, told in their order: a server that is silent holds up nobody else.
  const examinations = targets.map((target) => checkTarget(target, options));
  for (const each of examinations) each.catch(() => undefined);
  let offer: StreamOffer | undefined;
  for (const examination of examinations) {
    const { checks, examined } = await examination;
    for (const check of checks) say(check);
    offer ??= examined?.offer;
  }
  if (offer !== undefined) for (const check of offerChecks(offer)) say(check);
  const unauthorised = offer !== undefined && (await logIn(options, say));
  return { reachable: offer !== undefined, unauthorised, failed: counts.fail, warned: counts.warn };
}

/** Resolves to true where the server refuses the credentials. */
async function logIn(options: DoctorOptions, say: (check: Check) => void): Promise<boolean> {
  const { account, service, ca, lang, debug, timeout, resolveSrv, signal } = options;
  if (account === undefined) return false;
  return checkLoggedIn({ ...account, service, ca, lang, debug, timeout, resolveSrv }, signal, say);
}

const placeOf = (host: string, port: number) => (isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`);

async function lookForTargets(
  options: DoctorOptions,
  say: (check: Check) => void,
): Promise<readonly Target[]> {
  const { domain, service, signal } = options;
  const given = service === undefined ? undefined : parseService(service);
  if (given !== undefined) {
    say(check('dns', 'ok', placeOf(given.host, given.port), finding('service-given', {})));
    return [given];
  }
  const found = await findTargets(domain, options.resolveSrv ?? srvResolver(signal));
  signal.throwIfAborted();
  for (const each of dnsChecks(found)) say(each);
  const left = found.targets.length - MOST_TARGETS;
  if (left > 0) say(check('dns', 'warn', '', finding('left-out', { count: left })));
  return found.targets.slice(0, MOST_TARGETS);
}

function dnsChecks({ answers, targets, guessed }: FoundTargets): Check[] {
  const [first] = targets;
  if (answers.length === 0) return [check('dns', 'ok', '', finding('not-asked', {}))];
  const checks = answers.flatMap(({ name, records, code = '' }): Check[] => {
    if (records === undefined) return [check('dns', 'warn', '', finding('srv-failed', { name, code }))];
    // Both missing is told once, below.
    if (records.length === 0) return guessed ? [] : [check('dns', 'ok', '', finding('srv-none', { name }))];
    const usable = records.filter((record) => record.name !== '.' && record.name !== '');
    if (usable.length === 0)
      return [check('dns', targets.length > 0 ? 'ok' : 'fail', '', finding('srv-refused', { name }))];
    const shown = usable.slice(0, MOST_SHOWN).map((record) => placeOf(record.name, record.port));
    return [
      check(
        'dns',
        'ok',
        '',
        finding('srv-found', { name, targets: shown, more: usable.length - shown.length }),
      ),
    ];
  });
  if (!guessed || first === undefined) return checks;
  const { name = '' } = answers.at(-1) ?? {};
  const target = placeOf(first.host, first.port);
  return [...checks, check('dns', 'warn', '', finding('srv-missing', { name, target }))];
}

interface TargetChecks {
  readonly checks: readonly Check[];
  readonly examined: Examined | undefined;
}

async function checkTarget(target: Target, options: DoctorOptions): Promise<TargetChecks> {
  const { host, port } = target;
  const { timeout, signal } = options;
  let addresses: readonly string[];
  try {
    addresses = await addressesOf(host, { timeout, signal, lookUp: options.lookUp ?? lookUpHost });
  } catch (error) {
    const failed = failure({ check: 'address', state: 'fail', about: host, domain: host }, error);
    return { checks: [failed], examined: undefined };
  }
  const tried = addresses.slice(0, MOST_ADDRESSES);
  const reached = await Promise.allSettled(
    tried.map((address) => reachAddress(address, port, { timeout, signal })),
  );
  signal.throwIfAborted();
  const open = reached.some(({ status }) => status === 'fulfilled');
  const named = tried.length === 1 && tried[0] === host;
  const checks = [
    ...(named
      ? []
      : [
          check(
            'address',
            'ok',
            host,
            finding('addresses', { addresses: tried, more: addresses.length - tried.length }),
          ),
        ]),
    ...reached.map((result, at) => {
      const place = placeOf(tried[at] ?? '', port);
      return result.status === 'fulfilled'
        ? check('tcp', 'ok', place, finding('connected', { milliseconds: Math.round(result.value) }))
        : // One address of several: who connects takes another, and waits for it.
          failure({ check: 'tcp', state: open ? 'warn' : 'fail', about: place, domain: host }, result.reason);
    }),
  ];
  if (!open) return { checks, examined: undefined };
  const examined = await examineStream({ ...options, target });
  return { checks: [...checks, ...streamChecks(target, examined, options)], examined };
}

function streamChecks(
  { host, port, direct }: Target,
  { handshake, error, code = '' }: Examined,
  { domain, now = Date.now }: DoctorOptions,
): Check[] {
  const place = placeOf(host, port);
  const failed = (name: CheckName) =>
    failure({ check: name, state: 'fail', about: place, domain }, error, code);
  // What the server itself said no to is no fault of TLS.
  if (handshake === undefined) return [failed(error instanceof StreamError ? 'stream' : 'tls')];
  const { version, cipher, certificate } = handshake;
  const how = direct ? 'direct' : 'starttls';
  const checks = [check('tls', 'ok', place, finding('encrypted', { how, version, cipher }))];
  const refused = error?.condition.startsWith('certificate-') === true ? error : undefined;
  if (certificate !== undefined) {
    const days = Math.floor((certificate.until - now()) / DAY);
    const values = { ...certificate, days };
    if (refused !== undefined)
      checks.push(
        check(
          'certificate',
          'fail',
          place,
          finding('certificate-bad', { ...values, domain, condition: refused.condition, code }),
        ),
      );
    else if (days < ENDING)
      checks.push(check('certificate', 'warn', place, finding('certificate-ending', values)));
    else checks.push(check('certificate', 'ok', place, finding('certificate', values)));
  } else if (refused !== undefined) checks.push(failed('certificate'));
  if (error !== undefined && refused === undefined) checks.push(failed('stream'));
  return checks;
}

/** What the server offers before anybody logs in. */
function offerChecks(offer: StreamOffer): Check[] {
  const { features, more, registration } = offer;
  const names = features.map(({ name, xmlns }) => `${name} (${xmlns})`);
  return [
    saslCheck(offer),
    bindingCheck(offer),
    check('registration', 'ok', '', finding(registration ? 'registration-open' : 'registration-closed', {})),
    check('features', 'ok', '', finding('features', { features: names, more })),
  ];
}

function saslCheck({ sasl: { mechanisms: offered }, mechanism: chosen }: StreamOffer): Check {
  if (chosen === undefined) return check('sasl', 'fail', '', finding('no-mechanism', { offered }));
  if (chosen === 'PLAIN') return check('sasl', 'warn', '', finding('plain-only', { offered, chosen }));
  return check('sasl', 'ok', '', finding('mechanisms', { offered, chosen }));
}

function bindingCheck({ sasl: { mechanisms, bindings }, mechanism = '' }: StreamOffer): Check {
  const offered = bindings.length > 0 || mechanisms.some((name) => name.endsWith('-PLUS'));
  const found = mechanism.endsWith('-PLUS')
    ? finding('binding-used', { types: bindings })
    : offered
      ? finding('binding-unusable', { types: bindings })
      : finding('binding-none', {});
  return check('channel-binding', 'ok', '', found);
}
