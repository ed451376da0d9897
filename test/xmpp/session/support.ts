/** Sessions against servers of these tests, closed after each of them. */
import { once } from 'node:events';
import { afterEach } from 'vitest';
import {
  createSession,
  type SessionControl,
  type SessionOptions,
} from '../../../src/xmpp/session/create-session.ts';
import { makeCertificates } from '../../support/certificates.ts';
import {
  type FakeConnection,
  type FakeServer,
  type FakeServerOptions,
  startFakeServer,
} from '../../support/fake-server.ts';

export const PASSWORD = 's3cr3t-pässwörd';

const certificates = makeCertificates('localhost', [
  'good',
  'wrong-host',
  'expired',
  'not-yet-valid',
  'self-signed',
]);
const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

/** Closes it when the test is over. */
export function owned<T extends { close(): Promise<void> }>(it: T): T {
  open.push(it);
  return it;
}

export async function fake(options: FakeServerOptions = {}): Promise<FakeServer> {
  return owned(await startFakeServer({ certificates, ...options }));
}

export interface Tried extends SessionControl {
  faults: unknown[];
}

/** A session for that server; nothing is connected yet. */
export function sessionFor(server: FakeServer, options: Partial<SessionOptions> = {}): Tried {
  const faults: unknown[] = [];
  const session = createSession({
    jid: 'juliet@localhost/balcony',
    password: PASSWORD,
    service: server.service,
    ca: server.ca,
    timeout: 5000,
    onFault: (error) => faults.push(error),
    ...options,
  });
  return owned(Object.assign(session, { faults }));
}

/** Resolves when both ends are up. */
export async function connected(
  server: FakeServer,
  options: Partial<SessionOptions> = {},
): Promise<{ session: Tried; peer: FakeConnection }> {
  const session = sessionFor(server, options);
  await session.connect();
  const peer = server.connections.at(-1);
  if (peer === undefined) throw new Error('no connection');
  return { session, peer };
}

/** Resolves to the error that the first attempt ended with. */
export async function refused(server: FakeServer, options: Partial<SessionOptions> = {}): Promise<unknown> {
  const session = sessionFor(server, options);
  return session.connect().then(
    () => 'connected',
    (error: unknown) => error,
  );
}

/** Everything in which a password could hide, as base64 too. */
export function mentions(text: string, secret = PASSWORD): boolean {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(4, -4),
  );
  const plain = Buffer.from(`\0juliet\0${secret}`).toString('base64');
  return [secret, plain, ...base64, bytes.toString('hex')].some((form) => text.includes(form));
}

/** What the session emits next under that name. */
export async function next(
  session: SessionControl,
  event: 'offline',
): Promise<{
  reason: { condition: string } | undefined;
  final: boolean;
  retryIn: number | undefined;
}> {
  const [info] = await once(session, event);
  return info;
}
