/** Tells streams that their other side, or our own one, is there no more. RFC 6121 §4.5, RFC 6120 §10.5.4. */
import { DisconnectedError, StanzaError, type XmppError } from '../errors.ts';
import type { Session } from '../session/session.ts';

/**
 * Calls `gone` for a full JID that has left, and for all (no `peer`) with a new stream or without one: then we are
 * another resource to everybody. After a resumption (XEP-0198) everything goes on.
 */
export function whenGone(session: Session, gone: (error: XmppError, peer?: string) => void): void {
  const all = () => gone(new DisconnectedError());
  session.on('presence', ({ attrs: { type, from } }) => {
    if (type === 'unavailable' && from !== undefined) gone(new StanzaError('recipient-unavailable'), from);
  });
  session.on('online', all);
  session.on('offline', ({ final }) => {
    if (final) all();
  });
}
