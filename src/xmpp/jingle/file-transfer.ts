/**
 * XEP-0234: Jingle File Transfer, version 0.19.1. https://xmpp.org/extensions/xep-0234.html
 * on XEP-0166: Jingle, version 1.1.2. https://xmpp.org/extensions/xep-0166.html
 */
import { EventEmitter } from 'node:events';
import { HASH_FEATURES } from '../hashes.ts';
import type { Session } from '../session/session.ts';
import { NS } from './elements.ts';
import { NS_FILE_TRANSFER } from './file-description.ts';
import { type JingleOffer, takeOffer } from './receiving.ts';
import { type FileTerms, sendFile } from './sending.ts';
import { jingleSessions } from './sessions.ts';
import type { Transport } from './transports.ts';

export { NS, NS_FILE_TRANSFER };

export interface JingleFilesEvents {
  /** when somebody offered a file by a transport that we have; it waits for `accept` or `decline` */
  offer: [offer: JingleOffer];
}

export interface JingleFiles extends EventEmitter<JingleFilesEvents> {
  /** See {@link sendFile}. */
  send(terms: FileTerms): Promise<void>;
}

/** Files by Jingle, both ways. `transports`: those we have. */
export function jingleFiles(
  session: Session,
  {
    disco,
    transports,
    patience,
  }: {
    disco: { addFeature(feature: string): void };
    transports: readonly Transport[];
    /** milliseconds that an offer waits for an answer; default 10 minutes */
    patience?: number | undefined;
  },
): JingleFiles {
  const events = new EventEmitter<JingleFilesEvents>();
  const sessions = jingleSessions(session, { disco });
  const byName = new Map(transports.map((transport) => [transport.name, transport]));
  const byNamespace = new Map(transports.map((transport) => [transport.xmlns, transport]));
  for (const xmlns of [NS_FILE_TRANSFER, ...HASH_FEATURES]) disco.addFeature(xmlns);
  for (const { xmlns } of transports) disco.addFeature(xmlns);

  sessions.register(NS_FILE_TRANSFER, (content, of) => {
    if (events.listenerCount('offer') === 0) return { condition: 'decline' };
    const offered = (offer: JingleOffer) => void events.emit('offer', offer);
    return takeOffer(content, of, { byNamespace, patience, offered });
  });

  return Object.assign(events, {
    send: (terms: FileTerms) => sendFile(sessions, byName, { patience, ...terms }),
  });
}
