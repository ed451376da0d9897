/** Somebody on a real server, by the protocol's features alone. */
import { readFileSync } from 'node:fs';
import { type Features, features } from '../../src/xmpp/features.ts';
import { createSession, type SessionControl } from '../../src/xmpp/session/create-session.ts';
import type { Server } from './server.ts';

export interface LoggedIn {
  readonly session: SessionControl;
  readonly api: Features;
}

export interface LoginOptions {
  readonly resource?: string;
  readonly password?: string;
  /** what is asked for between the roster and the presence */
  readonly before?: (api: Features) => Promise<unknown>;
}

/** Resolves when the roster has come and the presence is sent; rejects as the session does. */
export async function loggedIn(
  server: Server,
  user: string,
  { resource = 'test', password = 'secret', before }: LoginOptions = {},
): Promise<LoggedIn> {
  const session = createSession({
    jid: `${user}@${server.domain}`,
    password,
    resource,
    service: server.service,
    ca: readFileSync(server.caFile, 'utf8'),
    reconnect: 'never',
  });
  const api = features(session, { version: '0.0.0', languages: ['en'] });
  await session.connect();
  await api.roster.load();
  await before?.(api);
  api.presence.send({ show: 'available', status: '', priority: 0 });
  return { session, api };
}
