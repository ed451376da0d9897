/**
 * XEP-0234: Jingle File Transfer, version 0.19.1. https://xmpp.org/extensions/xep-0234.html
 * on XEP-0166: Jingle, version 1.1.2. https://xmpp.org/extensions/xep-0166.html
 */
import { EventEmitter } from 'node:events';
import { StanzaError } from '../errors.ts';
import { HASH_FEATURES } from '../hashes.ts';
import type { Session } from '../session/session.ts';
import type { Element } from '../stanza.ts';
import { type Content, NS, type Reason } from './elements.ts';
import { NS_FILE_TRANSFER, notAvailable, parseFile } from './file-description.ts';
import type { JingleOffer } from './offer.ts';
import { reception, type Taking } from './receiving.ts';
import { type FileTerms, sendFile } from './sending.ts';
import type { Application, JingleSession } from './session.ts';
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

/** What becomes of an offer. Throws StanzaError where it is malformed. */
function takeOffer(content: Content, session: JingleSession, taking: Taking): Application | Reason {
  const { senders, description } = content;
  if (senders === 'none') throw new StanzaError('bad-request', 'modify');
  // §4.1, §9.1: somebody asks for a file; nothing is given out that was not sent.
  if (senders === 'responder') return notAvailable();
  const file = parseFile(description);
  if (file === undefined) throw new StanzaError('bad-request', 'modify');
  // §6.4: a part is only taken where we asked for it.
  if ((file.range?.offset ?? 0) > 0 || file.range?.length !== undefined)
    return { condition: 'incompatible-parameters' };
  const element = content.transport as Element;
  const transport = taking.byNamespace.get(element.getNS() ?? '');
  if (transport === undefined) return { condition: 'unsupported-transports' };
  const way = transport.receiving(session, element);
  return reception({ file, session, transport, way }, taking);
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
