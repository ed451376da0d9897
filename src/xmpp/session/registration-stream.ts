/** A stream on which nobody logs in: to read a registration form, to register and leave. XEP-0077 §4. */

import { ConnectionError, XmppError } from '../errors.ts';
import { parseJid } from '../jid.ts';
import { attempt } from './connection.ts';
import { traffic } from './debug.ts';
import { features } from './inbox.ts';
import type { SessionOptions } from './options.ts';
import { type PreAuthStream, preAuthStream } from './pre-auth-stream.ts';
import { DEFAULT_LIMITS } from './stream-parser.ts';
import { parseService } from './targets.ts';

export interface RegistrationStreamOptions
  extends Pick<
    SessionOptions,
    'service' | 'ca' | 'lang' | 'timeout' | 'plaintext' | 'limits' | 'resolveSrv' | 'debug'
  > {
  domain: string;
  signal?: AbortSignal | undefined;
}

/**
 * Opens a trusted stream, resolves to what `work` resolves to, and closes it. `timeout` counts until the features
 * came, and for each answer then; `work` may wait for a person. Rejects with XmppError, or with what `work` threw.
 */
export async function withRegistrationStream<T>(
  options: RegistrationStreamOptions,
  work: (stream: PreAuthStream) => Promise<T>,
): Promise<T> {
  const domain = parseJid(options.domain)?.domain;
  if (domain === undefined) throw new XmppError('jid-malformed', options.domain);
  const target = options.service === undefined ? undefined : parseService(options.service);
  if ((options.service !== undefined || options.plaintext === true) && target === undefined)
    throw new ConnectionError('policy', `${options.service} is no xmpp:// or xmpps:// address`);
  const { ca, plaintext = false, resolveSrv, timeout = 30_000 } = options;
  const connection = await attempt(
    {
      establish: { domain, ca, plaintext, resolveSrv },
      target,
      from: undefined,
      lang: options.lang,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      traffic: options.debug && traffic(options.debug),
      timeout,
      signal: options.signal ?? new AbortController().signal,
    },
    async (_stream, inbox, deadline) => {
      const offered = await features(inbox);
      deadline.stop();
      return work(preAuthStream(inbox, offered, domain, timeout));
    },
  );
  await connection.stream.close();
  return connection.negotiated;
}
