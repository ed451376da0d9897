/** The product's own throw-away Prosody as a server of the tests. */
import { startProsody } from '../../src/demo/prosody.ts';
import type { Server, ServerOptions } from './server.ts';

/** Starts a throw-away Prosody; see `startProsody` for errors. */
export async function startProsodyServer(options: ServerOptions = {}): Promise<Server> {
  const { stanzaBytes, settings = '' } = options;
  const limit = stanzaBytes === undefined ? '' : `c2s_stanza_size_limit = ${stanzaBytes}\n`;
  return { ...(await startProsody({ ...options, settings: limit + settings })), kind: 'prosody' };
}
