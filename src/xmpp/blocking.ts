/** XEP-0191: Blocking Command, version 1.3. https://xmpp.org/extensions/xep-0191.html */
import { EventEmitter } from 'node:events';
import type { Disco } from './disco.ts';
import { StanzaError, UnsupportedFeatureError } from './errors.ts';
import { parseJid } from './jid.ts';
import type { Session } from './session/session.ts';
import { child, type Element, x } from './stanza.ts';

export const NS_BLOCKING = 'urn:xmpp:blocking';
export const NS_BLOCKING_ERRORS = 'urn:xmpp:blocking:errors';

/** RFC 6120 §8.4: who does not know a namespace answers `service-unavailable`; some say `feature-not-implemented` */
const HAS_NONE: readonly string[] = ['service-unavailable', 'feature-not-implemented'];

/** JIDs of `<blocklist/>`, `<block/>` or `<unblock/>`, normalised, each once; what is none is left out. */
export function parseBlocked(element: Element): string[] {
  const jids = element.getChildren('item', NS_BLOCKING).map((item) => parseJid(item.attrs.jid)?.full);
  return [...new Set(jids.filter((jid) => jid !== undefined))];
}

const xItems = (name: string, jids: readonly string[]) =>
  x(name, { xmlns: NS_BLOCKING }, ...jids.map((jid) => x('item', { jid })));

export interface BlockingEvents {
  /** when JIDs were blocked, here or on another device */
  blocked: [event: { jids: readonly string[] }];
  /** when JIDs were unblocked; all of them where `all` is true */
  unblocked: [event: { jids: readonly string[]; all: boolean }];
}

export interface Blocking extends EventEmitter<BlockingEvents> {
  /** Asks once in a session, then knows it by the pushes (§3.2). Rejects with UnsupportedFeatureError where the server has none. */
  list(): Promise<readonly string[]>;
  /** bare JIDs, domains, or full JIDs (§5) */
  block(jids: readonly string[]): Promise<void>;
  unblock(jids: readonly string[]): Promise<void>;
  /** §3.5: an empty command, so it has a name of its own */
  unblockAll(): Promise<void>;
}

/** milliseconds the server has to say what it can */
const DEADLINE = 10_000;

/** Whom the server keeps away from us. */
export function blocking(session: Session, { disco }: { disco: Pick<Disco, 'info'> }): Blocking {
  /** undefined until asked in this session: without asking there are no pushes */
  let known: Set<string> | undefined;
  session.on('online', () => {
    known = undefined;
  });

  const push = (name: string, take: (jids: string[]) => void) =>
    session.respond('set', name, NS_BLOCKING, (iq, element) => {
      // Only the account itself says what is blocked; the rest is forged, and hears what a stranger hears.
      const { from } = iq.attrs;
      if (from !== undefined && from !== session.account) throw new StanzaError('service-unavailable');
      take(parseBlocked(element));
      return undefined;
    });
  push('block', (jids) => {
    for (const jid of jids) known?.add(jid);
    api.emit('blocked', { jids });
  });
  push('unblock', (jids) => {
    const all = jids.length === 0;
    const gone = all ? [...(known ?? [])] : jids;
    for (const jid of gone) known?.delete(jid);
    api.emit('unblocked', { jids: gone, all });
  });

  const expectSupport = async () => {
    // A server that does not answer is no server without it.
    const { features } = await disco.info(session.domain, undefined, { timeout: DEADLINE });
    if (!features.includes(NS_BLOCKING)) throw unsupported();
  };
  const unsupported = () => new UnsupportedFeatureError(NS_BLOCKING, session.domain);
  const request = async (type: 'get' | 'set', element: Element) => {
    try {
      return await session.request(x('iq', { type }, element));
    } catch (error) {
      const none = error instanceof StanzaError && HAS_NONE.includes(error.condition);
      throw none ? unsupported() : error;
    }
  };

  const api: Blocking = Object.assign(new EventEmitter<BlockingEvents>(), {
    async list() {
      if (known === undefined) {
        await expectSupport();
        const result = await request('get', x('blocklist', { xmlns: NS_BLOCKING }));
        const list = child(result, 'blocklist', NS_BLOCKING);
        known = new Set(list === undefined ? [] : parseBlocked(list));
      }
      return [...known];
    },
    async block(jids: readonly string[]) {
      // An empty `<block/>` is an error (§3.3).
      if (jids.length === 0) return;
      await expectSupport();
      await request('set', xItems('block', jids));
    },
    async unblock(jids: readonly string[]) {
      // Unasked: a server whose own domain is blocked says no more of its features, and has to be let in again.
      // An empty one would unblock everybody (§3.5).
      if (jids.length > 0) await request('set', xItems('unblock', jids));
    },
    unblockAll: async () => {
      await request('set', xItems('unblock', []));
    },
  });
  return api;
}
