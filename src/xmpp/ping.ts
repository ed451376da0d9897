/** XEP-0199: XMPP Ping, version 2.0.1. https://xmpp.org/extensions/xep-0199.html */
import { StanzaError } from './errors.ts';
import { localOf } from './jid.ts';
import type { RequestOptions, Session } from './session/session.ts';
import { x } from './stanza.ts';

export const NS_PING = 'urn:xmpp:ping';

export interface PingOptions {
  readonly disco: { addFeature(ns: string): void };
  /** whether an answer tells them nothing new: they see that we are there already (§8) */
  mayKnow(jid: string): boolean;
}

export interface Ping {
  /**
   * Resolves to the milliseconds until the answer. A server that refuses to pong is there all the same (§4.2); a
   * client that refuses may not be. Rejects as Session.request does.
   */
  ping(jid?: string, options?: RequestOptions): Promise<number>;
}

/** Is anybody there? Both ways. */
export function ping(session: Session, options: PingOptions): Ping {
  options.disco.addFeature(NS_PING);
  session.respond('get', 'ping', NS_PING, (iq) => {
    if (!options.mayKnow(iq.attrs.from ?? session.account)) throw new StanzaError('service-unavailable');
    return undefined;
  });
  return {
    async ping(jid, more) {
      const started = performance.now();
      try {
        await session.request(x('iq', { type: 'get', to: jid }, x('ping', { xmlns: NS_PING })), more);
      } catch (error) {
        const server = jid === undefined || localOf(jid) === undefined;
        const refused = error instanceof StanzaError && !error.condition.startsWith('remote-server-');
        if (!server || !refused) throw error;
      }
      return performance.now() - started;
    },
  };
}
