/** The product's own throw-away Prosody as a server of the tests. */
import { startProsody } from '../../src/demo/prosody.ts';
import type { Server, ServerOptions } from './server.ts';

/** Starts a throw-away Prosody; see `startProsody` for errors. */
export async function startProsodyServer(options: ServerOptions = {}): Promise<Server> {
  return { ...(await startProsody(options)), kind: 'prosody' };
}
