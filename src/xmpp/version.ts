/** XEP-0092: Software Version, version 1.1. https://xmpp.org/extensions/xep-0092.html */
import { StanzaError } from './errors.ts';
import type { RequestOptions, Session } from './session/session.ts';
import { child, childText, type Element, x } from './stanza.ts';

export const NS_VERSION = 'jabber:iq:version';

export interface SoftwareVersion {
  readonly name: string;
  readonly version: string;
  readonly os: string | undefined;
}

/** Reads the answer; what is left out is '' (§2). */
export function parseVersion(query: Element | undefined): SoftwareVersion | undefined {
  if (!query?.is('query', NS_VERSION)) return undefined;
  const text = (name: string) => childText(query, name, NS_VERSION)?.trim() ?? '';
  return { name: text('name'), version: text('version'), os: text('os') || undefined };
}

/** Without the operating system: it is nobody's business (§5). */
export function xVersion(name: string, version: string): Element {
  return x('query', { xmlns: NS_VERSION }, x('name', {}, name), x('version', {}, version));
}

export interface VersionOptions {
  readonly disco: { addFeature(ns: string): void };
  readonly name: string;
  readonly version: string;
  /** whether they see our presence already */
  mayKnow(jid: string): boolean;
}

export interface Version {
  /** Rejects as Session.request does, and with StanzaError for an answer that is none. */
  ask(jid: string, options?: RequestOptions): Promise<SoftwareVersion>;
}

/** Which program is it? Both ways. */
export function version(session: Session, options: VersionOptions): Version {
  options.disco.addFeature(NS_VERSION);
  session.respond('get', 'query', NS_VERSION, (iq) => {
    if (!options.mayKnow(iq.attrs.from ?? session.account)) throw new StanzaError('service-unavailable');
    return xVersion(options.name, options.version);
  });
  return {
    async ask(jid, more) {
      const iq = x('iq', { type: 'get', to: jid }, x('query', { xmlns: NS_VERSION }));
      const answer = parseVersion(child(await session.request(iq, more), 'query', NS_VERSION));
      if (answer === undefined) throw new StanzaError('undefined-condition');
      return answer;
    },
  };
}
