/** XEP-0012: Last Activity, version 2.0. https://xmpp.org/extensions/xep-0012.html */
import { StanzaError } from './errors.ts';
import type { RequestOptions, Session } from './session/session.ts';
import { child, type Element, x } from './stanza.ts';

export const NS_LAST = 'jabber:iq:last';

/** What the seconds mean depends on who was asked (§7): away (bare JID), idle (full JID), running (server). */
export interface LastActivity {
  readonly seconds: number;
  /** what it said when it left */
  readonly status: string;
}

export function parseLastActivity(query: Element | undefined): LastActivity | undefined {
  if (!query?.is('query', NS_LAST) || !/^\d{1,12}$/.test(query.attrs.seconds ?? '')) return undefined;
  return { seconds: Number(query.attrs.seconds), status: query.getText().trim() };
}

export interface LastActivityOptions {
  readonly disco: { addFeature(ns: string): void };
  /** whether they see our presence (§8: nobody else hears anything) */
  mayKnow(jid: string): boolean;
  /** the local clock, milliseconds since 1970 */
  now?(): number;
}

export interface LastActivityApi {
  /** the user allows the answer (§8: must be possible to switch off); true at first */
  enabled: boolean;
  /** The user did something: the idle time begins anew. */
  touched(): void;
  /** Rejects as Session.request does, and with StanzaError for an answer that is none. */
  ask(jid: string, options?: RequestOptions): Promise<LastActivity>;
}

/** How long ago? Both ways. */
export function lastActivity(session: Session, options: LastActivityOptions): LastActivityApi {
  const now = options.now ?? Date.now;
  let active = now();
  options.disco.addFeature(NS_LAST);
  session.respond('get', 'query', NS_LAST, (iq) => {
    // §4: who does not tell answers like who cannot.
    if (!api.enabled || !options.mayKnow(iq.attrs.from ?? session.account))
      throw new StanzaError('service-unavailable');
    const seconds = Math.max(0, Math.floor((now() - active) / 1000));
    return x('query', { xmlns: NS_LAST, seconds: String(seconds) });
  });
  const api: LastActivityApi = {
    enabled: true,
    touched() {
      active = now();
    },
    async ask(jid, more) {
      const iq = x('iq', { type: 'get', to: jid }, x('query', { xmlns: NS_LAST }));
      const answer = parseLastActivity(child(await session.request(iq, more), 'query', NS_LAST));
      if (answer === undefined) throw new StanzaError('undefined-condition');
      return answer;
    },
  };
  return api;
}
