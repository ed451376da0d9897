/** What the server offers to somebody who is logged in. No presence is sent, nobody sees it, nothing is changed. */
import { NS_MAM } from '../../xmpp/archive.ts';
import { NS_BLOCKING } from '../../xmpp/blocking.ts';
import { NS_CARBONS } from '../../xmpp/carbons.ts';
import { AuthenticationError } from '../../xmpp/errors.ts';
import { type Features, features } from '../../xmpp/features.ts';
import { roomService } from '../../xmpp/muc/browse.ts';
import {
  createSession,
  type SessionControl,
  type SessionOptions,
} from '../../xmpp/session/create-session.ts';
import { bareOf } from '../address.ts';
import { type Check, check, type Finding, finding, type LoggedInCheck } from '../checks.ts';
import { failure } from './failure.ts';

/** Resolves to true where the server refuses the credentials. Rejects with the signal's reason only. */
export async function checkLoggedIn(
  account: SessionOptions,
  signal: AbortSignal,
  tell: (check: Check) => void,
): Promise<boolean> {
  signal.throwIfAborted();
  // Its own resource, of the server's choice (RFC 6120 §7.6), and no stream that was left: who is online with that of the
  // account is thrown out by nobody (§7.7.2.2), and what waits there to be resumed (XEP-0198 §5) stays.
  const own = { jid: bareOf(account.jid), resource: undefined, state: undefined };
  const session = createSession({ ...account, ...own, reconnect: 'never', goodbye: 'said' });
  const abort = () => void session.close();
  signal.addEventListener('abort', abort);
  try {
    const known = features(session, { version: '' });
    const began = performance.now();
    await session.connect();
    const { mechanism = '' } = session.security ?? {};
    const milliseconds = Math.round(performance.now() - began);
    tell(check('log-in', 'ok', session.account, finding('logged-in', { mechanism, milliseconds })));
    const answers = questions(session, known).map(([name, ask]) => answerOf(name, ask, session.domain));
    for (const answer of answers) tell(await answer);
    signal.throwIfAborted();
    return false;
  } catch (error) {
    signal.throwIfAborted();
    const { account: about, domain } = session;
    tell(failure({ check: 'log-in', state: 'fail', about, domain }, error));
    return error instanceof AuthenticationError && error.condition === 'not-authorized';
  } finally {
    signal.removeEventListener('abort', abort);
    await session.close();
  }
}

type Question = readonly [LoggedInCheck, () => Promise<Finding | undefined>];

/** Asked all at once, answered in this order. */
function questions(session: SessionControl, known: Features): Question[] {
  const offered = (there: boolean) => (there ? finding('offered', {}) : undefined);
  const own = known.disco.info(session.account);
  const domain = known.disco.info(session.domain);
  for (const answer of [own, domain]) answer.catch(() => undefined);
  return [
    ['archive', async () => offered((await own).features.includes(NS_MAM))],
    ['carbons', async () => offered((await domain).features.includes(NS_CARBONS))],
    ['stream-management', async () => offered(session.acknowledges)],
    ['blocking', async () => offered((await domain).features.includes(NS_BLOCKING))],
    ['upload', () => upload(known)],
    ['proxy', () => proxy(known)],
    ['rooms', () => rooms(known)],
  ];
}

/** What is missing, or does not answer, keeps nobody from chatting. */
async function answerOf(name: LoggedInCheck, ask: Question[1], domain: string): Promise<Check> {
  try {
    const found = await ask();
    return found === undefined
      ? check(name, 'warn', '', finding('missing', {}))
      : check(name, 'ok', '', found);
  } catch (error) {
    return failure({ check: name, state: 'warn', about: '', domain }, error);
  }
}

async function upload({ httpUpload }: Features): Promise<Finding | undefined> {
  const service = await httpUpload.service();
  if (service === undefined) return undefined;
  const { jid, maxSize } = service;
  return maxSize === undefined
    ? finding('service', { jid })
    : finding('upload-limit', { jid, size: maxSize });
}

async function proxy({ socks5 }: Features): Promise<Finding | undefined> {
  const [first] = await socks5.proxies();
  return first && finding('proxy-at', { jid: first.jid, at: `${first.host}:${first.port}` });
}

async function rooms({ disco }: Features): Promise<Finding | undefined> {
  const jid = await roomService(disco);
  return jid === undefined ? undefined : finding('service', { jid });
}
